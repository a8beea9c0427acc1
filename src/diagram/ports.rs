//! Where arrows leave and reach the sides of cards. The space between two cards of a row is a corridor: each arrow has a height of its
//! own in it, so that no two lie on each other.
#![expect(
    clippy::indexing_slicing,
    reason = "ends, rows and columns are numbered by the grid, which holds one entry for each"
)]

use super::plan::{Plan, Side};
use super::rows::Cells;

/// Least distance of two arrows.
const APART: f64 = 14.0;
/// Free space above and below a label.
const AROUND_LABEL: f64 = 6.0;

/// The heights of an arrow's ends, from the middle of their rows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ports {
    pub from: f64,
    pub to: f64,
}

/// The ports of each arrow, and the least height of each row that they ask for. `labels`: the height of each arrow's label, which stands above its end.
pub(super) fn ports(cells: &Cells, plans: &[Plan], labels: &[f64]) -> (Vec<Ports>, Vec<f64>) {
    let mut ports = vec![Ports::default(); plans.len()];
    let mut heights = vec![0.0; cells.rows];
    let mut ends: Vec<End> = plans.iter().enumerate().flat_map(|(number, plan)| ends(cells, number, plan)).collect();
    ends.sort_by_key(|end| (end.corridor, end.order, end.number));
    for corridor in ends.chunk_by(|a, b| a.corridor == b.corridor) {
        let mut at = 0.0;
        let mut offsets = Vec::new();
        for (position, end) in corridor.iter().enumerate() {
            let label = if end.to { labels[end.number] } else { 0.0 };
            let label = if label > 0.0 { label + AROUND_LABEL } else { 0.0 };
            if position > 0 {
                at += APART.max(label + 3.0);
            }
            offsets.push((at, label));
        }
        let middle = at / 2.0;
        for (end, (offset, label)) in corridor.iter().zip(offsets) {
            let offset = offset - middle;
            if end.from {
                ports[end.number].from = offset;
            }
            if end.to {
                ports[end.number].to = offset;
            }
            let row = &mut heights[end.corridor.0];
            *row = f64::max(*row, 2.0 * (offset.abs() + label.max(10.0)));
        }
    }
    (ports, heights)
}

/// One end of an arrow, or both of a straight one.
struct End {
    number: usize,
    from: bool,
    to: bool,
    /// Row, and the first column right of the card on the corridor's left.
    corridor: (usize, usize),
    /// From top to bottom: arrows that go up, straight ones, arrows that go down.
    order: (i8, isize, isize),
}

fn ends(cells: &Cells, number: usize, plan: &Plan) -> Vec<End> {
    let row = |node: usize| cells.row[node];
    let order = |own: usize, other: usize| -> (i8, isize, isize) {
        let signed = |value: usize| isize::try_from(value).unwrap_or(isize::MAX);
        // the row that is crossed next: that of the street between rows, if it takes one
        let towards = match plan.lane {
            Some((lane, _)) if lane <= row(own) => -1,
            Some(_) => 1,
            None => signed(row(other)).cmp(&signed(row(own))) as i8,
        };
        let far = signed(cells.column[own].abs_diff(cells.column[other]));
        (towards, signed(row(other)), if towards < 0 { -far } else { far })
    };
    let from = corridor(cells, plan.from, plan.exit);
    if plan.straight {
        return vec![End { number, from: true, to: true, corridor: from, order: (0, 0, 0) }];
    }
    let to = corridor(cells, plan.to, plan.enter);
    vec![
        End { number, from: true, to: false, corridor: from, order: order(plan.from, plan.to) },
        End { number, from: false, to: true, corridor: to, order: order(plan.to, plan.from) },
    ]
}

fn corridor(cells: &Cells, node: usize, side: Side) -> (usize, usize) {
    let (row, column) = (cells.row[node], cells.column[node]);
    let start = match side {
        Side::Right => column + 1,
        Side::Left => (0..column).rev().find(|left| cells.at(*left, row).is_some()).map_or(0, |left| left + 1),
    };
    (row, start)
}

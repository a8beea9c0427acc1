//! Columns and the streets between them: how wide they are, and where arrows turn.
#![expect(
    clippy::indexing_slicing,
    reason = "streets, rows and columns are numbered by the grid, which holds one entry for each"
)]

use super::columns::Columns;
use super::grid::{BORDER, Margin, Rows, STUB, TRACK, groups};
use super::lanes::{Run, tracks};
use super::plan::{Plan, Side};
use super::ports::Ports;
use super::rows::Cells;

/// Least width between two columns of the region.
pub(super) const LEAST_STREET: f64 = 40.0;

/// A street between columns.
#[derive(Clone, Debug, Default)]
pub(super) struct Street {
    /// Where labels of arrows that come from the right stand.
    pub low: (f64, f64),
    /// Where labels of arrows that come from the left stand.
    pub high: (f64, f64),
    /// What turns in it.
    pub runs: Vec<Run>,
}

/// Places of columns and of the tracks between them.
#[derive(Debug)]
pub(super) struct Across {
    pub left: Vec<f64>,
    pub width: Vec<f64>,
    pub streets: Vec<Street>,
    /// By arrow: where it turns, first and second.
    pub turns: Vec<(f64, f64)>,
    /// The region's frame.
    pub region: (f64, f64),
    pub end: f64,
}

/// What decides the width of streets.
pub(super) struct Traffic<'a> {
    pub cells: &'a Cells,
    pub columns: &'a Columns,
    pub plans: &'a [Plan],
    pub ports: &'a [Ports],
    pub margins: &'a [Margin],
    pub rows: &'a Rows,
    /// Width of each arrow's label.
    pub labels: &'a [f64],
}

impl Traffic<'_> {
    /// Lays out columns of these widths; each street between two cards is made wider by `extra`.
    pub(super) fn across(&self, widths: &[f64], extra: f64) -> Across {
        let streets = widths.len();
        let mut across = Across {
            left: Vec::new(),
            width: widths.to_vec(),
            streets: vec![Street::default(); streets + 1],
            turns: vec![(0.0, 0.0); self.plans.len()],
            region: (0.0, 0.0),
            end: 0.0,
        };
        for street in 0..=streets {
            self.street(street, extra, &mut across);
            if let Some(width) = widths.get(street) {
                across.left.push(across.end);
                across.end += width;
            }
        }
        across
    }

    fn street(&self, number: usize, extra: f64, across: &mut Across) {
        let inner = number > 0 && number < self.columns.count;
        let mut at = across.end;
        let before = groups(self.cells, self.margins, |span| span.right + 1 == number).map(|margin| margin.right);
        at += before.fold(0.0, f64::max);
        if number == self.columns.first {
            at += if number > 0 { BORDER } else { 0.0 };
            across.region.0 = at;
            at += BORDER;
        }
        let runs = self.runs(number);
        let (track_of, count) = tracks(&runs);
        let widest = |enter: Side, column: Option<usize>| {
            let entering = self.plans.iter().zip(self.labels);
            let entering = entering.filter(|(plan, width)| {
                plan.enter == enter && Some(self.cells.column[plan.to]) == column && **width > 0.0
            });
            entering.map(|(_, width)| *width + STUB).fold(0.0, f64::max)
        };
        let space = if inner { extra } else { 0.0 };
        let touched = |side: Side, column: Option<usize>| {
            self.plans.iter().any(|plan| {
                (plan.exit == side && Some(self.cells.column[plan.from]) == column)
                    || (plan.enter == side && Some(self.cells.column[plan.to]) == column)
            })
        };
        let left = number.checked_sub(1);
        let stub = |side: Side, column: Option<usize>| match (inner || touched(side, column), count) {
            (true, 1..) => STUB,
            (true, 0) => STUB / 2.0,
            (false, _) => 0.0,
        };
        // the frame of the region is distance enough
        let framed = number == self.columns.first && number > 0;
        let low = widest(Side::Right, left).max(if framed { 0.0 } else { stub(Side::Right, left) });
        let last = number == self.columns.last + 1;
        let high = widest(Side::Left, Some(number)).max(stub(Side::Left, Some(number)));
        let used = if count == 0 { 0.0 } else { (count - 1) as f64 * TRACK };
        let after = groups(self.cells, self.margins, |span| span.left == number).map(|margin| margin.left);
        let frame = if last { BORDER + if inner { BORDER } else { 0.0 } } else { 0.0 };
        let wanted = low + used + frame + high;
        let missing = if inner { (LEAST_STREET - wanted).max(0.0) } else { 0.0 } + space;
        across.streets[number].low = (at, at + low);
        at += low + missing / 2.0;
        for (run, track) in runs.iter().zip(track_of) {
            let place = at + track as f64 * TRACK;
            let turn = &mut across.turns[run.number];
            if self.plans[run.number].turn == number {
                turn.0 = place;
            }
            if self.plans[run.number].lane.is_some_and(|(_, second)| second == number) {
                turn.1 = place;
            }
        }
        at += used;
        if last {
            at += BORDER;
            across.region.1 = at;
            at += if inner { BORDER } else { 0.0 };
        }
        at += missing / 2.0;
        across.streets[number].high = (at, at + high);
        across.streets[number].runs = runs;
        at += high + after.fold(0.0, f64::max);
        across.end = at;
    }

    /// What turns in a street between columns.
    fn runs(&self, street: usize) -> Vec<Run> {
        let mut runs = Vec::new();
        for (number, plan) in self.plans.iter().enumerate().filter(|(_, plan)| !plan.straight) {
            let from = self.rows.middle(self.cells.row[plan.from]) + self.ports[number].from;
            let to = self.rows.middle(self.cells.row[plan.to]) + self.ports[number].to;
            let lane = self.rows.lane[number];
            let (right_of_from, right_of_to) = (plan.exit == Side::Right, plan.enter == Side::Right);
            match plan.lane {
                None if plan.turn == street => runs.push(run(number, (from, right_of_from), (to, right_of_to))),
                Some((_, second)) => {
                    if plan.turn == street {
                        runs.push(run(number, (from, right_of_from), (lane, second < street)));
                    }
                    if second == street {
                        runs.push(run(number, (lane, plan.turn < street), (to, right_of_to)));
                    }
                }
                None => {}
            }
        }
        runs
    }
}

/// A run between two heights; `true`: the arrow comes from, or goes on to, the left.
fn run(number: usize, from: (f64, bool), to: (f64, bool)) -> Run {
    let of = |left: bool| [from, to].iter().filter(|(_, own)| *own == left).map(|(at, _)| *at).collect();
    Run { number, from: from.0, to: to.0, low: of(true), high: of(false) }
}

//! From cells to places: the space around groups, and how high each row and the street above it is.
#![expect(
    clippy::indexing_slicing,
    reason = "every list has one entry for each node or group of the diagram, and both are known by their number"
)]

use super::cards::Words;
use super::lanes::Run;
use super::model::Diagram;
use super::plan::Plan;
use super::rows::{Cells, Span};
use super::style::{BODY, NAME};
use super::text::wrap;

/// Distance of two tracks of a street.
pub(super) const TRACK: f64 = 12.0;
/// Space around the content of a group.
const INSET: f64 = 12.0;
/// Space on both sides of the region's frame.
pub(super) const BORDER: f64 = 18.0;
/// From a card to the first track, and from a label to its card: room for the head of an arrow.
pub(super) const STUB: f64 = 15.0;
const LEAST_LANE: f64 = 24.0;
pub(super) const TITLE_LINE: f64 = 18.0;
pub(super) const PART_HEIGHT: f64 = 26.0;

/// The title of a group, in lines no wider than its first column.
#[derive(Clone, Debug, Default)]
pub(super) struct Title {
    pub name: Vec<String>,
    pub detail: Vec<String>,
}

impl Title {
    pub(super) fn new(name: &str, detail: &str, limit: f64) -> Title {
        Title { name: wrap(name, NAME, limit, 2), detail: wrap(detail, BODY, limit, 2) }
    }

    pub(super) fn height(&self) -> f64 {
        (self.name.len() + self.detail.len()) as f64 * TITLE_LINE
    }
}

/// Space that a group takes around the cells of its nodes, the groups in it included.
#[derive(Clone, Debug, Default)]
pub(super) struct Margin {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    pub title: Title,
    /// Rows of its parts.
    pub part_rows: usize,
}

/// Margins of all groups; inner groups stand behind outer ones, so they are taken from the end.
pub(super) fn margins(diagram: &Diagram, spans: &[Span], column_widths: &[f64]) -> Vec<Margin> {
    let mut margins = vec![Margin::default(); spans.len()];
    for group in (0..spans.len()).rev() {
        let span = spans[group];
        let inner = |shares: &dyn Fn(&Span) -> bool, of: &dyn Fn(&Margin) -> f64| {
            let children = (group + 1..spans.len()).filter(|child| diagram.groups[*child].parent == Some(group));
            children.filter(|child| shares(&spans[*child])).map(|child| of(&margins[child])).fold(0.0, f64::max)
        };
        let drawn = &diagram.groups[group];
        let title = Title::new(&drawn.name, &drawn.detail, column_widths[span.left]);
        let part_rows = drawn.parts.len().div_ceil(span.right - span.left + 1);
        let margin = Margin {
            left: INSET + inner(&|child| child.left == span.left, &|child| child.left),
            right: INSET + inner(&|child| child.right == span.right, &|child| child.right),
            top: 8.0 + title.height() + 8.0 + inner(&|child| child.top == span.top, &|child| child.top),
            bottom: INSET
                + part_rows as f64 * PART_HEIGHT
                + inner(&|child| child.bottom == span.bottom, &|child| child.bottom),
            title,
            part_rows,
        };
        margins[group] = margin;
    }
    margins
}

/// Places of rows and of the tracks between them.
#[derive(Debug)]
pub(super) struct Rows {
    pub top: Vec<f64>,
    pub height: Vec<f64>,
    /// By arrow: where it runs along a street between rows.
    pub lane: Vec<f64>,
    pub end: f64,
}

impl Rows {
    pub(super) fn middle(&self, row: usize) -> f64 {
        self.top[row] + self.height[row] / 2.0
    }
}

pub(super) fn rows(
    cells: &Cells,
    words: &[Words],
    plans: &[Plan],
    margins: &[Margin],
    least: &[f64],
    start: f64,
) -> Rows {
    let mut rows = Rows { top: Vec::new(), height: Vec::new(), lane: vec![0.0; plans.len()], end: start };
    for street in 0..=cells.rows {
        let least = least.get(street).copied().unwrap_or(0.0);
        let above = groups(cells, margins, |span| span.bottom + 1 == street).map(|margin| margin.bottom);
        let below = groups(cells, margins, |span| span.top == street).map(|margin| margin.top);
        let (above, below) = (above.fold(0.0, f64::max), below.fold(0.0, f64::max));
        let runs: Vec<Run> = plans
            .iter()
            .enumerate()
            .filter_map(|(number, plan)| {
                let (lane, second) = plan.lane.filter(|(lane, _)| *lane == street)?;
                // columns are wide: what shares none of them may share a track
                let (from, to) = (plan.turn as f64 * 100.0, second as f64 * 100.0);
                let side = |node: usize, at: f64| (cells.row[node] < lane, at);
                let ends = [side(plan.from, from), side(plan.to, to)];
                let of = |up: bool| ends.iter().filter(|(own, _)| *own == up).map(|(_, at)| *at).collect();
                Some(Run { number, from, to, low: of(true), high: of(false) })
            })
            .collect();
        let (tracks, count) = super::lanes::tracks(&runs);
        let used = if count == 0 { 0.0 } else { (count - 1) as f64 * TRACK + 2.0 * STUB };
        let first = rows.end + above + STUB;
        for (run, track) in runs.iter().zip(tracks) {
            rows.lane[run.number] = first + track as f64 * TRACK;
        }
        let inner = street > 0 && street < cells.rows;
        rows.end += above + below + used.max(if inner { LEAST_LANE } else { 0.0 });
        if street < cells.rows {
            let cards = (0..cells.row.len()).filter(|node| cells.row[*node] == street);
            let height = cards.map(|node| words[node].card_height()).fold(least, f64::max).ceil();
            rows.top.push(rows.end);
            rows.height.push(height);
            rows.end += height;
        }
    }
    rows
}

/// Margins of the groups that have this property.
pub(super) fn groups<'a>(
    cells: &'a Cells,
    margins: &'a [Margin],
    at: impl Fn(&Span) -> bool + 'a,
) -> impl Iterator<Item = &'a Margin> {
    cells.groups.iter().zip(margins).filter(move |(span, _)| at(span)).map(|(_, margin)| margin)
}

/// The width of each column: that of its widest card.
pub(super) fn column_widths(cells: &Cells, words: &[Words]) -> Vec<f64> {
    let of = |column: usize| {
        let cards = (0..words.len()).filter(|node| cells.column[*node] == column);
        cards.map(|node| words[node].card_width()).fold(0.0, f64::max)
    };
    (0..cells.columns).map(of).collect()
}

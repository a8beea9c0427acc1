//! From cells to places: how wide each column and street is, how high each row.

use super::cards::Words;
use super::columns::Columns;
use super::lanes::Run;
use super::model::Diagram;
use super::plan::{Plan, Side};
use super::ports::Ports;
use super::rows::{Cells, Span};
use super::style::{BODY, NAME};
use super::text::wrap;

/// Distance of two tracks of a street.
const TRACK: f64 = 14.0;
/// Space around the content of a group.
const INSET: f64 = 12.0;
/// Space on both sides of the region's frame.
pub(super) const BORDER: f64 = 18.0;
/// From a card to the first track, and from a label to its card: room for the head of an arrow.
const STUB: f64 = 16.0;
const LEAST_STREET: f64 = 40.0;
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
            let height = cards.map(|node| words[node].card_height()).fold(least[street], f64::max).ceil();
            rows.top.push(rows.end);
            rows.height.push(height);
            rows.end += height;
        }
    }
    rows
}

fn groups<'a>(
    cells: &'a Cells,
    margins: &'a [Margin],
    at: impl Fn(&Span) -> bool + 'a,
) -> impl Iterator<Item = &'a Margin> {
    cells.groups.iter().zip(margins).filter(move |(span, _)| at(span)).map(|(_, margin)| margin)
}

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
        let (tracks, count) = super::lanes::tracks(&runs);
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
        let stub = |side: Side, column: Option<usize>| if inner || touched(side, column) { STUB } else { 0.0 };
        let low = widest(Side::Right, left).max(stub(Side::Right, left));
        let last = number == self.columns.last + 1;
        let high = widest(Side::Left, Some(number)).max(stub(Side::Left, Some(number)));
        let used = if count == 0 { 0.0 } else { (count - 1) as f64 * TRACK };
        let after = groups(self.cells, self.margins, |span| span.left == number).map(|margin| margin.left);
        let frame = if last { BORDER + if inner { BORDER } else { 0.0 } } else { 0.0 };
        let wanted = low + used + frame + high;
        let missing = if inner { (LEAST_STREET - wanted).max(0.0) } else { 0.0 } + space;
        across.streets[number].low = (at, at + low);
        at += low + missing / 2.0;
        for (run, track) in runs.iter().zip(tracks) {
            let place = at + track as f64 * TRACK;
            let turn = &mut across.turns[run.number];
            if self.plans[run.number].turn == number && (turn.0 == 0.0) {
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

/// The width of each column: that of its widest card.
pub(super) fn column_widths(cells: &Cells, words: &[Words]) -> Vec<f64> {
    let of = |column: usize| {
        let cards = (0..words.len()).filter(|node| cells.column[*node] == column);
        cards.map(|node| words[node].card_width()).fold(0.0, f64::max)
    };
    (0..cells.columns).map(of).collect()
}

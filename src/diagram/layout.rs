//! Everything with its place.

use super::cards::{ICON, Words};
use super::columns::{Columns, Picture, columns};
use super::grid::{Across, BORDER, Margin, PART_HEIGHT, Rows, TITLE_LINE, Traffic, column_widths, margins, rows};
use super::label::Label;
use super::model::{Diagram, Zone};
use super::plan::{Plan, Side, plans};
use super::ports::{Ports, ports};
use super::rows::{Cells, cells};
use super::style::{BODY, LEAD, NAME, TITLE};
use super::text::{Face, width, wrap};

/// A point of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Block {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// A line of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it says.
    pub text: String,
    /// Where it begins.
    pub x: f64,
    /// The line it stands on.
    pub y: f64,
    /// Size and weight.
    pub face: Face,
}

/// A node.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// Index of the node.
    pub node: usize,
    /// Its place.
    pub block: Block,
    /// The coloured square.
    pub icon: Block,
    /// Its text.
    pub lines: Vec<Line>,
}

/// A group, or the region.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Index of the group; the region has none.
    pub group: Option<usize>,
    /// Its place.
    pub block: Block,
    /// Its title.
    pub lines: Vec<Line>,
    /// Its equal parts.
    pub parts: Vec<(Block, Line)>,
}

/// An arrow.
#[derive(Clone, Debug, PartialEq)]
pub struct Wire {
    /// Index of the edge.
    pub edge: usize,
    /// Where it turns; the last point is the head.
    pub points: Vec<Point>,
    /// Where its label stands.
    pub label: Option<(Block, Vec<Line>)>,
}

/// The picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Of the whole.
    pub width: f64,
    /// Of the whole.
    pub height: f64,
    /// Title and description, and the title of the last row.
    pub lines: Vec<Line>,
    /// The region first, then outer groups before inner ones.
    pub frames: Vec<Frame>,
    /// Nodes.
    pub cards: Vec<Card>,
    /// Arrows.
    pub wires: Vec<Wire>,
    /// The line above the last row of the region.
    pub rule: Option<(Point, Point)>,
}

/// The greatest width at which the smallest text has 12 pixels on 1280.
const WIDEST: f64 = 1440.0;
/// Pictures of a few nodes are not blown up.
const NARROWEST: f64 = 1180.0;
const MARGIN: f64 = 26.0;
/// Space that streets get at most when there is some left over.
const MOST_EXTRA: f64 = 64.0;
/// Widths of the text of cards that are tried; in 124 stands "Amazon Bedrock".
const TEXTS: [f64; 5] = [150.0, 136.0, 124.0, 108.0, 96.0];
const SUPPORT_GAP: f64 = 12.0;

/// Gives everything a place: as few turns of the flow as fit the greatest width, with text as wide as may be.
pub fn arrange(diagram: &Diagram) -> Layout {
    let picture = Picture::new(diagram);
    let mut narrow = None;
    for most in [6, 5, 4, 3] {
        let columns = columns(diagram, &picture, most);
        let cells = cells(diagram, &picture, &columns);
        for text in TEXTS {
            let draft = Draft::new(diagram, &picture, &columns, &cells, text);
            if draft.across.end + 2.0 * MARGIN <= WIDEST {
                return draft.layout();
            }
            narrow = Some((most, text));
        }
    }
    let (most, text) = narrow.unwrap_or((3, 96.0));
    let columns = columns(diagram, &picture, most);
    let cells = cells(diagram, &picture, &columns);
    Draft::new(diagram, &picture, &columns, &cells, text).layout()
}

/// One try, with all that is known of it.
struct Draft<'a> {
    diagram: &'a Diagram,
    picture: &'a Picture,
    columns: &'a Columns,
    cells: &'a Cells,
    words: Vec<Words>,
    labels: Vec<Label>,
    plans: Vec<Plan>,
    ports: Vec<Ports>,
    margins: Vec<Margin>,
    rows: Rows,
    across: Across,
    heading: Vec<Line>,
    /// The region's title, and where its frame begins.
    region: (Vec<Line>, f64),
}

impl<'a> Draft<'a> {
    fn new(
        diagram: &'a Diagram,
        picture: &'a Picture,
        columns: &'a Columns,
        cells: &'a Cells,
        text: f64,
    ) -> Draft<'a> {
        let words: Vec<Words> = picture.nodes.iter().map(|node| Words::new(&diagram.nodes[*node], text)).collect();
        let labels: Vec<Label> = diagram.edges.iter().map(|edge| Label::new(&edge.label)).collect();
        let widths = column_widths(cells, &words);
        let margins = margins(diagram, &cells.groups, &widths);
        let plans = plans(picture, cells);
        let label_heights: Vec<f64> = labels.iter().map(|label| label.height).collect();
        let label_widths: Vec<f64> = labels.iter().map(|label| label.width).collect();
        let (ports, least) = ports(cells, &plans, &label_heights);
        let (heading, top) = heading(diagram);
        let region = wrap(&regions(diagram), BODY, WIDEST * 0.6, 2);
        let start = top + 14.0 + TITLE_LINE * (1 + region.len()) as f64 + 10.0;
        let rows = rows(cells, &words, &plans, &margins, &least, start);
        let traffic =
            Traffic { cells, columns, plans: &plans, ports: &ports, margins: &margins, rows: &rows, labels: &label_widths };
        let mut across = traffic.across(&widths, 0.0);
        let streets = (widths.len().max(2) - 1) as f64;
        let free = NARROWEST - 2.0 * MARGIN - across.end;
        if free > 0.0 {
            across = traffic.across(&widths, (free / streets).min(MOST_EXTRA).floor());
        }
        let mut lines = vec![Line { text: "AWS Region".to_owned(), x: 0.0, y: top + 14.0 + 14.0, face: NAME }];
        lines.extend(region.into_iter().enumerate().map(|(number, text)| {
            Line { text, x: 0.0, y: top + 28.0 + TITLE_LINE * (number + 1) as f64, face: BODY }
        }));
        Draft { diagram, picture, columns, cells, words, labels, plans, ports, margins, rows, across, heading, region: (lines, top) }
    }

    fn layout(mut self) -> Layout {
        let content = self.across.end;
        let width = (content + 2.0 * MARGIN).max(NARROWEST).ceil();
        let shift = ((width - content) / 2.0).floor();
        self.move_right(shift);
        let mut cards: Vec<Card> = Vec::new();
        for (own, node) in self.picture.nodes.iter().enumerate() {
            let column = self.cells.column[own];
            let row = self.cells.row[own];
            let block = Block {
                x: self.across.left[column],
                y: self.rows.top[row],
                width: self.across.width[column],
                height: self.rows.height[row],
            };
            cards.push(self.words[own].card(*node, block));
        }
        let wires = (0..self.plans.len()).map(|number| self.wire(number)).collect();
        let mut lines = self.heading.clone();
        let (support, rule, bottom) = self.support(&mut lines);
        cards.extend(support);
        let (left, right) = self.across.region;
        let top = self.region.1;
        let mut title = self.region.0.clone();
        title.iter_mut().for_each(|line| line.x = left + 16.0);
        let region = Frame {
            group: None,
            block: Block { x: left, y: top, width: right - left, height: bottom - top },
            lines: title,
            parts: Vec::new(),
        };
        let mut frames = vec![region];
        frames.extend((0..self.cells.groups.len()).map(|group| self.frame(group)));
        Layout { width, height: (bottom + MARGIN).ceil(), lines, frames, cards, wires, rule }
    }

    fn move_right(&mut self, shift: f64) {
        let across = &mut self.across;
        across.left.iter_mut().for_each(|left| *left += shift);
        across.turns.iter_mut().for_each(|turn| *turn = (turn.0 + shift, turn.1 + shift));
        for street in &mut across.streets {
            street.low = (street.low.0 + shift, street.low.1 + shift);
            street.high = (street.high.0 + shift, street.high.1 + shift);
        }
        across.region = (across.region.0 + shift, across.region.1 + shift);
        // a region of few columns still holds its title
        let wanted = self.region.0.iter().map(|line| width(&line.text, line.face)).fold(0.0, f64::max) + 2.0 * 16.0;
        across.region.1 = across.region.1.max(across.region.0 + wanted);
    }

    fn wire(&self, number: usize) -> Wire {
        let plan = &self.plans[number];
        let end = |node: usize, side: Side, offset: f64| {
            let (column, row) = (self.cells.column[node], self.cells.row[node]);
            let left = self.across.left[column];
            let x = if side == Side::Left { left } else { left + self.across.width[column] };
            Point { x, y: self.rows.middle(row) + offset }
        };
        let from = end(plan.from, plan.exit, self.ports[number].from);
        let to = end(plan.to, plan.enter, self.ports[number].to);
        let (first, second) = self.across.turns[number];
        let mut points = vec![from];
        match plan.lane {
            _ if plan.straight => {}
            None => points.extend([Point { x: first, y: from.y }, Point { x: first, y: to.y }]),
            Some(_) => {
                let lane = self.rows.lane[number];
                points.extend([
                    Point { x: first, y: from.y },
                    Point { x: first, y: lane },
                    Point { x: second, y: lane },
                    Point { x: second, y: to.y },
                ]);
            }
        }
        points.push(to);
        let label = &self.labels[number];
        let label = (!label.lines.is_empty()).then(|| label.place(self.label_middle(number, to.y), to.y));
        Wire { edge: number, points, label }
    }

    /// The middle of an arrow's label: of the street when nothing turns there, else of the part before its card.
    fn label_middle(&self, number: usize, height: f64) -> f64 {
        let plan = &self.plans[number];
        let column = self.cells.column[plan.to];
        let number_of_street = if plan.enter == Side::Left { column } else { column + 1 };
        let street = &self.across.streets[number_of_street];
        let own = if plan.enter == Side::Left { street.high } else { street.low };
        let top = height - self.labels[number].height - 8.0;
        let turns = street.runs.iter().any(|run| run.from.min(run.to) < height + 4.0 && top < run.from.max(run.to));
        let whole = plan.straight && !turns && number_of_street != self.columns.last + 1;
        let (left, right) = if whole { (street.low.0, street.high.1) } else { own };
        (left + right) / 2.0
    }

    fn frame(&self, group: usize) -> Frame {
        let span = self.cells.groups[group];
        let margin = &self.margins[group];
        let left = self.across.left[span.left] - margin.left;
        let right = self.across.left[span.right] + self.across.width[span.right] + margin.right;
        let top = self.rows.top[span.top] - margin.top;
        let bottom = self.rows.top[span.bottom] + self.rows.height[span.bottom] + margin.bottom;
        let mut lines = Vec::new();
        let mut y = top + 8.0;
        for (texts, face) in [(&margin.title.name, NAME), (&margin.title.detail, BODY)] {
            for text in texts {
                lines.push(Line { text: text.clone(), x: left + 12.0, y: y + TITLE_LINE * 0.8, face });
                y += TITLE_LINE;
            }
        }
        let mut parts = Vec::new();
        let columns = span.right - span.left + 1;
        let first = bottom - 8.0 - margin.part_rows as f64 * PART_HEIGHT;
        let texts = &self.diagram.groups[group].parts;
        // side by side over the whole width where no arrow passes, else below the cards
        let passed = |street: usize| {
            self.across.streets[street].runs.iter().any(|run| run.from.min(run.to) < bottom && first < run.from.max(run.to))
        };
        let whole = texts.len() <= columns && !(span.left + 1..=span.right).any(passed);
        for (number, text) in texts.iter().enumerate() {
            let column = span.left + number % columns;
            let y = first + (number / columns) as f64 * PART_HEIGHT;
            let (x, width_) = if whole {
                let (from, to) = (left + 12.0, right - 12.0);
                let share = (to - from + 8.0) / texts.len() as f64;
                (from + number as f64 * share, share - 8.0)
            } else {
                (self.across.left[column], self.across.width[column])
            };
            let block = Block { x, y, width: width_, height: PART_HEIGHT - 4.0 };
            let text = wrap(text, BODY, block.width - 12.0, 1).concat();
            let x = block.x + (block.width - width(&text, BODY)) / 2.0;
            parts.push((block, Line { text, x, y: y + 16.0, face: BODY }));
        }
        Frame { group: Some(group), block: Block { x: left, y: top, width: right - left, height: bottom - top }, lines, parts }
    }

    /// The row of what serves all the others; where the region ends.
    fn support(&self, lines: &mut Vec<Line>) -> (Vec<Card>, Option<(Point, Point)>, f64) {
        let nodes: Vec<usize> =
            (0..self.diagram.nodes.len()).filter(|node| self.diagram.nodes[*node].zone == Zone::Support).collect();
        let (left, right) = (self.across.region.0 + BORDER, self.across.region.1 - BORDER);
        if nodes.is_empty() {
            return (Vec::new(), None, self.rows.end + BORDER);
        }
        let inner = right - left;
        let fit = ((inner + SUPPORT_GAP) / (190.0 + SUPPORT_GAP)).floor().max(1.0) as usize;
        let in_row = nodes.len().div_ceil(nodes.len().div_ceil(fit));
        let card = ((inner + SUPPORT_GAP) / in_row as f64 - SUPPORT_GAP).min(250.0).floor();
        let mut top = self.rows.end + 20.0;
        let rule = (Point { x: left, y: top }, Point { x: right, y: top });
        lines.push(Line { text: "For the whole stack".to_owned(), x: left, y: top + 24.0, face: BODY });
        top += 36.0;
        let mut cards = Vec::new();
        for row in nodes.chunks(in_row) {
            let words: Vec<Words> = row
                .iter()
                .map(|node| Words::new(&self.diagram.nodes[*node], card - super::cards::text_offset() - ICON / 2.0))
                .collect();
            let height = words.iter().map(Words::card_height).fold(0.0, f64::max);
            for (number, (node, words)) in row.iter().zip(words).enumerate() {
                let x = left + number as f64 * (card + SUPPORT_GAP);
                cards.push(words.card(*node, Block { x, y: top, width: card, height }));
            }
            top += height + SUPPORT_GAP;
        }
        (cards, Some(rule), top + BORDER - SUPPORT_GAP)
    }
}

/// Title and description, and where they end.
fn heading(diagram: &Diagram) -> (Vec<Line>, f64) {
    let limit = NARROWEST - 2.0 * MARGIN;
    let mut lines = Vec::new();
    let mut y = 24.0;
    for (text, face, height, most) in [(&diagram.title, TITLE, 34.0, 1), (&diagram.description, LEAD, 22.0, 2)] {
        for text in wrap(text, face, limit, most) {
            lines.push(Line { text, x: MARGIN, y: y + height * 0.75, face });
            y += height;
        }
    }
    (lines, y + 18.0)
}

fn regions(diagram: &Diagram) -> String {
    match diagram.regions.as_slice() {
        [one] => one.clone(),
        [first, rest @ ..] => format!("{first}, or {}", rest.join(", ")),
        [] => String::new(),
    }
}

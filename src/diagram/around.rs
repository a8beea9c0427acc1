//! What stands around the flow: the heading, the title of the region, and its last row.

use super::cards::{ICON, Words, text_offset};
use super::draft::{MARGIN, NARROWEST};
use super::grid::{BORDER, TITLE_LINE};
use super::layout::{Block, Card, Line, Point};
use super::model::{Diagram, Zone};
use super::style::{BODY, LEAD, NAME, TITLE};
use super::text::{width, wrap};

const SUPPORT_GAP: f64 = 12.0;
/// Narrowest and widest card of the last row.
const LEAST_SUPPORT: f64 = 160.0;
const MOST_SUPPORT: f64 = 250.0;

/// The row of what serves all the others; where the region ends.
pub(super) fn support(
    diagram: &Diagram,
    region: (f64, f64),
    start: f64,
    lines: &mut Vec<Line>,
) -> (Vec<Card>, Option<(Point, Point)>, f64) {
    let nodes: Vec<usize> = (0..diagram.nodes.len()).filter(|node| diagram.node(*node).zone == Zone::Support).collect();
    let (left, right) = (region.0 + BORDER, region.1 - BORDER);
    if nodes.is_empty() {
        return (Vec::new(), None, start + BORDER);
    }
    let inner = right - left;
    let fit = ((inner + SUPPORT_GAP) / (LEAST_SUPPORT + SUPPORT_GAP)).floor().max(1.0) as usize;
    let in_row = nodes.len().div_ceil(nodes.len().div_ceil(fit));
    let card = ((inner + SUPPORT_GAP) / in_row as f64 - SUPPORT_GAP).min(MOST_SUPPORT).floor();
    let mut top = start + 20.0;
    let rule = (Point { x: left, y: top }, Point { x: right, y: top });
    lines.push(Line { text: "For the whole stack".to_owned(), x: left, y: top + 24.0, face: BODY });
    top += 36.0;
    let mut cards = Vec::new();
    for row in nodes.chunks(in_row) {
        let words: Vec<Words> =
            row.iter().map(|node| Words::new(diagram.node(*node), card - text_offset() - ICON / 2.0)).collect();
        let height = words.iter().map(Words::card_height).fold(0.0, f64::max);
        for (number, (node, words)) in row.iter().zip(words).enumerate() {
            let x = left + number as f64 * (card + SUPPORT_GAP);
            cards.push(words.card(*node, Block { x, y: top, width: card, height }));
        }
        top += height + SUPPORT_GAP;
    }
    (cards, Some(rule), top + BORDER - SUPPORT_GAP)
}

/// The least width of a region's columns: what its title and a card of its last row need.
pub(super) fn least_inside(diagram: &Diagram, title: &[Line]) -> f64 {
    let title = title.iter().map(|line| width(&line.text, line.face)).fold(0.0, f64::max);
    let support = diagram.nodes.iter().any(|node| node.zone == Zone::Support);
    title.max(if support { LEAST_SUPPORT } else { 0.0 })
}

/// Title and description, and where they end.
pub(super) fn heading(diagram: &Diagram) -> (Vec<Line>, f64) {
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

/// The title of a region whose frame begins at a height, and where its content begins.
pub(super) fn title(diagram: &Diagram, top: f64) -> (Vec<Line>, f64) {
    let mut lines = vec![Line { text: "AWS Region".to_owned(), x: 0.0, y: top + 28.0, face: NAME }];
    for text in wrap(&regions(diagram), BODY, NARROWEST * 0.7, 2) {
        let y = top + 28.0 + TITLE_LINE * lines.len() as f64;
        lines.push(Line { text, x: 0.0, y, face: BODY });
    }
    let end = top + 24.0 + TITLE_LINE * lines.len() as f64;
    (lines, end)
}

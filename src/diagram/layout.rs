//! Everything with its place.

use super::columns::{Picture, columns};
use super::draft::{Draft, MARGIN};
use super::model::Diagram;
use super::rows::cells;
use super::text::Face;

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
/// Widths of the text of cards that are tried; in 124 stands "Amazon Bedrock", in 96 "AWS Lambda".
const TEXTS: [f64; 5] = [150.0, 136.0, 124.0, 108.0, LAST_TEXT];
const LAST_TEXT: f64 = 96.0;
/// Columns of the region that are tried.
const COLUMNS: [usize; 4] = [6, 5, 4, LAST_COLUMNS];
const LAST_COLUMNS: usize = 3;

/// Gives everything a place: as few turns of the flow as fit the greatest width, with text as wide as may be. A picture that fits in
/// no way is as narrow as it gets.
pub fn arrange(diagram: &Diagram) -> Layout {
    let picture = Picture::new(diagram);
    for most in COLUMNS {
        let columns = columns(diagram, &picture, most);
        let cells = cells(diagram, &picture, &columns);
        for text in TEXTS {
            let draft = Draft::new(diagram, &picture, &columns, &cells, text);
            if draft.across.end + 2.0 * MARGIN <= WIDEST {
                return draft.layout();
            }
        }
    }
    let columns = columns(diagram, &picture, LAST_COLUMNS);
    let cells = cells(diagram, &picture, &columns);
    Draft::new(diagram, &picture, &columns, &cells, LAST_TEXT).layout()
}

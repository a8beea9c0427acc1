//! The label of an arrow: one or two lines above its end.

use super::layout::{Block, Line};
use super::style::BODY;
use super::text::{width, wrap};

const WIDEST: f64 = 96.0;
pub(super) const LINE_HEIGHT: f64 = 16.0;

/// A label in lines.
#[derive(Clone, Debug)]
pub(super) struct Label {
    pub lines: Vec<String>,
    pub width: f64,
    pub height: f64,
}

impl Label {
    pub(super) fn new(text: &str) -> Label {
        let lines = wrap(text, BODY, WIDEST, 2);
        let widest = lines.iter().map(|line| width(line, BODY)).fold(0.0, f64::max).ceil();
        let height = lines.len() as f64 * LINE_HEIGHT;
        Label { lines, width: widest, height }
    }

    /// Its lines, centred on a place, above the height of an arrow.
    pub(super) fn place(&self, middle: f64, arrow: f64) -> (Block, Vec<Line>) {
        let top = arrow - 4.0 - self.height;
        let line = |(number, text): (usize, &String)| Line {
            text: text.clone(),
            x: middle - width(text, BODY) / 2.0,
            y: top + (number as f64 + 0.8) * LINE_HEIGHT,
            face: BODY,
        };
        let block = Block { x: middle - self.width / 2.0, y: top, width: self.width, height: self.height };
        (block, self.lines.iter().enumerate().map(line).collect())
    }
}

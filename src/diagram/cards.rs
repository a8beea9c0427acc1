//! The text of a card, and how large it makes the card.

use super::layout::{Block, Card, Line};
use super::model::Node;
use super::style::{BODY, NAME};
use super::text::{width, wrap};

/// Free space at the edge of a card, also right of its text, where a wider font finds room.
pub(super) const PAD: f64 = 11.0;
/// Side of the coloured square.
pub(super) const ICON: f64 = 30.0;
const GAP: f64 = 9.0;
const NAME_HEIGHT: f64 = 18.0;
const BODY_HEIGHT: f64 = 17.0;
const LEAST_HEIGHT: f64 = 58.0;

/// The lines of a card.
#[derive(Clone, Debug)]
pub(super) struct Words {
    pub name: Vec<String>,
    pub detail: Vec<String>,
}

impl Words {
    /// The words of a node in lines of at most a width.
    pub(super) fn new(node: &Node, limit: f64) -> Words {
        Words { name: wrap(&node.name, NAME, limit, 4), detail: wrap(&node.detail, BODY, limit, 3) }
    }

    /// The width of a card that holds them.
    pub(super) fn card_width(&self) -> f64 {
        let names = self.name.iter().map(|line| width(line, NAME));
        let details = self.detail.iter().map(|line| width(line, BODY));
        names.chain(details).fold(0.0, f64::max).ceil() + text_offset() + PAD
    }

    /// The height of a card that holds them.
    pub(super) fn card_height(&self) -> f64 {
        (2.0 * PAD + self.text_height()).max(LEAST_HEIGHT)
    }

    fn text_height(&self) -> f64 {
        self.name.len() as f64 * NAME_HEIGHT + self.detail.len() as f64 * BODY_HEIGHT
    }

    /// The card at its place, its text in the middle of its height.
    pub(super) fn card(&self, node: usize, block: Block) -> Card {
        let mut lines = Vec::new();
        let mut top = block.y + (block.height - self.text_height()) / 2.0;
        let left = block.x + text_offset();
        for (words, face, height) in [(&self.name, NAME, NAME_HEIGHT), (&self.detail, BODY, BODY_HEIGHT)] {
            for text in words {
                lines.push(Line { text: text.clone(), x: left, y: top + height * 0.75, face });
                top += height;
            }
        }
        let icon = Block { x: block.x + PAD, y: block.y + (block.height - ICON) / 2.0, width: ICON, height: ICON };
        Card { node, block, icon, lines }
    }
}

/// Width of a card whose text has this width.
pub(super) fn text_offset() -> f64 {
    PAD + ICON + GAP
}

//! The assembled template and its trace.

use std::ops::Range;
use std::sync::Arc;

use crate::link::Graph;
use crate::render::{Fragment, Origin};
use crate::source::Source;

/// A stretch of the template that was copied from a fragment.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Bytes of the template.
    pub range: Range<usize>,
    /// Index of the fragment.
    pub fragment: usize,
    /// Where the stretch starts in the fragment.
    pub start: usize,
}

/// One CloudFormation template.
#[derive(Debug)]
pub struct Template {
    /// The text.
    pub source: Arc<Source>,
    /// Every byte's origin.
    pub trace: Trace,
}

/// Maps bytes of the template to the component's template and the blueprint.
#[derive(Debug)]
pub struct Trace {
    /// The graph that was rendered.
    pub graph: Graph,
    /// The fragments in the graph's order.
    pub fragments: Vec<Fragment>,
    pieces: Vec<Piece>,
}

impl Template {
    pub(super) fn new(graph: Graph, fragments: Vec<Fragment>, text: String, pieces: Vec<Piece>) -> Template {
        let name = format!("out/{}/template.yaml", graph.blueprint.name);
        Template { source: Source::new(name, text), trace: Trace { graph, fragments, pieces } }
    }

    /// The logical ids of one section over all fragments.
    pub fn ids(&self, section: &str) -> impl Iterator<Item = &str> {
        let sections = self.trace.fragments.iter().filter_map(move |fragment| fragment.sections.get(section));
        sections.flat_map(|section| section.ids.iter().map(|(id, _)| id.as_str()))
    }
}

impl Trace {
    /// Where a range of the template comes from; `None` for the frame that atelier itself writes.
    pub fn origin(&self, range: Range<usize>) -> Option<Origin> {
        let position = self.pieces.partition_point(|piece| piece.range.end <= range.start);
        let piece = self.pieces.get(position).filter(|piece| piece.range.start <= range.start)?;
        let start = range.start - piece.range.start + piece.start;
        let length = range.end.min(piece.range.end).saturating_sub(range.start).max(1);
        Some(self.fragments.get(piece.fragment)?.origin(&self.graph, start..start + length))
    }
}

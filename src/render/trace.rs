//! From a byte of a fragment back to the template and to the blueprint.

use minijinja::OutputSpanKind;

use crate::link::{Component, Graph};
use crate::part::Part;
use crate::source::Place;

use super::Fragment;

/// What made a byte of the output.
#[derive(Debug)]
pub struct Origin {
    /// The template's text.
    pub template: Option<Place>,
    /// The blueprint's line.
    pub blueprint: Place,
}

impl Fragment {
    /// Where a range of the fragment comes from: the first property of the blueprint that was written there, else the component.
    pub fn origin(&self, graph: &Graph, range: std::ops::Range<usize>) -> Origin {
        let component = graph.at(self.component);
        let mut template = None;
        let mut blueprint = None;
        for span in self
            .spans
            .iter()
            .filter(|span| span.output_range().start < range.end && range.start < span.output_range().end)
        {
            // included files have spans of their own; only the component's own template can be shown
            let own = span.name() == component.declared.kind.template;
            if own && template.is_none() {
                let source = span.source_range();
                let skipped = if span.kind() == OutputSpanKind::Raw {
                    range.start.saturating_sub(span.output_range().start)
                } else {
                    0
                };
                template = Some(Place::new(&self.template, (source.start + skipped).min(source.end)..source.end));
            }
            if own && span.kind() == OutputSpanKind::Expression && blueprint.is_none() {
                let text = self.template.text.get(span.source_range()).unwrap_or("");
                blueprint = property(graph, component, text);
            }
        }
        Origin { template, blueprint: blueprint.unwrap_or_else(|| graph.place(component, &[])) }
    }
}

/// The blueprint's place of the first `this.…` path in an expression that the blueprint wrote itself.
fn property(graph: &Graph, component: &Component, expression: &str) -> Option<Place> {
    for (start, _) in expression.match_indices("this.") {
        let path =
            expression.part(start + 5..).split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.').next()?;
        let path: Vec<String> = path.split('.').filter(|step| !step.is_empty()).map(str::to_owned).collect();
        let whole = [component.declared.path.as_slice(), &path].concat();
        if graph.blueprint.root.find(whole.iter().map(String::as_str)).is_some() {
            return Some(graph.blueprint.place(&whole));
        }
    }
    None
}

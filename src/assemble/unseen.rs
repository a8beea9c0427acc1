//! A template is read before it is deployed: nothing in it hides, turns the writing direction or commands a terminal.

use crate::clean;
use crate::diagnostic::Finding;
use crate::source::Place;

use super::Template;

/// So many are told one by one.
const MOST: usize = 10;

/// Characters that values of a blueprint cannot bring in (they are escaped), but a component's template can.
pub(super) fn check(template: &Template) -> Vec<Finding> {
    let blueprint = &template.trace.graph.blueprint;
    clean::hostile(&template.source.text)
        .take(MOST)
        .map(|(start, char)| {
            let range = start..start + char.len_utf8();
            let message = format!("the template would have the invisible character U+{:04X}", char as u32);
            let origin = template.trace.origin(range.clone());
            let place = origin.as_ref().map_or_else(|| blueprint.place(&[]), |origin| origin.blueprint.clone());
            let mut finding = Finding::error("T008", place, message)
                .with_label(Place::new(&template.source, range), "here, shown as U+FFFD")
                .with_help("take it out; where a value needs it, write it as an escape in a string");
            if let Some(written) = origin.and_then(|origin| origin.template) {
                let (line, _) = written.line_column();
                finding.help.push(format!("written by {}:{line}", written.source.name));
            }
            finding
        })
        .collect()
}

//! Where a resource does not meet a rule: in its template, and on the blueprint's line that made it.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::Finding;
use crate::link::Graph;
use crate::render::Fragment;
use crate::source::{Place, Source};
use crate::yaml::Node;

use super::judge::Breach;

pub(super) fn on_template(source: &Arc<Source>, root: &Node, breach: Breach) -> Finding {
    let (range, path) = nearest(root, &breach);
    finding(Place::new(source, range), breach).under(path)
}

pub(super) fn on_blueprint(graph: &Graph, fragment: &Fragment, breach: Breach) -> Finding {
    let (range, path) = nearest(&fragment.root, &breach);
    let line = fragment.source.line_range(fragment.source.line_column(range.start).0);
    let origin = fragment.origin(graph, range.start..line.end.max(range.end));
    let finding = finding(origin.blueprint, breach).under(format!("rendered as `{path}`"));
    match origin.template {
        Some(template) => {
            let (line, _) = template.line_column();
            finding.with_help(format!("written by {}:{line}", template.source.name))
        }
        None => finding,
    }
}

fn finding(place: Place, breach: Breach) -> Finding {
    let mut finding = Finding::new(breach.rule.severity, &breach.rule.id, place, breach.message);
    finding.help.extend(breach.help);
    finding.help.push(format!("see {}", breach.rule.source));
    finding
}

/// The deepest part of the rule's path that is there, and its name.
fn nearest(root: &Node, breach: &Breach) -> (Range<usize>, String) {
    let inside = breach.rule.at.split('.').filter(|step| !step.is_empty());
    let steps: Vec<&str> = ["Resources", &breach.resource, "Properties"].into_iter().chain(inside).collect();
    for length in (2..=steps.len()).rev() {
        let steps = || steps.iter().take(length).copied();
        if let Some((node, key)) = root.find(steps()) {
            return (key.unwrap_or_else(|| node.range.clone()), steps().skip(1).collect::<Vec<_>>().join("."));
        }
    }
    (0..0, breach.resource.clone())
}

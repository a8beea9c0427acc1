//! Accepted rules: a warning with a reason beside it is not repeated; a reason beside nothing is itself a finding.

use std::collections::BTreeSet;

use crate::diagnostic::{Finding, Severity};
use crate::link::Graph;
use crate::schema::Acknowledgement;

/// Drops acknowledged findings (given with the index of their component) and reports acknowledgements that do nothing, of those whose rules
/// have been `asked` by now.
pub fn apply(graph: &Graph, findings: Vec<(Option<usize>, Finding)>, asked: impl Fn(&str) -> bool) -> Vec<Finding> {
    let mut used: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut kept = Vec::new();
    for (component, finding) in findings {
        let of_component = component.map(|index| graph.at(index).declared.acknowledged.iter());
        let matching = graph
            .blueprint
            .acknowledged
            .iter()
            .chain(of_component.into_iter().flatten())
            .find(|a| a.rule == finding.code);
        match matching {
            Some(acknowledgement) => {
                used.insert(key(acknowledgement));
                if finding.severity == Severity::Error {
                    let label = "an error cannot be acknowledged";
                    kept.push(finding.with_label(acknowledgement.place.clone(), label));
                }
            }
            None => kept.push(finding),
        }
    }
    let rules: BTreeSet<&str> = graph
        .components
        .iter()
        .flat_map(|component| &component.declared.kind.rules)
        .map(|rule| rule.id.as_str())
        .collect();
    let written = graph.components.iter().flat_map(|component| &component.declared.acknowledged);
    for acknowledgement in graph.blueprint.acknowledged.iter().chain(written) {
        // ids of other checkers are for them to judge
        let ours = rules.contains(acknowledgement.rule.as_str()) || !acknowledgement.is_foreign();
        if ours && asked(&acknowledgement.rule) && !used.contains(&key(acknowledgement)) {
            let message = format!("`{}` is acknowledged here but has nothing to say", acknowledgement.rule);
            kept.push(
                Finding::warning("A001", acknowledgement.place.clone(), message)
                    .with_help("remove the acknowledgement"),
            );
        }
    }
    kept
}

fn key(acknowledgement: &Acknowledgement) -> (usize, usize) {
    (acknowledgement.place.range.start, acknowledgement.place.range.end)
}

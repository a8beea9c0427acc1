//! Design rules: what CloudFormation's own schemas cannot check.

mod acknowledge;
mod expression;
mod overlap;
mod regions;

use minijinja::Environment;

use crate::diagnostic::Finding;
use crate::link::Graph;

pub use acknowledge::apply as without_acknowledged;

/// All that the rules of the component types and the rules over the whole graph have to say.
///
/// Acknowledgements of rules that are asked `later` are left to them.
pub fn check(env: &Environment, graph: &Graph, later: impl Fn(&str) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for index in 0..graph.components.len() {
        findings.extend(expression::check(env, graph, index));
    }
    findings.extend(overlap::check(graph).into_iter().map(|finding| (None, finding)));
    acknowledge::apply(graph, findings, |rule| !later(rule))
}

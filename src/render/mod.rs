//! Components to fragments: each template is rendered whole, read back, and its sections and exports found.

mod fragment;
mod trace;

pub use fragment::{Fragment, SECTIONS, Section};
pub use trace::Origin;

use std::collections::BTreeMap;

use minijinja::Environment;
use minijinja::value::Value;

use crate::diagnostic::Finding;
use crate::library::Library;
use crate::link::{Exports, Graph, scope};

/// One fragment a component, in the graph's order, or all that went wrong.
pub fn render(library: &Library, env: &Environment, graph: &Graph) -> Result<Vec<Fragment>, Vec<Finding>> {
    let mut exports: Exports = vec![BTreeMap::new(); graph.components.len()];
    let mut fragments = Vec::with_capacity(graph.components.len());
    let mut findings = Vec::new();
    for index in 0..graph.components.len() {
        let component = graph.at(index);
        let variables = Value::from_pairs(scope(graph, index, &component.declared.properties, Some(&exports)));
        match fragment::render(library, env, graph, index, variables) {
            Ok((fragment, given)) => {
                if let Some(place) = exports.get_mut(index) {
                    *place = given;
                }
                fragments.push(fragment);
            }
            Err(broken) => {
                // what needs this component's exports would only repeat its failure
                findings.extend(broken);
                break;
            }
        }
    }
    if findings.is_empty() { Ok(fragments) } else { Err(findings) }
}

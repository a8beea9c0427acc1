//! Fragments to one CloudFormation template, and the way back from each of its bytes.

mod frame;
mod limits;
mod template;

use crate::diagnostic::{Finding, has_error};
use crate::link::Graph;
use crate::render::Fragment;

pub use template::{Template, Trace};

/// The template, unless it breaks one of CloudFormation's limits; warnings come along.
pub fn assemble(graph: Graph, fragments: Vec<Fragment>) -> (Option<Template>, Vec<Finding>) {
    let mut findings = limits::collisions(&graph, &fragments);
    let (text, pieces) = frame::write(&graph, &fragments);
    let template = Template::new(graph, fragments, text, pieces);
    findings.extend(limits::check(&template));
    let sound = !has_error(&findings);
    (sound.then_some(template), findings)
}

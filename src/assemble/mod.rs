//! Fragments to one CloudFormation template, and the way back from each of its bytes.

mod compact;
mod frame;
mod limits;
mod template;
mod unseen;

use crate::diagnostic::{Finding, has_error};
use crate::link::Graph;
use crate::render::Fragment;

pub use compact::Detail;
pub use template::{Template, Trace};

/// The template, unless it breaks one of CloudFormation's limits; warnings come along.
///
/// It keeps what explains it as long as CloudFormation takes it without an S3 bucket, or in any case when `full`.
pub fn assemble(graph: Graph, fragments: Vec<Fragment>, full: bool) -> (Option<Template>, Vec<Finding>) {
    let mut findings = limits::collisions(&graph, &fragments);
    let (mut text, mut pieces) = frame::write(&graph, &fragments, Detail::Full);
    for detail in [Detail::Commented, Detail::Bare] {
        if full || text.len() <= limits::INLINE_BYTES {
            break;
        }
        (text, pieces) = frame::write(&graph, &fragments, detail);
    }
    let template = Template::new(graph, fragments, text, pieces);
    findings.extend(limits::check(&template));
    findings.extend(unseen::check(&template));
    let sound = !has_error(&findings);
    (sound.then_some(template), findings)
}

/// The text of a template with this much of what only people read.
pub fn text(template: &Template, detail: Detail) -> String {
    frame::write(&template.trace.graph, &template.trace.fragments, detail).0
}

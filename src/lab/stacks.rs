//! A blueprint of the lab as a template, with what its stack uses.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::assemble::Template;
use crate::diagnostic::Finding;
use crate::document::Document;
use crate::source::Source;
use crate::usage::{Assumptions, Context, Usage, measure};
use crate::yaml::{self, Dialect};

/// A blueprint, rendered and counted.
#[derive(Debug)]
pub struct Stack {
    /// The blueprint's name.
    pub name: String,
    /// The template.
    pub template: Template,
    /// The template, read back.
    pub document: Document,
    /// What a stack of it uses.
    pub usage: Usage,
}

/// Reads a template back and counts what a stack of it uses.
pub fn stack(
    template: Template,
    region: &str,
    parameters: &BTreeMap<String, Value>,
    assumptions: &Assumptions,
) -> Result<Stack, Vec<Finding>> {
    let source: &Arc<Source> = &template.source;
    let document = Document::read(&yaml::load(source, Dialect::Template)?);
    let context = Context { region: region.to_owned(), parameters: parameters.clone() };
    let usage = measure(&document, &context, assumptions);
    Ok(Stack { name: template.trace.graph.blueprint.name.clone(), template, document, usage })
}

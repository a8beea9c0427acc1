//! One resource and one rule.

use std::collections::BTreeMap;

use minijinja::value::Value;
use minijinja::{Environment, Error};

use crate::document::{Document, Resource};
use crate::library::ResourceRule;

use super::Baseline;
use super::language::plain;

/// A rule that a resource does not meet.
pub(super) struct Breach<'a> {
    pub(super) rule: &'a ResourceRule,
    pub(super) resource: String,
    pub(super) message: String,
    pub(super) help: Vec<String>,
    /// Whether the resource's metadata accepts it.
    pub(super) accepted: bool,
}

/// All breaches in some documents that make one template, each with the index of its document.
pub(super) fn breaches<'a>(baseline: &'a Baseline, documents: &[&Document]) -> Vec<(usize, Breach<'a>)> {
    let all: BTreeMap<&str, Value> = documents
        .iter()
        .flat_map(|document| &document.resources)
        .map(|(id, resource)| (id.as_str(), plain(&resource.properties)))
        .collect();
    let resources = Value::from_pairs(all.clone());
    let mut found = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        for (id, resource) in &document.resources {
            let accepted = accepted(resource);
            for rule in baseline.rules.iter().filter(|rule| rule.types.contains(&resource.kind)) {
                let context = Value::from_pairs([
                    ("this".to_owned(), all.get(id.as_str()).cloned().unwrap_or_default()),
                    ("id".to_owned(), Value::from(id.as_str())),
                    ("resources".to_owned(), resources.clone()),
                ]);
                if let Some(breach) = judge(&baseline.env, rule, id, &context) {
                    let accepted = accepted.contains(&rule.id.as_str());
                    found.push((index, Breach { accepted, ..breach }));
                }
            }
        }
    }
    found
}

/// `Metadata.atelier.acknowledged: [{id, reason}]`; without a reason, nothing is accepted.
fn accepted(resource: &Resource) -> Vec<&str> {
    let list = resource.attributes.get("Metadata").and_then(|metadata| metadata.pointer("/atelier/acknowledged"));
    let entries = list.and_then(serde_json::Value::as_array).into_iter().flatten();
    let text = |entry: &'_ serde_json::Value, key: &str| -> bool {
        entry.get(key).and_then(serde_json::Value::as_str).is_some_and(|text| !text.trim().is_empty())
    };
    entries.filter(|entry| text(entry, "reason")).filter_map(|entry| entry.get("id")?.as_str()).collect()
}

fn judge<'a>(env: &Environment, rule: &'a ResourceRule, id: &str, context: &Value) -> Option<Breach<'a>> {
    let truth = |expression: &str| -> Result<bool, Error> {
        Ok(env.compile_expression(expression)?.eval(context.clone())?.is_true())
    };
    // a condition that cannot be evaluated counts as met, and asserts fail closed: as in rules on components
    if rule.when.as_deref().is_some_and(|when| !truth(when).unwrap_or(true)) {
        return None;
    }
    let holds = truth(&rule.assert);
    if let Ok(true) = holds {
        return None;
    }
    let text =
        |template: &str| env.render_str(template, context).unwrap_or_else(|error| format!("{} ({error})", rule.id));
    let mut help = vec![text(&rule.help)];
    if let Err(error) = holds {
        help.push(format!("the rule could not be evaluated: {error}"));
    }
    Some(Breach { rule, resource: id.to_owned(), message: text(&rule.message), help, accepted: false })
}

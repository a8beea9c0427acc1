//! One module of the guide: what a blueprint is, why it is so, what its stack hands out, and what to do with it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::assemble::{self, Detail};
use crate::cost::{Sum, money};
use crate::diagnostic::{Finding, Severity};
use crate::document::Document;
use crate::expression::{CONTEXT, pascal_case};
use crate::lab::Stack;
use crate::library::Library;
use crate::source::Source;
use crate::yaml::{self, Dialect, Node};

use super::Day;

/// Reasons that a page shows of one blueprint; the template has them all.
const REASONS: usize = 12;

/// All modules in one language, as the pages' templates see them.
pub(super) fn modules(day: &Day, library: &Library, language: &str) -> Result<Vec<Value>, Vec<Finding>> {
    day.stacks.iter().enumerate().map(|(index, stack)| module(day, library, stack, index + 1, language)).collect()
}

fn module(day: &Day, library: &Library, stack: &Stack, number: usize, language: &str) -> Result<Value, Vec<Finding>> {
    let blueprint = &stack.template.trace.graph.blueprint;
    let mut parts = Vec::new();
    let mut exercises = Vec::new();
    let mut troubles = Vec::new();
    let mut seen = BTreeSet::new();
    for component in &stack.template.trace.graph.components {
        let declared = &component.declared;
        let kind = &declared.kind;
        let Some(lesson) = lesson(library, &kind.name)? else { continue };
        if let Some(what) = lesson.get("what").and_then(|what| what.get(language)).and_then(Node::as_str) {
            parts.push(json!({"name": declared.name, "type": kind.name, "what": what}));
        }
        for exercise in lesson.get("exercises").map_or(&[][..], Node::items) {
            let text = exercise.get(language).and_then(Node::as_str).unwrap_or_default();
            exercises.extend(with_outputs(text, &declared.name, &stack.document));
        }
        for trouble in lesson.get("troubles").map_or(&[][..], Node::items) {
            let id = trouble.get("rule").and_then(Node::as_str).unwrap_or_default();
            let rule = kind.rules.iter().find(|rule| rule.id == id);
            if let (Some(rule), true) = (rule, seen.insert(id.to_owned())) {
                let text = trouble.get(language).and_then(Node::as_str);
                // some sources are followed by their date
                troubles.push(json!({"text": text, "rule": id, "source": rule.source.split_whitespace().next()}));
            }
        }
    }
    let named = |section: &str| -> Vec<Value> {
        let entries = stack.document.sections.get(section).into_iter().flatten();
        let text = |entry: &Value| entry.get("Description").and_then(Value::as_str).unwrap_or_default().to_owned();
        entries.map(|(name, entry)| json!({"name": name, "description": text(entry)})).collect()
    };
    let drawn = day.drawings.iter().any(|(name, _)| *name == stack.name);
    Ok(json!({
        "page": page(number, stack),
        "number": number,
        "name": stack.name,
        "description": blueprint.description,
        "parts": parts,
        "exercises": exercises,
        "reasons": reasons(stack),
        "outputs": named("Outputs"),
        "parameters": named("Parameters"),
        "troubles": troubles,
        "remarks": remarks(day, stack),
        "cost": cost(day, stack),
        "drawing": drawn.then(|| format!("{}.svg", stack.name)),
    }))
}

/// The name of a module's page.
pub(super) fn page(number: usize, stack: &Stack) -> String {
    format!("module-{number}-{}", stack.name)
}

/// What a component type brings for teaching: `templates/<type>.lab.yaml`, next to its template, if there is one.
fn lesson(library: &Library, kind: &str) -> Result<Option<Node>, Vec<Finding>> {
    let source = library.files.read(&format!("templates/{kind}.lab.yaml"));
    source.map(|source| yaml::load(&source, Dialect::Blueprint)).transpose()
}

/// The text with `{AskUrl}` as the name of the output that this component has; none when the stack has no such output.
fn with_outputs(text: &str, component: &str, document: &Document) -> Option<String> {
    let outputs = document.sections.get("Outputs")?;
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (role, after) = after.split_once("}}")?;
        let name = pascal_case(component) + role;
        if !outputs.contains_key(&name) {
            return None;
        }
        out.push_str(before);
        out.push_str(&format!("`{name}`"));
        rest = after;
    }
    Some(out + rest)
}

/// Why the resources are as they are, in the words of the full template.
fn reasons(stack: &Stack) -> Vec<Value> {
    let full = Source::new("template.yaml", assemble::text(&stack.template, Detail::Full));
    let Ok(root) = yaml::load(&full, Dialect::Template) else { return Vec::new() };
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for entry in root.get("Resources").map_or(&[][..], Node::entries) {
        let why = entry.value.find(["Metadata", CONTEXT, "why"]).and_then(|(why, _)| why.as_str());
        let kind = entry.value.get("Type").and_then(Node::as_str).unwrap_or_default();
        if let Some(why) = why.filter(|why| seen.insert((*why).to_owned())) {
            found.push(json!({"id": entry.key, "type": kind, "why": why}));
        }
    }
    // those of the design first, those of logs last
    found.sort_by_key(|reason| {
        matches!(reason["type"].as_str(), Some("AWS::Logs::LogGroup" | "AWS::Lambda::Permission"))
    });
    found.truncate(REASONS);
    found
}

/// What the blueprint's own checks had to say that is no error: known weaknesses of this design.
fn remarks(day: &Day, stack: &Stack) -> Vec<Value> {
    let source = &stack.template.trace.graph.blueprint.source;
    let own = day.remarks.iter().filter(|finding| {
        finding.severity != Severity::Error
            && finding.place.as_ref().is_some_and(|place| place.source.name == source.name)
    });
    own.map(|finding| json!({"message": finding.message, "help": finding.help.first(), "code": finding.code})).collect()
}

/// What one participant's stack costs: an hour, the whole lab, a month when it is forgotten.
fn cost(day: &Day, stack: &Stack) -> Value {
    let mut own = day.plan.estimate.clone();
    own.lines.retain(|line| line.stack == stack.name);
    own.uncounted.retain(|item| item.stack == stack.name);
    let sum: Sum = own.sum(true);
    let mut facts = Map::new();
    facts.insert("lab".to_owned(), money(sum.total(day.plan.hours, day.plan.working)).into());
    facts.insert("hour".to_owned(), money(sum.always + sum.in_use).into());
    facts.insert("forgotten".to_owned(), money(sum.idle * crate::cost::HOURS_A_MONTH).into());
    facts.insert("unpriced".to_owned(), sum.unpriced.into());
    facts.into()
}

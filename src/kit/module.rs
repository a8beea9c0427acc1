//! One module of the guide: what a blueprint is, why it is so, what its stack hands out, and what to do with it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::assemble::{self, Detail};
use crate::cost::Sum;
use crate::diagnostic::{Finding, Severity};
use crate::expression::{CONTEXT, pascal_case};
use crate::lab::Stack;
use crate::library::Library;
use crate::source::Source;
use crate::yaml::{self, Dialect, Node};

use super::Day;
use super::lesson::{Lesson, said};
use super::words::{amount, words};

/// Reasons that a page shows of components without a lesson; the template has them all.
const REASONS: usize = 12;

/// All modules in one language, as the pages' templates see them.
pub(super) fn modules(day: &Day, library: &Library, language: &str) -> Result<Vec<Value>, Vec<Finding>> {
    day.stacks.iter().enumerate().map(|(index, stack)| module(day, library, stack, index + 1, language)).collect()
}

fn module(day: &Day, library: &Library, stack: &Stack, number: usize, language: &str) -> Result<Value, Vec<Finding>> {
    let components = &stack.template.trace.graph.components;
    let mut lessons = Vec::new();
    for component in components {
        lessons.push((component, Lesson::of(component, library, language)?));
    }
    let taught = || lessons.iter().filter_map(|(component, lesson)| Some((component, lesson.as_ref()?)));
    let remarks = remarks(day, stack);
    let spoken: BTreeSet<&str> = remarks.iter().map(|remark| &*remark.code).collect();
    let outputs: BTreeSet<&str> = stack
        .document
        .sections
        .get("Outputs")
        .into_iter()
        .flat_map(|outputs| outputs.keys())
        .map(String::as_str)
        .collect();
    let parts = taught().filter_map(|(component, lesson)| {
        Some(json!({"name": component.declared.name, "type": component.declared.kind.name, "what": lesson.what()?}))
    });
    let mut troubles: Vec<Value> = Vec::new();
    for trouble in taught().flat_map(|(_, lesson)| lesson.troubles(&spoken)) {
        if !troubles.contains(&trouble) {
            troubles.push(trouble);
        }
    }
    // what a lesson says in the page's language is not said a second time
    let told: BTreeSet<&str> = troubles.iter().filter_map(|trouble| trouble["rule"].as_str()).collect();
    let rest = remarks.iter().filter(|remark| !told.contains(&*remark.code));
    let rest: Vec<Value> = rest
        .map(|remark| json!({"message": remark.message, "help": remark.help.first(), "code": remark.code}))
        .collect();
    let (title, description) = words(day, library, stack, language)?;
    let drawn = day.drawings.iter().any(|(name, _)| *name == stack.name);
    Ok(json!({
        "page": page(number, stack),
        "number": number,
        "name": stack.name,
        "title": title,
        "description": description,
        "parts": parts.collect::<Vec<_>>(),
        "exercises": taught().flat_map(|(_, lesson)| lesson.exercises(&outputs)).collect::<Vec<_>>(),
        "reasons": reasons(stack, &lessons, language),
        "outputs": handed_out(stack, &lessons, language),
        "troubles": troubles,
        "remarks": rest,
        "cost": cost(day, stack, language),
        "drawing": drawn.then(|| format!("{}.svg", stack.name)),
    }))
}

/// The name of a module's page.
pub(super) fn page(number: usize, stack: &Stack) -> String {
    format!("module-{number}-{}", stack.name)
}

type Lessons<'a> = [(&'a crate::link::Component, Option<Lesson<'a>>)];

/// The stack's outputs with what they are for: in the lesson's words, else in the template's.
fn handed_out(stack: &Stack, lessons: &Lessons, language: &str) -> Vec<Value> {
    let entries = stack.document.sections.get("Outputs").into_iter().flatten();
    let row = |(name, entry): (&String, &Value)| {
        let own = lessons.iter().find_map(|(_, lesson)| lesson.as_ref()?.output(name));
        let template = entry.get("Description").and_then(Value::as_str).unwrap_or_default();
        let text = own.map_or_else(|| said(template, language != "en"), |text| json!({"authored": text}));
        json!({"name": name, "for": text})
    };
    entries.map(row).collect()
}

/// Why the resources are as they are. The lessons choose what is worth knowing, and say it in the page's language as long as the
/// template still says the same; components without a lesson say all in the template's words.
fn reasons(stack: &Stack, lessons: &Lessons, language: &str) -> Vec<Value> {
    let all = all_reasons(stack);
    let mut found = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (component, lesson) in lessons {
        if let Some(lesson) = lesson {
            for (id, english, text) in lesson.reasons() {
                let Some(why) = all.iter().find(|(known, _)| *known == id).map(|(_, why)| why.as_str()) else {
                    continue;
                };
                let (text, foreign) = if why == english { (text, false) } else { (why, language != "en") };
                if seen.insert(why) {
                    found.push(json!({"id": id, "why": said(text, foreign)}));
                }
            }
            continue;
        }
        let prefix = pascal_case(&component.declared.name);
        let longer = |id: &str| {
            let others = lessons.iter().map(|(other, _)| pascal_case(&other.declared.name));
            others.into_iter().any(|other| other.len() > prefix.len() && id.starts_with(&other))
        };
        let own = all.iter().filter(|(id, _)| id.starts_with(&prefix) && !longer(id));
        for (id, why) in own.take(REASONS) {
            if seen.insert(why) {
                found.push(json!({"id": id, "why": said(why, language != "en")}));
            }
        }
    }
    found
}

/// The reasons of the full template: id of the resource and text.
fn all_reasons(stack: &Stack) -> Vec<(String, String)> {
    let full = Source::new("template.yaml", assemble::text(&stack.template, Detail::Full));
    let Ok(root) = yaml::load(&full, Dialect::Template) else { return Vec::new() };
    let entries = root.get("Resources").map_or(&[][..], Node::entries).iter();
    let why = |entry: &yaml::Entry| {
        let (why, _) = entry.value.find(["Metadata", CONTEXT, "why"])?;
        Some((entry.key.clone(), why.as_str()?.to_owned()))
    };
    entries.filter_map(why).collect()
}

/// What the blueprint's own checks had to say that is no error: known weaknesses of this design.
fn remarks<'a>(day: &Day<'a>, stack: &Stack) -> Vec<&'a Finding> {
    let source = &stack.template.trace.graph.blueprint.source;
    let own = day.remarks.iter().filter(|finding| {
        finding.severity != Severity::Error
            && finding.place.as_ref().is_some_and(|place| place.source.name == source.name)
    });
    let mut seen: BTreeMap<(&str, &str), ()> = BTreeMap::new();
    own.filter(|finding| seen.insert((finding.code.as_ref(), finding.message.as_str()), ()).is_none()).collect()
}

/// What one participant's stack costs: an hour, the whole lab, a month when it is forgotten.
fn cost(day: &Day, stack: &Stack, language: &str) -> Value {
    let mut own = day.plan.estimate.clone();
    own.lines.retain(|line| line.stack == stack.name);
    own.uncounted.retain(|item| item.stack == stack.name);
    let sum: Sum = own.sum(true);
    let mut facts = Map::new();
    facts.insert("lab".to_owned(), amount(sum.total(day.plan.hours, day.plan.working), language).into());
    facts.insert("hour".to_owned(), amount(sum.always + sum.in_use, language).into());
    facts.insert("forgotten".to_owned(), amount(sum.idle * crate::cost::HOURS_A_MONTH, language).into());
    facts.insert("unpriced".to_owned(), sum.unpriced.into());
    facts.into()
}

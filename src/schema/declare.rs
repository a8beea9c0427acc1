//! Components: their type, their properties with defaults, their links as names, their parameters.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::diagnostic::{Finding, did_you_mean};
use crate::library::{ComponentType, Library};
use crate::source::Place;

use super::check::{Checker, Locate};
use super::envelope::acknowledgements;
use super::model::{Blueprint, Declared, Given, Origin, Scenario};
use super::{defaults, lookup, parameters};

/// All components of a blueprint, inline ones after their owners.
pub(super) fn all(library: &Library, blueprint: &Blueprint, findings: &mut Vec<Finding>) -> Vec<Declared> {
    let mut declared = Vec::new();
    let Some(components) = blueprint.root.get("components") else { return declared };
    for entry in components.entries() {
        let path = vec!["components".to_owned(), entry.key.clone()];
        let value = entry.value.to_json();
        declare(library, blueprint, &entry.key, Origin::Written, path, value, &mut declared, findings);
    }
    declared
}

/// Declares one component and the inline ones in its links; nothing is added when its type is not known.
#[expect(clippy::too_many_arguments, reason = "one call site a stage; a struct would only rename the arguments")]
pub fn declare(
    library: &Library,
    blueprint: &Blueprint,
    name: &str,
    origin: Origin,
    path: Vec<String>,
    mut given: Value,
    out: &mut Vec<Declared>,
    findings: &mut Vec<Finding>,
) {
    let Some(object) = given.as_object_mut() else { return };
    let Some(kind) = type_of(library, blueprint, object.remove("type"), &path, findings) else { return };
    object.remove("acknowledge");
    let mut links = BTreeMap::new();
    let mut inline = Vec::new();
    for link in &kind.links {
        let Some(value) = object.remove(&link.property) else { continue };
        let mut at = path.clone();
        at.push(link.property.clone());
        let given = match value {
            Value::String(target) => Given::Name(target),
            Value::Null => Given::None,
            Value::Object(_) => {
                let hoisted = format!("{name}-{}", kebab(&link.property));
                inline.push((hoisted.clone(), at, value));
                Given::Inline(hoisted)
            }
            other => {
                let message =
                    format!("`{}` is {other}, but a component's name or an inline component is needed", link.property);
                findings.push(
                    Finding::error("S003", blueprint.place(&at), message)
                        .with_help(format!("name a component that provides `{}`", link.interface)),
                );
                continue;
            }
        };
        links.insert(link.property.clone(), given);
    }
    let taken = take_parameters(blueprint, &kind, &mut given, &path, findings);
    let locate = Within { blueprint, path: &path };
    let scenarios = scenarios(blueprint, &kind, given, &taken);
    match checker(&kind) {
        Ok(checker) => {
            for scenario in &scenarios {
                let mut found = checker.check(&scenario.properties, &locate, &scenario.unknown);
                for finding in &mut found {
                    if !scenario.note.is_empty() {
                        finding.message = format!("{}, {}", finding.message, scenario.note);
                    }
                }
                findings.extend(found);
            }
        }
        Err(message) => {
            let text = &kind.schema_source.text;
            // the message begins with the value that is no schema, as JSON
            let value = message.split('"').nth(1).unwrap_or_default();
            let start = text.find(&format!("\"{value}\"")).filter(|_| !value.is_empty());
            let range = start.map_or(0..0, |start| start..start + value.len() + 2);
            let message = format!("the schema of `{}` does not compile: {message}", kind.name);
            findings
                .push(Finding::error("L002", Place::new(&kind.schema_source, range), message).with_help(
                    "it is JSON Schema 2020-12; `docs/writing-components.md` says which part of it is used",
                ));
        }
    }
    let mut scenarios = scenarios;
    for scenario in &mut scenarios {
        defaults::complete(&kind.schema, &kind.schema, &mut scenario.properties);
    }
    let mut at = path.clone();
    at.push("acknowledge".to_owned());
    let acknowledged = if origin == Origin::Default { Vec::new() } else { acknowledgements(library, blueprint, &at) };
    out.push(Declared {
        name: name.to_owned(),
        properties: scenarios.first().map(|scenario| scenario.properties.clone()).unwrap_or_default(),
        kind,
        origin,
        path,
        parameters: taken,
        links,
        scenarios,
        acknowledged,
    });
    for (hoisted, at, value) in inline {
        declare(library, blueprint, &hoisted, Origin::Inline, at, value, out, findings);
    }
}

/// `alarmTopic` → `alarm-topic`.
pub(crate) fn kebab(property: &str) -> String {
    let mut out = String::new();
    for char in property.chars() {
        if char.is_ascii_uppercase() {
            out.push('-');
        }
        out.push(char.to_ascii_lowercase());
    }
    out
}

struct Within<'a> {
    blueprint: &'a Blueprint,
    path: &'a [String],
}

impl Locate for Within<'_> {
    fn value(&self, path: &[String]) -> Place {
        self.blueprint.value(&[self.path, path].concat())
    }
    fn key(&self, path: &[String]) -> Place {
        self.blueprint.key(&[self.path, path].concat())
    }
}

fn type_of(
    library: &Library,
    blueprint: &Blueprint,
    name: Option<Value>,
    path: &[String],
    findings: &mut Vec<Finding>,
) -> Option<Arc<ComponentType>> {
    let mut at = path.to_vec();
    at.push("type".to_owned());
    let Some(Value::String(name)) = name else {
        // the envelope's schema has said so for written components; inline ones are not in it
        if path.len() > 2 {
            findings.push(
                Finding::error("S002", blueprint.key(path), "the inline component lacks `type`")
                    .with_help("write `{type: <service>/<name>, …}`"),
            );
        }
        return None;
    };
    match library.get(&name) {
        Some(Ok(kind)) => Some(kind),
        Some(Err(broken)) => {
            findings.extend(broken);
            None
        }
        None => {
            findings.push(unknown_type(library, &name, blueprint.place(&at)));
            None
        }
    }
}

fn unknown_type(library: &Library, name: &str, place: Place) -> Finding {
    let finding = Finding::error("S012", place.clone(), format!("there is no component type `{name}`"));
    if let Some(row) = crate::catalogue::lifecycle_of(name) {
        let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or("");
        let state = retired(&text);
        let mut finding = finding.under(state.clone());
        finding.code = "LIF001".to_owned();
        finding.message = format!("`{name}` is not generated: {state}");
        return match (text("successor"), text("here")) {
            ("", "") => finding,
            ("", here) => finding.with_help(format!("here: {here}")),
            (successor, "") => finding.with_help(format!("use its successor: {successor}")),
            (successor, here) => finding.with_help(format!("use its successor: {successor}; here: {here}")),
        };
    }
    let names = library.names();
    match did_you_mean(name, names.iter().map(String::as_str)) {
        Some(near) => finding.under(format!("did you mean `{near}`?")).with_fix(format!("write `{near}`"), place, near),
        None => finding.with_help("`atelier list components` shows all component types"),
    }
}

/// What became of a service, with the dates that are known.
fn retired<'a>(text: &impl Fn(&str) -> &'a str) -> String {
    let dated = |preposition: &str| match text("date") {
        "" => String::new(),
        date => format!(" {preposition} {date}"),
    };
    let service = text("service");
    let state = match text("status") {
        "closed" => format!("{service} is closed to new customers{}", dated("since")),
        "renamed" => format!("{service} was renamed{}", dated("on")),
        "maintenance" => format!("{service} is in maintenance{}", dated("since")),
        "ended" => format!("{service} ended{}", dated("on")),
        _ => format!("CloudFormation has never had {service}"),
    };
    match text("endOfSupport") {
        "" => state,
        date => format!("{state}, and its support ends on {date}"),
    }
}

/// The type's compiled schema, made once: a thousand blueprints use the same few types.
fn checker(kind: &Arc<ComponentType>) -> Result<Arc<Checker>, String> {
    if let Some(compiled) = kind.compiled.get().cloned().and_then(|compiled| compiled.downcast::<Checker>().ok()) {
        return Ok(compiled);
    }
    let checker = Arc::new(Checker::new(&kind.schema, &format!("`{}`", kind.name))?);
    // another thread may have been faster: its schema is the same one
    let _ = kind.compiled.set(checker.clone());
    Ok(checker)
}

/// Takes `{param: Name}` out of the properties: path and parameter name, with null in its place.
fn take_parameters(
    blueprint: &Blueprint,
    kind: &ComponentType,
    value: &mut Value,
    path: &[String],
    findings: &mut Vec<Finding>,
) -> Vec<(Vec<String>, String)> {
    let mut taken = Vec::new();
    let snapshot = value.clone();
    walk(value, &mut Vec::new(), &mut |value, below| {
        let Some(Value::String(name)) =
            value.as_object().filter(|object| object.len() == 1).and_then(|object| object.get("param"))
        else {
            return false;
        };
        let name = name.clone();
        let at = || blueprint.place(&[path, below, &["param".to_owned()]].concat());
        let allowed = lookup::at(&kind.schema, below, &snapshot).and_then(|schema| schema.get("x-param"))
            == Some(&Value::Bool(true));
        if !allowed {
            let message = format!("`{}` of `{}` cannot be a deploy-time parameter", below.join("."), kind.name);
            findings.push(
                Finding::error("P006", at(), message)
                    .with_help("the template depends on its value: write the value itself"),
            );
        } else if !blueprint.parameters.iter().any(|parameter| parameter.name == name) {
            let finding = Finding::error("P002", at(), format!("there is no parameter `{name}`"));
            findings.push(
                match did_you_mean(&name, blueprint.parameters.iter().map(|parameter| parameter.name.as_str())) {
                    Some(near) => {
                        finding.under(format!("did you mean `{near}`?")).with_fix(format!("write `{near}`"), at(), near)
                    }
                    None => finding.with_help(format!("declare it: `parameters: {{{name}: {{type: String}}}}`")),
                },
            );
        }
        taken.push((below.to_vec(), name));
        *value = Value::Null;
        true
    });
    taken
}

fn walk(value: &mut Value, path: &mut Vec<String>, visit: &mut dyn FnMut(&mut Value, &[String]) -> bool) {
    if visit(value, path) {
        return;
    }
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                path.push(index.to_string());
                walk(item, path, visit);
                path.pop();
            }
        }
        Value::Object(entries) => {
            for (key, item) in entries.iter_mut() {
                path.push(key.clone());
                walk(item, path, visit);
                path.pop();
            }
        }
        _ => {}
    }
}

/// The properties under the defaults, then under each other value of each parameter, one parameter at a time.
fn scenarios(
    blueprint: &Blueprint,
    kind: &ComponentType,
    given: Value,
    taken: &[(Vec<String>, String)],
) -> Vec<Scenario> {
    let mut base = given;
    let mut unknown = Vec::new();
    let mut others = Vec::new();
    for (path, name) in taken {
        let values = blueprint.parameters.iter().find(|p| p.name == *name).map(parameters::values).unwrap_or_default();
        match values.split_first() {
            Some((first, rest)) => {
                set(&mut base, path, first.clone());
                others.extend(rest.iter().map(|value| (path.clone(), name.clone(), value.clone())));
            }
            None => unknown.push(path.clone()),
        }
    }
    let complete = |mut properties: Value, note: String| {
        defaults::fill(&kind.schema, &kind.schema, &mut properties);
        Scenario { note, properties, unknown: unknown.clone() }
    };
    let mut scenarios = vec![complete(base.clone(), String::new())];
    for (path, name, value) in others {
        let mut properties = base.clone();
        let note = format!("when the parameter `{name}` is {value}");
        set(&mut properties, &path, value);
        scenarios.push(complete(properties, note));
    }
    scenarios
}

fn set(value: &mut Value, path: &[String], new: Value) {
    let mut here = value;
    for step in path {
        here = match here {
            Value::Array(items) => match step.parse::<usize>().ok().and_then(|index| items.get_mut(index)) {
                Some(item) => item,
                None => return,
            },
            Value::Object(entries) => entries.entry(step.clone()).or_insert(json!(null)),
            _ => return,
        };
    }
    *here = new;
}

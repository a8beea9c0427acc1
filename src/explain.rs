//! What a code or a component type means, as Markdown: one text for `atelier explain` and for the generated pages of `docs/`.

mod closed;
mod resources;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use serde_json::Value;

use crate::library::{ComponentType, Library, Rule};
use crate::part::Part;
use crate::pipeline::Atelier;
use crate::source::Source;
use crate::yaml::{self, Dialect, Node};

pub use closed::{Closed, Fate, closed, closed_page};

/// A finding's code explained.
#[derive(Clone, Debug)]
pub struct Page {
    /// The code.
    pub code: String,
    /// One sentence: what is wrong.
    pub title: String,
    /// Error, warning or info.
    pub severity: String,
    /// The component type whose rule it is, or the resource types with blanks between them; empty for codes of the stages.
    pub component: String,
    /// Why it matters.
    pub why: String,
    /// Where the fact is from and when it was looked up; empty for codes of the stages.
    pub source: String,
    /// A blueprint that breaks it.
    pub wrong: String,
    /// The same, put right.
    pub right: String,
}

impl Page {
    /// As Markdown.
    pub fn markdown(&self) -> String {
        let mut out = format!("# {}: {}\n\n", self.code, self.title);
        let of = match self.component.as_str() {
            "" => "any blueprint".to_owned(),
            named => named.split(' ').map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
        };
        let _ = writeln!(out, "{} · {of}\n", self.severity);
        let _ = writeln!(out, "{}", self.why.trim());
        if !self.source.is_empty() {
            let _ = writeln!(out, "\nSource: {}", self.source);
        }
        for (title, text) in [("Wrong", &self.wrong), ("Right", &self.right)] {
            if !text.is_empty() {
                let _ = write!(out, "\n## {title}\n```yaml\n{}\n```\n", text.trim_end());
            }
        }
        out
    }
}

/// The rules of all component types that load, each with its type, by their codes.
fn rules(library: &Library) -> BTreeMap<String, (Rule, Arc<ComponentType>)> {
    let mut rules = BTreeMap::new();
    for kind in library.names().iter().filter_map(|name| library.get(name)?.ok()) {
        for rule in &kind.rules {
            rules.entry(rule.id.clone()).or_insert_with(|| (rule.clone(), Arc::clone(&kind)));
        }
    }
    rules
}

fn stages() -> impl Iterator<Item = Page> {
    Library::codes().filter(|(name, _)| name.ends_with(".yaml")).flat_map(|(name, text)| stage_pages(name, text))
}

/// All codes: those of the stages, the rules of the component types and those on resources, sorted.
pub fn pages(atelier: &Atelier) -> Vec<Page> {
    let rules = rules(&atelier.library);
    let rules = rules.values().map(|(rule, kind)| rule_page(atelier, rule, kind));
    let on_resources = atelier.baseline.rules.iter().map(|rule| resources::page(atelier, rule));
    let mut pages: Vec<Page> = stages().chain(rules).chain(on_resources).collect();
    pages.sort_by(|a, b| a.code.cmp(&b.code));
    pages
}

/// The page of one code, whatever the case of its letters.
pub fn page(atelier: &Atelier, code: &str) -> Option<Page> {
    stages().find(|page| page.code.eq_ignore_ascii_case(code)).or_else(|| {
        let on_resources = atelier.baseline.rules.iter().find(|rule| rule.id.eq_ignore_ascii_case(code));
        if let Some(rule) = on_resources {
            return Some(resources::page(atelier, rule));
        }
        let rules = rules(&atelier.library);
        let (rule, kind) = rules.get(&code.to_uppercase())?;
        Some(rule_page(atelier, rule, kind))
    })
}

/// Every code that can be asked for.
pub fn codes(atelier: &Atelier) -> Vec<String> {
    let closed = closed().iter().flat_map(|(_, entries)| entries).map(|entry| entry.code.clone());
    let on_resources = atelier.baseline.rules.iter().map(|rule| rule.id.clone());
    stages()
        .map(|page| page.code)
        .chain(rules(&atelier.library).into_keys())
        .chain(on_resources)
        .chain(closed)
        .collect()
}

#[expect(clippy::expect_used, reason = "the text is embedded in the program, and tests read it")]
fn stage_pages(name: &str, text: &str) -> Vec<Page> {
    let source = Source::new(name, text);
    let root = yaml::load(&source, Dialect::Blueprint).expect("the embedded pages of docs/codes are YAML");
    let text = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).unwrap_or_default().to_owned();
    let page = |entry: &yaml::Entry| Page {
        code: entry.key.clone(),
        title: text(&entry.value, "title").trim_end_matches(" (a warning)").to_owned(),
        severity: if text(&entry.value, "title").ends_with(" (a warning)") { "warning" } else { "error" }.to_owned(),
        component: String::new(),
        why: text(&entry.value, "why"),
        source: String::new(),
        wrong: text(&entry.value, "wrong"),
        right: text(&entry.value, "right"),
    };
    root.entries().iter().map(page).collect()
}

/// The page of a rule; its sentence is what the rule really says of its wrong example.
fn rule_page(atelier: &Atelier, rule: &Rule, kind: &ComponentType) -> Page {
    let (wrong, right) = Library::examples(&rule.id).unwrap_or_default();
    let mut why = rule.why.clone().unwrap_or_default();
    let (title, help) = spoken(atelier, &rule.id).unwrap_or_default();
    if !help.is_empty() {
        let _ = write!(why, "\n\nWhat to do: {help}.");
    }
    let (when, assert) = &rule.written;
    let _ = write!(why, "\n\nChecked{}: `{assert}`", if rule.each.is_some() { " for every region" } else { "" });
    if let Some(when) = when {
        let _ = write!(why, " when `{when}`");
    }
    let terms = terms(kind, [assert.as_str(), when.as_deref().unwrap_or_default()].join(" "));
    let _ = writeln!(why, "{}", if terms.is_empty() { "" } else { ", where" });
    terms.iter().for_each(|(name, term)| writeln!(why, "- `${name}` is `{term}`").unwrap_or_default());
    if let Some(half) = closed_page(&rule.id) {
        let _ = write!(why, "\nBesides: {}", half.body(false).trim_end());
    }
    Page {
        code: rule.id.clone(),
        title,
        severity: format!("{:?}", rule.severity).to_lowercase(),
        component: kind.name.clone(),
        why: why.trim().to_owned(),
        source: format!("{} ({})", rule.source, rule.as_of),
        wrong: wrong.to_owned(),
        right: right.to_owned(),
    }
}

/// The terms that an expression names, and those that stand in them, in the order of the schema.
fn terms(kind: &ComponentType, mut expressions: String) -> Vec<(&str, &str)> {
    let names = |text: &str, name: &str| {
        text.match_indices(&format!("${name}"))
            .any(|(at, found)| !text.part(at + found.len()..).starts_with(|c: char| c.is_ascii_alphanumeric()))
    };
    let mut used: Vec<_> = kind
        .terms
        .iter()
        .rev()
        .filter(|(name, term)| {
            let used = names(&expressions, name);
            if used {
                expressions.push_str(term);
            }
            used
        })
        .map(|(name, term)| (name.as_str(), term.as_str()))
        .collect();
    used.reverse();
    used
}

/// Message and help of a rule on its wrong example.
fn spoken(atelier: &Atelier, rule: &str) -> Option<(String, String)> {
    let (wrong, _) = Library::examples(rule)?;
    let findings = atelier.check(&Source::new("wrong.yaml", wrong)).findings;
    let finding = findings.into_iter().find(|finding| finding.code == rule)?;
    Some((finding.message, finding.help.join("; ")))
}

/// The page of what is impossible by construction, told elsewhere or not made, with the proofs.
pub fn construction() -> String {
    let mut out = String::from(CONSTRUCTION);
    let groups = closed();
    let count = |fate: Fate| groups.iter().flat_map(|(_, entries)| entries).filter(|entry| entry.fate == fate).count();
    let _ = writeln!(
        out,
        "{} mistakes cannot be made, {} are told by another rule or verb, {} concern what no component type makes.",
        count(Fate::Closed),
        count(Fate::Told),
        count(Fate::Absent)
    );
    for (fate, heading) in
        [(Fate::Closed, "Cannot happen"), (Fate::Told, "Told by another rule or verb"), (Fate::Absent, "Not made here")]
    {
        let _ = writeln!(out, "\n## {heading}");
        for (group, entries) in groups {
            let entries: Vec<_> = entries.iter().filter(|entry| entry.fate == fate).collect();
            if !entries.is_empty() {
                let mut letters = group.chars();
                let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
                let _ = writeln!(out, "\n### {first}{}", letters.as_str());
            }
            for entry in entries {
                let _ = write!(out, "\n**{}** (`{}`)  \n{}", entry.title, entry.code, entry.body(true).trim_start());
            }
        }
    }
    out
}

const CONSTRUCTION: &str = "# What needs no rule

Design mistakes that pass CloudFormation's own checks, and what becomes of them here. A mistake that a template does not let happen needs no
rule; it needs a proof, and each proof below is run by `tests/closed.rs`. A case is a folder of `tests/cases/render`; properties of resources are
named with the resource type, a part of the logical id behind a `#`. Generated from `docs/codes/closed/` by `make docs`;
`atelier explain CODE` prints a single one.

";

/// A component type: what it takes, gives and creates.
pub fn component(atelier: &Atelier, kind: &ComponentType) -> String {
    let text = |key: &str| kind.schema.get(key).and_then(Value::as_str).unwrap_or_default();
    let mut out = format!("# {}: {}\n\n{}\n", kind.name, text("title"), text("description"));
    let _ = write!(out, "\n## Takes\n");
    for (name, property) in kind.properties() {
        property_lines(&mut out, name, property, 0);
    }
    if !kind.provides.is_empty() {
        let _ = write!(out, "\n## Gives\n");
        for interface in &kind.provides {
            if let Some(known) = atelier.library.interfaces.get(interface) {
                let exports: Vec<_> = known.exports.iter().map(|(name, _)| format!("`{name}`")).collect();
                let _ = writeln!(out, "- `{interface}`: {} Exports {}.", known.description, exports.join(", "));
            }
        }
    }
    let created = created(atelier, kind);
    if !created.is_empty() {
        let _ = write!(out, "\n## Creates\nWith nothing but its defaults (links included):\n");
        for (resource, count) in created {
            let _ = writeln!(out, "- {resource}{}", if count > 1 { format!(" × {count}") } else { String::new() });
        }
    }
    if !kind.rules.is_empty() {
        let _ = write!(out, "\n## Rules\n");
        for rule in &kind.rules {
            let said =
                spoken(atelier, &rule.id).map(|(message, _)| format!(", for example: {message}")).unwrap_or_default();
            let _ = writeln!(out, "- {} ({}){said}", rule.id, format!("{:?}", rule.severity).to_lowercase());
        }
    }
    let closed = closed().iter().flat_map(|(_, entries)| entries);
    let closed: Vec<_> =
        closed.filter(|entry| entry.fate == Fate::Closed && entry.types.contains(&kind.name)).collect();
    if !closed.is_empty() {
        let _ = write!(out, "\n## Cannot happen\n`atelier explain CODE` says why, and what proves it.\n");
        closed.iter().for_each(|entry| writeln!(out, "- {} ({})", entry.title, entry.code).unwrap_or_default());
    }
    out
}

fn property_lines(out: &mut String, name: &str, property: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    let said = property.get("description").and_then(Value::as_str).unwrap_or_default();
    let mut notes = Vec::new();
    if let Some(link) = property.get("x-link") {
        notes.push(format!("link to `{}`", link["interface"].as_str().unwrap_or_default()));
        match link.get("default").and_then(|default| default.get("type")).and_then(Value::as_str) {
            Some(default) if link["shared"] == Value::Bool(true) => {
                notes.push(format!("default: one `{default}` for the blueprint"))
            }
            Some(default) => notes.push(format!("default: a `{default}` of its own")),
            None => notes.push("optional".to_owned()),
        }
    } else {
        if let Some(options) = property.get("enum").and_then(Value::as_array).filter(|options| options.len() <= 16) {
            notes.push(
                options
                    .iter()
                    .map(|option| option.as_str().map_or_else(|| option.to_string(), str::to_owned))
                    .collect::<Vec<_>>()
                    .join(" | "),
            );
        } else if let Some(kind) = property.get("type").and_then(Value::as_str) {
            notes.push(kind.to_owned());
        }
        if let Some(default) =
            property.get("default").filter(|default| !default.as_object().is_some_and(serde_json::Map::is_empty))
        {
            notes.push(format!("default {default}"));
        }
        if property.get("x-param").is_some() {
            notes.push("may be a deploy-time parameter".to_owned());
        }
    }
    if notes.is_empty() {
        notes.push("one of several forms".to_owned());
    }
    let _ = writeln!(out, "{indent}- `{name}` ({}): {said}", notes.join("; "));
    let inner = property.get("properties").or_else(|| property.get("items").and_then(|items| items.get("properties")));
    for (name, property) in inner.and_then(Value::as_object).into_iter().flatten() {
        property_lines(out, name, property, depth + 1);
    }
    for branch in property.get("oneOf").and_then(Value::as_array).into_iter().flatten() {
        for (name, property) in branch.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if property.get("const").is_none() {
                property_lines(out, name, property, depth + 1);
            }
        }
    }
}

/// Resource types of a blueprint that holds this component alone, with how many of each.
fn created(atelier: &Atelier, kind: &ComponentType) -> Vec<(String, usize)> {
    let text = format!("blueprint: v1\nname: x\nregions: [us-east-1]\ncomponents:\n  x: {{type: {}}}\n", kind.name);
    let outcome = atelier.render(&Source::new("<default>", text));
    let Some(template) = outcome.result else { return Vec::new() };
    let mut counts = BTreeMap::new();
    for line in template.source.text.lines() {
        if let Some(resource) = line
            .strip_prefix("    Type: ")
            .filter(|resource| resource.starts_with("AWS::") || resource.starts_with("Custom::"))
        {
            *counts.entry(resource.to_owned()).or_insert(0) += 1;
        }
    }
    counts.into_iter().collect()
}

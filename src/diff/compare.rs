//! What an update of a stack would do: resources added, removed, replaced, updated.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::document::{Document, Resource, references};
use crate::verify::{CreateOnly, Replacements};

/// What happens to a resource, the worst first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Fate {
    /// It goes, or stays outside of the stack when its `DeletionPolicy` says so.
    Removed,
    /// A new one takes its place: a property that is fixed at creation changed.
    Replaced,
    /// A new one may take its place: it depends on the value or on the service.
    MayBeReplaced,
    /// It is changed in place.
    Updated,
    /// It is new.
    Added,
    /// Only what does not touch it changed: metadata, order, policies.
    Noted,
}

/// A resource that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Logical id.
    pub id: String,
    /// CloudFormation type, the old one where it is removed or another type takes its place.
    pub kind: String,
    /// What happens to it.
    pub fate: Fate,
    /// Dotted paths of what differs.
    pub paths: Vec<String>,
    /// Why it is replaced, a phrase each.
    pub because: Vec<String>,
    /// Whether the old one stays in the account, by its deletion or replacement policy.
    pub kept: bool,
}

/// All that differs between two templates.
#[derive(Debug, Default, PartialEq)]
pub struct Diff {
    /// Resources, by logical id.
    pub resources: Vec<Change>,
    /// Entries of other sections, `Outputs.Url` for example: old and new text, `None` where there is none.
    pub others: Vec<Other>,
}

/// An entry of another section that differs.
#[derive(Debug, PartialEq)]
pub struct Other {
    /// Section and name.
    pub name: String,
    /// The old value.
    pub old: Option<Value>,
    /// The new value.
    pub new: Option<Value>,
}

impl Diff {
    /// Nothing differs.
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.others.is_empty()
    }

    /// Something goes or is replaced, or may be.
    pub fn loses(&self) -> bool {
        self.resources.iter().any(|change| change.fate <= Fate::MayBeReplaced)
    }

    /// How many resources have a fate.
    pub fn count(&self, fate: Fate) -> usize {
        self.resources.iter().filter(|change| change.fate == fate).count()
    }
}

/// Compares two templates.
pub fn compare(old: &Document, new: &Document, replacements: &Replacements) -> Diff {
    let others = others(old, new);
    // a stack keeps the values of its parameters when their defaults change
    let names = others.iter().filter_map(|other| other.name.split_once('.'));
    let moved: BTreeSet<&str> =
        names.filter(|(section, _)| ["Mappings", "Conditions"].contains(section)).map(|(_, name)| name).collect();
    let ids: BTreeSet<&String> = old.resources.keys().chain(new.resources.keys()).collect();
    let mut changes: BTreeMap<&str, Change> = BTreeMap::new();
    for id in ids {
        let change = match (old.resources.get(id), new.resources.get(id)) {
            (Some(old), Some(new)) => changed(id, old, new, &replacements.of(&new.kind)),
            (Some(old), None) => Some(simple(id, &old.kind, Fate::Removed, kept(old, "DeletionPolicy"))),
            (None, Some(new)) => Some(simple(id, &new.kind, Fate::Added, false)),
            (None, None) => None,
        };
        changes.extend(change.map(|change| (id.as_str(), change)));
    }
    // what a replaced resource is called changes, and so do the properties that refer to it; until nothing more follows
    loop {
        let mut follow = Vec::new();
        for (id, resource) in &new.resources {
            if !old.resources.contains_key(id) {
                continue;
            }
            let known = changes.get(id.as_str());
            if known.is_some_and(|change| change.fate <= Fate::Replaced) {
                continue;
            }
            let next = followed(id, resource, &replacements.of(&resource.kind), &changes, &moved);
            if let Some(next) = next.filter(|next| known.is_none_or(|known| next.fate < known.fate)) {
                follow.push((id.as_str(), next));
            }
        }
        if follow.is_empty() {
            break;
        }
        for (id, next) in follow {
            let entry =
                changes.entry(id).or_insert_with(|| Change { paths: Vec::new(), because: Vec::new(), ..next.clone() });
            entry.fate = next.fate;
            entry.kept = next.kept;
            entry.because.extend(next.because);
            for path in next.paths {
                if !entry.paths.contains(&path) {
                    entry.paths.push(path);
                }
            }
        }
    }
    Diff { resources: changes.into_values().collect(), others }
}

fn simple(id: &str, kind: &str, fate: Fate, kept: bool) -> Change {
    Change { id: id.to_owned(), kind: kind.to_owned(), fate, paths: Vec::new(), because: Vec::new(), kept }
}

/// Whether a policy keeps the old resource.
fn kept(resource: &Resource, policy: &str) -> bool {
    let policy = resource.attributes.get(policy).and_then(Value::as_str);
    policy.is_some_and(|policy| policy.starts_with("Retain") || policy == "Snapshot")
}

fn changed(id: &str, old: &Resource, new: &Resource, fixed: &CreateOnly) -> Option<Change> {
    if old == new {
        return None;
    }
    let mut change = simple(id, &new.kind, Fate::Noted, false);
    if old.kind != new.kind {
        change.fate = Fate::Replaced;
        change.kept = kept(old, "UpdateReplacePolicy");
        change.kind.clone_from(&old.kind);
        change.because = vec![format!("it becomes {}", new.kind)];
        return Some(change);
    }
    differences(&old.properties, &new.properties, "", &mut change.paths);
    if !change.paths.is_empty() {
        change.fate = Fate::Updated;
        let is = "is fixed at creation";
        let may = "cannot always be changed in place";
        for (paths, fate, why) in [(&fixed.conditional, Fate::MayBeReplaced, may), (&fixed.always, Fate::Replaced, is)]
        {
            let differ = |path: &&String| values(&old.properties, path) != values(&new.properties, path);
            let moved: Vec<String> = paths.iter().filter(differ).map(|path| format!("{path} {why}")).collect();
            if !moved.is_empty() {
                change.fate = fate;
                change.because = moved;
            }
        }
    }
    let attributes = |resource: &Resource| Value::Object(resource.attributes.clone());
    differences(&attributes(old), &attributes(new), "", &mut change.paths);
    // the policy of the new template is the one that an update obeys
    change.kept = change.fate <= Fate::MayBeReplaced && kept(new, "UpdateReplacePolicy");
    Some(change)
}

/// What follows for a resource from the fates of those that it refers to, and from changed mappings and parameters.
fn followed(
    id: &str,
    new: &Resource,
    fixed: &CreateOnly,
    changes: &BTreeMap<&str, Change>,
    moved: &BTreeSet<&str>,
) -> Option<Change> {
    let mut change = simple(id, &new.kind, Fate::Noted, kept(new, "UpdateReplacePolicy"));
    if let Some(condition) = new.attributes.get("Condition").and_then(Value::as_str).filter(|name| moved.contains(name))
    {
        change.fate = Fate::MayBeReplaced;
        change.because.push(format!("it exists only when {condition} holds, which changed"));
    }
    let Value::Object(properties) = &new.properties else { return None };
    for (name, value) in properties {
        let mut found = Vec::new();
        references(value, &mut found);
        for reference in found {
            let fate = match changes.get(reference.as_str()).map(|change| change.fate) {
                Some(Fate::Replaced) => Fate::Replaced,
                Some(Fate::MayBeReplaced) => Fate::MayBeReplaced,
                _ if moved.contains(reference.as_str()) => Fate::MayBeReplaced,
                _ => continue,
            };
            let certain = fixed.always.iter().any(|path| refers(&new.properties, path, &reference));
            let possible = fixed.conditional.iter().any(|path| refers(&new.properties, path, &reference));
            let fate = match (certain, possible) {
                (true, _) => fate,
                (false, true) => Fate::MayBeReplaced,
                (false, false) => Fate::Updated,
            };
            change.fate = change.fate.min(fate);
            let path = name.clone();
            if !change.paths.contains(&path) {
                change.paths.push(path);
                let how = if moved.contains(reference.as_str()) { "changed" } else { "is replaced" };
                change.because.push(format!("{name} refers to {reference}, which {how}"));
            }
        }
    }
    change.kept &= change.fate <= Fate::MayBeReplaced;
    (change.fate < Fate::Noted).then_some(change)
}

/// Whether the value at a path refers to a name.
fn refers(properties: &Value, path: &str, name: &str) -> bool {
    let mut found = Vec::new();
    values(properties, path).into_iter().for_each(|value| references(value, &mut found));
    found.iter().any(|reference| reference == name)
}

/// The values at a path such as `A.B` or `Rules.*.Name`; a function on the way stands for what it gives.
fn values<'a>(value: &'a Value, path: &str) -> Vec<&'a Value> {
    let mut here = vec![value];
    for step in path.split('.').filter(|step| !step.is_empty()) {
        here = here
            .into_iter()
            .flat_map(|value| match value {
                Value::Array(items) if step == "*" => items.iter().collect(),
                Value::Object(entries) if step == "*" => entries.values().collect(),
                Value::Object(entries) if is_function(entries) => vec![value],
                other => other.get(step).into_iter().collect::<Vec<_>>(),
            })
            .collect();
    }
    here
}

fn is_function(entries: &Map<String, Value>) -> bool {
    entries.len() == 1 && entries.keys().all(|key| key == "Ref" || key.starts_with("Fn::"))
}

/// The dotted paths at which two values differ, not deeper than where one of them ends.
fn differences(old: &Value, new: &Value, path: &str, found: &mut Vec<String>) {
    if old == new {
        return;
    }
    let below = |step: &str| if path.is_empty() { step.to_owned() } else { format!("{path}.{step}") };
    match (old, new) {
        (Value::Object(a), Value::Object(b)) if !is_function(a) && !is_function(b) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                match (a.get(key), b.get(key)) {
                    (Some(a), Some(b)) => differences(a, b, &below(key), found),
                    _ => found.push(below(key)),
                }
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                differences(a, b, &below(&index.to_string()), found);
            }
        }
        _ => found.push(path.to_owned()),
    }
}

fn others(old: &Document, new: &Document) -> Vec<Other> {
    let mut found = Vec::new();
    for (section, before) in &old.sections {
        let Some(after) = new.sections.get(section) else { continue };
        let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for name in names {
            let (old, new) = (before.get(name), after.get(name));
            if old != new {
                found.push(Other { name: format!("{section}.{name}"), old: old.cloned(), new: new.cloned() });
            }
        }
    }
    found
}

//! The text properties of every component type, found by walking the schemas, and for each of them a blueprint that has it.

use std::path::Path;
use std::sync::Arc;

use atelier::library::Library;
use atelier::source::Source;
use atelier::yaml::{Dialect, load};
use serde_json::{Map, Value, json};

/// One step from an object to a part of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Key(String),
    /// Any item of a list.
    Item,
    /// Any entry of an open mapping.
    Entry,
}

/// A property that takes free text.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// The component type.
    pub kind: String,
    pub steps: Vec<Step>,
    pub schema: Value,
    /// What a branch of `oneOf` fixes on the way: how many steps down, key, value, and whether it is the first branch.
    fixed: Vec<(usize, String, Value, bool)>,
}

/// A blueprint and the path in it at which a text is put.
pub struct Base {
    pub blueprint: Value,
    pub path: Vec<String>,
}

impl Base {
    /// The text that stands there.
    pub fn text(&self) -> String {
        let step = |here, step: &String| -> &Value {
            let here: &Value = here;
            step.parse::<usize>().map_or(&here[step.as_str()], |index| &here[index])
        };
        self.path.iter().fold(&self.blueprint, step).as_str().unwrap_or_default().to_owned()
    }
}

impl Leaf {
    pub fn name(&self) -> String {
        let steps = self.steps.iter().map(|step| match step {
            Step::Key(key) => format!(".{key}"),
            Step::Item => "[]".to_owned(),
            Step::Entry => "{}".to_owned(),
        });
        format!("{}{}", self.kind, steps.collect::<String>())
    }

    pub fn pattern(&self) -> Option<&str> {
        self.schema.get("pattern").and_then(Value::as_str)
    }

    pub fn is_link(&self) -> bool {
        self.schema.get("x-link").is_some()
    }

    pub fn length(&self) -> (usize, usize) {
        let get = |key: &str| self.schema.get(key).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
        (get("minLength").unwrap_or(0), get("maxLength").unwrap_or(200))
    }

    /// Where it stands in a component, if it does.
    fn find(&self, here: &Value, depth: usize, path: &mut Vec<String>) -> Option<Vec<String>> {
        for (_, key, value, first) in self.fixed.iter().filter(|(at, ..)| *at == depth) {
            if here.get(key).map_or(!first, |given| given != value) {
                return None;
            }
        }
        let Some(step) = self.steps.get(depth) else { return here.is_string().then(|| path.clone()) };
        let children: Vec<(String, &Value)> = match (step, here) {
            (Step::Key(key), Value::Object(entries)) => {
                entries.get(key).map(|value| (key.clone(), value)).into_iter().collect()
            }
            (Step::Entry, Value::Object(entries)) => entries.iter().map(|(key, value)| (key.clone(), value)).collect(),
            (Step::Item, Value::Array(items)) => {
                items.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect()
            }
            _ => Vec::new(),
        };
        children.into_iter().find_map(|(key, value)| {
            path.push(key);
            let found = self.find(value, depth + 1, path);
            path.pop();
            found
        })
    }

    /// A blueprint of the tests that has it, as it is.
    pub fn written(&self, blueprints: &[Value]) -> Option<Base> {
        blueprints.iter().find_map(|blueprint| {
            let components = blueprint["components"].as_object()?;
            components.iter().filter(|(_, component)| component["type"] == self.kind.as_str()).find_map(
                |(name, component)| {
                    let below = self.find(component, 0, &mut Vec::new())?;
                    let path = [vec!["components".to_owned(), name.clone()], below].concat();
                    Some(Base { blueprint: blueprint.clone(), path })
                },
            )
        })
    }

    /// A small blueprint made for it.
    pub fn made(&self, schema: &Value, text: &str) -> Base {
        let mut component = minimal(schema, schema);
        component["type"] = json!(self.kind);
        let mut path = vec!["components".to_owned(), "subject".to_owned()];
        let (mut here, mut part) = (&mut component, schema);
        for (depth, step) in self.steps.iter().enumerate() {
            for (_, key, value, _) in self.fixed.iter().filter(|(at, ..)| *at == depth) {
                here[key] = value.clone();
            }
            part = inner(schema, part, step, &self.fixed, depth);
            let key = match step {
                Step::Key(key) => key.clone(),
                Step::Entry => "HARMLESS".to_owned(),
                Step::Item => "0".to_owned(),
            };
            if *step == Step::Item {
                *here = json!([minimal(schema, part)]);
                here = &mut here[0];
            } else {
                if here.get(&key).is_none() {
                    here[&key] = minimal(schema, part);
                }
                here = &mut here[&key];
            }
            path.push(key);
        }
        *here = json!(text);
        let blueprint = json!({"blueprint": "v1", "name": "subject", "regions": ["us-east-1"], "components": {"subject": component}});
        Base { blueprint, path }
    }
}

/// All of them, over all component types.
pub fn all(library: &Library) -> Vec<Leaf> {
    let mut found = Vec::new();
    for name in library.names() {
        let kind = library.get(&name).expect("listed").unwrap_or_else(|findings| panic!("{findings:?}"));
        let start = Leaf { kind: name, steps: Vec::new(), schema: Value::Null, fixed: Vec::new() };
        walk(&kind.schema, &kind.schema, &start, &mut found);
    }
    assert!(found.len() > 40, "the walk finds the text properties");
    found
}

fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|target| root.pointer(target.strip_prefix('#')?));
    target.map_or(schema, |target| resolve(root, target))
}

fn walk(root: &Value, schema: &Value, at: &Leaf, found: &mut Vec<Leaf>) {
    let schema = resolve(root, schema);
    if at.steps.len() > 8 {
        return;
    }
    let text = schema
        .get("type")
        .is_some_and(|kind| kind == "string" || kind.as_array().is_some_and(|kinds| kinds.contains(&json!("string"))));
    if (text && schema.get("enum").is_none() && schema.get("const").is_none()) || schema.get("x-link").is_some() {
        found.push(Leaf { schema: schema.clone(), ..at.clone() });
    }
    let deeper = |step: Step| {
        let mut at = at.clone();
        at.steps.push(step);
        at
    };
    for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        walk(root, property, &deeper(Step::Key(name.clone())), found);
    }
    if let Some(items) = schema.get("items").filter(|items| items.is_object()) {
        walk(root, items, &deeper(Step::Item), found);
    }
    if let Some(open) = schema.get("additionalProperties").filter(|open| open.is_object()) {
        walk(root, open, &deeper(Step::Entry), found);
    }
    for keyword in ["oneOf", "anyOf", "allOf"] {
        for (index, branch) in schema.get(keyword).and_then(Value::as_array).into_iter().flatten().enumerate() {
            let mut at = at.clone();
            for (key, property) in
                resolve(root, branch).get("properties").and_then(Value::as_object).into_iter().flatten()
            {
                if let Some(value) = property.get("const") {
                    at.fixed.push((at.steps.len(), key.clone(), value.clone(), index == 0));
                }
            }
            walk(root, branch, &at, found);
        }
    }
}

/// The schema one step further, in the branch that the leaf is in.
fn inner<'a>(
    root: &'a Value,
    schema: &'a Value,
    step: &Step,
    fixed: &[(usize, String, Value, bool)],
    depth: usize,
) -> &'a Value {
    let schema = resolve(root, schema);
    let direct = match step {
        Step::Key(key) => schema.get("properties").and_then(|properties| properties.get(key)),
        Step::Item => schema.get("items"),
        Step::Entry => schema.get("additionalProperties"),
    };
    direct
        .or_else(|| {
            ["oneOf", "anyOf", "allOf"].iter().filter_map(|keyword| schema.get(keyword)?.as_array()).flatten().find_map(
                |branch| {
                    let branch = resolve(root, branch);
                    let chosen = fixed
                        .iter()
                        .filter(|(at, ..)| *at == depth)
                        .all(|(_, key, value, _)| branch["properties"][key]["const"] == *value);
                    let Step::Key(key) = step else { return None };
                    if chosen { branch.get("properties")?.get(key) } else { None }
                },
            )
        })
        .map_or(&Value::Null, |found| resolve(root, found))
}

/// The smallest value that a schema's required properties ask for.
fn minimal(root: &Value, schema: &Value) -> Value {
    let schema = resolve(root, schema);
    if let Some(value) =
        schema.get("const").or_else(|| schema.get("examples")?.get(0)).or_else(|| schema.get("enum")?.get(0))
    {
        return value.clone();
    }
    if let Some(value) = schema.get("default").filter(|value| !value.is_object()) {
        return value.clone();
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => json!("harmless"),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Some("boolean") => json!(true),
        Some("array") => json!([]),
        _ => {
            let required =
                schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
            let entries = required
                .map(|name| (name.to_owned(), minimal(root, schema["properties"].get(name).unwrap_or(&Value::Null))));
            Value::Object(entries.collect::<Map<_, _>>())
        }
    }
}

/// Blueprints that render: those of the render cases, of the repository, and the right ones of the rules.
pub fn blueprints() -> Vec<Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for (folder, file) in [("tests/cases/render", "blueprint.yaml"), ("tests/cases/rules", "right.yaml")] {
        let mut folders: Vec<_> =
            std::fs::read_dir(root.join(folder)).expect("there").map(|entry| entry.expect("readable").path()).collect();
        folders.sort();
        files.extend(folders.into_iter().map(|folder| folder.join(file)));
    }
    let texts = files.iter().filter_map(|file| std::fs::read_to_string(file).ok());
    texts.filter_map(|text| Some(load(&Source::new("case", text), Dialect::Blueprint).ok()?.to_json())).collect()
}

/// The blueprint with a text at a path.
pub fn with(base: &Base, text: &str) -> Arc<Source> {
    let mut blueprint = base.blueprint.clone();
    let mut here = &mut blueprint;
    for step in &base.path {
        here = match here {
            Value::Array(items) => &mut items[step.parse::<usize>().expect("an index")],
            _ => &mut here[step.as_str()],
        };
    }
    *here = json!(text);
    Source::new("blueprint.yaml", written(&blueprint))
}

/// As YAML in one line, everything but plain ASCII escaped, so that the loader lets it through.
pub fn written(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let char = |c: char| match c {
                '"' => "\\\"".to_owned(),
                '\\' => "\\\\".to_owned(),
                ' '..='~' => c.to_string(),
                _ => format!("\\U{:08X}", c as u32),
            };
            format!("\"{}\"", text.chars().map(char).collect::<String>())
        }
        Value::Array(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{}: {}", written(&json!(key)), written(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

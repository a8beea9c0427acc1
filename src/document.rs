//! A template in one form, however it is written: short tags become functions, and each section a map.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::yaml::{self, Node};

/// The parts of a template that matter for a stack.
#[derive(Debug, Default)]
pub struct Document {
    /// Resources by logical id.
    pub resources: BTreeMap<String, Resource>,
    /// The other sections that a stack is made from, by name, each by logical id.
    pub sections: BTreeMap<&'static str, BTreeMap<String, Value>>,
}

/// One resource.
#[derive(Debug, PartialEq)]
pub struct Resource {
    /// The CloudFormation type.
    pub kind: String,
    /// `Properties`.
    pub properties: Value,
    /// What else stands beside them: `Metadata`, `DependsOn`, `Condition`, policies.
    pub attributes: Map<String, Value>,
}

/// Sections whose entries are compared by logical id.
pub const SECTIONS: [&str; 5] = ["Parameters", "Mappings", "Conditions", "Rules", "Outputs"];

impl Document {
    /// Reads a loaded template.
    pub fn read(root: &Node) -> Document {
        let mut document = Document::default();
        for section in SECTIONS {
            let entries = root.get(section).map_or(&[][..], Node::entries);
            let entries = entries.iter().map(|entry| (entry.key.clone(), long(&entry.value))).collect();
            document.sections.insert(section, entries);
        }
        for entry in root.get("Resources").map_or(&[][..], Node::entries) {
            let mut attributes = match long(&entry.value) {
                Value::Object(attributes) => attributes,
                other => Map::from_iter([("Properties".to_owned(), other)]),
            };
            let kind = attributes.remove("Type").and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default();
            let properties = attributes.remove("Properties").unwrap_or_else(|| json!({}));
            document.resources.insert(entry.key.clone(), Resource { kind, properties, attributes });
        }
        document
    }
}

/// A node as JSON with functions in their long form: `!Ref X` is `{"Ref": "X"}`, `!GetAtt A.B` is `{"Fn::GetAtt": ["A", "B"]}`.
fn long(node: &Node) -> Value {
    let value = match &node.value {
        yaml::Value::List(items) => items.iter().map(long).collect(),
        yaml::Value::Map(entries) => {
            let entries = entries.iter().map(|entry| (entry.key.clone(), long(&entry.value)));
            split_attribute(entries.collect::<Map<_, _>>().into())
        }
        _ => node.to_json(),
    };
    match node.tag.as_deref() {
        None => value,
        Some(tag @ ("Ref" | "Condition")) => json!({ tag: value }),
        Some(tag) => split_attribute(json!({ format!("Fn::{tag}"): value })),
    }
}

/// `{"Fn::GetAtt": "A.B"}` is written as a list, too.
fn split_attribute(value: Value) -> Value {
    match value.get("Fn::GetAtt").and_then(Value::as_str).and_then(|text| text.split_once('.')) {
        Some((id, attribute)) => json!({"Fn::GetAtt": [id, attribute]}),
        None => value,
    }
}

/// The logical ids and names that a value refers to: resources, parameters, mappings, conditions.
pub fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(entries) => {
            for (key, inner) in entries {
                match (key.as_str(), inner) {
                    ("Ref" | "Condition", Value::String(name)) => found.push(name.clone()),
                    ("Fn::GetAtt" | "Fn::FindInMap" | "Fn::If", Value::Array(items)) => {
                        found.extend(items.first().and_then(Value::as_str).map(str::to_owned));
                    }
                    ("Fn::Sub", Value::String(text)) => substituted(text, found),
                    ("Fn::Sub", Value::Array(items)) => {
                        if let Some(text) = items.first().and_then(Value::as_str) {
                            substituted(text, found);
                        }
                    }
                    _ => {}
                }
                references(inner, found);
            }
        }
        _ => {}
    }
}

/// The names in `${Name}` and `${Name.Attribute}`; `${!literal}` is none.
fn substituted(text: &str, found: &mut Vec<String>) {
    for part in text.split("${").skip(1) {
        let name = part.split(['}', '.']).next().unwrap_or_default();
        if !name.starts_with('!') && !name.is_empty() {
            found.push(name.to_owned());
        }
    }
}

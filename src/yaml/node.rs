//! The tree that the loader gives.

use std::ops::Range;

use crate::source::{Place, Source};
use std::sync::Arc;

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Bytes of the value in its source, the tag (`!Ref`) included; a block collection starts at its first key or dash.
    pub range: Range<usize>,
    /// What it is.
    pub value: Value,
    /// A CloudFormation short tag (`GetAtt`), without the `!`; only in the template dialect.
    pub tag: Option<Tagged>,
}

/// A short tag such as `!Ref`, without the exclamation mark.
pub type Tagged = String;

/// A YAML value under the core rules that blueprints use.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`; `yes`, `no`, `on`, `off` are strings.
    Bool(bool),
    /// A whole number without leading zeros.
    Int(i64),
    /// A number with a fraction or an exponent.
    Float(f64),
    /// Anything else.
    String(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping in the order of the file, without duplicate keys.
    Map(Vec<Entry>),
}

/// One entry of a mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// The key's bytes, quotes included.
    pub key_range: Range<usize>,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The entry under a key, if this is a mapping that has it.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The value under a key, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entries; empty when this is not a mapping.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items; empty when this is not a list.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// Where it is in its source.
    pub fn place(&self, source: &Arc<Source>) -> Place {
        Place::new(source, self.range.clone())
    }

    /// Follows a path of keys and list indices; the value and, for a mapping's entry, its key's range.
    pub fn find<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> Option<(&Node, Option<Range<usize>>)> {
        let mut node = self;
        let mut key = None;
        for step in path {
            match &node.value {
                Value::Map(_) => {
                    let entry = node.entry(step)?;
                    key = Some(entry.key_range.clone());
                    node = &entry.value;
                }
                Value::List(items) => {
                    node = items.get(step.parse::<usize>().ok()?)?;
                    key = None;
                }
                _ => return None,
            }
        }
        Some((node, key))
    }

    /// The value as JSON; a tag is dropped.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Int(value) => (*value).into(),
            Value::Float(value) => serde_json::Number::from_f64(*value).map_or(serde_json::Value::Null, Into::into),
            Value::String(value) => value.clone().into(),
            Value::List(items) => items.iter().map(Node::to_json).collect(),
            Value::Map(entries) => entries
                .iter()
                .map(|entry| (entry.key.clone(), entry.value.to_json()))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }
}

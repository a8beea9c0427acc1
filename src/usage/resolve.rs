//! What CloudFormation's functions give in one region with given parameters. What only a deployment tells stays a function.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::catalogue;
use crate::document::Document;

/// Functions inside functions.
const DEEPEST: usize = 64;

/// Where a template is deployed, and with what.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The region.
    pub region: String,
    /// Values of deploy-time parameters; a parameter that is missing here has its default.
    pub parameters: BTreeMap<String, Value>,
}

/// A document with the values of one deployment.
pub(super) struct Resolver<'a> {
    pub document: &'a Document,
    context: &'a Context,
    /// Conditions that were asked for, each once; one that is still being evaluated has no answer, so circles end.
    conditions: RefCell<BTreeMap<String, Option<bool>>>,
}

impl<'a> Resolver<'a> {
    pub fn new(document: &'a Document, context: &'a Context) -> Resolver<'a> {
        Resolver { document, context, conditions: RefCell::default() }
    }

    /// The value with every function evaluated that can be; the others stay as they are, with resolved arguments.
    pub fn value(&self, value: &Value) -> Value {
        self.at(value, 0)
    }

    /// Whether a resource exists: its `Condition`; `None` when only the deployment tells.
    pub fn exists(&self, condition: Option<&Value>) -> Option<bool> {
        match condition.and_then(Value::as_str) {
            Some(name) => self.named(name, 0),
            None => Some(true),
        }
    }

    fn at(&self, value: &Value, depth: usize) -> Value {
        if depth > DEEPEST {
            return value.clone();
        }
        match value {
            Value::Array(items) => items.iter().map(|item| self.at(item, depth + 1)).collect(),
            Value::Object(entries) => {
                if let Some((name, argument)) = function(value) {
                    return self
                        .call(name, argument, depth)
                        .unwrap_or_else(|| json!({ name: self.kept(name, argument, depth) }));
                }
                let entries = entries.iter().map(|(key, inner)| (key.clone(), self.at(inner, depth + 1)));
                entries.filter(|(_, inner)| !is_no_value(inner)).collect::<serde_json::Map<_, _>>().into()
            }
            _ => value.clone(),
        }
    }

    /// The argument of a function that stays; what names something of the template is left alone.
    fn kept(&self, name: &str, argument: &Value, depth: usize) -> Value {
        if matches!(name, "Ref" | "Fn::GetAtt" | "Condition") { argument.clone() } else { self.at(argument, depth + 1) }
    }

    fn call(&self, name: &str, argument: &Value, depth: usize) -> Option<Value> {
        let items =
            || argument.as_array().map(|items| items.iter().map(|item| self.at(item, depth + 1)).collect::<Vec<_>>());
        match name {
            "Ref" => self.reference(argument.as_str()?),
            "Fn::FindInMap" => {
                let keys = items()?;
                let keys: Vec<&str> = keys.iter().map(Value::as_str).collect::<Option<_>>()?;
                let [map, first, second] = keys[..] else { return None };
                self.document.sections.get("Mappings")?.get(map)?.get(first)?.get(second).cloned()
            }
            "Fn::If" => {
                let [condition, yes, no] = argument.as_array()?.as_slice() else { return None };
                let chosen = if self.named(condition.as_str()?, depth + 1)? { yes } else { no };
                Some(self.at(chosen, depth + 1))
            }
            "Fn::Select" => {
                let [index, list] = <[Value; 2]>::try_from(items()?).ok()?;
                let index = number(&index)?;
                let chosen = list.as_array()?.iter().enumerate().find(|(position, _)| *position as f64 == index);
                chosen.map(|(_, item)| item.clone())
            }
            "Fn::Split" => {
                let [separator, text] = <[Value; 2]>::try_from(items()?).ok()?;
                let separator = separator.as_str().filter(|separator| !separator.is_empty())?;
                Some(text.as_str()?.split(separator).collect::<Vec<_>>().into())
            }
            "Fn::Join" => {
                let [separator, list] = <[Value; 2]>::try_from(items()?).ok()?;
                let parts: Vec<&str> = list.as_array()?.iter().map(Value::as_str).collect::<Option<_>>()?;
                Some(parts.join(separator.as_str()?).into())
            }
            "Fn::Sub" => self.substitute(argument, depth),
            _ => None,
        }
    }

    /// A parameter's value, or what AWS fills in; `None` for resources and for what only the account knows.
    fn reference(&self, name: &str) -> Option<Value> {
        let facts = || catalogue::get("regions", &self.context.region);
        match name {
            "AWS::Region" => return Some(self.context.region.clone().into()),
            "AWS::Partition" => return facts()?.get("partition").cloned(),
            "AWS::URLSuffix" => return facts()?.get("dnsSuffix").cloned(),
            _ => {}
        }
        let parameter = self.document.sections.get("Parameters")?.get(name)?;
        let kind = parameter.get("Type").and_then(Value::as_str).unwrap_or_default();
        // the default of such a parameter is the name of a parameter of the account, whose value nobody here knows
        if kind.starts_with("AWS::SSM::") {
            return None;
        }
        let value = self.context.parameters.get(name).or_else(|| parameter.get("Default"))?;
        let list = kind == "CommaDelimitedList" || kind.starts_with("List<");
        match value.as_str().filter(|_| list) {
            Some(text) => Some(text.split(',').map(str::trim).collect::<Vec<_>>().into()),
            None => Some(value.clone()),
        }
    }

    /// `Fn::Sub`: known names are filled in, the others stay; a text without any is a plain text.
    fn substitute(&self, argument: &Value, depth: usize) -> Option<Value> {
        let (text, own) = match argument {
            Value::String(text) => (text.as_str(), None),
            Value::Array(items) => (items.first()?.as_str()?, items.get(1).and_then(Value::as_object)),
            _ => return None,
        };
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}')?;
            out.push_str(before);
            let value = own.and_then(|own| own.get(name)).map(|value| self.at(value, depth + 1));
            match value.or_else(|| self.reference(name)) {
                Some(Value::String(known)) => out.push_str(&known),
                Some(Value::Number(known)) => out.push_str(&known.to_string()),
                _ => out.push_str(&format!("${{{name}}}")),
            }
            rest = after;
        }
        out.push_str(rest);
        // what stays is still a function for those who ask for its value, and readable for those who look for names in it
        Some(if out.contains("${") { json!({"Fn::Sub": out}) } else { out.into() })
    }

    fn named(&self, name: &str, depth: usize) -> Option<bool> {
        if let Some(known) = self.conditions.borrow().get(name) {
            return *known;
        }
        let value = self.document.sections.get("Conditions")?.get(name)?;
        self.conditions.borrow_mut().insert(name.to_owned(), None);
        let answer = self.condition(value, depth + 1);
        self.conditions.borrow_mut().insert(name.to_owned(), answer);
        answer
    }

    fn condition(&self, value: &Value, depth: usize) -> Option<bool> {
        if depth > DEEPEST {
            return None;
        }
        let (name, argument) = function(value)?;
        let parts = argument.as_array().map_or(&[][..], Vec::as_slice);
        let inner = || parts.iter().map(|part| self.condition(part, depth + 1)).collect::<Vec<_>>();
        match name {
            "Condition" => self.named(argument.as_str()?, depth),
            "Fn::Not" => Some(!self.condition(parts.first()?, depth + 1)?),
            "Fn::And" => match inner() {
                parts if parts.contains(&Some(false)) => Some(false),
                parts => parts.iter().all(Option::is_some).then_some(true),
            },
            "Fn::Or" => match inner() {
                parts if parts.contains(&Some(true)) => Some(true),
                parts => parts.iter().all(Option::is_some).then_some(false),
            },
            "Fn::Equals" => {
                let [a, b] = parts else { return None };
                let (a, b) = (self.at(a, depth + 1), self.at(b, depth + 1));
                let plain = |value: &Value| match value {
                    Value::String(text) => Some(text.clone()),
                    Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
                    _ => None,
                };
                Some(plain(&a)? == plain(&b)?)
            }
            _ => None,
        }
    }
}

/// The name and the argument of a CloudFormation function.
pub(super) fn function(value: &Value) -> Option<(&str, &Value)> {
    let entries = value.as_object().filter(|entries| entries.len() == 1)?;
    let (name, argument) = entries.iter().next()?;
    (name == "Ref" || name == "Condition" && argument.is_string() || name.starts_with("Fn::"))
        .then_some((name, argument))
}

fn is_no_value(value: &Value) -> bool {
    function(value).is_some_and(|(name, argument)| name == "Ref" && argument == "AWS::NoValue")
}

/// A number, also one that is written as text.
pub(super) fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok()).filter(|number| number.is_finite())
}

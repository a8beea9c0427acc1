//! JSON to template values and back.

use minijinja::Error;
use minijinja::value::{Value, ValueKind};
use serde_json::Value as Json;

use super::{Expr, invalid};

/// A template value; `replace` may put another value in place of the one at a path (a deploy-time parameter).
pub fn from_json(json: &Json, path: &mut Vec<String>, replace: &dyn Fn(&[String]) -> Option<Value>) -> Value {
    if let Some(value) = replace(path) {
        return value;
    }
    match json {
        Json::Array(items) => {
            let mut values = Vec::with_capacity(items.len());
            for (index, item) in items.iter().enumerate() {
                path.push(index.to_string());
                values.push(from_json(item, path, replace));
                path.pop();
            }
            Value::from(values)
        }
        Json::Object(entries) => {
            let mut values = Vec::with_capacity(entries.len());
            for (key, item) in entries {
                path.push(key.clone());
                values.push((key.clone(), from_json(item, path, replace)));
                path.pop();
            }
            Value::from_pairs(values)
        }
        Json::Null => Value::from(()),
        Json::Bool(value) => Value::from(*value),
        Json::Number(number) => number
            .as_i64()
            .map(Value::from)
            .or_else(|| number.as_u64().map(Value::from))
            .unwrap_or_else(|| Value::from(number.as_f64().unwrap_or(0.0))),
        Json::String(text) => Value::from(text.as_str()),
    }
}

/// Values that a list or mapping may have, and how deep, to be written: lists of the same list look small and are not.
const MOST_VALUES: usize = 100_000;
const DEEPEST: usize = 64;

/// Refuses what is too large to be written.
pub(super) fn bounded(value: &Value) -> Result<(), Error> {
    fn visit(value: &Value, depth: usize, left: &mut usize) -> Result<(), Error> {
        *left = left.checked_sub(1).filter(|_| depth <= DEEPEST).ok_or_else(|| {
            invalid(format!("a list or mapping of more than {MOST_VALUES} values, or more than {DEEPEST} deep"))
        })?;
        let kind = value.kind();
        if matches!(kind, ValueKind::Seq | ValueKind::Iterable | ValueKind::Map)
            && value.downcast_object_ref::<Expr>().is_none()
        {
            for item in value.try_iter()? {
                if kind == ValueKind::Map {
                    visit(&value.get_item(&item)?, depth + 1, left)?;
                } else {
                    visit(&item, depth + 1, left)?;
                }
            }
        }
        Ok(())
    }
    visit(value, 0, &mut { MOST_VALUES })
}

/// Plain data back to JSON; a CloudFormation expression becomes its text.
pub fn to_json(value: &Value) -> Json {
    if let Some(expr) = value.downcast_object_ref::<Expr>() {
        return Json::String(expr.text());
    }
    match value.kind() {
        ValueKind::Seq | ValueKind::Iterable => {
            value.try_iter().map_or(Json::Null, |items| items.map(|item| to_json(&item)).collect())
        }
        ValueKind::Map => {
            let mut object = serde_json::Map::new();
            for key in value.try_iter().into_iter().flatten() {
                let item = value.get_item(&key).unwrap_or_default();
                object.insert(key.as_str().map_or_else(|| key.to_string(), str::to_owned), to_json(&item));
            }
            Json::Object(object)
        }
        _ => serde_json::to_value(value).unwrap_or(Json::Null),
    }
}

//! What editors insert: a component of each type, a blueprint's head, an inline component, with tab stops where values are.

use serde_json::{Map, Value, json};

use crate::library::{ComponentType, Library};

use super::lookup;

/// Tab stops are numbered in the order in which they are made.
#[derive(Default)]
struct Stops(usize);

impl Stops {
    /// A tab stop with a value to type over.
    fn value(&mut self, value: &Value) -> Value {
        self.0 += 1;
        format!("${{{}:{}}}", self.0, escaped(&scalar(value), &['\\', '$', '}'])).into()
    }

    /// A tab stop that offers values; the first one stands there.
    fn choice(&mut self, values: &[&Value]) -> Value {
        let [first, _, ..] = values else { return values.first().map_or(Value::Null, |only| self.value(only)) };
        if values.iter().any(|value| scalar(value).is_empty()) {
            return self.value(first);
        }
        self.0 += 1;
        let offered: Vec<String> =
            values.iter().map(|value| escaped(&scalar(value), &['\\', '$', '}', ',', '|'])).collect();
        format!("${{{}|{}|}}", self.0, offered.join(",")).into()
    }
}

/// The text of a scalar in YAML: plain where every reader takes it for that text, otherwise as JSON.
fn scalar(value: &Value) -> String {
    let Some(text) = value.as_str() else { return value.to_string() };
    let word = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "._/:-".contains(c))
        && !text.ends_with(':')
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&text.to_lowercase().as_str());
    if word { text.to_owned() } else { value.to_string() }
}

fn escaped(text: &str, special: &[char]) -> String {
    text.chars().flat_map(|c| special.contains(&c).then_some('\\').into_iter().chain([c])).collect()
}

/// The paths that a snippet of a type writes: what is required, then what `x-snippet` names.
fn paths(kind: &ComponentType) -> Vec<&str> {
    let texts = |keyword: &str| {
        let list = kind.schema.get(keyword).and_then(Value::as_array).into_iter().flatten();
        list.filter_map(Value::as_str).collect::<Vec<_>>()
    };
    let named = texts("x-snippet");
    let begun = |name: &str| named.iter().any(|path| path.split('.').next() == Some(name));
    let mut paths: Vec<&str> = texts("required").into_iter().filter(|name| !begun(name)).collect();
    paths.extend(named);
    paths
}

/// A component of a type: its type, what it needs and what is most often chosen.
fn component(library: &Library, kind: &ComponentType, stops: &mut Stops) -> Result<Value, String> {
    let mut body = Map::new();
    body.insert("type".to_owned(), kind.name.as_str().into());
    for path in paths(kind) {
        let property = property(&kind.schema, path)
            .ok_or_else(|| format!("`x-snippet` names `{path}`, which `{}` does not have", kind.name))?;
        let value = value(library, &kind.schema, property, path, stops)
            .ok_or_else(|| format!("`x-snippet` names `{path}`, which has neither a default nor an example"))?;
        insert(&mut body, path, value);
    }
    Ok(Value::Object(body))
}

/// Puts a value at a dotted path.
fn insert(body: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            body.insert(path.to_owned(), value);
        }
        Some((first, rest)) => {
            if let Some(inner) = body.entry(first).or_insert_with(|| json!({})).as_object_mut() {
                insert(inner, rest, value);
            }
        }
    }
}

/// All schemas that speak of a part: itself and the branches of its alternatives.
fn parts<'a>(root: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    let schema = lookup::resolve(root, schema);
    let inner = ["allOf", "oneOf", "anyOf"].iter().filter_map(|keyword| schema.get(keyword)?.as_array()).flatten();
    std::iter::once(schema).chain(inner.flat_map(|part| parts(root, part))).collect()
}

/// The first schema of a property at a dotted path, whatever branch it is in.
fn property<'a>(root: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(root, |schema, step| {
        let named = parts(root, schema).into_iter().find_map(|part| part.get("properties")?.get(step));
        named.map(|named| lookup::resolve(root, named))
    })
}

/// What stands for a property: its default, with its other values where they are few.
fn value(library: &Library, root: &Value, property: &Value, path: &str, stops: &mut Stops) -> Option<Value> {
    if let Some(link) = property.get("x-link") {
        let default = link.pointer("/default/type").and_then(Value::as_str);
        let provided = providers(library, link["interface"].as_str()?);
        let mut names: Vec<Value> = provided.iter().map(|kind| kind.name.as_str().into()).collect();
        names.sort_by_key(|name| name.as_str() != default);
        return Some(json!({"type": stops.choice(&names.iter().collect::<Vec<_>>())}));
    }
    let default = property.get("default").filter(|default| *default != &json!([]) && *default != &json!({}));
    let example = || property.get("examples")?.as_array()?.first();
    let first = default.or_else(example);
    let mut values: Vec<&Value> = property.get("enum").and_then(Value::as_array).into_iter().flatten().collect();
    if property.get("const").is_some() {
        values = constants(root, path);
    }
    let switch = [Value::Bool(true), Value::Bool(false)];
    if property.get("type").and_then(Value::as_str) == Some("boolean") {
        values = switch.iter().collect();
    }
    if let Some(first) = first {
        values.sort_by_key(|value| *value != first);
    }
    match first {
        _ if !values.is_empty() => Some(stops.choice(&values)),
        Some(Value::Array(items)) => Some(items.iter().map(|item| stops.value(item)).collect()),
        Some(Value::Object(_)) | None => None,
        Some(first) => Some(stops.value(first)),
    }
}

/// The values of a property that tells alternatives apart, in their order: the first alternative is the default.
fn constants<'a>(root: &'a Value, path: &str) -> Vec<&'a Value> {
    let (owner, name) = path.rsplit_once('.').unwrap_or(("", path));
    let owner = if owner.is_empty() { Some(root) } else { property(root, owner) };
    let all = owner.map(|owner| parts(root, owner)).unwrap_or_default();
    all.into_iter().filter_map(|part| part.get("properties")?.get(name)?.get("const")).collect()
}

/// The component types that provide an interface, sorted by name.
pub(super) fn providers(library: &Library, interface: &str) -> Vec<std::sync::Arc<ComponentType>> {
    let kinds = library.names().into_iter().filter_map(|name| library.get(&name)?.ok());
    kinds.filter(|kind| kind.provides.iter().any(|provided| provided == interface)).collect()
}

fn snippet(kind: &ComponentType, body: Value) -> Value {
    json!({"label": kind.name, "description": kind.summary(), "body": body})
}

/// A component's body, offered where its name is written already.
pub(super) fn unnamed(library: &Library, kind: &ComponentType) -> Result<Value, String> {
    Ok(snippet(kind, component(library, kind, &mut Stops::default())?))
}

/// A component of a type as the value of a link.
pub(super) fn inline(kind: &ComponentType) -> Value {
    snippet(kind, json!({"type": kind.name}))
}

/// A component with its name, offered among the components.
pub(super) fn named(library: &Library, kind: &ComponentType) -> Result<Value, String> {
    let mut stops = Stops::default();
    // the first word: a key with a hyphen would be indented as an item of a list
    let name = kind.name.rsplit('/').next().and_then(|name| name.split('-').next()).unwrap_or_default();
    let Value::String(key) = stops.value(&name.into()) else { return Ok(Value::Null) };
    let body = component(library, kind, &mut stops)?;
    Ok(snippet(kind, Value::Object(Map::from_iter([(key, body)]))))
}

/// The head of a blueprint with one component, which may be of any type that needs nothing.
pub(super) fn head(kinds: &[std::sync::Arc<ComponentType>]) -> Value {
    let mut stops = Stops::default();
    let mut text = |words: &str| stops.value(&words.into());
    let (name, said) = (text("my-architecture"), text("What it is for."));
    let region = text("us-east-1");
    let Value::String(component) = text("main") else { return Value::Null };
    let names: Vec<Value> = kinds
        .iter()
        .filter(|kind| kind.schema.get("required").is_none())
        .map(|kind| kind.name.as_str().into())
        .collect();
    let kind = stops.choice(&names.iter().collect::<Vec<_>>());
    json!({
        "label": "new blueprint",
        "description": "The head of a blueprint and a first component.",
        "body": {
            "blueprint": "v1", "name": name, "description": said, "regions": [region],
            "components": Map::from_iter([(component, json!({"type": kind}))])
        }
    })
}

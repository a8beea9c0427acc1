//! The bundled schema for editors: one JSON Schema for whole blueprints, with what the catalogue and the library offer.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::diagnostic::Finding;
use crate::library::{ComponentType, Library};
use crate::part::{member, put};
use crate::source::Place;

use super::snippets;
use super::suggest::Lists;

/// One JSON Schema for whole blueprints: every component type, links, deploy-time parameters and catalogue values written out.
pub fn bundle(library: &Library) -> Result<Value, Vec<Finding>> {
    #[expect(clippy::expect_used, reason = "the text is embedded in the program, and tests read it")]
    let mut schema: Value = serde_json::from_str(include_str!("../../schemas/envelope.schema.json"))
        .expect("the embedded envelope schema is JSON");
    let kinds: Vec<Arc<ComponentType>> =
        library.names().iter().filter_map(|name| library.get(name)).collect::<Result<_, _>>()?;
    let mut open = Open::default();
    open.plain(&mut schema).map_err(|message| vec![Finding::error("L002", None, message)])?;
    let mut parts = Map::new();
    let mut choices = Vec::new();
    let (mut named, mut unnamed) = (Vec::new(), Vec::new());
    for kind in &kinds {
        let key = kind.name.replace('/', ".");
        choices.push(json!({"if": {"properties": {"type": {"const": kind.name}}, "required": ["type"]}, "then": {"$ref": format!("#/$defs/{key}")}}));
        parts.insert(key, component(&mut open, kind).map_err(|message| broken(kind, "x-catalogue", message))?);
        named.push(snippets::named(library, kind).map_err(|message| broken(kind, "x-snippet", message))?);
        unnamed.push(snippets::unnamed(library, kind).map_err(|message| broken(kind, "x-snippet", message))?);
    }
    let mut own = Map::new();
    own.insert("component".to_owned(), json!({"type": "object", "required": ["type"], "allOf": choices}));
    for interface in &open.interfaces {
        own.insert(format!("link.{interface}"), link(library, interface));
    }
    own.insert(
        "param".to_owned(),
        json!({"type": "object", "title": "deploy-time parameter", "required": ["param"], "additionalProperties": false,
        "properties": {"param": {"type": "string", "description": "The name of an entry of `parameters`."}}}),
    );
    own.extend(open.lists.definitions());
    own.extend(parts);
    if let Some(definitions) = schema.get_mut("$defs").and_then(Value::as_object_mut) {
        definitions.extend(own);
    }
    put(&mut schema, "$id", json!("https://atelier.invalid/schemas/blueprint.schema.json"));
    put(&mut schema, "defaultSnippets", json!([snippets::head(&kinds)]));
    let Some(components) = schema.pointer_mut("/properties/components") else { return Ok(schema) };
    // below `allOf`, so that completing the word `components` does not choose among snippets
    put(components, "allOf", json!([{"defaultSnippets": named}]));
    let Some(any) = components.get_mut("additionalProperties") else { return Ok(schema) };
    if let Some(kind) = any.pointer_mut("/properties/type").and_then(Value::as_object_mut) {
        kind.remove("examples");
        kind.insert("oneOf".to_owned(), kinds.iter().map(|kind| type_name(kind)).collect());
    }
    put(any, "allOf", json!([{"$ref": "#/$defs/component"}, offered_without_type(unnamed)]));
    Ok(schema)
}

/// A finding about a component type's schema, at a keyword of it.
fn broken(kind: &ComponentType, keyword: &str, message: String) -> Vec<Finding> {
    let source = &kind.schema_source;
    let start = source.text.find(&format!("\"{keyword}\"")).unwrap_or(0);
    let end = if start == 0 { 0 } else { start + keyword.len() + 2 };
    let finding = Finding::error("L002", Place::new(source, start..end), message);
    vec![finding.with_help("`docs/writing-components.md` says how a component type is written")]
}

/// A component type as a value of `type`.
fn type_name(kind: &ComponentType) -> Value {
    let said = kind.schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let interfaces: Vec<String> = kind.provides.iter().map(|interface| format!("`{interface}`")).collect();
    let provides = match interfaces.is_empty() {
        true => String::new(),
        false => format!("\n\nProvides {}.", interfaces.join(", ")),
    };
    json!({
        "const": kind.name, "title": member(&kind.schema, "title"), "description": kind.summary(),
        "markdownDescription": format!("{said}{provides}\n\n`atelier explain {}` tells more.", kind.name)
    })
}

/// Snippets that are offered while a component has no type; later they would only be in the way.
fn offered_without_type(snippets: Vec<Value>) -> Value {
    json!({"if": {"required": ["type"]}, "else": {"defaultSnippets": snippets}})
}

/// An inline component that provides an interface.
fn link(library: &Library, interface: &str) -> Value {
    let providers = snippets::providers(library, interface);
    let names = providers
        .iter()
        .map(|kind| json!({"const": kind.name, "title": member(&kind.schema, "title"), "description": kind.summary()}));
    let mut link = json!({
        "type": "object", "title": "inline component", "required": ["type"],
        "description": format!("A component that provides `{interface}`, written where it is used."),
        "properties": {"type": {"type": "string", "title": "Type", "oneOf": names.collect::<Vec<_>>()}},
        "allOf": [{"$ref": "#/$defs/component"}],
        "defaultSnippets": providers.iter().map(|kind| snippets::inline(kind)).collect::<Vec<_>>()
    });
    if providers.is_empty() {
        // an empty list of alternatives would refuse every component
        if let Some(properties) = link.get_mut("properties") {
            put(properties, "type", json!({"type": "string", "title": "Type"}));
        }
    }
    link
}

/// A component type's schema as an editor needs it.
fn component(open: &mut Open, kind: &ComponentType) -> Result<Value, String> {
    let mut schema = kind.schema.clone();
    for keyword in ["$schema", "$id", "$comment", "x-rules", "x-terms", "x-traits", "x-provides", "x-snippet"] {
        schema.as_object_mut().map(|object| object.shift_remove(keyword));
    }
    // definitions move with the component, so references to them do too
    relocate(&mut schema, &format!("#/$defs/{}/$defs/", kind.name.replace('/', ".")));
    open.plain(&mut schema)?;
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        // what it may be is said where the component stands, which may be a link that only some types fit
        properties.insert("type".to_owned(), Value::Bool(true));
        properties.insert("acknowledge".to_owned(), json!({"$ref": "#/$defs/acknowledge"}));
    }
    Ok(schema)
}

/// Writes atelier's own keywords out as plain JSON Schema, and keeps what the definitions must then hold.
#[derive(Default)]
struct Open {
    lists: Lists,
    interfaces: BTreeSet<String>,
}

impl Open {
    fn plain(&mut self, schema: &mut Value) -> Result<(), String> {
        match schema {
            Value::Object(object) => {
                if let Some(link) = object.shift_remove("x-link") {
                    self.link(object, &link);
                    return Ok(());
                }
                let parameter = object.shift_remove("x-param") == Some(Value::Bool(true));
                say_default(object, parameter);
                if object.get("default").is_some_and(|value| *value == json!({}) || *value == json!([])) {
                    // an editor would write it, and nothing could be written below it
                    object.shift_remove("default");
                }
                object.values_mut().try_for_each(|value| self.plain(value))?;
                self.lists.open(object)?;
                if parameter {
                    let mut outer = Map::new();
                    for keyword in ["title", "description", "default", "examples"] {
                        if let Some(value) = object.get(keyword) {
                            outer.insert(keyword.to_owned(), value.clone());
                        }
                    }
                    let inner = std::mem::take(object);
                    outer.insert("anyOf".to_owned(), json!([inner, {"$ref": "#/$defs/param"}]));
                    *object = outer;
                }
                Ok(())
            }
            Value::Array(items) => items.iter_mut().try_for_each(|value| self.plain(value)),
            _ => Ok(()),
        }
    }

    fn link(&mut self, object: &mut Map<String, Value>, link: &Value) {
        let interface = link["interface"].as_str().unwrap_or_default();
        let said = object.get("description").and_then(Value::as_str).unwrap_or_default();
        let description =
            format!("{said} Takes the name of a component that provides `{interface}`, or such a component inline.");
        object.insert("description".to_owned(), description.trim().into());
        // a type may say "string" for its readers; an inline component is a mapping
        object.shift_remove("type");
        let branches = json!([{"type": ["string", "null"]}, {"$ref": format!("#/$defs/link.{interface}")}]);
        object.insert("anyOf".to_owned(), branches);
        self.interfaces.insert(interface.to_owned());
    }
}

/// Editors do not show a property's default: its description says it.
fn say_default(object: &mut Map<String, Value>, parameter: bool) {
    let default = object.get("default").filter(|default| !default.is_object()).map(ToString::to_string);
    let default = default.filter(|text| (1..=60).contains(&text.len()) && !matches!(text.as_str(), "[]" | "\"\""));
    let Some(Value::String(description)) = object.get_mut("description") else { return };
    if let Some(default) = default {
        description.push_str(&format!(" Default: {default}."));
    }
    if parameter {
        description.push_str(" May be a deploy-time parameter.");
    }
}

fn relocate(schema: &mut Value, prefix: &str) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::String(target)) = object.get_mut("$ref")
                && let Some(name) = target.strip_prefix("#/$defs/")
            {
                *target = format!("{prefix}{name}");
            }
            object.values_mut().for_each(|value| relocate(value, prefix));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| relocate(value, prefix)),
        _ => {}
    }
}

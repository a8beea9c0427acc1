//! The bundled schema for editors, and the check of component schemas against their meta-schema.

use serde_json::{Map, Value, json};

use crate::diagnostic::Finding;
use crate::library::{ComponentType, Library};
use crate::source::Place;

use super::check::Checker;

/// One JSON Schema for whole blueprints: every component type, links and deploy-time parameters written out.
pub fn bundle(library: &Library) -> Result<Value, Vec<Finding>> {
    let mut schema: Value = serde_json::from_str(include_str!("../../schemas/envelope.schema.json"))
        .expect("the embedded envelope schema is JSON");
    let mut types = Vec::new();
    let mut definitions = Map::new();
    let mut choices = Vec::new();
    for name in library.names() {
        let Some(kind) = library.get(&name) else { continue };
        let kind = kind?;
        let key = name.replace('/', ".");
        types.push(json!({"const": name, "title": kind.schema["title"], "description": kind.summary()}));
        choices.push(json!({"if": {"properties": {"type": {"const": name}}, "required": ["type"]}, "then": {"$ref": format!("#/$defs/{key}")}}));
        definitions.insert(key, component(&kind));
    }
    if let Some(own) = schema["$defs"].as_object_mut() {
        own.extend(definitions);
        own.insert(
            "link".to_owned(),
            json!({"anyOf": [
            {"type": "string", "title": "name of a component"},
            {"type": "null", "title": "none"},
            {"$ref": "#/properties/components/additionalProperties", "title": "inline component"}]}),
        );
        own.insert("param".to_owned(), json!({"type": "object", "title": "deploy-time parameter", "required": ["param"], "additionalProperties": false,
            "properties": {"param": {"type": "string", "description": "The name of an entry of `parameters`."}}}));
    }
    schema["$id"] = json!("https://atelier.invalid/schemas/blueprint.schema.json");
    let any = &mut schema["properties"]["components"]["additionalProperties"];
    any["properties"]["type"]["oneOf"] = Value::Array(types);
    any["allOf"] = Value::Array(choices);
    Ok(schema)
}

/// A component type's schema as an editor needs it.
fn component(kind: &ComponentType) -> Value {
    let mut schema = kind.schema.clone();
    for keyword in ["$schema", "$id", "$comment", "x-rules", "x-terms", "x-traits", "x-provides"] {
        schema.as_object_mut().map(|object| object.remove(keyword));
    }
    open(&mut schema);
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert("type".to_owned(), json!({"const": kind.name}));
        properties.insert("acknowledge".to_owned(), json!({"$ref": "#/$defs/acknowledge"}));
    }
    // definitions move with the component, so references to them do too
    relocate(&mut schema, &format!("#/$defs/{}/$defs/", kind.name.replace('/', ".")));
    schema
}

/// Writes links and parameters out as plain JSON Schema.
fn open(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if let Some(link) = object.remove("x-link") {
                let interface = link["interface"].as_str().unwrap_or_default();
                let said = object.get("description").and_then(Value::as_str).unwrap_or_default();
                let description = format!("{said} A component that provides `{interface}`.");
                object.insert("description".to_owned(), description.trim().into());
                // a type may say "string" for its readers; an inline component is a mapping
                object.remove("type");
                object.insert("allOf".to_owned(), json!([{"$ref": "#/$defs/link"}]));
            }
            let parameter = object.remove("x-param") == Some(Value::Bool(true));
            object.values_mut().for_each(open);
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
        }
        Value::Array(items) => items.iter_mut().for_each(open),
        _ => {}
    }
}

fn relocate(schema: &mut Value, prefix: &str) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::String(target)) = object.get_mut("$ref")
                && let Some(name) = target.strip_prefix("#/$defs/")
                && !matches!(name, "link" | "param" | "acknowledge")
            {
                *target = format!("{prefix}{name}");
            }
            object.values_mut().for_each(|value| relocate(value, prefix));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| relocate(value, prefix)),
        _ => {}
    }
}

/// What the meta-schema `schemas/component.meta.json` has to say of a component type's schema.
pub fn meta_check(kind: &ComponentType) -> Vec<Finding> {
    struct Nowhere<'a>(&'a ComponentType);
    impl super::check::Locate for Nowhere<'_> {
        fn value(&self, path: &[String]) -> Place {
            let word = path.iter().rev().find(|step| step.parse::<usize>().is_err()).map_or("", String::as_str);
            let start = self.0.schema_source.text.find(&format!("\"{word}\"")).unwrap_or(0);
            Place::new(&self.0.schema_source, start..start + word.len())
        }
        fn key(&self, path: &[String]) -> Place {
            self.value(path)
        }
    }
    let meta: Value = serde_json::from_str(include_str!("../../schemas/component.meta.json"))
        .expect("the embedded meta-schema is JSON");
    match Checker::new(&meta, &format!("the schema of `{}`", kind.name)) {
        Ok(checker) => checker.check(&kind.schema, &Nowhere(kind), &[]),
        Err(message) => vec![Finding::error("L002", None, format!("the meta-schema does not compile: {message}"))],
    }
}

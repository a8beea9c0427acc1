//! Filling in what a blueprint leaves out.

use serde_json::{Map, Value};

use super::lookup::{applying, constant, discriminator, resolve};

/// Fills `default`s, outermost first, so that a nested object with `"default": {}` gets its own defaults too.
pub fn fill(root: &Value, schema: &Value, instance: &mut Value) {
    match instance {
        Value::Object(_) => fill_object(root, schema, instance),
        Value::Array(items) => {
            if let Some(item) = resolve(root, schema).get("items") {
                items.iter_mut().for_each(|value| fill(root, item, value));
            }
        }
        _ => {}
    }
}

fn fill_object(root: &Value, schema: &Value, instance: &mut Value) {
    choose_branch(root, schema, instance);
    // a branch may be chosen by a property that the outer schema fills first, so twice
    for _ in 0..2 {
        for part in applying(root, schema, instance) {
            for (name, property) in properties(part) {
                let property = resolve(root, property);
                let Some(object) = instance.as_object_mut() else { return };
                if !object.contains_key(name)
                    && let Some(default) = property.get("default")
                {
                    object.insert(name.clone(), default.clone());
                }
            }
        }
    }
    for part in applying(root, schema, &instance.clone()) {
        for (name, property) in properties(part) {
            if let Some(value) = instance.get_mut(name) {
                fill(root, property, value);
            }
        }
    }
}

/// Without the property that tells the branches of a `oneOf` apart, the first branch is meant.
fn choose_branch(root: &Value, schema: &Value, instance: &mut Value) {
    let schema = resolve(root, schema);
    let Some(branches) = schema.get("oneOf").and_then(Value::as_array) else { return };
    let Some(name) = discriminator(root, branches) else { return };
    let outer = schema
        .get("properties")
        .and_then(|properties| properties.get(&name))
        .and_then(|property| property.get("default"));
    let first = outer.or_else(|| branches.first().and_then(|branch| constant(root, branch, &name))).cloned();
    if let (Some(object), Some(first)) = (instance.as_object_mut(), first) {
        object.entry(name).or_insert(first);
    }
}

/// Gives every declared property that is still missing the value null, so that templates can ask for it.
pub fn complete(root: &Value, schema: &Value, instance: &mut Value) {
    match instance {
        Value::Object(_) => {
            for part in every_part(root, schema) {
                for (name, property) in properties(part) {
                    if property.get("x-link").is_some() {
                        continue;
                    }
                    let Some(object) = instance.as_object_mut() else { return };
                    complete(root, property, object.entry(name.clone()).or_insert(Value::Null));
                }
            }
        }
        Value::Array(items) => {
            if let Some(item) = resolve(root, schema).get("items") {
                items.iter_mut().for_each(|value| complete(root, item, value));
            }
        }
        _ => {}
    }
}

/// The schema with all its parts and branches, chosen or not.
fn every_part<'a>(root: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    let schema = resolve(root, schema);
    let mut found = vec![schema];
    for keyword in ["allOf", "oneOf", "anyOf"] {
        for part in schema.get(keyword).and_then(Value::as_array).into_iter().flatten() {
            found.extend(every_part(root, part));
        }
    }
    found
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    static EMPTY: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    schema.get("properties").and_then(Value::as_object).unwrap_or(&EMPTY).iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nested_defaults_and_branches() {
        let schema = json!({"properties": {
            "size": {"default": 3},
            "note": {"type": "string"},
            "store": {"default": {}, "oneOf": [
                {"properties": {"kind": {"const": "a"}, "x": {"default": 1}}},
                {"properties": {"kind": {"const": "b"}, "y": {"default": 2}}}]}}});
        let mut instance = json!({});
        fill(&schema, &schema, &mut instance);
        assert_eq!(instance, json!({"size": 3, "store": {"kind": "a", "x": 1}}));
        let mut instance = json!({"store": {"kind": "b"}});
        fill(&schema, &schema, &mut instance);
        complete(&schema, &schema, &mut instance);
        assert_eq!(instance, json!({"store": {"kind": "b", "y": 2, "x": null}, "size": 3, "note": null}));
    }
}

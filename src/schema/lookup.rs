//! Finding the part of a schema that speaks of a part of an instance.

use serde_json::Value;

/// The schema itself, or what its local `$ref` points to.
pub fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let mut schema = schema;
    for _ in 0..16 {
        let Some(pointer) = schema.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'))
        else {
            break;
        };
        match root.pointer(pointer) {
            Some(target) => schema = target,
            None => break,
        }
    }
    schema
}

/// The schemas that apply to an object instance: itself, `allOf` parts and the branch of `oneOf`/`anyOf` that its discriminator chooses.
pub fn applying<'a>(root: &'a Value, schema: &'a Value, instance: &Value) -> Vec<&'a Value> {
    let schema = resolve(root, schema);
    let mut found = vec![schema];
    for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        found.extend(applying(root, part, instance));
    }
    for keyword in ["oneOf", "anyOf"] {
        let branches = schema.get(keyword).and_then(Value::as_array);
        if let Some((branch, _)) = branches.and_then(|branches| choose(root, branches, instance)) {
            found.extend(applying(root, branch, instance));
        }
    }
    found
}

/// The branch that an instance means: the one whose constants it has. Also gives the discriminating property.
pub fn choose<'a>(root: &'a Value, branches: &'a [Value], instance: &Value) -> Option<(&'a Value, String)> {
    let discriminator = discriminator(root, branches)?;
    let given = instance.get(&discriminator)?;
    let branch = branches.iter().find(|branch| constant(root, branch, &discriminator) == Some(given))?;
    Some((branch, discriminator))
}

/// The property that every branch fixes with `const`.
pub fn discriminator(root: &Value, branches: &[Value]) -> Option<String> {
    let first = resolve(root, branches.first()?).get("properties")?.as_object()?;
    first.keys().find(|name| branches.iter().all(|branch| constant(root, branch, name).is_some())).cloned()
}

/// What a branch fixes a property to.
pub fn constant<'a>(root: &'a Value, branch: &'a Value, name: &str) -> Option<&'a Value> {
    resolve(root, branch).get("properties")?.get(name)?.get("const")
}

/// The schema of a path below a component's root.
pub fn at<'a>(root: &'a Value, path: &[String], instance: &Value) -> Option<&'a Value> {
    let mut schema = root;
    let mut instance = instance;
    for step in path {
        let next = applying(root, schema, instance).into_iter().find_map(|part| {
            let list = step.parse::<usize>().is_ok().then(|| part.get("items")).flatten();
            let property = part.get("properties").and_then(|properties| properties.get(step));
            let open = part.get("additionalProperties").filter(|open| open.is_object());
            property.or(list).or(open)
        })?;
        schema = resolve(root, next);
        static NULL: Value = Value::Null;
        instance = match instance {
            Value::Array(items) => step.parse::<usize>().ok().and_then(|index| items.get(index)).unwrap_or(&NULL),
            _ => instance.get(step).unwrap_or(&NULL),
        };
    }
    Some(schema)
}

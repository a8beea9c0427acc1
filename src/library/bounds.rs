//! A stranger's files are bounded before anything reads them deeply: an expression of a hundred thousand terms, terms that double,
//! references that lead back to themselves would exhaust the stack or the memory of whoever evaluates them.

use std::collections::BTreeMap;

use serde_json::Value;

/// Characters of one expression or text of a schema, terms written out, and of one tag of a template.
pub const LONGEST_EXPRESSION: usize = 4_000;
/// Tags of one template.
const MOST_TAGS: usize = 1_000;
/// Parts of a schema when every reference is written out, and how deep they lie.
const MOST_PARTS: usize = 50_000;
const DEEPEST: usize = 128;
/// Keywords whose texts are expressions and templates.
const EVALUATED: [&str; 4] = ["x-terms", "x-traits", "x-diagram", "x-rules"];

/// What is too long or too deep in a schema; the keyword it is in and the words for it.
pub(super) fn of_schema(schema: &Value) -> Result<(), (&'static str, String)> {
    for keyword in EVALUATED {
        if let Some(text) = schema.get(keyword).and_then(too_long) {
            let start: String = text.chars().take(40).collect();
            let length = text.chars().count();
            return Err((
                keyword,
                format!("an expression has {length} characters, at most {LONGEST_EXPRESSION} are read: `{start}…`"),
            ));
        }
    }
    let mut known = BTreeMap::new();
    parts(schema, schema, 0, &mut known).map(|_| ()).map_err(|error| ("$ref", error))
}

fn too_long(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => (text.chars().count() > LONGEST_EXPRESSION).then_some(text),
        Value::Array(items) => items.iter().find_map(too_long),
        Value::Object(entries) => entries.values().find_map(too_long),
        _ => None,
    }
}

/// How many parts a schema has when its references are written out. `known` holds targets that were counted, or are being counted.
fn parts<'a>(
    root: &'a Value,
    part: &'a Value,
    depth: usize,
    known: &mut BTreeMap<&'a str, Option<usize>>,
) -> Result<usize, String> {
    if depth > DEEPEST {
        return Err(format!("the schema lies more than {DEEPEST} deep, references written out"));
    }
    let mut count = 1_usize;
    let below: Vec<&Value> = match part {
        Value::Array(items) => items.iter().collect(),
        Value::Object(entries) => entries.values().collect(),
        _ => Vec::new(),
    };
    for value in below {
        count = count.saturating_add(parts(root, value, depth + 1, known)?);
    }
    if let Some(target) = part.get("$ref").and_then(Value::as_str) {
        let Some(pointed) = target.strip_prefix('#').and_then(|pointer| root.pointer(pointer)) else {
            return Err(format!("the reference `{target}` leads nowhere within the schema, and no other file is read"));
        };
        let referred = match known.get(target) {
            Some(Some(count)) => *count,
            Some(None) => return Err(format!("the reference `{target}` leads back to itself")),
            None => {
                known.insert(target, None);
                let counted = parts(root, pointed, depth + 1, known)?;
                known.insert(target, Some(counted));
                counted
            }
        };
        count = count.saturating_add(referred);
    }
    if part.get("$dynamicRef").is_some() {
        return Err("`$dynamicRef` is not read: write `$ref`".to_owned());
    }
    if count > MOST_PARTS {
        return Err(format!("the schema has more than {MOST_PARTS} parts, references written out"));
    }
    Ok(count)
}

/// What is too long in a template.
pub fn of_template(text: &str) -> Result<(), String> {
    let mut tags = 0;
    let mut rest = text;
    while let Some(start) = rest.find(['{']) {
        let after = rest.get(start + 1..).unwrap_or_default();
        let close = match after.chars().next() {
            Some('{') => "}}",
            Some('%') => "%}",
            _ => {
                rest = after;
                continue;
            }
        };
        tags += usize::from(close == "%}");
        let length = after.find(close).unwrap_or(after.len());
        if length > LONGEST_EXPRESSION {
            return Err(format!("a tag has {length} bytes, at most {LONGEST_EXPRESSION} are read"));
        }
        rest = after.get(length..).unwrap_or_default();
    }
    if tags > MOST_TAGS {
        return Err(format!("it has {tags} tags, at most {MOST_TAGS} are read"));
    }
    Ok(())
}

//! What rules have in common: rows that several component types share (`use`), and terms that rules of one type repeat (`$name`).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::bounds::LONGEST_EXPRESSION;
use super::{Files, Rule};

/// Names of terms and the expressions they stand for, in the order of the schema.
pub type Terms = Vec<(String, String)>;

/// The rules of a schema, ready to be evaluated: shared rows are filled in, terms written out. And the terms as they stand there.
pub(super) fn rules(files: &Files, schema: &Value) -> Result<(Vec<Rule>, Terms), String> {
    let (mut written, mut terms) = (Terms::new(), Terms::new());
    for (name, expression) in schema.get("x-terms").and_then(Value::as_object).into_iter().flatten() {
        let expression = expression.as_str().ok_or_else(|| format!("the term `${name}` is no expression"))?;
        let written_out = write_out(expression, &terms, true)?;
        written.push((name.clone(), expression.to_owned()));
        terms.push((name.clone(), written_out));
    }
    let mut known = BTreeMap::new();
    let mut rules = Vec::new();
    for row in schema.get("x-rules").and_then(Value::as_array).into_iter().flatten() {
        let row = with_shared(files, &mut known, row)?;
        let mut rule: Rule = serde_json::from_value(row).map_err(|error| error.to_string())?;
        let in_rule = |error: String| format!("{}: {error}", rule.id);
        rule.written = (rule.when.clone(), rule.assert.clone());
        rule.assert = write_out(&rule.assert, &terms, true).map_err(in_rule)?;
        for expression in [&mut rule.when, &mut rule.fix].into_iter().flatten() {
            *expression = write_out(expression, &terms, true).map_err(|error| format!("{}: {error}", rule.id))?;
        }
        for text in [Some(&mut rule.message), rule.help.as_mut()].into_iter().flatten() {
            *text = write_out(text, &terms, false)?;
        }
        rules.push(rule);
    }
    Ok((rules, written))
}

/// A row with what it takes from a shared one: its own words win, and both conditions must be met.
fn with_shared(files: &Files, known: &mut BTreeMap<String, Value>, row: &Value) -> Result<Value, String> {
    let Some(name) = row.get("use").and_then(Value::as_str) else { return Ok(row.clone()) };
    let missing = || format!("`{name}` is no shared rule: write <file>/<row> of a `schemas/common/<file>.json`");
    let (file, key) = name.split_once('/').ok_or_else(missing)?;
    if !known.contains_key(file) {
        let source = files.read(&format!("schemas/common/{file}.json")).ok_or_else(missing)?;
        let rows = serde_json::from_str(&source.text).map_err(|error| format!("{}: {error}", source.name))?;
        known.insert(file.to_owned(), rows);
    }
    let shared = known.get(file).and_then(|rows| rows.get(key)).and_then(Value::as_object).ok_or_else(missing)?;
    let own: Map<String, Value> = row.as_object().cloned().unwrap_or_default();
    let mut merged = shared.clone();
    for (key, value) in own.into_iter().filter(|(key, _)| key != "use") {
        let both = (shared.get("when").and_then(Value::as_str), value.as_str());
        let value = match both {
            (Some(theirs), Some(ours)) if key == "when" => Value::from(format!("({ours}) and ({theirs})")),
            _ => value,
        };
        merged.insert(key, value);
    }
    Ok(Value::Object(merged))
}

/// A text with each `$name` replaced by its term in parentheses. In an expression an unknown name is a mistake.
fn write_out(text: &str, terms: &Terms, expression: bool) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('$') {
        let (before, after) = rest.split_at(start);
        out.push_str(before);
        let after = after.strip_prefix('$').unwrap_or(after);
        let end = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
        let (name, behind) = after.split_at(end);
        match terms.iter().find(|(known, _)| known == name) {
            Some((_, term)) => out.push_str(&format!("({term})")),
            None if expression => return Err(format!("`${name}` is no term of `x-terms`")),
            None => out.push_str(&format!("${name}")),
        }
        if out.len() > LONGEST_EXPRESSION {
            return Err(format!(
                "with its terms written out, an expression has more than {LONGEST_EXPRESSION} characters"
            ));
        }
        rest = behind;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(schema: Value) -> Result<Vec<Rule>, String> {
        rules(&Files::default(), &schema).map(|(rules, _)| rules)
    }

    #[test]
    fn terms_are_written_out_in_parentheses() {
        let rules = read(serde_json::json!({
            "x-terms": {"size": "this.size or 1", "double": "$size * 2"},
            "x-rules": [{"id": "X001", "severity": "error", "at": "", "assert": "$double < 9", "message": "{{ $size }} for $5",
                "source": "none", "asOf": "2026-11-24"}],
        }))
        .unwrap();
        assert_eq!(rules[0].assert, "((this.size or 1) * 2) < 9");
        assert_eq!(rules[0].message, "{{ (this.size or 1) }} for $5");
        assert_eq!(rules[0].written.1, "$double < 9");
    }

    #[test]
    fn what_is_not_there_is_named() {
        let row = |assert: &str| {
            serde_json::json!({"id": "X001", "severity": "error", "at": "", "assert": assert, "message": "m",
            "source": "none", "asOf": "2026-11-24"})
        };
        let error = read(serde_json::json!({"x-rules": [row("$nothing")]})).unwrap_err();
        assert_eq!(error, "X001: `$nothing` is no term of `x-terms`");
        let error = read(serde_json::json!({"x-rules": [{"id": "X001", "use": "text-model/nothing"}]})).unwrap_err();
        assert!(error.starts_with("`text-model/nothing` is no shared rule"), "{error}");
    }
}

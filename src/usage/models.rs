//! Which Bedrock models a template names, and how it calls them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::catalogue;

/// A model as it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Called {
    /// The catalogue's id.
    pub model: &'static str,
    /// What the call names: the id, or the id behind a geography (`eu.`).
    pub called: String,
    /// `text`, `embedding`, …
    pub kind: &'static str,
}

/// The models that stand in the values of resources, each once: by a profile if one is named, else by its id.
pub(super) fn named(values: &[&Value]) -> Vec<Called> {
    let mut texts = Vec::new();
    values.iter().for_each(|value| collect(value, &mut texts));
    let mut found: BTreeMap<&'static str, Called> = BTreeMap::new();
    let Some(table) = catalogue::table("bedrock-models") else { return Vec::new() };
    for model in table.ids() {
        for text in &texts {
            for (start, _) in text.match_indices(model) {
                let behind = text.get(start + model.len()..).and_then(|rest| rest.chars().next());
                if behind.is_some_and(|char| char.is_alphanumeric() || matches!(char, ':' | '.' | '-')) {
                    continue;
                }
                let before = text.get(..start).unwrap_or_default();
                let word =
                    before.rsplit(|char: char| !char.is_ascii_alphanumeric() && char != '.').next().unwrap_or_default();
                let row = table.get(model);
                let profile = word.strip_suffix('.').filter(|geography| {
                    let known = row.and_then(|row| row.get("geographies")).and_then(Value::as_array);
                    *geography == "global" || known.into_iter().flatten().any(|known| known == geography)
                });
                if profile.is_none() && !word.is_empty() {
                    continue; // the end of a longer word
                }
                let kind = row.and_then(|row| row.get("kind")).and_then(Value::as_str).unwrap_or("text");
                let called = profile.map_or_else(|| model.to_owned(), |geography| format!("{geography}.{model}"));
                let this = Called { model, called, kind };
                let better =
                    found.get(model).is_none_or(|known| rank(&this.called, model) < rank(&known.called, model));
                if better {
                    found.insert(model, this);
                }
            }
        }
    }
    found.into_values().collect()
}

/// A geography's profile before the global one, that before the bare id, which also stands in the policies of both.
fn rank(called: &str, model: &str) -> u8 {
    if called == model { 2 } else { u8::from(called.starts_with("global.")) }
}

fn collect<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::String(text) if text.contains('.') => texts.push(text),
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(entries) => entries.values().for_each(|inner| collect(inner, texts)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_profile_wins_and_longer_words_are_other_words() {
        let haiku = "anthropic.claude-haiku-4-5-20251001-v1:0";
        let value = json!([
            format!("arn:aws:bedrock:*::foundation-model/{haiku}"),
            format!("x/eu.{haiku}"),
            format!("x/global.{haiku}")
        ]);
        let called: Vec<String> = named(&[&value]).into_iter().map(|model| model.called).collect();
        assert_eq!(called, [format!("eu.{haiku}")]);
        assert!(named(&[&json!([format!("{haiku}0"), format!("x{haiku}")])]).is_empty());
        assert_eq!(named(&[&json!("foundation-model/amazon.titan-embed-text-v2:0")])[0].kind, "embedding");
    }
}

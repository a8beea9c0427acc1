//! Texts that the file of a lab may give in two languages.

use std::collections::BTreeMap;

use serde_json::Value;

/// A text as it was written: once, or in languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(BTreeMap<String, String>);

/// Under this name stands a text whose language nobody has told.
const PLAIN: &str = "";

impl Text {
    /// Reads `text`, or `{en: text, fr: text}`; the schema has fixed the form.
    pub(super) fn read(value: Option<&Value>) -> Text {
        let mut texts = BTreeMap::new();
        match value {
            Some(Value::String(text)) => {
                texts.insert(PLAIN.to_owned(), text.clone());
            }
            Some(Value::Object(entries)) => {
                let entries = entries.iter().filter_map(|(key, text)| Some((key.clone(), text.as_str()?.to_owned())));
                texts.extend(entries);
            }
            _ => {}
        }
        texts.retain(|_, text| !text.is_empty());
        Text(texts)
    }

    /// The text in a language: the one that was written in it, or the one whose language is not told.
    pub fn within(&self, language: &str) -> Option<&str> {
        self.0.get(language).or_else(|| self.0.get(PLAIN)).map(String::as_str)
    }

    /// The text in a language, else in any.
    pub fn at_all(&self, language: &str) -> Option<&str> {
        self.within(language).or_else(|| self.0.values().next().map(String::as_str))
    }
}

/// What a lab's file says of a module of the guide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModuleText {
    /// The module's title.
    pub title: Text,
    /// What it is about.
    pub description: Text,
}

/// Reads `modules`: texts by the blueprint's name.
pub(super) fn modules(value: &Value) -> BTreeMap<String, ModuleText> {
    let entries = value.as_object().into_iter().flatten();
    let text = |module: &Value, key: &str| Text::read(module.get(key));
    let read = |module: &Value| ModuleText { title: text(module, "title"), description: text(module, "description") };
    entries.map(|(name, module)| (name.clone(), read(module))).collect()
}

//! What editors offer from the catalogue: `x-catalogue` becomes a list of values, each with a line about it.

use serde_json::{Map, Value, json};

use crate::catalogue::{self, Choice};

/// The open lists of a bundle; properties that offer the same share one.
#[derive(Default)]
pub(super) struct Lists {
    lists: Vec<(String, Value)>,
}

impl Lists {
    /// Writes a property's `x-catalogue` out as plain JSON Schema; what is wrong with it otherwise.
    pub(super) fn open(&mut self, property: &mut Map<String, Value>) -> Result<(), String> {
        let Some(written) = property.shift_remove("x-catalogue") else { return Ok(()) };
        let choice: Choice = serde_json::from_value(written)
            .map_err(|error| format!("`x-catalogue` is not as it should be: {error}"))?;
        if let Some(values) = property.get("enum").and_then(Value::as_array) {
            // the property lists its values itself: the catalogue only says what they are
            let said = values.iter().map(|value| said(&choice.file, value)).collect();
            property.insert("enumDescriptions".to_owned(), said);
            return Ok(());
        }
        property.shift_remove("examples");
        let ids: Vec<&Value> = choice.rows()?.into_iter().filter_map(|row| row.get("id")).collect();
        let list = json!({"type": "string", "enum": ids, "enumDescriptions": ids.iter().map(|id| said(&choice.file, id)).collect::<Vec<_>>()});
        if choice.closed {
            // the list says it all; a second complaint about the form would only hide it
            property.shift_remove("pattern");
            property.extend(list.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())));
        } else {
            // a value that is not listed is as good: the list only helps
            let name = self.name(&choice.file, list);
            property.insert("anyOf".to_owned(), json!([{"$ref": format!("#/$defs/{name}")}, {"type": "string"}]));
        }
        Ok(())
    }

    /// The name of an open list; it is made when no property offered the same before.
    fn name(&mut self, file: &str, list: Value) -> String {
        if let Some((name, _)) = self.lists.iter().find(|(_, known)| *known == list) {
            return name.clone();
        }
        let prefix = format!("catalogue.{file}.");
        let name = format!("{prefix}{}", self.lists.iter().filter(|(name, _)| name.starts_with(&prefix)).count() + 1);
        self.lists.push((name.clone(), list));
        name
    }

    /// The lists as definitions of the bundle.
    pub(super) fn definitions(self) -> impl Iterator<Item = (String, Value)> {
        self.lists.into_iter()
    }
}

/// A line about a value; empty when the catalogue does not know it.
fn said(file: &str, id: &Value) -> Value {
    let row = id.as_str().and_then(|id| catalogue::get(file, id));
    row.map(|row| catalogue::describe(file, row)).unwrap_or_default().into()
}

//! What `atelier list` shows: blueprints, component types and the rows of the catalogue, as cells for people and whole for programs.

use serde_json::{Map, Value, json};

use crate::catalogue;
use crate::library::Library;
use crate::source::Source;
use crate::yaml::{self, Dialect};

use super::Stop;

/// A titled table.
pub(super) struct Table {
    /// Its heading.
    pub title: &'static str,
    /// The key of its list in JSON: `blueprints`, `components` or the catalogue file's name.
    pub key: &'static str,
    /// The headings of its columns.
    pub header: Vec<String>,
    /// Its rows.
    pub entries: Vec<Entry>,
    /// Whether it holds facts that were true on a day.
    pub snapshot: bool,
}

/// A row: whole, and as cells.
pub(super) struct Entry {
    pub json: Value,
    pub cells: Vec<String>,
}

impl Table {
    pub(super) fn cells(&self) -> Vec<Vec<String>> {
        self.entries.iter().map(|entry| entry.cells.clone()).collect()
    }
}

/// An object with one list for each table.
pub(super) fn json(tables: &[Table]) -> Value {
    let list = |table: &Table| table.entries.iter().map(|entry| entry.json.clone()).collect::<Value>();
    tables.iter().map(|table| (table.key.to_owned(), list(table))).collect::<Map<_, _>>().into()
}

/// The shipped blueprints.
pub(super) fn blueprints() -> Table {
    let entry = |(name, text): (&str, &str)| {
        let root = yaml::load(&Source::new(name, text), Dialect::Blueprint).ok();
        let get = |key: &str| root.as_ref().and_then(|root| root.get(key)).map(yaml::Node::to_json).unwrap_or_default();
        entry(json!({"name": name, "description": get("description"), "regions": get("regions")}))
    };
    let header = ["NAME", "DESCRIPTION", "REGIONS"].map(str::to_owned).to_vec();
    let entries = Library::blueprints().map(entry).collect();
    Table { title: "Blueprints", key: "blueprints", header, entries, snapshot: false }
}

/// The component types of the library.
pub(super) fn components(library: &Library) -> Result<Table, Stop> {
    let mut entries = Vec::new();
    for name in library.names() {
        if let Some(kind) = library.get(&name) {
            let kind = kind.map_err(Stop::Findings)?;
            entries.push(entry(json!({"type": name, "description": kind.summary(), "provides": kind.provides})));
        }
    }
    let header = ["TYPE", "DESCRIPTION", "PROVIDES"].map(str::to_owned).to_vec();
    Ok(Table { title: "Component types", key: "components", header, entries, snapshot: false })
}

/// A row whose cells are its fields.
fn entry(json: Value) -> Entry {
    let cells = json.as_object().into_iter().flatten().map(|(field, _)| catalogue::cell(&json, field)).collect();
    Entry { json, cells }
}

/// Rows of a catalogue file, with what a region has of each.
pub(super) fn facts(
    title: &'static str,
    file: &'static str,
    region: Option<&str>,
    rows: Vec<(&'static Value, Option<String>)>,
) -> Table {
    let columns = catalogue::summary_columns(file);
    let mut header: Vec<String> = columns.iter().map(|column| column.title.to_owned()).collect();
    header.extend(region.map(|region| format!("IN {}", region.to_uppercase())));
    let entry = |(row, there): (&Value, Option<String>)| {
        let mut json = row.clone();
        let mut cells: Vec<String> = columns.iter().map(|column| catalogue::cell(row, column.field)).collect();
        if let (Some(there), Some(fields)) = (there, json.as_object_mut()) {
            fields.insert("inRegion".to_owned(), there.as_str().into());
            cells.push(there);
        }
        Entry { json, cells }
    };
    Table { title, key: file, header, entries: rows.into_iter().map(entry).collect(), snapshot: true }
}

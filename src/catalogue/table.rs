//! One file of the catalogue: its rows in the order of the file, each parsed once, when first asked for.

use std::{collections::HashMap, sync::OnceLock};

use serde_json::Value;

/// The rows of one catalogue file, in the order of the file.
pub struct Table {
    file: &'static str,
    rows: Vec<Row>,
    index: HashMap<&'static str, usize>,
}

struct Row {
    id: &'static str,
    text: &'static str,
    value: OnceLock<Value>,
}

impl Row {
    #[expect(clippy::expect_used, reason = "build.rs wrote the text with serde_json")]
    fn value(&self) -> &Value {
        // build.rs wrote the text with serde_json, so it always parses.
        self.value.get_or_init(|| serde_json::from_str(self.text).expect("build.rs writes valid JSON"))
    }
}

impl Table {
    pub(super) fn new(file: &'static str, text: &'static str) -> Self {
        let split = text.lines().filter_map(|line| line.split_once('\t'));
        let rows: Vec<Row> = split.map(|(id, text)| Row { id, text, value: OnceLock::new() }).collect();
        let index = rows.iter().enumerate().map(|(i, row)| (row.id, i)).collect();
        Self { file, rows, index }
    }

    /// The file's name without `.yaml`.
    pub fn file(&self) -> &'static str {
        self.file
    }

    /// The row with this id.
    pub fn get(&'static self, id: &str) -> Option<&'static Value> {
        self.index.get(id).and_then(|index| self.rows.get(*index)).map(Row::value)
    }

    /// All ids, in the order of the file. Parses nothing.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = &'static str> + '_ {
        self.rows.iter().map(|row| row.id)
    }

    /// All rows, in the order of the file. Parses those that nobody asked for yet.
    pub fn rows(&'static self) -> impl ExactSizeIterator<Item = &'static Value> {
        self.rows.iter().map(Row::value)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether the file has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

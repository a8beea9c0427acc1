//! Dated, sourced facts: models, accelerators, instance types, regions, images, endpoint services, quotas, prices, service
//! lifecycle.
//!
//! People edit `catalogue/*.yaml`; `build.rs` embeds each row as JSON, and a row is parsed when it is first asked for. Rows
//! come as [`Value`] with the camelCase fields of the file, so that templates and rules see what the file says. Reasoning
//! over several rows is here as typed functions: [`neuron_fit()`], [`jumpstart_fit()`], [`lifecycle_of`].

mod choice;
mod describe;
mod filter;
mod jumpstart_fit;
mod lifecycle;
mod neuron_fit;
mod summary;
mod table;

use std::sync::LazyLock;

use serde_json::Value;

pub use choice::Choice;
pub use describe::describe;
pub use filter::{Facet, answers, answers_with, in_region, is_regional, mentions};
pub use jumpstart_fit::{JumpstartFit, jumpstart_fit};
pub use lifecycle::{lifecycle_of, lifecycle_of_resource};
pub use neuron_fit::{ModelShape, NeuronFit, NeuronProposal, Serving, neuron_fit, neuron_proposal};
pub use summary::{Column, cell, summary_columns};
pub use table::Table;

/// File name (without `.yaml`) and text of every table.
static SOURCES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

/// The tables, in the order of their names; splitting the text into rows costs microseconds, parsing waits.
static TABLES: LazyLock<Vec<Table>> =
    LazyLock::new(|| SOURCES.iter().map(|(file, text)| Table::new(file, text)).collect());

/// The names of all catalogue files, sorted: `accelerators`, `bedrock-models`, …
pub fn files() -> impl Iterator<Item = &'static str> {
    SOURCES.iter().map(|(file, _)| *file)
}

/// One file of the catalogue; `None` when there is no such file.
pub fn table(file: &str) -> Option<&'static Table> {
    SOURCES.binary_search_by(|(name, _)| name.cmp(&file)).ok().and_then(|index| TABLES.get(index))
}

/// One row: `get("regions", "eu-west-1")`. `None` when the file or the row does not exist.
pub fn get(file: &str, id: &str) -> Option<&'static Value> {
    table(file)?.get(id)
}

/// A number of a row; absent and non-numeric fields are `None`.
fn number(row: &Value, field: &str) -> Option<f64> {
    row.get(field)?.as_f64()
}

/// A text of a row.
fn text<'a>(row: &'a Value, field: &str) -> Option<&'a str> {
    row.get(field)?.as_str()
}

/// A list of a row; empty when absent.
fn list<'a>(row: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    row.get(field).and_then(Value::as_array).into_iter().flatten()
}

/// A list of texts of a row; empty when absent.
fn texts<'a>(row: &'a Value, field: &str) -> impl Iterator<Item = &'a str> {
    list(row, field).filter_map(Value::as_str)
}

/// A list of whole numbers of a row; empty when absent.
fn counts(row: &Value, field: &str) -> Vec<u32> {
    list(row, field).filter_map(|v| u32::try_from(v.as_u64()?).ok()).collect()
}

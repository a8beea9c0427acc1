//! Interfaces (`schemas/interfaces.yaml`), the embedded ones and those that the user's folders add or replace.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostic::Finding;
use crate::source::Source;
use crate::yaml::{self, Dialect};

use super::{embedded, read_inside};

const FILE: &str = "schemas/interfaces.yaml";

/// What a component may be asked for (`schemas/interfaces.yaml`).
#[derive(Clone, Debug)]
pub struct Interface {
    /// One sentence.
    pub description: String,
    /// Export names and whether each must be there.
    pub exports: Vec<(String, bool)>,
    /// Trait names.
    pub traits: Vec<String>,
}

/// All interfaces by name.
pub(super) fn all(overlays: &[PathBuf]) -> Result<BTreeMap<String, Interface>, Vec<Finding>> {
    let mut interfaces = read(&Source::new(format!("<embedded>/{FILE}"), embedded(FILE).unwrap_or("")))?;
    for root in overlays {
        if let Some(text) = read_inside(root, FILE) {
            interfaces.extend(read(&Source::new(root.join(FILE).display().to_string(), text))?);
        }
    }
    Ok(interfaces)
}

fn read(source: &Arc<Source>) -> Result<BTreeMap<String, Interface>, Vec<Finding>> {
    let node = yaml::load(source, Dialect::Blueprint)?;
    let strings = |node: &yaml::Node, key: &str| -> Vec<String> {
        node.get(key).map_or(vec![], |list| list.items().iter().filter_map(|i| i.as_str().map(str::to_owned)).collect())
    };
    let read = |entry: &yaml::Entry| {
        let exports = strings(&entry.value, "exports").into_iter();
        let exports = exports.map(|name| (name.trim_end_matches('?').to_owned(), !name.ends_with('?'))).collect();
        let description = entry.value.get("description").and_then(yaml::Node::as_str).unwrap_or("").to_owned();
        (entry.key.clone(), Interface { description, exports, traits: strings(&entry.value, "traits") })
    };
    Ok(node.entries().iter().map(read).collect())
}

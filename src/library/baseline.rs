//! Rules on resources (`schemas/baseline.yaml`), the embedded ones and those that the user's folders add or replace.

use std::path::PathBuf;
use std::sync::Arc;

use include_dir::{Dir, include_dir};
use serde::Deserialize;

use crate::diagnostic::{Finding, Severity};
use crate::source::Source;
use crate::yaml::{self, Dialect};

use super::{embedded, read_inside};

const FILE: &str = "schemas/baseline.yaml";

/// Templates that break a rule and that meet it, `<id>/wrong.yaml` and `<id>/right.yaml`.
pub(super) static CASES: Dir = include_dir!("$CARGO_MANIFEST_DIR/tests/cases/baseline");

/// A rule on resources of some types, whoever wrote their template.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ResourceRule {
    /// Stable identifier, the row's key.
    #[serde(skip)]
    pub id: String,
    /// CloudFormation types.
    pub types: Vec<String>,
    /// How bad a violation is.
    pub severity: Severity,
    /// Limits the rule to the resources it is about; absent: all of these types.
    pub when: Option<String>,
    /// What must hold: an expression over the resource's properties, `this`.
    pub assert: String,
    /// One sentence; a template.
    pub message: String,
    /// What to do; a template.
    pub help: String,
    /// Dotted path below `Properties` of what is at fault.
    pub at: String,
    /// Why it matters.
    pub why: String,
    /// AWS's page.
    pub source: String,
    /// When it was read, `YYYY-MM-DD`.
    pub as_of: String,
}

impl ResourceRule {
    /// Whether it looks at other resources than its own.
    pub fn looks_elsewhere(&self) -> bool {
        let texts = [Some(&self.assert), self.when.as_ref(), Some(&self.message), Some(&self.help)];
        texts.into_iter().flatten().any(|text| text.contains("resources") || text.contains("referred"))
    }
}

/// All rows, in the order of their ids; a later folder's row of the same id wins.
pub(super) fn rows(overlays: &[PathBuf]) -> Result<Vec<Arc<ResourceRule>>, Vec<Finding>> {
    let mut rows: Vec<Arc<ResourceRule>> = Vec::new();
    let own = Source::new(format!("<embedded>/{FILE}"), embedded(FILE).unwrap_or(""));
    let theirs = overlays.iter().filter_map(|root| Some((root, read_inside(root, FILE)?)));
    let theirs = theirs.map(|(root, text)| Source::new(root.join(FILE).display().to_string(), text));
    for source in std::iter::once(own).chain(theirs) {
        for row in read(&source)? {
            rows.retain(|known| known.id != row.id);
            rows.push(Arc::new(row));
        }
    }
    rows.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(rows)
}

fn read(source: &Arc<Source>) -> Result<Vec<ResourceRule>, Vec<Finding>> {
    let root = yaml::load(source, Dialect::Blueprint)?;
    let mut rows = Vec::new();
    let mut findings = Vec::new();
    for entry in root.entries() {
        match serde_json::from_value::<ResourceRule>(entry.value.to_json()) {
            Ok(row) => rows.push(ResourceRule { id: entry.key.clone(), ..row }),
            Err(error) => {
                let place = crate::source::Place::new(source, entry.key_range.clone());
                let message = format!("the rule `{}` on resources is not as it should be: {error}", entry.key);
                let help = "`docs/verify.md` says how such a rule is written";
                findings.push(Finding::error("L002", place, message).with_help(help));
            }
        }
    }
    if findings.is_empty() { Ok(rows) } else { Err(findings) }
}

//! Any bytes as a file: they are a tree or findings, in either dialect, and the findings can be shown.

use atelier::report::{Format, render};
use atelier::yaml::{self, Dialect};

/// Judges one input; panics when something is wrong.
pub fn check(data: &[u8]) {
    let source = match yaml::decode("fuzz.yaml", data) {
        Ok(source) => source,
        Err(findings) => {
            render(&findings, Format::Text, false);
            return;
        }
    };
    for dialect in [Dialect::Blueprint, Dialect::Template] {
        match yaml::load(&source, dialect) {
            Ok(root) => {
                root.to_json();
            }
            Err(findings) => {
                assert!(!findings.is_empty(), "neither a tree nor a finding");
                render(&findings, Format::Text, false);
            }
        }
    }
}

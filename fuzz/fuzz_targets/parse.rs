//! Any bytes as a file: they are a tree or findings, in either dialect, and the findings can be shown.
#![no_main]

use atelier::report::{Format, render};
use atelier::yaml::{self, Dialect};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
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
});

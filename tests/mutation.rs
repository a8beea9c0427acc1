//! Is every rule held by its case? Each rule is taken out of its schema in turn: the findings of its wrong blueprint must change.
//!
//! Rules that are Rust code (`VPC101`, `LIF001`) cannot be taken out of a built program; `tests/codes.rs` fails without them, because their wrong
//! examples in `docs/codes/rule.yaml` must give their codes.

use std::path::{Path, PathBuf};

use atelier::diagnostic::Finding;
use atelier::expression::day_number;
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::report::{Format, render};
use atelier::source::Source;
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A library in which a folder of schemas stands before the built-in ones.
fn atelier(overlays: &[PathBuf]) -> Atelier {
    let library = Library::open(overlays).unwrap_or_else(|f| panic!("{}", render(&f, Format::Text, false)));
    Atelier::on(library, day_number("2026-11-23").expect("a date"))
}

fn wrong(rule: &str) -> std::sync::Arc<Source> {
    let path = root().join("tests/cases/rules").join(rule).join("wrong.yaml");
    Source::new("wrong.yaml", std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())))
}

/// What `tests/cases.rs` compares with `expected.txt`.
fn said(atelier: &Atelier, rule: &str) -> (Vec<Finding>, String) {
    let findings = atelier.check(&wrong(rule)).findings;
    let text = render(&findings, Format::Text, false);
    (findings, text)
}

#[test]
fn a_rule_that_is_taken_out_is_missed() {
    let whole = atelier(&[]);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("mutation");
    let _ = std::fs::remove_dir_all(&folder);
    let mut taken_out = 0;
    let mut problems = Vec::new();
    for name in whole.library.names() {
        let kind = whole.library.get(&name).expect("listed").expect("a built-in type loads");
        for (index, rule) in kind.rules.iter().enumerate() {
            let overlay = folder.join(format!("{}-{}", name.replace('/', "-"), rule.id));
            let schema = overlay.join(format!("schemas/{name}.schema.json"));
            let mut mutant = kind.schema.clone();
            let rules = mutant.get_mut("x-rules").and_then(Value::as_array_mut).expect("it has rules");
            let row = rules.remove(index);
            assert_eq!(row["id"], rule.id.as_str(), "the rules are in the order of the schema");
            std::fs::create_dir_all(schema.parent().expect("a folder")).expect("the test's folder can be written");
            std::fs::write(&schema, mutant.to_string()).expect("the test's folder can be written");
            taken_out += 1;
            let (_, before) = said(&whole, &rule.id);
            let (findings, after) = said(&atelier(&[overlay]), &rule.id);
            if before == after {
                problems
                    .push(format!("{} of {name} can be taken out, and tests/cases/rules/{} stays", rule.id, rule.id));
            } else if let Some(broken) = findings.iter().find(|finding| finding.code.starts_with('L')) {
                problems.push(format!("{} of {name}: without it the library is broken: {}", rule.id, broken.message));
            }
        }
    }
    assert!(taken_out > 150, "only {taken_out} rules were taken out");
    assert!(
        problems.is_empty(),
        "{} of {taken_out} rules are held by no case:\n{}",
        problems.len(),
        problems.join("\n")
    );
}

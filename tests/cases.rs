//! Cases found by glob: a new folder under `tests/cases/` is a new test, no code needed.
//!
//! `UPDATE=1 cargo test --test cases` rewrites the expected texts; read what it wrote as a user would.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use atelier::diagnostic::{Severity, has_error};
use atelier::expression::day_number;
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::report::{Format, render};
use atelier::source::Source;
use atelier::yaml;

fn folders(stage: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(stage);
    let entries = std::fs::read_dir(&root).unwrap_or_else(|error| panic!("{}: {error}", root.display()));
    let mut found: Vec<_> = entries.map(|entry| entry.expect("readable").path()).filter(|path| path.is_dir()).collect();
    found.sort();
    assert!(!found.is_empty(), "there are no cases in {}", root.display());
    found
}

fn name(folder: &Path) -> &str {
    folder.file_name().and_then(|name| name.to_str()).expect("a plain name")
}

fn source(path: &Path) -> std::sync::Arc<Source> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Source::new(path.file_name().and_then(|name| name.to_str()).expect("a plain name"), text)
}

/// Dates in rules are judged on the day the facts were looked up, so that the tests do not age.
fn atelier(overlays: &[PathBuf]) -> Atelier {
    let library =
        Library::open(overlays).unwrap_or_else(|findings| panic!("{}", render(&findings, Format::Text, false)));
    Atelier::on(library, day())
}

fn day() -> i64 {
    day_number("2026-11-23").expect("a date")
}

/// Compares with the file, or writes it.
fn expect(path: &Path, text: &str, problems: &mut Vec<String>) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, text).expect("the case's folder can be written");
        return;
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if expected != text {
        problems.push(format!(
            "{} differs:\n{}",
            path.display(),
            similar::TextDiff::from_lines(expected.as_str(), text).unified_diff()
        ));
    }
}

fn report(problems: &[String]) {
    assert!(problems.is_empty(), "{} problems\n\n{}", problems.len(), problems.join("\n\n"));
}

#[test]
fn every_rule_has_a_wrong_and_a_right_blueprint() {
    let atelier = atelier(&[]);
    let mut known = BTreeSet::new();
    let mut problems = Vec::new();
    for name in atelier.library.names() {
        let kind = atelier
            .library
            .get(&name)
            .expect("listed")
            .unwrap_or_else(|f| panic!("{}", render(&f, Format::Text, false)));
        for rule in &kind.rules {
            if !known.insert(rule.id.clone()) && rule.each.is_none() {
                problems.push(format!("the rule id {} stands twice (again in {name})", rule.id));
            }
        }
    }
    let cases: BTreeSet<String> = folders("rules").iter().map(|folder| name(folder).to_owned()).collect();
    problems.extend(known.difference(&cases).map(|id| format!("the rule {id} has no folder tests/cases/rules/{id}")));
    let rust_rules = BTreeSet::from(["VPC101".to_owned(), "LIF001".to_owned()]);
    problems.extend(
        cases
            .difference(&known)
            .filter(|id| !rust_rules.contains(*id))
            .map(|id| format!("tests/cases/rules/{id} is about no rule")),
    );
    report(&problems);
}

#[test]
fn rules_fire_on_the_wrong_blueprint_only() {
    let atelier = atelier(&[]);
    let mut problems = Vec::new();
    for folder in folders("rules") {
        let id = name(&folder).to_owned();
        let wrong = atelier.check(&source(&folder.join("wrong.yaml"))).findings;
        let text = render(&wrong, Format::Text, false);
        if !wrong.iter().any(|finding| finding.code == id) {
            problems.push(format!("{id}/wrong.yaml does not break {id}:\n{text}"));
        }
        if let Some(other) = wrong.iter().find(|finding| finding.code != id && finding.severity == Severity::Error) {
            problems.push(format!("{id}/wrong.yaml also has the error {}:\n{text}", other.code));
        }
        expect(&folder.join("expected.txt"), &text, &mut problems);
        let right = atelier.check(&source(&folder.join("right.yaml"))).findings;
        if has_error(&right) || right.iter().any(|finding| finding.code == id) {
            problems.push(format!("{id}/right.yaml is not right:\n{}", render(&right, Format::Text, false)));
        }
    }
    report(&problems);
}

#[test]
fn every_combination_renders() {
    let atelier = atelier(&[]);
    let mut problems = Vec::new();
    for folder in folders("render") {
        let source = source(&folder.join("blueprint.yaml"));
        let first = atelier.render(&source);
        match &first.result {
            None => problems.push(format!("{}:\n{}", name(&folder), render(&first.findings, Format::Text, false))),
            Some(template) => {
                let again = atelier.render(&source).result.expect("rendered once already");
                if again.source.text != template.source.text {
                    problems.push(format!("{}: two renders differ", name(&folder)));
                }
            }
        }
    }
    report(&problems);
}

#[cfg(feature = "verify")]
#[test]
fn every_combination_satisfies_the_validator() {
    use atelier::verify::{Detail, Engine, Job};
    let engine = Engine::start();
    let atelier = atelier(&[]);
    let mut problems = Vec::new();
    let templates: Vec<_> = folders("render")
        .iter()
        .filter_map(|folder| atelier.render(&source(&folder.join("blueprint.yaml"))).result)
        .collect();
    let jobs: Vec<_> = templates
        .iter()
        .map(|t| Job { name: &t.source.name, text: &t.source.text, regions: &t.trace.graph.blueprint.regions })
        .collect();
    let found = engine.wait().check_all(&jobs, Detail::Problems);
    for (template, found) in templates.iter().zip(found) {
        if !found.is_empty() {
            problems.push(render(&atelier::blame::blame(template, found), Format::Text, false));
        }
    }
    report(&problems);
}

/// What AWS's validator says of the template is told on the line of the blueprint that caused it.
#[cfg(feature = "verify")]
#[test]
fn what_the_validator_says_is_told_on_the_blueprint() {
    use atelier::verify::{Detail, Engine, Job};
    let engine = Engine::start().wait();
    let mut problems = Vec::new();
    for folder in folders("blame") {
        let rendered = atelier(&[folder.join("library")]).render(&source(&folder.join("blueprint.yaml")));
        let template = rendered.result.unwrap_or_else(|| panic!("{}", render(&rendered.findings, Format::Text, false)));
        let regions = &template.trace.graph.blueprint.regions;
        let job = Job { name: &template.source.name, text: &template.source.text, regions };
        let found = engine.check_all(&[job], Detail::Problems).remove(0);
        assert!(!found.is_empty(), "{}: nothing is found", name(&folder));
        let root = format!("{}/", env!("CARGO_MANIFEST_DIR"));
        let text = render(&atelier::blame::blame(&template, found), Format::Text, false).replace(&root, "");
        expect(&folder.join("expected.txt"), &text, &mut problems);
    }
    report(&problems);
}

#[test]
fn what_is_wrong_is_told() {
    let mut problems = Vec::new();
    for folder in folders("validate") {
        let library = folder.join("library");
        let overlays = if library.is_dir() { vec![library] } else { vec![] };
        let bytes = std::fs::read(folder.join("blueprint.yaml")).expect("blueprint.yaml");
        let findings = match yaml::decode("blueprint.yaml", &bytes) {
            Err(findings) => findings,
            Ok(source) => match Library::open(&overlays) {
                Err(findings) => findings,
                Ok(library) => Atelier::on(library, day()).render(&source).findings,
            },
        };
        let root = format!("{}/", env!("CARGO_MANIFEST_DIR"));
        let text = render(&findings, Format::Text, false).replace(&root, "");
        if findings.is_empty() {
            problems.push(format!("{}: nothing is found", name(&folder)));
        }
        expect(&folder.join("expected.txt"), &text, &mut problems);
    }
    report(&problems);
}

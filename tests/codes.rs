//! `docs/codes/*.yaml` explain every code that the sources use, with examples that do what they say. (`yaml_codes.rs` holds the loader's page.)
//!
//! An example is a whole blueprint (it has a line `blueprint: v1`), a lab (`lab: v1`) in the folder `labs/`, or a schema (`{…`) or a template (it has `Resources:`) that stands in place of
//! the one of `lab/queue` in `tests/own-library/`.

#[path = "support/labs.rs"]
mod labs;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use atelier::diagnostic::{Finding, has_error};
use atelier::expression::day_number;
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::report::{Format, render};
use atelier::source::Source;
use atelier::yaml::{Dialect, load};

/// What a text cannot show: commands, files beside each other, failures of the machine, and texts that would fill the page.
const NOT_SHOWN: [&str; 17] = [
    "IO001", "IO002", "K006", "L001", "LB014", "LB017", "LR002", "LR003", "LR005", "LR007", "LR008", "T006", "VF001",
    "VF002", "VF003", "VF004", "VF005",
];

/// Asks for the one component type whose schema or template an example replaces.
const ASKS_FOR_A_QUEUE: &str =
    "blueprint: v1\nname: course\nregions: [eu-west-1]\ncomponents:\n  jobs: {type: lab/queue}\n";

struct Example {
    wrong: String,
    right: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every explained code but the loader's.
fn pages() -> BTreeMap<String, Example> {
    let mut pages = BTreeMap::new();
    for (file, text) in Library::codes().filter(|(file, _)| file.ends_with(".yaml") && *file != "yaml.yaml") {
        let codes = load(&Source::new(file, text), Dialect::Blueprint)
            .unwrap_or_else(|f| panic!("{}", render(&f, Format::Text, false)));
        for entry in codes.entries() {
            let keys: Vec<&str> = entry.value.entries().iter().map(|entry| entry.key.as_str()).collect();
            assert_eq!(keys, ["title", "why", "wrong", "right"], "{file}: {}", entry.key);
            let text = |key: &str| entry.value.get(key).and_then(|node| node.as_str()).unwrap_or_default().to_owned();
            assert!(
                !text("title").ends_with('.') && text("why").trim_end().ends_with('.'),
                "{}: a title has no final stop, a reason has one",
                entry.key
            );
            let again = pages.insert(entry.key.clone(), Example { wrong: text("wrong"), right: text("right") });
            assert!(again.is_none(), "{} is explained twice", entry.key);
        }
    }
    pages
}

/// `S001`, `VPC101`: one to three capital letters and three digits in quotes, outside of a file's own tests.
fn used() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).expect("src can be read").map(|entry| entry.expect("readable").path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("UTF-8");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            codes.extend(code.split('"').filter(|part| is_code(part)).map(str::to_owned));
        }
    }
    codes
}

fn is_code(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
    (1..=3).contains(&letters)
        && text.len() == letters + 3
        && text.bytes().skip(letters).all(|byte| byte.is_ascii_digit())
}

/// What is said of an example.
fn findings(example: &str, folder: &Path) -> Vec<Finding> {
    if example.lines().any(|line| line == "lab: v1") {
        let (planned, mut findings) = labs::plan(&Source::new("lab.yaml", example), &root().join("labs"), &[]);
        if let Some(labs::Planned { lab, stacks, plan }) = planned.as_ref().filter(|_| !has_error(&findings)) {
            let library = Library::open(&[]).expect("the embedded library");
            let atelier = Atelier::on(library, day_number("2026-11-23").expect("a date"));
            let day = atelier::kit::Day { lab, stacks, plan, remarks: &[], drawings: &[] };
            findings.extend(atelier::kit::kit(&day, &atelier).1);
        }
        return findings;
    }
    let mut overlays = vec![root().join("tests/own-library")];
    let mut blueprint = ASKS_FOR_A_QUEUE;
    let file = match example {
        text if text.lines().any(|line| line == "blueprint: v1") => {
            blueprint = text;
            None
        }
        text if text.starts_with('{') => Some("schemas/lab/queue.schema.json"),
        _ => Some("templates/lab/queue.yaml.j2"),
    };
    if let Some(file) = file {
        let path = folder.join(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the test's folder can be written");
        std::fs::write(path, example).expect("the test's folder can be written");
        overlays.push(folder.to_owned());
    }
    let library = match Library::open(&overlays) {
        Ok(library) => library,
        Err(findings) => return findings,
    };
    let today = day_number("2026-11-23").expect("a date");
    Atelier::on(library, today).render(&Source::new("example.yaml", blueprint)).findings
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let explained: BTreeSet<String> = pages().into_keys().collect();
    let used: BTreeSet<String> = used().into_iter().filter(|code| !code.starts_with('Y')).collect();
    let missing: Vec<_> = used.difference(&explained).collect();
    let unused: Vec<_> = explained.difference(&used).collect();
    assert!(missing.is_empty(), "docs/codes/ does not explain {missing:?}");
    assert!(unused.is_empty(), "docs/codes/ explains {unused:?}, which no source uses");
}

#[test]
fn every_example_does_what_its_page_says() {
    let scratch = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("codes");
    let mut problems = Vec::new();
    for (code, example) in pages() {
        if NOT_SHOWN.contains(&code.as_str()) {
            continue;
        }
        let _ = std::fs::remove_dir_all(scratch.join(&code));
        let wrong = findings(&example.wrong, &scratch.join(&code).join("wrong"));
        let text = |findings: &[Finding]| render(findings, Format::Text, false);
        if !wrong.iter().any(|finding| finding.code == code) {
            problems.push(format!("{code}: the wrong example does not give it:\n{}", text(&wrong)));
        }
        if let Some(other) = wrong
            .iter()
            .find(|finding| finding.code != code && finding.severity == atelier::diagnostic::Severity::Error)
        {
            problems.push(format!("{code}: the wrong example also gives {}:\n{}", other.code, text(&wrong)));
        }
        let right = findings(&example.right, &scratch.join(&code).join("right"));
        if has_error(&right) || right.iter().any(|finding| finding.code == code) {
            problems.push(format!("{code}: the right example is not right:\n{}", text(&right)));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

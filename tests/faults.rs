//! Realistic design faults that other tools let pass: each is caught in the blueprint, or cannot be made. `docs/faults.md` is the table.

#[allow(dead_code, reason = "each test uses a part of it")]
#[path = "support/faults.rs"]
mod faults;
#[allow(dead_code, reason = "each test uses a part of it")]
#[path = "support/proofs.rs"]
mod proofs;

use std::fmt::Write;

use atelier::diagnostic::Severity;
use atelier::explain::{Fate, closed_page};
use atelier::library::Library;
use atelier::report::{Format, render};
use atelier::source::Source;
use atelier::yaml::{Dialect, Node, load};
use faults::{Fault, faults};
use proofs::{CASES, Rendered, in_case, resources, root};

#[test]
fn every_fault_is_caught_or_cannot_be_made() {
    let mut problems = Vec::new();
    for fault in faults() {
        let wrong = match (&fault.caught, &fault.closed) {
            (Some(code), None) => not_caught(&fault, code),
            (None, Some(code)) => not_closed(&fault, code),
            _ => Some("it needs one of caught and closed".to_owned()),
        };
        problems.extend(wrong.map(|wrong| format!("{}: {wrong}", fault.name)));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn not_caught(fault: &Fault, code: &str) -> Option<String> {
    let text =
        std::fs::read_to_string(fault.folder.join("blueprint.yaml")).expect("a fault that is caught has a blueprint");
    let findings = CASES.atelier.check(&Source::new("blueprint.yaml", text)).findings;
    let caught = findings.iter().any(|finding| finding.code == code && finding.severity == Severity::Error);
    (!caught).then(|| format!("it is not refused with {code}:\n{}", render(&findings, Format::Text, false)))
}

/// The entry must be a proof against this fault: run on the template with the fault, one of its proofs no longer holds.
fn not_closed(fault: &Fault, code: &str) -> Option<String> {
    if fault.folder.join("blueprint.yaml").exists() {
        return Some("what cannot be made has no blueprint".to_owned());
    }
    let entry = closed_page(code).filter(|entry| entry.fate == Fate::Closed);
    if entry.is_none() {
        return Some(format!("docs/codes/closed/ does not say that {code} cannot happen"));
    }
    let wrong = Rendered {
        resources: resources(&Source::new("template.yaml", fault.template.as_str())),
        text: fault.template.clone(),
    };
    let (mut disproved, mut tests) = (0, 0);
    for (file, text) in Library::closed() {
        let root = load(&Source::new(file, text), Dialect::Blueprint).expect("tests/closed.rs loads it");
        for proof in root.get(code).and_then(|entry| entry.get("proof")).map_or(&[][..], Node::items) {
            tests += usize::from(proof.get("test").is_some());
            let on_a_case = proof.get("case").is_some();
            disproved +=
                usize::from(on_a_case && in_case(&wrong, proof).is_some_and(|wrong| !wrong.starts_with("no resource")));
        }
    }
    // what a proof by a test of its own guards cannot be seen here
    (disproved == 0 && tests == 0).then(|| format!("no proof of {code} notices it"))
}

#[cfg(feature = "verify")]
#[test]
fn the_validator_says_what_the_faults_say() {
    use atelier::verify::{Detail, Engine, Job};
    let faults = faults();
    let regions = ["us-east-1".to_owned()];
    let jobs: Vec<Job> =
        faults.iter().map(|fault| Job { name: "template.yaml", text: &fault.template, regions: &regions }).collect();
    let mut problems = Vec::new();
    for (fault, found) in faults.iter().zip(Engine::start().wait().check_all(&jobs, Detail::Problems)) {
        let mut codes: Vec<String> = found.into_iter().map(|problem| problem.rule).collect();
        codes.sort();
        codes.dedup();
        if codes != fault.validator {
            problems.push(format!("{}: {codes:?}, not {:?}", fault.name, fault.validator));
        }
    }
    assert!(problems.is_empty(), "AWS's validator says of the faults:\n{}", problems.join("\n"));
}

/// The version that a file pins, such as `cfn-lint==1.58.0`.
fn version(file: &str, before: &str) -> String {
    let text = std::fs::read_to_string(root().join(file)).expect(file);
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("{file} has no {before}"));
    rest.split(|c: char| c != '.' && !c.is_ascii_digit()).next().unwrap_or_default().to_owned()
}

fn page() -> String {
    let faults = faults();
    let passing = faults.iter().filter(|fault| fault.cfn_lint.is_empty() && fault.validator.is_empty()).count();
    let caught = faults.iter().filter(|fault| fault.caught.is_some()).count();
    let mut out = format!(
        "# Faults that other tools let pass\n\n\
        {all} design faults of knowledge bases, guardrails and their APIs, each seeded into a template that is right. **{passing} of the {all} pass both\n\
        cfn-lint {lint} and AWS's validator (cloudformation-validate {validator})**, in us-east-1, warnings counted: those look at one property after the other,\n\
        and these faults are between resources, inside text, or in what a service wants at run time. atelier refuses {caught} of the {all} in the blueprint;\n\
        the other {closed} cannot be written in one, and [construction.md](rules/construction.md) names the proofs.\n\n\
        Each fault is a folder of `tests/cases/faults`: the edits that seed it, what the tools say, and the blueprint that has it, if there can be one.\n\
        `tests/faults.rs` and `tests/cfn_lint.rs` measure all of it again, and check of what cannot be made that a proof would notice. `make docs` writes this page.\n\n\
        | fault | cfn-lint | AWS's validator | atelier |\n|---|---|---|---|\n",
        all = faults.len(),
        lint = version("tests/python/requirements.txt", "cfn-lint=="),
        validator = version("Cargo.toml", "cloudformation-validate = { version = \"="),
        closed = faults.len() - caught,
    );
    for fault in &faults {
        let said = |codes: &[String]| if codes.is_empty() { "–".to_owned() } else { codes.join(", ") };
        let here = match (&fault.caught, &fault.closed) {
            (Some(code), _) => format!("refused: [{code}](rules/{code}.md)"),
            (_, Some(code)) => format!("cannot be made ({code})"),
            _ => String::new(),
        };
        let title = &fault.title;
        let _ = writeln!(out, "| {title} | {} | {} | {here} |", said(&fault.cfn_lint), said(&fault.validator));
    }
    out
}

#[test]
fn generated_page_is_current() {
    let path = root().join("docs/faults.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, page()).expect("docs/faults.md can be written");
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), page(), "run `make docs`");
}

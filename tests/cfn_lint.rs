//! cfn-lint, the linter that reviewers run: no error and no warning on any committed template in any of its regions.

#[allow(dead_code, reason = "each test uses a part of it")]
#[path = "support/faults.rs"]
mod faults;
#[allow(dead_code, reason = "each test uses a part of it")]
#[path = "support/proofs.rs"]
mod proofs;
#[path = "support/python.rs"]
mod python;
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::process::Command;
use std::thread;

#[test]
fn cfn_lint_accepts_every_template_in_every_region() {
    let mut by_regions: BTreeMap<Vec<String>, Vec<PathBuf>> = BTreeMap::new();
    for rendered in support::rendered() {
        by_regions.entry(rendered.regions).or_default().push(rendered.path);
    }
    let found: String = thread::scope(|scope| {
        let runs: Vec<_> =
            by_regions.iter().map(|(regions, templates)| scope.spawn(|| lint(regions, templates))).collect();
        runs.into_iter().map(|run| run.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    assert!(found.is_empty(), "cfn-lint finds in the committed templates:\n{found}");
}

#[test]
fn cfn_lint_finds_planted_defects() {
    let cases = support::folders(&support::root().join("tests/cases/lint"));
    assert!(!cases.is_empty(), "tests/cases/lint has no cases");
    for case in cases {
        let read = |name: &str| fs::read_to_string(case.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let regions: Vec<String> = read("regions.txt").split_whitespace().map(str::to_owned).collect();
        let report = lint(&regions, &[case.join("template.yaml")]);
        // path:line:column:line:column:rule:message
        let found: Vec<String> = report
            .lines()
            .map(|line| line.rsplit_once("template.yaml:").map_or(line, |(_, rest)| rest))
            .map(|line| line.split(':').collect::<Vec<_>>())
            .map(|parts| format!("{} {}", parts[0], parts.get(4).unwrap_or(&"?")))
            .collect();
        assert_eq!(found.join("\n"), read("expected.txt").trim_end(), "{}:\n{report}", case.display());
    }
}

/// Of the faults of `tests/cases/faults`, cfn-lint finds those that say so, and no other.
#[test]
fn cfn_lint_says_what_the_faults_say() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("faults");
    fs::create_dir_all(&folder).expect("the test's folder can be written");
    let faults = faults::faults();
    let paths: Vec<PathBuf> = faults.iter().map(|fault| folder.join(format!("{}.yaml", fault.name))).collect();
    for (fault, path) in faults.iter().zip(&paths) {
        fs::write(path, &fault.template).expect("the test's folder can be written");
    }
    let report = lint(&["us-east-1".to_owned()], &paths);
    let mut problems = String::new();
    for (fault, path) in faults.iter().zip(&paths) {
        let lines = report.lines().filter_map(|line| line.strip_prefix(&format!("{}:", path.display())));
        // line:column:line:column:rule:message
        let mut codes: Vec<&str> = lines.filter_map(|line| line.split(':').nth(4)).collect();
        codes.sort_unstable();
        codes.dedup();
        if codes != fault.cfn_lint {
            problems += &format!("{}: {codes:?}, not {:?}\n", fault.name, fault.cfn_lint);
        }
    }
    assert!(problems.is_empty(), "cfn-lint says of the faults:\n{problems}");
}

/// What cfn-lint says about templates in some regions, a line each; empty when nothing.
fn lint(regions: &[String], templates: &[PathBuf]) -> String {
    let environment = python::environment();
    let output = Command::new(environment.join("bin/cfn-lint"))
        // neither a user's settings nor a template's own exemptions may hide anything
        .env("HOME", environment)
        .current_dir(environment)
        .args(["--format", "parseable", "--mandatory-checks", "E", "W"])
        .arg("--regions")
        .args(regions)
        .arg("--template")
        .args(templates)
        .output()
        .expect("cfn-lint can be run");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    // exit codes: 2 errors, 4 warnings, 8 remarks, added up; anything else is a failure of the program
    let expected =
        if said.is_empty() { matches!(output.status.code(), Some(0)) } else { output.status.code() > Some(1) };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(expected && errors.is_empty(), "cfn-lint failed with {}:\n{said}{errors}", output.status);
    // a list of all allowed values may be thousands of characters long
    said.lines()
        .filter(|line| !line.is_empty())
        .map(|line| line.chars().take(300).chain(['\n']).collect::<String>())
        .collect()
}

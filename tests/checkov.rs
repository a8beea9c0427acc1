//! checkov finds nothing in any template, of shipped blueprints and of `tests/cases/render`, but what its template acknowledges, with a reason. `docs/assurance.md` lists what is
//! acknowledged; `UPDATE=1 cargo test --no-default-features --test checkov` rewrites it.

#[path = "support/assurance.rs"]
mod assurance;
#[path = "support/python.rs"]
mod python;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use atelier::expression::day_number;
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::source::Source;
use serde_json::Value;

const PINS: &str = "tests/checkov/requirements.txt";

/// checkov's report on the templates of a folder. It asks its maker's service for nothing, and is told of no account.
fn checked(environment: &Path, folder: &Path) -> Value {
    let output = Command::new(environment.join("bin/checkov"))
        .args(["--framework", "cloudformation", "--skip-download", "--output", "json", "--soft-fail", "--directory"])
        .arg(folder)
        .current_dir(folder)
        .env_remove("BC_API_KEY")
        .env("LOG_LEVEL", "ERROR")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap_or_else(|error| panic!("checkov: {error}"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("checkov: {error}\n{said}"))
}

fn text<'a>(check: &'a Value, field: &str) -> &'a str {
    check[field].as_str().unwrap_or_default()
}

fn checks<'a>(report: &'a Value, kind: &str) -> &'a [Value] {
    report["results"][kind].as_array().map_or(&[], Vec::as_slice)
}

/// The blueprint of a check: `/<name>/template.yaml`.
fn blueprint(check: &Value) -> &str {
    text(check, "file_path").trim_start_matches('/').split('/').next().unwrap_or_default()
}

/// Renders blueprints, given with a name each, as `<folder>/<name>/template.yaml`.
fn rendered(blueprints: &[(String, PathBuf)], folder: &Path) {
    let library = Library::open(&[]).unwrap_or_else(|findings| panic!("{findings:?}"));
    let atelier = Atelier::on(library, day_number("2026-11-23").expect("a date"));
    for (name, path) in blueprints {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let outcome = atelier.render(&Source::new(name.as_str(), text));
        let template = outcome.result.unwrap_or_else(|| panic!("{name}: {:?}", outcome.findings));
        fs::create_dir(folder.join(name)).expect("the folder can be written");
        fs::write(folder.join(name).join("template.yaml"), &template.source.text).expect("the folder can be written");
    }
}

/// The report on these blueprints, after looking that nothing fails, nothing is passed over, and nothing is acknowledged without a reason.
fn clean(environment: &Path, blueprints: &[(String, PathBuf)]) -> Value {
    let folder = tempfile::tempdir().expect("a temporary folder");
    rendered(blueprints, folder.path());
    let report = checked(environment, folder.path());
    let failed: Vec<String> = checks(&report, "failed_checks")
        .iter()
        .map(|check| {
            format!(
                "{} {}: {}, {}",
                blueprint(check),
                text(check, "resource"),
                text(check, "check_id"),
                text(check, "check_name")
            )
        })
        .collect();
    assert!(failed.is_empty(), "{} failed checks:\n{}", failed.len(), failed.join("\n"));
    assert_eq!(report["summary"]["parsing_errors"], 0, "{}", report["results"]["parsing_errors"]);
    // a template that checkov passed over would have no mistake either; one without a type that has checks may be passed over
    let passed = checks(&report, "passed_checks");
    let seen: BTreeSet<&str> = passed.iter().map(blueprint).collect();
    let kinds: BTreeSet<&str> = passed.iter().filter_map(|check| text(check, "resource").split('.').next()).collect();
    assert!(kinds.len() > 10, "checkov has checks for {kinds:?} only");
    for (name, _) in blueprints.iter().filter(|(name, _)| !seen.contains(name.as_str())) {
        let template = fs::read_to_string(folder.path().join(name).join("template.yaml")).expect("readable");
        let known =
            template.lines().find(|line| line.trim().strip_prefix("Type: ").is_some_and(|kind| kinds.contains(kind)));
        assert!(known.is_none(), "checkov checked nothing in {name}, which has {known:?}");
    }
    for check in checks(&report, "skipped_checks") {
        let reason = text(&check["check_result"], "suppress_comment").trim();
        let place = format!("{} {} {}", blueprint(check), text(check, "resource"), text(check, "check_id"));
        assert!(
            reason.len() > 8 && reason != "No comment provided",
            "{place}: acknowledged without a reason: {reason:?}"
        );
    }
    report
}

fn entries(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
        .unwrap_or_else(|error| panic!("{folder}: {error}"));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    paths.sort();
    paths
}

fn stem(path: &Path) -> String {
    path.file_stem().expect("a name").to_string_lossy().into_owned()
}

#[test]
fn shipped_blueprints_are_clean() {
    let Some(environment) = python::environment_of("checkov", PINS) else { return };
    let paths =
        entries("blueprints").into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    let blueprints: Vec<(String, PathBuf)> = paths.map(|path| (stem(&path), path)).collect();
    let report = clean(&environment, &blueprints);
    let mut skipped: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for check in checks(&report, "skipped_checks") {
        let reasons = skipped.entry((text(check, "check_id"), text(check, "check_name"))).or_default();
        reasons.insert(text(&check["check_result"], "suppress_comment").trim());
    }
    let (passed, acknowledged) = (&report["summary"]["passed"], &report["summary"]["skipped"]);
    let mut found = format!(
        "{} on the templates of {} shipped blueprints: {passed} checks passed, none failed, {acknowledged} are acknowledged, with these reasons.\n\n\
         | check | what it asks for | why not |\n|---|---|---|\n",
        assurance::pinned(PINS, "checkov"),
        blueprints.len(),
    );
    for ((id, name), reasons) in skipped {
        let reasons: Vec<&str> = reasons.into_iter().collect();
        found.push_str(&format!("| {id} | {} | {} |\n", cell(name), cell(&reasons.join("; "))));
    }
    assurance::compare("checkov", &found);
}

/// Every option of every component type.
#[test]
fn cases_are_clean() {
    let Some(environment) = python::environment_of("checkov", PINS) else { return };
    let cases: Vec<(String, PathBuf)> =
        entries("tests/cases/render").into_iter().map(|path| (stem(&path), path.join("blueprint.yaml"))).collect();
    assert!(cases.len() > 100, "the cases are found");
    clean(&environment, &cases);
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('*', "\\*")
}

#[test]
fn what_is_wrong_is_found() {
    let Some(environment) = python::environment_of("checkov", PINS) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let wrong = "Resources:\n  Open:\n    Type: AWS::S3::Bucket\n    Properties: {AccessControl: PublicRead}\n";
    fs::write(folder.path().join("template.yaml"), wrong).expect("written");
    let report = checked(&environment, folder.path());
    let found: BTreeSet<&str> = checks(&report, "failed_checks").iter().map(|check| text(check, "check_id")).collect();
    assert!(found.contains("CKV_AWS_20"), "a public bucket is not found: {found:?}");
}

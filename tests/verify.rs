//! AWS's validator: silent on every committed template in every region of its blueprint, and not silent on mistakes.
#![cfg(feature = "verify")]

mod support;

use std::fmt::Write;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use atelier::diagnostic::Finding;
use atelier::source::Source;
use atelier::verify::{Detail, Engine, Guard, Job, MAX_BYTES, findings};

static ENGINE: LazyLock<Arc<Engine>> = LazyLock::new(|| Engine::start().wait());

#[test]
fn every_template_is_clean_in_every_region() {
    let templates = support::rendered();
    let texts: Vec<String> =
        templates.iter().map(|one| std::fs::read_to_string(&one.path).expect("the template can be read")).collect();
    let jobs: Vec<Job> = templates
        .iter()
        .zip(&texts)
        .map(|(one, text)| Job { name: "template.yaml", text, regions: &one.regions })
        .collect();
    let mut report = String::new();
    for ((one, text), problems) in templates.iter().zip(&texts).zip(ENGINE.check_all(&jobs, Detail::Problems)) {
        report += &lines(&findings(&Source::new(one.path.display().to_string(), text), problems));
    }
    assert!(report.is_empty(), "AWS's validator finds in the committed templates:\n{report}");
}

#[test]
fn mistakes_are_found_where_they_are() {
    let cases = support::folders(&support::root().join("tests/cases/verify"));
    assert!(!cases.is_empty(), "tests/cases/verify has no cases");
    let mut report = String::new();
    for case in cases {
        let found = found(&case);
        let file = case.join("expected.txt");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&file, &found).expect("expected.txt can be written");
        }
        let expected = std::fs::read_to_string(&file).unwrap_or_default();
        if found != expected || found.is_empty() {
            writeln!(report, "{}\nexpected:\n{expected}found:\n{found}", case.display()).expect("a string takes text");
        }
    }
    assert!(report.is_empty(), "set UPDATE=1 to accept what is found:\n{report}");
}

/// Two Guard rules on a shipped template: the one that it meets says nothing, the other says where it is not met.
#[test]
fn guard_rules_are_asked_of_shipped_templates() {
    let folder = support::root().join("tests/cmd/verify/guard.in/policies");
    let rule = |path: &str| {
        Source::new(path, std::fs::read_to_string(folder.join(path)).expect("a rule of the transcript can be read"))
    };
    let (guard, broken) = Guard::parse("policies", &[rule("keys.guard"), rule("house/buckets.guard")]);
    assert_eq!(broken, []);
    let text = std::fs::read_to_string(support::root().join("out/knowledge-base/template.yaml")).expect("a template");
    let found = guard.check(&Source::new("template.yaml", text));
    let [one] = found.as_slice() else { panic!("{found:?}") };
    let place = one.place.as_ref().expect("Guard knows the place");
    assert_eq!(
        (one.code.as_str(), one.label.as_str(), place.text()),
        ("buckets_log_access", "DocumentsBucket.Properties", "Properties")
    );
    assert_eq!(one.labels[0].place.text(), "buckets_log_access");
    assert_eq!(one.labels[0].place.source.name, "house/buckets.guard");
}

#[test]
fn a_folder_without_guard_rules_and_a_broken_file_are_findings() {
    let codes = |sources: &[Arc<Source>]| {
        Guard::parse("policies", sources).1.into_iter().map(|finding| finding.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(&[]), ["VF003"]);
    assert_eq!(codes(&[Source::new("a.guard", "# later\n")]), ["VF003"]);
    assert_eq!(codes(&[Source::new("a.guard", "")]), ["VF003"]);
    for broken in ["rule {", "rule a { Resources.* == /(/ }", "\u{0}", "rule ü { a exists"] {
        assert_eq!(codes(&[Source::new("a.guard", broken)]), ["VF004"], "{broken}");
    }
}

#[test]
fn a_template_that_cloudformation_would_not_take_is_refused_unread() {
    let text = " ".repeat(MAX_BYTES + 1);
    let problems = ENGINE.check("large", &text, None);
    assert_eq!(problems.iter().map(|problem| problem.rule.as_str()).collect::<Vec<_>>(), ["VF001"]);
}

#[test]
fn remarks_come_only_when_asked_for() {
    let text = "Resources:\n  Docs: {Type: AWS::S3::Bucket}\n";
    assert_eq!(ENGINE.check("plain", text, Some("us-east-1")), []);
    assert_ne!(ENGINE.check_with("plain", text, Some("us-east-1"), Detail::All), []);
}

/// What is found in a case's template, in the regions of its `regions.txt` or in us-east-1.
fn found(case: &Path) -> String {
    let path = ["template.yaml", "template.json"]
        .iter()
        .map(|name| case.join(name))
        .find(|path| path.exists())
        .unwrap_or_else(|| panic!("{} has no template", case.display()));
    let source = Source::new(
        path.file_name().expect("a file has a name").to_string_lossy(),
        std::fs::read_to_string(&path).expect("the template can be read"),
    );
    let regions = std::fs::read_to_string(case.join("regions.txt")).unwrap_or_else(|_| "us-east-1".to_owned());
    let regions: Vec<String> = regions.split_whitespace().map(str::to_owned).collect();
    let job = Job { name: "case", text: &source.text, regions: &regions };
    let problems = ENGINE.check_all(&[job], Detail::Problems).remove(0);
    lines(&findings(&source, problems))
}

/// One line a finding, and one for each of its helps.
fn lines(findings: &[Finding]) -> String {
    let mut lines = String::new();
    for finding in findings {
        let place = finding.place.as_ref().expect("a template's finding has a place");
        let (line, column) = place.line_column();
        let (name, severity) = (&place.source.name, format!("{:?}", finding.severity).to_lowercase());
        let (code, message, label) = (&finding.code, &finding.message, &finding.label);
        writeln!(lines, "{name}:{line}:{column} {severity} {code} `{}`: {message} [{label}]", place.text())
            .expect("a string takes text");
        for help in &finding.help {
            writeln!(lines, "    {help}").expect("a string takes text");
        }
    }
    lines
}

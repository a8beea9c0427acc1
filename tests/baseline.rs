//! Rules on resources (`schemas/baseline.yaml`): each has a template that breaks it and one that does not, and no template that is shipped or
//! rendered by a case breaks any.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use atelier::expression::day_number;
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::report::{Format, render};
use atelier::source::Source;

const CASES: &str = "tests/cases/baseline";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn atelier() -> Atelier {
    let library = Library::open(&[]).unwrap_or_else(|f| panic!("{}", render(&f, Format::Text, false)));
    Atelier::on(library, day_number("2026-11-23").expect("a date"))
}

fn entries(folder: &str) -> Vec<PathBuf> {
    let read = std::fs::read_dir(root().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let mut found: Vec<_> = read.map(|entry| entry.expect("readable").path()).collect();
    found.sort();
    found
}

fn source(path: &Path) -> Arc<Source> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Source::new(path.file_name().and_then(|name| name.to_str()).expect("a plain name"), text)
}

#[test]
fn every_rule_has_a_wrong_and_a_right_template() {
    let atelier = atelier();
    let mut problems = Vec::new();
    let folders: BTreeSet<String> =
        entries(CASES).iter().map(|path| path.file_name().expect("a name").to_string_lossy().into_owned()).collect();
    let known: BTreeSet<String> = atelier.baseline.rules.iter().map(|rule| rule.id.clone()).collect();
    assert!(known.len() > 20, "only {} rules", known.len());
    assert_eq!(folders, known, "rules and their cases");
    for id in known {
        let folder = root().join(CASES).join(&id);
        let wrong = atelier.baseline.template(&source(&folder.join("wrong.yaml")));
        let text = render(&wrong, Format::Text, false);
        // a case of one rule breaks no other: what the page shows is what the rule is about
        if wrong.iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>() != [id.as_str()] {
            problems.push(format!("{id}/wrong.yaml does not break {id} alone:\n{text}"));
        }
        let expected = folder.join("expected.txt");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&expected, &text).expect("the case's folder can be written");
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != text {
            problems.push(format!("{} differs; found\n{text}", expected.display()));
        }
        let right = atelier.baseline.template(&source(&folder.join("right.yaml")));
        if !right.is_empty() {
            problems.push(format!("{id}/right.yaml is not right:\n{}", render(&right, Format::Text, false)));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

/// What a function gives is known at deployment only: a template in which everything is a parameter is judged by nothing but what it leaves out.
#[test]
fn what_a_function_gives_is_not_judged() {
    let atelier = atelier();
    let text = "Parameters: {Mode: {Type: String}, Text: {Type: String}}\nResources:\n  Agent:\n    Type: AWS::BedrockAgentCore::Runtime\n    Properties:\n      NetworkConfiguration: !If [Inside, {NetworkMode: VPC}, {NetworkMode: PUBLIC}]\n  Net:\n    Type: AWS::OpenSearchServerless::SecurityPolicy\n    Properties: {Type: network, Name: a, Policy: !Ref Text}\n  Guard:\n    Type: AWS::Bedrock::Guardrail\n    Properties: {KmsKeyArn: !Ref Text, ContentPolicyConfig: !If [A, {FiltersConfig: []}, !Ref AWS::NoValue]}\n  Notebook:\n    Type: AWS::SageMaker::NotebookInstance\n    Properties: {DirectInternetAccess: !Ref Mode, RootAccess: !Ref Mode, KmsKeyId: !Ref Text}\n";
    let found = atelier.baseline.template(&Source::new("template.yaml", text));
    assert!(found.is_empty(), "{}", render(&found, Format::Text, false));
}

#[test]
fn a_template_accepts_a_rule_with_a_reason_only() {
    let atelier = atelier();
    let template = |reason: &str| {
        let text = format!(
            "Resources:\n  Job:\n    Type: AWS::Batch::JobDefinition\n    Metadata: {{atelier: {{acknowledged: [{{id: SEC024, reason: \"{reason}\"}}]}}}}\n    Properties: {{Type: container}}\n"
        );
        atelier.baseline.template(&Source::new("template.yaml", text)).len()
    };
    assert_eq!((template("watched by a person"), template(" ")), (0, 1));
}

/// What a blueprint accepts stands in the template, where `verify` finds it.
#[test]
fn a_template_tells_what_its_blueprint_accepts() {
    let case = root().join("tests/cases/validate/baseline-own-component");
    let library = Library::open(&[case.join("library")]).expect("a sound library");
    let atelier = Atelier::on(library, day_number("2026-11-23").expect("a date"));
    let template = atelier.render(&source(&case.join("blueprint.yaml"))).result.expect("it renders");
    let found = atelier.baseline.template(&template.source);
    let labels: Vec<_> = found.iter().map(|one| (one.code.as_str(), one.label.as_str())).collect();
    assert_eq!(labels, [("SEC013", "OpenRuntime.Properties.NetworkConfiguration.NetworkMode")]);
}

#[test]
fn what_is_shipped_and_every_option_breaks_none() {
    let atelier = atelier();
    let mut paths = entries("blueprints");
    paths.extend(entries("tests/cases/render").into_iter().map(|case| case.join("blueprint.yaml")));
    let mut problems = Vec::new();
    for path in &paths {
        let rendered = atelier.render(&source(path));
        let own: Vec<_> =
            rendered.findings.into_iter().filter(|finding| atelier.baseline.knows(&finding.code)).collect();
        if !own.is_empty() {
            problems.push(format!("{}:\n{}", path.display(), render(&own, Format::Text, false)));
        }
        // the template says it, too: what is accepted stands in it, however much it was shortened
        let template = rendered.result.unwrap_or_else(|| panic!("{} does not render", path.display()));
        let said = atelier.baseline.template(&template.source);
        if !said.is_empty() {
            problems.push(format!("{}, its template:\n{}", path.display(), render(&said, Format::Text, false)));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

/// The templates of the cases are templates: AWS's validator has no error for them.
#[cfg(feature = "verify")]
#[test]
fn the_cases_are_templates_that_aws_takes() {
    let engine = atelier::verify::Engine::start().wait();
    let mut problems = Vec::new();
    for path in entries(CASES).iter().flat_map(|case| [case.join("wrong.yaml"), case.join("right.yaml")]) {
        let source = source(&path);
        let mut found = atelier::verify::findings(&source, engine.check("case", &source.text, Some("us-east-1")));
        found.retain(|finding| finding.severity == atelier::diagnostic::Severity::Error);
        if !found.is_empty() {
            problems.push(format!("{}:\n{}", path.display(), render(&found, Format::Text, false)));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

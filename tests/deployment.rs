//! What decides, in an account, whether a template can be deployed and used, and what no linter of templates looks at: its IAM policies,
//! its physical names, the command lines that it gives to people. Every blueprint and every rendered case.

#[path = "support/assurance.rs"]
mod assurance;
#[path = "support/python.rs"]
mod python;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use atelier::assemble::Template;
use atelier::expression::{day_number, pascal_case};
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::source::Source;
use tempfile::TempDir;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

const EXPECTATIONS: &str = "tests/cases/iam";

/// Paths of the blueprints: the shipped ones, those of the render cases, and those that cases of `tests/cases/iam` have for themselves.
fn blueprints() -> Vec<(String, PathBuf)> {
    let entries = |folder: &str| {
        let read = fs::read_dir(root().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
        read.map(|entry| entry.expect("readable").path()).collect::<Vec<_>>()
    };
    let name = |path: &Path| path.file_stem().expect("a name").to_string_lossy().into_owned();
    let mut found: Vec<_> = entries("blueprints").into_iter().map(|path| (name(&path), path)).collect();
    let cases = entries("tests/cases/render").into_iter();
    found.extend(cases.map(|case| (format!("case-{}", name(&case)), case.join("blueprint.yaml"))));
    let own =
        entries(EXPECTATIONS).into_iter().map(|case| (format!("iam-{}", name(&case)), case.join("blueprint.yaml")));
    found.extend(own.filter(|(_, path)| path.exists()));
    found.sort();
    found
}

/// For each role of a template, by logical id, the type of its component and its name there.
fn roles(template: &Template) -> BTreeMap<&str, [String; 2]> {
    let mut roles = BTreeMap::new();
    for fragment in &template.trace.fragments {
        let declared = &template.trace.graph.components[fragment.component].declared;
        let Some(resources) = fragment.sections.get("Resources") else { continue };
        for (id, range) in &resources.ids {
            let kind = fragment.source.text[range.end..].lines().find_map(|line| line.trim().strip_prefix("Type: "));
            if kind == Some("AWS::IAM::Role") {
                let role = id.strip_prefix(&pascal_case(&declared.name)).expect("logical ids begin with the component");
                roles.insert(id.as_str(), [declared.kind.name.clone(), role.to_owned()]);
            }
        }
    }
    roles
}

/// All templates, rendered once.
fn templates() -> &'static [PathBuf] {
    &rendered().1
}

fn rendered() -> &'static (TempDir, Vec<PathBuf>) {
    static TEMPLATES: OnceLock<(TempDir, Vec<PathBuf>)> = OnceLock::new();
    let rendered = TEMPLATES.get_or_init(|| {
        let library = Library::open(&[]).unwrap_or_else(|findings| panic!("{findings:?}"));
        let atelier = Atelier::on(library, day_number("2026-11-23").expect("a date"));
        let folder = tempfile::tempdir().expect("a temporary folder");
        let render = |(name, path): (String, PathBuf)| {
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let rendered = atelier.render(&Source::new(name.clone(), text));
            let template = rendered.result.unwrap_or_else(|| panic!("{name} does not render: {:?}", rendered.findings));
            let file = folder.path().join(format!("{name}.yaml"));
            fs::write(&file, &template.source.text).expect("written");
            let roles = serde_json::to_string(&roles(&template)).expect("JSON");
            fs::write(folder.path().join(format!("{name}.roles.json")), roles).expect("written");
            file
        };
        let files = blueprints().into_iter().map(render).collect();
        (folder, files)
    });
    assert!(rendered.1.len() > 100, "only {} templates", rendered.1.len());
    rendered
}

fn run(script: &str, arguments: &[PathBuf]) -> Output {
    let mut command = Command::new(python::environment().join("bin/python"));
    command.arg(root().join("tests/python").join(script)).args(arguments).env("PYTHONDONTWRITEBYTECODE", "1");
    command.output().unwrap_or_else(|error| panic!("{script}: {error}"))
}

/// Passes when the script finds nothing; what it says then.
fn accepted(script: &str, arguments: &[PathBuf]) -> String {
    let output = run(script, arguments);
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    said
}

/// Passes when the script finds nothing in any template; shows its numbers.
fn accepts(script: &str) {
    println!("{}", accepted(script, templates()));
}

#[test]
fn iam_takes_the_policies_and_they_allow_what_they_say() {
    assurance::compare("policies", &accepted("iam.py", templates()));
}

/// Each role may do what it is for, and may not do what it is not for, as the cases of `tests/cases/iam` have it.
#[test]
fn roles_may_do_what_they_are_for_and_no_more() {
    let templates = rendered().0.path().to_owned();
    assurance::compare("roles", &accepted("expect.py", &[templates, root().join(EXPECTATIONS)]));
}

/// The evaluator that those cases rest on, on examples whose answers the IAM User Guide gives.
#[test]
fn the_evaluator_answers_as_the_guide_does() {
    println!("{}", accepted("test_access.py", &[]));
}

#[test]
fn two_stacks_of_an_account_never_ask_for_the_same_name() {
    accepts("names.py");
}

#[test]
fn the_commands_that_templates_give_work_as_they_stand() {
    accepts("commands.py");
}

/// A test that finds nothing proves something only if it can find.
#[test]
fn planted_defects_are_found() {
    let case = root().join("tests/cases/deployment/planted-defects");
    let template = case.join("template.yaml");
    let mut said = String::new();
    for script in ["iam.py", "names.py", "commands.py"] {
        let output = run(script, std::slice::from_ref(&template));
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(1) && errors.is_empty(), "{script}: {errors}");
        let found = String::from_utf8_lossy(&output.stdout).replace(&format!("{}: ", template.display()), "");
        let _ = write!(said, "{script}\n{found}");
    }
    compare(&case.join("expected.txt"), &said);
}

#[test]
fn planted_expectations_are_found() {
    let case = root().join("tests/cases/deployment/planted-expectations");
    let output = run("expect.py", &[case.join("templates"), case.join("cases")]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && errors.is_empty(), "{errors}");
    compare(&case.join("expected.txt"), &String::from_utf8_lossy(&output.stdout));
}

fn compare(expected: &Path, said: &str) {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(expected, said).expect("written");
    }
    assert_eq!(said, fs::read_to_string(expected).unwrap_or_default(), "{}", expected.display());
}

//! What decides, in an account, whether a template can be deployed and used, and what no linter of templates looks at: its IAM policies,
//! its physical names, the command lines that it gives to people. Every blueprint and every rendered case.

#[path = "support/python.rs"]
mod python;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use atelier::expression::day_number;
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::source::Source;
use tempfile::TempDir;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Paths of the blueprints: the shipped ones, and those of the render cases.
fn blueprints() -> Vec<(String, PathBuf)> {
    let entries = |folder: &str| {
        let read = fs::read_dir(root().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
        read.map(|entry| entry.expect("readable").path()).collect::<Vec<_>>()
    };
    let name = |path: &Path| path.file_stem().expect("a name").to_string_lossy().into_owned();
    let mut found: Vec<_> = entries("blueprints").into_iter().map(|path| (name(&path), path)).collect();
    let cases = entries("tests/cases/render").into_iter();
    found.extend(cases.map(|case| (format!("case-{}", name(&case)), case.join("blueprint.yaml"))));
    found.sort();
    found
}

/// All templates, rendered once.
fn templates() -> &'static [PathBuf] {
    static TEMPLATES: OnceLock<(TempDir, Vec<PathBuf>)> = OnceLock::new();
    let (_, templates) = TEMPLATES.get_or_init(|| {
        let library = Library::open(&[]).unwrap_or_else(|findings| panic!("{findings:?}"));
        let atelier = Atelier::on(library, day_number("2026-11-23").expect("a date"));
        let folder = tempfile::tempdir().expect("a temporary folder");
        let render = |(name, path): (String, PathBuf)| {
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let rendered = atelier.render(&Source::new(name.clone(), text));
            let template = rendered.result.unwrap_or_else(|| panic!("{name} does not render: {:?}", rendered.findings));
            let file = folder.path().join(format!("{name}.yaml"));
            fs::write(&file, &template.source.text).expect("written");
            file
        };
        let files = blueprints().into_iter().map(render).collect();
        (folder, files)
    });
    assert!(templates.len() > 100, "only {} templates", templates.len());
    templates
}

fn run(script: &str, templates: &[PathBuf]) -> Output {
    let mut command = Command::new(python::environment().join("bin/python"));
    command.arg(root().join("tests/python").join(script)).args(templates).env("PYTHONDONTWRITEBYTECODE", "1");
    command.output().unwrap_or_else(|error| panic!("{script}: {error}"))
}

/// Passes when the script finds nothing; shows its numbers.
fn accepts(script: &str) {
    let output = run(script, templates());
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    println!("{said}");
}

#[test]
fn iam_takes_the_policies_and_they_allow_what_they_say() {
    accepts("iam.py");
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
    let expected = case.join("expected.txt");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&expected, &said).expect("written");
    }
    assert_eq!(said, fs::read_to_string(&expected).unwrap_or_default(), "{}", expected.display());
}

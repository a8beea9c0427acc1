//! The Python code that templates put into Lambda functions: it is clean, and its tests pass, without an AWS account.
//! What it asks for is judged by botocore's service models (`support.check`).

#[path = "support/python.rs"]
mod python;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn run(program: &str, arguments: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(python::environment().join("bin").join(program));
    command.args(arguments).current_dir(root).env("PYTHONDONTWRITEBYTECODE", "1");
    command.output().unwrap_or_else(|error| panic!("{program}: {error}"))
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn code(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("templates/ can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            code(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "py") {
            found.push(path);
        }
    }
}

#[test]
fn a_linter_finds_nothing() {
    let rules = ["--isolated", "--select", "E,F,W,B,UP", "--line-length", "140", "--per-file-ignores", "tests/**:E501"];
    let output =
        run("ruff", &[&["check", "--no-cache"], &rules[..], &["templates", "tests/lambda", "tests/deploy"]].concat());
    assert!(output.status.success(), "{}", said(&output));
}

/// CloudFormation takes 4,096 characters of inline code.
#[test]
fn all_code_fits_inline() {
    let mut files = Vec::new();
    code(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"), &mut files);
    assert!(files.len() > 4, "no Lambda code below templates/");
    for file in files {
        let text = std::fs::read_to_string(&file).expect("it can be read");
        assert!(text.chars().count() <= 4096, "{}: {} characters", file.display(), text.chars().count());
    }
}

#[test]
fn its_tests_pass() {
    let output = run("python", &["-B", "-m", "unittest", "discover", "--start-directory", "tests/lambda"]);
    assert!(output.status.success(), "{}", said(&output));
    // a run that found nothing would pass, too
    assert!(!said(&output).contains("Ran 0 tests"), "{}", said(&output));
}

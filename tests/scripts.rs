//! The scripts of `scripts/`: a linter finds nothing, and their tests pass without a network.

#[path = "support/python.rs"]
mod python;

use std::path::Path;
use std::process::{Command, Output};

fn run(program: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(python::environment().join("bin").join(program));
    command.args(arguments).current_dir(Path::new(env!("CARGO_MANIFEST_DIR"))).env("PYTHONDONTWRITEBYTECODE", "1");
    command.output().unwrap_or_else(|error| panic!("{program}: {error}"))
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_linter_finds_nothing() {
    let rules = ["--isolated", "--select", "E,F,W,B,UP,I", "--line-length", "160", "--target-version", "py310"];
    let output = run("ruff", &[&["check", "--no-cache"], &rules[..], &["scripts", "tests/scripts"]].concat());
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn their_tests_pass() {
    let output = run("python", &["-B", "-m", "unittest", "discover", "--start-directory", "tests/scripts"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(!said(&output).contains("Ran 0 tests"), "{}", said(&output));
}

//! The Python code that templates put into Lambda functions: it compiles, and its tests pass, without an AWS SDK.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The Python interpreter, or nothing where there is none.
fn python(arguments: &[&str]) -> Option<std::process::Output> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Command::new("python3").arg("-B").args(arguments).current_dir(root).output().ok()
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
fn all_code_compiles() {
    let mut files = Vec::new();
    code(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"), &mut files);
    assert!(!files.is_empty(), "no Lambda code below templates/");
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    let program =
        "import ast, sys\nfor name in sys.argv[1:]:\n    ast.parse(open(name, encoding='utf-8').read(), name)";
    let mut arguments = vec!["-c", program];
    arguments.extend(names.iter().map(String::as_str));
    let Some(output) = python(&arguments) else { return eprintln!("skipped: there is no python3") };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn its_tests_pass() {
    let Some(output) = python(&["-m", "unittest", "discover", "--start-directory", "tests/lambda"]) else {
        return eprintln!("skipped: there is no python3");
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

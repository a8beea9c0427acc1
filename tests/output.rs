//! What the program leaves on disk: what stood there before is damaged by no finding, and files that are no blueprints are
//! refused before they are read. tests/writing.rs has what a kill, a full disk or a second run does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;
use std::time::Instant;

use tempfile::TempDir;

const BLUEPRINT: &str =
    "blueprint: v1\nname: NAME\nregions: [eu-west-1]\ncomponents:\n  documents: {type: storage/bucket}\n";

fn atelier(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_atelier"));
    command.current_dir(folder).args(arguments).env("ATELIER_TODAY", "2026-11-23").stdin(Stdio::null());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    atelier(folder, arguments).output().expect("the program starts")
}

/// Exit code and both streams: what a failed assertion shows.
fn told(output: &Output) -> String {
    format!(
        "{:?}\n{}{}",
        output.status.code(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn blueprint(folder: &Path, file: &str, name: &str) -> PathBuf {
    let path = folder.join(file);
    fs::write(&path, BLUEPRINT.replace("NAME", name)).expect("written");
    path
}

/// Every file below a folder, relative, sorted.
fn files(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && !path.is_symlink() {
                folders.push(path)
            } else {
                found.push(path.strip_prefix(root).expect("below").display().to_string())
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_template_is_written_where_it_is_said() {
    let folder = folder();
    blueprint(folder.path(), "a.yaml", "one");
    let output = run(folder.path(), &["render", "--no-verify", "a.yaml", "-o", "deep/er"]);
    assert!(output.status.success(), "{}", told(&output));
    assert_eq!(files(folder.path()), ["a.yaml", "deep/er/one/architecture.svg", "deep/er/one/template.yaml"]);
    let again = run(folder.path(), &["render", "--no-verify", "a.yaml", "-o", "deep/er", "--check"]);
    assert!(again.status.success(), "{}", told(&again));
}

#[test]
fn a_failing_blueprint_writes_and_damages_nothing() {
    let folder = folder();
    let path = blueprint(folder.path(), "a.yaml", "one");
    blueprint(folder.path(), "good.yaml", "good");
    assert!(run(folder.path(), &["render", "--no-verify", "a.yaml"]).status.success());
    let before = fs::read(folder.path().join("out/one/template.yaml")).expect("there");
    fs::write(&path, BLUEPRINT.replace("NAME", "one").replace("bucket}", "bucket, versionned: true}"))
        .expect("written");
    let output = run(folder.path(), &["render", "--no-verify", "a.yaml", "good.yaml"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("`versionned` is not a property"), "{}", told(&output));
    assert_eq!(fs::read(folder.path().join("out/one/template.yaml")).expect("there"), before);
    // all or nothing is said of one blueprint: its neighbour is written
    assert_eq!(
        files(&folder.path().join("out")),
        ["good/architecture.svg", "good/template.yaml", "one/architecture.svg", "one/template.yaml"]
    );
}

#[test]
fn an_output_folder_that_cannot_be_made_is_told() {
    let folder = folder();
    blueprint(folder.path(), "a.yaml", "one");
    fs::write(folder.path().join("out"), "a file in the way\n").expect("written");
    let output = run(folder.path(), &["render", "--no-verify", "a.yaml"]);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(told(&output).contains("cannot be written") && told(&output).contains("-o"), "{}", told(&output));
    assert_eq!(fs::read_to_string(folder.path().join("out")).expect("there"), "a file in the way\n");
    // a folder where the template should be
    fs::create_dir_all(folder.path().join("other/one/template.yaml")).expect("made");
    let output = run(folder.path(), &["render", "--no-verify", "a.yaml", "-o", "other"]);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(told(&output).contains("is a folder"), "{}", told(&output));
    assert!(files(&folder.path().join("other")).is_empty(), "no part is left behind");
}

#[test]
fn a_check_writes_nothing() {
    let folder = folder();
    blueprint(folder.path(), "a.yaml", "one");
    let output = run(folder.path(), &["render", "--no-verify", "--check", "a.yaml"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("is missing"), "{}", told(&output));
    assert_eq!(files(folder.path()), ["a.yaml"]);
    assert!(!folder.path().join("out").exists());
    fs::create_dir_all(folder.path().join("out/one")).expect("made");
    fs::write(folder.path().join("out/one/template.yaml"), "old\n").expect("written");
    let output = run(folder.path(), &["render", "--no-verify", "--check", "a.yaml"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("is stale") && told(&output).contains("-old"), "{}", told(&output));
    assert_eq!(fs::read_to_string(folder.path().join("out/one/template.yaml")).expect("there"), "old\n");
}

#[test]
fn two_blueprints_of_one_name_write_nothing() {
    let folder = folder();
    blueprint(folder.path(), "a.yaml", "one");
    blueprint(folder.path(), "b.yaml", "one");
    let output = run(folder.path(), &["render", "--no-verify", "a.yaml", "b.yaml"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(
        told(&output).contains("IO002") && told(&output).contains("a.yaml") && told(&output).contains("b.yaml"),
        "{}",
        told(&output)
    );
    assert!(!folder.path().join("out").exists());
}

/// The size is asked before anything is read: the file here is longer than the memory that the process may have.
#[cfg(target_os = "linux")]
#[test]
fn a_huge_file_is_refused_unread() {
    let folder = folder();
    let file = fs::File::create(folder.path().join("huge.yaml")).expect("made");
    file.set_len(50 << 20).expect("50 MB without writing them");
    let verbs: &[&str] =
        if cfg!(feature = "verify") { &["validate", "render", "verify"] } else { &["validate", "render"] };
    for verb in verbs {
        let started = Instant::now();
        let output = run(folder.path(), &[verb, "huge.yaml"]);
        assert_eq!(output.status.code(), Some(1), "{verb}: {}", told(&output));
        assert!(told(&output).contains("Y004") && told(&output).contains("52428800"), "{verb}: {}", told(&output));
        assert!(started.elapsed() < Duration::from_secs(20), "{verb} took {:?}", started.elapsed());
    }
    file.set_len(8 << 30).expect("8 GB without writing them");
    let script = format!("ulimit -v 1000000; exec {} validate huge.yaml", env!("CARGO_BIN_EXE_atelier"));
    let output = Command::new("sh").arg("-c").arg(script).current_dir(folder.path()).output().expect("started");
    assert!(output.status.code() == Some(1) && told(&output).contains("Y004"), "{}", told(&output));
    // a stream does not say how long it is: it is read up to the limit
    let script = format!("ulimit -v 1000000; {} validate - < /dev/zero", env!("CARGO_BIN_EXE_atelier"));
    let output = Command::new("sh").arg("-c").arg(script).current_dir(folder.path()).output().expect("started");
    assert!(output.status.code() == Some(1) && told(&output).contains("Y004"), "{}", told(&output));
}

//! What the program leaves on disk: a template is whole or not there, what stood there before is damaged by nothing, and
//! files that are no blueprints are refused before they are read.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

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

/// Killed while it writes, the program leaves each template as it was or as it shall be, never half of it.
#[cfg(unix)]
#[test]
fn a_kill_leaves_no_half_template() {
    const MANY: usize = 60;
    let folder = folder();
    let names: Vec<String> = (0..MANY).map(|n| format!("many-{n}")).collect();
    let blueprints: Vec<String> = names
        .iter()
        .map(|name| blueprint(folder.path(), &format!("{name}.yaml"), name).display().to_string())
        .collect();
    let mut arguments = vec!["render", "--no-verify", "-o", "whole"];
    arguments.extend(blueprints.iter().map(String::as_str));
    let output = run(folder.path(), &arguments);
    assert!(output.status.success(), "{}", told(&output));
    let template = |root: &str, name: &str| folder.path().join(root).join(name).join("template.yaml");
    let roots: Vec<String> = (0..6).map(|round| format!("out-{round}")).collect();
    let mut stopped_within = 0;
    for (round, root) in (0_u64..).zip(&roots) {
        for name in names.iter().step_by(2) {
            fs::create_dir_all(folder.path().join(root).join(name)).expect("made");
            fs::write(template(root, name), "old\n").expect("written");
        }
        arguments[3] = root;
        let mut child =
            atelier(folder.path(), &arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("started");
        // the first new template tells that the writing has begun
        let deadline = Instant::now() + Duration::from_secs(60);
        while fs::read(template(root, &names[0])).is_ok_and(|bytes| bytes == b"old\n") && Instant::now() < deadline {
            std::thread::sleep(Duration::from_micros(200));
        }
        std::thread::sleep(Duration::from_micros(700 * round));
        child.kill().expect("killed");
        child.wait().expect("waited for");
        let mut new = 0;
        for name in &names {
            let Ok(bytes) = fs::read(template(root, name)) else { continue };
            if bytes == b"old\n" {
                continue;
            }
            assert_eq!(
                bytes,
                fs::read(template("whole", name)).expect("whole"),
                "{root}/{name} is neither old nor new"
            );
            new += 1;
        }
        stopped_within += usize::from(new > 0 && new < MANY);
        // what a killed run leaves beside the templates is marked as such, and the next run is not disturbed by it
        for file in files(&folder.path().join(root)) {
            let last = file.rsplit('/').next().unwrap_or_default();
            assert!(
                ["architecture.svg", "template.yaml"].contains(&last)
                    || (last.starts_with(".template-") && last.ends_with(".part")),
                "{file}"
            );
        }
    }
    assert!(stopped_within > 0, "no run was stopped between its first and its last template: the test proves nothing");
    let output = run(folder.path(), &arguments);
    assert!(output.status.success(), "{}", told(&output));
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

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_symbolic_link() {
    let folder = folder();
    blueprint(folder.path(), "a.yaml", "one");
    let target = folder.path().join("precious");
    fs::write(&target, "precious\n").expect("written");
    fs::create_dir_all(folder.path().join("out/one")).expect("made");
    std::os::unix::fs::symlink(&target, folder.path().join("out/one/template.yaml")).expect("linked");
    let output = run(folder.path(), &["render", "--no-verify", "a.yaml"]);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(told(&output).contains("symbolic link"), "{}", told(&output));
    assert_eq!(fs::read_to_string(&target).expect("there"), "precious\n");
    assert!(folder.path().join("out/one/template.yaml").is_symlink());
    // nor through a linked folder
    fs::remove_dir_all(folder.path().join("out")).expect("removed");
    fs::create_dir_all(folder.path().join("out")).expect("made");
    fs::create_dir_all(folder.path().join("elsewhere")).expect("made");
    std::os::unix::fs::symlink(folder.path().join("elsewhere"), folder.path().join("out/one")).expect("linked");
    let output = run(folder.path(), &["render", "--no-verify", "a.yaml"]);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(files(&folder.path().join("elsewhere")).is_empty());
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

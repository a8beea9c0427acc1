//! A stranger's folder of component types (`--library`): whatever is in it, no file outside of it is read, nothing loops or
//! grows without end, and whoever runs it is told what is wrong.
//!
//! Each folder of `tests/attacks/` is an attack: files of the type `evil/thing` (what is missing is harmless), `blueprint.yaml`,
//! `interfaces.yaml`, `links.txt` (symbolic links: place and target), `pipes.txt`, `folders.txt`, `verb.txt` (else `render`).
//! `<<N|text>>` in a file is the text N times. `expected.txt` is what a user reads; `UPDATE=1` writes it.
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Kilobytes of address space, and seconds of a processor in an unoptimised build: beyond them the process is ended.
const LIMITS: &str = "ulimit -v 3000000; ulimit -t 20; ulimit -c 0";
/// So long nothing takes, not even on a machine that does much else.
const HANGS: Duration = Duration::from_secs(40);
const SECRET: &str = "SECRET-OF-ANOTHER-FOLDER";
const SCHEMA: &str = r#"{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Thing", "description": "A topic.",
  "type": "object", "unevaluatedProperties": false,
  "properties": {"word": {"type": "string", "title": "Word", "description": "A word.", "default": "a"}}}"#;
const TEMPLATE: &str = "Resources:\n  {{ logical(\"Topic\") }}:\n    Type: AWS::SNS::Topic\n";
const BLUEPRINT: &str =
    "blueprint: v1\nname: attacked\nregions: [eu-west-1]\ncomponents:\n  thing: {type: evil/thing}\n";

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("below a folder")).expect("made");
    fs::write(path, text).expect("written");
}

/// `<<3|ab>>` is `ababab`; a backslash keeps a bar of the text.
fn repeated(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, marked)) = rest.split_once("<<") {
        let Some((count, after)) = marked.split_once('|') else { break };
        let Ok(count) = count.parse::<usize>() else { break };
        let (piece, behind) = after.split_once(">>").expect("an end");
        out.push_str(before);
        out.push_str(&piece.replace("\\|", "|").repeat(count));
        rest = behind;
    }
    out + rest
}

/// The attack laid out: a library, a blueprint, and secrets around the library that nothing may read.
fn lay_out(case: &Path) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path();
    let library = root.join("library");
    let given = |name: &str| fs::read_to_string(case.join(name)).ok().map(|text| repeated(&text));
    write(&root.join("blueprint.yaml"), &given("blueprint.yaml").unwrap_or_else(|| BLUEPRINT.to_owned()));
    write(
        &library.join("schemas/evil/thing.schema.json"),
        &given("thing.schema.json").unwrap_or_else(|| SCHEMA.to_owned()),
    );
    write(
        &library.join("templates/evil/thing.yaml.j2"),
        &given("thing.yaml.j2").unwrap_or_else(|| TEMPLATE.to_owned()),
    );
    if let Some(text) = given("code.py") {
        write(&library.join("templates/evil/code.py"), &text);
    }
    if let Some(text) = given("interfaces.yaml") {
        write(&library.join("schemas/interfaces.yaml"), &text);
    }
    write(&root.join("secret.py"), &format!("KEY = '{SECRET}'\n"));
    write(&root.join("secret.yaml.j2"), &format!("# {SECRET}\n{TEMPLATE}"));
    write(&root.join("secret.schema.json"), &SCHEMA.replace("A topic.", SECRET));
    write(&root.join("secret.interfaces.yaml"), &format!("evil-{SECRET}:\n  description: {SECRET}\n  exports: []\n"));
    write(&root.join("outside/secret.schema.json"), &SCHEMA.replace("A topic.", SECRET));
    let lines = |name: &str| given(name).unwrap_or_default().lines().map(str::to_owned).collect::<Vec<_>>();
    let free = |place: &str| {
        let path = library.join(place);
        let _ = fs::remove_file(&path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        path
    };
    for line in lines("links.txt") {
        let (place, target) = line.split_once(' ').expect("a place and a target");
        std::os::unix::fs::symlink(target, free(place)).expect("linked");
    }
    for place in lines("pipes.txt") {
        assert!(Command::new("mkfifo").arg(free(&place)).status().expect("mkfifo").success());
    }
    for place in lines("folders.txt") {
        fs::create_dir(free(&place)).expect("made");
    }
    folder
}

/// What a user reads, and what was wrong with it.
fn attack(case: &Path, problems: &mut Vec<String>) -> String {
    let name = case.file_name().expect("a name").to_string_lossy().into_owned();
    let folder = lay_out(case);
    let verb = fs::read_to_string(case.join("verb.txt")).unwrap_or("render --no-verify".to_owned());
    let script = format!("{LIMITS}; exec \"$0\" {} blueprint.yaml --library library", verb.trim());
    let mut child = Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_atelier")])
        .current_dir(folder.path())
        .env("ATELIER_TODAY", "2026-11-23")
        .stdin(Stdio::null())
        .stdout(fs::File::create(folder.path().join("told.out")).expect("made"))
        .stderr(fs::File::create(folder.path().join("told.err")).expect("made"))
        .spawn()
        .expect("a shell");
    // what waits uses no processor: only a clock tells
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a status") {
            break Some(status);
        }
        if begun.elapsed() > HANGS {
            let _ = child.kill();
            let _ = child.wait();
            break None;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    if std::env::var_os("TIMES").is_some() {
        eprintln!("{name}: {:?}", begun.elapsed());
    }
    let read =
        |name: &str| fs::read(folder.path().join(name)).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let told = read("told.out").expect("text") + &read("told.err").expect("text");
    let start: String = told.chars().take(600).collect();
    if status.and_then(|status| status.code()).is_none_or(|code| code > 2) {
        problems
            .push(format!("{name}: {}\n{start}", status.map_or("it hangs".to_owned(), |status| status.to_string())));
    } else if told.contains("panicked") || told.contains("overflow") {
        problems.push(format!("{name}: it broke\n{start}"));
    }
    if told.contains(SECRET) {
        problems.push(format!("{name}: a file outside of the library was read\n{start}"));
    }
    if told.len() > 20_000 {
        problems.push(format!("{name}: {} bytes are told\n{start}", told.len()));
    }
    for entry in walk(&folder.path().join("out")) {
        if fs::read_to_string(&entry).is_ok_and(|text| text.contains(SECRET)) {
            problems.push(format!("{name}: {} holds a secret", entry.display()));
        }
    }
    told
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn every_attack_is_told_and_does_no_harm() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/attacks");
    let mut cases: Vec<_> =
        fs::read_dir(folder).expect("attacks").map(|entry| entry.expect("an entry").path()).collect();
    cases.sort();
    if let Ok(only) = std::env::var("ONLY") {
        cases.retain(|case| case.to_string_lossy().contains(&only));
    }
    assert!(!cases.is_empty(), "there are attacks");
    let problems = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let mut found = Vec::new();
                    let told = attack(case, &mut found);
                    let expected = case.join("expected.txt");
                    if found.is_empty() && std::env::var_os("UPDATE").is_some() {
                        fs::write(&expected, &told).expect("written");
                    } else if found.is_empty() && fs::read_to_string(&expected).unwrap_or_default() != told {
                        found.push(format!("{} is told otherwise:\n{told}", case.display()));
                    }
                    problems.lock().expect("not poisoned").append(&mut found);
                }
            });
        }
    });
    let problems = problems.into_inner().expect("not poisoned");
    assert!(problems.is_empty(), "{} of {} attacks\n{}", problems.len(), cases.len(), problems.join("\n"));
}

//! Characters that command a terminal, turn the writing direction or hide: from whatever file, name or variable they come, no verb
//! and no format sends them on. Every byte that the program prints or writes is looked at.
//!
//! `tests/hostile/` holds one file of each kind; `{raw}` stands for what may stand in a text file, `{escaped}` for what a string of
//! YAML or JSON can also name, `{short}` for a short one of these.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// Bidirectional, invisible, separators: a text file may hold them.
const RAW: &str =
    "\u{202e}r\u{2066}a\u{200b}w\u{200d}\u{feff}\u{2060}\u{ad}\u{2028}\u{115f}\u{3164}\u{61c}\u{180e}\u{34f}x";
/// Terminal escapes (CSI, OSC 8, C1, backspace, carriage return, NUL, bell) as JSON and YAML write them, and the others again.
const ESCAPED: &str = r"\u001b[31m\u001b]8;;http://evil/\u0007x\u001b]8;;\u0007\u009b2J\u009d0;t\u009c\u0008\u0008\u000dz\u0000\u007f\u0085\u202E\u2067\u200B\u200C\u200E\uFEFF\u2029\u00AD";
const SHORT: &str = r"\u001b[1m\u202Ex";
const FORMATS: [&str; 5] = ["text", "json", "sarif", "junit", "github"];

/// What no output may hold; said here once more, apart from the program's own list.
fn hostile(char: char, before: Option<char>) -> bool {
    let code = char as u32;
    match code {
        0x09 | 0x0a => false,
        0..=0x1f | 0x7f..=0x9f | 0xad | 0x34f | 0x61c | 0x115f | 0x1160 | 0x180e => true,
        0x200b | 0x200e..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0x3164 | 0xfeff | 0xffa0 | 0xe0000..=0xe0fff => {
            true
        }
        0x200c | 0x200d => before.is_none_or(|before| before.is_ascii()),
        _ => false,
    }
}

fn find(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let mut before = None;
    for (at, char) in text.char_indices() {
        if hostile(char, before) {
            let around: String = text[..at].chars().rev().take(60).collect::<Vec<_>>().into_iter().rev().collect();
            return Some(format!("U+{:04X} after {around:?}", char as u32));
        }
        before = Some(char);
    }
    None
}

/// Text of the files that became markup.
fn markup(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let elements = ["<script>alert", "<img src=x", "href=\"javascript:", "src=\"http://evil"].into_iter();
    // in HTML and SVG these are text
    let links = ["](javascript:", "](http://evil"].into_iter().filter(|_| !text.starts_with('<'));
    let found = elements.chain(links).find(|found| {
        // in a Markdown code span or with a backslash before it, it is text
        text.match_indices(found).any(|(at, _)| {
            let line = text[..at].rsplit('\n').next().unwrap_or_default();
            line.matches('`').count().is_multiple_of(2) && !line.ends_with('\\')
        })
    });
    found.map(|found| format!("{found} is markup"))
}

fn fill(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            fill(&path, &target);
        } else {
            let text = fs::read_to_string(&path).expect("a text");
            fs::write(target, text.replace("{raw}", RAW).replace("{escaped}", ESCAPED).replace("{short}", SHORT))
                .expect("written");
        }
    }
}

fn project() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fill(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile"), folder.path());
    folder
}

/// Runs the program and looks at both streams.
fn run(folder: &Path, arguments: &[&str], problems: &mut Vec<String>) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_atelier"))
        .current_dir(folder)
        .args(arguments)
        .env("ATELIER_TODAY", "2026-11-23")
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    for (stream, bytes) in [("standard output", &output.stdout), ("standard error", &output.stderr)] {
        if let Some(found) = find(bytes) {
            problems.push(format!("{}: {stream} has {found}", arguments.join(" ")));
        }
    }
    assert!(output.status.code().is_some_and(|code| code <= 2), "{arguments:?}: {}", output.status);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!told.contains("panicked"), "{arguments:?}: {told}");
    output
}

fn look_at_files(folder: &Path, problems: &mut Vec<String>) -> usize {
    let (mut folders, mut count) = (vec![folder.to_owned()], 0);
    while let Some(next) = folders.pop() {
        for path in fs::read_dir(&next)
            .unwrap_or_else(|error| panic!("{}: {error}", next.display()))
            .map(|entry| entry.expect("an entry").path())
        {
            count += 1;
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read(&path).expect("readable");
            problems.extend(find(&text).map(|found| format!("{}: {found}", path.display())));
            if path.extension().is_some_and(|ending| ["html", "md", "svg"].iter().any(|known| ending == *known)) {
                problems.extend(markup(&text).map(|found| format!("{}: {found}", path.display())));
            }
        }
    }
    count
}

fn report(problems: &[String]) {
    assert!(problems.is_empty(), "{} problems\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn no_verb_and_no_format_sends_them_on() {
    let project = project();
    let root = project.path();
    let mut problems = Vec::new();
    let library = ["--library", "library"];
    let mut commands: Vec<Vec<&str>> = Vec::new();
    for file in [
        "valid.yaml",
        "broken.yaml",
        "unreadable.yaml",
        "typed.yaml",
        "library/schemas/interfaces.yaml",
        "template.yaml",
    ] {
        commands.extend([
            vec!["validate", file],
            vec!["render", "--no-verify", "--stdout", file],
            vec!["render", "--no-verify", "-o", "written", file],
            vec!["render", "--no-verify", "--check", "-o", "missing", file],
            vec!["diagram", file],
            vec!["diagram", "--as", "mermaid", file],
            vec!["cost", file],
            vec!["cost", "--markdown", file],
            vec!["quotas", file],
            vec!["quotas", "--markdown", file],
        ]);
    }
    for file in ["lab.yaml", "lab-broken.yaml", "valid.yaml"] {
        commands.extend([
            vec!["lab", "plan", file],
            vec!["lab", "plan", "--markdown", file],
            vec!["lab", "plan", "--script", file],
            vec!["lab", "plan", "--applied", "applied.json", file],
            vec!["lab", "render", "--no-verify", "-o", "kit", file],
        ]);
    }
    for arguments in [
        &["list"][..],
        &["list", "components"],
        &["list", "--search", SHORT],
        &["schema"],
        &["schema", "evil/thing"],
        &["schema", "evil/no-schema"],
        &["schema", "evil/no-type"],
        &["explain", "evil/thing"],
        &["explain", "evil/no-type"],
        &["explain", "EVL001"],
        &["explain", "BR006"],
        &["completions", "bash"],
        &["man"],
    ] {
        commands.push(arguments.to_vec());
    }
    if cfg!(feature = "verify") {
        for file in ["template.yaml", "valid.yaml", "unreadable.yaml"] {
            commands.extend([
                vec!["verify", file],
                vec!["diff", file, "valid.yaml"],
                vec!["diff", "written/hostile/template.yaml", file],
                vec!["diff", "--markdown", "written/hostile/template.yaml", file],
            ]);
        }
    }
    let mut seen = BTreeSet::new();
    for command in &commands {
        // findings have five formats; what else a verb prints is text or JSON
        let all = seen.insert(command[0]) || command[0] == "validate";
        for format in FORMATS {
            if !all && format != "text" && format != "json" {
                continue;
            }
            let arguments: Vec<&str> = command.iter().chain(&library).chain(&["--format", format]).copied().collect();
            run(root, &arguments, &mut problems);
        }
    }
    assert!(look_at_files(&root.join("written"), &mut problems) > 1, "the valid blueprint was rendered");
    assert!(look_at_files(&root.join("kit"), &mut problems) > 10, "the lab was rendered");
    report(&problems);
}

#[test]
fn a_stranger_s_component_type_brings_none_in() {
    let project = project();
    let root = project.path();
    let mut problems = Vec::new();
    let typed = fs::read_to_string(root.join("typed.yaml")).expect("there");
    for kind in ["evil/thing", "evil/failing", "evil/raw", "evil/no-schema", "evil/no-type", "evil/missing"] {
        fs::write(root.join("typed.yaml"), typed.replace("{type}", kind)).expect("written");
        for format in FORMATS {
            for verb in [
                &["validate"][..],
                &["render", "--no-verify", "-o", "typed"],
                &["render", "--no-verify", "--stdout"],
                &["diagram"],
            ] {
                let arguments: Vec<&str> =
                    verb.iter().chain(&["typed.yaml", "--library", "library", "--format", format]).copied().collect();
                let output = run(root, &arguments, &mut problems);
                let told =
                    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
                match kind {
                    "evil/thing" => assert!(output.status.success(), "{arguments:?}: {told}"),
                    "evil/raw" if verb[0] != "validate" => assert!(told.contains("T008"), "{arguments:?}: {told}"),
                    "evil/failing" if verb[0] != "validate" => assert!(told.contains("T001"), "{arguments:?}: {told}"),
                    _ => {}
                }
            }
        }
    }
    look_at_files(&root.join("typed"), &mut problems);
    report(&problems);
}

/// Names of files and folders, arguments, and variables of the environment.
#[cfg(unix)]
#[test]
fn names_and_variables_bring_none_in() {
    let project = project();
    let root = project.path();
    let mut problems = Vec::new();
    let name = "\u{1b}]8;;x\u{7}\u{202e}\u{200b}\u{9b}2J\n\rname";
    let file = format!("{name}.yaml");
    for (from, to) in [("valid.yaml", file.as_str()), ("lab.yaml", "named-lab.yaml")] {
        fs::write(root.join(to), fs::read(root.join(from)).expect("there")).expect("written");
    }
    let set = format!("{name}={name}");
    let option = format!("--{name}");
    let commands: [&[&str]; 20] = [
        &["validate", &file],
        &["validate", "missing", &format!("{name}/{name}")],
        &["render", "--no-verify", &file, "-o", name],
        &["render", "--no-verify", &file, "-o", name, "--check"],
        &["render", "--no-verify", &file, "-o", &file],
        &["diagram", &file, "-o", &format!("{name}.svg")],
        &["new", "studio", "-o", &format!("{name}-new.yaml")],
        &["new", name],
        &["new", "studio", "--set", &set],
        &["new", "studio", "--set", name],
        &["new", "studio", "--set", &format!("name={name}")],
        &["cost", &file, "--region", name],
        &["lab", "render", "--no-verify", "named-lab.yaml", "-o", &format!("{name}-kit")],
        &["lab", "plan", &file],
        &["explain", name],
        &["schema", &format!("{name}/{name}")],
        &["list", name],
        &[name],
        &["list", &option],
        &["list", "--library", name],
    ];
    for arguments in commands {
        for format in FORMATS {
            let arguments: Vec<&str> = arguments.iter().chain(&["--format", format]).copied().collect();
            run(root, &arguments, &mut problems);
        }
    }
    for variable in ["ATELIER_TODAY", "NO_COLOR", "TERM", "COLUMNS", "LANG", "HOME"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_atelier"));
        // a variable cannot hold NUL; the rest of the hostile it can
        let output =
            command.current_dir(root).args(["validate", "broken.yaml"]).env(variable, name).output().expect("started");
        assert_eq!(output.status.code(), Some(1), "{variable}");
        problems.extend(find(&output.stderr).map(|found| format!("{variable}: {found}")));
    }
    report(&problems);
}

/// What stands in an output folder is a stranger's, too: `--check` shows how it differs.
#[test]
fn a_stale_template_brings_none_in() {
    let project = project();
    let root = project.path();
    let mut problems = Vec::new();
    let old: PathBuf = root.join("out/hostile/template.yaml");
    fs::create_dir_all(old.parent().expect("a folder")).expect("made");
    fs::write(&old, format!("{RAW}\u{1b}[31m\u{9b}\u{7}\n")).expect("written");
    let output = run(root, &["render", "--no-verify", "--check", "valid.yaml"], &mut problems);
    assert!(String::from_utf8_lossy(&output.stdout).contains("is stale"));
    report(&problems);
}

/// The scan itself sees what it is there for.
#[test]
fn the_scan_finds_each_of_them() {
    let every = RAW.chars().chain("\u{1b}\u{9b}\u{7}\r\0\u{7f}\u{85}\u{202e}\u{200c}\u{e0041}".chars());
    for char in every.filter(|char| !char.is_ascii_alphabetic()) {
        assert!(find(format!("a{char}").as_bytes()).is_some(), "{char:?}");
    }
    assert!(find("größer, 漢字, 👩\u{200d}💻\t\n".as_bytes()).is_none());
}

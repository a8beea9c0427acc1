//! The house: a room imports earlier rooms and the leaves only, an unstable crate appears in one room only, and no file
//! grows out of hand. Read from the `use` lines and paths of every file below `src/`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The rooms in the order of the data; a room may import those before it.
const ROOMS: [&str; 30] = [
    "clean",
    "part",
    "source",
    "diagnostic",
    "yaml",
    "document",
    "catalogue",
    "library",
    "expression",
    "schema",
    "link",
    "rules",
    "render",
    "baseline",
    "assemble",
    "diagram",
    "verify",
    "blame",
    "diff",
    "report",
    "page",
    "pipeline",
    "usage",
    "quota",
    "cost",
    "lab",
    "kit",
    "explain",
    "cli",
    "main",
];

/// Crates that are held to some rooms: name, rooms, reason.
const CRATES: [(&str, &[&str], &str); 18] = [
    ("jsonschema", &["schema"], "its API changes with every release"),
    ("cloudformation_validate", &["verify"], "heavy, optional, and its API is young"),
    ("granit_parser", &["yaml"], "its events are not ours: the rest of the house sees nodes"),
    ("annotate_snippets", &["report"], "how findings look is the report's business"),
    ("include_dir", &["library"], "the library decides what is embedded"),
    ("strsim", &["diagnostic"], "one notion of `near enough` for all messages"),
    (
        "minijinja",
        &["expression", "link", "rules", "render", "baseline", "diagram", "pipeline"],
        "expression makes the one environment; link evaluates traits, rules and baseline their asserts, render the templates, diagram what is shown; pipeline keeps the environment",
    ),
    ("ipnet", &["expression", "rules"], "address arithmetic for templates and for the overlap rule"),
    ("pulldown_cmark", &["kit"], "only the printable guide is made from Markdown"),
    ("jiff", &["lab"], "only a lab has a time of day"),
    ("anyhow", &["cli"], "inside, errors are findings"),
    ("clap", &["cli", "report"], "the report's formats are values of an option"),
    ("clap_complete", &["cli"], "made from the command line's definition"),
    ("clap_mangen", &["cli"], "made from the command line's definition"),
    ("indicatif", &["cli"], "progress is printed by the program only"),
    ("tempfile", &["cli"], "only the program writes files"),
    ("rustix", &["cli"], "only the program writes files"),
    ("similar", &["cli"], "`--check` shows a diff"),
];

/// Rooms that touch the file system or the standard streams.
const INPUT_AND_OUTPUT: [&str; 2] = ["library", "cli"];

/// Places that may end the process, with the reason.
const MAY_PANIC: [(&str, &str, &str); 0] = [];

const LONGEST_FILE: usize = 400;

struct File {
    path: String,
    room: String,
    /// Without comments and without its tests.
    code: String,
    lines: usize,
}

fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("src can be read") {
            let path = entry.expect("src can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source file is text");
                let path =
                    path.strip_prefix(root).expect("below the root").to_str().expect("a plain name").replace('\\', "/");
                let first = path.split('/').nth(1).expect("below src");
                let room = first.trim_end_matches(".rs").to_owned();
                found.push(File { room, code: code(&text), lines: text.lines().count(), path });
            }
        }
    }
    assert!(found.len() > 20, "the files of src are found");
    found
}

/// The text without comments and without the test module at its end.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    let uncommented = text.lines().map(|line| {
        let comment = line.find("//").filter(|start| line[..*start].chars().last().is_none_or(char::is_whitespace));
        comment.map_or(line, |start| &line[..start])
    });
    uncommented.collect::<Vec<_>>().join("\n")
}

/// Whether a word stands at a place and is not the end of a longer one.
fn starts_word(code: &str, start: usize) -> bool {
    !code[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// The first segments of all paths that begin with `crate::`, those in braces too.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (start, _) in code.match_indices("crate::").filter(|(start, _)| starts_word(code, *start)) {
        let rest = &code[start + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => {
                let (mut depth, mut at_start) = (1, true);
                let mut name = String::new();
                for char in list.chars() {
                    match char {
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        ',' if depth == 1 => at_start = true,
                        ':' => at_start = false,
                        c if depth == 1 && at_start && (c.is_alphanumeric() || c == '_') => name.push(c),
                        _ => {}
                    }
                    if (char == ',' && depth == 1) || depth == 0 {
                        found.insert(std::mem::take(&mut name));
                    }
                    if depth == 0 {
                        break;
                    }
                }
            }
            None => {
                found.insert(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
            }
        }
    }
    found.remove("");
    found
}

fn names(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(start, _)| {
        starts_word(code, start) && !code[start + word.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
    })
}

fn report(problems: &[String]) {
    assert!(problems.is_empty(), "{} problems\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn a_room_imports_earlier_rooms_only() {
    let mut problems = Vec::new();
    for file in files().iter().filter(|file| file.path != "src/lib.rs") {
        let Some(own) = ROOMS.iter().position(|room| *room == file.room) else {
            problems.push(format!(
                "{}: `{}` is no room of the house; give it a place in tests/rooms.rs and ARCHITECTURE.md",
                file.path, file.room
            ));
            continue;
        };
        for import in imports(&file.code) {
            match ROOMS.iter().position(|room| *room == import) {
                Some(other) if other <= own => {}
                Some(_) => problems.push(format!("{}: `{}` imports the later room `{import}`", file.path, file.room)),
                None => problems.push(format!("{}: `crate::{import}` is no room", file.path)),
            }
        }
    }
    report(&problems);
}

#[test]
fn a_crate_stays_in_its_rooms() {
    let mut problems = Vec::new();
    for file in &files() {
        for (name, rooms, reason) in CRATES {
            let used = ["::", ";", " as "]
                .iter()
                .any(|end| names(&file.code, name) && file.code.contains(&format!("{name}{end}")));
            if used && !rooms.contains(&file.room.as_str()) {
                problems.push(format!("{}: `{name}` belongs to {} only: {reason}", file.path, rooms.join(", ")));
            }
        }
        // the type of an error is no input and output
        let code = file.code.replace("std::io::Result", "").replace("std::io::Error", "");
        let touches = ["std::fs", "std::net", "std::process", "std::io::"].iter().any(|word| code.contains(word));
        if touches && file.room != "main" && !INPUT_AND_OUTPUT.contains(&file.room.as_str()) {
            problems.push(format!(
                "{}: files, processes and streams belong to {} only",
                file.path,
                INPUT_AND_OUTPUT.join(", ")
            ));
        }
    }
    report(&problems);
}

#[test]
fn every_listed_crate_is_still_used_where_it_may_be() {
    let files = files();
    let mut problems = Vec::new();
    for (name, rooms, _) in CRATES {
        for room in rooms {
            if !files.iter().any(|file| file.room == *room && names(&file.code, name)) {
                problems.push(format!("`{name}` is no longer used in {room}: take the room off its list"));
            }
        }
    }
    report(&problems);
}

#[test]
fn files_are_short_and_end_no_process() {
    let mut problems = Vec::new();
    for file in &files() {
        if file.lines > LONGEST_FILE {
            problems.push(format!("{} has {} lines: split it, {LONGEST_FILE} are the most", file.path, file.lines));
        }
        // `expect` says why it cannot fail; `unwrap` does not
        for word in [".unwrap()", "panic!(", "todo!(", "unimplemented!(", "unreachable!(", "dbg!("] {
            let allowed = MAY_PANIC.iter().any(|(path, what, _)| *path == file.path && *what == word);
            if file.code.contains(word) && !allowed {
                problems.push(format!(
                    "{} has `{word}`: return a finding, or `expect` with the reason why it cannot happen",
                    file.path
                ));
            }
        }
    }
    report(&problems);
}

#[test]
fn the_reader_of_imports_reads_imports() {
    let text = "use crate::{expression, render::{self, Fragment}, rules};\nuse crate::yaml::{self, Node}; // crate::cli\nlet x = crate::catalogue::get(a);\n#[cfg(test)]\nmod tests {\nuse crate::cli;\n}";
    let found = imports(&code(text));
    assert_eq!(
        found.iter().map(String::as_str).collect::<Vec<_>>(),
        ["catalogue", "expression", "render", "rules", "yaml"]
    );
}

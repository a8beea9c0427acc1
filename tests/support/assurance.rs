//! `docs/assurance.md`: what tests found stands between two marks each, what stands around them is written by hand.
#![allow(dead_code)] // not every test that includes this file uses all of it

use std::fs;
use std::path::{Path, PathBuf};

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/assurance.md")
}

/// What the document says between the marks of a name, with the text before and after it.
pub fn section(name: &str) -> (String, String, String) {
    let text = fs::read_to_string(path()).expect("docs/assurance.md can be read");
    let (begin, end) = (format!("<!-- {name}: written by a test -->\n"), format!("<!-- end of {name} -->\n"));
    let (before, rest) =
        text.split_once(&begin).unwrap_or_else(|| panic!("docs/assurance.md has no mark where {name} begin"));
    let (section, after) =
        rest.split_once(&end).unwrap_or_else(|| panic!("docs/assurance.md has no mark where {name} end"));
    (format!("{before}{begin}"), section.to_owned(), format!("{end}{after}"))
}

/// Compares a section with what was found; with `UPDATE=1` writes it.
pub fn compare(name: &str, found: &str) {
    let (before, section, after) = self::section(name);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path(), [&before, found, &after].concat()).expect("docs/assurance.md can be written");
    } else {
        assert!(section == found, "docs/assurance.md is stale (UPDATE=1 writes it); found\n{found}");
    }
}

/// `name version` of a pinned package.
pub fn pinned(pins: &str, name: &str) -> String {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(pins)).expect("the pins can be read");
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(&format!("{name}==")))
        .unwrap_or_else(|| panic!("{name} is not pinned"));
    format!("{name} {}", line.trim_end_matches(['\\', ' ']))
}

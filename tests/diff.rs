//! What an update would do, case by case: `tests/cases/diff/<case>/{old,new}.yaml`, blueprints or templates.
//!
//! `UPDATE=1 cargo test --test diff` rewrites the expected texts.
#![cfg(feature = "verify")]

use std::fs;
use std::path::{Path, PathBuf};

use atelier::diff::{Diff, Document, Fate, compare, json, markdown, text};
use atelier::expression::day_number;
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::source::Source;
use atelier::verify::Replacements;
use atelier::yaml::{self, Dialect};

fn atelier() -> Atelier {
    let library = Library::open(&[]).unwrap_or_else(|findings| panic!("{findings:?}"));
    Atelier::on(library, day_number("2026-11-23").expect("a date"))
}

fn document(atelier: &Atelier, path: &Path) -> Document {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut source = Source::new(path.display().to_string(), text);
    if source.text.starts_with("blueprint:") {
        let outcome = atelier.render(&source);
        source = outcome.result.unwrap_or_else(|| panic!("{:?}", outcome.findings)).source;
    }
    Document::read(&yaml::load(&source, Dialect::Template).unwrap_or_else(|findings| panic!("{findings:?}")))
}

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/diff");
    let entries = fs::read_dir(&root).expect("tests/cases/diff can be read");
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    folders.sort();
    assert!(folders.len() > 5, "the cases are found");
    folders
}

fn fates(diff: &Diff, fate: Fate) -> Vec<&str> {
    diff.resources.iter().filter(|change| change.fate == fate).map(|change| change.id.as_str()).collect()
}

#[test]
fn every_case_says_what_is_lost() {
    let atelier = atelier();
    let replacements = Replacements::load();
    let mut problems = Vec::new();
    for folder in cases() {
        let old = document(&atelier, &folder.join("old.yaml"));
        let new = document(&atelier, &folder.join("new.yaml"));
        let diff = compare(&old, &new, &replacements);
        let said = format!("{}\n{}", text(&diff), markdown(&diff, "old.yaml → new.yaml"));
        let path = folder.join("expected.txt");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, &said).expect("written");
        } else if fs::read_to_string(&path).unwrap_or_default() != said {
            problems.push(format!("{} differs; it is now\n{said}", path.display()));
        }
        // a template does not differ from itself, and nothing is lost by staying
        for same in [&old, &new] {
            assert!(compare(same, same, &replacements).is_empty());
        }
        // what is added one way is removed the other way
        let back = compare(&new, &old, &replacements);
        assert_eq!(fates(&diff, Fate::Added), fates(&back, Fate::Removed));
        assert_eq!(fates(&diff, Fate::Removed), fates(&back, Fate::Added));
        assert_eq!(json(&diff)["resources"].as_array().map(Vec::len), Some(diff.resources.len()));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// The embedding's dimension is fixed in the index; the knowledge base holds the index, the data source the knowledge base.
#[test]
fn replacement_follows_references() {
    let atelier = atelier();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/diff/dimension");
    let old = document(&atelier, &folder.join("old.yaml"));
    let new = document(&atelier, &folder.join("new.yaml"));
    let diff = compare(&old, &new, &Replacements::load());
    let replaced = fates(&diff, Fate::Replaced);
    for id in ["KnowledgeIndex", "KnowledgeBase", "KnowledgeSource"] {
        assert!(replaced.contains(&id), "{id} is replaced: {diff:#?}");
    }
    assert!(!replaced.contains(&"KnowledgeVectors"), "the bucket of the vectors stays");
    assert!(diff.loses());
}

/// Every row of the catalogue names a type that the registry knows.
#[test]
fn losses_are_of_real_types() {
    let replacements = Replacements::load();
    let table = atelier::catalogue::table("losses").expect("catalogue/losses.yaml");
    for kind in table.ids() {
        assert!(replacements.knows(kind), "{kind} is no resource type");
    }
}

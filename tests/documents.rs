//! What the README and the course's guides say of the shipped blueprints is so.
//!
//! `UPDATE=1 cargo test --test documents` writes the numbers of README's table anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use atelier::source::Source;
use atelier::yaml::{self, Dialect, Node};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn loaded(path: &Path, dialect: Dialect) -> Node {
    let source = Source::new(path.display().to_string(), read(path));
    yaml::load(&source, dialect).unwrap_or_else(|findings| panic!("{}: {findings:?}", path.display()))
}

fn shipped() -> BTreeSet<String> {
    let entries = fs::read_dir(root().join("blueprints")).expect("blueprints/ can be read");
    let paths = entries.map(|entry| entry.expect("readable").path());
    paths.map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned()).collect()
}

/// The last two cells of a blueprint's row: how many resources its template has, and its regions.
fn facts(name: &str) -> (String, String) {
    let template = loaded(&root().join("out").join(name).join("template.yaml"), Dialect::Template);
    let resources = template.get("Resources").map_or(0, |resources| resources.entries().len());
    let blueprint = loaded(&root().join("blueprints").join(format!("{name}.yaml")), Dialect::Blueprint);
    let regions = blueprint.get("regions").expect("regions").items();
    let regions: Vec<_> = regions.iter().filter_map(Node::as_str).collect();
    (resources.to_string(), regions.join(", "))
}

#[test]
fn the_table_of_blueprints_is_true() {
    let path = root().join("README.md");
    let text = read(&path);
    let mut seen = BTreeSet::new();
    let mut lines = Vec::new();
    for line in text.lines() {
        let row = line.strip_prefix('|').and_then(|row| row.split_once("](blueprints/"));
        let Some((name, _)) = row.and_then(|(_, rest)| rest.split_once(".yaml)")) else {
            lines.push(line.to_owned());
            continue;
        };
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [chapter, link, gives, _, _] = cells[..] else {
            panic!("five cells: chapter, blueprint, what you get, resources, regions: {line}");
        };
        let (resources, regions) = facts(name);
        assert!(seen.insert(name.to_owned()), "{name} has two rows");
        lines.push(format!("| {chapter} | {link} | {gives} | {resources} | {regions} |"));
    }
    assert_eq!(seen, shipped(), "README's table and blueprints/ differ");
    let current = lines.join("\n") + "\n";
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, current).expect("README.md can be written");
    } else if let Some((said, is)) = text.lines().zip(current.lines()).find(|(said, is)| said != is) {
        panic!("README.md says\n{said}\nand it is\n{is}");
    }
}

/// The relative links of a document and where they lead.
fn links(document: &Path) -> Vec<(String, PathBuf)> {
    let text = read(document);
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let relative = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
    let folder = document.parent().expect("a folder");
    relative.map(|target| (target.to_owned(), folder.join(target.split('#').next().unwrap_or_default()))).collect()
}

#[test]
fn links_lead_somewhere() {
    let mut documents: Vec<PathBuf> =
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"].map(|name| root().join(name)).into();
    for folder in ["docs", "docs/adr", "docs/components", "docs/rules"] {
        let entries = fs::read_dir(root().join(folder)).expect("it can be read");
        documents.extend(
            entries
                .map(|entry| entry.expect("readable").path())
                .filter(|path| path.extension().is_some_and(|e| e == "md")),
        );
    }
    let mut dead = Vec::new();
    let mut count = 0;
    for document in documents {
        for (target, path) in links(&document) {
            count += 1;
            if !path.exists() {
                dead.push(format!("{}: {target}", document.display()));
            }
        }
    }
    assert!(count > 200, "only {count} links");
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

/// Both guides take up every chapter and every blueprint, and say the same of removing it.
#[test]
fn the_guides_know_every_blueprint() {
    let mut headings = Vec::new();
    for name in ["docs/course.md", "docs/course.en.md"] {
        let path = root().join(name);
        let linked = links(&path);
        for blueprint in shipped() {
            let target = format!("../blueprints/{blueprint}.yaml");
            assert!(linked.iter().any(|(link, _)| *link == target), "{name} does not link to {target}");
        }
        headings.push(read(&path).lines().filter(|line| line.starts_with("## ")).count());
    }
    assert_eq!(headings[0], headings[1], "the guides have different chapters");
}

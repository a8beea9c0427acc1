//! `docs/codes/yaml.yaml` explains every code of the loader with examples that do what it says.

use std::collections::BTreeSet;
use std::path::Path;

use atelier::source::Source;
use atelier::yaml::{Dialect, load};

/// Their wrong examples cannot stand in a text file, or would fill it.
const NOT_SHOWN: [&str; 5] = ["Y001", "Y003", "Y004", "Y005", "Y006"];

#[test]
fn every_code_is_explained_and_its_examples_hold() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("docs/codes/yaml.yaml")).unwrap();
    let codes = load(&Source::new("docs/codes/yaml.yaml", text), Dialect::Blueprint).unwrap();
    for entry in codes.entries() {
        let code = entry.key.as_str();
        let keys: Vec<&str> = entry.value.entries().iter().map(|entry| entry.key.as_str()).collect();
        assert_eq!(keys, ["title", "why", "wrong", "right"], "{code}");
        let example = |key: &str| entry.value.get(key).and_then(|node| node.as_str()).unwrap().to_owned();
        if !NOT_SHOWN.contains(&code) {
            let found = load(&Source::new("wrong.yaml", example("wrong")), Dialect::Blueprint).unwrap_err();
            let found: Vec<&str> = found.iter().map(|finding| finding.code.as_str()).collect();
            assert_eq!(found, [code]);
        }
        if let Err(findings) = load(&Source::new("right.yaml", example("right")), Dialect::Blueprint) {
            panic!("{code}: {findings:#?}");
        }
    }
    let explained: BTreeSet<String> = codes.entries().iter().map(|entry| entry.key.clone()).collect();
    assert_eq!(explained, used(&root.join("src/yaml")));
}

/// The codes that the sources write as `"Y001"`.
fn used(folder: &Path) -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let quoted = text.split('"').filter(|part| part.len() == 4 && part.starts_with('Y'));
        codes.extend(quoted.filter(|part| part[1..].bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned));
    }
    codes
}

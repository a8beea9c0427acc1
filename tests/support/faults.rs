//! Design faults, each seeded into a template that is right: `tests/cases/faults/<name>/fault.yaml`.
//!
//! `case` is the case of `tests/cases/render` whose template is changed by `edits`; what other tools say of it stands in `cfnLint` and
//! `validator` (left out: nothing). `closed` names the entry of `docs/codes/closed/` that makes the fault impossible here, or `caught` the
//! code with which `blueprint.yaml`, which has the fault, is refused.

use std::path::{Path, PathBuf};

use atelier::source::Source;
use atelier::yaml::{Dialect, Node, load};

use crate::proofs::{CASES, root};

/// One fault.
pub struct Fault {
    pub name: String,
    pub folder: PathBuf,
    pub title: String,
    pub closed: Option<String>,
    pub caught: Option<String>,
    pub cfn_lint: Vec<String>,
    pub validator: Vec<String>,
    /// The template with the fault in it.
    pub template: String,
}

/// All of them, in the order of their names.
pub fn faults() -> Vec<Fault> {
    let mut folders: Vec<_> = std::fs::read_dir(root().join("tests/cases/faults"))
        .expect("tests/cases/faults")
        .map(|entry| entry.expect("readable").path())
        .collect();
    folders.sort();
    folders.iter().map(|folder| fault(folder)).collect()
}

fn fault(folder: &Path) -> Fault {
    let path = folder.join("fault.yaml");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let node = load(&Source::new("fault.yaml", text), Dialect::Blueprint).unwrap_or_else(|f| panic!("{f:?}"));
    let known = ["title", "case", "edits", "closed", "caught", "cfnLint", "validator"];
    let unknown: Vec<_> =
        node.entries().iter().map(|entry| &entry.key).filter(|key| !known.contains(&key.as_str())).collect();
    assert!(unknown.is_empty(), "{}: {unknown:?}", path.display());
    let string = |key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
    let list = |key: &str| -> Vec<String> {
        let items = node.get(key).map_or(&[][..], Node::items);
        items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let case = string("case").expect("a case");
    let mut template = CASES.rendered.get(&case).unwrap_or_else(|| panic!("there is no case {case}")).text.clone();
    for edit in node.get("edits").map_or(&[][..], Node::items) {
        let part = |key: &str| edit.get(key).and_then(Node::as_str).expect("replace and by are texts");
        assert!(template.contains(part("replace")), "{}: {case} has no\n{}", path.display(), part("replace"));
        template = template.replace(part("replace"), part("by"));
    }
    Fault {
        name: folder.file_name().expect("a name").to_string_lossy().into_owned(),
        folder: folder.to_owned(),
        title: string("title").expect("a title"),
        closed: string("closed"),
        caught: string("caught"),
        cfn_lint: list("cfnLint"),
        validator: list("validator"),
        template,
    }
}

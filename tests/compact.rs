//! A template that would be too large is written without rationale and comments, and means the same.

use std::fs;
use std::path::{Path, PathBuf};

use atelier::assemble::{Detail, text};
use atelier::expression::{CONTEXT, day_number};
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::source::Source;
use atelier::yaml::{self, Dialect, Node, Value};

fn atelier() -> Atelier {
    let library = Library::open(&[]).unwrap_or_else(|findings| panic!("{findings:?}"));
    Atelier::on(library, day_number("2026-11-23").expect("a date"))
}

/// The document without places; `CONTEXT` is left out of the resources' metadata, and metadata that held nothing else too.
fn meaning(node: &Node, rationale: bool) -> serde_json::Value {
    let value = match &node.value {
        Value::Map(entries) => entries
            .iter()
            .map(|entry| (entry.key.clone(), meaning(&entry.value, rationale)))
            .filter(|(key, _)| rationale || key != CONTEXT)
            .filter(|(key, value)| rationale || key != "Metadata" || value["value"] != serde_json::json!({}))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::List(items) => items.iter().map(|item| meaning(item, rationale)).collect(),
        _ => node.to_json(),
    };
    serde_json::json!({"tag": node.tag, "value": value})
}

fn below(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.expect("readable").path()).collect()
}

fn loaded(text: &str) -> Node {
    yaml::load(&Source::new("template.yaml", text.to_owned()), Dialect::Template)
        .unwrap_or_else(|findings| panic!("{findings:?}\n{text}"))
}

#[test]
fn what_is_left_out_changes_nothing() {
    let mut atelier = atelier();
    atelier.full = true;
    let mut seen = 0;
    let cases = below("tests/cases/render").into_iter().map(|folder| folder.join("blueprint.yaml"));
    for path in cases.chain(below("blueprints")) {
        let source = Source::new("blueprint.yaml", fs::read_to_string(&path).expect("a blueprint"));
        let outcome = atelier.render(&source);
        let template = outcome.result.unwrap_or_else(|| panic!("{}: {:?}", path.display(), outcome.findings));
        let full = text(&template, Detail::Full);
        assert_eq!(full, template.source.text);
        let commented = text(&template, Detail::Commented);
        let bare = text(&template, Detail::Bare);
        assert!(bare.len() < commented.len() && commented.len() < full.len(), "{}", path.display());
        let expected = meaning(&loaded(&full), false);
        for shorter in [&commented, &bare] {
            // the frame has the graph as rationale of its own, which stays
            assert_eq!(meaning(&loaded(shorter), false), expected, "{}", path.display());
            let resources = shorter.split_once("\nResources:").expect("resources").1;
            assert!(!resources.contains(CONTEXT), "{}: a rationale is left", path.display());
        }
        seen += 1;
    }
    assert!(seen > 60, "only {seen} blueprints");
}

/// Many buckets: too large with comments, small enough without, and each line still knows where it is from.
#[test]
fn a_large_design_is_written_bare() {
    let buckets: String = (1..=14)
        .map(|n| {
            format!("  store-{n}:\n    type: storage/bucket\n    accessLogs: true\n    accessLogDays: {}\n", 100 + n)
        })
        .collect();
    let blueprint = format!("blueprint: v1\nname: many\nregions: [eu-west-1]\ncomponents:\n{buckets}");
    let source = Source::new("many.yaml", blueprint);
    let mut atelier = atelier();
    let bare = atelier.render(&source).result.expect("it renders");
    let text = &bare.source.text;
    assert!(text.len() <= 51_200, "{} bytes", text.len());
    assert!(text.lines().nth(2).is_some_and(|line| line.contains("--full")), "the head says what is missing");
    for n in [1, 9, 14] {
        let days = format!("ExpirationInDays: {}", 100 + n);
        let at =
            text.find(&days).unwrap_or_else(|| panic!("{days} is not there:\n{text}")) + "ExpirationInDays: ".len();
        let origin = bare.trace.origin(at..at + 3).expect("it comes from a component");
        assert_eq!(origin.blueprint.text(), format!("{}", 100 + n));
    }
    atelier.full = true;
    let full = atelier.render(&source);
    let text = full.result.expect("it renders").source.text.clone();
    assert!(text.len() > 51_200 && text.contains(CONTEXT), "{} bytes", text.len());
    assert!(full.findings.iter().any(|finding| finding.code == "T007"), "{:?}", full.findings);
}

//! Pictures of designs: what they show (cases), that they are sound (every shipped blueprint, designs made up at random), and that
//! no text of a blueprint becomes anything but text.

mod check;
mod random;
mod xml;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use atelier::diagram::{Diagram, Node, Zone, arrange, mermaid, svg};
use atelier::expression::day_number;
use atelier::library::{Family, Library};
use atelier::pipeline::Atelier;
use atelier::report::{Format, render};
use atelier::source::Source;
use proptest::prelude::*;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn atelier(overlays: &[PathBuf]) -> Atelier {
    let library = Library::open(overlays).unwrap_or_else(|found| panic!("{}", render(&found, Format::Text, false)));
    Atelier::on(library, day_number("2026-11-23").expect("a date"))
}

fn draw(atelier: &Atelier, source: &Arc<Source>) -> Result<Diagram, String> {
    let told = |findings: &[_]| format!("{}:\n{}", source.name, render(findings, Format::Text, false));
    let outcome = atelier.render(source);
    let template = outcome.result.ok_or_else(|| told(&outcome.findings))?;
    atelier.diagram(&template).map_err(|findings| told(&findings))
}

fn read(path: &Path) -> Arc<Source> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Source::new(path.strip_prefix(root()).unwrap_or(path).display().to_string(), text)
}

fn folders(stage: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("tests/cases").join(stage)).expect("the cases can be read");
    let mut found: Vec<_> = entries.map(|entry| entry.expect("readable").path()).filter(|path| path.is_dir()).collect();
    found.sort();
    assert!(!found.is_empty(), "there are no cases in {stage}");
    found
}

/// `tests/cases/diagram/<case>/`: `blueprint.yaml` and `expected.mmd`; types of `tests/own-library` may stand there. `UPDATE=1` writes
/// what is drawn now.
#[test]
fn cases_are_drawn_as_expected() {
    let with_own = atelier(&[root().join("tests/own-library")]);
    let mut problems = Vec::new();
    for folder in folders("diagram") {
        let diagram = draw(&with_own, &read(&folder.join("blueprint.yaml"))).unwrap_or_else(|why| panic!("{why}"));
        let text = mermaid(&diagram);
        let path = folder.join("expected.mmd");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, &text).expect("the case's folder can be written");
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        if expected != text {
            let diff = similar::TextDiff::from_lines(expected.as_str(), text.as_str());
            problems.push(format!("{} differs:\n{}", path.display(), diff.unified_diff()));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// The shipped blueprints, and every design that the tests render: each option of each component type is among them.
#[test]
fn every_design_gives_a_sound_picture() {
    let shipped = atelier(&[root().join("tests/own-library")]);
    let mut sources: Vec<Arc<Source>> =
        Library::blueprints().map(|(name, text)| Source::new(format!("blueprints/{name}.yaml"), text)).collect();
    sources
        .extend(folders("render").iter().chain(&folders("diagram")).map(|folder| read(&folder.join("blueprint.yaml"))));
    let mut problems = Vec::new();
    for source in sources {
        let diagram = draw(&shipped, &source).unwrap_or_else(|why| panic!("{why}"));
        let layout = arrange(&diagram);
        problems.extend(
            check::problems(&diagram, &layout).into_iter().map(|problem| format!("{}: {problem}", source.name)),
        );
        if layout.width > 1440.0 {
            problems.push(format!("{}: {} wide: text has less than 12 pixels on 1280", source.name, layout.width));
        }
        let text = svg(&diagram);
        problems.extend(xml::problem(&text).map(|problem| format!("{}: {problem}", source.name)));
        if text != svg(&draw(&shipped, &source).unwrap_or_else(|why| panic!("{why}"))) {
            problems.push(format!("{}: a second picture differs from the first", source.name));
        }
    }
    assert!(problems.is_empty(), "{} problems\n{}", problems.len(), problems.join("\n"));
}

/// A library whose drawing cannot be evaluated is told so, at the place, and nothing is drawn.
#[test]
fn a_broken_drawing_is_a_finding() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = root().join("tests/own-library");
    for file in ["schemas/interfaces.yaml", "schemas/lab/queue.schema.json", "templates/lab/queue.yaml.j2"] {
        let text = std::fs::read_to_string(own.join(file)).expect("the library can be read");
        let drawing = r#""x-diagram": {"nodes": [{"id": "q", "name": "Amazon SQS", "family": "integration", "when": "this.tires > 1"}]}, "x-provides""#;
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text.replacen("\"x-provides\"", drawing, 1)).expect("written");
    }
    let source =
        Source::new("a.yaml", "blueprint: v1\nname: a\nregions: [us-east-1]\ncomponents: {q: {type: lab/queue}}\n");
    let told = draw(&atelier(&[folder.path().to_path_buf()]), &source).expect_err("it cannot be drawn");
    assert!(told.contains("L003") && told.contains("x-diagram") && told.contains("tires"), "{told}");
}

/// A drawing that names a resource which no blueprint of the tests makes would never be seen.
#[test]
fn every_node_of_every_type_is_seen_in_some_design() {
    let shipped = atelier(&[]);
    let mut unseen = std::collections::BTreeSet::new();
    for name in shipped.library.names() {
        let kind = shipped.library.get(&name).expect("listed").expect("sound");
        let drawing = kind.drawing.as_ref().unwrap_or_else(|| panic!("{name} does not say how it is drawn"));
        unseen.extend(drawing.nodes.iter().map(|node| format!("{name}.{}", node.id)));
    }
    let mut sources: Vec<Arc<Source>> = Library::blueprints().map(|(name, text)| Source::new(name, text)).collect();
    sources.extend(folders("render").iter().map(|folder| read(&folder.join("blueprint.yaml"))));
    for source in sources {
        let diagram = draw(&shipped, &source).unwrap_or_else(|why| panic!("{why}"));
        diagram.nodes.iter().flat_map(|node| &node.drawn).for_each(|drawn| {
            unseen.remove(drawn);
        });
    }
    assert!(unseen.is_empty(), "never drawn: {unseen:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Any graph gives a picture without overlaps, whose arrows run where nothing stands.
    #[test]
    fn any_graph_gives_a_sound_picture(diagram in random::diagram()) {
        let layout = arrange(&diagram);
        let problems = check::problems(&diagram, &layout);
        prop_assert!(problems.is_empty(), "{}\n{}", problems.join("\n"), mermaid(&diagram));
        let problem = xml::problem(&svg(&diagram));
        prop_assert!(problem.is_none(), "{problem:?}");
    }

    /// No text of a blueprint becomes an element, an attribute, an entity or Mermaid.
    #[test]
    fn text_stays_text(text in random::hostile()) {
        let shipped = atelier(&[]);
        let blueprint = format!(
            "blueprint: v1\nname: a\nregions: [us-east-1]\ndescription: {text}\ncomponents:\n  b: {{type: storage/existing-bucket, bucketName: b-c-d}}\n  s: {{type: security/code-scanning}}\n  k: {{type: neuron/inference-fleet, instanceType: inf2.8xlarge}}\n",
            text = serde_json::Value::from(text.as_str()),
        );
        let source = Source::new("hostile.yaml", blueprint);
        // what the loader refuses is no text of a design
        if let Ok(diagram) = draw(&shipped, &source) {
            let problem = xml::problem(&svg(&diagram));
            prop_assert!(problem.is_none(), "{problem:?}");
        }
        // a node of this name is one line of Mermaid, in which nothing but plain characters stands between the quotes
        let node = Node {
            name: text.clone(), detail: text, family: Family::Other, zone: Zone::Region, group: None, components: Vec::new(), drawn: Vec::new(),
        };
        let diagram = Diagram {
            title: "a".to_owned(), description: String::new(), regions: Vec::new(), groups: Vec::new(), nodes: vec![node], edges: Vec::new(),
        };
        let drawn = mermaid(&diagram);
        let lines: Vec<&str> = drawn.lines().collect();
        prop_assert_eq!(lines.len(), 4, "{}", drawn);
        let said = lines[2].trim_start().strip_prefix("n1[\"").and_then(|rest| rest.strip_suffix("\"]"));
        let said = said.map(|said| said.replace("<br/>", ""));
        prop_assert!(said.is_some_and(|said| !said.contains(['"', '<', '>', '`', '*', '[', ']', '{', '}', '%', '\\', '|', '&'])), "{}", drawn);
    }
}

//! Every shipped blueprint is deployed on two emulators of CloudFormation: created from a change set, looked for in its services, updated as
//! `atelier diff` predicts, copied, and deleted. `docs/assurance.md` says what came of it; `UPDATE=1 cargo test --test deploy` rewrites it.
//! `ONLY=knowledge-base,course` deploys some and compares nothing with the document.
#![cfg(feature = "verify")]

#[path = "support/assurance.rs"]
mod assurance;
#[path = "deploy/proved.rs"]
mod proved;
#[path = "support/python.rs"]
mod python;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use atelier::diff::{Document, Fate, compare};
use atelier::expression::day_number;
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::source::Source;
use atelier::verify::Replacements;
use atelier::yaml::{self, Dialect, Node};
use serde_json::{Value, json};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn loaded(name: &str, text: String, dialect: Dialect) -> Node {
    yaml::load(&Source::new(name, text), dialect).unwrap_or_else(|findings| panic!("{name}: {findings:?}"))
}

fn text(node: Option<&Node>) -> Option<String> {
    node.and_then(Node::as_str).map(str::to_owned)
}

/// What is written into the folder for the emulators: templates, and for each blueprint a job.
struct Jobs {
    atelier: Atelier,
    replacements: Replacements,
    folder: PathBuf,
    fates: BTreeMap<&'static str, usize>,
}

impl Jobs {
    fn rendered(&self, name: &str, blueprint: String) -> (PathBuf, Document) {
        let outcome = self.atelier.render(&Source::new(name, blueprint));
        let template = outcome.result.unwrap_or_else(|| panic!("{name}: {:?}", outcome.findings));
        let path = self.folder.join(format!("{name}.yaml"));
        fs::write(&path, &template.source.text).expect("the folder can be written");
        let node = yaml::load(&template.source, Dialect::Template).unwrap_or_else(|findings| panic!("{findings:?}"));
        (path, Document::read(&node))
    }

    fn job(&mut self, name: &str, blueprint: &str, known: &Node) -> Value {
        let region = loaded(name, blueprint.to_owned(), Dialect::Blueprint);
        let region =
            text(region.get("regions").and_then(|regions| regions.items().first())).expect("a blueprint has regions");
        let change = known.get("change").unwrap_or_else(|| panic!("{name}: no change in tests/deploy/blueprints.yaml"));
        let (from, to) = (text(change.get("from")).expect("from"), text(change.get("to")).expect("to"));
        assert_eq!(blueprint.matches(&from).count(), 1, "{name}: {from:?} must stand in the blueprint once");
        let (template, old) = self.rendered(name, blueprint.to_owned());
        let (updated, new) = self.rendered(&format!("{name}-updated"), blueprint.replace(&from, &to));
        let diff = compare(&old, &new, &self.replacements);
        let mut fates = serde_json::Map::new();
        for resource in diff.resources {
            let word = word(resource.fate);
            *self.fates.entry(word).or_default() += 1;
            fates.insert(resource.id, word.into());
        }
        assert!(!fates.is_empty(), "{name}: the change from {from:?} to {to:?} changes nothing");
        let parameters = known.get("parameters").map_or_else(|| json!({}), Node::to_json);
        json!({
            "name": name, "region": region, "template": template, "parameters": parameters, "alone": text(known.get("alone")),
            "update": {"template": updated, "fates": fates},
        })
    }
}

fn word(fate: Fate) -> &'static str {
    match fate {
        Fate::Removed => "removed",
        Fate::Replaced => "replaced",
        Fate::MayBeReplaced => "may be replaced",
        Fate::Updated => "updated",
        Fate::Added => "added",
        Fate::Noted => "noted",
    }
}

fn names() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(root().join("blueprints"))
        .expect("blueprints/ can be read")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert!(names.len() > 20, "the blueprints are found");
    names
}

#[test]
fn every_blueprint_deploys_on_two_emulators() {
    let Some(environment) = python::environment_of("emulators", "tests/deploy/requirements.txt") else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let library = Library::open(&[]).unwrap_or_else(|findings| panic!("{findings:?}"));
    let atelier = Atelier::on(library, day_number("2026-11-23").expect("a date"));
    let mut jobs =
        Jobs { atelier, replacements: Replacements::load(), folder: folder.path().into(), fates: BTreeMap::new() };

    let data = fs::read_to_string(root().join("tests/deploy/blueprints.yaml")).expect("the data can be read");
    let data = loaded("tests/deploy/blueprints.yaml", data, Dialect::Blueprint);
    let only = std::env::var("ONLY").ok();
    let chosen = |name: &str| only.as_deref().is_none_or(|only| only.split(',').any(|wanted| wanted == name));
    let names = names();
    for entry in data.entries() {
        assert!(names.contains(&entry.key), "tests/deploy/blueprints.yaml: there is no blueprint {}", entry.key);
    }
    let jobs_for: Vec<Value> = names
        .iter()
        .filter(|name| chosen(name))
        .map(|name| {
            let blueprint = fs::read_to_string(root().join(format!("blueprints/{name}.yaml"))).expect("readable");
            let known = data.get(name).unwrap_or_else(|| panic!("{name} is not in tests/deploy/blueprints.yaml"));
            jobs.job(name, &blueprint, known)
        })
        .collect();
    let (input, output) = (folder.path().join("jobs.json"), folder.path().join("report.json"));
    fs::write(&input, Value::from(jobs_for).to_string()).expect("the folder can be written");

    let status = Command::new(environment.join("bin/python"))
        .arg("-B")
        .arg(root().join("tests/deploy/run.py"))
        .args([&input, &output, &folder.path().to_owned()])
        .status()
        .expect("python runs");
    assert!(status.success(), "the emulators' driver fails: {status}");
    let report: Value = serde_json::from_str(&fs::read_to_string(&output).expect("a report")).expect("it is JSON");
    let problems: Vec<&str> = ["ministack", "moto"]
        .iter()
        .flat_map(|engine| report[engine]["problems"].as_array().unwrap_or_else(|| panic!("{engine} was not run")))
        .filter_map(Value::as_str)
        .collect();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    if only.is_none() {
        proved::compare(&report, &jobs.fates, names.len());
    }
}

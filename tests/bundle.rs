//! The schema for editors is as strict as atelier and no stricter, what it inserts is sound, and a mistake in what it is made from is told.

#[path = "support/snippet.rs"]
mod snippet;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use atelier::catalogue::Choice;
use atelier::diagnostic::{Finding, Severity};
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::report::{Format, render};
use atelier::schema::{Checker, Locate, bundle};
use atelier::source::{Place, Source};
use atelier::yaml::{self, Dialect};
use serde_json::{Value, json};

struct Nowhere;

impl Locate for Nowhere {
    fn value(&self, path: &[String]) -> Place {
        Place::new(&Source::new(path.join("."), ""), 0..0)
    }

    fn key(&self, path: &[String]) -> Place {
        self.value(path)
    }
}

fn atelier(overlays: &[PathBuf]) -> Atelier {
    let library = Library::open(overlays).unwrap_or_else(|findings| panic!("{}", text(&findings)));
    Atelier::on(library, atelier::expression::day_number("2026-11-23").expect("a date"))
}

fn text(findings: &[Finding]) -> String {
    render(findings, Format::Text, false)
}

fn bundled(atelier: &Atelier) -> Value {
    bundle(&atelier.library).unwrap_or_else(|findings| panic!("{}", text(&findings)))
}

/// The errors of atelier in a blueprint of this component, as text.
fn errors(atelier: &Atelier, blueprint: &str) -> String {
    let mut findings = atelier.check(&Source::new("blueprint.yaml", blueprint)).findings;
    findings.retain(|finding| finding.severity == Severity::Error);
    if findings.is_empty() { String::new() } else { text(&findings) }
}

fn with_component(body: &str) -> String {
    format!("blueprint: v1\nname: a\nregions: [us-east-1]\ncomponents:\n  a: {body}\n")
}

/// Every `x-catalogue` below a schema, with the dotted path of its property.
fn choices(schema: &Value, path: &str, found: &mut Vec<(String, Value)>) {
    match schema {
        Value::Object(object) => {
            if object.contains_key("x-catalogue") {
                found.push((path.to_owned(), schema.clone()));
            }
            for (key, value) in object {
                match key.as_str() {
                    "properties" => value.as_object().into_iter().flatten().for_each(|(name, property)| {
                        choices(property, format!("{path}.{name}").trim_start_matches('.'), found);
                    }),
                    _ => choices(value, path, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| choices(item, path, found)),
        _ => {}
    }
}

/// `<component type> <path>` and the property of every `x-catalogue` of the library and of the blueprint's head.
fn all_choices(atelier: &Atelier) -> Vec<(String, Value)> {
    let envelope = include_str!("../schemas/envelope.schema.json");
    let mut all = Vec::new();
    choices(&serde_json::from_str(envelope).expect("JSON"), "", &mut all);
    for name in atelier.library.names() {
        let kind = atelier.library.get(&name).expect("listed").unwrap_or_else(|findings| panic!("{}", text(&findings)));
        let mut found = Vec::new();
        choices(&kind.schema, "", &mut found);
        all.extend(found.into_iter().map(|(path, property)| (format!("{name} {path}"), property)));
    }
    all
}

fn choice(property: &Value) -> Choice {
    serde_json::from_value(property["x-catalogue"].clone()).expect("the meta-schema holds it")
}

#[test]
fn what_is_offered_holds_the_default_and_the_examples() {
    let mut problems = Vec::new();
    for (place, property) in all_choices(&atelier(&[])) {
        let choice = choice(&property);
        let own = property["enum"].as_array().cloned();
        let rows = choice.rows().unwrap_or_else(|message| panic!("{place}: {message}"));
        let offered = own.clone().unwrap_or_else(|| rows.iter().map(|row| row["id"].clone()).collect());
        let examples = property["examples"].as_array().into_iter().flatten();
        for value in examples.chain(property.get("default")) {
            // an image of one's own is an example of what no catalogue lists
            let own_image = value.as_str().is_some_and(|value| value.contains(".dkr.ecr."));
            if !own_image && !offered.contains(value) {
                problems.push(format!("{place}: {value} is not offered"));
            }
        }
        for id in own.into_iter().flatten() {
            if atelier::catalogue::get(&choice.file, id.as_str().unwrap_or_default()).is_none() {
                problems.push(format!("{place}: {} says nothing of {id}", choice.file));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// A value that the catalogue does not know, where the schema offers a closed list, is an error of atelier and of the editor.
#[test]
fn closed_lists_are_as_strict_as_atelier() {
    let wrong = [
        (
            "regions",
            "blueprint: v1\nname: a\nregions: [eu-west-9]\ncomponents:\n  a: {type: storage/bucket}\n".to_owned(),
        ),
        ("network/vpc endpoints", with_component("{type: network/vpc, endpoints: [s3, s4]}")),
        (
            "neuron/inference-fleet instanceType",
            with_component("{type: neuron/inference-fleet, instanceType: inf2.9xlarge}"),
        ),
        (
            "neuron/inference-fleet capacity.otherTypes",
            with_component("{type: neuron/inference-fleet, capacity: {otherTypes: [inf2.9xlarge]}}"),
        ),
        (
            "neuron/inference-fleet serving.image",
            with_component("{type: neuron/inference-fleet, serving: {image: vllm-9}}"),
        ),
        (
            "neuron/training-cluster instanceType",
            with_component("{type: neuron/training-cluster, instanceType: trn1.9xlarge}"),
        ),
        ("sagemaker/jumpstart-endpoint model", with_component("{type: sagemaker/jumpstart-endpoint, model: acme-9}")),
    ];
    let atelier = atelier(&[]);
    let closed: BTreeSet<String> = all_choices(&atelier)
        .into_iter()
        .filter(|(_, property)| choice(property).closed)
        .map(|(place, _)| place)
        .collect();
    assert_eq!(
        closed,
        wrong.iter().map(|(place, _)| (*place).to_owned()).collect(),
        "each closed list has its wrong value"
    );
    let checker = Checker::new(&bundled(&atelier), "the blueprint").expect("the bundle compiles");
    for (place, blueprint) in wrong {
        assert!(!errors(&atelier, &blueprint).is_empty(), "{place}: atelier does not mind, so the list must be open");
        let root = yaml::load(&Source::new(place, &*blueprint), Dialect::Blueprint).expect("YAML");
        assert!(!checker.check(&root.to_json(), &Nowhere, &[]).is_empty(), "{place}: the editor does not mind");
    }
}

#[test]
fn open_lists_refuse_nothing() {
    let unknown = [
        "{type: bedrock/assistant-api, model: acme.talk-v9}",
        "{type: bedrock/knowledge-base, embedding: {model: acme.embed-v9}, parsing: {strategy: foundation-model, model: acme.see-v9}}",
        "{type: neuron/inference-fleet, model: {id: acme/Talk-9}}",
        "{type: neuron/inference-fleet, model: {id: {param: Model}}}",
        "{type: sagemaker/jumpstart-endpoint, instanceType: ml.g9.xlarge}",
        "{type: sagemaker/studio, models: [acme.talk-v9], moreInstanceTypes: [ml.g9.xlarge]}",
        "{type: network/existing-vpc, vpcId: vpc-0123456789abcdef0, cidr: 10.0.0.0/16, privateSubnetIds: [subnet-0123456789abcdef0], endpoints: [s9]}",
    ];
    let checker = Checker::new(&bundled(&atelier(&[])), "the blueprint").expect("the bundle compiles");
    for component in unknown {
        let root = yaml::load(&Source::new("a.yaml", with_component(component)), Dialect::Blueprint).expect("YAML");
        let found = checker.check(&root.to_json(), &Nowhere, &[]);
        assert!(found.is_empty(), "{component}: {}", text(&found));
    }
}

/// A snippet's body as the value that stands there when nothing is typed over.
fn expanded(body: &Value) -> Value {
    match body {
        Value::String(text) => {
            let text = snippet::expand(text);
            let node = yaml::load(&Source::new("value", format!("value: {text}\n")), Dialect::Blueprint);
            node.unwrap_or_else(|findings| panic!("{}", crate::text(&findings))).to_json()["value"].clone()
        }
        Value::Array(items) => items.iter().map(expanded).collect(),
        Value::Object(entries) => entries
            .iter()
            .map(|(key, value)| (snippet::expand(key), expanded(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

fn bodies(snippets: &Value) -> Vec<(String, Value)> {
    let snippets = snippets.as_array().expect("a list of snippets");
    snippets.iter().map(|snippet| (snippet["label"].to_string(), expanded(&snippet["body"]))).collect()
}

#[test]
fn snippets_are_sound_blueprints() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/own-library");
    let atelier = atelier(&[own]);
    let schema = bundled(&atelier);
    let sound = |label: &str, blueprint: Value| {
        let found = errors(&atelier, &blueprint.to_string());
        assert!(found.is_empty(), "{label}: {blueprint}\n{found}");
    };
    for (label, body) in bodies(&schema["defaultSnippets"]) {
        sound(&label, body);
    }
    let components = &schema["properties"]["components"];
    let named = bodies(&components["allOf"][0]["defaultSnippets"]);
    let unnamed = bodies(&components["additionalProperties"]["allOf"][1]["else"]["defaultSnippets"]);
    let count = atelier.library.names().len();
    assert_eq!((named.len(), unnamed.len()), (count, count), "each component type has its snippets");
    let head = json!({"blueprint": "v1", "name": "a", "regions": ["us-east-1"]});
    for ((label, named), (_, unnamed)) in named.into_iter().zip(unnamed) {
        let body = named.as_object().and_then(|named| named.values().next());
        assert_eq!(body, Some(&unnamed), "{label}");
        let mut blueprint = head.clone();
        blueprint["components"] = named;
        sound(&label, blueprint);
    }
}

/// What `atelier schema` says of a library whose queue has other keywords.
fn with_queue(name: &str, change: impl Fn(&mut Value)) -> String {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bundle").join(name);
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/own-library");
    for file in ["schemas/interfaces.yaml", "schemas/lab/queue.schema.json", "templates/lab/queue.yaml.j2"] {
        let target = root.join(file);
        std::fs::create_dir_all(target.parent().expect("a folder")).expect("the folder can be made");
        std::fs::copy(own.join(file), &target).expect("the file can be copied");
    }
    let file = root.join("schemas/lab/queue.schema.json");
    let mut schema = serde_json::from_str(&std::fs::read_to_string(&file).expect("a schema")).expect("JSON");
    change(&mut schema);
    std::fs::write(&file, format!("{schema:#}")).expect("the schema can be written");
    match bundle(&Library::open(&[root]).expect("it opens")) {
        Ok(_) => "no error".to_owned(),
        Err(findings) => findings.iter().map(|finding| format!("{} {}", finding.code, finding.message)).collect(),
    }
}

#[test]
fn mistakes_in_the_keywords_are_told() {
    let choice =
        |choice: Value| move |schema: &mut Value| schema["properties"]["tries"]["x-catalogue"] = choice.clone();
    let snippet = |path: &'static str| move |schema: &mut Value| schema["x-snippet"] = json!([path]);
    assert_eq!(with_queue("sound", choice(json!({"file": "regions"}))), "no error");
    assert_eq!(with_queue("file", choice(json!({"file": "region"}))), "L002 there is no catalogue file `region`");
    assert_eq!(
        with_queue("field", choice(json!({"file": "regions", "where": {"kind": "x"}}))),
        "L002 no row of `regions` has the field `kind`"
    );
    assert_eq!(
        with_queue("form", choice(json!("regions"))),
        "L002 `x-catalogue` is not as it should be: invalid type: string \"regions\", expected struct Choice"
    );
    assert_eq!(
        with_queue("path", snippet("retention")),
        "L002 `x-snippet` names `retention`, which `lab/queue` does not have"
    );
    assert_eq!(with_queue("snippet", snippet("retentionDays")), "no error");
}

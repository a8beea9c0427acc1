//! The definition of every SageMaker pipeline in every rendered template: JSON whose steps the service's own model accepts
//! (rule ST011 of the knowledge behind `sagemaker/fine-tuning-pipeline`: nothing else looks at it before it runs).

#[path = "support/python.rs"]
mod python;

use std::fs;
use std::path::Path;
use std::process::Command;

use atelier::expression::day_number;
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::source::Source;
use atelier::yaml::{self, Dialect, Node, Value};

/// The text of `!Sub [text, {…}]` with a sample for each `${Name}`: nothing that could end the JSON string it stands in.
fn filled_in(body: &Node) -> String {
    let Value::List(parts) = &body.value else { panic!("a definition is a text and its variables") };
    let text = parts[0].as_str().expect("the text");
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').expect("a reference ends");
        assert!(name.starts_with("AWS::") || parts[1].get(name).is_some(), "${{{name}}} has no value");
        out.push_str(before);
        // long enough for an ARN, and no name is longer than the shortest limit that it meets
        out.push_str(if name.ends_with("Role") { "arn:aws:iam::111122223333:role/sample" } else { "sample" });
        rest = after;
    }
    out + rest
}

#[test]
fn every_definition_is_one_that_sagemaker_takes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let library = Library::open(&[]).unwrap_or_else(|findings| panic!("{findings:?}"));
    let atelier = Atelier::on(library, day_number("2026-11-23").expect("a date"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut files = Vec::new();
    for entry in fs::read_dir(root.join("tests/cases/render")).expect("the cases can be read") {
        let case = entry.expect("readable").path();
        let text = fs::read_to_string(case.join("blueprint.yaml")).expect("a blueprint");
        let template = atelier.render(&Source::new("blueprint.yaml", text)).result.expect("it renders");
        let document = yaml::load(&template.source, Dialect::Template).expect("it can be read");
        for resource in document.get("Resources").expect("resources").entries() {
            if resource.value.get("Type").and_then(Node::as_str) != Some("AWS::SageMaker::Pipeline") {
                continue;
            }
            let definition = resource.value.get("Properties").and_then(|node| node.get("PipelineDefinition"));
            let body = definition.and_then(|node| node.get("PipelineDefinitionBody")).expect("an inline definition");
            let name = case.file_name().expect("a name").to_string_lossy().into_owned();
            let file = folder.path().join(format!("{name}-{}.json", resource.key));
            let json = filled_in(body);
            serde_json::from_str::<serde_json::Value>(&json).unwrap_or_else(|error| panic!("{name}: {error}\n{json}"));
            fs::write(&file, json).expect("written");
            files.push(file);
        }
    }
    assert!(files.len() > 5, "only {} pipelines", files.len());
    if let Some(kept) = std::env::var_os("KEEP_DEFINITIONS") {
        for file in &files {
            fs::copy(file, Path::new(&kept).join(file.file_name().expect("a name"))).expect("copied");
        }
    }
    let output = Command::new(python::environment().join("bin/python"))
        .arg(root.join("tests/python/pipeline_definition.py"))
        .args(&files)
        .output()
        .expect("python");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

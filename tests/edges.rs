//! CloudFormation's limits of a whole template at their exact edges: as much as is allowed passes, one more is told.

use std::fs;
use std::path::Path;

use atelier::expression::day_number;
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::source::Source;

const SCHEMA: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Many", "description": "As many parts as one asks for.",
  "type": "object", "unevaluatedProperties": false,
  "properties": {
    "resources": {"title": "Resources", "description": "Topics.", "type": "integer", "default": 1},
    "parameters": {"title": "Parameters", "description": "Parameters.", "type": "integer", "default": 0},
    "outputs": {"title": "Outputs", "description": "Outputs.", "type": "integer", "default": 0},
    "mappings": {"title": "Mappings", "description": "Mappings.", "type": "integer", "default": 0},
    "id": {"title": "Id", "description": "Letters of the longest logical id.", "type": "integer", "default": 0},
    "text": {"title": "Text", "description": "Bytes of a topic's name.", "type": "integer", "default": 1}
  }
}"#;

const TEMPLATE: &str = r#"Parameters:
{% for i in range(this.parameters) %}
  {{ logical("Given" ~ i) }}: {Type: String, Default: a}
{% endfor %}
Mappings:
{% for i in range(this.mappings) %}
  {{ logical("Map" ~ i) }}: {a: {b: c}}
{% endfor %}
Resources:
  {{ logical("Filler") }}: {Type: AWS::SNS::Topic, Properties: {DisplayName: {{ "x" * this.text }}}}
{% for i in range(this.resources - 1) %}
  {{ logical("Topic" ~ i) }}: {Type: AWS::SNS::Topic}
{% endfor %}
{% if this.id %}
  {{ logical("L" * this.id) }}: {Type: AWS::SNS::Topic}
{% endif %}
Outputs:
{% for i in range(this.outputs) %}
  {{ logical("Out" ~ i) }}: {Value: a}
{% endfor %}
"#;

fn atelier(folder: &Path) -> Atelier {
    for (path, text) in [("schemas/my/many.schema.json", SCHEMA), ("templates/my/many.yaml.j2", TEMPLATE)] {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }
    let library = Library::open(&[folder.to_owned()]).unwrap_or_else(|findings| panic!("{findings:?}"));
    Atelier::on(library, day_number("2026-11-25").expect("a day"))
}

/// What is said of a design, code and message, and how many bytes its template has.
fn told(atelier: &Atelier, description: &str, properties: &str) -> (Vec<(String, String)>, Option<usize>) {
    let text = format!(
        "blueprint: v1\nname: edge\ndescription: {description}\nregions: [eu-west-1]\ncomponents:\n  m: {{type: my/many, {properties}}}\n"
    );
    let outcome = atelier.render(&Source::new("edge.yaml", text));
    let said = outcome.findings.iter().map(|finding| (finding.code.to_string(), finding.message.clone())).collect();
    (said, outcome.result.map(|template| template.source.text.len()))
}

#[test]
fn one_more_than_allowed_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let atelier = atelier(folder.path());
    // the component's name is a part of its ids
    let letters = 255 - "M".len();
    let cases = [
        ("resources", 500, "501 resources"),
        ("parameters", 200, "201 parameters"),
        ("outputs", 200, "201 outputs"),
        ("mappings", 200, "201 mappings"),
        ("id", letters, "has 256 characters"),
    ];
    for (property, most, says) in cases {
        let (findings, bytes) = told(&atelier, "a", &format!("{property}: {most}"));
        assert!(bytes.is_some(), "{property} {most}: {findings:?}");
        let (findings, bytes) = told(&atelier, "a", &format!("{property}: {}", most + 1));
        assert!(bytes.is_none(), "{property} {} renders", most + 1);
        assert!(
            findings.iter().any(|(code, message)| code == "T006" && message.contains(says)),
            "{property}: {findings:?}"
        );
    }
}

#[test]
fn a_description_has_1024_bytes_at_most() {
    let folder = tempfile::tempdir().expect("a folder");
    let atelier = atelier(folder.path());
    // bytes count, not characters: é has two
    for (description, allowed) in [("é".repeat(512), true), (format!("{}a", "é".repeat(512)), false)] {
        let (findings, bytes) = told(&atelier, &description, "resources: 1");
        assert_eq!(bytes.is_some(), allowed, "{} bytes: {findings:?}", description.len());
    }
}

#[test]
fn sizes_count_by_the_byte() {
    let folder = tempfile::tempdir().expect("a folder");
    let atelier = atelier(folder.path());
    // a template that needs a bucket says so in its head, so it has another frame
    for (limit, code, usual) in [(51_200, "T007", 10_000), (1_000_000, "T006", 100_000)] {
        let (_, bytes) = told(&atelier, "a", &format!("text: {usual}"));
        let frame = bytes.expect("a template") - usual;
        for (size, over) in [(limit, false), (limit + 1, true)] {
            let (findings, bytes) = told(&atelier, "a", &format!("text: {}", size - frame));
            assert_eq!(findings.iter().any(|(own, _)| own == code), over, "{size}: {findings:?}");
            assert!(over || bytes == Some(size), "{bytes:?} bytes, and not {size}");
        }
    }
}

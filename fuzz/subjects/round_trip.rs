//! Any text in text properties arrives in the template byte for byte, or there is a finding; nothing else changes.

use std::sync::OnceLock;

use atelier::expression::literal;
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::source::Source;
use atelier::yaml::{self, Dialect, Node};

fn atelier() -> &'static Atelier {
    static ATELIER: OnceLock<Atelier> = OnceLock::new();
    ATELIER.get_or_init(|| Atelier::on(Library::open(&[]).expect("the embedded library"), 20_780))
}

fn rendered(text: &str) -> Option<Node> {
    let text = literal(text);
    let blueprint = format!(
        "blueprint: v1\nname: fuzz\nregions: [eu-west-1]\ndescription: {text}\ntags: {{Note: {text}}}\ncomponents:\n  guardrail:\n    type: bedrock/guardrail\n    blockedInputMessage: {text}\n"
    );
    let outcome = atelier().render(&Source::new("fuzz.yaml", blueprint));
    let Some(template) = outcome.result else {
        assert!(!outcome.findings.is_empty(), "neither a template nor a finding");
        return None;
    };
    Some(yaml::load(&template.source, Dialect::Template).expect("the template can be read"))
}

/// The document with the fuzzed text taken out again. The guardrail's version is named after its content, and goes out too.
fn without(node: &Node, text: &str) -> serde_json::Value {
    let json = node.to_json().to_string();
    let mut json: serde_json::Value = serde_json::from_str(&json.replace(&quoted(text), "\"X\"")).expect("still JSON");
    if let Some(version) = json.pointer_mut("/Resources/GuardrailVersion/Properties/Description") {
        assert!(version.as_str().is_some_and(|version| version.starts_with("content ")), "{version}");
        *version = serde_json::Value::Null;
    }
    json
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text")
}

/// Judges one input; panics when something is wrong.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Some(harmless) = rendered("X") else { panic!("a harmless text does not render") };
    // a word of the template itself could not be told from the text
    if text.is_empty() || harmless.to_json().to_string().contains(&quoted(text)) {
        return;
    }
    let Some(root) = rendered(text) else { return };
    let path = ["Resources", "GuardrailPolicy", "Properties", "BlockedInputMessaging"];
    let arrived = root.find(path).map(|(node, _)| node.as_str().map(str::to_owned));
    assert_eq!(arrived, Some(Some(text.to_owned())), "the message is another one");
    assert_eq!(root.get("Description").and_then(Node::as_str), Some(text), "the description is another one");
    assert_eq!(without(&root, text), without(&harmless, "X"), "something else changed");
}

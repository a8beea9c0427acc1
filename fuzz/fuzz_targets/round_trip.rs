//! Any text in text properties arrives in the template byte for byte, or there is a finding; nothing else changes.
#![no_main]

use std::sync::OnceLock;

use atelier::expression::literal;
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::source::Source;
use atelier::yaml::{self, Dialect, Node};
use libfuzzer_sys::fuzz_target;

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

/// The document with the fuzzed text taken out again.
fn without(node: &Node, text: &str) -> serde_json::Value {
    let json = node.to_json().to_string();
    let quoted = serde_json::to_string(text).expect("a text");
    serde_json::from_str(&json.replace(&quoted, "\"X\"")).expect("still JSON")
}

fuzz_target!(|text: &str| {
    if text.is_empty() || text == "X" {
        return;
    }
    let Some(root) = rendered(text) else { return };
    let path = ["Resources", "GuardrailPolicy", "Properties", "BlockedInputMessaging"];
    let arrived = root.find(path).map(|(node, _)| node.as_str().map(str::to_owned));
    assert_eq!(arrived, Some(Some(text.to_owned())), "the message is another one");
    assert_eq!(root.get("Description").and_then(Node::as_str), Some(text), "the description is another one");
    let harmless = rendered("X").expect("a harmless text renders");
    assert_eq!(without(&root, text), without(&harmless, "X"), "something else changed");
});

//! A person writes a blueprint in an editor: the language server of VS Code's YAML support, with the schema that `atelier
//! schema` prints, offers component types, properties and values, explains them, and underlines what is wrong.

#[path = "support/language_server.rs"]
mod language_server;
#[path = "support/node.rs"]
mod node;
#[path = "support/snippet.rs"]
mod snippet;

use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, OnceLock};

use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::report::{Format, render};
use atelier::source::Source;
use language_server::Editor;
use serde_json::Value;

const FIRST_LINE: &str = "# yaml-language-server: $schema=blueprint.schema.json\n";
const HEAD: &str =
    "# yaml-language-server: $schema=blueprint.schema.json\nblueprint: v1\nname: course\nregions: [eu-west-1]\n";

/// One server for all tests; it reads the schema once.
fn editor() -> Option<MutexGuard<'static, Editor>> {
    static EDITOR: OnceLock<Option<Mutex<Editor>>> = OnceLock::new();
    let start = || {
        let server = node::modules("editor")?.join("yaml-language-server/bin/yaml-language-server");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("editor");
        std::fs::create_dir_all(&folder).expect("the test's folder can be made");
        let schema = Command::new(env!("CARGO_BIN_EXE_atelier")).arg("schema").output().expect("atelier runs");
        assert!(schema.status.success(), "{}", String::from_utf8_lossy(&schema.stderr));
        std::fs::write(folder.join("blueprint.schema.json"), schema.stdout).expect("the folder can be written");
        Some(Mutex::new(Editor::start(Command::new("node").arg(server).arg("--stdio"), &folder)))
    };
    let editor = EDITOR.get_or_init(start).as_ref()?;
    Some(editor.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
}

fn labels(items: &[Value]) -> Vec<&str> {
    items.iter().filter_map(|item| item["label"].as_str()).collect()
}

fn item<'a>(items: &'a [Value], label: &str) -> &'a Value {
    items.iter().find(|item| item["label"] == label).unwrap_or_else(|| panic!("{label} is not in {:?}", labels(items)))
}

/// The words beside an offered item, whatever their form.
fn said(item: &Value) -> &str {
    item["documentation"]["value"].as_str().or(item["documentation"].as_str()).unwrap_or_default()
}

/// A text after an item was chosen at its `|` and nothing was typed over.
fn chosen(marked: &str, item: &Value) -> String {
    let (before, after) = marked.split_once('|').expect("`|` marks the cursor");
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let edit = &item["textEdit"];
    let character = edit["range"]["start"]["character"].as_u64().expect("an edit in one line") as usize;
    let inserted = snippet::expand(edit["newText"].as_str().expect("a text"));
    // editors indent further lines as the first one
    let margin: String = before[line_start..].chars().take_while(|c| *c == ' ').collect();
    format!("{}{}{after}", &before[..line_start + character], inserted.replace('\n', &format!("\n{margin}")))
}

/// What atelier itself has to say against a text.
fn errors(text: &str) -> String {
    let library = Library::open(&[]).expect("the embedded library opens");
    let outcome = Atelier::on(library, atelier::expression::day_number("2026-11-23").expect("a date"))
        .check(&Source::new("blueprint.yaml", text));
    if outcome.result.is_some() { String::new() } else { render(&outcome.findings, Format::Text, false) }
}

#[test]
fn component_types_are_offered_and_explained() {
    let Some(mut editor) = editor() else { return };
    let items = editor.complete(&format!("{HEAD}components:\n  knowledge:\n    type: |\n"));
    let known = Library::open(&[]).expect("the embedded library opens").names();
    assert!(known.iter().all(|name| labels(&items).contains(&name.as_str())), "{:?}", labels(&items));
    assert!(said(item(&items, "bedrock/knowledge-base")).contains("Provides `knowledge-base`"));

    let shown = editor.hover(&format!("{HEAD}components:\n  knowledge:\n    type: bedrock/know|ledge-base\n"));
    assert!(shown.contains("#### Knowledge base") && shown.contains("vector store"), "{shown}");
}

#[test]
fn properties_are_offered_and_explained() {
    let Some(mut editor) = editor() else { return };
    let items = editor.complete(&format!("{HEAD}components:\n  knowledge:\n    type: bedrock/knowledge-base\n    |\n"));
    for property in ["documents", "embedding", "store", "chunking", "logRetentionDays", "acknowledge"] {
        assert!(labels(&items).contains(&property), "{property} is not in {:?}", labels(&items));
    }
    assert!(!labels(&items).contains(&"instanceType") && !labels(&items).contains(&"type"), "{:?}", labels(&items));
    assert!(said(item(&items, "documents")).contains("a component that provides `object-store`"));

    let nested = format!(
        "{HEAD}components:\n  knowledge:\n    type: bedrock/knowledge-base\n    chunking:\n      maxT|okens: 300\n"
    );
    let shown = editor.hover(&nested);
    assert!(shown.contains("#### Chunk size") && shown.contains("Default: 300."), "{shown}");
}

#[test]
fn values_of_the_catalogue_are_offered_with_what_they_are() {
    let Some(mut editor) = editor() else { return };
    let embedding =
        format!("{HEAD}components:\n  knowledge:\n    type: bedrock/knowledge-base\n    embedding:\n      model: |\n");
    let items = editor.complete(&embedding);
    assert!(said(item(&items, "cohere.embed-multilingual-v3")).contains("vectors of 1024 dimensions"));
    assert!(!labels(&items).contains(&"amazon.nova-micro-v1:0"), "a text model makes no vectors");

    let items = editor
        .complete(&format!("{HEAD}components:\n  fleet:\n    type: neuron/inference-fleet\n    instanceType: |\n"));
    assert!(said(item(&items, "inf2.xlarge")).contains("Inferentia2; 2 cores; 16 GiB each"));

    let items = editor.complete(&format!("{FIRST_LINE}blueprint: v1\nname: course\nregions:\n  - us-east-1\n  - |\n"));
    assert!(said(item(&items, "eu-west-3")).contains("Europe (Paris)"));

    let shown = editor.hover(&embedding.replace('|', "amazon.titan-em|bed-text-v2:0"));
    assert!(shown.contains("Titan Text Embeddings V2; embedding model"), "{shown}");
}

#[test]
fn links_offer_the_types_that_fit() {
    let Some(mut editor) = editor() else { return };
    let items = editor.complete(&format!(
        "{HEAD}components:\n  knowledge:\n    type: bedrock/knowledge-base\n    documents:\n      type: |\n"
    ));
    assert!(labels(&items).contains(&"storage/bucket"), "{:?}", labels(&items));
    assert!(!labels(&items).contains(&"security/key"), "{:?}", labels(&items));

    let link = format!("{HEAD}components:\n  knowledge:\n    type: bedrock/knowledge-base\n    documents: |\n");
    let items = editor.complete(&link);
    let text = chosen(&link, item(&items, "storage/bucket"));
    assert!(text.contains("\n      type: storage/bucket"), "{text}");
    assert_eq!(errors(&text), "", "{text}");
}

#[test]
fn what_is_wrong_is_underlined() {
    let Some(mut editor) = editor() else { return };
    let mut found = |head: &str, component: &str| editor.diagnose(&format!("{head}components:\n  a:\n{component}"));
    assert_eq!(found(HEAD, "    type: storage/bucket\n"), []);
    assert_eq!(
        found(HEAD, "    type: bedrock/knowledge-base\n    store: {kind: s3-vector}\n"),
        [(8, "Value must be \"s3-vectors\" | \"opensearch-serverless\" | \"managed\".".to_owned())]
    );
    assert_eq!(
        found(HEAD, "    type: storage/bucket\n    versionin: true\n"),
        [(8, "Property versionin is not allowed.".to_owned())]
    );
    let wrong = found(&HEAD.replace("eu-west-1", "eu-west-11"), "    type: storage/bucket\n");
    assert!(matches!(&wrong[..], [(4, message)] if message.contains("\"eu-west-1\"")), "{wrong:?}");
    let wrong = found(HEAD, "    type: bedrock/knowledge-base\n    documents: {type: security/key}\n");
    assert!(matches!(&wrong[..], [(8, message), ..] if message.contains("storage/bucket")), "{wrong:?}");
    // atelier only warns of a model that it does not know
    assert_eq!(found(HEAD, "    type: bedrock/knowledge-base\n    embedding: {model: acme.embed-v9}\n"), []);
}

#[test]
fn a_blueprint_is_written_with_snippets_alone() {
    let Some(mut editor) = editor() else { return };
    let empty = format!("{FIRST_LINE}|\n");
    let text = chosen(&empty, item(&editor.complete(&empty), "new blueprint"));
    assert_eq!(errors(&text), "", "{text}");

    let more = text.trim_end().to_owned() + "\n  |\n";
    let text = chosen(&more, item(&editor.complete(&more), "bedrock/knowledge-base"));
    assert!(text.contains("\n  knowledge:\n    type: bedrock/knowledge-base\n    embedding:\n      model: "), "{text}");
    assert_eq!(errors(&text), "", "{text}");
    assert_eq!(editor.diagnose(&text), [], "{text}");

    let named = format!("{HEAD}components:\n  fleet:\n    |\n");
    let text = chosen(&named, item(&editor.complete(&named), "neuron/inference-fleet"));
    assert!(text.contains("\n    instanceType: inf2.8xlarge\n"), "{text}");
    assert_eq!(errors(&text), "", "{text}");

    // with a type there is nothing left to insert a component for
    let typed = editor.complete(&format!("{HEAD}components:\n  fleet:\n    type: neuron/inference-fleet\n    |\n"));
    assert!(!labels(&typed).contains(&"storage/bucket"), "{:?}", labels(&typed));
}

/// The task of docs/editors.md finds problems in what `validate --watch` writes.
#[test]
fn the_task_for_vs_code_reads_what_is_written() {
    if node::modules("editor").is_none() {
        return;
    }
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/editors.md")).expect("the page");
    let (_, rest) = page.split_once("tests/editor.rs -->\n```json\n").expect("the task stands on the page");
    let (task, _) = rest.split_once("\n```").expect("the block ends");
    let text = format!("{HEAD}components:\n  a: {{type: storage/bucket, versionin: true}}\n");
    let findings = Atelier::new(Library::open(&[]).expect("the embedded library opens"))
        .check(&Source::new("blueprints/a.yaml", text))
        .findings;
    let said = format!(
        "watch: blueprints/a.yaml changed\n{}watch: waiting for changes; Ctrl-C ends\n",
        render(&findings, Format::Text, false)
    );
    let script = "
        const [task, said] = process.argv.slice(1);
        const {pattern, background} = JSON.parse(task).tasks[0].problemMatcher;
        const lines = said.split('\\n');
        const begin = lines.findIndex(line => RegExp(background.beginsPattern).test(line));
        const end = lines.findIndex(line => RegExp(background.endsPattern).test(line));
        for (let i = begin; i < end; i++) {
            const [first, second] = pattern.map((part, k) => RegExp(part.regexp).exec(lines[i + k]));
            if (first && second) console.log(first[pattern[0].code], second[pattern[1].file], second[pattern[1].line], second[pattern[1].column]);
        }";
    let output = Command::new("node").args(["--eval", script, task, &said]).output().expect("node runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "S001 blueprints/a.yaml 6 29\n", "{said}");
}

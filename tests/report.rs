//! The report formats: snippets in several files, fixes, hostile characters, JSON.

use atelier::diagnostic::{Finding, Severity};
use atelier::report::{Format, render};
use atelier::source::{Place, Source};

/// The place of the first occurrence of a text.
fn place(source: &std::sync::Arc<Source>, text: &str) -> Place {
    let start = source.text.find(text).unwrap_or_else(|| panic!("no {text}"));
    Place::new(source, start..start + text.len())
}

fn sample() -> Vec<Finding> {
    let blueprint = Source::new(
        "blueprints/course.yaml",
        "blueprint: v1\ncomponents:\n  knowledge:\n    type: bedrock/knowledge-base\n    embedding:\n      model: amazon.titan-embed-text-v2:0\n      dimensions: 1024\n    chunking: {strategy: fixed, maxTokens: 9000}\n",
    );
    let template = Source::new(
        "<embedded>/bedrock/knowledge-base.yaml.j2",
        "Resources:\n  {{ logical(\"Base\") }}:\n    Type: AWS::Bedrock::KnowledgeBase\n",
    );
    vec![
        Finding::error(
            "BR006",
            place(&blueprint, "9000"),
            "chunks of 9000 tokens do not fit the model, which reads at most 8192",
        )
        .under("more than 8192")
        .with_label(place(&blueprint, "amazon.titan-embed-text-v2:0"), "this model reads at most 8192 tokens")
        .with_label(place(&template, "AWS::Bedrock::KnowledgeBase"), "made here")
        .with_help("set `maxTokens` to at most 8192,\nor choose a model that reads more")
        .with_fix("set it to 8192", place(&blueprint, "9000"), "8192"),
        Finding::warning(
            "BR010",
            place(&blueprint, "type: bedrock/knowledge-base\n    embedding:"),
            "the price is an estimate",
        ),
        Finding::new(Severity::Info, "IO001", None, "the output folder `out` is new").with_help("nothing to do"),
        Finding::error("IO002", None, "the output folder `out` cannot be written: permission denied"),
    ]
}

#[test]
fn text() {
    let expected = r#"error[BR006]: chunks of 9000 tokens do not fit the model, which reads at most 8192
 --> blueprints/course.yaml:8:43
  |
6 |       model: amazon.titan-embed-text-v2:0
  |              ---------------------------- this model reads at most 8192 tokens
7 |       dimensions: 1024
8 |     chunking: {strategy: fixed, maxTokens: 9000}
  |                                            ^^^^ more than 8192
"#;
    let report = render(&sample(), Format::Text, false);
    println!("{report}");
    assert!(report.starts_with(expected));
}

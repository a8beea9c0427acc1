//! Bad input: every `tests/cases/load/<case>/input.yaml` (or `input.bin`) gives the report in `expected.txt`.
//!
//! `UPDATE=1 cargo test --test load` rewrites the reports. A case whose name begins with `template-` is read as a template.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use atelier::diagnostic::Finding;
use atelier::report::{Format, render};
use atelier::source::Source;
use atelier::yaml::{self, Dialect, Node, Value};

fn read(name: &str, bytes: &[u8], dialect: Dialect) -> Result<Node, Vec<Finding>> {
    yaml::load(&yaml::decode(name, bytes)?, dialect)
}

/// Findings are sorted, have a code, a message, a way out and places on character boundaries.
fn check_form(findings: &[Finding]) {
    assert!(!findings.is_empty());
    for finding in findings {
        assert!(finding.code.starts_with('Y') && finding.code.len() == 4, "{finding:?}");
        assert!(!finding.message.is_empty() && (finding.fix.is_some() || !finding.help.is_empty()), "{finding:?}");
        let places = finding.place.iter().chain(finding.labels.iter().map(|label| &label.place));
        for place in places {
            assert!(place.source.text.get(place.range.clone()).is_some(), "{finding:?}");
        }
    }
}

#[test]
fn cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/load");
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    let mut cases: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() > 40, "only {} cases", cases.len());
    for case in cases {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let file = if case.join("input.bin").exists() { "input.bin" } else { "input.yaml" };
        let dialect = if name.starts_with("template-") { Dialect::Template } else { Dialect::Blueprint };
        let Err(findings) = read(file, &fs::read(case.join(file)).unwrap(), dialect) else {
            wrong.push(format!("{name}: no finding"));
            continue;
        };
        check_form(&findings);
        let report = render(&findings, Format::Text, false);
        let expected = case.join("expected.txt");
        if update {
            fs::write(&expected, &report).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != report {
            wrong.push(format!("{name}: the report differs from expected.txt:\n{report}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn codes(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn a_file_of_50_mb_is_refused_unread() {
    let bytes = vec![b'a'; 50_000_000];
    let start = Instant::now();
    let findings = read("big.yaml", &bytes, Dialect::Blueprint).unwrap_err();
    assert!(start.elapsed() < Duration::from_millis(100), "{:?}", start.elapsed());
    let report = render(&findings, Format::Text, false);
    assert_eq!(
        report,
        "error[Y004]: the file has 50000000 bytes; a file may have at most 8388608 (8 MiB)
--> big.yaml
 = help: check that this is the right file; data does not belong in it

1 error
"
    );
}

#[test]
fn limits_hold_at_their_edge() {
    // size: a comment of exactly the limit is only empty; one byte more is too large
    let limit = Dialect::Blueprint.max_bytes();
    let padded = |length: usize| format!("a: 1 #{}", "x".repeat(length - 6));
    assert!(read("a", padded(limit).as_bytes(), Dialect::Blueprint).is_ok());
    assert_eq!(codes(&read("a", padded(limit + 1).as_bytes(), Dialect::Blueprint).unwrap_err()), ["Y004"]);
    assert!(read("a", padded(limit + 1).as_bytes(), Dialect::Template).is_ok());

    // depth: the root is one, in flow and block style and mixed
    let flow = |depth: usize| format!("a: {}{}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    let block = |depth: usize| (0..depth).map(|level| format!("{}a:\n", " ".repeat(level))).collect::<String>();
    let mixed = |depth: usize| {
        format!("{}{}", block(depth - 30).trim_end(), flow(31).trim_start_matches('a').trim_start_matches(':'))
    };
    let dashes = |depth: usize| format!("a:\n{}x", "- ".repeat(depth - 1));
    for deep in [flow, block, dashes] {
        assert!(read("a", deep(yaml::MAX_DEPTH).as_bytes(), Dialect::Blueprint).is_ok());
        assert_eq!(codes(&read("a", deep(yaml::MAX_DEPTH + 1).as_bytes(), Dialect::Blueprint).unwrap_err()), ["Y005"]);
    }
    assert!(read("a", mixed(yaml::MAX_DEPTH).as_bytes(), Dialect::Blueprint).is_ok());
    assert_eq!(codes(&read("a", mixed(yaml::MAX_DEPTH + 1).as_bytes(), Dialect::Blueprint).unwrap_err()), ["Y005"]);

    // values: the list counts too
    let list = |count: usize| format!("a: [{}]", vec!["1"; count].join(","));
    assert!(read("a", list(yaml::MAX_VALUES - 2).as_bytes(), Dialect::Blueprint).is_ok());
    let findings = read("a", list(yaml::MAX_VALUES + 1).as_bytes(), Dialect::Blueprint).unwrap_err();
    assert_eq!(codes(&findings), ["Y006"]);
}

#[test]
fn hostile_shapes_are_refused_quickly() {
    let cases = [
        "[".repeat(1_000_000),
        "{".repeat(1_000_000),
        "- ".repeat(500_000),
        "? ".repeat(500_000),
        "a: ".repeat(300_000),
        "\"".repeat(999_999),
        "'".repeat(999_999),
        "&a ".repeat(300_000),
        "*a ".repeat(300_000),
        "!a ".repeat(300_000),
        "a: 1\n".repeat(200_000),
        "a: &x 1\n".repeat(100_000),
        "#\n".repeat(500_000),
        "---\n".repeat(250_000),
        format!("a: \"{}", "\\".repeat(900_000)),
        format!("a: |\n{}", " \n".repeat(400_000)),
        format!("a: {}", "x\n ".repeat(300_000)),
        format!("{}: 1", "k".repeat(1_000_000)),
        "\u{202e}".repeat(300_000),
        "\0".repeat(1_000_000),
    ];
    for text in cases {
        let start = Instant::now();
        let shape: String = text.chars().take(12).collect();
        if let Err(findings) = read("hostile.yaml", text.as_bytes(), Dialect::Blueprint) {
            check_form(&findings);
            assert!(findings.len() <= 50);
            let report = render(&findings, Format::Text, true);
            assert!(report.len() < 100_000, "{shape:?}: a report of {} bytes", report.len());
            render(&findings, Format::Json, false);
        }
        let spent = start.elapsed();
        assert!(spent < Duration::from_secs(5), "{shape:?} took {spent:?}");
    }
}

/// Mappings are compared by content, numbers by value.
fn same(node: &Node, json: &serde_json::Value) -> bool {
    match (&node.value, json) {
        (Value::Map(entries), serde_json::Value::Object(object)) => {
            entries.len() == object.len()
                && entries.iter().zip(object).all(|(a, (key, b))| a.key == *key && same(&a.value, b))
        }
        (Value::List(items), serde_json::Value::Array(array)) => {
            items.len() == array.len() && items.iter().zip(array).all(|(a, b)| same(a, b))
        }
        (Value::Int(a), serde_json::Value::Number(b)) => b.as_i64() == Some(*a),
        (Value::Float(a), serde_json::Value::Number(b)) => b.as_f64() == Some(*a),
        // beyond 64 bits a number stays as it was written
        (Value::String(a), serde_json::Value::Number(b)) => b.as_i64().is_none() && *a == b.to_string(),
        (Value::String(a), serde_json::Value::String(b)) => a == b,
        (Value::Bool(a), serde_json::Value::Bool(b)) => a == b,
        (Value::Null, serde_json::Value::Null) => true,
        _ => false,
    }
}

/// Every range lies in its parent's range and on character boundaries, and entries follow each other.
fn nested(source: &Arc<Source>, node: &Node) {
    assert!(source.text.get(node.range.clone()).is_some());
    let mut last = node.range.start;
    for entry in node.entries() {
        assert!(last <= entry.key_range.start && entry.key_range.end <= entry.value.range.start, "{entry:?}");
        last = entry.value.range.end;
        nested(source, &entry.value);
    }
    for item in node.items() {
        assert!(last <= item.range.start, "{item:?}");
        last = item.range.end;
        nested(source, item);
    }
    assert!(last <= node.range.end, "{node:?}");
    let text = &source.text[node.range.clone()];
    assert_eq!(text.trim_end_matches(['\n', ' ']), text);
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<u64>().prop_map(Into::into),
            any::<f64>().prop_filter_map("finite", |value| serde_json::Number::from_f64(value).map(Into::into)),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(5, 60, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::vec((any::<String>(), inner), 0..6)
                    .prop_map(|entries| entries.into_iter().collect::<serde_json::Map<_, _>>().into()),
            ]
        })
    }

    /// JSON text without the characters that `decode` refuses (`serde_json` escapes C0, but not DEL and C1).
    fn written(value: &serde_json::Value, pretty: bool) -> String {
        let text = if pretty { format!("{value:#}") } else { value.to_string() };
        text.chars()
            .map(|char| if char.is_control() && char != '\n' { format!("\\u{:04x}", char as u32) } else { char.into() })
            .collect()
    }

    /// Text made of what YAML is made of, so that most of it is nearly YAML.
    fn nearly_yaml() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "a",
            "ä",
            "b: ",
            "- ",
            "? ",
            ": ",
            ":",
            "\n",
            "\n  ",
            "\n    ",
            "\r\n",
            "\t",
            " ",
            "# c",
            "'",
            "\"",
            "[",
            "]",
            "{",
            "}",
            ",",
            "|",
            ">-",
            "|2",
            "&x ",
            "*x",
            "!Ref ",
            "!!str ",
            "!",
            "<<: ",
            "---\n",
            "...\n",
            "%YAML 1.2\n",
            "~",
            "null",
            "1",
            "1.5",
            "\\",
            "\\u00",
            "\u{feff}",
            "\u{202e}",
            "\u{85}",
            "\u{2028}",
            "@",
            "`",
            "😀",
        ]);
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    fn try_all(bytes: &[u8]) {
        for dialect in [Dialect::Blueprint, Dialect::Template] {
            let findings = match yaml::decode("any.yaml", bytes) {
                Ok(source) => match yaml::load(&source, dialect) {
                    Ok(node) => return nested(&source, &node),
                    Err(findings) => findings,
                },
                Err(findings) => findings,
            };
            check_form(&findings);
            for colour in [true, false] {
                let report = render(&findings, Format::Text, colour);
                let hostile = |char: char| {
                    (char.is_control() && char != '\n' && !(colour && char == '\u{1b}')) || char == '\u{202e}'
                };
                assert!(!report.contains(hostile), "{report:?}");
            }
            let parsed: serde_json::Value = serde_json::from_str(&render(&findings, Format::Json, false)).unwrap();
            assert_eq!(parsed["findings"].as_array().map(Vec::len), Some(findings.len()));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_json_mapping_loads_to_the_same_value(value in json(), pretty in any::<bool>()) {
            let root = serde_json::json!({ "root": value });
            let text = written(&root, pretty);
            let source = yaml::decode("json.yaml", text.as_bytes()).expect("decodes");
            let node = yaml::load(&source, Dialect::Blueprint).map_err(|findings| render(&findings, Format::Text, false));
            let node = node.unwrap_or_else(|report| panic!("{text}\n{report}"));
            prop_assert!(same(&node, &root), "{text}\n{node:#?}");
            nested(&source, &node);
        }

        #[test]
        fn any_text_gives_a_tree_or_findings(text in any::<String>()) {
            try_all(text.as_bytes());
        }

        #[test]
        fn any_bytes_give_a_tree_or_findings(bytes in any::<Vec<u8>>()) {
            try_all(&bytes);
        }

        #[test]
        fn anything_like_yaml_gives_a_tree_or_findings(text in nearly_yaml()) {
            try_all(text.as_bytes());
            // `load` must hold for texts that did not come through `decode`, too
            let source = Source::new("any.yaml", text);
            for dialect in [Dialect::Blueprint, Dialect::Template] {
                if let Ok(node) = yaml::load(&source, dialect) { nested(&source, &node) }
            }
        }
    }
}

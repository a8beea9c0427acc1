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

/// Compares with a file below `tests/cases/report`; `UPDATE=1` rewrites it.
fn expect(name: &str, report: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/report").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, report).unwrap();
    }
    assert_eq!(report, std::fs::read_to_string(&path).unwrap_or_default());
}

#[test]
fn text_shows_snippets_of_every_file_help_and_the_fix() {
    expect("sample.txt", &render(&sample(), Format::Text, false));
}

#[test]
fn json_has_the_promised_form() {
    let report = render(&sample(), Format::Json, false);
    expect("sample.json", &report);
    let parsed: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(parsed["version"], 1);
    assert_eq!(parsed["findings"][0]["place"]["column"], 44);
    assert_eq!(parsed["findings"][3]["place"], serde_json::Value::Null);
}

#[test]
fn nothing_found() {
    assert_eq!(render(&[], Format::Text, false), "");
    let parsed: serde_json::Value = serde_json::from_str(&render(&[], Format::Json, false)).unwrap();
    let none = serde_json::json!({"version": 1, "summary": {"errors": 0, "warnings": 0, "info": 0}, "findings": []});
    assert_eq!(parsed, none);
}

#[test]
fn the_summary_counts() {
    let finding = |severity| Finding::new(severity, "X001", None, "something");
    let last = |findings: &[Finding]| render(findings, Format::Text, false).lines().last().unwrap().to_owned();
    assert_eq!(last(&[finding(Severity::Error)]), "1 error");
    assert_eq!(last(&[finding(Severity::Warning), finding(Severity::Warning)]), "2 warnings");
    assert_eq!(
        last(&[finding(Severity::Info), finding(Severity::Error), finding(Severity::Error)]),
        "2 errors, 1 info"
    );
}

#[test]
fn colour_only_where_asked_for() {
    assert!(!render(&sample(), Format::Text, false).contains('\u{1b}'));
    assert!(render(&sample(), Format::Text, true).contains('\u{1b}'));
}

#[test]
fn fixes_of_several_kinds() {
    let unix = Source::new("unix.yaml", "name: a\ncomponents:\n  b:\n    type: storage/bucket\n    size: 5\n");
    let windows = Source::new("windows.yaml", "name: a\r\ncomponents:\r\n  b: ä\r\n");
    let end = Place::new(&unix, unix.text.len()..unix.text.len());
    let after = Place::new(&unix, unix.text.find("\n    size").unwrap()..unix.text.find("\n    size").unwrap());
    let mut two = Finding::error("X004", place(&unix, "name"), "two edits").with_fix(
        "rename",
        place(&unix, "name: a"),
        "name: b",
    );
    two.fix.as_mut().unwrap().edits.push((place(&windows, "ä"), "ö\n  c: d".into()));
    let findings = [
        Finding::error("X001", place(&unix, "size"), "insert a line").with_fix(
            "add `versioned`",
            after,
            "\n    versioned: true",
        ),
        Finding::error("X002", end.clone(), "at the end").with_fix("add a tag", end, "tags: {}\n"),
        Finding::error("X003", place(&unix, "    size: 5\n"), "remove").with_fix(
            "remove it",
            place(&unix, "    size: 5\n"),
            "",
        ),
        two,
    ];
    expect("fixes.txt", &render(&findings, Format::Text, false));
}

#[test]
fn hostile_characters_never_reach_the_terminal() {
    let hostile = "a\u{1b}[2J\u{9b}31m\u{202e}b\u{200f}\u{0}\r\u{7f}\u{e0041}\u{2028}c";
    let source = Source::new(format!("dir\u{1b}[31m/{hostile}.yaml"), format!("key: {hostile}\nname: {hostile}\n"));
    let finding = Finding::error("X\u{1b}1", place(&source, hostile), format!("`{hostile}` is wrong"))
        .under(hostile)
        .with_label(place(&source, "name"), hostile)
        .with_help(hostile)
        .with_fix(hostile, place(&source, "name"), hostile);
    let report = render(std::slice::from_ref(&finding), Format::Text, false);
    expect("hostile.txt", &report);
    let allowed =
        |char: char| char == '\n' || (!char.is_control() && !"\u{202e}\u{200f}\u{e0041}\u{2028}".contains(char));
    assert!(report.chars().all(allowed), "{report:?}");
    let json = render(&[finding], Format::Json, false);
    assert!(json.chars().all(allowed), "{json:?}");
    let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(parsed["findings"][0]["label"], hostile);
}

#[test]
fn odd_places_do_not_panic() {
    let text = "ä: 1\r\nb: |\n  long\n  text\n\nc: 2";
    let source = Source::new("odd.yaml", text);
    let empty = Source::new("empty.yaml", "");
    for start in 0..text.len() + 3 {
        for end in 0..text.len() + 3 {
            let odd = Place::new(&source, start..end);
            let finding = Finding::error("X001", odd.clone(), "odd")
                .with_label(Place::new(&source, end..start), "second")
                .with_label(Place::new(&empty, start..end), "in an empty text")
                .with_fix("replace", odd, "x\ny");
            render(std::slice::from_ref(&finding), Format::Text, false);
            render(&[finding], Format::Json, false);
        }
    }
}

/// Lines and names of 10,000 characters and more: what is shown is what lies around the place.
#[test]
fn a_long_line_is_cut_around_its_place() {
    for (padding, column) in [("x".repeat(10_000), 10_007), ("ä".repeat(20_000), 20_007)] {
        let source = Source::new("long.yaml", format!("a: 1\nb: {padding}/// here {padding}\nc: 2\n"));
        let name = "n".repeat(10_000);
        let finding = Finding::error("X001", place(&source, " here "), format!("`{name}` is not a property of `a`"))
            .under(&name)
            .with_label(place(&source, "c: 2"), "and this")
            .with_help(format!("{} as {name}", "word ".repeat(2_000)));
        let report = render(std::slice::from_ref(&finding), Format::Text, false);
        assert!(report.contains(&format!("long.yaml:2:{column}")) && report.contains("/// here "), "{report}");
        assert!(report.contains("nnn…` (10002 characters) is not a property of `a`"), "{report}");
        assert!(report.chars().count() < 4_000 && report.lines().all(|line| line.chars().count() < 2_400), "{report}");
        // programs get all of it
        let json: serde_json::Value = serde_json::from_str(&render(&[finding], Format::Json, false)).unwrap();
        assert!(json["findings"][0]["message"].as_str().is_some_and(|message| message.contains(&name)));
    }
}

/// A person gets the first hundred, errors before anything else, and is told of the others; programs get all.
#[test]
fn thousands_of_findings_are_counted_not_shown() {
    let source = Source::new("many.yaml", "a: 1\n".repeat(5_000) + &"b".repeat(100_000));
    let findings: Vec<Finding> = (0..5_000)
        .map(|n| {
            let severity = if n % 50 == 49 { Severity::Error } else { Severity::Warning };
            Finding::new(severity, "X001", Place::new(&source, n * 5..n * 5 + 1), format!("number {n}"))
                .with_label(Place::new(&source, 110_000..110_001), "far away")
        })
        .collect();
    let text = render(&findings, Format::Text, false);
    assert_eq!(text.matches("error[X001]").count(), 100, "all shown are errors");
    assert!(!text.contains("warning["));
    let end = "4900 more are not shown here: `--format json` has them all\n100 errors, 4900 warnings\n";
    assert!(text.ends_with(end), "{}", text.lines().last().unwrap_or_default());
    assert!(text.len() < 100_000, "{}", text.len());
    for format in [Format::Json, Format::Sarif, Format::Junit, Format::Github] {
        assert!(render(&findings, format, false).matches("number ").count() >= 5_000, "{format:?}");
    }
}

fn schema(path: &str) -> serde_json::Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    serde_json::from_str(&std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
        .unwrap()
}

/// What hostile, odd and ordinary findings become, for formats that promise a form.
fn all_kinds() -> Vec<Vec<Finding>> {
    let hostile = "a\u{1b}[2J\u{202e}b\u{0}\r%::error::c]]>&<\"'";
    let source = Source::new(format!("a folder/{hostile}.yaml"), format!("key: {hostile}\nname: ä\n"));
    let finding = Finding::warning("X001", place(&source, "ä"), format!("`{hostile}`\n::error::is wrong"))
        .under(hostile)
        .with_label(place(&source, "name"), hostile)
        .with_help(hostile)
        .with_fix(hostile, place(&source, "name"), hostile);
    vec![vec![], sample(), vec![finding]]
}

#[test]
fn json_satisfies_its_schema() {
    let validator = jsonschema::validator_for(&schema("schemas/findings.schema.json")).unwrap();
    for findings in all_kinds() {
        let report: serde_json::Value = serde_json::from_str(&render(&findings, Format::Json, false)).unwrap();
        let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}\n{report:#}");
    }
    assert!(!validator.is_valid(&serde_json::json!({"version": 2, "summary": {}, "findings": []})));
}

#[test]
fn sarif_satisfies_the_schema_of_oasis() {
    let mut schema = schema("tests/report-schemas/sarif-2.1.0.schema.json");
    // its pattern for a language has an unpaired bracket, which is no regular expression here; we write no language
    for owner in ["run", "toolComponent"] {
        let language = schema.pointer_mut(&format!("/definitions/{owner}/properties/language")).unwrap();
        language.as_object_mut().unwrap().remove("pattern").expect("the pattern");
    }
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    for findings in all_kinds() {
        let text = render(&findings, Format::Sarif, false);
        let report: serde_json::Value = serde_json::from_str(&text).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:?}\n{report:#}");
        assert!(!text.contains(['\u{1b}', '\u{202e}']));
    }
    let report = render(&sample(), Format::Sarif, false);
    expect("sample.sarif.json", &report);
    let wrong = report.replace("\"level\": \"error\"", "\"level\": \"bad\"");
    assert!(!validator.is_valid(&serde_json::from_str(&wrong).unwrap()), "the schema would accept anything");
}

#[test]
fn junit_is_xml_with_a_case_for_each_finding() {
    expect("sample.junit.xml", &render(&sample(), Format::Junit, false));
    for findings in all_kinds() {
        let report = render(&findings, Format::Junit, false);
        // every character may stand in XML 1.0, and no text ends an attribute or opens an element
        assert!(report.chars().all(|char| char == '\n' || !char.is_control()), "{report:?}");
        assert_eq!(report.matches("<testcase ").count(), findings.len().max(1));
        assert!(!report.contains("]]>"));
        for line in report.lines() {
            assert_eq!(line.matches('"').count() % 2, 0, "{line}");
        }
    }
}

#[test]
fn github_commands_are_one_line_each() {
    expect("sample.github.txt", &render(&sample(), Format::Github, false));
    for findings in all_kinds() {
        let report = render(&findings, Format::Github, false);
        assert_eq!(report.lines().count(), findings.len(), "{report}");
        assert!(report.lines().all(|line| line.starts_with("::error ")
            || line.starts_with("::warning ")
            || line.starts_with("::notice ")));
        assert!(report.chars().all(|char| char == '\n' || !char.is_control()), "{report:?}");
    }
}

//! No text of a blueprint is ever code: whatever stands in a text property, the template has the same parts as with a
//! harmless text, and the text comes back as it was, or there is a finding. Names never collide unnoticed.
//!
//! `PROPTEST_CASES=200 cargo test --test properties` looks longer.

mod compare;
mod leaves;
mod substitution;

use std::collections::BTreeSet;

use atelier::assemble::{self, Detail};
use atelier::diagnostic::has_error;
use atelier::expression::environment;
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::report::{Format, render};
use atelier::source::Source;
use atelier::yaml::Node;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde_json::json;

use compare::{compare, tree};
use leaves::{Base, Leaf, with};

const HARMLESS: &str = "Harmless7";

/// What has broken templates, scripts and readers before.
const HOSTILE: [&str; 26] = [
    "\"",
    "'",
    "\\",
    "${AWS::AccountId}",
    "${!AWS::Region}",
    "$",
    "{AWS::AccountId}",
    "x\n  Evil:\n    Type: AWS::IAM::User\n",
    "#{ref('Role')}",
    "{{ 7 * 7 }}",
    "{% include 'lib/x' %}",
    "{# note",
    "`id`",
    "$(id)",
    "$'\\x41'",
    "\u{202e}txt.exe\u{2066}",
    "a: b # c",
    "- !Ref AWS::AccountId",
    "\u{feff}\u{2028}\u{85}",
    "'; rm -rf / #",
    "\"\"\"\nimport os\n",
    "\tEOF\nEOF\n",
    "🦀 né ",
    "]]]}}}",
    "%s${",
    "&a *a",
];

fn atelier() -> Atelier {
    Atelier::new(Library::open(&[]).expect("the embedded library"))
}

/// Always the same cases, so that a failure can be looked into and a run can be trusted.
fn runner(cases: u32) -> TestRunner {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(cases);
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 60, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// Hostile pieces and any characters, one after the other.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => proptest::sample::select(&HOSTILE[..]).prop_map(str::to_owned),
        1 => any::<char>().prop_filter("files hold no NUL", |char| *char != '\0').prop_map(String::from),
        1 => "[a-z ]{1,6}",
    ];
    proptest::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}

/// Texts of a pattern; patterns are anchored, the generator is not.
fn matching(pattern: &str) -> Option<impl Strategy<Value = String> + use<>> {
    let inner = pattern.strip_prefix('^').unwrap_or(pattern);
    proptest::string::string_regex(inner.strip_suffix('$').unwrap_or(inner)).ok()
}

struct Subject<'a> {
    atelier: &'a Atelier,
    base: Base,
    harmless: String,
    tree: Node,
}

impl<'a> Subject<'a> {
    /// A blueprint that renders with a harmless text.
    fn new(atelier: &'a Atelier, base: Base, harmless: &str) -> Option<Subject<'a>> {
        let template = atelier.render(&with(&base, harmless)).result?;
        Some(Subject {
            atelier,
            base,
            harmless: harmless.to_owned(),
            tree: tree(&assemble::text(&template, Detail::Full)).expect("a template of the tests"),
        })
    }

    /// A finding, or a template in which nothing but the text differs. Whether there was a template.
    fn judge(&self, text: &str) -> Result<bool, String> {
        let outcome = self.atelier.render(&with(&self.base, text));
        let told = render(&outcome.findings, Format::Text, false);
        if let Some(char) = told.chars().find(|char| {
            (char.is_control() && *char != '\n')
                || ('\u{202a}'..='\u{202e}').contains(char)
                || ('\u{2066}'..='\u{2069}').contains(char)
        }) {
            return Err(format!("the report lets {char:?} through:\n{told}"));
        }
        let Some(template) = outcome.result else {
            return if has_error(&outcome.findings) {
                Ok(false)
            } else {
                Err("neither a template nor an error".to_owned())
            };
        };
        if text.contains("{{resolve:") {
            return Err("`{{resolve:` came through".to_owned());
        }
        // a longer text may push a template over the limit at which its rationale is left out: all of it is compared
        let details = [Detail::Full, Detail::Commented, Detail::Bare];
        if !details.iter().any(|detail| assemble::text(&template, *detail) == template.source.text) {
            return Err("the template is none of its three lengths".to_owned());
        }
        tree(&template.source.text)?;
        compare(&self.tree, &tree(&assemble::text(&template, Detail::Full))?, (&self.harmless, text)).map(|_| true)
    }
}

/// Runs a property's hostile texts; what failed, smallest example first.
fn torment(subject: &Subject, texts: impl Strategy<Value = String>, cases: u32) -> Option<String> {
    let fixed = HOSTILE.iter().find_map(|text| subject.judge(text).err().map(|error| format!("{text:?}: {error}")));
    fixed.or_else(|| {
        let result = runner(cases).run(&texts, |text| subject.judge(&text).map(|_| ()).map_err(TestCaseError::fail));
        result.err().map(|error| error.to_string())
    })
}

fn shortened(text: String, leaf: &Leaf) -> String {
    text.chars().take(leaf.length().1).collect()
}

fn report(problems: &[String]) {
    assert!(problems.is_empty(), "{} problems\n\n{}", problems.len(), problems.join("\n\n"));
}

/// Every text property without a pattern takes any text.
#[test]
fn free_text_is_never_code() {
    let atelier = atelier();
    let blueprints = leaves::blueprints();
    let mut problems = Vec::new();
    let mut judged = 0;
    for leaf in leaves::all(&atelier.library).iter().filter(|leaf| leaf.pattern().is_none() && !leaf.is_link()) {
        let kind = atelier.library.get(&leaf.kind).expect("listed").expect("sound");
        let subject = leaf
            .written(&blueprints)
            .and_then(|base| Subject::new(&atelier, base, HARMLESS))
            .or_else(|| Subject::new(&atelier, leaf.made(&kind.schema, HARMLESS), HARMLESS));
        let Some(subject) = subject else {
            // no free text after all: a rule wants a form (an address range). Then nothing hostile may come through
            let example = leaf.schema["examples"][0].as_str().unwrap_or("10.0.0.0/16").to_owned();
            let base = leaf.written(&blueprints).unwrap_or_else(|| leaf.made(&kind.schema, &example));
            let Some(subject) = Subject::new(&atelier, base, &example) else {
                problems.push(format!(
                    "{}: no blueprint with this property renders: add a case to tests/cases/render",
                    leaf.name()
                ));
                continue;
            };
            problems.extend(
                HOSTILE
                    .iter()
                    .filter(|text| subject.judge(text) != Ok(false))
                    .map(|text| format!("{}: takes {text:?}", leaf.name())),
            );
            continue;
        };
        judged += 1;
        let texts = hostile().prop_map(|text| shortened(text, leaf));
        problems.extend(torment(&subject, texts, 24).map(|problem| format!("{}: {problem}", leaf.name())));
    }
    assert!(judged >= 9, "only {judged} properties take free text: the walk misses some");
    report(&problems);
}

/// A pattern lets nothing hostile through, or nothing comes of it.
#[test]
fn text_of_a_form_is_never_code() {
    let atelier = atelier();
    let blueprints = leaves::blueprints();
    let mut problems = Vec::new();
    for leaf in leaves::all(&atelier.library).iter().filter(|leaf| leaf.pattern().is_some()) {
        let kind = atelier.library.get(&leaf.kind).expect("listed").expect("sound");
        let Some(texts) = matching(leaf.pattern().unwrap_or_default()) else {
            problems.push(format!("{}: the pattern {:?} cannot be generated", leaf.name(), leaf.pattern()));
            continue;
        };
        // without a text, a property is as if it were left out, and the template another one
        let texts = texts.prop_map(|text| shortened(text, leaf)).prop_filter("a text", |text| !text.is_empty());
        // a text that stands nowhere else in the template, if the rules take one: else the base's own or the example
        let mut draw = runner(1);
        let drawn = (0..20)
            .map(|_| texts.new_tree(&mut draw).expect("a text").current())
            .max_by_key(String::len)
            .unwrap_or_default();
        let example = leaf.schema["examples"][0].as_str().map_or_else(|| drawn.clone(), str::to_owned);
        let written = || leaf.written(&blueprints);
        let made = |text: &str| leaf.made(&kind.schema, text);
        let Some(subject) = written()
            .and_then(|base| Subject::new(&atelier, base, &drawn))
            .or_else(|| Subject::new(&atelier, made(&drawn), &drawn))
            .or_else(|| {
                written().and_then(|base| {
                    let own = base.text();
                    Subject::new(&atelier, base, &own)
                })
            })
            .or_else(|| Subject::new(&atelier, made(&example), &example))
        else {
            problems.push(format!(
                "{}: no blueprint with this property renders: add a case to tests/cases/render",
                leaf.name()
            ));
            continue;
        };
        problems.extend(torment(&subject, texts, 12).map(|problem| format!("{}: {problem}", leaf.name())));
    }
    report(&problems);
}

/// A link takes names; anything else is a finding.
#[test]
fn a_link_takes_names_only() {
    let atelier = atelier();
    for leaf in leaves::all(&atelier.library).iter().filter(|leaf| leaf.is_link()) {
        let kind = atelier.library.get(&leaf.kind).expect("listed").expect("sound");
        for text in HOSTILE {
            let outcome = atelier.render(&with(&leaf.made(&kind.schema, text), text));
            assert!(outcome.result.is_none() && has_error(&outcome.findings), "{}: {text:?}", leaf.name());
        }
    }
}

/// The blueprint's own texts: description, tags, descriptions, defaults and values of parameters, reasons.
#[test]
fn the_blueprints_own_text_is_never_code() {
    let atelier = atelier();
    let blueprint = json!({
        "blueprint": "v1", "name": "subject", "regions": ["us-east-1"], "description": HARMLESS, "tags": {"Key": HARMLESS},
        "parameters": {"Instructions": {"type": "String", "default": HARMLESS, "allowed": [HARMLESS], "pattern": ".*", "description": HARMLESS}},
        "acknowledge": [{"rule": "CKV_AWS_18", "reason": HARMLESS}],
        "components": {"assistant": {"type": "bedrock/assistant-api", "system": {"param": "Instructions"}, "acknowledge": [{"rule": "CKV_AWS_18", "reason": HARMLESS}]}}
    });
    let places: [&[&str]; 7] = [
        &["description"],
        &["tags", "Key"],
        &["parameters", "Instructions", "description"],
        &["parameters", "Instructions", "pattern"],
        &["acknowledge", "0", "reason"],
        &["components", "assistant", "acknowledge", "0", "reason"],
        &["parameters", "Instructions", "allowed", "0"],
    ];
    let mut problems = Vec::new();
    for path in places {
        let base = Base { blueprint: blueprint.clone(), path: path.iter().map(|step| (*step).to_owned()).collect() };
        let Some(subject) = Subject::new(&atelier, base, HARMLESS) else {
            problems.push(format!("{}: does not render", path.join(".")));
            continue;
        };
        problems.extend(torment(&subject, hostile(), 24).map(|problem| format!("{}: {problem}", path.join("."))));
    }
    report(&problems);
}

/// CloudFormation replaces `{{resolve:…}}` wherever it stands, so it never gets there.
#[test]
fn dynamic_references_are_refused_everywhere() {
    let atelier = atelier();
    let blueprints = leaves::blueprints();
    let mut problems = Vec::new();
    for leaf in leaves::all(&atelier.library) {
        let kind = atelier.library.get(&leaf.kind).expect("listed").expect("sound");
        let base = leaf.written(&blueprints).unwrap_or_else(|| leaf.made(&kind.schema, "harmless"));
        for text in ["{{resolve:secretsmanager:x}}", "a{{resolve:ssm:/y:1}}b", "{{{resolve:ssm:y}}"] {
            let outcome = atelier.render(&with(&base, text));
            if outcome.result.is_some() || !outcome.findings.iter().any(|finding| finding.code == "S011") {
                problems.push(format!("{}: {text}", leaf.name()));
            }
        }
    }
    report(&problems);
}

/// The same blueprint gives the same bytes, in the same process and in a new one.
#[test]
fn two_renders_are_the_same() {
    let (first, second) = (atelier(), atelier());
    for blueprint in leaves::blueprints().iter().step_by(3) {
        let source = Source::new("blueprint.yaml", leaves::written(blueprint));
        let text = |atelier: &Atelier| atelier.render(&source).result.map(|template| template.source.text.clone());
        let once = text(&first);
        assert_eq!(once, text(&first));
        assert_eq!(once, text(&second));
    }
}

/// Two components make different logical ids, whatever their names, or a finding says that they do not.
#[test]
fn names_give_different_logical_ids() {
    let atelier = atelier();
    let name = "[abk][ab1ey]{0,2}(-[ab1key]{1,3}){0,2}";
    let kinds = proptest::sample::select(vec!["storage/bucket", "security/key", "bedrock/guardrail"]);
    let (mut collided, mut apart) = (0, 0);
    let judge = |(one, two, first, second): (String, String, &str, &str)| {
        prop_assume!(one != two);
        let components = json!({one.as_str(): {"type": first}, two.as_str(): {"type": second}});
        let blueprint = json!({"blueprint": "v1", "name": "names", "regions": ["us-east-1"], "components": components});
        let outcome = atelier.render(&Source::new("blueprint.yaml", leaves::written(&blueprint)));
        match outcome.result {
            None => prop_assert!(
                outcome.findings.iter().any(|finding| matches!(finding.code.as_str(), "T005" | "K005")),
                "{:?}",
                outcome.findings
            ),
            Some(template) => {
                let tree = tree(&template.source.text).map_err(TestCaseError::fail)?;
                let ids: Vec<String> = ["Resources", "Parameters", "Conditions"]
                    .iter()
                    .filter_map(|section| tree.get(section))
                    .flat_map(Node::entries)
                    .map(|entry| entry.key.clone())
                    .collect();
                prop_assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
                prop_assert!(ids.len() >= template.ids("Resources").count());
            }
        }
        Ok(())
    };
    let strategy = (name, name, kinds.clone(), kinds);
    runner(60).run(&strategy, judge).unwrap_or_else(|error| panic!("{error}"));
    for (one, two) in [("a-b", "ab"), ("a-1", "a1"), ("ab-1-e", "ab-1e"), ("a", "b")] {
        let clash = atelier::expression::pascal_case(one) == atelier::expression::pascal_case(two);
        let components = json!({one: {"type": "storage/bucket"}, two: {"type": "storage/bucket"}});
        let blueprint = json!({"blueprint": "v1", "name": "names", "regions": ["us-east-1"], "components": components});
        let outcome = atelier.render(&Source::new("blueprint.yaml", leaves::written(&blueprint)));
        assert_eq!(outcome.result.is_none(), clash, "{one} and {two}: {:?}", outcome.findings);
        if clash { collided += 1 } else { apart += 1 }
    }
    assert!(collided > 0 && apart > 0);
}

/// What `shell()` writes is one word for bash, with and without `Fn::Sub` around it.
#[cfg(unix)]
#[test]
fn a_shell_word_is_what_bash_reads() {
    let env = environment(std::sync::Arc::default(), 0);
    let judge = |text: String| {
        let word = env
            .render_named_str("word.j2", "{{ shell(text) }}", minijinja::Value::from_pairs([("text", text.as_str())]))
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert!(!word.contains("${"), "Fn::Sub would look into {word}");
        let output = std::process::Command::new("bash")
            .args(["-c", &format!("printf %s {word}")])
            .env("LC_ALL", "C.UTF-8")
            .output()
            .expect("bash");
        prop_assert_eq!(String::from_utf8_lossy(&output.stdout), text);
        Ok(())
    };
    runner(150).run(&hostile(), judge).unwrap_or_else(|error| panic!("{error}"));
}

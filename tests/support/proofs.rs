//! The rendered cases, and the proofs of `docs/codes/closed/` run on them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use atelier::expression::day_number;
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::report::{Format, render};
use atelier::source::Source;
use atelier::yaml::{Dialect, Node, load};
use serde_json::{Map, Value, json};

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A rendered case: its text, and its resources by logical id.
pub struct Rendered {
    pub text: String,
    pub resources: BTreeMap<String, Value>,
}

/// Every case of `tests/cases/render`, rendered once for all tests of this file.
pub struct Cases {
    pub atelier: Atelier,
    pub rendered: BTreeMap<String, Rendered>,
}

pub static CASES: LazyLock<Cases> = LazyLock::new(|| {
    let library = Library::open(&[]).unwrap_or_else(|f| panic!("{}", render(&f, Format::Text, false)));
    let atelier = Atelier::on(library, day_number("2026-11-23").expect("a date"));
    let folders = std::fs::read_dir(root().join("tests/cases/render")).expect("cases").flatten();
    let names = folders.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let rendered = names.map(|name| {
        let path = root().join("tests/cases/render").join(&name).join("blueprint.yaml");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let outcome = atelier.render(&Source::new("blueprint.yaml", text));
        let template = outcome.result.unwrap_or_else(|| panic!("{}", render(&outcome.findings, Format::Text, false)));
        (name, Rendered { resources: resources(&template.source), text: template.source.text.clone() })
    });
    let rendered = rendered.collect();
    Cases { atelier, rendered }
});

impl Cases {
    /// The cases of a name, in which one `*` may stand for anything.
    pub fn matching(&self, pattern: &str) -> Vec<&Rendered> {
        let parts: Vec<&str> = pattern.split('*').collect();
        let matches = |name: &str| match parts.as_slice() {
            [whole] => name == *whole,
            [first, last] => name.len() >= first.len() + last.len() && name.starts_with(first) && name.ends_with(last),
            _ => panic!("{pattern}: one * at most"),
        };
        self.rendered.iter().filter(|(name, _)| matches(name)).map(|(_, case)| case).collect()
    }
}

pub fn resources(source: &Arc<Source>) -> BTreeMap<String, Value> {
    let node = load(source, Dialect::Template).unwrap_or_else(|f| panic!("{}", render(&f, Format::Text, false)));
    let resources = node.get("Resources").map_or(&[][..], Node::entries);
    resources.iter().map(|entry| (entry.key.clone(), long(&entry.value))).collect()
}

/// A node as JSON with functions in their long form: `!GetAtt A.B` is `{"Fn::GetAtt": ["A", "B"]}`.
fn long(node: &Node) -> Value {
    let inner = match &node.value {
        atelier::yaml::Value::List(items) => items.iter().map(long).collect(),
        atelier::yaml::Value::Map(entries) => {
            entries.iter().map(|entry| (entry.key.clone(), long(&entry.value))).collect::<Map<_, _>>().into()
        }
        _ => node.to_json(),
    };
    match node.tag.as_deref() {
        None => inner,
        Some(tag @ ("Ref" | "Condition")) => json!({ tag: inner }),
        Some("GetAtt") if inner.is_string() => {
            json!({"Fn::GetAtt": inner.as_str().unwrap_or_default().splitn(2, '.').collect::<Vec<_>>()})
        }
        Some(tag) => json!({ format!("Fn::{tag}"): inner }),
    }
}

/// The values at a dotted path; `*` stands for every element.
fn at<'a>(value: &'a Value, path: &[&str], found: &mut Vec<&'a Value>) {
    let Some((step, rest)) = path.split_first() else { return found.push(value) };
    match (value, *step) {
        (Value::Array(items), "*") => items.iter().for_each(|item| at(item, rest, found)),
        (Value::Object(entries), "*") => entries.values().for_each(|item| at(item, rest, found)),
        (Value::Array(items), index) => {
            index.parse::<usize>().ok().and_then(|index| items.get(index)).into_iter().for_each(|v| at(v, rest, found));
        }
        (Value::Object(entries), key) => entries.get(key).into_iter().for_each(|v| at(v, rest, found)),
        _ => {}
    }
}

/// The resources of `Type#part-of-the-id path`, and the values at the path.
pub fn select<'a>(case: &'a Rendered, place: &str) -> (usize, Vec<&'a Value>) {
    let (kind, path) = place.split_once(' ').unwrap_or((place, ""));
    let (kind, part) = kind.split_once('#').unwrap_or((kind, ""));
    let steps: Vec<&str> = path.split('.').filter(|step| !step.is_empty()).collect();
    let resources = case.resources.iter().filter(|(id, resource)| resource["Type"] == kind && id.contains(part));
    let mut values = Vec::new();
    let count = resources.inspect(|(_, resource)| at(resource, &steps, &mut values)).count();
    (count, values)
}

/// What is wrong with a proof; nothing when it holds.
pub fn disproved(cases: &Cases, proof: &Node) -> Option<String> {
    let text = |key: &str| proof.get(key).and_then(Node::as_str);
    if let Some(test) = text("test") {
        let (file, name) = test.split_once(' ').unwrap_or((test, ""));
        let path = root().join(file);
        let files = if path.is_dir() {
            std::fs::read_dir(&path).expect("readable").flatten().map(|entry| entry.path()).collect()
        } else {
            vec![path]
        };
        // a test is a function of this name; another file says so in these words
        let words = match Path::new(file).extension().and_then(|ending| ending.to_str()) {
            Some("rs") => format!("fn {name}()"),
            Some("py") => format!("def {name}(self"),
            _ => name.to_owned(),
        };
        let there = files.iter().any(|path| std::fs::read_to_string(path).is_ok_and(|text| text.contains(&words)));
        return (!there || name.is_empty()).then(|| format!("there is no `{name}` in {file}"));
    }
    if let Some(code) = text("refused") {
        let blueprint = text("blueprint").unwrap_or_default();
        let findings = cases.atelier.check(&Source::new("blueprint.yaml", blueprint)).findings;
        let said = findings.iter().any(|finding| finding.code == code);
        return (!said).then(|| format!("not refused with {code}:\n{}", render(&findings, Format::Text, false)));
    }
    let Some(pattern) = text("case") else { return Some("it is no proof: case, test or refused".to_owned()) };
    let matching = cases.matching(pattern);
    if matching.is_empty() {
        return Some(format!("there is no case {pattern}"));
    }
    // of many cases those that have no such resource are passed over; one must have it
    let told: Vec<_> = matching.iter().map(|case| in_case(case, proof)).collect();
    let passed_over = |wrong: &&Option<String>| wrong.as_ref().is_some_and(|wrong| wrong.starts_with(NO_RESOURCE));
    match told.iter().filter(|wrong| !passed_over(wrong)).flatten().next() {
        Some(wrong) => Some(wrong.clone()),
        None if told.iter().all(|wrong| passed_over(&wrong)) => told[0].clone(),
        None => None,
    }
}

const NO_RESOURCE: &str = "no resource";

pub fn in_case(case: &Rendered, proof: &Node) -> Option<String> {
    let text = |key: &str| proof.get(key).and_then(Node::as_str);
    let first = || case.text.lines().find(|line| line.contains("Description")).unwrap_or_default().to_owned();
    if let Some(words) = text("writes") {
        return (!case.text.contains(words)).then(|| format!("{}: no `{words}`", first()));
    }
    if let Some(words) = text("never") {
        return case.text.contains(words).then(|| format!("{}: it has `{words}`", first()));
    }
    let Some(place) = text("at") else { return Some("it is no proof: at, writes or never".to_owned()) };
    let (count, values) = select(case, place);
    if let Some(wanted) = proof.get("count") {
        return (json!(count) != wanted.to_json()).then(|| format!("{}: {count} times {place}", first()));
    }
    if count == 0 {
        return Some(format!("{NO_RESOURCE} {place} in {}", first()));
    }
    if text("absent").is_some() || proof.get("absent").is_some() {
        return (!values.is_empty()).then(|| format!("{}: {place} is there", first()));
    }
    if values.is_empty() {
        return Some(format!("{}: nothing at {place}", first()));
    }
    let string = |key: &str| proof.get(key).map(|node| json_text(&node.to_json()));
    let wrong = |value: &&&Value| match (proof.get("equals"), string("contains"), string("lacks"), text("same")) {
        (Some(wanted), ..) => **value != &wanted.to_json(),
        (_, Some(part), ..) => !value.to_string().contains(&part),
        (_, _, Some(part), _) => value.to_string().contains(&part),
        (_, _, _, Some(other)) => {
            let (_, others) = select(case, other);
            others.is_empty() || others.iter().any(|other| *other != **value)
        }
        _ => true,
    };
    values.iter().find(wrong).map(|value| format!("{}: {place} is {value}", first()))
}

fn json_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

//! The blueprint's own form, before its components are looked at.

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use serde_json::Value;

use crate::diagnostic::{Finding, has_error};
use crate::library::Library;
use crate::part::member;
use crate::source::{Place, Source};
use crate::yaml::{Node, Value as Yaml};

use super::check::{Checker, Locate};
use super::declare;
use super::model::{Acknowledgement, Blueprint, Parameter};
use super::parameters;

#[expect(clippy::expect_used, reason = "the text is embedded in the program, and tests read it")]
static ENVELOPE: LazyLock<Checker> = LazyLock::new(|| {
    let schema = serde_json::from_str(include_str!("../../schemas/envelope.schema.json"))
        .expect("the embedded envelope schema is JSON");
    Checker::new(&schema, "the blueprint").expect("the embedded envelope schema compiles")
});

impl Locate for Blueprint {
    fn value(&self, path: &[String]) -> Place {
        self.place(path)
    }

    fn key(&self, path: &[String]) -> Place {
        match self.root.find(path.iter().map(String::as_str)) {
            Some((_, Some(key))) => Place::new(&self.source, key),
            _ => self.place(path),
        }
    }
}

/// The typed blueprint and all that its schemas have to say of it.
///
/// The blueprint is given whenever its form allows to look at its components; it is only sound when no finding is an error.
pub fn validate(library: &Library, source: &Arc<Source>, root: Node) -> (Option<Blueprint>, Vec<Finding>) {
    let json = root.to_json();
    let mut blueprint = Blueprint {
        source: Arc::clone(source),
        name: text(&json, "name"),
        description: text(&json, "description"),
        regions: Vec::new(),
        tags: Vec::new(),
        parameters: Vec::new(),
        components: Vec::new(),
        acknowledged: Vec::new(),
        root,
    };
    let mut findings = ENVELOPE.check(&json, &blueprint, &[]);
    findings.extend(dynamic_references(source, &blueprint.root));
    let hopeless = findings.iter().any(|finding| finding.code == "S002" && finding.message.contains("components"));
    if has_error(&findings) && (hopeless || !member(&json, "components").is_object()) {
        return (None, findings);
    }
    let strings = |value: &Value| value.as_str().map(str::to_owned);
    blueprint.regions = member(&json, "regions").as_array().into_iter().flatten().filter_map(strings).collect();
    let tags = member(&json, "tags").as_object().into_iter().flatten();
    blueprint.tags = tags.filter_map(|(key, value)| Some((key.clone(), strings(value)?))).collect();
    blueprint.acknowledged = acknowledgements(library, &blueprint, &["acknowledge".to_owned()]);
    blueprint.parameters = read_parameters(&blueprint.root, &json);
    findings.extend(parameters::check(&blueprint));
    findings.extend(check_regions(&blueprint));
    let components = declare::all(library, &blueprint, &mut findings);
    blueprint.components = components;
    findings.extend(parameters::unused(&blueprint));
    (Some(blueprint), findings)
}

fn text(json: &Value, key: &str) -> String {
    json.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn check_regions(blueprint: &Blueprint) -> Vec<Finding> {
    let known: Vec<&str> = crate::catalogue::table("regions").into_iter().flat_map(|table| table.ids()).collect();
    let mut findings = Vec::new();
    for (index, region) in blueprint.regions.iter().enumerate() {
        if !known.contains(&region.as_str()) {
            let place = blueprint.place(&["regions".to_owned(), index.to_string()]);
            let finding =
                Finding::error("S010", place.clone(), format!("`{region}` is not a region that the catalogue knows"));
            findings.push(match crate::diagnostic::did_you_mean(region, known.iter().copied()) {
                Some(near) => {
                    finding.under(format!("did you mean `{near}`?")).with_fix(format!("write `{near}`"), place, near)
                }
                None => finding.with_help("`atelier list regions` shows the known ones"),
            });
        }
    }
    findings
}

/// `acknowledge:` lists at a path of the document.
pub(super) fn acknowledgements(library: &Library, blueprint: &Blueprint, path: &[String]) -> Vec<Acknowledgement> {
    let Some((node, _)) = blueprint.root.find(path.iter().map(String::as_str)) else { return Vec::new() };
    let read = |item: &Node| {
        let text = |key: &str| item.get(key).and_then(Node::as_str).map(str::to_owned);
        let rule = text("rule")?;
        Some(Acknowledgement {
            on_resources: library.baseline.iter().any(|known| known.id == rule),
            rule,
            reason: text("reason")?,
            place: item.get("rule")?.place(&blueprint.source),
        })
    };
    node.items().iter().filter_map(read).collect()
}

fn read_parameters(root: &Node, json: &Value) -> Vec<Parameter> {
    let entries = root.get("parameters").map_or(&[][..], Node::entries);
    let read = |entry: &crate::yaml::Entry| {
        let raw = member(member(json, "parameters"), &entry.key).clone();
        Parameter {
            name: entry.key.clone(),
            type_: raw.get("type").and_then(Value::as_str).unwrap_or("String").to_owned(),
            default: raw.get("default").cloned(),
            allowed: raw.get("allowed").and_then(Value::as_array).cloned().unwrap_or_default(),
            range: entry.key_range.clone(),
            raw,
        }
    };
    entries.iter().map(read).collect()
}

/// CloudFormation resolves `{{resolve:…}}` anywhere in a template, so user text must not hold it.
fn dynamic_references(source: &Arc<Source>, node: &Node) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut report = |range: &Range<usize>| {
        findings.push(
            Finding::error(
                "S011",
                Place::new(source, range.clone()),
                "`{{resolve:` would be replaced by CloudFormation with a secret or parameter of the account",
            )
            .with_help("take the value as a deploy-time parameter: `{param: Name}`"),
        );
    };
    let mut stack = vec![node];
    while let Some(node) = stack.pop() {
        match &node.value {
            Yaml::String(text) if text.contains("{{resolve:") => report(&node.range),
            Yaml::List(items) => stack.extend(items),
            Yaml::Map(entries) => {
                for entry in entries {
                    if entry.key.contains("{{resolve:") {
                        report(&entry.key_range);
                    }
                    stack.push(&entry.value);
                }
            }
            _ => {}
        }
    }
    findings
}

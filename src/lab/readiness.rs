//! What has to be done, or known, before the day.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::catalogue;

use super::file::{Accounts, Lab, Target};
use super::stacks::Stack;

/// What CloudFormation takes in the call itself; more comes from an S3 bucket.
const INLINE_BYTES: usize = 51_200;

/// How much something matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The lab does not work as it is.
    Blocks,
    /// Somebody has to do something beforehand.
    Todo,
    /// Worth knowing.
    Know,
}

impl Level {
    /// One word.
    pub fn word(self) -> &'static str {
        match self {
            Level::Blocks => "blocks",
            Level::Todo => "to do",
            Level::Know => "to know",
        }
    }
}

/// One thing to do or to know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ready {
    /// How much it matters.
    pub level: Level,
    /// What it is about.
    pub subject: String,
    /// The fact, and what to do.
    pub text: String,
}

pub(super) fn ready(lab: &Lab, stacks: &[Stack]) -> Vec<Ready> {
    let mut all = Vec::new();
    for stack in stacks {
        types(lab, stack, &mut all);
        licences(lab, stack, &mut all);
        kept(stack, &mut all);
    }
    instances(lab, stacks, &mut all);
    models(lab, stacks, &mut all);
    target(lab, stacks, &mut all);
    regions(lab, stacks, &mut all);
    all.sort();
    all.dedup();
    all
}

fn add(all: &mut Vec<Ready>, level: Level, subject: impl Into<String>, text: impl Into<String>) {
    all.push(Ready { level, subject: subject.into(), text: text.into() });
}

fn text<'a>(row: &'a Value, field: &str) -> Option<&'a str> {
    row.get(field)?.as_str()
}

fn has(row: &Value, field: &str, word: &str) -> bool {
    row.get(field).and_then(Value::as_array).into_iter().flatten().any(|item| item == word)
}

/// Services that are closed to new accounts, and types that a region lacks.
fn types(lab: &Lab, stack: &Stack, all: &mut Vec<Ready>) {
    let facts = catalogue::get("regions", &lab.region);
    for kind in stack.usage.types.keys() {
        if let Some(row) = catalogue::lifecycle_of_resource(kind) {
            let status = text(row, "status").unwrap_or_default();
            let level = if status == "maintenance" { Level::Know } else { Level::Blocks };
            let service = text(row, "service").unwrap_or_default();
            let words = match status {
                "closed" => "takes no new customers, and a lab's accounts are new",
                "maintenance" => "gets no new features",
                _ => "has ended",
            };
            add(
                all,
                level,
                &stack.name,
                format!("{service} ({kind}) {words}: since {}", text(row, "date").unwrap_or("an unknown day")),
            );
        }
        if facts.is_some_and(|facts| has(facts, "cfnTypesMissing", kind)) {
            let as_of = facts.and_then(|facts| text(facts, "asOf")).unwrap_or_default();
            add(all, Level::Blocks, &stack.name, format!("{} has no {kind} (seen on {as_of})", lab.region));
        }
    }
}

/// Instance types that nobody has seen in the region.
fn instances(lab: &Lab, stacks: &[Stack], all: &mut Vec<Ready>) {
    let items: BTreeSet<&str> = stacks
        .iter()
        .flat_map(|stack| &stack.usage.measures)
        .filter(|measure| measure.model.is_none())
        .filter_map(|measure| measure.item.as_deref())
        .collect();
    for item in items {
        let known = ["accelerators", "ec2-instances", "ml-instances"]
            .iter()
            .find_map(|file| Some((*file, catalogue::get(file, item)?)));
        match known {
            None => add(
                all,
                Level::Todo,
                item,
                "the catalogue does not know this instance type: try one stack in the region",
            ),
            Some((file, row)) => match catalogue::in_region(file, row, &lab.region) {
                None => add(
                    all,
                    Level::Todo,
                    item,
                    format!("nobody has seen this instance type in {}: try one stack there", lab.region),
                ),
                Some(words) if words == "reserved only" => {
                    add(all, Level::Blocks, item, format!("{} has this type in reserved capacity only", lab.region))
                }
                Some(_) => {}
            },
        }
    }
}

/// Access to models: forms, Marketplace, regions, models that new accounts cannot call.
fn models(lab: &Lab, stacks: &[Stack], all: &mut Vec<Ready>) {
    let ids: BTreeSet<&'static str> =
        stacks.iter().flat_map(|stack| &stack.usage.measures).filter_map(|measure| measure.model).collect();
    let accounts = if lab.accounts == Accounts::Shared {
        "in the account"
    } else {
        "in every account, or once in the organization"
    };
    for id in ids {
        let Some(row) = catalogue::get("bedrock-models", id) else { continue };
        let name = text(row, "name").unwrap_or(id);
        if catalogue::in_region("bedrock-models", row, &lab.region).is_none() {
            add(all, Level::Todo, name, format!("nobody has seen this model in {}: call it there once", lab.region));
        }
        if text(row, "lifecycle") == Some("legacy") {
            add(all, Level::Blocks, name, "its end is announced: new accounts cannot call it, whatever the date");
        }
        match text(row, "provider").unwrap_or_default() {
            "amazon" => {}
            "anthropic" => add(
                all,
                Level::Todo,
                name,
                format!(
                    "Anthropic's use-case form has to be sent {accounts}, in the Bedrock console, before the first call; the first call also subscribes through AWS Marketplace, which takes up to 15 minutes and wants a payment method"
                ),
            ),
            provider => add(
                all,
                Level::Todo,
                name,
                format!(
                    "the first call of a model of {provider} subscribes {accounts} through AWS Marketplace: up to 15 minutes, with a payment method and aws-marketplace:Subscribe"
                ),
            ),
        }
        if lab.target == Target::InnovationSandbox && text(row, "provider") != Some("amazon") {
            add(
                all,
                Level::Todo,
                name,
                "Innovation Sandbox denies aws-marketplace, so a leased account cannot subscribe by itself: have the model enabled before the lease, or take a model of Amazon",
            );
        }
    }
}

/// Licences that a parameter of the template accepts.
fn licences(lab: &Lab, stack: &Stack, all: &mut Vec<Ready>) {
    let given = lab.parameters.get(&stack.name);
    for name in stack.document.sections.get("Parameters").into_iter().flat_map(|parameters| parameters.keys()) {
        let accepted = given.and_then(|given| given.get(name)).is_some_and(|value| value == "true" || value == true);
        if name.ends_with("AcceptEula") && !accepted {
            add(
                all,
                Level::Blocks,
                &stack.name,
                format!(
                    "the model has a licence: read it, and accept it with `parameters: {{{}: {{{name}: \"true\"}}}}`",
                    stack.name
                ),
            );
        }
    }
}

/// What stays, and is paid, when the stack is deleted.
fn kept(stack: &Stack, all: &mut Vec<Ready>) {
    let resources = stack.document.resources.iter().filter(|(_, resource)| {
        let policy = resource.attributes.get("DeletionPolicy").and_then(Value::as_str);
        // an index goes with its collection
        policy.is_some_and(|policy| policy.starts_with("Retain")) && resource.kind != "AWS::OpenSearchServerless::Index"
    });
    let names: Vec<String> = resources.map(|(id, resource)| format!("{id} ({})", resource.kind)).collect();
    if !names.is_empty() {
        add(
            all,
            Level::Todo,
            &stack.name,
            format!(
                "stays when the stack is deleted: {}; for a lab write `onDelete: empty` on buckets",
                names.join(", ")
            ),
        );
    }
}

/// What the way of deployment asks for.
fn target(lab: &Lab, stacks: &[Stack], all: &mut Vec<Ready>) {
    for stack in stacks {
        let bytes = stack.template.source.text.len();
        if bytes > INLINE_BYTES {
            add(
                all,
                Level::Todo,
                &stack.name,
                format!(
                    "the template has {bytes} bytes: above {INLINE_BYTES} it comes from an S3 bucket, which somebody has to make"
                ),
            );
        }
    }
    match lab.target {
        Target::SingleAccount => {}
        Target::StackSet => {
            add(
                all,
                Level::Todo,
                "stack sets",
                format!(
                    "{} stack set(s) with {} instances each, from the administrator or a delegated account; the management account itself is never a target",
                    stacks.len(),
                    lab.participants
                ),
            );
        }
        Target::InnovationSandbox => {
            add(
                all,
                Level::Know,
                "Innovation Sandbox",
                "a blueprint there is a self-managed stack set; a lease has its own budget and duration, and its end wins over the lab's",
            );
            for stack in stacks {
                let unknown = unlisted(stack);
                if !unknown.is_empty() {
                    add(
                        all,
                        Level::Know,
                        &stack.name,
                        format!("whether Innovation Sandbox allows these is not known here: {}", unknown.join(", ")),
                    );
                }
            }
        }
        Target::WorkshopStudio => {
            add(
                all,
                Level::Todo,
                "Workshop Studio",
                "every parameter without a default stands in contentspec.yaml, JSON policies only; name two or more deployable regions",
            );
            let accelerated: BTreeSet<&str> = stacks
                .iter()
                .flat_map(|stack| &stack.usage.measures)
                .filter_map(|measure| measure.item.as_deref())
                .filter(|item| is_accelerated(item))
                .collect();
            if !accelerated.is_empty() {
                let names: Vec<&str> = accelerated.into_iter().collect();
                add(
                    all,
                    Level::Todo,
                    "Workshop Studio",
                    format!(
                        "its accounts support only small GPU instances: ask for {} under `requiredCapabilities` and have the answer before the day",
                        names.join(", ")
                    ),
                );
            }
        }
    }
}

fn is_accelerated(item: &str) -> bool {
    let family = item.strip_prefix("ml.").unwrap_or(item);
    ["g", "p", "inf", "trn"].iter().any(|letters| {
        family.strip_prefix(letters).is_some_and(|rest| rest.starts_with(|char: char| char.is_ascii_digit()))
    })
}

/// Where all blueprints hold: a second region is the plan for a bad day.
fn regions(lab: &Lab, stacks: &[Stack], all: &mut Vec<Ready>) {
    let lists = stacks
        .iter()
        .map(|stack| stack.template.trace.graph.blueprint.regions.iter().map(String::as_str).collect::<BTreeSet<_>>());
    let Some(common) = lists.reduce(|a, b| a.intersection(&b).copied().collect()) else { return };
    let others: Vec<&str> = common.into_iter().filter(|region| *region != lab.region).collect();
    if others.is_empty() {
        add(
            all,
            Level::Know,
            "regions",
            "there is no second region in which all blueprints hold, for the day on which this one has no capacity",
        );
    } else {
        add(
            all,
            Level::Know,
            "regions",
            format!("all blueprints also hold in {}; quotas there are asked for separately", others.join(", ")),
        );
    }
}

/// Services of a stack that the sandbox's policy denies, with the types that need them.
pub(super) fn denied(stack: &Stack) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (kind, row) in stack.usage.types.keys().filter_map(|kind| Some((kind, service(kind)?))) {
        if row.get("allowed") == Some(&Value::Bool(false)) {
            found.entry(text(row, "id").unwrap_or_default().to_owned()).or_default().push(kind.clone());
        }
    }
    found
}

fn unlisted(stack: &Stack) -> Vec<String> {
    stack.usage.types.keys().filter(|kind| kind.starts_with("AWS::") && service(kind).is_none()).cloned().collect()
}

fn service(kind: &str) -> Option<&'static Value> {
    let namespace = kind.rsplit_once("::")?.0;
    catalogue::table("sandbox-services")?.rows().find(|row| has(row, "cfn", namespace))
}

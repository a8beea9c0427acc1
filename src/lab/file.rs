//! The lab file: its form, its defaults, and its moments.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use serde_json::{Value, json};

use crate::diagnostic::{Finding, has_error, sort};
use crate::part::member;
use crate::schema::{Checker, Locate, fill};
use crate::source::{Place, Source};
use crate::usage::Assumptions;
use crate::yaml::{self, Dialect, Node};

use super::moment::{Moment, minutes};
use super::texts::{ModuleText, Text, modules};

/// The schema of a lab file, as `atelier schema lab` prints it.
pub const SCHEMA: &str = include_str!("../../schemas/lab.schema.json");

#[expect(clippy::expect_used, reason = "the text is embedded in the program, and tests read it")]
static FORM: LazyLock<(Value, Checker)> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the embedded schema of a lab is JSON");
    let checker = Checker::new(&schema, "the lab").expect("the embedded schema of a lab compiles");
    (schema, checker)
});

/// Whose accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accounts {
    /// An account for every participant.
    OneEach,
    /// All in one account.
    Shared,
}

/// How the stacks are deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// From a shell, into one account.
    SingleAccount,
    /// From an organization's administrator account.
    StackSet,
    /// By AWS Workshop Studio.
    WorkshopStudio,
    /// In leased accounts of Innovation Sandbox on AWS.
    InnovationSandbox,
}

/// A lab whose form is right.
#[derive(Debug)]
pub struct Lab {
    /// The file.
    pub source: Arc<Source>,
    root: Node,
    /// Its name.
    pub name: String,
    /// What participants learn; may be empty.
    pub description: Text,
    /// What the guide calls its modules, by the blueprint's name.
    pub modules: BTreeMap<String, ModuleText>,
    /// Paths of blueprints, from the folder of the file.
    pub blueprints: Vec<String>,
    /// Values of deploy-time parameters by the blueprint's name.
    pub parameters: BTreeMap<String, BTreeMap<String, Value>>,
    /// How many people.
    pub participants: u32,
    /// Whose accounts.
    pub accounts: Accounts,
    /// How the stacks are deployed.
    pub target: Target,
    /// Where.
    pub region: String,
    /// When participants begin.
    pub starts: Moment,
    /// How many minutes they work.
    pub lasts: i64,
    /// How many minutes before the start everything is usable.
    pub lead: i64,
    /// How many minutes after the end everything is deleted.
    pub grace: i64,
    /// US dollars for one participant.
    pub per_participant: Option<f64>,
    /// US dollars for all.
    pub total: Option<f64>,
    /// `fr`, `en` or `both`.
    pub language: String,
    /// What one participant does.
    pub assumptions: Assumptions,
}

/// A tree and its text: where findings point.
struct Placed<'a> {
    source: &'a Arc<Source>,
    root: &'a Node,
}

impl Placed<'_> {
    fn range(&self, path: &[String], wants_key: bool) -> Range<usize> {
        for length in (0..=path.len()).rev() {
            let steps = path.get(..length).unwrap_or_default().iter().map(String::as_str);
            if let Some((node, key)) = self.root.find(steps) {
                let scalar = node.entries().is_empty() && node.items().is_empty();
                return match key {
                    Some(key) if wants_key || length < path.len() || !scalar || node.range.is_empty() => key,
                    _ if scalar || length > 0 => node.range.clone(),
                    _ => self.root.entries().first().map_or(0..0, |entry| entry.key_range.clone()),
                };
            }
        }
        0..0
    }
}

impl Locate for Placed<'_> {
    fn value(&self, path: &[String]) -> Place {
        Place::new(self.source, self.range(path, false))
    }

    fn key(&self, path: &[String]) -> Place {
        Place::new(self.source, self.range(path, true))
    }
}

impl Lab {
    /// Where something stands: `budget.perParticipant`, `blueprints.0`; the nearest thing that is there.
    pub fn place(&self, path: &str) -> Place {
        let steps: Vec<String> = path.split('.').map(str::to_owned).collect();
        Placed { source: &self.source, root: &self.root }.value(&steps)
    }

    /// Participants whose stacks are in one account.
    pub fn in_one_account(&self) -> u32 {
        if self.accounts == Accounts::Shared { self.participants } else { 1 }
    }
}

/// Reads a lab: the lab when its form is right, and all that is wrong with it.
pub fn load(source: &Arc<Source>) -> (Option<Lab>, Vec<Finding>) {
    let root = match yaml::load(source, Dialect::Blueprint) {
        Ok(root) => root,
        Err(findings) => return (None, findings),
    };
    let (schema, checker) = &*FORM;
    let mut lab = root.to_json();
    let placed = Placed { source, root: &root };
    let mut findings = checker.check(&lab, &placed, &[]);
    fill(schema, schema, &mut lab);
    let text = |key: &str| member(&lab, key).as_str().unwrap_or_default().to_owned();
    let starts = match member(&lab, "starts").as_str().map(Moment::parse) {
        Some(Ok(starts)) => Some(starts),
        Some(Err(wrong)) => {
            let place = placed.value(&["starts".to_owned()]);
            let finding = Finding::error(wrong.code, place, wrong.message).with_help(wrong.help);
            findings.push(match wrong.near {
                Some(near) => finding.under(format!("did you mean `{near}`?")),
                None => finding,
            });
            None
        }
        None => None,
    };
    sort(&mut findings);
    let Some(starts) = starts.filter(|_| !has_error(&findings)) else { return (None, findings) };
    let money = |key: &str| {
        member(member(&lab, "budget"), key).as_str().and_then(|text| text.strip_suffix(" USD")?.parse().ok())
    };
    let whole = |value: &Value| {
        value.as_object().map(|map| map.iter().map(|(key, value)| (key.clone(), value.clone())).collect())
    };
    let parameters = member(&lab, "parameters").as_object().into_iter().flatten();
    let lab = Lab {
        name: text("name"),
        description: Text::read(lab.get("description")),
        modules: modules(member(&lab, "modules")),
        blueprints: member(&lab, "blueprints")
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        parameters: parameters.filter_map(|(name, values)| Some((name.clone(), whole(values)?))).collect(),
        participants: member(&lab, "participants").as_u64().and_then(|count| u32::try_from(count).ok()).unwrap_or(1),
        accounts: if member(&lab, "accounts") == "shared" { Accounts::Shared } else { Accounts::OneEach },
        target: match member(&lab, "target").as_str() {
            Some("stackset") => Target::StackSet,
            Some("workshop-studio") => Target::WorkshopStudio,
            Some("innovation-sandbox") => Target::InnovationSandbox,
            _ => Target::SingleAccount,
        },
        region: text("region"),
        starts,
        lasts: minutes(&text("lasts")),
        lead: minutes(&text("lead")),
        grace: minutes(&text("grace")),
        per_participant: money("perParticipant"),
        total: money("total"),
        language: text("language"),
        assumptions: numbers(member(&lab, "assumptions")),
        source: Arc::clone(source),
        root,
    };
    (Some(lab), findings)
}

/// The assumptions of a lab that names none.
pub fn assumptions() -> Assumptions {
    let (schema, _) = &*FORM;
    let mut lab = json!({});
    fill(schema, schema, &mut lab);
    numbers(member(&lab, "assumptions"))
}

fn numbers(value: &Value) -> Assumptions {
    let fields = value.as_object().into_iter().flatten();
    fields.filter_map(|(name, value)| Some((name.clone(), value.as_f64()?))).collect()
}

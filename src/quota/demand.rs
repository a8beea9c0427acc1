//! Adding up what measures use of each quota.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::catalogue;
use crate::usage::{Measure, Usage};

use super::applied::{Applied, Reading};

/// How a demand and a quota go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The applied value, or AWS's default, is enough.
    Enough,
    /// It is enough to begin with, and not when everything is scaled out.
    EnoughAtFirst,
    /// More must be asked for.
    Ask,
    /// The applied value is zero: nothing works, whatever the pace. Not to be mistaken for throttling.
    Zero,
    /// Calls above it wait or are refused for a moment; the lab works, slowly.
    Throttled,
    /// More cannot be had.
    Never,
    /// Neither a default nor the applied value is known.
    Unknown,
}

/// Who uses a quota.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// The blueprint.
    pub stack: String,
    /// What is counted.
    pub name: String,
    /// The instance type or model.
    pub item: Option<String>,
    /// By one stack.
    pub each: f64,
}

/// What is needed of one quota.
#[derive(Clone, Debug)]
pub struct Demand {
    /// The catalogue's row.
    pub quota: &'static Value,
    /// The row's id.
    pub id: &'static str,
    /// In one account, as deployed.
    pub usual: f64,
    /// In one account, when everything is scaled out.
    pub most: f64,
    /// The limit is inside each stack, so participants do not add up.
    pub per_stack: bool,
    /// What is above it waits.
    pub soft: bool,
    /// AWS's default in this region.
    pub default: Option<f64>,
    /// What the account has.
    pub applied: Option<Reading>,
    /// Who needs it.
    pub shares: Vec<Share>,
    /// What the meters note.
    pub notes: Vec<&'static str>,
}

/// Something that counts against a quota that the catalogue does not know.
#[derive(Clone, Debug, PartialEq)]
pub struct Missing {
    /// The blueprint.
    pub stack: String,
    /// What is counted.
    pub name: String,
    /// The instance type or model.
    pub item: String,
}

impl Demand {
    /// A text of the row.
    pub fn text(&self, field: &str) -> Option<&'static str> {
        self.quota.get(field).and_then(Value::as_str)
    }

    /// What limits: the applied value, else the default.
    pub fn limit(&self) -> Option<f64> {
        match self.applied {
            Some(Reading::Value(value)) => Some(value),
            _ => self.default,
        }
    }

    /// Whether more can be asked for; `None` when that is not known.
    pub fn adjustable(&self) -> Option<bool> {
        self.quota.get("adjustable").and_then(Value::as_bool)
    }

    /// How demand and limit go together.
    pub fn verdict(&self) -> Verdict {
        let Some(limit) = self.limit() else { return Verdict::Unknown };
        if self.most <= limit {
            return Verdict::Enough;
        }
        if self.applied == Some(Reading::Value(0.0)) {
            return Verdict::Zero;
        }
        match self.adjustable() {
            _ if self.soft => Verdict::Throttled,
            Some(false) => Verdict::Never,
            _ if self.usual <= limit => Verdict::EnoughAtFirst,
            _ => Verdict::Ask,
        }
    }

    /// What to ask AWS for; `None` when nothing has to, or can, be asked for.
    pub fn ask(&self) -> Option<f64> {
        let short = !matches!(self.verdict(), Verdict::Enough | Verdict::Never);
        (short && self.adjustable() != Some(false)).then(|| self.most.ceil())
    }
}

/// The demand in one account where `count` participants have a stack of each blueprint.
pub fn demand(
    stacks: &[(&str, &Usage)],
    count: u32,
    region: &str,
    applied: Option<&Applied>,
) -> (Vec<Demand>, Vec<Missing>) {
    let mut demands: BTreeMap<usize, Demand> = BTreeMap::new();
    let mut missing = Vec::new();
    let Some(table) = catalogue::table("quotas") else { return (Vec::new(), missing) };
    let order: BTreeMap<&str, usize> = table.ids().enumerate().map(|(position, id)| (id, position)).collect();
    for (stack, usage) in stacks {
        for measure in &usage.measures {
            let (id, per_item) = match quota_of(measure) {
                None => continue,
                Some(Ok(found)) => found,
                Some(Err(item)) => {
                    missing.push(Missing { stack: (*stack).to_owned(), name: measure.meter.name.clone(), item });
                    continue;
                }
            };
            let (Some(&position), Some(quota)) = (order.get(id), table.get(id)) else { continue };
            let demand = demands.entry(position).or_insert_with(|| Demand {
                quota,
                id,
                usual: 0.0,
                most: 0.0,
                per_stack: measure.meter.per_stack,
                soft: measure.meter.soft,
                default: default(quota, region),
                applied: applied.and_then(|applied| applied.reading(quota)),
                shares: Vec::new(),
                notes: Vec::new(),
            });
            let (usual, most) = (measure.quantity * per_item, measure.most * per_item);
            if measure.meter.per_stack {
                demand.usual = demand.usual.max(usual);
                demand.most = demand.most.max(most);
            } else {
                demand.usual += usual * f64::from(count);
                demand.most += most * f64::from(count);
            }
            demand.notes.extend(measure.meter.note.as_deref().filter(|note| !demand.notes.contains(note)));
            let (name, item) = (measure.meter.name.clone(), measure.item.clone());
            demand.shares.push(Share { stack: (*stack).to_owned(), name, item, each: usual });
        }
    }
    (demands.into_values().collect(), missing)
}

/// The quota that a measure counts against and how much of it one takes; `Err` names an item whose quota is not known.
fn quota_of(measure: &Measure) -> Option<Result<(&'static str, f64), String>> {
    if let Some(id) = &measure.meter.quota {
        return Some(row(id).map(|id| (id, 1.0)).ok_or_else(|| id.clone()));
    }
    let wanted = measure.meter.quota_use.as_deref()?;
    let item = measure.item.clone()?;
    let found = match wanted {
        "on-demand" | "spot" => vcpu_quota(&item, wanted),
        "tokens per minute" | "requests per minute" => {
            // most models have no quota of requests: what is not known of them is said once, for the tokens
            let found = model_quota(measure, wanted).map(|id| (id, 1.0));
            if found.is_none() && wanted == "requests per minute" {
                return None;
            }
            found
        }
        _ => first(|quota| text(quota, "usage") == Some(wanted) && text(quota, "instanceType") == Some(item.as_str()))
            .map(|id| (id, 1.0)),
    };
    Some(found.ok_or(item))
}

/// The vCPU quota of an EC2 type, and its vCPUs.
fn vcpu_quota(item: &str, wanted: &str) -> Option<(&'static str, f64)> {
    let instance = ["ec2-instances", "accelerators"].iter().find_map(|file| catalogue::get(file, item))?;
    let vcpu = instance.get("vcpu")?.as_f64()?;
    let field = if wanted == "spot" { "spot" } else { "onDemand" };
    let named = instance.get("quota").and_then(|quota| quota.get(field)).and_then(Value::as_str);
    let family = text(instance, "family").unwrap_or_default();
    let by_family = || {
        first(|quota| {
            text(quota, "usage") == Some(wanted)
                && catalogue::answers_with("quotas", quota, catalogue::Facet::Family, family)
        })
    };
    Some((named.or_else(by_family)?, vcpu))
}

/// The quota of a model, as it is called.
fn model_quota(measure: &Measure, unit: &str) -> Option<&'static str> {
    let model = measure.model?;
    let prefix = measure.item.as_deref()?.strip_suffix(model)?;
    let profile = match prefix {
        "" => "none",
        "global." => "global",
        _ => "cross-region",
    };
    first(|quota| {
        text(quota, "model") == Some(model)
            && text(quota, "profile") == Some(profile)
            && text(quota, "unit") == Some(unit)
    })
}

fn default(quota: &Value, region: &str) -> Option<f64> {
    let own = quota.get("defaultByRegion").and_then(|by| by.get(region));
    own.or_else(|| quota.get("default"))?.as_f64()
}

fn first(matches: impl Fn(&Value) -> bool) -> Option<&'static str> {
    catalogue::table("quotas")?.rows().find(|quota| matches(quota)).and_then(|quota| text(quota, "id"))
}

fn row(id: &str) -> Option<&'static str> {
    catalogue::get("quotas", id).and_then(|quota| text(quota, "id"))
}

fn text<'a>(row: &'a Value, field: &str) -> Option<&'a str> {
    row.get(field)?.as_str()
}

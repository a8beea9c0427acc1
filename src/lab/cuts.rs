//! What costs most, and what would make it cheaper.

use serde_json::Value;

use crate::catalogue::{self, ModelShape, Serving};
use crate::cost::{Estimate, Line, money};

use super::file::{Accounts, Lab};
use super::stacks::Stack;

/// How many are named.
const LARGEST: usize = 3;

/// One of the largest costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Cut {
    /// The blueprint.
    pub stack: String,
    /// What is paid for.
    pub name: String,
    /// US dollars of all participants in the whole lab.
    pub usd: f64,
    /// At prices of us-east-1, because the one here is not known.
    pub reference: bool,
    /// Its part of the whole, 0 to 1.
    pub share: f64,
    /// What would make it cheaper.
    pub how: String,
    /// US dollars that this saves in the whole lab, where it can be said.
    pub saves: Option<f64>,
}

pub(super) fn cuts(lab: &Lab, stacks: &[Stack], estimate: &Estimate, hours: f64, working: f64) -> Vec<Cut> {
    let people = f64::from(lab.participants);
    let mut lines: Vec<(f64, &Line)> =
        estimate.lines.iter().filter_map(|line| Some((line.total(hours, working, true)? * people, line))).collect();
    let all: f64 = lines.iter().map(|(usd, _)| usd).sum();
    lines.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let largest = lines.into_iter().filter(|(usd, _)| *usd > 0.0).take(LARGEST);
    largest
        .map(|(usd, line)| {
            let (how, saves) = how(lab, stacks, line, usd);
            let name = line.item.as_ref().map_or_else(|| line.name.clone(), |item| format!("{} {item}", line.name));
            Cut {
                stack: line.stack.clone(),
                name,
                usd,
                reference: line.price.is_none(),
                share: if all > 0.0 { usd / all } else { 0.0 },
                how,
                saves,
            }
        })
        .collect()
}

fn how(lab: &Lab, stacks: &[Stack], line: &Line, usd: f64) -> (String, Option<f64>) {
    if line.shareable {
        let cut = line.cut.unwrap_or_default();
        return if lab.accounts == Accounts::Shared && lab.participants > 1 {
            (cut.to_owned(), Some(usd - usd / f64::from(lab.participants)))
        } else {
            ("nothing simple: accounts do not share a network without peering".to_owned(), None)
        };
    }
    let smaller = line.item.as_deref().and_then(|item| smaller(lab, stacks, line, item));
    match (smaller, line.cut) {
        (Some((other, price, now)), _) => {
            let how = format!("`{other}` still fits: {} instead of {} USD an hour", money(price), money(now));
            (how, Some(usd * (1.0 - price / now)))
        }
        (None, Some("a smaller instance that still fits")) => {
            ("no cheaper type is known to fit: fewer hours, or fewer instances".to_owned(), None)
        }
        (None, Some(cut)) => (cut.to_owned(), None),
        (None, None) => ("less of it, or fewer hours".to_owned(), None),
    }
}

/// A cheaper instance type on which the component's model fits, its price and the one now.
fn smaller(lab: &Lab, stacks: &[Stack], line: &Line, item: &str) -> Option<(String, f64, f64)> {
    let (now, region) = (line.used(true)?.usd, line.used(true)?.id.rsplit('/').next()?);
    let stack = stacks.iter().find(|stack| stack.name == line.stack)?;
    let regions = [lab.region.as_str()];
    for component in &stack.template.trace.graph.components {
        let properties = &component.declared.properties;
        if properties.get("instanceType").and_then(Value::as_str) != Some(item) {
            continue;
        }
        let price = |service: &str, name: &str| {
            catalogue::get("prices", &format!("{service}/{name}/{region}"))?.get("usd")?.as_f64()
        };
        let found = if item.starts_with("ml.") {
            let model = properties.get("model")?.as_str()?;
            let row = catalogue::get("jumpstart-models", model)?;
            let types = row.get("instances")?.as_array()?.iter().filter_map(Value::as_str);
            let fitting =
                types.filter(|name| catalogue::jumpstart_fit(model, name, &regions).is_some_and(|fit| fit.roomy));
            let priced = fitting.filter_map(|name| Some((name.to_owned(), price("sagemaker", name)?)));
            priced.min_by(|(_, a), (_, b)| a.total_cmp(b))
        } else {
            let number = |path: &str| properties.pointer(path)?.as_u64().and_then(|number| u32::try_from(number).ok());
            let shape = ModelShape::of(properties.pointer("/model/id")?.as_str()?)?;
            let serving = Serving {
                bytes_per_weight: 2.0,
                max_model_length: number("/serving/maxModelLength")?,
                max_sequences: number("/serving/maxSequences")?,
            };
            let proposal = catalogue::neuron_proposal(&shape, &serving, &regions)?;
            price("ec2", &proposal.instance_type).map(|usd| (proposal.instance_type, usd))
        };
        return found.filter(|(name, usd)| name != item && *usd < now).map(|(name, usd)| (name, usd, now));
    }
    None
}

//! Counting: every resource of a template with every meter of its type.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::catalogue;
use crate::document::Document;

use super::Assumptions;
use super::meter::{Bills, Meter, meters};
use super::models;
use super::path::{Found, Reader};
use super::resolve::{Context, Resolver};

/// How much of one thing a stack uses.
#[derive(Clone, Debug)]
pub struct Measure {
    /// What is counted.
    pub meter: &'static Meter,
    /// The instance type, or the model as it is called.
    pub item: Option<String>,
    /// The model's id in the catalogue, if the item is a model.
    pub model: Option<&'static str>,
    /// Logical ids of the resources.
    pub resources: Vec<String>,
    /// How many, in the unit of the price or quota.
    pub quantity: f64,
    /// How many when everything is scaled out.
    pub most: f64,
    /// How many stay when nobody works any more.
    pub idle: f64,
}

/// What the template does not tell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unknown {
    /// The resource's logical id.
    pub resource: String,
    /// Its type.
    pub kind: String,
    /// What is not known, and why.
    pub why: String,
}

/// What one stack uses.
#[derive(Clone, Debug, Default)]
pub struct Usage {
    /// In the order of the meters.
    pub measures: Vec<Measure>,
    /// What could not be counted.
    pub unknown: Vec<Unknown>,
    /// Types of resources that no meter knows, with how many there are.
    pub unmetered: BTreeMap<String, usize>,
    /// Types of all resources, with how many there are.
    pub types: BTreeMap<String, usize>,
}

/// Counts what a stack of this template uses.
pub fn measure(document: &Document, context: &Context, assumptions: &Assumptions) -> Usage {
    let resolver = Resolver::new(document, context);
    let mut usage = Usage::default();
    let mut resources: Vec<(&str, &str, Value)> = Vec::new();
    for (id, resource) in &document.resources {
        match resolver.exists(resource.attributes.get("Condition")) {
            Some(false) => continue,
            Some(true) => {}
            None => usage.unknown.push(Unknown {
                resource: id.clone(),
                kind: resource.kind.clone(),
                why: "whether it exists depends on a condition that the deployment decides; it is counted".to_owned(),
            }),
        }
        *usage.types.entry(resource.kind.clone()).or_default() += 1;
        resources.push((id, &resource.kind, resolver.value(&resource.properties)));
    }
    let called = models::named(&resources.iter().map(|(_, _, properties)| properties).collect::<Vec<_>>());
    let nothing = Value::Null;
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for meter in meters() {
        known.insert(&meter.resource);
        let reader =
            |id, properties, from| Reader { resolver: &resolver, assumptions, id, properties, from, vcpu: None };
        match meter.resource.as_str() {
            "stack" => count(meter, &reader("", &nothing, &nothing), None, &mut usage),
            "model" => {
                for model in called.iter().filter(|model| meter.kinds.iter().any(|kind| kind == model.kind)) {
                    count(meter, &reader("", &nothing, &nothing), Some((&model.called, Some(model.model))), &mut usage);
                }
            }
            kind => {
                for (id, _, properties) in resources.iter().filter(|(_, other, _)| *other == kind) {
                    let reader = reader(id, properties, properties);
                    match meter.each.as_deref().map(|path| reader.find(path)) {
                        None => count(meter, &reader, None, &mut usage),
                        Some(Found::Value(Value::Array(items))) => {
                            items.iter().for_each(|item| {
                                count(meter, &Reader { from: item, ..reader_of(&reader) }, None, &mut usage)
                            });
                        }
                        Some(Found::Later(function)) => {
                            usage.unknown.push(unknown(meter, id, format!("the list is {function}")))
                        }
                        Some(_) => {}
                    }
                }
            }
        }
    }
    let own = usage.types.iter().filter(|(kind, _)| !known.contains(kind.as_str()) && !kind.starts_with("Custom::"));
    usage.unmetered = own.map(|(kind, count)| (kind.clone(), *count)).collect();
    usage.unknown.sort();
    usage.unknown.dedup();
    usage
}

fn reader_of<'a>(reader: &Reader<'a>) -> Reader<'a> {
    Reader {
        resolver: reader.resolver,
        assumptions: reader.assumptions,
        id: reader.id,
        properties: reader.properties,
        from: reader.from,
        vcpu: reader.vcpu,
    }
}

fn unknown(meter: &Meter, id: &str, why: String) -> Unknown {
    Unknown { resource: id.to_owned(), kind: meter.resource.clone(), why: format!("{}: {why}", meter.name) }
}

/// Adds what one resource (or item) uses to the measures.
fn count(meter: &'static Meter, reader: &Reader, model: Option<(&str, Option<&'static str>)>, usage: &mut Usage) {
    if meter.free || !meter.when.iter().all(|condition| reader.holds(condition)) {
        return;
    }
    let item = match (&meter.item, model) {
        (_, Some((called, _))) => Some(called.to_owned()),
        (None, None) => None,
        (Some(path), None) => match reader.find(path) {
            Found::Value(Value::String(item)) => Some(item),
            Found::Later(function) => {
                usage.unknown.push(unknown(meter, reader.id, format!("its type is {function}")));
                return;
            }
            _ => {
                usage.unknown.push(unknown(meter, reader.id, "its type is not given".to_owned()));
                return;
            }
        },
    };
    let vcpu = item.as_deref().and_then(vcpus);
    let reader = Reader { vcpu, ..reader_of(reader) };
    let quantity = match reader.product(&meter.times) {
        Ok(quantity) => quantity,
        Err(why) => {
            usage.unknown.push(unknown(meter, reader.id, why));
            return;
        }
    };
    let mut other = |factors: &[String]| {
        if factors.is_empty() {
            return quantity;
        }
        reader.product(factors).unwrap_or_else(|why| {
            usage.unknown.push(unknown(meter, reader.id, why));
            quantity
        })
    };
    let (most, idle) = (other(&meter.most).max(quantity), other(&meter.idle));
    let id = if reader.id.is_empty() { None } else { Some(reader.id.to_owned()) };
    let same = |measure: &&mut Measure| measure.meter.id == meter.id && measure.item == item;
    match usage.measures.iter_mut().find(same) {
        Some(known) => {
            known.resources.extend(id.filter(|id| !known.resources.contains(id)));
            if meter.bills == Bills::ByUse || meter.whole_stack {
                // what participants do is assumed for the stack as a whole, not again for each of its resources
                known.quantity = known.quantity.max(quantity);
                known.most = known.most.max(most);
            } else {
                known.quantity += quantity;
                known.most += most;
                known.idle += idle;
            }
        }
        None => {
            let idle = if meter.bills == Bills::Always { idle } else { 0.0 };
            let model = model.and_then(|(_, model)| model);
            usage.measures.push(Measure {
                meter,
                item,
                model,
                resources: id.into_iter().collect(),
                quantity,
                most,
                idle,
            });
        }
    }
}

/// vCPUs of an instance type that the catalogue knows.
fn vcpus(item: &str) -> Option<f64> {
    let row = ["ec2-instances", "accelerators", "ml-instances"].iter().find_map(|file| catalogue::get(file, item))?;
    row.get("vcpu")?.as_f64()
}

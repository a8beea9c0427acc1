//! The variables that a component's expressions and template see.

use std::collections::BTreeMap;

use minijinja::value::Value;
use serde_json::Value as Json;

use crate::expression::{Expr, from_json};
use crate::schema::{Blueprint, Declared};

use super::{Component, Graph};

/// Rendered exports by component index.
pub type Exports = Vec<BTreeMap<String, Value>>;

/// The scope of a component: `this`, its links, `component`, `blueprint`, `linked_from`.
///
/// With `exports` (while rendering) deploy-time parameters stand as references, else as their values under `properties`.
pub fn scope(graph: &Graph, index: usize, properties: &Json, exports: Option<&Exports>) -> BTreeMap<String, Value> {
    let component = graph.at(index);
    let mut scope = base(&graph.blueprint, component, properties, exports.is_some());
    // what stands only once in an account asks whether the blueprint has another one
    let types = graph.components.iter().map(|other| other.declared.kind.name.as_str());
    scope.insert("component_types".to_owned(), Value::from_iter(types));
    let linked_from = graph.linked_from(index).map(|(other, property, uses)| {
        let other = graph.at(other);
        Value::from_pairs([
            ("name", Value::from(other.declared.name.as_str())),
            ("type", Value::from(other.declared.kind.name.as_str())),
            ("property", Value::from(property)),
            ("uses", Value::from_iter(uses.iter().map(String::as_str))),
            ("properties", other.properties.clone()),
            ("links", links(graph, other)),
        ])
    });
    scope.insert("linked_from".to_owned(), Value::from_iter(linked_from));
    for spec in &component.declared.kind.links {
        let value = component.links.get(&spec.property).map_or(Value::from(()), |target| {
            let linked = graph.at(*target);
            let mut seen = vec![
                ("name".to_owned(), Value::from(linked.declared.name.as_str())),
                ("type".to_owned(), Value::from(linked.declared.kind.name.as_str())),
                ("properties".to_owned(), linked.properties.clone()),
                ("links".to_owned(), links(graph, linked)),
            ];
            seen.extend(linked.traits.iter().map(|(name, value)| (name.clone(), value.clone())));
            if let Some(exports) = exports {
                seen.extend(
                    exports.get(*target).into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())),
                );
            }
            Value::from_pairs(seen)
        });
        scope.insert(spec.property.clone(), value);
    }
    scope
}

/// The names of the components that a component links to, by property; absent links are `none`.
fn links(graph: &Graph, component: &Component) -> Value {
    Value::from_pairs(component.declared.kind.links.iter().map(|spec| {
        let linked = component.links.get(&spec.property);
        let name = linked.map_or(Value::from(()), |index| Value::from(graph.at(*index).declared.name.as_str()));
        (spec.property.clone(), name)
    }))
}

/// The part of the scope that needs no other component.
pub(super) fn base(
    blueprint: &Blueprint,
    component: &Component,
    properties: &Json,
    references: bool,
) -> BTreeMap<String, Value> {
    let declared = &component.declared;
    let reference = |path: &[String]| reference(declared, path, references);
    let text = |text: &str| Value::from(text);
    // what those who read templates look for stands in the template
    let accepted = blueprint.acknowledged.iter().chain(&declared.acknowledged);
    let accepted = accepted.filter(|accepted| accepted.is_foreign() || accepted.on_resources);
    let accepted = accepted
        .map(|accepted| Value::from_pairs([("rule", text(&accepted.rule)), ("reason", text(&accepted.reason))]));
    let tags = blueprint.tags.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str())));
    BTreeMap::from([
        ("this".to_owned(), from_json(properties, &mut Vec::new(), &reference)),
        (
            "component".to_owned(),
            Value::from_pairs([
                ("name", text(&declared.name)),
                ("type", text(&declared.kind.name)),
                ("acknowledged", Value::from_iter(accepted)),
            ]),
        ),
        (
            "blueprint".to_owned(),
            Value::from_pairs([
                ("name", text(&blueprint.name)),
                ("description", text(&blueprint.description)),
                ("regions", Value::from_iter(blueprint.regions.iter().map(String::as_str))),
                ("tags", Value::from_pairs(tags)),
            ]),
        ),
    ])
}

/// What stands for a deploy-time parameter: a reference, always (`all`) or when nobody knows its value before deployment. Then it
/// must not look like one that was left out.
pub(super) fn reference(declared: &Declared, path: &[String], all: bool) -> Option<Value> {
    let unknown = declared.scenarios.first().map_or(&[][..], |scenario| &scenario.unknown);
    let mut taken = declared.parameters.iter();
    let (_, name) = taken.find(|(taken, _)| taken == path && (all || unknown.contains(taken)))?;
    Some(Value::from_object(Expr::Ref(name.clone())))
}

//! Links: names that must exist, inline components, defaults that are made.

use std::collections::BTreeMap;

use minijinja::Environment;
use minijinja::value::Value;

use crate::diagnostic::{Finding, did_you_mean};
use crate::expression::from_json;
use crate::library::{Library, LinkSpec};
use crate::schema::{Blueprint, Declared, Given, Origin, declare};
use crate::source::Place;

use super::order::order;
use super::scope::{reference, scope};
use super::{Component, Graph};

/// Components that links may make by default, one through another: a type whose default links to its own type would go on for ever.
const MOST_COMPONENTS: usize = 500;

/// The graph, unless a link leads nowhere or in a circle.
pub fn link(library: &Library, env: &Environment, mut blueprint: Blueprint) -> (Option<Graph>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut declared = std::mem::take(&mut blueprint.components);
    findings.extend(repeated_names(&blueprint, &declared));
    let mut links: Vec<BTreeMap<String, usize>> = Vec::new();
    let mut index = 0;
    while let Some(owner) = declared.get(index) {
        let kind = owner.kind.clone();
        let mut found = BTreeMap::new();
        for spec in &kind.links {
            let target = match declared.get(index).and_then(|owner| owner.links.get(&spec.property)) {
                Some(Given::None) => None,
                Some(Given::Name(name) | Given::Inline(name)) => {
                    named(&blueprint, &declared, index, spec, name, &mut findings)
                }
                None => default(library, env, &blueprint, &mut declared, index, spec, &mut findings),
            };
            if let Some(target) = target {
                found.insert(spec.property.clone(), target);
            }
        }
        links.push(found);
        index += 1;
        if declared.len() > MOST_COMPONENTS {
            let message = format!(
                "the blueprint has more than {MOST_COMPONENTS} components, those that links make by default included"
            );
            findings.push(Finding::error("K006", blueprint.place(&["components".to_owned()]), message));
            return (None, findings);
        }
    }
    if crate::diagnostic::has_error(&findings) {
        return (None, findings);
    }
    let sorted = match order(&links) {
        Ok(sorted) => sorted,
        Err(circle) => {
            findings.push(circular(&blueprint, &declared, &links, &circle));
            return (None, findings);
        }
    };
    let graph = arrange(blueprint, declared, links, &sorted);
    evaluate_traits(library, env, graph, findings)
}

fn arrange(
    blueprint: Blueprint,
    declared: Vec<Declared>,
    links: Vec<BTreeMap<String, usize>>,
    sorted: &[usize],
) -> Graph {
    let new_index: BTreeMap<usize, usize> = sorted.iter().enumerate().map(|(new, old)| (*old, new)).collect();
    let mut slots: Vec<Option<Component>> = declared
        .into_iter()
        .zip(links)
        .map(|(declared, links)| {
            let links =
                links.into_iter().filter_map(|(property, old)| Some((property, *new_index.get(&old)?))).collect();
            let unknown = |path: &[String]| reference(&declared, path, false);
            let properties = from_json(&declared.properties, &mut Vec::new(), &unknown);
            Some(Component { declared, links, traits: BTreeMap::new(), properties })
        })
        .collect();
    let components = sorted.iter().filter_map(|old| slots.get_mut(*old)?.take()).collect();
    Graph { blueprint, components }
}

fn evaluate_traits(
    library: &Library,
    env: &Environment,
    mut graph: Graph,
    mut findings: Vec<Finding>,
) -> (Option<Graph>, Vec<Finding>) {
    for index in 0..graph.components.len() {
        let declared = &graph.at(index).declared;
        let kind = declared.kind.clone();
        let scope = scope(&graph, index, &declared.properties, None);
        for (name, expression) in &kind.traits {
            match evaluate(env, expression, scope.clone()) {
                Ok(value) => {
                    if let Some(component) = graph.components.get_mut(index) {
                        component.traits.insert(name.clone(), value);
                    }
                }
                Err(error) => {
                    findings.push(broken_expression(&kind, &format!("the trait `{name}`"), expression, &error))
                }
            }
        }
        for interface in &kind.provides {
            for name in library.interfaces.get(interface).map_or(&[][..], |interface| &interface.traits) {
                if !kind.traits.contains_key(name) {
                    let message = format!("`{}` provides `{interface}` but has no trait `{name}`", kind.name);
                    findings.push(Finding::error("L003", Place::new(&kind.schema_source, 0..0), message));
                }
            }
        }
    }
    let sound = !crate::diagnostic::has_error(&findings);
    (sound.then_some(graph), findings)
}

/// Runs an expression over variables.
fn evaluate(env: &Environment, expression: &str, scope: BTreeMap<String, Value>) -> Result<Value, minijinja::Error> {
    env.compile_expression(expression)?.eval(Value::from_pairs(scope))
}

fn broken_expression(
    kind: &crate::library::ComponentType,
    what: &str,
    expression: &str,
    error: &minijinja::Error,
) -> Finding {
    let source = &kind.schema_source;
    let start = source.text.find(expression).unwrap_or(0);
    let place = Place::new(source, start..start + if start == 0 { 0 } else { expression.len() });
    let reason = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    Finding::error("L003", place, format!("{what} of `{}` cannot be evaluated: {reason}", kind.name))
}

fn repeated_names(blueprint: &Blueprint, declared: &[Declared]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, component) in declared.iter().enumerate() {
        if let Some(first) = declared.iter().take(index).find(|first| first.name == component.name) {
            let message = format!(
                "two components have the name `{}`: an inline component is named after its owner and property",
                component.name
            );
            let finding = Finding::error("K005", blueprint.place(&component.path), message);
            findings.push(
                finding
                    .with_label(blueprint.place(&first.path), "the other one")
                    .with_help("rename the written component"),
            );
        }
    }
    findings
}

fn named(
    blueprint: &Blueprint,
    declared: &[Declared],
    index: usize,
    spec: &LinkSpec,
    name: &str,
    findings: &mut Vec<Finding>,
) -> Option<usize> {
    let owner = declared.get(index)?;
    let place = || {
        let mut path = owner.path.clone();
        path.push(spec.property.clone());
        blueprint.place(&path)
    };
    let fitting = || {
        declared
            .iter()
            .filter(|other| other.name != owner.name && other.kind.provides.contains(&spec.interface))
            .map(|other| other.name.as_str())
    };
    let Some(target) = declared.iter().position(|other| other.name == name) else {
        // a component whose type is unknown has its own finding already
        if blueprint.root.get("components").is_some_and(|components| components.get(name).is_some()) {
            return None;
        }
        let finding = Finding::error(
            "K001",
            place(),
            format!("`{}` of `{}` links to `{name}`, but there is no such component", spec.property, owner.name),
        );
        let names = declared.iter().map(|other| other.name.as_str());
        findings.push(match did_you_mean(name, names) {
            Some(near) => {
                finding.under(format!("did you mean `{near}`?")).with_fix(format!("write `{near}`"), place(), near)
            }
            None => finding.with_help(suggestion(&spec.interface, fitting())),
        });
        return None;
    };
    let other = declared.get(target)?;
    if target == index {
        findings.push(
            Finding::error("K002", place(), format!("`{}` of `{name}` links to `{name}` itself", spec.property))
                .with_help(suggestion(&spec.interface, fitting())),
        );
        return None;
    }
    if !other.kind.provides.contains(&spec.interface) {
        let message = format!(
            "`{}` of `{}` needs `{}`, which `{name}` does not provide",
            spec.property, owner.name, spec.interface
        );
        let provided = if other.kind.provides.is_empty() {
            "nothing that can be linked".to_owned()
        } else {
            format!("`{}`", other.kind.provides.join("`, `"))
        };
        let finding = Finding::error("K003", place(), message)
            .with_label(blueprint.place(&other.path), format!("`{}` provides {provided}", other.kind.name));
        findings.push(finding.with_help(suggestion(&spec.interface, fitting())));
        return None;
    }
    Some(target)
}

fn suggestion<'a>(interface: &str, fitting: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = fitting.collect();
    match names.as_slice() {
        [] => format!("add a component that provides `{interface}`: `atelier list components` shows which types do"),
        names => format!("these components provide `{interface}`: {}", names.join(", ")),
    }
}

/// The component that is made when the blueprint leaves a link out.
fn default(
    library: &Library,
    env: &Environment,
    blueprint: &Blueprint,
    declared: &mut Vec<Declared>,
    index: usize,
    spec: &LinkSpec,
    findings: &mut Vec<Finding>,
) -> Option<usize> {
    let default = spec.default.clone()?;
    let owner = declared.get(index)?;
    if let Some(when) = &spec.when {
        let this = from_json(&owner.properties, &mut Vec::new(), &|_| None);
        match evaluate(env, when, BTreeMap::from([("this".to_owned(), this)])) {
            Ok(value) if !value.is_true() => return None,
            Ok(_) => {}
            Err(error) => {
                findings.push(broken_expression(
                    &owner.kind,
                    &format!("`when` of the link `{}`", spec.property),
                    when,
                    &error,
                ));
                return None;
            }
        }
    }
    let property = crate::schema::kebab(&spec.property);
    let name = if spec.shared { format!("shared-{property}") } else { format!("{}-{property}", owner.name) };
    if let Some(made) = declared.iter().position(|other| other.name == name) {
        let there = declared.get(made)?;
        if spec.shared && there.kind.provides.contains(&spec.interface) {
            return Some(made);
        }
        if spec.shared
            && there.origin == Origin::Default
            && default.get("type").and_then(serde_json::Value::as_str) == Some(there.kind.name.as_str())
        {
            // it was told to the first owner that the type does not provide what is asked for
            return None;
        }
        let message = format!(
            "the component that `{}` of `{}` makes by default would be named `{name}`, a name that is taken",
            spec.property, owner.name
        );
        let finding = Finding::error("K005", blueprint.place(&there.path), message);
        findings.push(finding.with_help(format!("rename `{name}`, or link to it: `{}: {name}`", spec.property)));
        return None;
    }
    // no text stands at this path, so whatever is said of the default points at its owner
    let mut path = owner.path.clone();
    path.push(spec.property.clone());
    let target = declared.len();
    declare(library, blueprint, &name, Origin::Default, path, default, declared, findings);
    let made = declared.get(target)?;
    if !made.kind.provides.contains(&spec.interface) {
        findings.push(unfit_default(blueprint, declared.get(index)?, spec, made));
        return None;
    }
    Some(target)
}

/// A default that its own type does not fit: a folder of component types has replaced that type by one that gives less.
fn unfit_default(blueprint: &Blueprint, owner: &Declared, spec: &LinkSpec, made: &Declared) -> Finding {
    let message = format!(
        "`{}` of `{}` needs `{}`, which its default, `{}`, does not provide",
        spec.property, owner.name, spec.interface, made.kind.name
    );
    Finding::error("K003", blueprint.place(&owner.path), message)
        .with_label(Place::new(&made.kind.schema_source, 0..0), format!("`{}` is defined here", made.kind.name))
        .with_help(format!(
            "add `{}` to `x-provides` of `{}`, and its exports to the template",
            spec.interface, made.kind.name
        ))
        .with_help(format!("or link `{}` to a component that provides `{}`", spec.property, spec.interface))
}

fn circular(
    blueprint: &Blueprint,
    declared: &[Declared],
    links: &[BTreeMap<String, usize>],
    circle: &[usize],
) -> Finding {
    let name = |index: usize| declared.get(index).map_or("", |declared| declared.name.as_str());
    let names: Vec<&str> = circle.iter().chain(circle.first()).map(|index| name(*index)).collect();
    let mut finding = Finding::error("K004", None, format!("the links run in a circle: {}", names.join(" → ")));
    for (step, (index, next)) in circle.iter().zip(circle.iter().cycle().skip(1)).enumerate() {
        let mut all = links.get(*index).into_iter().flatten();
        let property = all.find(|(_, target)| *target == next).map_or("", |(property, _)| property);
        let mut path = declared.get(*index).map(|declared| declared.path.clone()).unwrap_or_default();
        path.push(property.to_owned());
        let place = blueprint.place(&path);
        if step == 0 {
            finding.place = Some(place);
        } else {
            finding = finding.with_label(place, format!("`{}` needs `{}`", name(*index), name(*next)));
        }
    }
    finding.with_help("CloudFormation creates what is needed first: remove one of these links")
}

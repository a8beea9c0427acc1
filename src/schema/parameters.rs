//! Deploy-time parameters: their own sense, and their values under every choice of the deployer.

use serde_json::Value;

use crate::diagnostic::Finding;
use crate::source::Place;

use super::model::{Blueprint, Parameter};

/// A parameter's default and allowed values must fit its type and each other.
pub fn check(blueprint: &Blueprint) -> Vec<Finding> {
    let mut findings = Vec::new();
    for parameter in &blueprint.parameters {
        let at = |key: &str| blueprint.place(&["parameters".to_owned(), parameter.name.clone(), key.to_owned()]);
        let numeric = parameter.type_ == "Number";
        for (key, value) in
            parameter.default.iter().map(|v| ("default", v)).chain(parameter.allowed.iter().map(|v| ("allowed", v)))
        {
            if numeric && !value.is_number() {
                let message = format!("`{}` is a Number, but its `{key}` has {value}", parameter.name);
                findings.push(
                    Finding::error("P003", at(key), message)
                        .with_help("write a number without quotes, or make the type String"),
                );
            }
        }
        if let Some(default) = &parameter.default
            && !parameter.allowed.is_empty()
            && !parameter.allowed.contains(default)
        {
            let message = format!("the default {default} of `{}` is not among its allowed values", parameter.name);
            let finding =
                Finding::error("P004", at("default"), message).with_label(at("allowed"), "the allowed values");
            findings.push(finding.with_help("allow the default, or choose an allowed one"));
        }
        if blueprint.components_named(&parameter.name) {
            let message = format!("the parameter `{}` has the logical id of a component's part", parameter.name);
            findings.push(Finding::error("P005", Place::new(&blueprint.source, parameter.range.clone()), message));
        }
    }
    findings
}

/// Parameters that no component takes.
pub fn unused(blueprint: &Blueprint) -> Vec<Finding> {
    let used = |parameter: &&Parameter| {
        !blueprint
            .components
            .iter()
            .any(|component| component.parameters.iter().any(|(_, name)| *name == parameter.name))
    };
    let unused = blueprint.parameters.iter().filter(used);
    unused
        .map(|parameter| {
            let place = Place::new(&blueprint.source, parameter.range.clone());
            Finding::warning("P001", place, format!("the parameter `{}` is not used by any component", parameter.name))
                .with_help(format!("take it with `{{param: {}}}` in a component, or remove it", parameter.name))
        })
        .collect()
}

/// The values that a parameter can have, the default first; empty when nobody knows before deployment.
pub fn values(parameter: &Parameter) -> Vec<Value> {
    let mut values: Vec<Value> = parameter.default.iter().cloned().collect();
    values.extend(parameter.allowed.iter().filter(|value| Some(*value) != parameter.default.as_ref()).cloned());
    if parameter.type_.starts_with("List<") || parameter.type_ == "CommaDelimitedList" {
        for value in &mut values {
            let text = value.as_str().unwrap_or_default();
            *value = text.split(',').map(|part| Value::from(part.trim())).collect();
        }
    }
    // a parameter that CloudFormation reads from SSM has a path as its default, not the value
    if parameter.type_.starts_with("AWS::SSM::") { Vec::new() } else { values }
}

impl Blueprint {
    /// Whether a name is a component's name in PascalCase.
    fn components_named(&self, name: &str) -> bool {
        let components = self.root.get("components").map_or(&[][..], crate::yaml::Node::entries);
        components.iter().any(|entry| crate::expression::pascal_case(&entry.key) == name)
    }
}

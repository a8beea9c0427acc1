//! CloudFormation's limits, from "CloudFormation quotas" in its user guide (read 2026-11-23).

use std::collections::{HashMap, HashSet};

use crate::diagnostic::Finding;
use crate::link::Graph;
use crate::part::Part;
use crate::render::{Fragment, SECTIONS};
use crate::source::Place;

use super::Template;

const MOST: [(&str, usize); 4] = [("Resources", 500), ("Parameters", 200), ("Outputs", 200), ("Mappings", 200)];
/// What CloudFormation takes in the call itself; more comes from an S3 bucket.
pub(super) const INLINE_BYTES: usize = 51_200;
const MOST_BYTES: usize = 1_000_000;
const LONGEST_ID: usize = 255;
const LONGEST_DESCRIPTION: usize = 1_024;

/// Logical ids that two components both make, or that are too long.
pub(super) fn collisions(graph: &Graph, fragments: &[Fragment]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen: HashMap<&str, (usize, &str)> = HashMap::new();
    let mut clashing = HashSet::new();
    let owner = |component: usize| &graph.at(component).declared;
    for (fragment, section, id) in fragments.iter().flat_map(|fragment| {
        SECTIONS
            .iter()
            .filter_map(move |section| Some((section, fragment.sections.get(section)?)))
            .flat_map(move |(name, section)| section.ids.iter().map(move |(id, _)| (fragment, *name, id)))
    }) {
        let component = fragment.component;
        let place = || graph.place(graph.at(component), &[]);
        if id.len() > LONGEST_ID {
            let message = format!(
                "the logical id `{}…` has {} characters, CloudFormation allows {LONGEST_ID}",
                id.part(..40),
                id.len()
            );
            findings.push(Finding::error("T006", place(), message).with_help("give the component a shorter name"));
        }
        if graph.blueprint.parameters.iter().any(|parameter| parameter.name == *id) {
            findings.push(
                Finding::error(
                    "T005",
                    place(),
                    format!("the parameter `{id}` has the name of a part of `{}`", owner(component).name),
                )
                .with_help("rename the parameter"),
            );
        }
        match seen.get(id.as_str()) {
            // resources, parameters and conditions share one space of names; so we keep one for all sections
            Some((other, kind)) if *other != component || *kind == section => {
                let message = format!(
                    "the components `{}` and `{}` both make the logical id `{id}`",
                    owner(*other).name,
                    owner(component).name
                );
                // two names that fall together do so for every part: the first one tells it
                if !clashing.insert((*other, component)) {
                    continue;
                }
                let finding = Finding::error("T005", place(), message)
                    .with_label(graph.place(graph.at(*other), &[]), "the other one");
                findings.push(finding.with_help("rename one of the two components"));
            }
            Some(_) => {}
            None => {
                seen.insert(id, (component, section));
            }
        }
    }
    findings
}

/// Counts and sizes of the whole template.
pub(super) fn check(template: &Template) -> Vec<Finding> {
    let blueprint = &template.trace.graph.blueprint;
    let place = |key: &str| -> Place { blueprint.place(&[key.to_owned()]) };
    let mut findings = Vec::new();
    for (section, most) in MOST {
        let own = if section == "Parameters" { blueprint.parameters.len() } else { 0 };
        let count = template.ids(section).count() + own;
        if count > most {
            let message = format!("the template has {count} {}, CloudFormation allows {most}", section.to_lowercase());
            findings.push(
                Finding::error("T006", place("components"), message)
                    .with_help("split the design into several blueprints"),
            );
        }
    }
    let bytes = template.source.text.len();
    if bytes > MOST_BYTES {
        let message = format!("the template has {bytes} bytes, CloudFormation reads at most {MOST_BYTES}");
        findings.push(
            Finding::error("T006", place("components"), message).with_help("split the design into several blueprints"),
        );
    } else if bytes > INLINE_BYTES {
        let message = format!(
            "the template has {bytes} bytes: above {INLINE_BYTES} CloudFormation takes it from an S3 bucket only"
        );
        findings.push(
            Finding::warning("T007", place("components"), message)
                .with_help("deploy with `aws cloudformation deploy --s3-bucket BUCKET …`, or split the design"),
        );
    }
    if blueprint.description.len() > LONGEST_DESCRIPTION {
        let message = format!(
            "the description has {} bytes, CloudFormation allows {LONGEST_DESCRIPTION}",
            blueprint.description.len()
        );
        findings.push(Finding::error("T006", place("description"), message).with_help("shorten the description"));
    }
    findings
}

//! What makes a lab impossible or too dear, told on its file.

use std::collections::BTreeMap;

use crate::cost::money;
use crate::diagnostic::Finding;
use crate::quota::{Reading, Verdict};

use super::file::{Lab, Target};
use super::plan::Plan;
use super::readiness::denied;
use super::stacks::Stack;

/// Templates of a workshop. Workshop Studio's authoring guide is not public: organisers report this number, so it warns only.
const WORKSHOP_TEMPLATES: usize = 5;

pub(super) fn verdicts(lab: &Lab, stacks: &[Stack], plan: &Plan) -> Vec<Finding> {
    let mut findings = Vec::new();
    blueprints(lab, stacks, &mut findings);
    outputs(lab, stacks, &mut findings);
    parameters(lab, stacks, &mut findings);
    quotas(lab, plan, &mut findings);
    budget(lab, plan, &mut findings);
    if lab.target == Target::InnovationSandbox {
        sandbox(lab, stacks, &mut findings);
    }
    if lab.target == Target::WorkshopStudio && stacks.len() > WORKSHOP_TEMPLATES {
        let message = format!(
            "{} blueprints are {} templates, Workshop Studio takes at most {WORKSHOP_TEMPLATES}",
            stacks.len(),
            stacks.len()
        );
        findings.push(
            Finding::warning("LB016", lab.place("blueprints"), message)
                .with_help("put several components into one blueprint"),
        );
    }
    findings
}

fn at(index: usize) -> String {
    format!("blueprints.{index}")
}

/// The identifier of a participant: `p01`, `p02`, …, `p100`. More participants never rename those before them.
pub fn participant(number: u32) -> String {
    format!("p{number:02}")
}

/// The name of a participant's stack, number from 1. The names of labs and blueprints are short enough for CloudFormation's
/// 128 characters.
pub fn stack_name(lab: &Lab, blueprint: &str, number: u32) -> String {
    format!("{}-{}-{blueprint}", lab.name, participant(number))
}

fn blueprints(lab: &Lab, stacks: &[Stack], findings: &mut Vec<Finding>) {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, stack) in stacks.iter().enumerate() {
        let blueprint = &stack.template.trace.graph.blueprint;
        if !blueprint.regions.contains(&lab.region) {
            let message = format!(
                "`{}` is made for {}, the lab is in `{}`",
                stack.name,
                blueprint.regions.join(", "),
                lab.region
            );
            findings.push(
                Finding::error("LB007", lab.place("region"), message)
                    .with_label(blueprint.place(&["regions".to_owned()]), "its regions")
                    .with_help("choose one of its regions, or add this one to the blueprint and see what `atelier validate` says"),
            );
        }
        if let Some(first) = seen.insert(&stack.name, index) {
            let message =
                format!("two blueprints have the name `{}`, so their stacks would have the same name", stack.name);
            findings.push(
                Finding::error("LB013", lab.place(&at(index)), message)
                    .with_label(lab.place(&at(first)), "the other one")
                    .with_help("give one of the two another `name`, or leave it out"),
            );
        }
    }
}

/// A participant's sheet lists the outputs of all stacks by their names.
fn outputs(lab: &Lab, stacks: &[Stack], findings: &mut Vec<Finding>) {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let other = |index: usize| stacks.get(index).map_or("", |stack| stack.name.as_str());
    for (index, stack) in stacks.iter().enumerate() {
        for name in stack.document.sections.get("Outputs").into_iter().flat_map(|outputs| outputs.keys()) {
            match seen.insert(name, index) {
                Some(first) if stacks.get(first).is_some_and(|other| other.name != stack.name) => {
                    let message = format!("`{}` and `{}` both have the output `{name}`", other(first), stack.name);
                    findings.push(
                        Finding::error("LB012", lab.place(&at(index)), message)
                            .with_label(lab.place(&at(first)), "the other one")
                            .with_help(
                                "rename the component in one of the two blueprints: outputs begin with its name",
                            ),
                    );
                }
                _ => {}
            }
        }
    }
}

fn parameters(lab: &Lab, stacks: &[Stack], findings: &mut Vec<Finding>) {
    for (name, values) in &lab.parameters {
        let Some(stack) = stacks.iter().find(|stack| stack.name == *name) else {
            let names: Vec<&str> = stacks.iter().map(|stack| stack.name.as_str()).collect();
            let finding = Finding::error(
                "LB018",
                lab.place(&format!("parameters.{name}")),
                format!("the lab has no blueprint `{name}`"),
            );
            findings.push(finding.with_help(format!("its blueprints are: {}", names.join(", "))));
            continue;
        };
        let known = stack.document.sections.get("Parameters");
        for parameter in values.keys().filter(|key| !known.is_some_and(|known| known.contains_key(*key))) {
            let names: Vec<&str> = known.into_iter().flat_map(|known| known.keys()).map(String::as_str).collect();
            let place = lab.place(&format!("parameters.{name}.{parameter}"));
            let finding = Finding::error("LB018", place, format!("`{name}` has no parameter `{parameter}`"));
            findings.push(if names.is_empty() {
                finding.with_help("it has no parameters at all")
            } else {
                finding.with_help(format!("it has: {}", names.join(", ")))
            });
        }
    }
    for (index, stack) in stacks.iter().enumerate() {
        let given = lab.parameters.get(&stack.name);
        for (name, parameter) in stack.document.sections.get("Parameters").into_iter().flatten() {
            if parameter.get("Default").is_none() && !given.is_some_and(|given| given.contains_key(name)) {
                let message =
                    format!("the parameter `{name}` of `{}` has no default, and the lab gives no value", stack.name);
                findings.push(
                    Finding::warning("LB019", lab.place(&at(index)), message)
                        .with_help(format!(
                            "write `parameters: {{{}: {{{name}: …}}}}` if it is the same for all, or give it at each deployment",
                            stack.name
                        )),
                );
            }
        }
    }
}

fn quotas(lab: &Lab, plan: &Plan, findings: &mut Vec<Finding>) {
    for demand in &plan.demands {
        let name = demand.text("name").unwrap_or_default();
        let (need, limit) = (demand.most, demand.limit().unwrap_or_default());
        match demand.verdict() {
            Verdict::Never => {
                let each = demand.most / f64::from(lab.in_one_account());
                let help = if demand.per_stack || each > limit {
                    "use less of it in the blueprint".to_owned()
                } else {
                    format!(
                        "take at most {} participants in one account, or an account for each (`accounts: one-each`)",
                        (limit / each).floor()
                    )
                };
                let message =
                    format!("{need} are needed of \"{name}\", an account has {limit}, and AWS does not raise it");
                findings.push(Finding::error("LB011", lab.place("participants"), message).with_help(help));
            }
            verdict @ (Verdict::Ask | Verdict::Zero) if matches!(demand.applied, Some(Reading::Value(_))) => {
                let code = demand.text("code").unwrap_or_default();
                let message = match verdict {
                    Verdict::Zero => format!(
                        "the account has 0 of \"{name}\" ({code}): every call or instance is refused, at any pace"
                    ),
                    _ => format!("{need} are needed of \"{name}\" ({code}), the account has {limit}"),
                };
                findings.push(
                    Finding::error("LB014", lab.place("participants"), message)
                        .with_help(format!("ask for {} in Service Quotas", demand.ask().unwrap_or(need))),
                );
            }
            _ => {}
        }
    }
}

fn budget(lab: &Lab, plan: &Plan, findings: &mut Vec<Finding>) {
    let hour = plan.sum.always + plan.sum.in_use;
    let people = f64::from(lab.participants);
    let unpriced = if plan.sum.unpriced > 0 { ", what has no known price not counted" } else { "" };
    for (key, budget, people) in
        [("budget.perParticipant", lab.per_participant, 1.0), ("budget.total", lab.total, people)]
    {
        let Some(budget) = budget else { continue };
        let (hour, all) = (hour * people, plan.per_participant() * people);
        if budget < hour {
            let message = format!(
                "the budget of {} USD is less than one hour costs: {} USD{unpriced}",
                money(budget),
                money(hour)
            );
            findings.push(
                Finding::error("LB009", lab.place(key), message)
                    .with_help("see what costs most in the plan, and what would cut it"),
            );
            continue;
        }
        let guess = plan.orientation.total(plan.hours, plan.working) * people;
        let message = if budget < all {
            format!("the lab costs {} USD{unpriced}, the budget is {} USD", money(all), money(budget))
        } else if budget < guess {
            let known = "at the prices of us-east-1 where the one here is not known";
            format!("the lab would cost {} USD {known}, the budget is {} USD", money(guess), money(budget))
        } else {
            continue;
        };
        findings.push(
            Finding::warning("LB010", lab.place(key), message)
                .with_help("see what costs most in the plan, and what would cut it"),
        );
    }
}

fn sandbox(lab: &Lab, stacks: &[Stack], findings: &mut Vec<Finding>) {
    for (index, stack) in stacks.iter().enumerate() {
        for (service, kinds) in denied(stack) {
            let message =
                format!("Innovation Sandbox denies `{service}`, which `{}` needs for {}", stack.name, kinds.join(", "));
            let finding =
                Finding::error("LB015", lab.place(&at(index)), message).with_label(lab.place("target"), "this target");
            findings.push(match service.as_str() {
                "s3vectors" => finding.with_help(
                    "keep vectors in OpenSearch Serverless (`store: {kind: opensearch-serverless}`), which it allows",
                ),
                _ => finding.with_help("leave the component out, or have the sandbox's policy changed"),
            });
        }
    }
}

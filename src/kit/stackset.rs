//! Stack sets: the organiser's stack in the administrator account, once for each permission model, and the script.

use serde_json::{Map, Value, json};

use crate::diagnostic::Finding;
use crate::expression::Documents;
use crate::pipeline::Atelier;
use crate::source::Source;

use super::scripts::{self, read, word};
use super::{Day, File, Rights, control};

pub(super) fn stackset(
    day: &Day,
    atelier: &Atelier,
    documents: &Documents,
    rights: &Rights,
) -> Result<Vec<File>, Vec<Finding>> {
    let lab = day.lab;
    short(day)?;
    let sets: Vec<Value> = day
        .stacks
        .iter()
        .map(|stack| {
            let given = lab.parameters.get(&stack.name).into_iter().flatten();
            let values: Map<String, Value> = given.map(|(key, value)| (key.clone(), word(value).into())).collect();
            json!({"name": stack.name, "parameters": values})
        })
        .collect();
    let mut files = Vec::new();
    for permissions in ["service-managed", "self-managed"] {
        let context = json!({
            "lab": lab.name,
            "region": lab.region,
            "permissions": permissions,
            "delete_at": day.plan.deleted.utc(),
            "sets": sets,
            // AWS Budgets knows no fractions of a dollar
            "usd": lab.total.or_else(|| Some(lab.per_participant? * f64::from(lab.participants))).map(|usd| usd.max(1.0)),
        });
        let render = documents.render("lab/day/organiser.blueprint.yaml.j2", &context, &[]);
        let text = render?;
        let name = format!("organiser-{permissions}");
        let outcome = atelier.render(&Source::new(format!("{name}.blueprint.yaml"), text.clone()));
        let Some(template) = outcome.result else { return Err(outcome.findings) };
        files.push(File::text(format!("{name}.blueprint.yaml"), text));
        files.push(File::template(format!("templates/{name}.yaml"), template.source.text.clone()));
    }
    files.push(File::program("stackset.sh", read(&atelier.library, "templates/lab/day/stackset.sh")?));
    files.extend(scripts::shared(day, documents, &atelier.library)?);
    files.push(policy(day, atelier, rights, "policies/participant.json")?);
    Ok(files)
}

/// The longest name of a blueprint in a stack set: the organiser's blueprint has a component of that name, and those have 40 characters.
/// A stack of the set is `StackSet-<lab>-<blueprint>-` and 36 characters of chance: with 40 of the lab, 127 of CloudFormation's 128.
const LONGEST_BLUEPRINT: usize = 40;

/// Refuses blueprints whose name is too long for a stack set.
pub(super) fn short(day: &Day) -> Result<(), Vec<Finding>> {
    let long = day.stacks.iter().enumerate().filter(|(_, stack)| stack.name.len() > LONGEST_BLUEPRINT);
    let finding = |(index, stack): (usize, &crate::lab::Stack)| {
        let message = format!(
            "`{}` has {} characters, for stack sets a blueprint's name may have {LONGEST_BLUEPRINT}",
            stack.name,
            stack.name.len()
        );
        Finding::error("LR001", day.lab.place(&format!("blueprints.{index}")), message)
            .with_help("shorten the `name` of the blueprint: the stacks of a set are named after it")
    };
    let findings: Vec<Finding> = long.map(finding).collect();
    if findings.is_empty() { Ok(()) } else { Err(findings) }
}

/// What participants may do by hand, as an IAM policy: for a permission set, or for the role of a workshop's participants.
pub(super) fn policy(day: &Day, atelier: &Atelier, rights: &Rights, path: &str) -> Result<File, Vec<Finding>> {
    let mut actions = vec![
        "cloudformation:DescribeStackEvents".to_owned(),
        "cloudformation:DescribeStackResources".to_owned(),
        "cloudformation:DescribeStacks".to_owned(),
        "cloudformation:GetTemplate".to_owned(),
        "cloudformation:ListStackResources".to_owned(),
    ];
    actions.extend(control::participant_actions(atelier, rights)?);
    let on_topic: Vec<String> = control::on_topic(rights).into_iter().map(|service| format!("{service}:*")).collect();
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "UseTheLab", "Effect": "Allow", "Action": actions, "Resource": "*"},
            {"Sid": "OffTopicNothing", "Effect": "Deny", "NotAction": on_topic, "Resource": "*"},
            {
                "Sid": "ElsewhereNothing",
                "Effect": "Deny",
                "NotAction": ["bedrock:*", "cloudfront:*", "iam:*", "sts:*", "tag:*"],
                "Resource": "*",
                "Condition": {"StringNotEquals": {"aws:RequestedRegion": regions(day)}},
            },
        ],
    });
    Ok(File::text(path, format!("{policy:#}\n")))
}

/// The lab's region first, then those in which all of its blueprints hold too.
pub(super) fn regions(day: &Day) -> Vec<String> {
    let holds =
        |region: &String| day.stacks.iter().all(|stack| stack.template.trace.graph.blueprint.regions.contains(region));
    let first = day.stacks.first().map_or(&[][..], |stack| stack.template.trace.graph.blueprint.regions.as_slice());
    let others = first.iter().filter(|region| **region != day.lab.region && holds(region)).cloned();
    std::iter::once(day.lab.region.clone()).chain(others).collect()
}

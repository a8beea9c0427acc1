//! What a template's roles may do, read from the template: the least that a boundary, a deploy role and a participant need.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::catalogue;
use crate::diagnostic::Finding;
use crate::document::Document;
use crate::lab::{Lab, Stack};

/// AWS's own policies that templates attach to roles, with the services that they open: from the policies' documents in the
/// AWS Managed Policy Reference Guide, as of 2026-11-24.
const MANAGED: [(&str, &[&str]); 4] = [
    ("AmazonSSMManagedInstanceCore", &["ssm", "ssmmessages", "ec2messages"]),
    ("AmazonEC2ContainerServiceforEC2Role", &["ec2", "ecs", "ecr", "logs"]),
    ("AWSLambdaBasicExecutionRole", &["logs"]),
    ("AWSLambdaVPCAccessExecutionRole", &["logs", "ec2"]),
];

/// Services that CloudFormation asks on behalf of others: parameters that are looked up, networks that functions join, keys.
const ALWAYS: [&str; 4] = ["ec2", "kms", "logs", "ssm"];

/// What a template needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// Actions that its roles allow.
    pub actions: BTreeSet<String>,
    /// Services that its resources belong to, as IAM writes them.
    pub services: BTreeSet<String>,
}

impl Rights {
    /// These and those.
    pub fn extend(&mut self, other: &Rights) {
        self.actions.extend(other.actions.iter().cloned());
        self.services.extend(other.services.iter().cloned());
    }
}

/// Reads a template; the name of AWS's policy whose content is not known, if there is one.
pub fn rights(document: &Document) -> Result<Rights, String> {
    let mut rights = Rights::default();
    rights.services.extend(ALWAYS.map(str::to_owned));
    for resource in document.resources.values() {
        if let Some(service) = service(&resource.kind) {
            rights.services.insert(service);
        }
        let properties = &resource.properties;
        match resource.kind.as_str() {
            "AWS::IAM::Role" => {
                for policy in properties.get("Policies").and_then(Value::as_array).into_iter().flatten() {
                    allowed(policy.get("PolicyDocument"), &mut rights.actions);
                }
                attached(properties.get("ManagedPolicyArns"), &mut rights.actions)?;
            }
            "AWS::IAM::RolePolicy" | "AWS::IAM::ManagedPolicy" | "AWS::IAM::Policy" => {
                allowed(properties.get("PolicyDocument"), &mut rights.actions);
            }
            _ => {}
        }
    }
    Ok(rights)
}

/// The service that a resource type's calls go to; IAM has rules of its own and is none.
fn service(kind: &str) -> Option<String> {
    let mut parts = kind.split("::");
    let (vendor, namespace) = (parts.next()?, parts.next()?);
    if vendor != "AWS" || matches!(namespace, "IAM" | "CloudFormation") {
        return None;
    }
    let full = format!("AWS::{namespace}");
    let rows = catalogue::table("sandbox-services").into_iter().flat_map(|table| table.rows());
    let mut named = rows.filter(|row| {
        row.get("cfn").and_then(Value::as_array).into_iter().flatten().any(|cfn| cfn.as_str() == Some(full.as_str()))
    });
    let known = named.next().and_then(|row| row.get("id")).and_then(Value::as_str);
    // most services are called alike in both
    Some(known.map_or_else(|| namespace.to_ascii_lowercase(), str::to_owned))
}

/// The actions that a policy document allows.
fn allowed(document: Option<&Value>, actions: &mut BTreeSet<String>) {
    let statements = document.and_then(|document| document.get("Statement"));
    let one = statements.filter(|statement| statement.is_object()).into_iter();
    for statement in one.chain(statements.and_then(Value::as_array).into_iter().flatten()) {
        // a statement may stand behind a condition
        for statement in
            statement.get("Fn::If").and_then(Value::as_array).map_or(vec![statement], |items| items.iter().collect())
        {
            if statement.get("Effect").and_then(Value::as_str) == Some("Allow") {
                texts(statement.get("Action"), actions);
            }
        }
    }
}

fn texts(value: Option<&Value>, found: &mut BTreeSet<String>) {
    match value {
        Some(Value::String(text)) if text.contains(':') => {
            found.insert(text.clone());
        }
        Some(Value::Array(items)) => items.iter().for_each(|item| texts(Some(item), found)),
        Some(Value::Object(entries)) => entries.values().for_each(|item| texts(Some(item), found)),
        _ => {}
    }
}

fn attached(arns: Option<&Value>, actions: &mut BTreeSet<String>) -> Result<(), String> {
    let mut names = BTreeSet::new();
    texts(arns, &mut names);
    for arn in names {
        let Some((_, name)) = arn.split_once(":policy/") else { continue };
        let name = name.rsplit('/').next().unwrap_or(name);
        let known = MANAGED.iter().find(|(known, _)| *known == name);
        let (_, services) = known.ok_or_else(|| name.to_owned())?;
        actions.extend(services.iter().map(|service| format!("{service}:*")));
    }
    Ok(())
}

/// Why a boundary cannot be made.
pub(super) fn unknown_policy(lab: &Lab, stack: &Stack, policy: &str) -> Finding {
    let message = format!(
        "`{}` attaches AWS's policy `{policy}`, whose content is not known here, so no permissions boundary can be made for it",
        stack.name
    );
    let help = "write the actions that are needed as statements of the role";
    Finding::error("LR002", lab.place("blueprints"), message).with_help(help)
}

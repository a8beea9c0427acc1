//! A permissions boundary into a participant's template: what its roles can ever do is what the lab is about.

use std::collections::BTreeSet;

use serde_json::json;

use crate::assemble::{self, Detail};
use crate::diagnostic::Finding;
use crate::expression::Documents;
use crate::lab::{Lab, Stack};
use crate::source::Source;
use crate::yaml::{self, Dialect, Node};

use super::Rights;

/// What CloudFormation takes in the call itself; more comes from an S3 bucket.
pub const INLINE_BYTES: usize = 51_200;
/// Characters of a managed policy without blanks; some are kept for the frame around the actions.
const POLICY_CHARACTERS: usize = 5_800;
const ID: &str = "LabBoundary";

/// The participant's template: each role that has no boundary of its own gets the lab's, which the stack brings along.
pub fn bounded(documents: &Documents, stack: &Stack, lab: &Lab, rights: &Rights) -> Result<String, Vec<Finding>> {
    if stack.document.resources.contains_key(ID) {
        let message = format!("`{}` has a resource `{ID}` of its own, a name that the lab needs", stack.name);
        return Err(vec![
            Finding::error("LR003", lab.place("blueprints"), message).with_help("rename the component `lab`"),
        ]);
    }
    let context = json!({"lab": lab.name, "actions": actions(rights)});
    let boundary = documents.render("lab/day/boundary.yaml.j2", &context, &[])?;
    for detail in [Detail::Full, Detail::Commented, Detail::Bare] {
        let text = insert(&assemble::text(&stack.template, detail), &boundary)?;
        if text.len() <= INLINE_BYTES {
            return Ok(text);
        }
    }
    // it comes from a bucket in any case: then it may as well explain itself
    insert(&assemble::text(&stack.template, Detail::Full), &boundary)
}

/// The actions that the boundary allows; of the services with most of them all, when a policy could not hold the list.
fn actions(rights: &Rights) -> Vec<String> {
    let mut actions: BTreeSet<String> = rights.actions.clone();
    loop {
        let whole: BTreeSet<String> = actions.iter().filter_map(|a| a.strip_suffix(":*").map(str::to_owned)).collect();
        actions.retain(|action| {
            let service = action.split(':').next().unwrap_or_default();
            action.ends_with(":*") || !whole.contains(service)
        });
        if actions.iter().map(|action| action.len() + 3).sum::<usize>() <= POLICY_CHARACTERS {
            return actions.into_iter().collect();
        }
        let services: BTreeSet<&str> = actions.iter().filter_map(|action| action.split(':').next()).collect();
        let length = |service: &str| {
            actions.iter().filter(|action| action.split(':').next() == Some(service)).map(String::len).sum::<usize>()
        };
        let Some(longest) = services.into_iter().max_by_key(|service| length(service)) else {
            return Vec::new();
        };
        let all = format!("{longest}:*");
        if !actions.insert(all) {
            return actions.into_iter().collect();
        }
    }
}

/// The template with the boundary as its first resource and a line in each role.
fn insert(template: &str, boundary: &str) -> Result<String, Vec<Finding>> {
    let broken = || vec![Finding::error("LR005", None, "the rendered template has no resources to bound")];
    let source = Source::new("template.yaml", template);
    let root = yaml::load(&source, Dialect::Template)?;
    let resources = root.entry("Resources").ok_or_else(broken)?;
    let mut at: Vec<(usize, String)> = Vec::new();
    let first = source.line_range(source.line_column(resources.key_range.start).0).end;
    at.push((first, format!("\n{}", boundary.trim_end())));
    for resource in resources.value.entries() {
        if resource.value.get("Type").and_then(Node::as_str) != Some("AWS::IAM::Role") {
            continue;
        }
        let Some(properties) = resource.value.get("Properties") else { continue };
        if let (None, Some(entry)) = (properties.get("PermissionsBoundary"), properties.entries().first()) {
            let flow = template.get(properties.range.start..).is_some_and(|text| text.starts_with('{'));
            let blanks = source.line_column(entry.key_range.start).1.saturating_sub(1);
            let separator = if flow { ", ".to_owned() } else { format!("\n{}", " ".repeat(blanks)) };
            at.push((entry.key_range.start, format!("PermissionsBoundary: !Ref {ID}{separator}")));
        }
    }
    let mut text = String::with_capacity(template.len() + boundary.len() + 1024);
    let mut from = 0;
    at.sort_by_key(|(place, _)| *place);
    for (place, added) in at {
        text.push_str(template.get(from..place).unwrap_or_default());
        text.push_str(&added);
        from = place;
    }
    text.push_str(template.get(from..).unwrap_or_default());
    // its own hint would deploy it without the lab's role
    let hint = text.lines().nth(1).filter(|line| line.starts_with("# Deploy: ")).map(str::to_owned);
    Ok(match hint {
        Some(hint) => text.replacen(&hint, "# Deployed by the lab's scripts, with the lab's deploy role.", 1),
        None => text,
    })
}

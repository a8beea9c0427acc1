//! The organiser's control stack: a blueprint made from the lab, rendered like any other.

use serde_json::{Value, json};

use crate::diagnostic::Finding;
use crate::expression::Documents;
use crate::lab::stack_name;
use crate::pipeline::Atelier;
use crate::source::Source;
use crate::yaml::{self, Dialect};

use super::{Day, File, Rights};

/// The longest name of a lab whose stacks share an account.
///
/// What a participant's stack makes is named after it, and the rights of the lab's roles hang on `<lab>-p…`. The stack's own name is
/// no limit: 23 + `-p500-` + 63 of the blueprint are 92 of 128. But CloudFormation makes the names of roles and functions (64
/// characters) and of buckets (63) from the stack's name, the logical id and 12 characters of chance, and cuts what is too long: where
/// both are longer, 25 characters of the stack's name stay, as in `a-stack-with-a-rather-lon-CustomS3AutoDeleteObjects-A1b2C3d4E5f6`
/// (25 + 1 + 25 + 1 + 12). AWS documents no rule: this is what a dozen names that others have published have in common (read
/// 2026-11-25). So `<lab>-p` may have 25 characters.
pub(super) const LONGEST_NAME: usize = KEPT_OF_A_STACK - "-p".len();
/// How much of a stack's name is left in the shortest of the names that are made from it.
const KEPT_OF_A_STACK: usize = 25;
/// Deletions that begin together, at best and at most, as `lab/control` takes them; the most batches; the minutes between them.
const BATCH: usize = 20;
const LARGEST_BATCH: usize = 40;
const BATCHES: usize = 100;
const MINUTES: i64 = 5;
/// Where a participant's actions by service are listed.
const ACTIONS: &str = "templates/lab/day/participant-actions.yaml";

/// The control stack's blueprint and template, and the participants' policy.
pub(super) fn control(
    day: &Day,
    atelier: &Atelier,
    documents: &Documents,
    rights: &Rights,
    large: bool,
) -> Result<Vec<File>, Vec<Finding>> {
    let lab = day.lab;
    if lab.name.len() > LONGEST_NAME {
        let message = format!(
            "`{}` has {} characters, for stacks in one account a lab's name may have {LONGEST_NAME}",
            lab.name,
            lab.name.len()
        );
        let help = "shorten it: the rights of the lab's roles hang on names that begin with it";
        return Err(vec![Finding::error("LR001", lab.place("name"), message).with_help(help)]);
    }
    let stacks: Vec<String> = (1..=lab.participants)
        .flat_map(|number| day.stacks.iter().map(move |stack| stack_name(lab, &stack.name, number)))
        .collect();
    let batch = stacks.len().div_ceil(BATCHES).max(BATCH);
    if batch > LARGEST_BATCH {
        let most = BATCHES * LARGEST_BATCH;
        let message = format!("the lab has {} stacks in one account, the reaper deletes at most {most}", stacks.len());
        let help = "take fewer participants or blueprints, or an account for each (`accounts: one-each`)";
        return Err(vec![Finding::error("LR008", lab.place("participants"), message).with_help(help)]);
    }
    let reap: Vec<Value> = stacks
        .chunks(batch)
        .zip(0..)
        .map(|(stacks, batch)| json!({"at": day.plan.deleted.plus_minutes(MINUTES * batch).utc(), "stacks": stacks}))
        .collect();
    let usd = lab.total.or_else(|| Some(lab.per_participant? * f64::from(lab.participants)));
    let context = json!({
        "lab": lab.name,
        "region": lab.region,
        "services": rights.services,
        "actions": participant_actions(atelier, rights)?,
        "hours": (lab.lasts + lab.lead + 59).div_euclid(60).clamp(1, 12),
        // AWS Budgets knows no fractions of a dollar
        "usd": usd.map(|usd| usd.max(1.0)),
        "reap": reap,
        "large": large,
    });
    let text = documents.render("lab/day/control.blueprint.yaml.j2", &context, &[])?;
    let outcome = atelier.render(&Source::new("control.blueprint.yaml", text.clone()));
    match outcome.result {
        Some(template) => Ok(vec![
            File::text("control.blueprint.yaml", text),
            File::template("templates/control.yaml", template.source.text.clone()),
        ]),
        None => Err(outcome.findings),
    }
}

/// What a participant does by hand with the services of the lab.
pub(super) fn participant_actions(atelier: &Atelier, rights: &Rights) -> Result<Vec<String>, Vec<Finding>> {
    let Some(source) = atelier.library.files.read(ACTIONS) else {
        return Err(vec![Finding::error("T001", None, format!("there is no file {ACTIONS}"))]);
    };
    let root = yaml::load(&source, Dialect::Blueprint)?;
    let mut actions = Vec::new();
    for entry in root.entries() {
        if entry.key == "always" || rights.services.contains(&entry.key) {
            actions.extend(entry.value.items().iter().filter_map(|item| item.as_str().map(str::to_owned)));
        }
    }
    actions.sort();
    actions.dedup();
    Ok(actions)
}

/// The services that participants have to do with; all others are denied to them, whatever else they are given.
pub(super) fn on_topic(rights: &Rights) -> Vec<String> {
    let mut services = rights.services.clone();
    // an API is called under another name than it is made
    let always = ["cloudformation", "execute-api", "iam", "sts", "tag", "xray", "resource-groups", "cloudshell"];
    services.extend(always.map(str::to_owned));
    services.into_iter().collect()
}

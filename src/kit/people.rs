//! The participants' list that somebody filled in and that stays when a lab is rendered again: does it still fit the lab?

use std::collections::BTreeSet;

use crate::diagnostic::{Finding, Severity};
use crate::lab::{Lab, Target, participant};

/// Names that a message shows; the rest is counted.
const SHOWN: usize = 5;

/// What a kept `participants.csv` says that the lab does not. `file` is its path, for people.
pub fn people(lab: &Lab, file: &str, text: &str) -> Vec<Finding> {
    let named: BTreeSet<&str> = text
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').next())
        .map(str::trim)
        .filter(|id| !id.is_empty())
        .collect();
    let wanted: Vec<String> = (1..=lab.participants).map(participant).collect();
    let missing: Vec<&str> = wanted.iter().map(String::as_str).filter(|id| !named.contains(id)).collect();
    let late: Vec<&str> = named.iter().copied().filter(|id| !wanted.iter().any(|known| known == id)).collect();
    let mut findings = Vec::new();
    let place = || lab.place("participants");
    if !missing.is_empty() {
        let message = format!(
            "{file} was kept as it is and does not name {}: the lab has {} participants",
            listed(&missing),
            lab.participants
        );
        let help = "add a line for each who takes part, or remove the file and render again for a new one";
        findings.push(Finding::new(Severity::Info, "LR007", place(), message).with_help(help));
    }
    if !late.is_empty() {
        let message = format!(
            "{file} was kept as it is and also names {}: the lab has {} participants",
            listed(&late),
            lab.participants
        );
        // stack sets follow accounts; in one account the reaper deletes whom the lab's file counts
        let (severity, help) = match lab.target {
            Target::SingleAccount => (
                Severity::Warning,
                "raise `participants`, or remove the lines: lab.sh makes no stacks that the reaper does not know",
            ),
            _ => (Severity::Info, "raise `participants`, or remove the lines"),
        };
        findings.push(Finding::new(severity, "LR007", place(), message).with_help(help));
    }
    findings
}

/// `p06, p07 and 3 more`.
fn listed(ids: &[&str]) -> String {
    let shown = ids.iter().take(SHOWN).map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ");
    match ids.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

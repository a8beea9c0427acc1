//! Labs for tests: planned on the day of the catalogue's facts, as `atelier lab plan` does it.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use atelier::diagnostic::{Finding, Severity, has_error, sort};
use atelier::expression::day_number;
use atelier::lab::{self, Lab, Plan, Stack};
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::quota::{self, Applied};
use atelier::source::Source;

/// A lab with its stacks and its plan.
#[allow(dead_code)] // not every test reads all of it
pub struct Planned {
    /// The lab.
    pub lab: Lab,
    /// Its blueprints.
    pub stacks: Vec<Stack>,
    /// The plan.
    pub plan: Plan,
}

fn atelier() -> &'static Atelier {
    static ATELIER: OnceLock<Atelier> = OnceLock::new();
    ATELIER.get_or_init(|| Atelier::on(Library::open(&[]).expect("the embedded library"), day()))
}

fn day() -> i64 {
    day_number("2026-11-23").expect("a date")
}

/// Loads, checks, renders and plans; blueprints are read from `folder`.
pub fn plan(source: &Arc<Source>, folder: &Path, applied: &[Arc<Source>]) -> (Option<Planned>, Vec<Finding>) {
    let (lab, mut findings) = lab::load(source);
    let Some(lab) = lab else { return (None, findings) };
    findings.extend(lab::check(&lab, day()));
    let mut stacks = Vec::new();
    let nothing = std::collections::BTreeMap::new();
    for (index, path) in lab.blueprints.iter().enumerate() {
        let Ok(text) = std::fs::read_to_string(folder.join(path)) else {
            let place = lab.place(&format!("blueprints.{index}"));
            findings.push(Finding::error("LB021", place, format!("the blueprint `{path}` cannot be read")));
            continue;
        };
        let outcome = atelier().render(&Source::new(path.as_str(), text));
        findings.extend(outcome.findings.into_iter().filter(|finding| finding.severity == Severity::Error));
        if let Some(template) = outcome.result {
            let parameters = lab.parameters.get(&template.trace.graph.blueprint.name).unwrap_or(&nothing);
            match lab::stack(template, &lab.region, parameters, &lab.assumptions) {
                Ok(stack) => stacks.push(stack),
                Err(found) => findings.extend(found),
            }
        }
    }
    let mut read: Option<Applied> = None;
    for source in applied {
        match quota::read(source, &lab.region) {
            Ok(applied) => {
                read = Some(match read {
                    Some(known) => known.and(applied),
                    None => applied,
                });
            }
            Err(found) => findings.extend(found),
        }
    }
    if has_error(&findings) {
        sort(&mut findings);
        return (None, findings);
    }
    let (plan, more) = lab::plan(&lab, &stacks, read.as_ref());
    findings.extend(more);
    sort(&mut findings);
    (Some(Planned { lab, stacks, plan }), findings)
}

//! Rules of [CloudFormation Guard](https://docs.aws.amazon.com/cfn-guard/latest/ug/what-is-guard.html) that the user brings,
//! evaluated by Guard's own evaluator inside AWS's validator.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use cloudformation_validate::validation_engine::GuardRuleSet;
use cloudformation_validate::{ExternalRuleSource, SemanticModel};

use crate::diagnostic::{self, Finding};
use crate::part::Part;
use crate::source::{Place, Source};

use super::Problem;

/// Guard files, parsed.
#[derive(Debug, Default)]
pub struct Guard {
    files: Vec<(Arc<Source>, GuardRuleSet)>,
}

impl Guard {
    /// Parses the files of a folder; what cannot be parsed, or holds no rule, is a finding.
    pub fn parse(folder: &str, sources: &[Arc<Source>]) -> (Guard, Vec<Finding>) {
        let mut guard = Guard::default();
        let mut findings = Vec::new();
        if sources.is_empty() {
            let message = format!("the folder {folder} holds no Guard rules");
            findings.push(Finding::error("VF003", None, message).with_help("the names of Guard files end in `.guard`"));
        }
        for source in sources {
            let external = ExternalRuleSource { name: source.name.clone(), content: source.text.clone() };
            match quietly(|| GuardRuleSet::compile(&[external])) {
                Ok(Some(rules)) if !rules.rule_metadata().is_empty() => guard.files.push((Arc::clone(source), rules)),
                Ok(_) => {
                    let place = Place::new(source, 0..0);
                    let help = "write one, `rule name { … }`, or take the file away";
                    findings.push(Finding::error("VF003", place, "the file holds no Guard rules").with_help(help));
                }
                Err(said) => findings.push(unreadable(source, &said)),
            }
        }
        (guard, findings)
    }

    /// What the rules say of a template, each rule's own line beside it.
    pub fn check(&self, template: &Arc<Source>) -> Vec<Finding> {
        // what is no template is told by the validator
        let Ok(Ok(model)) = catch_unwind(AssertUnwindSafe(|| SemanticModel::from_bytes(template.text.as_bytes())))
        else {
            return Vec::new();
        };
        let mut findings = Vec::new();
        for (file, rules) in &self.files {
            match quietly(|| rules.evaluate(&model).map_err(|error| error.to_string())) {
                Ok(said) => {
                    let problems = said.into_iter().map(Problem::from).map(one_line);
                    findings.extend(super::findings(template, problems).into_iter().map(|finding| {
                        let rule = rule(file, &finding.code);
                        finding.with_label(rule, "asked for by this rule")
                    }));
                }
                Err(said) => {
                    let place = Place::new(file, 0..0);
                    // it begins with the name of the file, which is shown anyway
                    let reason = said.split_once("failed to evaluate: ").map_or(said.as_str(), |(_, reason)| reason);
                    let message = format!("Guard could not evaluate the file on {}: {}", template.name, plain(reason));
                    findings.push(Finding::error("VF005", place, message));
                }
            }
        }
        diagnostic::sort(&mut findings);
        findings
    }
}

/// An answer of the evaluator, whose crash is an answer, too.
fn quietly<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err("it crashed".to_owned()))
}

/// Authors write their messages over several lines.
fn one_line(problem: Problem) -> Problem {
    Problem { message: plain(&problem.message), ..problem }
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where a rule begins in its file.
fn rule(file: &Arc<Source>, name: &str) -> Place {
    let starts = file.text.match_indices(name).map(|(start, _)| start);
    let declared = |start: &usize| {
        let ends = |c: char| !c.is_alphanumeric() && c != '_';
        file.text.part(..*start).trim_end().ends_with("rule") && file.text.part(start + name.len()..).starts_with(ends)
    };
    // rules without a name are called `default`
    let start = starts.clone().find(declared);
    Place::new(file, start.map_or(0..0, |start| start..start + name.len()))
}

/// A finding where the parser stopped, as far as it says so.
fn unreadable(file: &Arc<Source>, said: &str) -> Finding {
    let number = |after: &str| {
        let digits = said.split(after).nth(1)?;
        digits.split(|c: char| !c.is_ascii_digit()).next()?.parse::<usize>().ok()
    };
    let range = match (number("at line "), number("at column ")) {
        (Some(line), Some(column)) if line <= file.text.lines().count() => {
            let line = file.line_range(line);
            let skipped =
                file.text.part(line.clone()).chars().take(column.saturating_sub(1)).map(char::len_utf8).sum::<usize>();
            line.start + skipped..line.end
        }
        _ => 0..0,
    };
    Finding::error("VF004", Place::new(file, range), "Guard cannot read the file from here on")
        .with_help("see https://docs.aws.amazon.com/cfn-guard/latest/ug/writing-rules.html")
}

//! What AWS's validator says of a template, told on the blueprint line that caused it.

use crate::assemble::Template;
use crate::diagnostic::{self, Finding};
use crate::source::Place;
use crate::verify::Problem;

/// The problems as findings on the blueprint, the template's line beside it.
pub fn blame(template: &Template, problems: impl IntoIterator<Item = Problem>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = problems
        .into_iter()
        .map(|problem| {
            let range = problem.range(&template.source);
            let written = Place::new(&template.source, range.clone());
            // the validator names the key; what the blueprint wrote is the value behind it
            let line = template.source.line_range(template.source.line_column(range.start).0);
            let origin = template.trace.origin(range.start..line.end.max(range.end));
            let place = origin.as_ref().map_or_else(|| written.clone(), |origin| origin.blueprint.clone());
            let mut finding = Finding::new(problem.severity, &problem.rule, place, problem.sentence());
            if let Some(origin) = origin {
                let path = if problem.path.is_empty() {
                    "the rendered line".to_owned()
                } else {
                    format!("rendered as `{}`", problem.path)
                };
                finding = finding.under("caused by this").with_label(written, path);
                if let Some(template) = origin.template {
                    let (line, _) = template.line_column();
                    finding.help.push(format!("written by {}:{line}", template.source.name));
                }
            }
            finding.help.extend(problem.help);
            finding.help.extend(problem.url.map(|url| format!("see {url}")));
            finding
        })
        .collect();
    diagnostic::sort(&mut findings);
    findings
}

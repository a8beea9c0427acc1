//! One thing that AWS's validator says, in our words where its own are long, and the same thing in several regions once.

use cloudformation_validate::{Diagnostic, Severity as AwsSeverity};

use crate::diagnostic::{Severity, did_you_mean};
use crate::part::Part;

/// How much of what the validator says is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Errors and warnings.
    Problems,
    /// Its remarks too (which change replaces a resource, what could be tagged).
    All,
}

/// A problem in a template; lines and columns count from 1, columns count characters, the end is exclusive.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// AWS's rule, such as `F3002`; `VF001` and `VF002` are ours.
    pub rule: String,
    /// AWS's FATAL and ERROR are errors.
    pub severity: Severity,
    /// One sentence without a final stop.
    pub message: String,
    /// Where it starts.
    pub line: usize,
    /// Where it starts.
    pub column: usize,
    /// Where it ends, as AWS says; it is imprecise for quoted and non-ASCII keys.
    pub end_line: usize,
    /// Where it ends.
    pub end_column: usize,
    /// Logical id and property, such as `Docs.Properties.BucketName`; empty for the template as a whole.
    pub path: String,
    /// What to do about it.
    pub help: Option<String>,
    /// AWS's page about the resource or property.
    pub url: Option<String>,
    /// Where it fails, when it does not fail in all regions that were asked for.
    pub regions: Vec<String>,
}

impl Problem {
    /// An error of our own about the whole template.
    pub(super) fn of_ours(rule: &str, message: String) -> Problem {
        Problem {
            rule: rule.to_owned(),
            severity: Severity::Error,
            message,
            line: 1,
            column: 1,
            end_line: 1,
            end_column: 1,
            path: String::new(),
            help: None,
            url: None,
            regions: Vec::new(),
        }
    }

    /// The same problem, as it would be told in another region.
    pub(super) fn told_of(&self, region: &str, other: &str) -> Problem {
        Problem { message: self.message.replace(region, other), ..self.clone() }
    }
}

impl From<Diagnostic> for Problem {
    fn from(diagnostic: Diagnostic) -> Problem {
        // an unknown place is u32::MAX in all four
        let span = diagnostic.location.filter(|span| span.start_line != u32::MAX);
        let (line, column, end_line, end_column) = span.map_or((1, 1, 1, 1), |span| {
            (span.start_line as usize, span.start_column as usize, span.end_line as usize, span.end_column as usize)
        });
        let id = diagnostic.entity.as_ref().map_or("", |entity| entity.logical_id.as_str());
        let (message, choice) = shorten(strip_place(diagnostic.message.trim_end_matches('.')));
        Problem {
            path: path(id, diagnostic.property_path.as_deref().unwrap_or("")),
            rule: diagnostic.rule_id,
            severity: match diagnostic.severity {
                AwsSeverity::Fatal | AwsSeverity::Error => Severity::Error,
                AwsSeverity::Warn => Severity::Warning,
                AwsSeverity::Info | AwsSeverity::Debug => Severity::Info,
            },
            message,
            line,
            column,
            end_line,
            end_column,
            help: choice.or(diagnostic.suggested_fix),
            // types whose schema names no page carry the address of a source repository
            url: diagnostic.documentation_url.filter(|url| url.starts_with("https://docs.aws.amazon.com/")),
            regions: Vec::new(),
        }
    }
}

/// The order in which problems are shown.
pub(super) fn order(problem: &Problem) -> (usize, usize, Severity, &str, &str) {
    (problem.line, problem.column, problem.severity, &problem.rule, &problem.message)
}

/// One list from one list per region; a problem that is not in all of them names those it is in.
pub(super) fn merge(regions: &[String], lists: Vec<Vec<Problem>>) -> Vec<Problem> {
    let mut merged: Vec<(String, Problem)> = Vec::new();
    for (region, problems) in regions.iter().zip(lists) {
        for problem in problems {
            // a message that names the region differs from its siblings only by that name
            let wording = problem.message.replace(region.as_str(), "{region}");
            let same = |(known, other): &&mut (String, Problem)| {
                *known == wording
                    && other.rule == problem.rule
                    && other.path == problem.path
                    && other.line == problem.line
            };
            match merged.iter_mut().find(same) {
                Some((_, known)) => known.regions.push(region.clone()),
                None => merged.push((wording, Problem { regions: vec![region.clone()], ..problem })),
            }
        }
    }
    let mut problems: Vec<Problem> = merged
        .into_iter()
        .map(|(wording, mut problem)| {
            problem.regions.dedup();
            if wording.contains("{region}") {
                problem.message = wording.replace("{region}", &problem.regions.join(", "));
                problem.regions.clear();
            } else if problem.regions.len() == regions.len() {
                problem.regions.clear();
            }
            problem
        })
        .collect();
    problems.sort_by(|a, b| order(a).cmp(&order(b)));
    problems
}

/// `Docs.Properties.BucketName` from the two halves, which AWS writes in three ways.
fn path(id: &str, property: &str) -> String {
    let property = property.replace('/', ".");
    if property.is_empty() {
        id.to_owned()
    } else if id.is_empty() || property.split('.').any(|step| step == id) {
        property
    } else {
        format!("{id}.{property}")
    }
}

/// A syntax error's message without the place, which is shown anyway.
fn strip_place(message: &str) -> &str {
    if !message.starts_with("YAML parse error") && !message.starts_with("JSON parse error") {
        return message;
    }
    let end = message.rfind(" at byte ").or_else(|| message.rfind(" at line ")).unwrap_or(message.len());
    message.part(..end)
}

/// A long list of allowed values becomes their number and the nearest of them.
fn shorten(message: &str) -> (String, Option<String>) {
    let whole = || (message.to_owned(), None);
    let Some((value, list)) = message.split_once(" is not one of [") else { return whole() };
    let Some(list) = list.strip_suffix(']') else { return whole() };
    let values: Vec<&str> = list.split(", ").map(|item| item.trim_matches('\'')).collect();
    let nearest = did_you_mean(value.trim_matches('\''), values.iter().copied());
    let help = nearest.map(|nearest| format!("did you mean `{nearest}`?"));
    if values.len() <= 8 {
        return (message.to_owned(), help);
    }
    let first =
        || format!("allowed are, among others, {}", values.iter().take(8).copied().collect::<Vec<_>>().join(", "));
    (format!("{value} is not one of the {} allowed values", values.len()), Some(help.unwrap_or_else(first)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(message: &str, line: usize) -> Problem {
        Problem { line, ..Problem::of_ours("F3006", message.to_owned()) }
    }

    fn regions(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_problem_of_all_regions_names_none() {
        let merged = merge(&regions(&["a-1", "b-1"]), vec![vec![problem("no", 3)], vec![problem("no", 3)]]);
        assert_eq!(merged, [problem("no", 3)]);
    }

    #[test]
    fn a_problem_of_some_regions_names_them() {
        let lists = vec![vec![problem("no", 3)], vec![], vec![problem("no", 3), problem("no", 1)]];
        let merged = merge(&regions(&["a-1", "b-1", "c-1"]), lists);
        assert_eq!(
            merged.iter().map(|one| (one.line, one.regions.join(" "))).collect::<Vec<_>>(),
            [(1, "c-1".to_owned()), (3, "a-1 c-1".to_owned())]
        );
    }

    #[test]
    fn a_message_that_names_its_region_names_all_of_them() {
        let lists = vec![vec![problem("not in 'a-1'", 3)], vec![problem("not in 'b-1'", 3)], vec![]];
        let merged = merge(&regions(&["a-1", "b-1", "c-1"]), lists);
        assert_eq!(merged, [problem("not in 'a-1, b-1'", 3)]);
    }

    #[test]
    fn long_lists_become_the_nearest_value() {
        let list = "'Arn', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I'";
        let (message, help) = shorten(&format!("'Arnn' is not one of [{list}]"));
        assert_eq!(message, "'Arnn' is not one of the 9 allowed values");
        assert_eq!(help.as_deref(), Some("did you mean `Arn`?"));
        assert_eq!(shorten("'x' is not of type 'integer'"), ("'x' is not of type 'integer'".to_owned(), None));
    }

    #[test]
    fn paths_are_written_one_way() {
        assert_eq!(path("Docs", "Properties.Tags.0"), "Docs.Properties.Tags.0");
        assert_eq!(path("Docs", ""), "Docs");
        assert_eq!(path("Unused", "Parameters/Unused"), "Parameters.Unused");
        assert_eq!(path("", "Outputs.A.Value.Ref"), "Outputs.A.Value.Ref");
    }
}

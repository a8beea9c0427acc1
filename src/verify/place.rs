//! Problems placed on the template's own text.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{self, Finding};
use crate::part::Part;
use crate::source::{Place, Source};

use super::Problem;

/// The problems as findings on the template, sorted.
pub fn findings(source: &Arc<Source>, problems: impl IntoIterator<Item = Problem>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = problems
        .into_iter()
        .map(|problem| {
            let place = Place::new(source, range(&source.text, source.line_range(problem.line), &problem));
            let mut finding =
                Finding::new(problem.severity, &problem.rule, place, problem.sentence()).under(&problem.path);
            finding.help.extend(problem.help);
            finding.help.extend(problem.url.map(|url| format!("see {url}")));
            finding
        })
        .collect();
    diagnostic::sort(&mut findings);
    findings
}

impl Problem {
    /// The message, with the regions if it does not hold in all of them.
    pub fn sentence(&self) -> String {
        match self.regions.as_slice() {
            [] => self.message.clone(),
            [first @ .., last] if !first.is_empty() => format!("{} (in {} and {last})", self.message, first.join(", ")),
            [only, ..] => format!("{} (in {only})", self.message),
        }
    }

    /// The bytes of the template that it is about: the key or value that starts at its line and column.
    pub fn range(&self, source: &Source) -> Range<usize> {
        range(&source.text, source.line_range(self.line), self)
    }
}

/// AWS's start is exact (a line, and a column in characters); its end is not (it counts bytes, and takes quoted keys
/// short), so the token is read again.
fn range(text: &str, line: Range<usize>, problem: &Problem) -> Range<usize> {
    let line_text = text.part(line.clone()).trim_end_matches('\r');
    let nth = |column: usize| {
        line_text.char_indices().nth(column.saturating_sub(1)).map_or(line_text.len(), |(offset, _)| offset)
    };
    let start = nth(problem.column);
    let rest = line_text.part(start..);
    let length = match rest.chars().next() {
        Some(quote @ ('"' | '\'')) => rest.part(1..).find(quote).map_or(rest.len(), |end| end + 2),
        _ if problem.end_line == problem.line && problem.end_column > problem.column => {
            let given = rest.part(..nth(problem.end_column).clamp(start, line_text.len()) - start);
            given.find(": ").unwrap_or(given.trim_end_matches([':', ' ']).len())
        }
        // a point: its word, or the one character that is no word
        Some(first) => rest.find([':', ',', ' ', '}', ']', '[', '{']).unwrap_or(rest.len()).max(first.len_utf8()),
        None => 0,
    };
    line.start + start..line.start + start + length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, line: usize, column: usize, end_column: usize) -> String {
        let source = Source::new("t", text);
        let problem = Problem { line, column, end_line: line, end_column, ..Problem::of_ours("F3002", String::new()) };
        source.text[problem.range(&source)].to_owned()
    }

    #[test]
    fn keys_are_found_whatever_end_is_said() {
        assert_eq!(at("a:\n  Docs:\n", 2, 3, 7), "Docs");
        assert_eq!(at("a:\n  Bücket:\r\n", 2, 3, 10), "Bücket");
        assert_eq!(at("T: [{K: \"Ärger\", Nope: 1}]", 1, 18, 22), "Nope");
        assert_eq!(at("{\"Bucket\": 1}", 1, 2, 9), "\"Bucket\"");
    }

    #[test]
    fn a_point_marks_its_word_and_nothing_panics() {
        assert_eq!(at("key: value", 1, 6, 6), "value");
        assert_eq!(at("", 1, 1, 1), "");
        assert_eq!(at("a", 9, 99, 120), "");
        assert_eq!(at("\"ü", 1, 1, 1), "\"ü");
    }
}

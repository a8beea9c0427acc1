//! Findings as workflow commands of GitHub Actions, which shows them beside the lines of a change.

use std::fmt::Write;

use crate::clean;
use crate::diagnostic::{Finding, Severity};

pub(super) fn render(findings: &[Finding]) -> String {
    let mut out = String::new();
    for finding in findings {
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let mut properties = Vec::new();
        if let Some(place) = &finding.place {
            let (line, column) = place.line_column();
            let (end_line, end_column) = place.source.line_column(place.range.end.max(place.range.start));
            properties.push(format!("file={}", property(&place.source.name)));
            properties.push(format!("line={line},endLine={end_line}"));
            // columns count for a place within a line only; the end is the last character, not the one behind it
            if line == end_line {
                properties.push(format!("col={column},endColumn={}", end_column.saturating_sub(1).max(column)));
            }
        }
        properties.push(format!("title={}", property(&finding.code)));
        let mut message = finding.message.clone();
        for help in &finding.help {
            let _ = write!(message, "\nhelp: {help}");
        }
        let _ = writeln!(out, "::{command} {}::{}", properties.join(","), data(&message));
    }
    out
}

/// The text of a command: a line break would end it, and could begin a command of its own.
fn data(text: &str) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    clean::message(&text).into_owned()
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

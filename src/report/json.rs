//! Findings for programs; the form is promised in `docs/findings.md`.

use serde_json::{Value, json};

use super::count;
use crate::clean;
use crate::diagnostic::{Finding, Severity};
use crate::source::Place;

/// Raised when a consumer of the old form would break.
const VERSION: u32 = 1;

pub(super) fn render(findings: &[Finding]) -> String {
    let report = json!({
        "version": VERSION,
        "summary": {
            "errors": count(findings, Severity::Error),
            "warnings": count(findings, Severity::Warning),
            "info": count(findings, Severity::Info),
        },
        "findings": findings.iter().map(finding).collect::<Vec<_>>(),
    });
    // serde_json escapes only what JSON must; what would command a terminal or hide stands as an escape too
    clean::json(&format!("{report:#}\n"))
}

fn finding(finding: &Finding) -> Value {
    let labels = finding.labels.iter().map(|label| json!({ "place": place(&label.place), "text": label.text }));
    let fix = finding.fix.as_ref().map(|fix| {
        let edits = fix.edits.iter().map(|(at, text)| json!({ "place": place(at), "text": text }));
        json!({ "title": fix.title, "edits": edits.collect::<Vec<_>>() })
    });
    json!({
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "place": finding.place.as_ref().map(place),
        "label": finding.label,
        "labels": labels.collect::<Vec<_>>(),
        "help": finding.help,
        "fix": fix,
    })
}

fn place(place: &Place) -> Value {
    let (line, column) = place.line_column();
    let (end_line, end_column) = place.source.line_column(place.range.end);
    json!({
        "file": place.source.name,
        "line": line,
        "column": column,
        "endLine": end_line,
        "endColumn": end_column,
        "byteStart": place.range.start,
        "byteEnd": place.range.end,
    })
}

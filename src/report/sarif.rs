//! Findings as SARIF 2.1.0 (OASIS), which code hosts and editors read.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::clean;
use crate::diagnostic::{Finding, Severity};
use crate::part::put;
use crate::source::Place;

pub(super) fn render(findings: &[Finding]) -> String {
    // the worst severity that a code has here
    let mut codes: BTreeMap<&str, Severity> = BTreeMap::new();
    for finding in findings {
        let worst = codes.entry(&finding.code).or_insert(finding.severity);
        *worst = finding.severity.min(*worst);
    }
    let rules = codes.iter().map(|(code, severity)| {
        json!({
            "id": code,
            "defaultConfiguration": {"level": level(*severity)},
            "help": {"text": format!("atelier explain {code}")},
        })
    });
    let index: BTreeMap<&str, usize> = codes.keys().enumerate().map(|(index, code)| (*code, index)).collect();
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "atelier",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": findings.iter().map(|found| result(found, index.get(found.code.as_str()).copied().unwrap_or_default())).collect::<Vec<_>>(),
        }],
    });
    clean::json(&format!("{log:#}\n"))
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn result(finding: &Finding, rule: usize) -> Value {
    let help = finding.help.iter().map(|help| format!("\nhelp: {help}")).collect::<String>();
    let mut result = json!({
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": level(finding.severity),
        "message": {"text": format!("{}{help}", finding.message)},
        "locations": finding.place.iter().map(|place| location(place, &finding.label)).collect::<Vec<_>>(),
    });
    if !finding.labels.is_empty() {
        let related = finding.labels.iter().map(|label| location(&label.place, &label.text));
        put(&mut result, "relatedLocations", related.collect());
    }
    if let Some(fix) = &finding.fix {
        let changes = fix.edits.iter().map(|(place, text)| {
            json!({
                "artifactLocation": artifact(place),
                "replacements": [{"deletedRegion": region(place), "insertedContent": {"text": text}}],
            })
        });
        let fixes = json!([{"description": {"text": fix.title}, "artifactChanges": changes.collect::<Vec<_>>()}]);
        put(&mut result, "fixes", fixes);
    }
    result
}

fn location(place: &Place, message: &str) -> Value {
    let mut location = json!({"physicalLocation": {"artifactLocation": artifact(place), "region": region(place)}});
    if !message.is_empty() {
        put(&mut location, "message", json!({"text": message}));
    }
    location
}

fn artifact(place: &Place) -> Value {
    json!({"uri": uri(&place.source.name)})
}

fn region(place: &Place) -> Value {
    let (line, column) = place.line_column();
    let (end_line, end_column) = place.source.line_column(place.range.end.max(place.range.start));
    json!({"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column})
}

/// A file's name as a URI reference (RFC 3986): everything but unreserved characters and `/` is percent-encoded.
fn uri(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

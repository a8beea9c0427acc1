//! Findings as JUnit XML, which build servers show: a test case for each finding, failed when it is an error.

use std::fmt::Write;

use super::count;
use crate::clean;
use crate::diagnostic::{Finding, Severity};

pub(super) fn render(findings: &[Finding]) -> String {
    let failures = count(findings, Severity::Error);
    // servers take a report without any test for a broken one
    let tests = findings.len().max(1);
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"atelier\" tests=\"{tests}\" failures=\"{failures}\">\n  \
         <testsuite name=\"atelier\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\">\n"
    );
    if findings.is_empty() {
        out.push_str("    <testcase classname=\"atelier\" name=\"nothing found\"/>\n");
    }
    for finding in findings {
        case(&mut out, finding);
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

fn case(out: &mut String, finding: &Finding) {
    let (file, line, column) = finding.place.as_ref().map_or(("atelier", 0, 0), |place| {
        let (line, column) = place.line_column();
        (place.source.name.as_str(), line, column)
    });
    let at = if line == 0 { String::new() } else { format!(":{line}:{column}") };
    let _ = writeln!(
        out,
        "    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{line}\">",
        escaped(file),
        escaped(&format!("{} {}", finding.code, finding.message)),
        escaped(file),
    );
    let mut body = format!("{file}{at}: {}", finding.message);
    for help in &finding.help {
        let _ = write!(body, "\nhelp: {help}");
    }
    let (start, end) = match finding.severity {
        Severity::Error => (
            format!("<failure type=\"{}\" message=\"{}\">", escaped(&finding.code), escaped(&finding.message)),
            "</failure>",
        ),
        Severity::Warning => ("<system-out>warning: ".to_owned(), "</system-out>"),
        Severity::Info => ("<system-out>info: ".to_owned(), "</system-out>"),
    };
    let _ = writeln!(out, "      {start}{}{end}\n    </testcase>", escaped(&body));
}

/// Text for XML 1.0, which has no way to write control characters: they are named as in messages.
fn escaped(text: &str) -> String {
    let lines = text.split('\n').map(clean::message).collect::<Vec<_>>().join("\n");
    lines.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\n', "&#10;")
}

//! Findings for people and for programs: one file a format.

mod github;
mod json;
mod junit;
mod sarif;
mod text;

use crate::diagnostic::{Finding, Severity};

/// How findings are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Like a compiler's messages: the place underlined in its source, help, and the fix as a patch.
    #[default]
    Text,
    /// One JSON object; `atelier schema findings` is its schema.
    Json,
    /// SARIF 2.1.0, for code hosts and editors.
    Sarif,
    /// JUnit XML, for build servers.
    Junit,
    /// Workflow commands that GitHub shows beside the lines of a change.
    Github,
}

/// All findings as one text, ending with a line break; in the text format nothing for no findings.
pub fn render(findings: &[Finding], format: Format, colour: bool) -> String {
    match format {
        Format::Text => text::render(findings, colour),
        Format::Json => json::render(findings),
        Format::Sarif => sarif::render(findings),
        Format::Junit => junit::render(findings),
        Format::Github => github::render(findings),
    }
}

/// How many findings of a severity there are.
fn count(findings: &[Finding], severity: Severity) -> usize {
    findings.iter().filter(|finding| finding.severity == severity).count()
}

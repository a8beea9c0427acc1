//! Findings: what atelier says about a blueprint, a component type or a template.

use serde::Serialize;

use crate::source::Place;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The deployment fails or the service does not work.
    Error,
    /// It works but costs, breaks later, or rests on uncertain data.
    Warning,
    /// Worth knowing.
    Info,
}

/// A second place with what it has to do with the finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What this place has to do with it, without a final full stop.
    pub text: String,
}

/// A change that certainly cures the finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// What the change does, in the imperative.
    pub title: String,
    /// Ranges to replace and their new text.
    pub edits: Vec<(Place, String)>,
}

/// One diagnostic: code, severity, message, places, help, fix.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Stable identifier, for `atelier explain`.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence with the offending value and the limit.
    pub message: String,
    /// Where; none when the finding is about no text (an output folder that cannot be written).
    pub place: Option<Place>,
    /// What is written under the place; empty for none.
    pub label: String,
    /// Other places that matter.
    pub labels: Vec<Label>,
    /// What to do about it, one entry a way.
    pub help: Vec<String>,
    /// A certain change.
    pub fix: Option<Fix>,
}

impl Finding {
    /// An error at a place.
    pub fn error(code: impl Into<String>, place: impl Into<Option<Place>>, message: impl Into<String>) -> Finding {
        Finding::new(Severity::Error, code, place, message)
    }

    /// A warning at a place.
    pub fn warning(code: impl Into<String>, place: impl Into<Option<Place>>, message: impl Into<String>) -> Finding {
        Finding::new(Severity::Warning, code, place, message)
    }

    /// A finding of any severity.
    pub fn new(
        severity: Severity,
        code: impl Into<String>,
        place: impl Into<Option<Place>>,
        message: impl Into<String>,
    ) -> Finding {
        Finding {
            code: code.into(),
            severity,
            message: message.into(),
            place: place.into(),
            label: String::new(),
            labels: Vec::new(),
            help: Vec::new(),
            fix: None,
        }
    }

    /// Adds the words under the underlined place.
    #[must_use]
    pub fn under(mut self, label: impl Into<String>) -> Finding {
        self.label = label.into();
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn with_label(mut self, place: Place, text: impl Into<String>) -> Finding {
        self.labels.push(Label { place, text: text.into() });
        self
    }

    /// Adds a line of help.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Finding {
        self.help.push(help.into());
        self
    }

    /// Adds a certain change.
    #[must_use]
    pub fn with_fix(mut self, title: impl Into<String>, place: Place, text: impl Into<String>) -> Finding {
        self.fix = Some(Fix { title: title.into(), edits: vec![(place, text.into())] });
        self
    }
}

/// Sorts findings by file, place, severity and code, and drops repetitions.
pub fn sort(findings: &mut Vec<Finding>) {
    findings.sort_by(|a, b| key(a).cmp(&key(b)));
    findings.dedup();
}

fn key(finding: &Finding) -> (Option<&str>, usize, Severity, &str, &str) {
    let place = finding.place.as_ref();
    (
        place.map(|place| place.source.name.as_str()),
        place.map_or(0, |place| place.range.start),
        finding.severity,
        &finding.code,
        &finding.message,
    )
}

/// Makes every warning an error.
pub fn deny_warnings(findings: &mut [Finding]) {
    for finding in findings.iter_mut().filter(|finding| finding.severity == Severity::Warning) {
        finding.severity = Severity::Error;
    }
}

/// Whether any finding is an error.
pub fn has_error(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

/// The known name nearest to a misspelt one, if one is near enough to be meant.
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).max(2);
    known
        .into_iter()
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&name.to_lowercase(), &candidate.to_lowercase());
            // a shared last segment (`knowledge-base` for `bedrock/knowledge-base`) is as good as one typing error
            let tail = candidate.rsplit('/').next() == Some(name);
            (if tail { 1 } else { distance }, candidate)
        })
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

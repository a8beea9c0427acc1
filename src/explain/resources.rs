//! The page of a rule on resources.

use std::fmt::Write;

use crate::library::{Library, ResourceRule};
use crate::pipeline::Atelier;
use crate::source::Source;

use super::Page;

/// Its sentence is what the rule really says of its wrong example.
pub(super) fn page(atelier: &Atelier, rule: &ResourceRule) -> Page {
    let (wrong, right) = Library::examples(&rule.id).unwrap_or_default();
    let findings = atelier.baseline.template(&Source::new("wrong.yaml", wrong));
    let said = findings.into_iter().find(|finding| finding.code == rule.id);
    let title = said.as_ref().map_or(rule.message.clone(), |finding| finding.message.clone());
    let help = said.and_then(|finding| finding.help.into_iter().next()).unwrap_or_else(|| rule.help.clone());
    let mut why = rule.why.trim().to_owned();
    let _ = write!(
        why,
        "\n\nWhat to do: {help}.\n\nChecked on every template that is rendered or verified: `{}`",
        rule.assert
    );
    if let Some(when) = &rule.when {
        let _ = write!(why, " when `{when}`");
    }
    Page {
        code: rule.id.clone(),
        title,
        severity: format!("{:?}", rule.severity).to_lowercase(),
        component: rule.types.join(" "),
        why,
        source: format!("{} ({})", rule.source, rule.as_of),
        wrong: wrong.to_owned(),
        right: right.to_owned(),
    }
}

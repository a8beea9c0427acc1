//! What goes with a resource, from the catalogue.

use super::compare::{Change, Fate};
use crate::catalogue;

/// What is lost with a change: nothing known, nothing at all when the old resource is kept, or the catalogue's words.
pub fn loss(change: &Change) -> Option<&'static str> {
    if change.kept || change.fate > Fate::MayBeReplaced {
        return None;
    }
    catalogue::get("losses", &change.kind)?.get("lost")?.as_str()
}

/// The resources of a fate in words, for headings: "2 replaced".
pub(super) const WORDS: [(Fate, &str, &str); 6] = [
    (Fate::Removed, "-", "removed"),
    (Fate::Replaced, "±", "replaced"),
    (Fate::MayBeReplaced, "?", "may be replaced"),
    (Fate::Updated, "~", "updated"),
    (Fate::Added, "+", "added"),
    (Fate::Noted, "·", "unchanged but for metadata"),
];

/// The word of a fate.
pub(super) fn word(fate: Fate) -> &'static str {
    WORDS.iter().find(|(known, ..)| *known == fate).map_or("", |(.., word)| word)
}

/// One line that counts: "1 removed, 2 replaced".
pub(super) fn summary(diff: &super::Diff) -> String {
    let counts = WORDS.iter().map(|(fate, _, word)| (diff.count(*fate), word));
    let mut parts: Vec<String> =
        counts.filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    if parts.is_empty() {
        parts.push("no resource differs".to_owned());
    }
    if !diff.others.is_empty() {
        let s = if diff.others.len() == 1 { "entry" } else { "entries" };
        parts.push(format!("{} {s} of other sections", diff.others.len()));
    }
    parts.join(", ")
}

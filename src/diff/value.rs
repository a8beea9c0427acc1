//! A difference for programs; the form is promised in `docs/diff.md`.

use serde_json::{Value, json};

use super::loss::{WORDS, loss, word};
use super::{Diff, Fate};

/// Raised when a consumer of the old form would break.
const VERSION: u32 = 1;

/// One JSON object.
pub fn json(diff: &Diff) -> Value {
    let summary = WORDS.iter().map(|(fate, _, _)| (key(*fate).to_owned(), diff.count(*fate).into()));
    let resources = diff.resources.iter().map(|change| {
        json!({
            "id": change.id,
            "type": change.kind,
            "fate": word(change.fate),
            "paths": change.paths,
            "because": change.because,
            "kept": change.kept,
            "lost": loss(change),
        })
    });
    let others = diff.others.iter().map(|other| json!({"name": other.name, "old": other.old, "new": other.new}));
    json!({
        "version": VERSION,
        "loses": diff.loses(),
        "summary": summary.collect::<serde_json::Map<String, Value>>(),
        "resources": resources.collect::<Vec<_>>(),
        "others": others.collect::<Vec<_>>(),
    })
}

fn key(fate: Fate) -> &'static str {
    match fate {
        Fate::Removed => "removed",
        Fate::Replaced => "replaced",
        Fate::MayBeReplaced => "mayBeReplaced",
        Fate::Updated => "updated",
        Fate::Added => "added",
        Fate::Noted => "noted",
    }
}

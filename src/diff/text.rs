//! A difference for people at a terminal.

use std::fmt::Write;

use super::loss::{WORDS, loss, summary};
use super::{Diff, Fate};

/// The whole difference, the worst first; one line when there is none.
pub fn text(diff: &Diff) -> String {
    if diff.is_empty() {
        return "no difference: an update would do nothing\n".to_owned();
    }
    let mut out = format!("{}\n", summary(diff));
    for (fate, sign, word) in WORDS {
        for change in diff.resources.iter().filter(|change| change.fate == fate) {
            let _ = writeln!(out, "\n{sign} {} ({}) {word}", change.id, change.kind);
            if fate != Fate::Noted && !change.paths.is_empty() {
                let _ = writeln!(out, "    changes: {}", change.paths.join(", "));
            }
            for because in &change.because {
                let _ = writeln!(out, "    because {because}");
            }
            if change.kept {
                let _ = writeln!(out, "    kept: the old one stays in the account, outside of the stack");
            } else if let Some(lost) = loss(change) {
                let _ = writeln!(out, "    lost: {lost}");
            }
        }
    }
    if !diff.others.is_empty() {
        out.push('\n');
    }
    for other in &diff.others {
        let sign = match (&other.old, &other.new) {
            (None, _) => '+',
            (_, None) => '-',
            _ => '~',
        };
        let _ = writeln!(out, "{sign} {}", other.name);
    }
    out
}

//! A difference as Markdown, for a pull request.

use std::fmt::Write;

use crate::clean;

use super::Diff;
use super::loss::{WORDS, loss, summary};

/// A heading, a table of what matters, and the rest folded.
pub fn markdown(diff: &Diff, title: &str) -> String {
    let mut out = format!("### {}\n\n", cell(title));
    if diff.is_empty() {
        return out + "No difference: an update would do nothing.\n";
    }
    let _ = writeln!(out, "{}.\n", summary(diff));
    if !diff.resources.is_empty() {
        out.push_str("| | resource | type | what changes, and why | lost |\n|---|---|---|---|---|\n");
    }
    for (fate, _, word) in WORDS {
        for change in diff.resources.iter().filter(|change| change.fate == fate) {
            let mut why = change.because.clone();
            if why.is_empty() {
                why.clone_from(&change.paths);
            }
            let lost = if change.kept { "kept outside of the stack" } else { loss(change).unwrap_or_default() };
            let _ = writeln!(
                out,
                "| {} | `{}` | `{}` | {} | {} |",
                if diff.loses() && fate <= super::Fate::MayBeReplaced {
                    format!("**{word}**")
                } else {
                    word.to_owned()
                },
                cell(&change.id),
                cell(&change.kind),
                cell(&why.join("; ")),
                cell(lost)
            );
        }
    }
    if !diff.others.is_empty() {
        out.push_str("\nAlso: ");
        let names: Vec<String> = diff.others.iter().map(|other| format!("`{}`", cell(&other.name))).collect();
        let _ = writeln!(out, "{}", names.join(", "));
    }
    out
}

/// Text that cannot end a cell, a code span or the table, nor become a tag or a mention.
fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in clean::line(text).chars() {
        match char {
            '|' => out.push_str("\\|"),
            '`' => out.push('\''),
            '<' => out.push_str("&lt;"),
            '@' => out.push_str("&#64;"),
            _ => out.push(char),
        }
    }
    out
}

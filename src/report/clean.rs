//! Text from a file must not command the terminal that shows it, nor look different from what it is.

use std::borrow::Cow;

/// Replaces every character that would move the cursor, turn the writing direction or hide, each by one U+FFFD, so that
/// columns stay right. Line breaks and tabs stay.
pub(super) fn source(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hostile) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|char| if is_hostile(char) { char::REPLACEMENT_CHARACTER } else { char }).collect())
}

/// Writes every such character as `<U+202E>`, so that a person reads which one it is.
pub(crate) fn message(text: &str) -> Cow<'_, str> {
    if !text.contains(|char| is_hostile(char) || char == '\t') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        match char {
            '\t' => out.push(' '),
            _ if is_hostile(char) => out.push_str(&format!("<U+{:04X}>", char as u32)),
            _ => out.push(char),
        }
    }
    Cow::Owned(out)
}

/// Writes every such character of a JSON text as `\u202e`; they can only stand inside its strings.
pub(super) fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if is_hostile(char) {
            for unit in char.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(char);
        }
    }
    out
}

fn is_hostile(char: char) -> bool {
    match char {
        '\n' | '\t' => false,
        _ if char.is_control() => true,
        // marks, embeddings, overrides and isolates of the writing direction
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        // invisible: soft hyphen, zero width (the joiners stay: scripts and emoji need them), fillers, tags
        '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}' | '\u{2060}'..='\u{2064}' => true,
        '\u{206A}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}' => true,
        // line and paragraph separators
        '\u{2028}' | '\u{2029}' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_characters_are_shown_not_sent() {
        assert_eq!(message("a\u{1b}[31mb\u{202e}c\rd\te"), "a<U+001B>[31mb<U+202E>c<U+000D>d e");
        assert_eq!(source("a\u{1b}[31m\u{200f}b\tc\n"), "a\u{fffd}[31m\u{fffd}b\tc\n");
        assert_eq!(json("\"\u{202e}\u{9b}\u{e0041}\""), "\"\\u202e\\u009b\\udb40\\udc41\"");
        assert!(matches!(source("größer, 漢字, 👩‍💻"), Cow::Borrowed(_)));
    }
}

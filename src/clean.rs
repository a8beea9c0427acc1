//! Text from a file must not command the terminal that shows it, nor look different from what it is: control characters
//! (escape sequences begin with one), marks that turn the writing direction, and what is invisible. One notion of them for the house.

use std::borrow::Cow;

/// Whether a character would move a cursor, turn the writing direction or hide. Line breaks and tabs do not.
///
/// The joiners of zero width belong to scripts and emoji, `after` a character of theirs; elsewhere they only hide.
pub fn is_hostile(char: char, after: Option<char>) -> bool {
    match char {
        '\n' | '\t' => false,
        _ if char.is_control() => true,
        '\u{200C}' | '\u{200D}' => after.is_none_or(|before| before.is_ascii() || is_hostile(before, None)),
        // marks, embeddings, overrides and isolates of the writing direction
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        // invisible: soft hyphen, zero width, fillers, tags
        '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}' | '\u{2060}'..='\u{2064}' => true,
        '\u{206A}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}' => true,
        // line and paragraph separators
        '\u{2028}' | '\u{2029}' => true,
        _ => false,
    }
}

/// The hostile characters of a text with their offsets. A carriage return before a line break is part of the break.
pub fn hostile(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    // most lines are plain ASCII, which is seen without decoding
    let plain = |line: &str| line.bytes().all(|byte| matches!(byte, b'\n' | b'\t' | b' '..=b'~'));
    let lines = text.split_inclusive('\n').scan(0, |start, line| {
        let own = *start;
        *start += line.len();
        Some((own, line))
    });
    lines
        .filter(move |(_, line)| !plain(line))
        .flat_map(|(start, line)| in_line(line).map(move |(at, char)| (start + at, char)))
}

fn in_line(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let before = std::iter::once(None).chain(text.chars().map(Some));
    let ends_line = |at: usize| text.as_bytes().get(at + 1) == Some(&b'\n');
    text.char_indices()
        .zip(before)
        .filter(move |((at, char), before)| is_hostile(*char, *before) && !(*char == '\r' && ends_line(*at)))
        .map(|(found, _)| found)
}

fn has_hostile(text: &str) -> bool {
    hostile(text).next().is_some()
}

/// Writes each hostile character by `write`, and the others as they are.
fn mapped(text: &str, mut write: impl FnMut(&mut String, char)) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = 0;
    for (at, char) in hostile(text) {
        out.push_str(text.get(rest..at).unwrap_or_default());
        write(&mut out, char);
        rest = at + char.len_utf8();
    }
    out.push_str(text.get(rest..).unwrap_or_default());
    out
}

/// Replaces every hostile character by one U+FFFD, so that columns stay right. Line breaks and tabs stay.
pub fn source(text: &str) -> Cow<'_, str> {
    if !has_hostile(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(mapped(text, |out, _| out.push(char::REPLACEMENT_CHARACTER)))
}

/// Writes every such character as `<U+202E>`, so that a person reads which one it is. Line breaks and tabs stay.
pub fn text(text: &str) -> Cow<'_, str> {
    if !has_hostile(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(mapped(text, |out, char| out.push_str(&format!("<U+{:04X}>", char as u32))))
}

/// The same for messages, where a tab is a blank.
pub fn message(text: &str) -> Cow<'_, str> {
    if text.contains('\t') { Cow::Owned(self::text(&text.replace('\t', " ")).into_owned()) } else { self::text(text) }
}

/// The same for one line: a line break is a blank, too.
pub fn line(text: &str) -> Cow<'_, str> {
    if text.contains('\n') { Cow::Owned(message(&text.replace('\n', " ")).into_owned()) } else { message(text) }
}

/// Writes every such character of a JSON text as `\u202e`; they can only stand inside its strings.
pub fn json(text: &str) -> String {
    mapped(text, |out, char| {
        for unit in char.encode_utf16(&mut [0; 2]) {
            out.push_str(&format!("\\u{unit:04x}"));
        }
    })
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
        assert_eq!(text("\u{200d}ad\u{200c}min\t👩\u{200d}💻"), "<U+200D>ad<U+200C>min\t👩\u{200d}💻");
        assert_eq!(text("a\r\nb\rc"), "a\r\nb<U+000D>c");
        assert_eq!(line("a\nb\u{2028}c"), "a b<U+2028>c");
    }
}

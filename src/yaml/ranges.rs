//! Byte ranges that the parser does not give as a person would draw them.

use std::ops::Range;

use granit_parser::Span;

/// The bytes of a span, on character boundaries whatever the parser says.
pub(super) fn of(text: &str, span: &Span) -> Range<usize> {
    let range = span.byte_range().unwrap_or(text.len()..text.len());
    let start = text.floor_char_boundary(range.start.min(text.len()));
    let end = text.floor_char_boundary(range.end.clamp(start, text.len()));
    start..end.max(start)
}

/// A block scalar from its `|` or `>` to the end of its text; the parser's span starts at the text.
pub(super) fn block_scalar(text: &str, cursor: usize, at: Range<usize>) -> Range<usize> {
    let found = content(text, cursor);
    let start = if text[found..].starts_with(['|', '>']) && found <= at.start { found } else { at.start };
    let end = start + text[start..at.end.max(start)].trim_end().len();
    start..end
}

/// The first dash of a block list; a list that is not indented below its key has its span behind the dash.
pub(super) fn first_dash(text: &str, cursor: usize, at: usize) -> usize {
    if text[at..].starts_with('-') {
        return at;
    }
    let found = content(text, cursor);
    if text[found..].starts_with('-') && found <= at { found } else { at }
}

/// The empty range of a value that is not there: behind the key's colon.
pub(super) fn nothing(text: &str, at: usize) -> Range<usize> {
    let at = if text[at..].starts_with(':') { at + 1 } else { at };
    at..at
}

/// Where the next content starts behind `cursor`: comments, blanks and one indicator of an entry are passed over.
fn content(text: &str, cursor: usize) -> usize {
    let cursor = text.floor_char_boundary(cursor.min(text.len()));
    let mut at = cursor + blank(&text[cursor..]);
    if let Some(rest) = text[at..].strip_prefix([':', '-', '?', ',']) {
        if rest.is_empty() || rest.starts_with([' ', '\t', '\n', '\r']) {
            // a dash may be the content itself: only the caller of `first_dash` asks from behind a key
            let behind = at + 1;
            let next = behind + blank(&text[behind..]);
            at = next;
        }
    }
    at
}

/// How many bytes of blanks, line breaks and comments a text starts with.
fn blank(text: &str) -> usize {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{feff}']);
        if !rest.starts_with('#') {
            return text.len() - rest.len();
        }
        rest = rest.find(['\n', '\r']).map_or("", |end| &rest[end..]);
    }
}

//! Byte ranges that the parser does not give as a person would draw them.

use crate::part::Part;
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
    let start = if text.part(found..).starts_with(['|', '>']) && found <= at.start { found } else { at.start };
    let end = start + text.part(start..at.end.max(start)).trim_end().len();
    start..end
}

/// The first dash of a block list; a list that is not indented below its key has its span behind the dash.
pub(super) fn first_dash(text: &str, cursor: usize, at: usize) -> usize {
    if text.part(at..).starts_with('-') {
        return at;
    }
    let found = content(text, cursor);
    if text.part(found..).starts_with('-') && found <= at { found } else { at }
}

/// The empty range of a value that is not there: behind its colon or dash, else behind its key.
pub(super) fn nothing(text: &str, cursor: usize, at: usize) -> Range<usize> {
    let found = skip_blank(text, cursor);
    let behind = match indicator(text, found) {
        Some(':' | '-') if found <= at => found + 1,
        _ => at.min(cursor),
    };
    behind..behind
}

/// Where the next content starts behind `cursor`: comments, blanks and one indicator of an entry are passed over.
fn content(text: &str, cursor: usize) -> usize {
    let found = skip_blank(text, cursor);
    if indicator(text, found).is_some() { skip_blank(text, found + 1) } else { found }
}

/// The sign that begins an entry or a value at this place.
fn indicator(text: &str, at: usize) -> Option<char> {
    let sign = text.part(at..).chars().next().filter(|char| matches!(char, ':' | '-' | '?' | ','))?;
    let rest = text.part(at + 1..);
    (rest.is_empty() || rest.starts_with([' ', '\t', '\n', '\r', ',', ']', '}'])).then_some(sign)
}

/// The first byte behind `from` that is no blank, line break or comment.
fn skip_blank(text: &str, from: usize) -> usize {
    let mut rest = text.part(text.floor_char_boundary(from.min(text.len()))..);
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        if !rest.starts_with('#') {
            return text.len() - rest.len();
        }
        rest = rest.find(['\n', '\r']).map_or("", |end| rest.part(end..));
    }
}

//! The parser's errors, said so that a person knows what to write.

use std::ops::Range;
use std::sync::Arc;

use granit_parser::{ErrorKind, ScanError};

use crate::diagnostic::Finding;
use crate::source::{Place, Source};

use super::refused;

/// One finding for a text that is no YAML; `last` is the scalar that was read before.
pub(super) fn finding(source: &Arc<Source>, error: &ScanError, last: Option<Range<usize>>) -> Finding {
    let text = &source.text;
    let at = text.floor_char_boundary(error.marker().byte_offset().unwrap_or(text.len()).min(text.len()));
    let here = Place::new(source, character(text, at));
    let say = |code: &str, message: &str, label: &str, help: &str| {
        Finding::error(code, here.clone(), message).under(label).with_help(help)
    };
    match error.kind() {
        kind if is_tab(kind) => tab(source, at),
        ErrorKind::RecursionLimitExceeded => refused::too_deep(here),
        ErrorKind::UnclosedQuotedScalar => say(
            "Y016",
            "the quote is not closed",
            "opened here",
            "close it with the same quote; inside double quotes write `\\\"`, inside single quotes `''`",
        ),
        ErrorKind::DocumentIndicatorInQuotedScalar => say(
            "Y016",
            "the quoted text holds a line that begins with `---` or `...`",
            "opened here",
            "close the quote before that line, or indent the line",
        ),
        ErrorKind::UnclosedFlowCollection { open } => say(
            "Y017",
            &format!("the bracket `{open}` is not closed"),
            "opened here",
            &format!("write `{}` where it ends", closing(*open)),
        ),
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => say(
            "Y017",
            &format!("the bracket `{close}` closes a `{open}`"),
            "here",
            &format!("write `{}`", closing(*open)),
        ),
        ErrorKind::MisplacedFlowCollectionEnd => say(
            "Y017",
            "a bracket is closed that was never opened",
            "here",
            "remove it; where text is meant, put the whole value in quotes",
        ),
        ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::InvalidColonPlacement
        | ErrorKind::FlowMappingValueAdjacentCollection
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofImplicitFlowMapping => say(
            "Y017",
            "a list `[…]` or mapping `{…}` is not closed, or a comma is missing in it",
            "noticed here",
            "separate the entries with `, ` and close the bracket",
        ),
        ErrorKind::DirectiveDisallowed => {
            say("Y018", "directives such as `%YAML` are not allowed", "directive", "remove the line")
        }
        ErrorKind::MappingValueNotAllowed => colon(source, at, last),
        ErrorKind::InvalidIndentation
        | ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidBlockScalarIndent
        | ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::InvalidFlowScalarIndent => indentation(source, at),
        ErrorKind::BlockSequenceEntryNotAllowed | ErrorKind::BlockEntryInFlowCollection => say(
            "Y019",
            "a list entry `- ` cannot begin here",
            "this dash",
            "put `- ` at the start of a line of its own, below the key; where text is meant, put it in quotes",
        ),
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => say(
            "Y020",
            "the text in double quotes has an escape that YAML does not know",
            "here",
            "write `\\\\` for a backslash, or use single quotes, where a backslash is only a backslash",
        ),
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => say(
            "Y021",
            "there is text behind the closing quote",
            "this text",
            "put all of the value into the quotes, or remove the quotes",
        ),
        ErrorKind::UnexpectedCharacter { character } => say(
            "Y021",
            &format!("plain text cannot begin with `{}`", character.escape_default()),
            "here",
            "put the whole value in quotes",
        ),
        ErrorKind::InvalidBlockScalarHeader | ErrorKind::ZeroBlockScalarIndent => say(
            "Y021",
            "the text behind `|` or `>` must begin on the next line",
            "here",
            "break the line behind the sign and indent the text; where the sign is part of the text, put the value in quotes",
        ),
        ErrorKind::CommentNotSeparated => {
            say("Y021", "a comment needs a blank before its `#`", "here", "write ` #`, or put text with `#` in quotes")
        }
        ErrorKind::CommentInterceptedScalar => say(
            "Y021",
            "a comment stands inside text of several lines",
            "here",
            "move the comment before the key, or put the text in quotes",
        ),
        ErrorKind::MissingAnchorOrAliasName => say(
            "Y010",
            "`&` and `*` begin anchors and aliases, which are not allowed",
            "here",
            "where text is meant, put the value in quotes",
        ),
        ErrorKind::BomInsideDocument => say(
            "Y003",
            "a byte-order mark (U+FEFF) stands in the middle of the text",
            "an invisible character",
            "remove it; it is often left behind when files are joined",
        ),
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => no_colon(here),
        kind if is_tag(kind) => say(
            "Y012",
            "a tag that begins with `!` cannot be read",
            "here",
            "where text is meant, put the value in quotes",
        ),
        _ => say(
            "Y022",
            "the text is not YAML from here on",
            "here",
            "put text with special characters in quotes, and look at the indentation and the brackets before this place",
        ),
    }
}

/// The character at an offset; an empty range at the end of the text.
fn character(text: &str, at: usize) -> Range<usize> {
    match text[at..].chars().next() {
        Some('\n' | '\r') | None => at..at,
        Some(char) => at..at + char.len_utf8(),
    }
}

fn closing(open: char) -> char {
    if open == '[' { ']' } else { '}' }
}

fn is_tab(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabAtBlockScalarStart
            | ErrorKind::TabInIndentation
            | ErrorKind::TabInPlainScalar
            | ErrorKind::InvalidBlockEntryWhitespace
            | ErrorKind::InvalidMappingValueWhitespace
    )
}

fn is_tag(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UndeclaredTagHandle
            | ErrorKind::ExpectedTagBang
            | ErrorKind::InvalidGlobalTagCharacter
            | ErrorKind::InvalidTagTerminator
            | ErrorKind::MissingTagUri
            | ErrorKind::UnclosedVerbatimTag
            | ErrorKind::InvalidTagEscape
            | ErrorKind::InvalidTagUtf8LeadingByte
            | ErrorKind::InvalidTagUtf8TrailingByte
            | ErrorKind::InvalidTagUtf8
    )
}

/// The tab is where the parser noticed it, or before that in the line, or in the lines that follow.
fn tab(source: &Arc<Source>, at: usize) -> Finding {
    let line = source.line_range(source.line_column(at).0);
    let text = &source.text;
    let indent = line.start + text[line.clone()].len() - text[line.clone()].trim_start().len();
    let start = text[line.start..indent]
        .find('\t')
        .map(|tab| line.start + tab)
        .or_else(|| text[at..].find('\t').map(|tab| at + tab));
    let start = start.unwrap_or(at);
    let tabs = text[start..].bytes().take_while(|byte| *byte == b'\t').count();
    let lines = text.lines().filter(|line| line.trim_start_matches(' ').starts_with('\t')).count();
    let finding = Finding::error("Y002", Place::new(source, start..start + tabs), "a tab cannot indent")
        .under(if tabs > 1 { "tabs" } else { "a tab" })
        .with_help("use blanks, two for each level");
    if lines > 1 { finding.with_help(format!("{lines} lines of the file begin with a tab")) } else { finding }
}

/// `: ` where no key can be: in the middle of text, or below a line that cannot be continued.
fn colon(source: &Arc<Source>, at: usize, last: Option<Range<usize>>) -> Finding {
    let text = &source.text;
    let here = Place::new(source, character(text, at));
    let line = source.line_range(source.line_column(at).0);
    let Some(last) = last.filter(|last| last.end <= at) else {
        return no_colon(here);
    };
    if last.start >= line.start {
        return Finding::error("Y021", here, "there is a second `: ` in this line, where text goes on")
            .under("this colon")
            .with_help("put text that holds `: ` in quotes");
    }
    // several lines were read as one text, and the colon came too late
    let first = source.line_range(source.line_column(last.start).0);
    let begin =
        Place::new(source, last.start..last.start + text[last.start..first.end.max(last.start)].trim_end().len());
    let key =
        Place::new(source, line.start + (text[line.start..at].len() - text[line.start..at].trim_start().len())..at);
    if text[first.start..last.start].trim_end().ends_with(':') {
        return Finding::error("Y019", key, "this key is nested below a key that already has a value")
            .under("a key, deeper than the line before")
            .with_label(begin, "the value")
            .with_help("indent the key like its neighbours, or remove the value before it");
    }
    Finding::error("Y021", begin, "this line has no key: a key ends with a colon and a blank")
        .under("read as text that goes on in the next line")
        .with_label(key, "and here a key follows")
        .with_help("write `key: value`, with a blank after the colon")
}

fn indentation(source: &Arc<Source>, at: usize) -> Finding {
    let text = &source.text;
    let line = source.line_range(source.line_column(at).0);
    let place = Place::new(source, character(text, at));
    if !text[line.start..at].trim().trim_start_matches('-').is_empty() {
        return Finding::error("Y021", place, "the value has ended before this")
            .under("not expected here")
            .with_help("put the whole value in quotes, or begin a new line");
    }
    Finding::error("Y019", place, "the indentation fits no line above")
        .under("this line begins at a column that no open list or mapping has")
        .with_help("give all keys of a mapping and all dashes of a list the same indentation")
}

fn no_colon(place: Place) -> Finding {
    Finding::error("Y021", place, "a key must be followed by a colon and a blank")
        .under("here")
        .with_help("write `key: value`; a key and its colon stand on one line")
}

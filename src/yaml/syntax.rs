//! The parser's errors, said so that a person knows what to write.

use std::ops::Range;
use std::sync::Arc;

use granit_parser::{ErrorKind, ScanError};

use crate::diagnostic::Finding;
use crate::part::Part;
use crate::source::{Place, Source};

use super::refused;

/// One finding for a text that is no YAML; `last` is the scalar that was read before.
///
/// `open` is where the innermost list or mapping in brackets begins.
pub(super) fn finding(
    source: &Arc<Source>,
    error: &ScanError,
    last: Option<Range<usize>>,
    open: Option<usize>,
) -> Finding {
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
            &format!("the bracket `{open}` is closed by `{close}`"),
            "opened here",
            &format!("write `{}`", closing(*open)),
        ),
        ErrorKind::MisplacedFlowCollectionEnd => say(
            "Y017",
            "a bracket is closed that was never opened",
            "",
            "remove it; where text is meant, put the whole value in quotes",
        ),
        ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::InvalidColonPlacement
        | ErrorKind::FlowMappingValueAdjacentCollection
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofImplicitFlowMapping => brackets(source, here, open),
        ErrorKind::DirectiveDisallowed => {
            let line = Place::new(source, at..source.line_range(source.line_column(at).0).end.max(at));
            Finding::error("Y018", line, "directives such as `%YAML` are not allowed").with_help("remove the line")
        }
        ErrorKind::MappingValueNotAllowed => colon(source, at, last),
        ErrorKind::InvalidIndentation
        | ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidBlockScalarIndent
        | ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::InvalidFlowScalarIndent => indentation(source, at, error.kind()),
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
        | ErrorKind::InvalidUnicodeEscape => escape(source, at),
        ErrorKind::InvalidTrailingSingleQuotedScalar => say(
            "Y021",
            "there is text behind the closing quote",
            "this text",
            "put all of the value into the quotes; a quote inside single quotes is written twice, `''`",
        ),
        ErrorKind::InvalidTrailingDoubleQuotedScalar => say(
            "Y021",
            "there is text behind the closing quote",
            "this text",
            "put all of the value into the quotes; a quote inside double quotes is written `\\\"`",
        ),
        ErrorKind::UnexpectedCharacter { character } => say(
            "Y021",
            &format!("plain text cannot begin with `{}`", character.escape_default()),
            "",
            "put the whole value in quotes",
        ),
        ErrorKind::InvalidBlockScalarHeader | ErrorKind::ZeroBlockScalarIndent => say(
            "Y021",
            "the text behind `|` or `>` must begin on the next line",
            "",
            "break the line behind the sign and indent the text; where the sign is part of the text, put the value in quotes",
        ),
        ErrorKind::CommentNotSeparated => {
            say("Y021", "a comment needs a blank before its `#`", "", "write ` #`, or put text with `#` in quotes")
        }
        ErrorKind::CommentInterceptedScalar => say(
            "Y021",
            "a comment stands inside text of several lines",
            "",
            "move the comment before the key, or put the text in quotes",
        ),
        ErrorKind::MissingAnchorOrAliasName => say(
            "Y010",
            "`&` and `*` begin anchors and aliases, which are not allowed",
            "",
            "where text is meant, put the value in quotes",
        ),
        ErrorKind::BomInsideDocument => say(
            "Y003",
            "a byte-order mark (U+FEFF) stands in the middle of the text",
            "an invisible character",
            "remove it; it is often left behind when files are joined",
        ),
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => no_colon(here),
        kind if is_tag(kind) => {
            say("Y012", "a tag that begins with `!` cannot be read", "", "where text is meant, put the value in quotes")
        }
        _ => other(here),
    }
}

fn other(place: Place) -> Finding {
    Finding::error("Y022", place, "the text is not YAML from here on").with_help(
        "put text with special characters in quotes, and look at the indentation and the brackets before this place",
    )
}

/// The character at an offset; an empty range at the end of the text.
fn character(text: &str, at: usize) -> Range<usize> {
    match text.part(at..).chars().next() {
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
    let indent = line.start + text.part(line.clone()).len() - text.part(line.clone()).trim_start().len();
    let start = text
        .part(line.start..indent)
        .find('\t')
        .map(|tab| line.start + tab)
        .or_else(|| text.part(at..).find('\t').map(|tab| at + tab));
    let Some(start) = start else { return other(Place::new(source, character(text, at))) };
    let tabs = text.part(start..).bytes().take_while(|byte| *byte == b'\t').count();
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
        Place::new(source, last.start..last.start + text.part(last.start..first.end.max(last.start)).trim_end().len());
    let key = Place::new(
        source,
        line.start + (text.part(line.start..at).len() - text.part(line.start..at).trim_start().len())..at,
    );
    if text.part(first.start..last.start).trim_end().ends_with(':') {
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

/// A line that continues nothing: what it looks like decides what is said.
fn indentation(source: &Arc<Source>, at: usize, kind: &ErrorKind) -> Finding {
    let text = &source.text;
    let number = source.line_column(at).0;
    let line = source.line_range(number);
    let indent = line.end - text.part(line.clone()).trim_start().len();
    let rest = text.part(indent..line.end.max(indent)).trim_end();
    if !text.part(line.start..at).trim_matches([' ', '-']).is_empty() {
        return Finding::error("Y021", Place::new(source, character(text, at)), "the value has ended before this")
            .under("not expected here")
            .with_help("put the whole value in quotes, or begin a new line");
    }
    let place = Place::new(source, indent..indent + rest.len());
    let above = text.part(source.line_range(number.saturating_sub(1))).trim();
    let dash = rest == "-" || rest.starts_with("- ");
    if above.starts_with('#') && !dash && !rest.contains(':') {
        return Finding::error("Y021", place, "text of several lines cannot go on behind a comment")
            .with_label(Place::new(source, source.line_range(number - 1)), "this comment ends the text")
            .with_help("move the comment before the key, or put the text in quotes");
    }
    let finding = match kind {
        ErrorKind::ExpectedBlockMappingKey if dash => {
            Finding::error("Y019", place, "a list entry stands where a key is expected")
                .with_help("a list stands below its key, whose line ends with the colon")
        }
        ErrorKind::ExpectedBlockSequenceEntry if !dash => {
            Finding::error("Y019", place, "a list goes on in this line, but it does not begin with `- `").with_help(
                "begin every entry with `- `; a key that follows the list is indented like the list's own key",
            )
        }
        _ => Finding::error("Y019", place, "the indentation fits no line above")
            .under("begins at a column where no list and no mapping begins"),
    };
    finding.with_help("give all keys of a mapping and all dashes of a list the same indentation")
}

fn brackets(source: &Arc<Source>, here: Place, open: Option<usize>) -> Finding {
    let message = "a list `[…]` or mapping `{…}` is not closed, or a comma is missing in it";
    let finding = Finding::error("Y017", here, message)
        .under("not expected here")
        .with_help("separate the entries with `, ` and close the bracket");
    match open {
        Some(start) => finding.with_label(Place::new(source, character(&source.text, start)), "opened here"),
        None => finding,
    }
}

/// The first escape that is none, in the text in double quotes that starts at `at`.
fn escape(source: &Arc<Source>, at: usize) -> Finding {
    let text = &source.text;
    let range = bad_escape(text.part(at..)).map_or_else(|| character(text, at), |bad| at + bad.start..at + bad.end);
    let place = Place::new(source, range);
    let message = match place.text() {
        bad if bad.starts_with('\\') => format!("`{bad}` is no escape that YAML knows"),
        _ => "the text in double quotes has an escape that YAML does not know".to_owned(),
    };
    Finding::error("Y020", place, message)
        .with_help("write `\\\\` for a backslash, or use single quotes, where a backslash is only a backslash")
}

fn bad_escape(text: &str) -> Option<Range<usize>> {
    let mut chars = text.char_indices();
    while let Some((start, char)) = chars.next() {
        if char != '\\' {
            continue;
        }
        let (after, letter) = chars.next()?;
        let digits = match letter {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ if "0abt\tnvfre \"/\\N_LP\r\n".contains(letter) => continue,
            _ => return Some(start..after + letter.len_utf8()),
        };
        let rest = text.part(after + 1..);
        let found = rest.bytes().take(digits).take_while(u8::is_ascii_hexdigit).count();
        let value = u32::from_str_radix(rest.part(..found), 16).ok().filter(|_| found == digits);
        // a pair of surrogates is fine, half a pair is not: the parser has said that something is wrong
        if value.and_then(char::from_u32).is_none() {
            return Some(start..after + 1 + found);
        }
    }
    None
}

fn no_colon(place: Place) -> Finding {
    Finding::error("Y021", place, "a key must be followed by a colon and a blank")
        .with_help("write `key: value`; a key and its colon stand on one line")
}

//! From bytes to text: UTF-8, within the size limit, without control characters.

use std::sync::Arc;

use crate::diagnostic::Finding;
use crate::part::Part;
use crate::source::{Place, Source};

use super::load::Dialect;

/// How many control characters are reported one by one.
const MAX_CONTROL_FINDINGS: usize = 20;

impl Dialect {
    /// The largest text in bytes; larger ones are refused unread.
    pub fn max_bytes(self) -> usize {
        match self {
            Dialect::Blueprint => 1 << 20,
            Dialect::Template => 8 << 20,
        }
    }
}

/// The text of a file: UTF-8 with or without a byte-order mark (which is stripped; places count from behind it).
///
/// The size limit here is the template's; `load` applies the smaller one of blueprints.
pub fn decode(name: &str, bytes: &[u8]) -> Result<Arc<Source>, Vec<Finding>> {
    if bytes.len() > Dialect::Template.max_bytes() {
        return Err(vec![too_large(name, bytes.len() as u64, Dialect::Template)]);
    }
    let (mark, bytes) = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) => (3, rest),
        None => (0, bytes),
    };
    let text = std::str::from_utf8(bytes).map_err(|error| vec![not_utf8(name, bytes, mark, error.valid_up_to())])?;
    let source = Source::new(name, text);
    let findings = control_characters(&source);
    if findings.is_empty() { Ok(source) } else { Err(findings) }
}

/// The finding for a text beyond the limit; for readers that know a file's size before they read it.
pub fn too_large(name: &str, bytes: u64, dialect: Dialect) -> Finding {
    let limit = dialect.max_bytes();
    let what = match dialect {
        Dialect::Blueprint => "a blueprint",
        Dialect::Template => "a file",
    };
    // the text is not kept, so the place has none either
    Finding::error(
        "Y004",
        Place::new(&Source::new(name, ""), 0..0),
        format!("the file has {bytes} bytes; {what} may have at most {limit} ({} MiB)", limit >> 20),
    )
    .with_help("check that this is the right file; data does not belong in it")
}

fn not_utf8(name: &str, bytes: &[u8], mark: usize, offset: usize) -> Finding {
    // the text up to the offset is valid, so the offset holds in the lossy text too, and the replacement character is there
    let source = Source::new(name, String::from_utf8_lossy(bytes));
    let end = source.text.part(offset..).chars().next().map_or(offset, |char| offset + char.len_utf8());
    let place = Place::new(&source, offset..end);
    let byte = bytes.get(offset).copied().unwrap_or_default();
    if offset == 0 && mark == 0 && (bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF")) {
        return Finding::error("Y001", place, "the file is UTF-16, not UTF-8")
            .under("a UTF-16 byte-order mark")
            .with_help("save the file as UTF-8");
    }
    Finding::error("Y001", place, format!("the file is not UTF-8: byte 0x{byte:02X} at offset {}", offset + mark))
        .under("this byte, shown as U+FFFD")
        .with_help("save the file as UTF-8; if this is no text file, name another one")
}

fn control_characters(source: &Arc<Source>) -> Vec<Finding> {
    let mut all =
        source.text.char_indices().filter(|(_, char)| char.is_control() && !matches!(char, '\t' | '\n' | '\r'));
    let mut findings: Vec<Finding> = all
        .by_ref()
        .take(MAX_CONTROL_FINDINGS)
        .map(|(start, char)| {
            let name = match char {
                '\0' => " (NUL)",
                '\u{1b}' => " (escape)",
                '\u{7f}' => " (delete)",
                '\u{85}' => " (next line)",
                _ => "",
            };
            let place = Place::new(source, start..start + char.len_utf8());
            Finding::error("Y003", place, format!("control character U+{:04X}{name} in the text", char as u32))
                .with_help(format!("remove it; where it is meant, write `\\x{:02X}` in double quotes", char as u32))
        })
        .collect();
    let more = all.count();
    if let (Some(last), true) = (findings.last_mut(), more > 0) {
        last.help.push(format!("{more} more control characters follow; is this a text file?"));
    }
    findings
}

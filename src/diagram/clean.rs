//! Text of a blueprint on its way into SVG and Mermaid.

use crate::clean::is_hostile;

/// Characters of a name, a detail or a label that are shown.
pub(super) const LONGEST: usize = 120;

/// One line without characters that turn the writing direction, hide or command; each such character becomes U+FFFD.
pub(super) fn clean(text: &str, longest: usize) -> String {
    let mut out = String::new();
    let mut blank = false;
    for (count, char) in text.trim().chars().enumerate() {
        if count >= longest {
            out.push('…');
            break;
        }
        if char.is_whitespace() {
            blank = !out.is_empty();
            continue;
        }
        if std::mem::take(&mut blank) {
            out.push(' ');
        }
        let hostile = is_hostile(char, out.chars().next_back()) || no_character(char);
        out.push(if hostile { char::REPLACEMENT_CHARACTER } else { char });
    }
    out
}

/// XML refuses some of these.
fn no_character(char: char) -> bool {
    matches!(char, '\u{FDD0}'..='\u{FDEF}') || char as u32 & 0xFFFE == 0xFFFE
}

/// Text or an attribute's value of an XML document.
pub(super) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(char),
        }
    }
    out
}

/// Text between double quotes in Mermaid. Its labels are HTML and Markdown, so everything that could be either is written as a number.
pub(super) fn mermaid(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            _ if char.is_alphanumeric() => out.push(char),
            ' ' | ',' | '-' | '·' | '×' | '…' | '(' | ')' | '/' | ':' | '\'' => out.push(char),
            // a full stop after a number at the beginning would be a list
            '.' if !out.bytes().all(|byte| byte.is_ascii_digit()) => out.push('.'),
            _ => out.push_str(&format!("#{};", char as u32)),
        }
    }
    // so would a hyphen
    match out.strip_prefix('-') {
        Some(rest) => format!("#45;{rest}"),
        None => out,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        assert_eq!(clean(" a\u{1b}[31m\u{202e}b\r\n\t c\u{ffff} ", 40), "a\u{fffd}[31m\u{fffd}b c\u{fffd}");
        assert_eq!(clean("größer, 漢字, 👩‍💻", 40), "größer, 漢字, 👩‍💻");
        assert_eq!(clean("abcdef", 3), "abc…");
        assert_eq!(xml("<script>&\"'"), "&lt;script&gt;&amp;&quot;&#39;");
        assert_eq!(mermaid("1. a\"]; `x` <b>#&"), "1#46; a#34;#93;#59; #96;x#96; #60;b#62;#35;#38;");
        assert_eq!(mermaid("- a"), "#45; a");
    }
}

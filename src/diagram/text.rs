//! How wide a text is, from a table, and where it is broken: no font is asked, so the picture is the same everywhere.

/// Size and weight of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Face {
    /// Height of the font in units of the picture.
    pub size: f64,
    /// Bold or not.
    pub bold: bool,
}

/// Other fonts of the stack (Helvetica Neue, Segoe UI, Roboto) are nowhere wider by more.
const SAFETY: f64 = 1.06;

/// Widths of U+0020 to U+007E in thousandths of the size, regular: those of Arial and the fonts made to its measure.
#[rustfmt::skip]
const REGULAR: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
    500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
    556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
    278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// Widths of U+0020 to U+007E in thousandths of the size, bold: those of Arial and the fonts made to its measure.
#[rustfmt::skip]
const BOLD: [u16; 95] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278,
    556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584,
    556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556,
    333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
];

/// The width of a text, with a margin for other fonts.
pub fn width(text: &str, face: Face) -> f64 {
    let table = if face.bold { &BOLD } else { &REGULAR };
    let thousandths: u32 = text.chars().map(|char| char_width(char, table)).sum();
    f64::from(thousandths) / 1000.0 * face.size * SAFETY
}

fn char_width(char: char, table: &[u16; 95]) -> u32 {
    let index = (char as usize).wrapping_sub(0x20);
    match table.get(index) {
        Some(width) => u32::from(*width),
        None if char as u32 == 0xB7 => 333,
        // Latin with accents, Greek, Cyrillic: none is wider than a capital M
        None if (char as u32) < 0x590 => 900,
        None => 1100,
    }
}

/// The text in lines of at most a width; what is left over after the last line is cut, with an ellipsis.
pub(super) fn wrap(text: &str, face: Face, limit: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut words = pieces(text).peekable();
    while let Some((word, blank)) = words.peek() {
        let between = if *blank { " " } else { "" };
        let joined = match lines.last() {
            Some(line) => format!("{line}{between}{word}"),
            None => (*word).to_owned(),
        };
        if !lines.is_empty() && width(&joined, face) <= limit {
            lines.pop();
            lines.push(joined);
            words.next();
        } else if lines.len() < most {
            // a word alone that is too long is cut
            lines.push(cut(word, face, limit));
            words.next();
        } else {
            if let Some(last) = lines.pop() {
                lines.push(cut(&format!("{last}{between}{word} …"), face, limit));
            }
            break;
        }
    }
    lines
}

/// Words, and after hyphens their parts; with each, whether a blank stands before it.
fn pieces(text: &str) -> impl Iterator<Item = (&str, bool)> {
    text.split(' ')
        .filter(|word| !word.is_empty())
        .flat_map(|word| word.split_inclusive('-').enumerate().map(|(number, part)| (part, number == 0)))
}

/// As much of a text as fits, with an ellipsis where something is missing.
fn cut(text: &str, face: Face, limit: f64) -> String {
    if width(text, face) <= limit {
        return text.to_owned();
    }
    let mut kept: Vec<char> = text.chars().collect();
    while kept.pop().is_some() {
        let shorter: String = kept.iter().collect();
        let shorter = format!("{}…", shorter.trim_end());
        if width(&shorter, face) <= limit {
            return shorter;
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACE: Face = Face { size: 10.0, bold: false };

    #[test]
    fn lines_are_no_wider_than_asked() {
        let lines = wrap("Amazon Bedrock knowledge base of the course", FACE, 90.0, 2);
        assert_eq!(lines, ["Amazon Bedrock", "knowledge base…"]);
        assert_eq!(wrap("", FACE, 90.0, 2), Vec::<String>::new());
        assert_eq!(wrap("a b", FACE, 90.0, 2), ["a b"]);
        let long = wrap("x".repeat(100).as_str(), FACE, 60.0, 2);
        assert!(long.len() == 1 && long[0].ends_with('…') && width(&long[0], FACE) <= 60.0, "{long:?}");
    }
}

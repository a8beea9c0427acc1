//! A strict reader of the XML that pictures are written in.

/// Why a document is not well-formed, or has what a picture must not have.
pub fn problem(text: &str) -> Option<String> {
    let mut open: Vec<String> = Vec::new();
    let mut rest = text;
    let mut roots = 0;
    while !rest.is_empty() {
        let Some(start) = rest.find('<') else {
            return (!rest.trim().is_empty()).then(|| "text after the end".to_owned());
        };
        let (before, tag) = rest.split_at(start);
        if let Some(wrong) = characters(before, open.last().is_some_and(|name| name == "style")) {
            return Some(wrong);
        }
        if open.is_empty() && !before.trim().is_empty() {
            return Some(format!("text outside of the root: {before:?}"));
        }
        let Some(end) = tag.find('>') else { return Some("a tag is not closed".to_owned()) };
        let inner = &tag[1..end];
        rest = &tag[end + 1..];
        if let Some(name) = inner.strip_prefix('/') {
            if open.pop().as_deref() != Some(name) {
                return Some(format!("</{name}> closes nothing"));
            }
            continue;
        }
        let (inner, alone) = inner.strip_suffix('/').map_or((inner, false), |inner| (inner, true));
        let name: String = inner.chars().take_while(|char| char.is_ascii_alphanumeric()).collect();
        if !["svg", "title", "desc", "style", "g", "rect", "path", "line", "text"].contains(&name.as_str()) {
            return Some(format!("the element `{name}` does not belong here"));
        }
        roots += usize::from(open.is_empty());
        if let Some(wrong) = attributes(&inner[name.len()..]) {
            return Some(format!("<{name}>: {wrong}"));
        }
        if !alone {
            open.push(name);
        }
    }
    (!open.is_empty() || roots != 1).then(|| format!("{roots} roots, left open: {open:?}"))
}

fn attributes(text: &str) -> Option<String> {
    let mut rest = text;
    let mut seen = Vec::new();
    while !rest.trim().is_empty() {
        let Some(start) = rest.find("=\"") else { return Some(format!("no attribute: {rest:?}")) };
        let name = &rest[..start];
        let plain = |char: char| char.is_ascii_alphanumeric() || char == '-';
        if !name.starts_with(' ') || !name[1..].chars().all(plain) || seen.contains(&name) {
            return Some(format!("no name of an attribute: {name:?}"));
        }
        if name[1..].starts_with("on") || ["href", "src"].contains(&&name[1..]) {
            return Some(format!("the attribute {name} does not belong here"));
        }
        seen.push(name);
        let value = &rest[start + 2..];
        let Some(end) = value.find('"') else { return Some(format!("{name} is not closed")) };
        if let Some(wrong) = characters(&value[..end], false) {
            return Some(wrong);
        }
        rest = &value[end + 1..];
    }
    None
}

/// Characters that XML refuses, references that are not its own, and what turns the direction of text.
fn characters(text: &str, style: bool) -> Option<String> {
    for (start, _) in text.match_indices('&') {
        let known = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"];
        if !known.iter().any(|reference| text[start..].starts_with(reference)) {
            return Some(format!("a bare ampersand: {:?}", text[start..].chars().take(12).collect::<String>()));
        }
    }
    let hostile = |char: char| {
        (char.is_control() && char != '\n')
            || matches!(char, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{61C}')
            || char as u32 & 0xFFFE == 0xFFFE
            || (char == '>' && !style)
    };
    text.chars().find(|char| hostile(*char)).map(|char| format!("the character {char:?} stands in {text:?}"))
}

#[test]
fn the_reader_sees_mistakes() {
    assert_eq!(problem("<svg><g a=\"1\"/><text>a &amp; b</text></svg>\n"), None);
    for wrong in [
        "<svg>",
        "<svg></g></svg>",
        "<svg><script></script></svg>",
        "<svg><g a=1/></svg>",
        "<svg><g onload=\"x\"/></svg>",
        "<svg>&nbsp;</svg>",
        "<svg>\u{202e}</svg>",
        "<svg/><svg/>",
        "<svg/>x",
    ] {
        assert!(problem(wrong).is_some(), "{wrong}");
    }
}

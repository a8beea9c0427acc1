//! Two templates that may differ only where they hold a text: the harmless one here, the hostile one there.

use atelier::source::Source;
use atelier::yaml::{Dialect, Node, Value, load};

/// The tree of a template, read by atelier's own loader.
pub fn tree(text: &str) -> Result<Node, String> {
    load(&Source::new("template.yaml", text), Dialect::Template)
        .map_err(|findings| format!("the template is not read back: {}", findings[0].message))
}

/// What differs that must not; how many places hold the text.
pub fn compare(harmless: &Node, hostile: &Node, texts: (&str, &str)) -> Result<usize, String> {
    same(harmless, hostile, texts, &mut Vec::new())
}

fn same(a: &Node, b: &Node, texts: (&str, &str), path: &mut Vec<String>) -> Result<usize, String> {
    let at = |path: &[String]| path.join(".");
    // a text with `${` is written as the join of its parts, so that no reader takes it for a forgotten Fn::Sub
    if let (None, Value::String(first), Some(joined)) = (&a.tag, &a.value, joined(b)) {
        return match fits(first, &joined, texts, false) {
            true => Ok(1),
            false => Err(format!("{}: {first:?} became the join {joined:?}", at(path))),
        };
    }
    // without anything to substitute, `!Sub` is left out: a hostile `${` brings it back, escaped
    let tags = (a.tag.as_deref(), b.tag.as_deref());
    let only_sub = matches!(tags, (None, Some("Sub")) | (Some("Sub"), None));
    if tags.0 != tags.1 && !only_sub {
        return Err(format!("{}: the tag {:?} became {:?}", at(path), a.tag, b.tag));
    }
    match (&a.value, &b.value) {
        (Value::Map(first), Value::Map(second)) => {
            let keys =
                |entries: &[atelier::yaml::Entry]| entries.iter().map(|entry| entry.key.clone()).collect::<Vec<_>>();
            let (one, two) = (keys(first), keys(second));
            if one.len() != two.len() || !one.iter().zip(&two).all(|(one, two)| fits(one, two, texts, false)) {
                return Err(format!("{}: the keys {one:?} became {two:?}", at(path)));
            }
            let mut held = 0;
            for (first, second) in first.iter().zip(second) {
                path.push(first.key.clone());
                held += same(&first.value, &second.value, texts, path)?;
                path.pop();
            }
            Ok(held)
        }
        (Value::List(first), Value::List(second)) if first.len() == second.len() => {
            let mut held = 0;
            for (index, (first, second)) in first.iter().zip(second).enumerate() {
                path.push(index.to_string());
                held += same(first, second, texts, path)?;
                path.pop();
            }
            Ok(held)
        }
        (Value::String(first), Value::String(second)) => {
            let in_sub = b.tag.as_deref() == Some("Sub") || path.iter().any(|step| step == "Fn::Sub");
            if fits(first, second, texts, in_sub || inside_sub(path)) {
                return Ok(usize::from(first.contains(texts.0)));
            }
            Err(format!("{}: {first:?} became {second:?}", at(path)))
        }
        (first, second) if first == second => Ok(0),
        _ => Err(format!("{}: {:?} became {:?}", at(path), a.value, b.value)),
    }
}

/// The text that a `!Join` of plain texts gives.
fn joined(node: &Node) -> Option<String> {
    let [separator, parts] = node.items() else { return None };
    let plain = |part: &Node| part.as_str().filter(|_| part.tag.is_none()).map(str::to_owned);
    let parts = parts.items().iter().map(plain).collect::<Option<Vec<_>>>()?;
    (node.tag.as_deref() == Some("Join")).then(|| parts.join(separator.as_str().unwrap_or_default()))
}

/// `!Sub [text, map]`: the text is the first item of a list.
fn inside_sub(path: &[String]) -> bool {
    path.last().is_some_and(|step| step == "0")
}

/// Whether a text is the other one with the hostile text in place of the harmless one.
fn fits(first: &str, second: &str, (harmless, hostile): (&str, &str), sub: bool) -> bool {
    if first == second || first.replace(harmless, hostile) == second {
        return true;
    }
    // a name of letters and digits may become a part of a logical id, with a capital letter in front
    if hostile.chars().all(|char| char.is_ascii_alphanumeric())
        && first.replace(harmless, hostile).replace(&capital(harmless), &capital(hostile)) == second
    {
        return true;
    }
    let json =
        |text: &str| serde_json::to_string(text).map(|text| text[1..text.len() - 1].to_owned()).unwrap_or_default();
    let escaped = |text: &str| text.replace("${", "${!");
    // a short text may stand in the template by itself, too, and stays there
    let mut encodings = vec![hostile.to_owned(), json(hostile), harmless.to_owned()];
    if sub {
        encodings.extend([escaped(hostile), escaped(&json(hostile)), json(&escaped(hostile))]);
    }
    let fit = |first: &str, second: &str| interleaved(&first.split(harmless).collect::<Vec<_>>(), second, &encodings);
    fit(first, second) || fit(&digests(first), &digests(second)) || fit(&words(first), &words(second))
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_ascii_uppercase().to_string() + chars.as_str()).unwrap_or_default()
}

/// Whether a text is these parts with one of the fillings between each two.
fn interleaved(parts: &[&str], text: &str, fillings: &[String]) -> bool {
    let Some(rest) = text.strip_prefix(parts[0]) else { return false };
    if parts.len() == 1 {
        return rest.is_empty();
    }
    fillings
        .iter()
        .any(|filling| rest.strip_prefix(filling.as_str()).is_some_and(|rest| interleaved(&parts[1..], rest, fillings)))
}

/// Digests of 8 hexadecimal digits follow the content they are made from.
fn digests(text: &str) -> String {
    let mut out = String::new();
    let mut run = String::new();
    for char in text.chars().chain(['\0']) {
        if char.is_ascii_digit() || ('a'..='f').contains(&char) {
            run.push(char);
            continue;
        }
        out.push_str(if run.len() == 8 { "DIGEST" } else { &run });
        run.clear();
        out.push(char);
    }
    out.pop();
    out
}

/// Shell words of the form `$'…'` as the text they stand for, in plain quotes.
fn words(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("$'") {
        out.push_str(&rest[..start]);
        let body = &rest[start + 2..];
        let Some(end) = body.find('\'') else { break };
        let mut bytes = Vec::new();
        let mut left = body[..end].bytes();
        while let Some(byte) = left.next() {
            if byte == b'\\' {
                let hex: String = left.by_ref().skip(1).take(2).map(char::from).collect();
                bytes.push(u8::from_str_radix(&hex, 16).unwrap_or(b'?'));
            } else {
                bytes.push(byte);
            }
        }
        out.push('\'');
        out.push_str(&String::from_utf8_lossy(&bytes));
        out.push('\'');
        rest = &body[end + 1..];
    }
    out.push_str(rest);
    out
}

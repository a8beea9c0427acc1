//! How values become text: JSON literals in templates, plain words in messages, shell words in scripts.

use std::fmt::Write;
use std::sync::Arc;

use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error, Output, State};

use crate::clean::is_hostile;
use crate::library::Files;

use super::value::bounded;
use super::{Expr, invalid, to_json};

/// Blanks before the lines of a file that is written into a template.
const DEEPEST_INDENT: usize = 200;

pub(super) fn register(env: &mut Environment<'static>, files: Arc<Files>) {
    env.add_function("shell", |_: &mut State, value: Value| shell(&value).map(Value::from_safe_string));
    env.add_function("json", |_: &mut State, value: Value| {
        bounded(&value)?;
        Ok::<_, Error>(Value::from(to_json(&value).to_string()))
    });
    env.add_function("digest", |_: &mut State, value: Value| {
        bounded(&value)?;
        Ok::<_, Error>(Value::from(digest(&to_json(&value).to_string())))
    });
    env.add_function("fail", |_: &mut State, message: String| Err::<Value, _>(invalid(message)));
    env.add_function("code", move |_: &mut State, path: String, indent: usize| {
        let source = files
            .read(&format!("templates/{path}"))
            .ok_or_else(|| invalid(format!("there is no file templates/{path}")))?;
        if indent > DEEPEST_INDENT {
            return Err(invalid(format!("an indentation of {indent} is more than {DEEPEST_INDENT}")));
        }
        Ok::<_, Error>(Value::from_safe_string(indented(&source.text, indent)))
    });
}

/// One YAML scalar that every reader (1.1 and 1.2) takes for exactly this text: JSON, with what YAML folds or forbids escaped.
pub fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // controls, line separators, byte order mark, marks that turn the direction of text: visible in review, safe in YAML
            '\0'..='\u{1f}'
            | '\u{7f}'..='\u{a0}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff0}'..='\u{ffff}' => {
                let _ = write!(out, "\\u{:04x}", char as u32);
            }
            // fillers, too; what is beyond the 16 bits of an escape no YAML reader takes from two of them: such a template is refused
            _ if is_hostile(char, None) && (char as u32) < 0x1_0000 => {
                let _ = write!(out, "\\u{:04x}", char as u32);
            }
            _ => out.push(char),
        }
    }
    out.push('"');
    out
}

pub(super) fn write_json(out: &mut Output, value: &Value) -> Result<(), Error> {
    bounded(value)?;
    let mut text = String::new();
    json(&mut text, value)?;
    out.write_str(&text).map_err(Error::from)
}

fn json(out: &mut String, value: &Value) -> Result<(), Error> {
    if let Some(expr) = value.downcast_object_ref::<Expr>() {
        out.push_str(&expr.text());
        return Ok(());
    }
    match value.kind() {
        ValueKind::Undefined => return Err(minijinja::ErrorKind::UndefinedError.into()),
        ValueKind::None => out.push_str("null"),
        ValueKind::String if value.is_safe() => out.push_str(value.as_str().unwrap_or_default()),
        ValueKind::String => out.push_str(&literal(value.as_str().unwrap_or_default())),
        ValueKind::Seq | ValueKind::Iterable => {
            out.push('[');
            for (index, item) in value.try_iter()?.enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                json(out, &item)?;
            }
            out.push(']');
        }
        ValueKind::Map => {
            out.push('{');
            for (index, key) in value.try_iter()?.enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                out.push_str(&literal(&key.as_str().map_or_else(|| key.to_string(), str::to_owned)));
                out.push_str(": ");
                json(out, &value.get_item(&key)?)?;
            }
            out.push('}');
        }
        ValueKind::Bool | ValueKind::Number => {
            out.push_str(&serde_json::to_string(value).map_err(|error| invalid(error.to_string()))?);
        }
        other => return Err(invalid(format!("a {other} cannot be written into a template"))),
    }
    Ok(())
}

/// In messages strings stand bare, lists as words with commas.
pub(super) fn write_plain(out: &mut Output, value: &Value) -> Result<(), Error> {
    bounded(value)?;
    let text = plain(value)?;
    out.write_str(&text).map_err(Error::from)
}

fn plain(value: &Value) -> Result<String, Error> {
    Ok(match value.kind() {
        ValueKind::Undefined => return Err(minijinja::ErrorKind::UndefinedError.into()),
        ValueKind::Seq | ValueKind::Iterable => {
            value.try_iter()?.map(|item| plain(&item)).collect::<Result<Vec<_>, _>>()?.join(", ")
        }
        ValueKind::String => value.as_str().unwrap_or_default().to_owned(),
        ValueKind::None => "nothing".to_owned(),
        _ => to_json(value).to_string(),
    })
}

/// One shell word in which nothing is code, for scripts inside and outside of `Fn::Sub`.
pub(super) fn shell(value: &Value) -> Result<String, Error> {
    if let Some(expr) = value.downcast_object_ref::<Expr>() {
        // a reference that Fn::Sub fills in: its value is the deployer's, bounded by the parameter's pattern
        let inner = expr.inline().ok_or_else(|| invalid("only a reference can stand in a script"))?;
        return Ok(format!("'{inner}'"));
    }
    let text = match value.kind() {
        ValueKind::String => value.as_str().unwrap_or_default().to_owned(),
        ValueKind::Number | ValueKind::Bool => to_json(value).to_string(),
        other => return Err(invalid(format!("a {other} cannot be a shell word"))),
    };
    let plain =
        |char: char| (char.is_alphanumeric() && !is_hostile(char, None)) || " _-./:@%+=,~#*?<>()[]&|;!^".contains(char);
    if text.chars().all(plain) {
        return Ok(format!("'{text}'"));
    }
    // $'…' knows escapes, so that quotes, line breaks, `$` (Fn::Sub) and braces (dynamic references) need not stand there
    let mut out = String::from("$'");
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b" _-./:@%+=,".contains(&byte) {
            out.push(byte as char);
        } else {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out.push('\'');
    Ok(out)
}

fn indented(text: &str, indent: usize) -> String {
    let blanks = " ".repeat(indent);
    let mut out = String::new();
    for (index, line) in text.trim_end().lines().enumerate() {
        if index > 0 {
            out.push('\n');
            if !line.is_empty() {
                out.push_str(&blanks);
            }
        }
        out.push_str(line);
    }
    out
}

/// FNV-1a, folded to 8 hexadecimal digits: tells one content from another, not for security.
fn digest(text: &str) -> String {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{:08x}", (hash >> 32) ^ (hash & 0xffff_ffff))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_read_back_as_the_same_text() {
        for text in ["", "a\"b", "tab\tnewline\n", "\u{85}\u{2028}\u{feff}", "né 🦀", "{{ x }} ${y}", "on", "012"] {
            let back: String = serde_json::from_str(&literal(text)).expect("a JSON string");
            assert_eq!(back, text);
        }
    }

    #[test]
    fn a_shell_word_holds_no_code() {
        let word = |text: &str| shell(&Value::from(text)).expect("a word");
        assert_eq!(word("org/model-1.0"), "'org/model-1.0'");
        assert_eq!(word("it's"), r"$'it\x27s'");
        assert_eq!(word("${AWS::Region}"), r"$'\x24\x7bAWS::Region\x7d'");
        assert_eq!(word("a\nrm"), r"$'a\x0arm'");
    }
}

//! What a plain scalar means: YAML 1.2 core, minus what people do not mean.

use super::Value;

/// The value of a scalar that was written without quotes.
///
/// Left as text: `yes`, `no`, `on`, `off`, `y`, `n` (YAML 1.1 booleans), whole numbers with leading zeros (account ids) or
/// beyond 64 bits, `0x…` and `0o…`, `.inf`, `.nan`, and dates.
pub(super) fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    match number(text) {
        Some(Shape::Whole) => text.parse().map_or_else(|_| Value::String(text.into()), Value::Int),
        Some(Shape::Broken) => match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Value::Float(value),
            _ => Value::String(text.into()),
        },
        None => Value::String(text.into()),
    }
}

/// What kind of value this is, for messages.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "empty",
        Value::Bool(_) => "a truth value",
        Value::Int(_) | Value::Float(_) => "a number",
        Value::String(_) => "text",
        Value::List(_) => "a list",
        Value::Map(_) => "a mapping",
    }
}

enum Shape {
    Whole,
    Broken,
}

/// `[-+]?(0|[1-9][0-9]*)?(\.[0-9]*)?([eE][-+]?[0-9]+)?` with at least one digit before the exponent.
fn number(text: &str) -> Option<Shape> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, rest) = digits(unsigned);
    if whole.len() > 1 && whole.starts_with('0') {
        return None;
    }
    if rest.is_empty() {
        return (!whole.is_empty()).then_some(Shape::Whole);
    }
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => digits(rest),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    if rest.is_empty() {
        return Some(Shape::Broken);
    }
    let exponent = rest.strip_prefix(['e', 'E'])?;
    let (power, rest) = digits(exponent.strip_prefix(['-', '+']).unwrap_or(exponent));
    (!power.is_empty() && rest.is_empty()).then_some(Shape::Broken)
}

/// Splits the leading ASCII digits off.
fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_scalars_and_the_exceptions() {
        let text = |text: &str| Value::String(text.into());
        let cases = [
            ("", Value::Null),
            ("~", Value::Null),
            ("null", Value::Null),
            ("true", Value::Bool(true)),
            ("FALSE", Value::Bool(false)),
            ("0", Value::Int(0)),
            ("-17", Value::Int(-17)),
            ("+5", Value::Int(5)),
            ("9223372036854775807", Value::Int(i64::MAX)),
            ("-9223372036854775808", Value::Int(i64::MIN)),
            ("0.5", Value::Float(0.5)),
            (".5", Value::Float(0.5)),
            ("5.", Value::Float(5.0)),
            ("-1.5e-3", Value::Float(-0.0015)),
            ("1e3", Value::Float(1000.0)),
        ];
        for (written, value) in cases {
            assert_eq!(plain(written), value, "{written}");
        }
        for written in [
            "yes",
            "no",
            "on",
            "off",
            "y",
            "n",
            "Yes",
            "NO",
            "tRue",
            "nUll",
            "012345678901",
            "007.5",
            "-01",
            "0x1F",
            "0o17",
            "1_000",
            ".inf",
            "-.inf",
            ".nan",
            "2026-11-23",
            "12:30:45",
            "9223372036854775808",
            "1e999",
            "1e",
            "e1",
            ".",
            "-",
            "+",
            ".e1",
            "1.2.3",
            "1.5 ",
            "١",
        ] {
            assert_eq!(plain(written), text(written), "{written}");
        }
    }
}

//! The second environment: texts for people and shells. What is written is escaped by what the text is, told by its ending.

use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Error, Output, State, UndefinedBehavior};

use crate::clean;
use crate::diagnostic::Finding;
use crate::library::Files;
use crate::part::Part;
use crate::source::Place;

use super::{from_json, invalid, text};

/// Renders texts that are no CloudFormation.
pub struct Documents {
    env: Environment<'static>,
    files: Arc<Files>,
}

impl Documents {
    /// Over a library's files.
    pub fn new(files: Arc<Files>) -> Documents {
        Documents { env: documents(Arc::clone(&files)), files }
    }

    /// Renders `templates/<name>`; `verbatim` are texts that stand as they are because this house wrote them.
    pub fn render(
        &self,
        name: &str,
        context: &serde_json::Value,
        verbatim: &[(&str, String)],
    ) -> Result<String, Vec<Finding>> {
        let mut variables: Vec<(String, Value)> = Vec::new();
        for (key, value) in context.as_object().into_iter().flatten() {
            variables.push((key.clone(), from_json(value, &mut Vec::new(), &|_| None)));
        }
        for (key, text) in verbatim {
            variables.push(((*key).to_owned(), Value::from_safe_string(text.clone())));
        }
        self.env.get_template(name).and_then(|t| t.render(Value::from_pairs(variables))).map_err(|error| {
            let reason = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
            let file = error.name().unwrap_or(name);
            let source = self.files.read(&format!("templates/{file}"));
            let place = source.map(|source| {
                let range = error.range().unwrap_or_else(|| source.line_range(error.line().unwrap_or(1)));
                Place::new(&source, range)
            });
            vec![Finding::error("T001", place, format!("the text `{file}` cannot be rendered: {reason}"))]
        })
    }
}

/// The environment for pages (`….md.j2`), HTML (`….html.j2`), settings of scripts (`….sh.j2`), YAML and JSON (`….yaml.j2`, `….json.j2`).
///
/// A value comes out as a piece of plain text in Markdown and HTML, as one word in a shell, as a literal in YAML and JSON; what a
/// template itself says stays as it is.
fn documents(files: Arc<Files>) -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    #[expect(clippy::expect_used, reason = "the delimiters are the default ones")]
    let syntax = syntax.build().expect("the default delimiters are distinct");
    env.set_syntax(syntax);
    env.set_fuel(Some(super::FUEL * 10));
    env.set_recursion_limit(64);
    // macros and `set` blocks give safe strings only when escaping is on; the formatter below does the escaping
    env.set_auto_escape_callback(|_| AutoEscape::Json);
    env.set_formatter(write);
    env.remove_filter("safe");
    env.set_loader(move |name| Ok(files.read(&format!("templates/{name}")).map(|source| source.text.clone())));
    env.add_filter("code", |_: &mut State, value: Value| Value::from_safe_string(code(&text_of(&value))));
    env.add_filter("fence", |_: &mut State, value: Value, language: String| {
        Value::from_safe_string(fence(&text_of(&value), &language))
    });
    // texts of the library itself, Markdown by their authors; nothing of a blueprint or a lab goes through it
    env.add_filter("authored", |_: &mut State, value: Value| Value::from_safe_string(text_of(&value)));
    env.add_function("fail", |_: &mut State, message: String| Err::<Value, _>(invalid(message)));
    env
}

fn write(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    let name = state.name().trim_end_matches(".j2");
    if value.is_undefined() {
        return Err(minijinja::ErrorKind::UndefinedError.into());
    }
    if value.is_safe() {
        return out.write_str(value.as_str().unwrap_or_default()).map_err(Error::from);
    }
    let escaped = match name.rsplit('.').next().unwrap_or_default() {
        "md" => markdown(&text_of(value)),
        "html" => html(&text_of(value)),
        "sh" => text::shell(value)?,
        "yaml" | "json" => return text::write_json(out, value),
        other => return Err(invalid(format!("nothing says how a value is written into a text that ends in .{other}"))),
    };
    out.write_str(&escaped).map_err(Error::from)
}

/// A value as text in which nothing commands a terminal, turns the writing direction or hides.
fn text_of(value: &Value) -> String {
    clean::text(&value.as_str().map_or_else(|| value.to_string(), str::to_owned)).into_owned()
}

/// Plain text as Markdown: one line in which nothing is markup, HTML, a directive or a shortcode.
fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for (index, word) in text.split_whitespace().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        // at the start of a line these begin headings, lists, quotations, rules, directives
        if index == 0 && word.starts_with(['#', '+', '-', '=', '>', ':']) {
            out.push('\\');
        }
        let digits = word.len() - word.trim_start_matches(|char: char| char.is_ascii_digit()).len();
        let numbers = index == 0 && digits > 0 && matches!(word.part(digits..), "." | ")");
        for (position, char) in word.char_indices() {
            let ordinal = numbers && position == digits;
            if ordinal || matches!(char, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '|' | '~' | '&' | '{' | '$') {
                out.push('\\');
            }
            out.push(char);
        }
    }
    out
}

/// Text as code within a line; line breaks become blanks.
fn code(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let ticks = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// Text as a block of code.
fn fence(text: &str, language: &str) -> String {
    let ticks = "`".repeat((longest_run(text) + 1).max(3));
    format!("{ticks}{language}\n{}\n{ticks}", text.trim_end())
}

fn longest_run(text: &str) -> usize {
    text.split(|char| char != '`').map(str::len).max().unwrap_or(0)
}

/// Text as HTML, also inside a quoted attribute.
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            _ => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(name: &'static str, source: &str, value: &str) -> String {
        let env = documents(Arc::default());
        env.render_named_str(name, source, Value::from_pairs([("x", value)])).expect("it renders")
    }

    #[test]
    fn a_value_is_plain_text_in_every_kind_of_document() {
        assert_eq!(render("a.md.j2", "{{ x }}", "# <b>*x*</b>\n::alert[y]"), r"\# \<b>\*x\*\</b> ::alert\[y\]");
        assert_eq!(render("a.md.j2", "{{ x }}", "1. one"), r"1\. one");
        assert_eq!(render("a.md.j2", "{{ x | code }}", "a`b"), "``a`b``");
        assert_eq!(render("a.md.j2", "{{ x | fence('sh') }}", "a\n```\nb"), "````sh\na\n```\nb\n````");
        assert_eq!(render("a.html.j2", "<p title='{{ x }}'>", "'\"<&>"), "<p title='&#39;&quot;&lt;&amp;&gt;'>");
        assert_eq!(render("a.sh.j2", "X={{ x }}", "$(rm)'"), r"X=$'\x24\x28rm\x29\x27'");
        assert_eq!(render("a.yaml.j2", "x: {{ x }}", "a\"\n"), "x: \"a\\\"\\n\"");
    }

    #[test]
    fn a_document_of_another_kind_takes_no_value() {
        let env = documents(Arc::default());
        assert!(env.render_named_str("a.txt.j2", "{{ x }}", Value::from_pairs([("x", "y")])).is_err());
    }
}

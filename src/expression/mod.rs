//! The one minijinja environment: strict, with fuel, every value written as JSON. Templates, rules and messages all run in it.

mod address;
mod catalogue;
mod cloudformation;
mod days;
mod documents;
mod metadata;
mod text;
mod value;

use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, UndefinedBehavior};

use crate::library::{Files, bounds};

pub use cloudformation::{Expr, parse_export, pascal_case};
pub use days::{day_number, today};
pub use documents::{Documents, html};
pub use metadata::CONTEXT;
pub use text::literal;
pub use value::{from_json, to_json};

/// Steps that one template or expression may take: a large fleet needs some thousands, an endless loop is stopped at once.
const FUEL: u64 = 400_000;

/// Ends the name of every template whose values are written as JSON; messages have no such name.
const TEMPLATE: &str = ".j2";

/// The environment over a library's files. Cloning is cheap.
///
/// `today` is the day (since 1970-01-01, UTC) on which dates are judged.
pub fn environment(files: Arc<Files>, today: i64) -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    #[expect(clippy::expect_used, reason = "the delimiters are the default ones")]
    let syntax = syntax.build().expect("the default delimiters are distinct");
    env.set_syntax(syntax);
    env.set_fuel(Some(FUEL));
    env.set_recursion_limit(64);
    // macros and `set` blocks give safe strings only when escaping is on; the formatter below does what escaping would do
    env.set_auto_escape_callback(|name| if name.ends_with(TEMPLATE) { AutoEscape::Json } else { AutoEscape::None });
    env.set_formatter(|out, state, value| {
        if state.name().ends_with(TEMPLATE) { text::write_json(out, value) } else { text::write_plain(out, value) }
    });
    env.remove_filter("safe");
    // `json` writes what is needed, and no indentation without a bound
    env.remove_filter("tojson");
    let loader_files = Arc::clone(&files);
    env.set_loader(move |name| {
        // by its ending a template is known as one: without it, values would be written bare
        if !name.ends_with(TEMPLATE) {
            return Ok(None);
        }
        let path = if name.starts_with("templates/") { name.to_owned() } else { format!("templates/{name}") };
        let Some(source) = loader_files.read(&path) else { return Ok(None) };
        bounds::of_template(&source.text)
            .map_err(|error| invalid(format!("`{path}` is too large to be read: {error}")))?;
        Ok(Some(source.text.clone()))
    });
    cloudformation::register(&mut env);
    metadata::register(&mut env);
    address::register(&mut env);
    catalogue::register(&mut env);
    text::register(&mut env, files);
    days::register(&mut env, today);
    env
}

/// A variable of the component that is being rendered or checked.
fn lookup(state: &State, name: &str) -> Result<Value, Error> {
    state.lookup(name).ok_or_else(|| invalid(format!("`{name}` is not known here")))
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.into())
}

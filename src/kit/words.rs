//! Words in the language of a page: titles and descriptions of modules, amounts of money.

use serde_json::{Value, json};

use crate::cost::money;
use crate::diagnostic::Finding;
use crate::lab::Stack;
use crate::library::Library;
use crate::part::member;
use crate::yaml::{self, Dialect};

use super::Day;
use super::lesson::said;

/// Titles and translations of the shipped blueprints' descriptions.
const SHIPPED: &str = "templates/lab/guide/blueprints.yaml";

/// Title and description of a module: what the lab's file says, what the shipped blueprint is called as long as its description is
/// the one that was translated, else the blueprint's own name and words.
pub(super) fn words(
    day: &Day,
    library: &Library,
    stack: &Stack,
    language: &str,
) -> Result<(String, Value), Vec<Finding>> {
    let own = day.lab.modules.get(&stack.name);
    let english = stack.template.trace.graph.blueprint.description.as_str();
    let shipped = match library.files.read(SHIPPED) {
        Some(source) => yaml::load(&source, Dialect::Blueprint)?.to_json(),
        None => Value::Null,
    };
    let rows = member(&shipped, "blueprints").as_array().into_iter().flatten();
    let row = rows.into_iter().find(|row| member(member(row, "description"), "en") == english && !english.is_empty());
    let known = |key: &str| row.and_then(|row| member(member(row, key), language).as_str());
    let title = own.and_then(|own| own.title.at_all(language)).or_else(|| known("title")).unwrap_or(&stack.name);
    let description = match own.and_then(|own| own.description.within(language)).or_else(|| known("description")) {
        Some(text) => said(text, false),
        None => said(english, language != "en" && !english.is_empty()),
    };
    Ok((title.to_owned(), description))
}

/// The lab's own description.
pub(super) fn description(day: &Day, language: &str) -> Value {
    let text = &day.lab.description;
    match text.within(language) {
        Some(text) => said(text, false),
        None => json!({"text": text.at_all(language).unwrap_or_default(), "foreign": text.at_all(language).is_some()}),
    }
}

/// US dollars, with the decimal sign of the language.
pub(super) fn amount(usd: f64, language: &str) -> String {
    let text = money(usd);
    if language == "fr" { text.replace('.', ",") } else { text }
}

//! What a component type brings for teaching: `templates/<type>.lab.yaml`, next to its template, if there is one.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::diagnostic::Finding;
use crate::expression::pascal_case;
use crate::library::{Library, Rule};
use crate::link::Component;
use crate::yaml::{self, Dialect};

/// A component with its lesson, in the language of the page.
pub(super) struct Lesson<'a> {
    component: &'a Component,
    text: Value,
    language: &'a str,
}

/// A text of a page, and whether it is English on a page that is not.
pub(super) fn said(text: &str, foreign: bool) -> Value {
    json!({"text": text, "foreign": foreign})
}

impl<'a> Lesson<'a> {
    /// The lesson of a component, if its type has one.
    pub(super) fn of(
        component: &'a Component,
        library: &Library,
        language: &'a str,
    ) -> Result<Option<Lesson<'a>>, Vec<Finding>> {
        let kind = &component.declared.kind.name;
        let Some(source) = library.files.read(&format!("templates/{kind}.lab.yaml")) else { return Ok(None) };
        let text = yaml::load(&source, Dialect::Blueprint)?.to_json();
        Ok(Some(Lesson { component, text, language }))
    }

    fn within(&self, text: &'a Value) -> Option<&'a str> {
        text.get(self.language)?.as_str()
    }

    /// What the component is.
    pub(super) fn what(&'a self) -> Option<&'a str> {
        self.within(self.text.get("what")?)
    }

    /// What the output of this name is for, when it is one of this component.
    pub(super) fn output(&'a self, name: &str) -> Option<&'a str> {
        let role = name.strip_prefix(&pascal_case(&self.component.declared.name))?;
        self.within(self.text.get("outputs")?.get(role)?)
    }

    /// The reasons worth knowing, in the lesson's order: ids of resources with what their reason is in English and in the page's language.
    pub(super) fn reasons(&'a self) -> impl Iterator<Item = (String, &'a str, &'a str)> {
        let reasons = self.text.get("reasons").and_then(Value::as_object).into_iter().flatten();
        reasons.filter_map(|(role, text)| {
            let id = pascal_case(&self.component.declared.name) + role;
            Some((id, text.get("en")?.as_str()?, self.within(text)?))
        })
    }

    fn rows(&self, key: &str) -> &[Value] {
        self.text.get(key).and_then(Value::as_array).map_or(&[][..], Vec::as_slice)
    }

    /// What participants do: exercises whose outputs the stack has.
    pub(super) fn exercises(&'a self, outputs: &'a BTreeSet<&str>) -> impl Iterator<Item = String> {
        let texts = self.rows("exercises").iter().filter_map(|row| self.within(row));
        texts.filter_map(|text| self.with_outputs(text, outputs))
    }

    /// The text with `{{AskUrl}}` as the name of the output that this component has; none when the stack has no such output.
    fn with_outputs(&self, text: &str, outputs: &BTreeSet<&str>) -> Option<String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (role, after) = after.split_once("}}")?;
            let name = pascal_case(&self.component.declared.name) + role;
            if !outputs.contains(name.as_str()) {
                return None;
            }
            out.push_str(&format!("{before}`{name}`"));
            rest = after;
        }
        Some(out + rest)
    }

    /// What goes wrong with a component as this one is: `when` says of what; left out, the rule must have spoken of this design.
    pub(super) fn troubles(&self, spoken: &BTreeSet<&str>) -> Vec<Value> {
        let rows = self.rows("troubles").iter().filter_map(|row| {
            let id = row.get("rule").and_then(Value::as_str).unwrap_or_default();
            let applies = match row.get("when") {
                None => spoken.contains(id),
                Some(Value::Object(wanted)) => wanted.iter().all(|(path, value)| self.property(path) == Some(value)),
                Some(_) => true,
            };
            let rule = self.component.declared.kind.rules.iter().find(|rule| rule.id == id);
            let text = self.within(row).filter(|_| applies)?;
            Some(json!({"text": text, "rule": id, "source": rule.and_then(source)}))
        });
        rows.collect()
    }

    fn property(&self, path: &str) -> Option<&Value> {
        self.component.declared.properties.pointer(&format!("/{}", path.replace('.', "/")))
    }
}

/// The address in a rule's source, which may be followed by its date or by words.
fn source(rule: &Rule) -> Option<&str> {
    let first = rule.source.split_whitespace().next()?.trim_end_matches([',', ';']);
    first.starts_with("https://").then_some(first)
}

//! One component's rendered template: a miniature CloudFormation document.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use minijinja::value::Value;
use minijinja::{Environment, OutputSpan};

use crate::diagnostic::Finding;
use crate::expression::{parse_export, pascal_case};
use crate::library::{ComponentType, Library};
use crate::link::Graph;
use crate::source::{Place, Source};
use crate::yaml::{self, Dialect, Node};

/// The sections that a template may have, in the order in which CloudFormation documents list them.
pub const SECTIONS: [&str; 6] = ["Parameters", "Mappings", "Conditions", "Rules", "Resources", "Outputs"];

/// One section's text and the logical ids in it.
#[derive(Debug)]
pub struct Section {
    /// Bytes of the fragment: whole lines, without the section's own header.
    pub body: Range<usize>,
    /// Logical ids and where each stands in the fragment.
    pub ids: Vec<(String, Range<usize>)>,
}

/// A component's part of the template.
#[derive(Debug)]
pub struct Fragment {
    /// The component's index in the graph.
    pub component: usize,
    /// The rendered text.
    pub source: Arc<Source>,
    /// The text as it was read back.
    pub root: Node,
    /// The template it was rendered from.
    pub template: Arc<Source>,
    /// Sections by name.
    pub sections: BTreeMap<&'static str, Section>,
    /// What wrote each byte.
    pub spans: Vec<OutputSpan>,
}

/// Renders a component and reads the result back: the fragment and the component's exports.
pub(super) fn render(
    library: &Library,
    env: &Environment,
    graph: &Graph,
    index: usize,
    variables: Value,
) -> Result<(Fragment, BTreeMap<String, Value>), Vec<Finding>> {
    let component = graph.at(index);
    let kind = &component.declared.kind;
    let template = Arc::clone(&kind.template_source);
    let owner = graph.place(component, &[]);
    let failed = |error: minijinja::Error| vec![template_error(library, &template, &error, kind, owner.clone())];
    let (text, spans) =
        env.get_template(&kind.template).and_then(|t| t.render_with_spans(variables)).map_err(failed)?;
    let source = Source::new(format!("{} as rendered for `{}`", template.name, component.declared.name), text);
    let blamed = |findings: Vec<Finding>| -> Vec<Finding> {
        let label =
            |finding: Finding| finding.with_label(owner.clone(), format!("rendering `{}`", component.declared.name));
        findings.into_iter().map(label).collect()
    };
    let root = yaml::load(&source, Dialect::Template).map_err(blamed)?;
    let mut findings = Vec::new();
    let sections = sections(&source, &root, kind, &pascal_case(&component.declared.name), &mut findings);
    let exports = exports(library, &source, &root, kind, &mut findings);
    if !findings.is_empty() {
        return Err(blamed(findings));
    }
    Ok((Fragment { component: index, source, root, template, sections, spans }, exports))
}

/// An error of the template engine, at its place in the template, with the component that was being rendered.
fn template_error(
    library: &Library,
    template: &Arc<Source>,
    error: &minijinja::Error,
    kind: &ComponentType,
    owner: Place,
) -> Finding {
    let included = error.name().filter(|name| *name != kind.template);
    let source = included
        .and_then(|name| library.files.read(&format!("templates/{}", name.trim_start_matches("templates/"))))
        .unwrap_or_else(|| Arc::clone(template));
    let range = error.range().filter(|range| source.text.get(range.clone()).is_some());
    let range = range.unwrap_or_else(|| source.line_range(error.line().unwrap_or(1)));
    let out_of_fuel = error.kind() == minijinja::ErrorKind::OutOfFuel;
    let reason = match error.detail() {
        _ if out_of_fuel => "it takes too many steps, as an endless loop does".to_owned(),
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    };
    let finding = Finding::error(
        "T001",
        Place::new(&source, range),
        format!("the template of `{}` cannot be rendered: {reason}", kind.name),
    );
    finding.with_label(owner, "while rendering this component")
}

fn sections(
    source: &Arc<Source>,
    root: &Node,
    kind: &ComponentType,
    prefix: &str,
    findings: &mut Vec<Finding>,
) -> BTreeMap<&'static str, Section> {
    let mut found = BTreeMap::new();
    let entries = root.entries();
    let mut start_of_body = 0;
    for (position, entry) in entries.iter().enumerate() {
        let place = Place::new(source, entry.key_range.clone());
        let header_line = source.line_column(entry.key_range.start).0;
        let end = entries
            .get(position + 1)
            .map_or(source.text.len(), |next| source.line_range(source.line_column(next.key_range.start).0).start);
        let Some(name) = SECTIONS.iter().copied().find(|name| *name == entry.key) else {
            if entry.key != "Exports" {
                let message = format!("`{}` is not a section of a component's template", entry.key);
                findings.push(
                    Finding::error("T002", place, message)
                        .with_help(format!("the sections are {} and Exports", SECTIONS.join(", "))),
                );
            }
            start_of_body = end;
            continue;
        };
        let _ = start_of_body;
        let body = (source.line_range(header_line).end + 1).min(source.text.len())..end;
        start_of_body = end;
        if entry.value.entries().is_empty() {
            continue;
        }
        if body.start > entry.value.range.start {
            findings.push(Finding::error(
                "T002",
                place,
                format!("the entries of `{name}` must stand on lines of their own"),
            ));
            continue;
        }
        let ids: Vec<_> = entry.value.entries().iter().map(|id| (id.key.clone(), id.key_range.clone())).collect();
        for (id, range) in &ids {
            let own = id
                .strip_prefix(prefix)
                .is_some_and(|role| role.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit()));
            if !own {
                let message = format!(
                    "`{id}` in the template of `{}` does not begin with `{prefix}`, the component's own name",
                    kind.name
                );
                findings.push(
                    Finding::error("T003", Place::new(source, range.clone()), message)
                        .with_help("write the id with `logical(\"Role\")`, so that two components never collide"),
                );
            }
        }
        found.insert(name, Section { body, ids });
    }
    found
}

fn exports(
    library: &Library,
    source: &Arc<Source>,
    root: &Node,
    kind: &ComponentType,
    findings: &mut Vec<Finding>,
) -> BTreeMap<String, Value> {
    let node = root.entry("Exports");
    let given = node.map_or(&[][..], |entry| entry.value.entries());
    let mut exports = BTreeMap::new();
    for entry in given {
        match parse_export(&entry.value, &source.text) {
            Ok(value) => {
                exports.insert(entry.key.clone(), value);
            }
            Err(message) => findings.push(Finding::error(
                "T004",
                Place::new(source, entry.key_range.clone()),
                format!("the export `{}`: {message}", entry.key),
            )),
        }
    }
    for interface in &kind.provides {
        for (name, required) in library.interfaces.get(interface).map_or(&[][..], |interface| &interface.exports) {
            let absent = exports.get(name).is_none_or(Value::is_none);
            if absent && *required {
                let message = format!("`{}` provides `{interface}` but exports no `{name}`", kind.name);
                let place = node.map(|entry| Place::new(source, entry.key_range.clone()));
                findings.push(Finding::error("T004", place, message).with_help(format!(
                    "add `{name}: …` under `Exports:` in `{}`, or take `{interface}` out of `x-provides`",
                    kind.template
                )));
            }
            exports.entry(name.clone()).or_insert_with(|| Value::from(()));
        }
    }
    exports
}

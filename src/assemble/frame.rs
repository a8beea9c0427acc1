//! The text of the template: a frame of our own around the sections of the fragments, which are copied as they are.

use std::fmt::Write;

use serde_json::Value;

use crate::expression::literal;
use crate::link::Graph;
use crate::part::Part;
use crate::render::{Fragment, SECTIONS};
use crate::schema::Parameter;

use super::compact::{self, Detail};
use super::template::Piece;

/// The template's text and which of its stretches come from which fragment.
pub(super) fn write(graph: &Graph, fragments: &[Fragment], detail: Detail) -> (String, Vec<Piece>) {
    let mut out = header(graph, fragments, detail);
    let mut pieces = Vec::new();
    let cuts: Vec<_> = fragments.iter().map(|fragment| compact::cuts(fragment, detail)).collect();
    for section in SECTIONS {
        let own = match section {
            "Parameters" => graph.blueprint.parameters.iter().map(parameter).collect(),
            "Rules" => region_rule(graph),
            _ => String::new(),
        };
        let parts: Vec<_> =
            fragments.iter().enumerate().filter_map(|(index, f)| Some((index, f, f.sections.get(section)?))).collect();
        if own.is_empty() && parts.is_empty() {
            continue;
        }
        let _ = write!(out, "\n{section}:\n{own}");
        for (index, fragment, part) in parts {
            if section == "Resources" {
                let declared = &graph.at(fragment.component).declared;
                let _ = write!(out, "\n  # ---- {}: {}\n", declared.name, declared.kind.name);
            }
            let text = &fragment.source.text;
            let end = part.body.start + text.part(part.body.clone()).trim_end().len();
            let mut from = part.body.start;
            let inside = cuts.get(index).into_iter().flatten().filter(|cut| part.body.contains(&cut.start)).cloned();
            for cut in inside.chain(std::iter::once(end..end)) {
                let kept = from..cut.start.clamp(from, end);
                let start = out.len();
                out.push_str(text.part(kept.clone()));
                pieces.push(Piece { range: start..out.len(), fragment: index, start: kept.start });
                from = cut.end.min(end);
            }
            if !out.ends_with('\n') {
                out.push('\n');
            }
        }
    }
    (out, pieces)
}

fn header(graph: &Graph, fragments: &[Fragment], detail: Detail) -> String {
    let blueprint = &graph.blueprint;
    let iam = fragments.iter().any(|fragment| fragment.source.text.contains("Type: AWS::IAM::"));
    let capability = if iam { " --capabilities CAPABILITY_IAM" } else { "" };
    let left_out = match detail {
        Detail::Full => "",
        Detail::Commented => {
            "# Left out to stay below 51,200 bytes: the rationale in `Metadata`. `atelier render --full` keeps it.\n"
        }
        Detail::Bare => {
            "# Left out to stay below 51,200 bytes: comments and rationale. `atelier render --full` keeps them.\n"
        }
    };
    let mut out = format!(
        "# Made by atelier from the blueprint `{name}`: change the blueprint and render again.\n\
         # Deploy: aws cloudformation deploy --stack-name {name} --template-file template.yaml{capability}{overrides}\n\
         {left_out}AWSTemplateFormatVersion: \"2010-09-09\"\n",
        name = blueprint.name,
        overrides = overrides(graph, fragments)
    );
    let description = if blueprint.description.is_empty() { &blueprint.name } else { &blueprint.description };
    let _ = writeln!(out, "Description: {}", literal(description));
    let _ =
        write!(out, "\nMetadata:\n  com.aws.cloudformation.Context:\n    arch: {}\n", literal(&architecture(graph)));
    out
}

/// The end of the deploy command: a place for each parameter that has no default, without which it is refused.
fn overrides(graph: &Graph, fragments: &[Fragment]) -> String {
    let declared = graph.blueprint.parameters.iter().filter(|parameter| parameter.default.is_none());
    let mut names: Vec<&str> = declared.map(|parameter| parameter.name.as_str()).collect();
    for fragment in fragments {
        let Some(section) = fragment.sections.get("Parameters") else { continue };
        let text = &fragment.source.text;
        for (index, (name, place)) in section.ids.iter().enumerate() {
            let end = section.ids.get(index + 1).map_or(section.body.end, |(_, next)| next.start);
            if text.get(place.start..end).is_some_and(|entry| !entry.contains("\n    Default:")) {
                names.push(name);
            }
        }
    }
    let values = names.iter().map(|name| format!(" {name}=VALUE"));
    if names.is_empty() {
        String::new()
    } else {
        values.fold(" --parameter-overrides".to_owned(), |all, one| all + &one)
    }
}

/// The graph in words, for those who read the template without the blueprint.
fn architecture(graph: &Graph) -> String {
    let mut parts = Vec::new();
    for component in &graph.components {
        let declared = &component.declared;
        let links: Vec<String> = component
            .links
            .iter()
            .map(|(property, target)| format!("{property} {}", graph.at(*target).declared.name))
            .collect();
        let links = if links.is_empty() { String::new() } else { format!(" with {}", links.join(", ")) };
        parts.push(format!("{} ({}){links}", declared.name, declared.kind.name));
    }
    parts.join("; ")
}

fn parameter(parameter: &Parameter) -> String {
    let mut out = format!("  {}:\n    Type: {}\n", parameter.name, parameter.type_);
    let scalar = |value: &Value| match value {
        Value::String(text) => literal(text),
        // CloudFormation's parameters are texts and numbers only
        Value::Bool(value) => literal(&value.to_string()),
        other => other.to_string(),
    };
    let mut line = |key: &str, text: String| {
        let _ = writeln!(out, "    {key}: {text}");
    };
    if let Some(default) = &parameter.default {
        line("Default", scalar(default));
    }
    if !parameter.allowed.is_empty() {
        line("AllowedValues", format!("[{}]", parameter.allowed.iter().map(scalar).collect::<Vec<_>>().join(", ")));
    }
    for (ours, theirs) in [
        ("pattern", "AllowedPattern"),
        ("minLength", "MinLength"),
        ("maxLength", "MaxLength"),
        ("minimum", "MinValue"),
        ("maximum", "MaxValue"),
        ("description", "Description"),
    ] {
        if let Some(value) = parameter.raw.get(ours) {
            line(theirs, scalar(value));
        }
    }
    if parameter.raw.get("secret") == Some(&Value::Bool(true)) {
        line("NoEcho", "true".to_owned());
    }
    out
}

/// Facts are regional: models, images, instance types. Elsewhere the template must not start to deploy.
fn region_rule(graph: &Graph) -> String {
    let regions: Vec<String> = graph.blueprint.regions.iter().map(|region| literal(region)).collect();
    format!(
        "  # models, images and instance types differ by region: checked for these only\n  SupportedRegion:\n    Assertions:\n      - Assert: !Contains [[{}], !Ref AWS::Region]\n        AssertDescription: {}\n",
        regions.join(", "),
        literal(&format!("This template was made and checked for {} only", graph.blueprint.regions.join(", ")))
    )
}

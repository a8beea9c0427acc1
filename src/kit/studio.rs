//! A package for AWS Workshop Studio: contentspec.yaml, content/, static/.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::diagnostic::Finding;
use crate::expression::Documents;
use crate::pipeline::Atelier;

use super::guide::{self, Page};
use super::scripts::word;
use super::stackset::{policy, regions};
use super::{Day, File, Rights};

/// Workshop Studio deploys into one of at most this many.
const REGIONS: usize = 3;
/// Families of instances with an accelerator, by the beginning of their names.
const ACCELERATED: [&str; 7] = ["g", "p3", "p4", "p5", "p6", "inf", "trn"];

pub(super) fn studio(
    day: &Day,
    atelier: &Atelier,
    documents: &Documents,
    rights: &Rights,
    files: &[File],
) -> Result<Vec<File>, Vec<Finding>> {
    let mut package = Vec::new();
    for file in files.iter().filter(|file| file.template) {
        let name = file.path.rsplit('/').next().unwrap_or(&file.path);
        package.push(File::template(format!("workshop-studio/static/{name}"), file.text.clone()));
    }
    for (name, svg) in day.drawings {
        package.push(File::text(format!("workshop-studio/static/{name}.svg"), svg.clone()));
    }
    package.push(policy(day, atelier, rights, "workshop-studio/static/iam_policy.json")?);
    for language in day.languages() {
        for (weight, page) in guide::pages_in(day, documents, &atelier.library, language)?.iter().enumerate() {
            package.push(File::text(place(page, language), content(page, weight)));
        }
    }
    let locales: Vec<&str> =
        day.languages().iter().map(|language| if *language == "fr" { "fr-FR" } else { "en-US" }).collect();
    let regions: Vec<String> = regions(day).into_iter().take(REGIONS).collect();
    let (ec2, sagemaker) = accelerators(day);
    let context = json!({
        "lab": day.lab.name,
        "region": day.lab.region,
        "locales": locales,
        "regions": regions,
        "templates": templates(day),
        "ec2": ec2,
        "sagemaker": sagemaker,
    });
    let text = documents.render("lab/day/contentspec.yaml.j2", &context, &[])?;
    package.push(File::text("workshop-studio/contentspec.yaml", text));
    Ok(package)
}

/// `content/<page>/index.<language>.md`; the first page is the root's.
fn place(page: &Page, language: &str) -> String {
    match page.name.as_str() {
        "index" => format!("workshop-studio/content/index.{language}.md"),
        name => format!("workshop-studio/content/{name}/index.{language}.md"),
    }
}

/// A page with its front matter; links lead where Workshop Studio has the pages and the pictures.
fn content(page: &Page, weight: usize) -> String {
    let title = guide::title(&page.text);
    // the front matter's title is the page's heading
    let body = page.text.split_once('\n').map_or("", |(_, rest)| rest).trim_start();
    let mut out = String::new();
    let mut rest = body;
    while let Some((before, after)) = rest.split_once("](") {
        let Some((target, tail)) = after.split_once(')') else { break };
        let escaped = before.ends_with('\\');
        let target = match (target.strip_suffix(".md"), target.strip_suffix(".svg")) {
            _ if escaped || target.contains(['/', ':']) => target.to_owned(),
            (Some("index"), _) => "/".to_owned(),
            (Some(page), _) => format!("/{page}"),
            (_, Some(drawing)) => format!("/static/{drawing}.svg"),
            _ => target.to_owned(),
        };
        out.push_str(&format!("{before}]({target})"));
        rest = tail;
    }
    let body = out + rest;
    format!("---\ntitle: {}\nweight: {}\n---\n\n{body}", Value::from(title), (weight + 1) * 10)
}

/// Each template with the parameters that need a value: what the lab gives, and what has no default.
fn templates(day: &Day) -> Vec<Value> {
    let template = |stack: &crate::lab::Stack| {
        let given = day.lab.parameters.get(&stack.name);
        let values = given.into_iter().flatten().map(|(key, value)| json!({"key": key, "value": word(value)}));
        json!({"name": stack.name, "parameters": values.collect::<Vec<_>>()})
    };
    day.stacks.iter().map(template).collect()
}

/// Accelerated instances that the templates name, with how many: for EC2 and for SageMaker.
fn accelerators(day: &Day) -> (Vec<Value>, Vec<Value>) {
    let mut found: BTreeMap<String, u32> = BTreeMap::new();
    for resource in day.stacks.iter().flat_map(|stack| stack.document.resources.values()) {
        instance_types(&resource.properties, &mut found);
    }
    let list = |sagemaker: bool| {
        let own = found.iter().filter(|(name, _)| name.starts_with("ml.") == sagemaker);
        own.map(|(name, count)| json!({"type": name, "quantity": count})).collect()
    };
    (list(false), list(true))
}

fn instance_types(value: &Value, found: &mut BTreeMap<String, u32>) {
    match value {
        Value::Object(entries) => {
            for (key, inner) in entries {
                match inner.as_str() {
                    Some(name) if key == "InstanceType" && accelerated(name) => {
                        *found.entry(name.to_owned()).or_default() += 1;
                    }
                    _ => instance_types(inner, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| instance_types(item, found)),
        _ => {}
    }
}

fn accelerated(name: &str) -> bool {
    let family = name.trim_start_matches("ml.").split('.').next().unwrap_or_default();
    ACCELERATED.iter().any(|known| {
        family
            .strip_prefix(known)
            .is_some_and(|rest| *known != "g" || rest.starts_with(|char: char| char.is_ascii_digit()))
    })
}

//! The section of `docs/assurance.md` on what the emulators proved of each resource type.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::assurance;

const ENGINES: [&str; 2] = ["ministack", "moto"];

/// Compares the section with what was found, or with `UPDATE=1` writes it. A type that was made and is now only recorded is a failure in
/// any case.
pub fn compare(report: &Value, fates: &BTreeMap<&'static str, usize>, blueprints: usize) {
    let (_, was, _) = assurance::section("deployments");
    let labels = labels(report);
    let now = section(report, &labels, fates, blueprints);
    let fallen: Vec<String> = rows(&was)
        .filter_map(|(kind, were)| {
            let is = labels.get(kind)?;
            let falls = |index: usize| were[index] != "recorded" && is[index].starts_with("recorded");
            (falls(0) || falls(1)).then(|| format!("{kind}: {were:?} became {is:?}"))
        })
        .collect();
    assert!(fallen.is_empty(), "types that were made are now only recorded:\n{}", fallen.join("\n"));
    assurance::compare("deployments", &now);
}

/// The rows of a committed table: type and its label on each engine.
fn rows(section: &str) -> impl Iterator<Item = (&str, [&str; 2])> {
    section.lines().filter(|line| line.starts_with("| `")).filter_map(|line| {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        Some((cells.next()?.trim_matches('`'), [cells.next()?, cells.next()?]))
    })
}

fn strings<'a>(report: &'a Value, engine: &str, field: &str) -> BTreeSet<&'a str> {
    report[engine][field].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// How each type was made on each engine.
fn labels(report: &Value) -> BTreeMap<String, [String; 2]> {
    let mut labels: BTreeMap<String, [String; 2]> = BTreeMap::new();
    for (index, engine) in ENGINES.iter().enumerate() {
        let (real, tagged) = (strings(report, engine, "real"), strings(report, engine, "tagged"));
        for (kind, how) in report[engine]["made"].as_object().into_iter().flatten() {
            let how = how.as_str().unwrap_or_default();
            let word = match how {
                "recorded" => "recorded",
                "code" => "its own code ran",
                _ if real.contains(kind.as_str()) => "real",
                _ => "created",
            };
            let mut label = word.to_owned();
            if tagged.contains(kind.as_str()) {
                label.push_str(", tags");
            }
            for (said, short) in [("no deletion", ", cannot be deleted there"), ("not tried", ", updates not tried")] {
                if how.contains(said) {
                    label.push_str(short);
                }
            }
            labels.entry(kind.clone()).or_default()[index] = label;
        }
    }
    labels
}

fn section(
    report: &Value,
    labels: &BTreeMap<String, [String; 2]>,
    fates: &BTreeMap<&'static str, usize>,
    blueprints: usize,
) -> String {
    let versions =
        ["ministack", "moto", "cfn-lint", "boto3"].map(|name| assurance::pinned("tests/deploy/requirements.txt", name));
    let mut out = format!("{} blueprints, {}.\n\n", blueprints, versions.join(", "));
    out.push_str("| | ministack | moto |\n|---|---|---|\n");
    for (field, name) in [
        ("stacks", "stacks created and deleted"),
        ("resources", "resources in them"),
        ("updates", "updates"),
        ("behaviours", "behaviours"),
        ("defects", "planted defects that are noticed"),
    ] {
        out.push_str(&format!("| {name} |"));
        ENGINES.iter().for_each(|engine| out.push_str(&format!(" {} |", report[engine]["figures"][field])));
        out.push('\n');
    }
    for word in ["real", "created", "recorded"] {
        out.push_str(&format!("| types {word} |"));
        for index in 0..ENGINES.len() {
            let of_word = labels.values().filter(|label| label[index].split(',').next() == Some(word));
            out.push_str(&format!(" {} |", of_word.count()));
        }
        out.push('\n');
    }
    let of_aws = labels.iter().filter(|(kind, _)| kind.starts_with("AWS::"));
    let (mut all, mut somewhere) = (0, 0);
    for (_, label) in of_aws {
        all += 1;
        somewhere += usize::from(label.iter().any(|label| label.starts_with("real")));
    }
    out.push_str(&format!(
        "\nOf {all} types of AWS, {somewhere} were found in their own service on at least one emulator.\n"
    ));
    let fates: Vec<String> = fates.iter().map(|(fate, number)| format!("{number} {fate}")).collect();
    out.push_str(&format!(
        "The updates, as `atelier diff` predicted and the change sets said: {}.\n\n",
        fates.join(", ")
    ));
    out.push_str("| type | ministack | moto |\n|---|---|---|\n");
    for (kind, label) in labels {
        let cell = |index: usize| if label[index].is_empty() { "not deployed" } else { &label[index] };
        out.push_str(&format!("| `{kind}` | {} | {} |\n", cell(0), cell(1)));
    }
    out
}

//! What component types and shipped blueprints bring for teaching: it names what exists, and French pages are French.

use std::collections::BTreeSet;
use std::fs;

use atelier::library::Library;
use atelier::source::Source;
use atelier::yaml::{Dialect, load};
use serde_json::Value;

use super::{ending, files, kits, node, read, root};

fn fields<'a>(lesson: &'a Value, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    lesson[key].as_object().into_iter().flatten()
}

fn items<'a>(lesson: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    lesson[key].as_array().into_iter().flatten()
}

/// Every reason of the rendered blueprints, with the id of its resource.
fn whys() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in fs::read_dir(root().join("out")).expect("out/ can be read") {
        let template = folder.expect("readable").path().join("template.yaml");
        let mut id = String::new();
        for line in fs::read_to_string(template).unwrap_or_default().lines() {
            if let Some(name) = line.strip_prefix("  ").and_then(|line| line.strip_suffix(':')) {
                id = name.to_owned();
            }
            if let Some((_, metadata)) = line.split_once("Metadata: ").filter(|(_, text)| text.contains("\"why\"")) {
                let source = Source::new("metadata.yaml", format!("it: {metadata}\n"));
                let why = load(&source, Dialect::Template).expect("YAML").to_json();
                let why = why["it"]["com.aws.cloudformation.Context"]["why"].as_str().expect("a reason");
                found.push((id.clone(), why.to_owned()));
            }
        }
    }
    assert!(found.len() > 300, "{} reasons", found.len());
    found
}

#[test]
fn lessons_name_outputs_reasons_rules_and_properties_that_exist() {
    let library = Library::open(&[]).expect("the library is sound");
    let (mut seen, mut reasons) = (0, 0);
    let whys = whys();
    for kind in library.names() {
        let path = root().join(format!("templates/{kind}.lab.yaml"));
        if !path.is_file() {
            continue;
        }
        seen += 1;
        let lesson = node(&path, Dialect::Blueprint).to_json();
        for key in lesson.as_object().expect("a mapping").keys() {
            assert!(["what", "outputs", "reasons", "exercises", "troubles"].contains(&key.as_str()), "{kind}: {key}");
        }
        let component = library.get(&kind).expect("listed").expect("sound");
        let mut source = component.template_source.text.clone();
        // parts of a template stand in a folder of its name
        let own = fs::read_dir(root().join("templates").join(&kind)).into_iter().flatten();
        for part in own.chain(fs::read_dir(root().join("templates/lib")).expect("readable")) {
            source.push_str(&fs::read_to_string(part.expect("readable").path()).unwrap_or_default());
        }
        let has = |role: &str| {
            let numbered = role.strip_suffix('1').is_some_and(|role| source.contains(&format!("logical(\"{role}\" ~")));
            source.contains(&format!("logical(\"{role}\")")) || numbered || source.contains("interfaces.j2")
        };
        let both = |place: &str, text: &Value| {
            for language in ["en", "fr"] {
                assert!(text[language].as_str().is_some_and(|text| !text.is_empty()), "{kind}: {place}, {language}");
            }
        };
        both("what", &lesson["what"]);
        for (role, text) in fields(&lesson, "outputs") {
            both(role, text);
            assert!(has(role), "{kind} has no output {role}");
        }
        for (role, text) in fields(&lesson, "reasons") {
            both(role, text);
            reasons += 1;
            let english = text["en"].as_str().expect("text");
            let said = whys.iter().any(|(id, why)| id.ends_with(role.as_str()) && why == english);
            assert!(said, "{kind}: no rendered {role} says any longer: {english}");
        }
        for exercise in items(&lesson, "exercises") {
            both("exercise", exercise);
            for language in ["en", "fr"] {
                let text = exercise[language].as_str().expect("text");
                for role in text.split("{{").skip(1).filter_map(|part| part.split_once("}}")).map(|(role, _)| role) {
                    assert!(has(role), "{kind} has no output {role}");
                }
            }
        }
        for trouble in items(&lesson, "troubles") {
            both("trouble", trouble);
            match trouble["rule"].as_str() {
                Some(rule) => {
                    let known = component.rules.iter().find(|known| known.id == rule);
                    let known = known.unwrap_or_else(|| panic!("{kind} has no rule {rule}"));
                    // the rule of an error never speaks in a guide: such a blueprint is not rendered
                    let speaks = known.severity != atelier::diagnostic::Severity::Error;
                    assert!(speaks || trouble.get("when").is_some(), "{kind}: {rule} never speaks, say `when`");
                }
                None => assert!(trouble.get("when").is_some(), "{kind}: neither `rule` nor `when`: {trouble}"),
            }
            for (path, value) in fields(trouble, "when") {
                let steps: Vec<&str> = path.split('.').collect();
                let property = steps.iter().fold(&component.schema, |schema, step| &schema["properties"][*step]);
                let known = property.is_object() || component.schema.to_string().contains(&value.to_string());
                assert!(known, "{kind} has no property {path}");
            }
        }
    }
    assert!(seen >= 15 && reasons >= 40, "{seen} lessons, {reasons} reasons");
}

#[test]
fn every_shipped_blueprint_has_a_title_and_its_description_in_both_languages() {
    let words = node(&root().join("templates/lab/guide/blueprints.yaml"), Dialect::Blueprint).to_json();
    let rows: Vec<&Value> = items(&words, "blueprints").collect();
    let mut titles = BTreeSet::new();
    for (name, text) in Library::blueprints() {
        let blueprint = load(&Source::new(name, text), Dialect::Blueprint).expect("sound").to_json();
        let row = rows.iter().find(|row| row["description"]["en"] == blueprint["description"]);
        let row =
            row.unwrap_or_else(|| panic!("{name}: templates/lab/guide/blueprints.yaml does not know its description"));
        for text in [&row["title"]["en"], &row["title"]["fr"], &row["description"]["fr"]] {
            assert!(text.as_str().is_some_and(|text| !text.is_empty()), "{name}");
        }
        assert!(titles.insert(row["title"]["fr"].as_str()), "{name}: another blueprint has its title");
    }
    assert_eq!(rows.len(), titles.len(), "a row for each blueprint, and none without");
}

/// The pages of shipped labs say nothing in English but what stands in the template: names, commands, captions of the drawing.
#[test]
fn french_pages_of_shipped_labs_are_french() {
    const ENGLISH: [&str; 14] = [
        " the ", " and ", " with ", " is ", " are ", " of ", " from ", " which ", " your ", " may ", " to ", " by ",
        " not ", " this ",
    ];
    let mut seen = 0;
    for (lab, kit) in kits().iter().filter(|(lab, _)| lab.starts_with(root().join("labs"))) {
        for page in ending(&files(kit), ".md").into_iter().filter(|page| page.starts_with("guide/fr")) {
            seen += 1;
            let mut code = false;
            for line in read(&kit.join(page)).lines() {
                code ^= line.starts_with("```");
                // addresses and code are nobody's language
                let words: String = line.split('`').step_by(2).filter(|_| !code).collect::<Vec<_>>().join("…");
                let words = words.split("<http").next().unwrap_or_default().to_lowercase();
                let found = ENGLISH.iter().find(|word| format!(" {words} ").contains(*word));
                assert!(found.is_none(), "{}, {}: {line}", lab.display(), page.display());
                let caption = line.starts_with("![") && line.contains("(légendes en anglais)");
                assert!(caption || !line.contains("en anglais"), "{}, {}: {line}", lab.display(), page.display());
            }
        }
    }
    assert!(seen >= 13, "{seen} pages");
}

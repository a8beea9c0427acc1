//! Every shell script in every rendered template (user data, commands of jobs): bash can read it, and shellcheck finds nothing.
#![cfg(unix)]

#[path = "support/python.rs"]
mod python;

#[path = "support/substituted.rs"]
mod substituted;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use atelier::expression::day_number;
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::source::Source;
use atelier::yaml::{self, Dialect, Node, Value};

use substituted::substituted as filled_in;

/// The scripts in a template: texts that begin with bash's line, and such parts of MIME messages.
fn scripts(node: &Node, found: &mut Vec<String>) {
    scripts_in(node, false, found);
}

/// `substituted`: the list around the node is that of `!Sub [text, {…}]`.
fn scripts_in(node: &Node, substituted: bool, found: &mut Vec<String>) {
    let substituted = substituted || node.tag.as_deref() == Some("Sub");
    match &node.value {
        Value::Map(entries) => entries.iter().for_each(|entry| scripts(&entry.value, found)),
        Value::List(items) => items.iter().for_each(|item| scripts_in(item, substituted, found)),
        Value::String(text) => {
            let Some((before, _)) = text.split_once("#!/bin/bash\n") else { return };
            let script = &text[before.len()..];
            let boundary =
                before.lines().find_map(|line| line.split_once("boundary=")).map(|(_, word)| word.trim_matches('"'));
            let end = boundary.and_then(|word| script.find(&format!("\n--{word}"))).map_or(script.len(), |end| end + 1);
            let script = &script[..end];
            found.push(if substituted { filled_in(script) } else { script.to_owned() });
        }
        _ => {}
    }
}

#[test]
fn every_script_is_sound() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let library = Library::open(&[]).unwrap_or_else(|findings| panic!("{findings:?}"));
    let atelier = Atelier::on(library, day_number("2026-11-23").expect("a date"));
    // many cases share a script: each is looked at once
    let mut unique: BTreeMap<String, String> = BTreeMap::new();
    for entry in fs::read_dir(root.join("tests/cases/render")).expect("the cases can be read") {
        let folder = entry.expect("readable").path();
        let text = fs::read_to_string(folder.join("blueprint.yaml")).expect("a blueprint");
        let template = atelier.render(&Source::new("blueprint.yaml", text)).result.expect("it renders");
        let document = yaml::load(&template.source, Dialect::Template).expect("it can be read");
        let mut found = Vec::new();
        scripts(&document, &mut found);
        let case = folder.file_name().expect("a name").to_string_lossy().into_owned();
        for script in found {
            unique.insert(script, case.clone());
        }
    }
    assert!(unique.len() > 5, "only {} scripts", unique.len());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut files = Vec::new();
    for (index, (script, case)) in unique.iter().enumerate() {
        let file = folder.path().join(format!("{case}-{index}.sh"));
        fs::write(&file, script).expect("written");
        let output = Command::new("bash").arg("-n").arg(&file).output().expect("bash");
        assert!(output.status.success(), "{case}: {}", String::from_utf8_lossy(&output.stderr));
        files.push(file);
    }
    let output = Command::new(python::environment().join("bin/shellcheck"))
        // SC1091: a file that exists on the instance only cannot be followed
        .args(["--norc", "--shell=bash", "--severity=info", "--format=gcc", "--exclude=SC1091"])
        .args(&files)
        .output()
        .expect("shellcheck");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

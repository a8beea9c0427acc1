//! `deny.toml` without the tool and without a network: licences, sources and duplicates of the tree of dependencies.
//!
//! What needs a network is `cargo deny check`: advisories, versions that were taken back, and the licences of crates that are built
//! for other systems only, which are not on this machine.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("it can be read")
}

/// The quoted texts of a list in a section of `deny.toml`; of tables in it, those of `key`.
fn list(section: &str, name: &str, key: Option<&str>) -> Vec<String> {
    let text = read("deny.toml");
    let inside = text.lines().skip_while(|line| *line != format!("[{section}]")).skip(1);
    let inside: Vec<&str> = inside.take_while(|line| !line.starts_with('[')).collect();
    let start = inside.iter().position(|line| line.starts_with(&format!("{name} = ["))).expect("the list");
    let end = inside.iter().skip(start).position(|line| line.trim_end().ends_with(']')).expect("its end");
    let lines = inside.iter().skip(start).take(end + 1).filter(|line| !line.trim_start().starts_with('#'));
    let mut found = Vec::new();
    for line in lines {
        let line = match key {
            Some(key) => line.split_once(&format!("{key} = ")).map_or("", |(_, rest)| rest),
            None => line.split_once('[').map_or(*line, |(_, rest)| rest),
        };
        let mut texts = line.split('"').skip(1).step_by(2);
        match key {
            Some(_) => found.extend(texts.next().map(str::to_owned)),
            None => found.extend(texts.map(str::to_owned)),
        }
    }
    assert!(!found.is_empty(), "{section}.{name} has entries");
    found
}

/// Whether a licence expression (SPDX, or the older form with slashes) is met by licences that are allowed.
fn met(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (value, rest) = either(&words, allowed);
    assert!(rest.is_empty(), "{expression:?} is no licence expression: {rest:?}");
    value
}

fn either<'a>(words: &'a [&'a str], allowed: &BTreeSet<String>) -> (bool, &'a [&'a str]) {
    let (mut value, mut rest) = both(words, allowed);
    while let ["OR", more @ ..] = rest {
        let (next, behind) = both(more, allowed);
        (value, rest) = (value || next, behind);
    }
    (value, rest)
}

fn both<'a>(words: &'a [&'a str], allowed: &BTreeSet<String>) -> (bool, &'a [&'a str]) {
    let (mut value, mut rest) = one(words, allowed);
    while let ["AND", more @ ..] = rest {
        let (next, behind) = one(more, allowed);
        (value, rest) = (value && next, behind);
    }
    (value, rest)
}

fn one<'a>(words: &'a [&'a str], allowed: &BTreeSet<String>) -> (bool, &'a [&'a str]) {
    match words {
        ["(", inner @ ..] => {
            let (value, rest) = either(inner, allowed);
            (value, rest.strip_prefix(&[")"]).expect("a closing bracket"))
        }
        [licence, "WITH", exception, rest @ ..] => (allowed.contains(&format!("{licence} WITH {exception}")), rest),
        [licence, rest @ ..] => (allowed.contains(*licence), rest),
        [] => (false, words),
    }
}

/// The packages of `Cargo.lock`: name, version, source.
fn locked() -> Vec<(String, String, Option<String>)> {
    let text = read("Cargo.lock");
    let value = |block: &str, key: &str| {
        block.lines().find_map(|line| line.strip_prefix(&format!("{key} = \""))?.strip_suffix('"').map(str::to_owned))
    };
    let packages = text.split("[[package]]").skip(1);
    let read = |block: &str| {
        (value(block, "name").expect("a name"), value(block, "version").expect("a version"), value(block, "source"))
    };
    packages.map(read).collect()
}

#[test]
fn every_licence_is_allowed() {
    let host = Command::new("rustc").arg("-vV").output().expect("rustc");
    let host =
        String::from_utf8_lossy(&host.stdout).lines().find_map(|line| line.strip_prefix("host: ").map(str::to_owned));
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked", "--all-features", "--filter-platform"])
        .arg(host.expect("a host"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let allowed: BTreeSet<String> = list("licenses", "allow", None).into_iter().collect();
    let packages = metadata["packages"].as_array().expect("packages");
    assert!(packages.len() > 100, "only {} packages", packages.len());
    let mut problems = Vec::new();
    let mut unused = allowed.clone();
    for package in packages {
        let licence = package["license"].as_str().unwrap_or_default();
        if licence.is_empty() || !met(licence, &allowed) {
            problems.push(format!("{} {}: {licence}", package["name"], package["version"]));
        }
        unused.retain(|known| !licence.contains(known.as_str()));
    }
    assert!(problems.is_empty(), "licences that deny.toml does not allow:\n{}", problems.join("\n"));
    assert!(unused.is_empty(), "deny.toml allows what nothing has: {unused:?}");
}

#[test]
fn crates_come_from_one_registry_and_twice_only_with_a_reason() {
    let registries = list("sources", "allow-registry", None);
    let skipped: BTreeSet<String> = list("bans", "skip", Some("crate")).into_iter().collect();
    assert_eq!(list("bans", "skip", Some("reason")).len(), skipped.len(), "each has a reason");
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, version, source) in locked() {
        let Some(source) = source else {
            assert_eq!(name, "atelier", "a crate without a source");
            continue;
        };
        let registry = source.strip_prefix("registry+").unwrap_or(&source).to_owned();
        assert!(registries.contains(&registry), "{name} comes from {source}");
        versions.entry(name).or_default().push(version);
    }
    let number =
        |version: &str| version.split(['.', '-', '+']).map(|part| part.parse().unwrap_or(0)).collect::<Vec<u64>>();
    let mut older = BTreeSet::new();
    for (name, mut all) in versions {
        all.sort_by_key(|version| number(version));
        all.pop();
        older.extend(all.into_iter().map(|version| format!("{name}@{version}")));
    }
    let missing: Vec<_> = older.difference(&skipped).collect();
    assert!(missing.is_empty(), "a second version: find a way without it, or give deny.toml the reason: {missing:?}");
    let gone: Vec<_> = skipped.difference(&older).collect();
    assert!(gone.is_empty(), "deny.toml skips what is no longer there: {gone:?}");
    let wild = read("Cargo.toml").lines().filter(|line| line.contains("\"*\"") && !line.starts_with('[')).count();
    assert_eq!(wild, 0, "a dependency of any version");
}

#[test]
fn licence_expressions_are_read() {
    let allowed: BTreeSet<String> = ["MIT", "BSD-3-Clause"].map(str::to_owned).into();
    for (expression, expected) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("MIT OR GPL-3.0", true),
        ("MIT/Apache-2.0", true),
        ("MIT AND GPL-3.0", false),
        ("(MIT OR Apache-2.0) AND BSD-3-Clause", true),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", false),
        ("Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT", true),
    ] {
        assert_eq!(met(expression, &allowed), expected, "{expression}");
    }
}

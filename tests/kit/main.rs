//! The kits of labs: every shipped lab and the labs of `tests/kit/labs/`, rendered by the program, and held to what they promise.
//! `day.rs` runs the scripts against a local CloudFormation.
#![cfg(unix)]

mod accounts;
#[path = "../support/chromium.rs"]
mod chromium;
mod day;
mod lessons;
mod look;
mod names;
#[path = "../support/python.rs"]
mod python;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use atelier::document::Document;
use atelier::source::Source;
use atelier::yaml::{self, Dialect};
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All lab files.
fn labs() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["labs", "tests/kit/labs"] {
        let entries = fs::read_dir(root().join(folder)).expect("the labs can be read");
        found.extend(
            entries
                .map(|entry| entry.expect("readable").path())
                .filter(|path| path.extension().is_some_and(|e| e == "yaml")),
        );
    }
    found.sort();
    assert!(found.len() >= 5, "the labs are found");
    found
}

fn atelier(arguments: &[&std::ffi::OsStr]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_atelier"));
    command.args(["lab", "render"]).args(arguments).env("ATELIER_TODAY", "2026-11-23");
    command.output().expect("the program runs")
}

/// Renders a lab into a folder, with AWS's validator where it is built in.
fn render(lab: &Path, folder: &Path) {
    let output = atelier(&[lab.as_os_str(), "-o".as_ref(), folder.as_os_str()]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}:\n{said}", lab.display());
}

/// A kit of each lab, made once.
fn kits() -> &'static [(PathBuf, PathBuf)] {
    static KITS: std::sync::OnceLock<Vec<(PathBuf, PathBuf)>> = std::sync::OnceLock::new();
    KITS.get_or_init(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kits");
        let made = |lab: PathBuf| {
            let folder = target.join(lab.file_stem().expect("a lab has a name"));
            render(&lab, &folder);
            (lab, folder)
        };
        labs().into_iter().map(made).collect()
    })
}

/// All files below a folder, as paths from it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("the kit can be read") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path)
            } else {
                found.push(path.strip_prefix(folder).expect("below").to_owned())
            }
        }
    }
    found.sort();
    found
}

fn ending<'a>(files: &'a [PathBuf], ending: &str) -> Vec<&'a PathBuf> {
    files.iter().filter(|path| path.to_string_lossy().ends_with(ending)).collect()
}

fn is_template(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml")
        && path.components().any(|part| part.as_os_str() == "templates" || part.as_os_str() == "static")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn node(path: &Path, dialect: Dialect) -> yaml::Node {
    yaml::load(&Source::new(path.display().to_string(), read(path)), dialect)
        .unwrap_or_else(|found| panic!("{found:?}"))
}

#[test]
fn shellcheck_finds_nothing_and_bash_reads_every_script() {
    let shellcheck = python::environment().join("bin/shellcheck");
    let mut seen = 0;
    for (_, kit) in kits() {
        for script in ending(&files(kit), ".sh") {
            seen += 1;
            let said = Command::new(&shellcheck).args(["-x", "--severity=style"]).arg(script).current_dir(kit).output();
            let said = said.expect("shellcheck runs");
            assert!(said.status.success(), "{}:\n{}", script.display(), String::from_utf8_lossy(&said.stdout));
            let read = Command::new("bash").arg("-n").arg(script).current_dir(kit).status().expect("bash runs");
            assert!(read.success(), "{}", script.display());
        }
    }
    assert!(seen >= 15, "{seen} scripts");
}

#[test]
fn cfn_lint_finds_nothing_in_any_template() {
    let cfn_lint = python::environment().join("bin/cfn-lint");
    for (lab, kit) in kits() {
        let region = node(lab, Dialect::Blueprint).get("region").and_then(|region| region.as_str().map(str::to_owned));
        let files = files(kit);
        let templates: Vec<_> = files.iter().filter(|path| is_template(path)).collect();
        assert!(!templates.is_empty(), "{} has templates", kit.display());
        let mut command = Command::new(&cfn_lint);
        command
            .args(["--regions", &region.expect("a lab has a region"), "--template"])
            .args(templates)
            .current_dir(kit);
        let said = command.output().expect("cfn-lint runs");
        assert!(said.status.success(), "{}:\n{}", kit.display(), String::from_utf8_lossy(&said.stdout));
    }
}

#[test]
fn every_role_of_a_participant_has_a_boundary_without_iam_and_nothing_has_a_fixed_name() {
    const NAMES: [&str; 8] = [
        "RoleName",
        "BucketName",
        "FunctionName",
        "QueueName",
        "TopicName",
        "ManagedPolicyName",
        "LogGroupName",
        "StateMachineName",
    ];
    let mut roles = 0;
    for (_, kit) in kits() {
        for path in files(kit).iter().filter(|path| is_template(path)) {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            if name == "control" || name.starts_with("organiser-") {
                continue;
            }
            let document = Document::read(&node(&kit.join(path), Dialect::Template));
            assert!(!read(&kit.join(path)).contains("\nTransform:"), "{name}");
            let boundary = &document.resources["LabBoundary"].properties["PolicyDocument"];
            let text = boundary.to_string();
            for action in ["\"*\"", "\"iam:*\"", "iam:Create", "organizations:"] {
                assert!(
                    !text.replace("\"Resource\":\"*\"", "").contains(action),
                    "{name}: the boundary allows {action}"
                );
            }
            let length = text.chars().filter(|char| !char.is_whitespace()).count();
            assert!(length <= 6_144, "{name}: a managed policy has at most 6,144 characters, not {length}");
            for (id, resource) in &document.resources {
                if resource.kind == "AWS::IAM::Role" {
                    roles += 1;
                    assert!(resource.properties.get("PermissionsBoundary").is_some(), "{name}: {id} has no boundary");
                }
                for fixed in NAMES {
                    let given = resource.properties.get(fixed);
                    // what SageMaker and S3 Vectors want a name for gets one from the stack's id
                    assert!(
                        given.is_none_or(|given| !given.is_string() || resource.kind.contains("Permission")),
                        "{name}: {id} has the fixed {fixed} {given:?}"
                    );
                }
            }
        }
    }
    assert!(roles > 20, "{roles} roles");
}

#[test]
fn every_participants_stack_is_deleted_at_the_end_and_by_nobody_else() {
    let mut seen = 0;
    for (lab, kit) in kits() {
        let control = kit.join("templates/control.yaml");
        if !control.is_file() {
            continue;
        }
        seen += 1;
        let lab = node(lab, Dialect::Blueprint).to_json();
        let (name, people) = (lab["name"].as_str().expect("a name"), lab["participants"].as_u64().expect("a number"));
        let blueprints = lab["blueprints"].as_array().expect("a list").iter().map(|path| {
            Path::new(path.as_str().expect("a path")).file_stem().expect("a name").to_string_lossy().into_owned()
        });
        let blueprints: Vec<String> = blueprints.collect();
        let wanted: BTreeSet<String> =
            (1..=people).flat_map(|n| blueprints.iter().map(move |b| format!("{name}-p{n:02}-{b}"))).collect();
        let document = Document::read(&node(&control, Dialect::Template));
        let schedules: Vec<_> =
            document.resources.values().filter(|resource| resource.kind == "AWS::Scheduler::Schedule").collect();
        let mut found = BTreeSet::new();
        for schedule in &schedules {
            let target = &schedule.properties["Target"];
            assert!(target["DeadLetterConfig"]["Arn"].is_object(), "a batch has dead letters");
            let input: Value = serde_json::from_str(target["Input"].as_str().expect("JSON")).expect("JSON");
            found.extend(
                input["stacks"]
                    .as_array()
                    .expect("a list")
                    .iter()
                    .map(|stack| stack.as_str().expect("a name").to_owned()),
            );
        }
        assert_eq!(found, wanted);
        let reaper = document.resources["ControlReaperRole"].properties["Policies"].to_string();
        assert!(reaper.contains(&format!("stack/{name}-p*/*")) && !reaper.contains("stack/*"), "{reaper}");
        for path in files(kit).iter().filter(|path| is_template(path) && !path.ends_with("control.yaml")) {
            assert!(!read(&kit.join(path)).contains("cloudformation:deleteStack"), "{}", path.display());
        }
    }
    assert!(seen >= 3, "{seen} control stacks");
}

/// The targets of links and pictures in Markdown.
fn links(text: &str) -> Vec<String> {
    let ends = text.match_indices("](").filter(|(start, _)| !text[..*start].ends_with('\\'));
    ends.filter_map(|(start, _)| text[start + 2..].split_once(')')).map(|(target, _)| target.to_owned()).collect()
}

#[test]
fn links_resolve_and_an_organisers_words_stay_words() {
    let mut seen = 0;
    for (_, kit) in kits() {
        for page in ending(&files(kit), ".md") {
            let text = read(&kit.join(page));
            assert!(
                !text.contains("<b>bold</b>\n") && !text.contains("[link](x)") && !text.contains("{{<"),
                "{}",
                page.display()
            );
            assert!(!text.contains("{{"), "{}: a placeholder is left", page.display());
            let in_studio = page.starts_with("workshop-studio");
            for target in links(&text).iter().filter(|target| !target.starts_with("https://")) {
                seen += 1;
                let place = match (in_studio, target.strip_prefix('/')) {
                    (true, Some("")) => kit.join("workshop-studio/content"),
                    (true, Some(file)) if file.starts_with("static/") => kit.join("workshop-studio").join(file),
                    (true, Some(page)) => kit.join("workshop-studio/content").join(page),
                    _ => kit.join(page).parent().expect("a folder").join(target),
                };
                assert!(place.exists(), "{}: {target} leads nowhere", page.display());
            }
        }
        for page in ending(&files(kit), ".html") {
            let text = read(&kit.join(page));
            assert!(
                !text.contains("<script") && !text.contains("src=") && !text.contains("<b>bold"),
                "{}",
                page.display()
            );
            for target in text.split("href=\"#").skip(1).filter_map(|part| part.split_once('"')) {
                seen += 1;
                assert!(
                    text.contains(&format!("<section id=\"{}\">", target.0)),
                    "{}: #{} leads nowhere",
                    page.display(),
                    target.0
                );
            }
        }
    }
    assert!(seen > 150, "{seen} links");
}

#[test]
fn the_workshop_studio_package_is_as_it_should_be() {
    let schema: Value = serde_json::from_str(&read(&root().join("tests/kit/contentspec.schema.json"))).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema compiles");
    let mut seen = 0;
    for (_, kit) in kits() {
        let package = kit.join("workshop-studio");
        if !package.is_dir() {
            continue;
        }
        seen += 1;
        let spec = node(&package.join("contentspec.yaml"), Dialect::Blueprint).to_json();
        let errors: Vec<String> =
            validator.iter_errors(&spec).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        for template in spec["infrastructure"]["cloudformationTemplates"].as_array().expect("a list") {
            let path = package.join(template["templateLocation"].as_str().expect("a path"));
            let document = Document::read(&node(&path, Dialect::Template));
            let given: BTreeSet<&str> = template["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|p| p["templateParameter"].as_str())
                .collect();
            for (name, parameter) in &document.sections["Parameters"] {
                assert!(
                    parameter.get("Default").is_some() || given.contains(name.as_str()),
                    "{}: {name} has no value",
                    path.display()
                );
            }
            assert!(given.iter().all(|name| document.sections["Parameters"].contains_key(*name)));
        }
        for policy in spec["awsAccountConfig"]["participantRole"]["iamPolicies"].as_array().expect("a list") {
            let policy: Value =
                serde_json::from_str(&read(&package.join(policy.as_str().expect("a path")))).expect("JSON");
            assert!(
                policy["Statement"]
                    .as_array()
                    .is_some_and(|statements| statements.iter().any(|s| s["Effect"] == "Deny"))
            );
        }
        for page in ending(&files(&package), ".md") {
            let text = read(&package.join(page));
            assert!(text.starts_with("---\ntitle: \""), "{}", page.display());
            let locale = if text.is_empty() {
                ""
            } else {
                page.to_str().expect("a path").rsplit('.').nth(1).expect("a language")
            };
            let locales = spec["localeCodes"].as_array().expect("a list");
            assert!(
                locales.iter().any(|code| code.as_str().is_some_and(|code| code.starts_with(locale))),
                "{}",
                page.display()
            );
        }
    }
    assert!(seen >= 1);
}

#[test]
fn a_kit_is_the_same_every_time_and_keeps_what_people_filled_in() {
    let (lab, kit) = kits().iter().find(|(lab, _)| lab.ends_with("labs/half-day.yaml")).expect("the shipped lab");
    let folder = tempfile::tempdir().expect("a folder");
    let again = folder.path().join("kit");
    render(lab, &again);
    let list = files(kit);
    assert_eq!(list, files(&again));
    for path in &list {
        assert_eq!(
            fs::read(kit.join(path)).expect("a file"),
            fs::read(again.join(path)).expect("a file"),
            "{}",
            path.display()
        );
    }
    let check = |folder: &Path| {
        atelier(&[lab.as_os_str(), "--check".as_ref(), "-o".as_ref(), folder.as_os_str()]).status.code()
    };
    assert_eq!(check(&again), Some(0));
    fs::write(again.join("participants.csv"), "id,name,email,account\np01,Ada,,\n").expect("writable");
    fs::write(again.join("README.md"), "changed").expect("writable");
    assert_eq!(check(&again), Some(1));
    render(lab, &again);
    assert!(read(&again.join("participants.csv")).contains("Ada"));
    assert_eq!(read(&again.join("README.md")), read(&kit.join("README.md")));
    assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 1, "nothing is left beside it");

    let other = folder.path().join("other");
    fs::create_dir(&other).expect("writable");
    fs::write(other.join("README.md"), "somebody's own").expect("writable");
    let output = atelier(&[lab.as_os_str(), "-o".as_ref(), other.as_os_str()]);
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(read(&other.join("README.md")), "somebody's own");
}

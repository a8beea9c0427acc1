//! A user's folder of component types: it may replace a built-in one, and nothing outside of it is read.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use atelier::assemble::Template;
use atelier::library::Library;
use atelier::pipeline::{Atelier, Outcome};
use atelier::report::{Format, render};
use atelier::source::Source;
use tempfile::TempDir;

const SCHEMA: &str = r#"{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Thing",
  "description": "A topic.", "type": "object", "unevaluatedProperties": false, "properties": {}}"#;
const TEMPLATE: &str = "Resources:\n  {{ logical(\"Topic\") }}:\n    Type: AWS::SNS::Topic\n";

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("below the root")).expect("made");
    fs::write(path, text).expect("written");
}

/// A folder `library` with the type `my/thing`.
fn thing() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), "library/schemas/my/thing.schema.json", SCHEMA);
    write(folder.path(), "library/templates/my/thing.yaml.j2", TEMPLATE);
    folder
}

fn blueprint(kind: &str) -> Arc<Source> {
    let text =
        format!("blueprint: v1\nname: course\nregions: [eu-west-1]\ncomponents:\n  thing: {{type: \"{kind}\"}}\n");
    Source::new("blueprint.yaml", text)
}

fn rendered(libraries: &[&Path], kind: &str) -> Outcome<Template> {
    let roots: Vec<_> = libraries.iter().map(|root| root.to_path_buf()).collect();
    let library = Library::open(&roots).unwrap_or_else(|findings| panic!("{}", render(&findings, Format::Text, false)));
    Atelier::new(library).render(&blueprint(kind))
}

fn told<T>(outcome: &Outcome<T>) -> String {
    render(&outcome.findings, Format::Text, false)
}

fn has(outcome: &Outcome<Template>, resource: &str) -> bool {
    outcome.result.as_ref().is_some_and(|template| template.source.text.contains(resource))
}

#[test]
fn a_folder_replaces_a_built_in_type_and_the_last_folder_wins() {
    let folder = thing();
    let (first, second) = (folder.path().join("library"), folder.path().join("second"));
    write(&first, "schemas/storage/bucket.schema.json", SCHEMA);
    write(&first, "templates/storage/bucket.yaml.j2", TEMPLATE);
    let outcome = rendered(&[&first], "storage/bucket");
    assert!(has(&outcome, "AWS::SNS::Topic") && !has(&outcome, "AWS::S3::Bucket"), "{}", told(&outcome));
    // the template alone may be replaced, too
    write(&second, "templates/storage/bucket.yaml.j2", &TEMPLATE.replace("SNS::Topic", "SQS::Queue"));
    let outcome = rendered(&[&first, &second], "storage/bucket");
    assert!(has(&outcome, "AWS::SQS::Queue"), "{}", told(&outcome));
    assert!(has(&rendered(&[], "storage/bucket"), "AWS::S3::Bucket"));
}

#[test]
fn a_replaced_type_that_gives_less_is_a_finding() {
    let folder = thing();
    let library = folder.path().join("library");
    write(&library, "schemas/security/key.schema.json", SCHEMA);
    write(&library, "templates/security/key.yaml.j2", TEMPLATE);
    // a bucket makes a key by default, and this one has no ARN to give
    let outcome = rendered(&[&library], "storage/bucket");
    assert!(outcome.result.is_none() && told(&outcome).contains("encryption-key"), "{}", told(&outcome));
}

#[cfg(unix)]
#[test]
fn nothing_outside_of_the_folder_is_read() {
    use std::os::unix::fs::symlink;
    let folder = thing();
    let library = folder.path().join("library");
    write(folder.path(), "secret.py", "SECRET = 1\n");
    write(folder.path(), "secret.schema.json", SCHEMA);
    symlink(folder.path().join("secret.py"), library.join("templates/my/linked.py")).expect("linked");
    symlink(folder.path(), library.join("templates/up")).expect("linked");
    for path in ["my/linked.py", "up/secret.py", "../../secret.py", "/etc/passwd", "my/../../../secret.py"] {
        for line in [format!("    # {{{{ code(\"{path}\", 2) }}}}\n"), format!("{{% include \"{path}\" %}}\n")] {
            write(&library, "templates/my/thing.yaml.j2", &format!("{TEMPLATE}{line}"));
            let outcome = rendered(&[&library], "my/thing");
            assert!(outcome.result.is_none() && told(&outcome).contains("T001"), "{line}: {}", told(&outcome));
            assert!(!told(&outcome).contains("SECRET"), "{}", told(&outcome));
        }
    }
    symlink(folder.path().join("secret.schema.json"), library.join("schemas/my/other.schema.json")).expect("linked");
    write(&library, "templates/my/other.yaml.j2", TEMPLATE);
    for kind in ["my/other", "my/..", "../library", "my/../thing"] {
        let outcome = rendered(&[&library], kind);
        let refused = if kind == "my/other" { "leads out of its folder" } else { "S012" };
        assert!(outcome.result.is_none() && told(&outcome).contains(refused), "{kind}: {}", told(&outcome));
    }
}

/// Files that are no text, or nested without end: each a finding, none ends the process.
#[test]
fn odd_files_are_findings() {
    let folder = thing();
    let library = folder.path().join("library");
    let odd: [(&str, Vec<u8>); 3] = [
        ("schemas/my/thing.schema.json", b"\xff\xfe{}".to_vec()),
        ("schemas/my/thing.schema.json", vec![b'['; 100_000]),
        ("templates/my/thing.yaml.j2", b"Resources: \xff".to_vec()),
    ];
    for (path, bytes) in odd {
        let whole = fs::read(library.join(path)).expect("there");
        fs::write(library.join(path), &bytes).expect("written");
        let outcome = rendered(&[&library], "my/thing");
        assert!(outcome.result.is_none() && !outcome.findings.is_empty(), "{path}: {}", told(&outcome));
        fs::write(library.join(path), whole).expect("written");
    }
    assert!(rendered(&[&library], "my/thing").result.is_some());
}

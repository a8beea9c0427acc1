//! A stranger's component library: schema, template and a blueprint that uses it, separated by lines `---8<---`.

use std::fs;

use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::report::{Format, render};
use atelier::source::Source;

/// Judges one input; panics when something is wrong.
pub fn check(data: &[u8]) {
    let Ok(data) = std::str::from_utf8(data) else { return };
    let mut parts = data.split("---8<---\n");
    let (Some(schema), Some(template), Some(properties)) = (parts.next(), parts.next(), parts.next()) else { return };
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder");
    for sub in ["schemas/lab", "templates/lab"] {
        fs::create_dir_all(folder.path().join(sub)).expect("made");
    }
    fs::write(folder.path().join("schemas/lab/queue.schema.json"), schema).expect("written");
    fs::write(folder.path().join("templates/lab/queue.yaml.j2"), template).expect("written");
    let findings = match Library::open(&[folder.path().to_owned()]) {
        Err(findings) => findings,
        Ok(library) => {
            let blueprint = format!(
                "blueprint: v1\nname: fuzz\nregions: [eu-west-1]\ncomponents:\n  work:\n    type: lab/queue\n{properties}"
            );
            let outcome = Atelier::on(library, 20_780).render(&Source::new("fuzz.yaml", blueprint));
            assert!(outcome.result.is_some() || !outcome.findings.is_empty(), "neither a template nor a finding");
            outcome.findings
        }
    };
    render(&findings, Format::Text, false);
}

//! Any text as a blueprint: a design or findings, which every format can show.

use std::sync::OnceLock;

use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::report::{Format, render};
use atelier::yaml;

fn atelier() -> &'static Atelier {
    static ATELIER: OnceLock<Atelier> = OnceLock::new();
    ATELIER.get_or_init(|| Atelier::on(Library::open(&[]).expect("the embedded library"), 20_780))
}

/// Judges one input; panics when something is wrong.
pub fn check(data: &[u8]) {
    let Ok(source) = yaml::decode("fuzz.yaml", data) else { return };
    let outcome = atelier().check(&source);
    assert!(outcome.result.is_some() || !outcome.findings.is_empty(), "neither a design nor a finding");
    for format in [Format::Text, Format::Json, Format::Sarif, Format::Junit, Format::Github] {
        let told = render(&outcome.findings, format, false);
        assert!(told.chars().all(|char| char == '\n' || !char.is_control()), "{told:?}");
    }
}

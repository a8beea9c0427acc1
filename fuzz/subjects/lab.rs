//! Any bytes as a lab file: a lab or findings, which every format can show; a lab of blueprints that are there has a plan.

use atelier::diagnostic::has_error;
use atelier::lab;
use atelier::report::{Format, render};
use atelier::yaml;

/// Judges one input; panics when something is wrong.
pub fn check(data: &[u8]) {
    let Ok(source) = yaml::decode("fuzz.yaml", data) else { return };
    let (lab, findings) = lab::load(&source);
    assert!(lab.is_some() || has_error(&findings), "neither a lab nor an error");
    assert!(lab.is_none() || !has_error(&findings), "a lab with errors");
    for format in [Format::Text, Format::Json, Format::Sarif, Format::Junit, Format::Github] {
        let told = render(&findings, format, false);
        assert!(told.chars().all(|char| char == '\n' || !char.is_control()), "{told:?}");
    }
    if let Some(lab) = lab {
        let (plan, _) = lab::plan(&lab, &[], None);
        let page = lab::plan_page(&lab, &plan);
        assert!(!page.to_markdown().contains("NaN"), "a figure is none");
    }
}

//! Any text as a blueprint, to the template: it can be read back, is the same a second time, and each byte has an origin.

use std::sync::OnceLock;

use atelier::assemble::{Detail, text};
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::yaml::{self, Dialect};

fn atelier() -> &'static Atelier {
    static ATELIER: OnceLock<Atelier> = OnceLock::new();
    ATELIER.get_or_init(|| Atelier::on(Library::open(&[]).expect("the embedded library"), 20_780))
}

/// Judges one input; panics when something is wrong.
pub fn check(data: &[u8]) {
    let Ok(source) = yaml::decode("fuzz.yaml", data) else { return };
    let outcome = atelier().render(&source);
    let Some(template) = outcome.result else {
        assert!(!outcome.findings.is_empty(), "neither a template nor a finding");
        return;
    };
    let again = atelier().render(&source).result.expect("it rendered a moment ago");
    assert_eq!(template.source.text, again.source.text, "two renders differ");
    yaml::load(&template.source, Dialect::Template).expect("the template can be read");
    let length = template.source.text.len();
    for start in (0..length).step_by(97) {
        if template.source.text.is_char_boundary(start) {
            template.trace.origin(start..(start + 1).min(length));
        }
    }
    for detail in [Detail::Commented, Detail::Bare] {
        text(&template, detail);
    }
}

//! The check of component schemas against their meta-schema.

use serde_json::Value;

use crate::diagnostic::Finding;
use crate::library::ComponentType;
use crate::source::Place;

use super::check::{Checker, Locate};

/// What the meta-schema `schemas/component.meta.json` has to say of a component type's schema.
pub fn meta_check(kind: &ComponentType) -> Vec<Finding> {
    struct Nowhere<'a>(&'a ComponentType);
    impl Locate for Nowhere<'_> {
        fn value(&self, path: &[String]) -> Place {
            let word = path.iter().rev().find(|step| step.parse::<usize>().is_err()).map_or("", String::as_str);
            let start = self.0.schema_source.text.find(&format!("\"{word}\"")).unwrap_or(0);
            Place::new(&self.0.schema_source, start..start + word.len())
        }
        fn key(&self, path: &[String]) -> Place {
            self.value(path)
        }
    }
    #[expect(clippy::expect_used, reason = "the text is embedded in the program, and tests read it")]
    let meta: Value = serde_json::from_str(include_str!("../../schemas/component.meta.json"))
        .expect("the embedded meta-schema is JSON");
    match Checker::new(&meta, &format!("the schema of `{}`", kind.name)) {
        Ok(checker) => checker.check(&kind.schema, &Nowhere(kind), &[]),
        Err(message) => vec![Finding::error("L002", None, format!("the meta-schema does not compile: {message}"))],
    }
}

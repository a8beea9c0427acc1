//! Rules on resources, whoever wrote the template: what designs render to, components of the user's own included, and templates from anywhere.
//!
//! The rules are rows of `schemas/baseline.yaml`. What a function of CloudFormation gives (a parameter, an `!If`) is not known before deployment, and is
//! not judged.

mod judge;
mod language;
mod place;

use std::sync::Arc;

use minijinja::Environment;

use crate::diagnostic::{self, Finding};
use crate::document::Document;
use crate::library::ResourceRule;
use crate::link::Graph;
use crate::render::Fragment;
use crate::source::Source;
use crate::yaml::{self, Dialect, Node};

/// The rules, ready to be asked.
pub struct Baseline {
    env: Environment<'static>,
    /// The rows.
    pub rules: Vec<Arc<ResourceRule>>,
}

impl Baseline {
    /// The rules of a library, evaluated in its environment with the functions that only they have.
    pub fn new(rules: Vec<Arc<ResourceRule>>, env: &Environment<'static>) -> Baseline {
        let mut env = env.clone();
        language::register(&mut env);
        Baseline { env, rules }
    }

    /// Whether a code is one of a rule on resources.
    pub fn knows(&self, code: &str) -> bool {
        self.rules.iter().any(|rule| rule.id == code)
    }

    /// What the rules say of a template from anywhere; nothing of what is no template.
    pub fn template(&self, source: &Arc<Source>) -> Vec<Finding> {
        let Ok(root) = yaml::load(source, Dialect::Template) else { return Vec::new() };
        let document = Document::read(&root);
        let breaches = judge::breaches(self, &[&document]);
        let open = breaches.into_iter().map(|(_, breach)| breach).filter(|breach| !breach.accepted);
        let mut findings: Vec<Finding> = open.map(|breach| place::on_template(source, &root, breach)).collect();
        diagnostic::sort(&mut findings);
        findings
    }

    /// What the rules say of a design, told on its blueprint, each finding with the index of its component.
    pub fn design(&self, graph: &Graph, fragments: &[Fragment]) -> Vec<(Option<usize>, Finding)> {
        let asked = self.asked(fragments);
        let documents: Vec<Document> = fragments
            .iter()
            .zip(&asked)
            .map(|(fragment, asked)| if *asked { Document::read(&fragment.root) } else { Document::default() })
            .collect();
        let breaches = judge::breaches(self, &documents.iter().collect::<Vec<_>>());
        let told = breaches.into_iter().filter_map(|(index, breach)| {
            let fragment = fragments.get(index)?;
            // what the blueprint accepts stands in the metadata, too: there it is told that its reason was needed
            let component = graph.components.get(fragment.component)?;
            let mut given = graph.blueprint.acknowledged.iter().chain(&component.declared.acknowledged);
            if breach.accepted && !given.any(|given| given.rule == breach.rule.id) {
                return None;
            }
            Some((Some(fragment.component), place::on_blueprint(graph, fragment, breach)))
        });
        told.collect()
    }

    /// Which fragments have a resource that a rule is about: all of them as soon as such a rule looks at what its resource refers to.
    fn asked(&self, fragments: &[Fragment]) -> Vec<bool> {
        let mut elsewhere = false;
        let asked: Vec<bool> = fragments
            .iter()
            .map(|fragment| {
                let resources = fragment.root.get("Resources").map_or(&[][..], Node::entries);
                let kinds = resources.iter().filter_map(|resource| resource.value.get("Type")?.as_str());
                let mut any = false;
                for kind in kinds {
                    for rule in self.rules.iter().filter(|rule| rule.types.iter().any(|one| one == kind)) {
                        any = true;
                        elsewhere |= rule.looks_elsewhere();
                    }
                }
                any
            })
            .collect();
        if elsewhere { vec![true; fragments.len()] } else { asked }
    }
}

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
        // they were read once when they were rendered
        let roots: Vec<Node> = fragments
            .iter()
            .map(|fragment| yaml::load(&fragment.source, Dialect::Template))
            .collect::<Result<_, _>>()
            .unwrap_or_default();
        let documents: Vec<Document> = roots.iter().map(Document::read).collect();
        let breaches = judge::breaches(self, &documents.iter().collect::<Vec<_>>());
        let told = breaches.into_iter().filter_map(|(index, breach)| {
            let (fragment, root) = (fragments.get(index)?, roots.get(index)?);
            // what the blueprint accepts stands in the metadata, too: there it is told that its reason was needed
            let component = graph.components.get(fragment.component)?;
            let mut given = graph.blueprint.acknowledged.iter().chain(&component.declared.acknowledged);
            if breach.accepted && !given.any(|given| given.rule == breach.rule.id) {
                return None;
            }
            Some((Some(fragment.component), place::on_blueprint(graph, fragment, root, breach)))
        });
        told.collect()
    }
}

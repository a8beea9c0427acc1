//! The stages in a row: a source becomes a checked design, a checked design becomes a template.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use minijinja::Environment;

use crate::assemble::{self, Template};
use crate::baseline::Baseline;
use crate::diagnostic::{self, Finding, has_error};
use crate::diagram::{self, Diagram};
use crate::library::Library;
use crate::link::{self, Graph};
use crate::source::Source;
use crate::yaml::{self, Dialect};
use crate::{expression, render, rules, schema};

/// What is being worked on, and since when.
static WORK: Mutex<Vec<(usize, String, Instant)>> = Mutex::new(Vec::new());
static NUMBER: AtomicUsize = AtomicUsize::new(0);

/// Work on one blueprint, until it is dropped.
struct Work(usize);

impl Work {
    fn on(source: &Source) -> Work {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let mut all = WORK.lock().unwrap_or_else(PoisonError::into_inner);
        all.push((number, source.name.clone(), Instant::now()));
        Work(number)
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        WORK.lock().unwrap_or_else(PoisonError::into_inner).retain(|(number, ..)| *number != self.0);
    }
}

/// The blueprint that is worked on for the longest time, and how long.
pub fn longest_work() -> Option<(String, Duration)> {
    let all = WORK.lock().unwrap_or_else(PoisonError::into_inner);
    all.iter().min_by_key(|(_, _, since)| *since).map(|(_, name, since)| (name.clone(), since.elapsed()))
}

/// A library with the environment that its templates and rules run in; made once, used for many blueprints and by many threads.
pub struct Atelier {
    /// Component types.
    pub library: Library,
    /// Rules on resources.
    pub baseline: Baseline,
    /// Templates keep comments and rationale even where they are then too large for a call without an S3 bucket.
    pub full: bool,
    /// Warnings count as errors.
    pub deny_warnings: bool,
    env: Environment<'static>,
}

/// What a stage gave and all that it had to say.
#[derive(Debug)]
pub struct Outcome<T> {
    /// The result, unless there is an error.
    pub result: Option<T>,
    /// Sorted findings of all stages that ran.
    pub findings: Vec<Finding>,
}

impl Atelier {
    /// Ready to work on blueprints of this library; rules that compare dates judge them today.
    pub fn new(library: Library) -> Atelier {
        Atelier::on(library, expression::today())
    }

    /// The same on another day (since 1970-01-01), so that tests and generated pages do not age.
    pub fn on(library: Library, today: i64) -> Atelier {
        let env = expression::environment(Arc::clone(&library.files), today);
        let baseline = Baseline::new(library.baseline.clone(), &env);
        Atelier { library, baseline, full: false, deny_warnings: false, env }
    }

    /// Loads, validates, links and checks a blueprint. A stage runs when the one before it had no error.
    pub fn check(&self, source: &Arc<Source>) -> Outcome<Graph> {
        let _work = Work::on(source);
        let root = match yaml::load(source, Dialect::Blueprint) {
            Ok(root) => root,
            Err(findings) => return self.outcome(None, findings),
        };
        let (blueprint, mut findings) = schema::validate(&self.library, source, root);
        let Some(blueprint) = blueprint.filter(|_| !has_error(&findings)) else { return self.outcome(None, findings) };
        let (graph, linked) = link::link(&self.library, &self.env, blueprint);
        findings.extend(linked);
        let Some(graph) = graph else { return self.outcome(None, findings) };
        findings.extend(rules::check(&self.env, &graph, |code| self.baseline.knows(code)));
        self.outcome(Some(graph), findings)
    }

    /// Checks a blueprint and makes its template.
    pub fn render(&self, source: &Arc<Source>) -> Outcome<Template> {
        let _work = Work::on(source);
        let Outcome { result, mut findings } = self.check(source);
        let Some(graph) = result else { return Outcome { result: None, findings } };
        match render::render(&self.library, &self.env, &graph) {
            Ok(fragments) => {
                let told = self.baseline.design(&graph, &fragments);
                findings.extend(rules::without_acknowledged(&graph, told, |code| self.baseline.knows(code)));
                let (template, more) = assemble::assemble(graph, fragments, self.full);
                findings.extend(more);
                self.outcome(template, findings)
            }
            Err(more) => {
                findings.extend(more);
                self.outcome(None, findings)
            }
        }
    }

    /// What is drawn of a rendered design; findings when a component type does not say it rightly.
    pub fn diagram(&self, template: &Template) -> Result<Diagram, Vec<Finding>> {
        let _work = Work::on(&template.trace.graph.blueprint.source);
        diagram::diagram(&self.env, template)
    }

    fn outcome<T>(&self, result: Option<T>, mut findings: Vec<Finding>) -> Outcome<T> {
        if self.deny_warnings {
            diagnostic::deny_warnings(&mut findings);
        }
        diagnostic::sort(&mut findings);
        Outcome { result: result.filter(|_| !has_error(&findings)), findings }
    }
}

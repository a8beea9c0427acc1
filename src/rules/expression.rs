//! The rules of a component type: minijinja expressions over its properties, its links and the catalogue.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::value::Value;
use minijinja::{Environment, Error, Expression};

use crate::diagnostic::{Finding, Label, Severity};
use crate::expression::to_json;
use crate::library::Rule;
use crate::link::{Component, Graph, scope};
use crate::schema::Scenario;
use crate::source::Place;

use super::regions;

type Scope = BTreeMap<String, Value>;

/// Stands in the message of a regional rule for the regions that fail; a message without it gets them at its end.
const PLACES: &str = "failing_regions";

/// Findings of one component, each with the component's index.
pub(super) fn check(env: &Environment, graph: &Graph, index: usize) -> Vec<(Option<usize>, Finding)> {
    let component = graph.at(index);
    let mut findings = Vec::new();
    let mut reported = BTreeSet::new();
    for scenario in &component.declared.scenarios {
        let variables = scope(graph, index, &scenario.properties, None);
        let context = Value::from_pairs(variables.iter().map(|(name, value)| (name.clone(), value.clone())));
        for rule in &component.declared.kind.rules {
            // what holds under the defaults is said once, not again for every other choice
            if reported.contains(&rule.id) {
                continue;
            }
            let judged =
                Judge { env, graph, component, rule, scenario, variables: &variables, context: &context }.judge();
            if let Some(finding) = judged {
                reported.insert(rule.id.clone());
                findings.push((Some(index), finding));
            }
        }
    }
    findings
}

struct Judge<'a> {
    env: &'a Environment<'a>,
    graph: &'a Graph,
    component: &'a Component,
    rule: &'a Rule,
    scenario: &'a Scenario,
    variables: &'a Scope,
    /// The variables as one value.
    context: &'a Value,
}

enum Verdict {
    Holds,
    Fails { note: Option<String>, regions: Vec<String> },
}

impl Judge<'_> {
    fn judge(&self) -> Option<Finding> {
        match self.verdict() {
            Ok(Verdict::Holds) => None,
            Ok(Verdict::Fails { note, regions }) => Some(self.finding(note, &regions)),
            Err(error) => Some(self.broken(&error)),
        }
    }

    fn verdict(&self) -> Result<Verdict, Error> {
        let when = self.rule.when.as_deref().map(|when| self.env.compile_expression(when)).transpose()?;
        if !self.scenario.unknown.is_empty() && self.reads_unknown()? {
            return Ok(Verdict::Holds);
        }
        // a condition that cannot be evaluated counts as met
        let concerned =
            |context: &Value| when.as_ref().is_none_or(|when| when.eval(context).map_or(true, |value| value.is_true()));
        // asserts fail closed
        let holds = |assert: &Expression, context: &Value| match assert.eval(context) {
            Ok(value) => (value.is_true(), None),
            Err(error) => (false, Some(reason(&error))),
        };
        if self.rule.each.as_deref() != Some("regions") {
            // most rules are about other designs than this one: their assert is not even compiled
            if !concerned(self.context) {
                return Ok(Verdict::Holds);
            }
            let (ok, note) = holds(&self.env.compile_expression(&self.rule.assert)?, self.context);
            return Ok(if ok { Verdict::Holds } else { Verdict::Fails { note, regions: Vec::new() } });
        }
        let assert = self.env.compile_expression(&self.rule.assert)?;
        let mut note = None;
        let mut failing = Vec::new();
        for region in &self.graph.blueprint.regions {
            let context = self.in_region(region);
            if !concerned(&context) {
                continue;
            }
            let (ok, why) = holds(&assert, &context);
            if !ok {
                failing.push(region.clone());
                note = note.or(why);
            }
        }
        Ok(if failing.is_empty() { Verdict::Holds } else { Verdict::Fails { note, regions: failing } })
    }

    /// Whether the rule reads a value that nobody knows before deployment.
    fn reads_unknown(&self) -> Result<bool, Error> {
        for expression in [Some(&self.rule.assert), self.rule.when.as_ref()].into_iter().flatten() {
            let paths = self.env.compile_expression(expression)?.undeclared_variables(true);
            if self.scenario.unknown.iter().any(|unknown| paths.iter().any(|path| touches(path, unknown))) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The variables with `region` set.
    fn in_region(&self, region: &str) -> Value {
        self.with([("region", region)])
    }

    fn with<'t>(&self, more: impl IntoIterator<Item = (&'t str, &'t str)>) -> Value {
        let variables = self.variables.iter().map(|(name, value)| (name.clone(), value.clone()));
        Value::from_pairs(variables.chain(more.into_iter().map(|(name, text)| (name.to_owned(), Value::from(text)))))
    }

    fn finding(&self, note: Option<String>, regions: &[String]) -> Finding {
        let rule = self.rule;
        let context = match regions.first() {
            None => self.context.clone(),
            Some(region) => self.with([("region", region.as_str()), (PLACES, &regions::listed(regions))]),
        };
        let text = |template: &str| match self.env.render_str(template, &context) {
            Ok(text) => text,
            Err(error) => format!("{} ({})", rule.id, reason(&error)),
        };
        let mut message = text(&rule.message);
        if !regions.is_empty() && !rule.message.contains(PLACES) {
            message.push_str(&format!(" in {}", regions::listed(regions)));
        }
        if !self.scenario.note.is_empty() {
            message.push_str(&format!(", {}", self.scenario.note));
        }
        let path: Vec<String> = rule.at.split('.').filter(|step| !step.is_empty()).map(str::to_owned).collect();
        let place = self.graph.place(self.component, &path);
        let mut finding = Finding::new(rule.severity, rule.id.as_str(), place.clone(), message);
        finding.help.extend(rule.help.as_deref().map(text));
        if let Some(note) = note {
            finding.help.push(format!("the rule could not be evaluated: {note}"));
        }
        if !regions.is_empty() {
            let works = regions::working(regions, &self.graph.blueprint.regions, |region| self.works_in(region));
            let nowhere = || (rule.severity == Severity::Error).then(|| "no region is known where it works".to_owned());
            finding.help.extend(works.or_else(nowhere));
        }
        finding.labels = self.labels(&place, regions);
        if let Some(fix) = &rule.fix
            && self.written(&path)
            && let Ok(value) = self.env.compile_expression(fix).and_then(|fix| fix.eval(&context))
        {
            let value = to_json(&value);
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            finding = finding.with_fix(format!("write {text}"), place, text);
        }
        finding
    }

    fn written(&self, path: &[String]) -> bool {
        let whole = [self.component.declared.path.as_slice(), path].concat();
        self.graph.blueprint.root.find(whole.iter().map(String::as_str)).is_some()
    }

    /// Whether this rule is about the region and holds there, and no other regional rule of the component makes it fail there.
    fn works_in(&self, region: &str) -> bool {
        let context = self.in_region(region);
        let truth = |expression: &str| {
            self.env.compile_expression(expression).and_then(|e| e.eval(&context)).map(|value| value.is_true())
        };
        let concerned = |rule: &Rule, unclear: bool| rule.when.as_deref().is_none_or(|w| truth(w).unwrap_or(unclear));
        let holds = |rule: &Rule| truth(&rule.assert).unwrap_or(false);
        let regional = self.component.declared.kind.rules.iter().filter(|rule| rule.each.is_some());
        concerned(self.rule, false)
            && holds(self.rule)
            && regional
                .filter(|rule| rule.severity == Severity::Error)
                .all(|rule| !concerned(rule, true) || holds(rule))
    }

    /// What else of the file the rule looked at, and the regions that fail.
    fn labels(&self, place: &Place, regions: &[String]) -> Vec<Label> {
        let mut labels = Vec::new();
        let paths = self
            .env
            .compile_expression(&self.rule.assert)
            .map(|assert| assert.undeclared_variables(true))
            .unwrap_or_default();
        for path in paths.into_iter().collect::<BTreeSet<_>>() {
            let mut steps = path.split('.').map(str::to_owned);
            let owner = match steps.next().as_deref() {
                Some("this") => self.component,
                Some(link) => match self.component.links.get(link) {
                    Some(target) => self.graph.at(*target),
                    None => continue,
                },
                None => continue,
            };
            let steps: Vec<String> = steps.filter(|step| step != "properties").collect();
            let whole = [owner.declared.path.as_slice(), &steps].concat();
            let Some((node, _)) = self.graph.blueprint.root.find(whole.iter().map(String::as_str)) else { continue };
            let here = self.graph.blueprint.place(&whole);
            let scalar = node.entries().is_empty() && node.items().is_empty();
            if !steps.is_empty() && scalar && here != *place {
                let value = to_text(&node.to_json());
                labels.push(Label { place: here, text: format!("`{}` is {value}", steps.join(".")) });
            }
        }
        for region in regions {
            let index = self.graph.blueprint.regions.iter().position(|known| known == region).unwrap_or(0);
            let place = self.graph.blueprint.place(&["regions".to_owned(), index.to_string()]);
            labels.push(Label { place, text: "fails here".to_owned() });
        }
        labels
    }

    fn broken(&self, error: &Error) -> Finding {
        let source = &self.component.declared.kind.schema_source;
        let start = source.text.find(&format!("\"{}\"", self.rule.id)).unwrap_or(0);
        let place = Place::new(source, start..start + if start == 0 { 0 } else { self.rule.id.len() + 2 });
        let message = format!(
            "the rule {} of `{}` is not an expression: {}",
            self.rule.id,
            self.component.declared.kind.name,
            reason(error)
        );
        Finding::new(Severity::Error, "L003", place, message)
    }
}

fn to_text(json: &serde_json::Value) -> String {
    let text = json.as_str().map_or_else(|| json.to_string(), str::to_owned);
    if text.chars().count() > 60 { text.chars().take(59).collect::<String>() + "…" } else { text }
}

fn reason(error: &Error) -> String {
    let detail = error.detail().map_or_else(String::new, |detail| format!(": {detail}"));
    format!("{}{detail}", error.kind())
}

/// Whether a dotted variable path reads a property path or something below or above it.
fn touches(variable: &str, property: &[String]) -> bool {
    let Some(rest) = variable.strip_prefix("this") else { return false };
    let steps: Vec<&str> = rest.split('.').filter(|step| !step.is_empty()).collect();
    steps.iter().zip(property).all(|(a, b)| a == b)
}

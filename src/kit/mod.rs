//! What the day of a lab needs, as files: participants' templates, the organiser's control stack, scripts, and the guide.

mod boundary;
mod control;
mod guide;
mod html;
mod lesson;
mod module;
mod people;
mod rights;
mod sandbox;
mod scripts;
mod stackset;
mod studio;
mod words;

use crate::diagnostic::{Finding, has_error};
use crate::expression::Documents;
use crate::lab::{self, Lab, Plan, Stack, Target};
use crate::pipeline::Atelier;

pub use boundary::{INLINE_BYTES, bounded};
pub use people::people;
pub use rights::{Rights, rights};

/// A file of the kit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path below the kit's folder, with slashes.
    pub path: String,
    /// All of it.
    pub text: String,
    /// Whether it is a program.
    pub executable: bool,
    /// Whether it is a CloudFormation template, which a validator is to see.
    pub template: bool,
}

impl File {
    fn text(path: impl Into<String>, text: impl Into<String>) -> File {
        File { path: path.into(), text: text.into(), executable: false, template: false }
    }

    fn program(path: impl Into<String>, text: impl Into<String>) -> File {
        File { executable: true, ..File::text(path, text) }
    }

    fn template(path: impl Into<String>, text: impl Into<String>) -> File {
        File { template: true, ..File::text(path, text) }
    }
}

/// What a kit is made from.
pub struct Day<'a> {
    /// The lab.
    pub lab: &'a Lab,
    /// Its blueprints, rendered.
    pub stacks: &'a [Stack],
    /// What it needs and costs.
    pub plan: &'a Plan,
    /// What the blueprints' own checks said that is no error, for the page of troubles.
    pub remarks: &'a [Finding],
    /// A drawing of each blueprint, by its name, as SVG.
    pub drawings: &'a [(String, String)],
}

impl Day<'_> {
    /// The identifiers of the participants.
    fn participants(&self) -> Vec<String> {
        (1..=self.lab.participants).map(lab::participant).collect()
    }

    /// The languages of the guide, the first one first.
    fn languages(&self) -> Vec<&'static str> {
        match self.lab.language.as_str() {
            "fr" => vec!["fr"],
            "both" => vec!["fr", "en"],
            _ => vec!["en"],
        }
    }
}

/// All files of the kit in the order of their paths, unless something stands against it.
pub fn kit(day: &Day, atelier: &Atelier) -> (Option<Vec<File>>, Vec<Finding>) {
    let mut findings = Vec::new();
    let documents = Documents::new(std::sync::Arc::clone(&atelier.library.files));
    let mut files = vec![File::text(".atelier-lab", format!("{}\n", day.lab.name))];
    let mut all = Rights::default();
    for stack in day.stacks {
        match rights(&stack.document) {
            Ok(rights) => {
                match bounded(&documents, stack, day.lab, &rights) {
                    Ok(text) => files.push(File::template(format!("templates/{}.yaml", stack.name), text)),
                    Err(found) => findings.extend(found),
                }
                all.extend(&rights);
            }
            Err(unknown) => findings.push(rights::unknown_policy(day.lab, stack, &unknown)),
        }
    }
    findings.extend(alone(day));
    take(guide::pages(day, &documents, &atelier.library), &mut files, &mut findings);
    let large = files.iter().any(|file| file.template && file.text.len() > INLINE_BYTES);
    match day.lab.target {
        Target::SingleAccount => {
            take(control::control(day, atelier, &documents, &all, large), &mut files, &mut findings);
            take(scripts::scripts(day, &documents, &atelier.library), &mut files, &mut findings);
        }
        Target::StackSet => take(stackset::stackset(day, atelier, &documents, &all), &mut files, &mut findings),
        Target::WorkshopStudio => {
            let package = studio::studio(day, atelier, &documents, &all, &files);
            take(package, &mut files, &mut findings);
        }
        Target::InnovationSandbox => {
            take(sandbox::sandbox(day, atelier, &documents, &all), &mut files, &mut findings);
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let sound = !has_error(&findings);
    (sound.then_some(files), findings)
}

fn take(made: Result<Vec<File>, Vec<Finding>>, files: &mut Vec<File>, findings: &mut Vec<Finding>) {
    match made {
        Ok(made) => files.extend(made),
        Err(found) => findings.extend(found),
    }
}

/// Types of which an account and Region can have one: a second participant's stack would fail.
const ALONE: [&str; 1] = ["bedrock/invocation-logging"];

fn alone(day: &Day) -> Vec<Finding> {
    let lab = day.lab;
    if lab.in_one_account() < 2 {
        return Vec::new();
    }
    let components = day.stacks.iter().flat_map(|stack| {
        stack
            .template
            .trace
            .graph
            .components
            .iter()
            .map(move |component| (stack, component.declared.kind.name.as_str()))
    });
    let once = components.filter(|(_, kind)| ALONE.contains(kind));
    once.map(|(stack, kind)| {
        let message = format!(
            "`{}` has a `{kind}`, of which an account has one in each Region, and {} participants share the account",
            stack.name,
            lab.in_one_account()
        );
        Finding::error("LR006", lab.place("accounts"), message)
            .with_help("give each participant an account (`accounts: one-each`), or take the component out")
    })
    .collect()
}

//! `atelier diff OLD NEW`.

use std::path::{Path, PathBuf};

use crate::diff::{self, Diff, Document, compare};
use crate::pipeline::Atelier;
use crate::report::Format;
use crate::verify::Replacements;
use crate::yaml::{self, Dialect};

use super::{CLEAN, Common, FINDINGS, Stop, inputs, print};

const AFTER_HELP: &str = "\
Examples:
  atelier diff old.yaml new.yaml                     two blueprints
  atelier diff out/course/template.yaml course.yaml  what is deployed, and what the blueprint says now
  git show main:course.yaml | atelier diff - course.yaml --markdown

Replaced are resources whose properties are fixed at creation, and those that refer to such a
resource in such a property; the properties are those of the CloudFormation registry.
Exit codes: 0 nothing is lost, 1 something is removed or (may be) replaced, 2 as ever.";

/// Arguments of `diff`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// A blueprint or a CloudFormation template; `-` reads standard input
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// What it shall become
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Write Markdown, for a pull request
    #[arg(long)]
    markdown: bool,
    /// When the exit code is 1
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = FailOn::Loss)]
    fail_on: FailOn,
}

/// What makes the exit code 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// A resource is removed or (may be) replaced
    Loss,
    /// Anything differs
    Change,
    /// Nothing
    Never,
}

pub(super) fn run(args: &Args, common: &Common, atelier: &Atelier) -> Result<i32, Stop> {
    let mut documents = Vec::new();
    for path in [&args.old, &args.new] {
        match document(path, common, atelier)? {
            Some(document) => documents.push(document),
            None => return Ok(FINDINGS),
        }
    }
    let [old, new] = &*documents else { return Ok(FINDINGS) };
    let diff = compare(old, new, &Replacements::load());
    let title = format!("{} → {}", args.old.display(), args.new.display());
    print::out(&if common.format == Format::Json {
        print::json(&diff::json(&diff))
    } else if args.markdown {
        diff::markdown(&diff, &title)
    } else {
        diff::text(&diff)
    })?;
    Ok(if fails(args.fail_on, &diff) { FINDINGS } else { CLEAN })
}

fn fails(when: FailOn, diff: &Diff) -> bool {
    match when {
        FailOn::Loss => diff.loses(),
        FailOn::Change => !diff.is_empty(),
        FailOn::Never => false,
    }
}

/// The template of a file: its own, or that of the blueprint in it. `None` when findings were printed.
fn document(path: &Path, common: &Common, atelier: &Atelier) -> Result<Option<Document>, Stop> {
    let read = |dialect| inputs::read(path, dialect);
    let told = |findings: Vec<_>| {
        print::findings(&findings, common, true);
        Ok(None)
    };
    let source = match read(Dialect::Template)? {
        Ok(source) => source,
        Err(findings) => return told(findings),
    };
    // a blueprint says so in its first key
    let source = if source.text.lines().any(|line| line.starts_with("blueprint:")) {
        let outcome = atelier.render(&source);
        match outcome.result {
            Some(template) => template.source,
            None => return told(outcome.findings),
        }
    } else {
        source
    };
    match yaml::load(&source, Dialect::Template) {
        Ok(root) => Ok(Some(Document::read(&root))),
        Err(findings) => told(findings),
    }
}

//! The program around the stages: one verb a file. Reading, writing and printing happen here.

mod alarm;
mod diagram;
#[cfg(feature = "verify")]
mod diff;
mod estimates;
mod explain;
mod folder;
mod inputs;
mod lab;
mod lab_render;
mod list;
mod new;
mod output;
mod print;
mod progress;
mod regions;
mod render;
mod schema;
mod setup;
mod stale;
mod tables;
mod validate;
#[cfg(feature = "verify")]
mod verify;
mod watch;
mod workplace;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::library::Library;
use crate::pipeline::Atelier;
use crate::report::Format;

/// No error was found.
pub const CLEAN: i32 = 0;
/// At least one error was found.
pub const FINDINGS: i32 = 1;
/// The command was wrong, or a file could not be read or written.
pub const FAILURE: i32 = 2;

const AFTER_HELP: &str = "\
Examples:
  atelier list                              what there is to start from
  atelier new knowledge-base -o my.yaml     a blueprint of your own
  atelier validate my.yaml                  what would not work, and what to write instead
  atelier render my.yaml                    the template: out/knowledge-base/template.yaml

Nothing is sent anywhere: no AWS account and no network are needed before you deploy.
Exit codes: 0 no error (warnings may be there), 1 errors found or a template is stale,
2 wrong usage, or a file that cannot be read or written.";

const MAN_AFTER_HELP: &str = "\
Examples:
  atelier man | man -l -
  atelier man > ~/.local/share/man/man1/atelier.1";

/// Turns a short YAML blueprint of a generative-AI architecture on AWS into a CloudFormation template that deploys, and says beforehand what would not work.
#[derive(Debug, Parser)]
#[command(name = "atelier", version, after_help = AFTER_HELP, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    /// What to do
    #[command(subcommand)]
    pub verb: Verb,
    /// What every verb understands
    #[command(flatten)]
    pub common: Common,
}

/// Options of every verb.
#[derive(Debug, clap::Args)]
pub struct Common {
    /// A folder with component types of your own (`schemas/`, `templates/`), which join or replace the built-in ones; may be repeated
    #[arg(long, value_name = "DIR", global = true)]
    pub library: Vec<PathBuf>,
    /// How findings and lists are written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Text, global = true)]
    pub format: Format,
    /// Count warnings as errors: exit code 1, and no template is written
    #[arg(long, value_enum, value_name = "WHAT", global = true)]
    pub deny: Option<Deny>,
    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = print::Colour::Auto, global = true)]
    pub color: print::Colour,
}

/// What counts as an error besides errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Deny {
    /// Warnings; remarks stay remarks.
    Warnings,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Show what there is: blueprints, component types, and the facts that designs are checked against
    List(list::Args),
    /// Start a blueprint of your own from a shipped one, comments included
    New(new::Args),
    /// Say what would not work: form, links and design rules; nothing is written
    Validate(validate::Args),
    /// Make the CloudFormation template of each blueprint
    Render(render::Args),
    /// Draw the design: a picture, or text for Mermaid
    Diagram(diagram::Args),
    /// Run AWS's validator on any CloudFormation template
    #[cfg(feature = "verify")]
    Verify(verify::Args),
    /// Run AWS's validator on any CloudFormation template; this build has none
    #[cfg(not(feature = "verify"))]
    #[command(hide = true)]
    Verify(setup::Rest),
    /// Say what an update would do: resources added, removed, changed and replaced, and what is lost
    #[cfg(feature = "verify")]
    Diff(diff::Args),
    /// Say what a stack costs: an hour, a day and a month, each price with its source and date
    Cost(estimates::CostArgs),
    /// Say what stacks use of service quotas, and what to ask AWS for
    Quotas(estimates::QuotasArgs),
    /// Plan a lab: blueprints for participants, for some hours
    Lab(lab::Args),
    /// Print the JSON Schema that gives editors completion and checks
    Schema(schema::Args),
    /// Say what a finding means, or what a component type takes, gives and creates
    Explain(explain::Args),
    /// Print a shell's completion script
    Completions(setup::Completions),
    /// Print the manual page
    #[command(after_help = MAN_AFTER_HELP)]
    Man,
}

/// The command line. A wrong one, or a question for help, is answered and ends the program.
pub fn parse() -> Cli {
    Cli::try_parse().unwrap_or_else(|error| {
        // the message repeats the arguments, and a name of a file may hold anything
        let text = error.to_string();
        match crate::clean::text(&text) {
            std::borrow::Cow::Borrowed(_) => error.exit(),
            std::borrow::Cow::Owned(shown) => {
                print::usage(&shown);
                std::process::exit(error.exit_code())
            }
        }
    })
}

/// Runs a command line; the exit code.
pub fn run(cli: Cli) -> i32 {
    let common = &cli.common;
    alarm::set(common);
    let result = match cli.verb {
        Verb::Completions(args) => setup::completions(&args),
        Verb::Man => setup::man(),
        #[cfg(feature = "verify")]
        Verb::Verify(args) => verify::run(&args, common),
        #[cfg(not(feature = "verify"))]
        Verb::Verify(_) => Err(setup::no_validator()),
        #[cfg(feature = "verify")]
        Verb::Diff(args) => open(common).and_then(|atelier| diff::run(&args, common, &atelier)),
        Verb::List(args) => open(common).and_then(|atelier| list::run(&args, common, &atelier)),
        Verb::New(args) => new::run(&args, common),
        Verb::Validate(args) => validate::run(&args, common),
        Verb::Render(args) => render::run(&args, common),
        Verb::Cost(args) => open(common).and_then(|atelier| estimates::cost(&args, common, &atelier)),
        Verb::Quotas(args) => open(common).and_then(|atelier| estimates::quotas(&args, common, &atelier)),
        Verb::Lab(args) => open_for_labs(common).and_then(|atelier| lab::run(&args, common, &atelier)),
        Verb::Diagram(args) => open(common).and_then(|atelier| diagram::run(&args, common, &atelier)),
        Verb::Schema(args) => open(common).and_then(|atelier| schema::run(&args, common, &atelier)),
        Verb::Explain(args) => open(common).and_then(|atelier| explain::run(&args, common, &atelier)),
    };
    match result {
        Ok(code) => code,
        Err(Stop::Findings(findings)) => {
            print::findings(&findings, common, false);
            FAILURE
        }
        Err(Stop::Failure(error)) => {
            print::failure(&error, common);
            FAILURE
        }
    }
}

/// Why a verb cannot go on.
pub(crate) enum Stop {
    /// The library itself is wrong.
    Findings(Vec<crate::diagnostic::Finding>),
    /// Usage, input or output.
    Failure(anyhow::Error),
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Stop {
        Stop::Failure(error)
    }
}

/// In a lab, what nobody said of is deleted with its stack.
fn open_for_labs(common: &Common) -> Result<Atelier, Stop> {
    let library =
        Library::open(&common.library).and_then(|library| library.preferring("templates/lab/day/defaults.yaml"));
    let mut atelier = Atelier::new(library.map_err(Stop::Findings)?);
    atelier.deny_warnings = common.deny.is_some();
    Ok(atelier)
}

fn open(common: &Common) -> Result<Atelier, Stop> {
    let library = Library::open(&common.library).map_err(Stop::Findings)?;
    let mut atelier = Atelier::new(library);
    atelier.deny_warnings = common.deny.is_some();
    Ok(atelier)
}

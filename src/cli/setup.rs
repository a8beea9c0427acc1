//! `atelier completions SHELL` and `atelier man`: made from the same definitions as the help.

use std::io::Write;

use clap::CommandFactory;
use clap_mangen::Man;

use super::{CLEAN, Cli, Stop, print};

const AFTER_HELP: &str = "\
Examples:
  atelier completions bash > ~/.local/share/bash-completion/completions/atelier
  atelier completions zsh  > \"${fpath[1]}/_atelier\"
  atelier completions fish > ~/.config/fish/completions/atelier.fish";

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

pub(super) fn completions(args: &Completions) -> Result<i32, Stop> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "atelier", &mut text);
    print::out(&String::from_utf8_lossy(&text))?;
    Ok(CLEAN)
}

/// What the definitions of the arguments do not say.
const MAN_END: &str = r#".SH EXIT STATUS
.TP
0
No error was found; warnings and remarks may have been.
.TP
1
Errors were found, or \fBrender \-\-check\fR found a template that is stale.
.TP
2
The command was wrong, or a file could not be read or written.
.SH ENVIRONMENT
.TP
NO_COLOR
When set to anything, findings have no colours (see \fB\-\-color\fR).
.TP
ATELIER_TODAY
A date (YYYY\-MM\-DD) that stands for today in rules that compare dates, so that a run can be repeated.
.SH FILES
.TP
blueprints/
What \fBrender\fR reads when no file is named.
.TP
out/NAME/template.yaml
What \fBrender\fR writes.
.TP
DIR/schemas/SERVICE/NAME.schema.json, DIR/templates/SERVICE/NAME.yaml.j2
A component type of a library given with \fB\-\-library\fR \fIDIR\fR.
"#;

/// One page with every verb, for `man -l`.
pub(super) fn man() -> Result<i32, Stop> {
    let command = Cli::command();
    let mut page = Man::new(command.clone());
    let mut text = section(&page, Man::render_title)?;
    for part in [
        Man::render_name_section,
        Man::render_synopsis_section,
        Man::render_description_section,
        Man::render_options_section,
    ] {
        text.push_str(&section(&page, part)?);
    }
    text.push_str(".SH VERBS\n");
    for (name, verb) in verbs(&command, command.get_name()) {
        page = Man::new(verb.clone().bin_name(name.as_str()).disable_help_flag(true));
        text.push_str(&format!(".SS \"{name}\"\n{}.PP\n", headless(&section(&page, Man::render_description_section)?)));
        text.push_str(&headless(&section(&page, Man::render_synopsis_section)?));
        text.push_str(&headless(&section(&page, Man::render_options_section)?));
        text.push_str(&verbatim(verb));
    }
    text.push_str(MAN_END);
    text.push_str(&format!(".SH EXAMPLES\n{}", verbatim(&command)));
    print::out(&text)?;
    Ok(CLEAN)
}

/// Every verb with its full name; a verb of verbs is followed by its own.
fn verbs<'a>(command: &'a clap::Command, name: &str) -> Vec<(String, &'a clap::Command)> {
    let own = command.get_subcommands().filter(|verb| verb.get_name() != "help");
    own.flat_map(|verb| {
        let name = format!("{name} {}", verb.get_name());
        let inner = verbs(verb, &name);
        std::iter::once((name, verb)).chain(inner)
    })
    .collect()
}

/// A section without the preamble that stands before each.
fn section(page: &Man, part: impl Fn(&Man, &mut dyn Write) -> std::io::Result<()>) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    part(page, &mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines = text.lines().filter(|line| !line.starts_with(".ie ") && !line.starts_with(".el "));
    // the preamble's string for an apostrophe, written out
    Ok(lines.map(|line| line.replace("\\*(Aq", "\\(aq") + "\n").collect())
}

/// A section without its own heading.
fn headless(section: &str) -> String {
    section.lines().filter(|line| !line.starts_with(".SH ")).map(|line| format!("{line}\n")).collect()
}

/// The text after a command's help, line by line as it stands there.
fn verbatim(command: &clap::Command) -> String {
    let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let escaped = text.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq").replace('`', "\\(ga");
    let lines: String = escaped.lines().map(|line| format!("\\&{line}\n")).collect();
    format!(".PP\n.nf\n{lines}.fi\n")
}

/// Whatever stands behind a verb that this build does not have.
#[cfg(not(feature = "verify"))]
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub struct Rest {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    _rest: Vec<String>,
}

/// Why `verify` does nothing in a build without AWS's validator.
#[cfg(not(feature = "verify"))]
pub(super) fn no_validator() -> Stop {
    let message = "this build has no AWS validator, which `verify` and its `--guard` ask";
    Stop::Failure(print::help(
        message,
        "build it with its default features: `cargo install --path . --ignore-rust-version`",
    ))
}

//! `atelier completions SHELL` and `atelier man`: made from the same definitions as the help.

use clap::CommandFactory;

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

/// One page with every verb, for `man -l`.
pub(super) fn man() -> Result<i32, Stop> {
    let mut text = Vec::new();
    let command = Cli::command();
    let page = |command: clap::Command, text: &mut Vec<u8>| clap_mangen::Man::new(command).render(text).map_err(anyhow::Error::from);
    page(command.clone(), &mut text)?;
    print::out(&String::from_utf8_lossy(&text))?;
    Ok(CLEAN)
}

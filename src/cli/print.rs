//! Where findings, tables and failures go: findings to standard error as text, to standard output as JSON.

use std::io::{IsTerminal, Write};

use crate::clean;
use crate::diagnostic::Finding;
use crate::report::{self, Format};

use super::Common;

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Colour {
    fn on(self, terminal: bool) -> bool {
        match self {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }
}

/// Prints findings; `template_on_stdout` keeps standard output free for a template.
pub fn findings(findings: &[Finding], common: &Common, template_on_stdout: bool) {
    let colour = common.color.on(std::io::stderr().is_terminal());
    let text = report::render(findings, common.format, colour && common.format == Format::Text);
    if common.format == Format::Text || template_on_stdout {
        // a reader that went away is no failure of ours
        let _ = std::io::stderr().write_all(text.as_bytes());
    } else if let Err(error) = out(&text) {
        // who reads the report must not take silence for success
        let _ = writeln!(std::io::stderr(), "error[IO001]: {}", clean::line(&error.to_string()));
        std::process::exit(super::FAILURE);
    }
}

/// Prints why the command could not be carried out.
pub fn failure(error: &anyhow::Error, common: &Common) {
    let mut finding = Finding::error("IO001", None, format!("{error:#}"));
    if let Some(help) = error.downcast_ref::<Help>() {
        finding.message.clone_from(&help.message);
        finding.help.push(help.help.clone());
    }
    findings(&[finding], common, false);
}

/// A failure with a way out.
#[derive(Debug)]
pub struct Help {
    /// What went wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl std::fmt::Display for Help {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Help {}

/// An error with a way out.
pub fn help(message: impl Into<String>, help: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Help { message: message.into(), help: help.into() })
}

/// A value as JSON text, in which what would command a terminal or hide stands as an escape.
pub fn json(value: &serde_json::Value) -> String {
    clean::json(&format!("{value:#}\n"))
}

/// Writes a result to standard output; a closed pipe ends the program quietly. Whatever of it came from a file can neither
/// command the terminal nor hide: such characters are named.
pub fn out(text: &str) -> anyhow::Result<()> {
    match std::io::stdout().write_all(clean::text(text).as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(super::CLEAN),
        other => other.map_err(|error| {
            help(
                format!("standard output cannot be written: {error}"),
                "what was printed is not whole; write to a place that has room",
            )
        }),
    }
}

/// A remark about a result, to standard error.
pub fn note(text: &str) {
    // a reader that went away is no failure of ours
    let _ = writeln!(std::io::stderr(), "note: {}", clean::line(text));
}

/// What is wrong with the command line.
pub fn usage(text: &str) {
    // a reader that went away is no failure of ours
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// A table with a header, columns as wide as their widest cell.
pub fn table(header: &[String], rows: &[Vec<String>]) -> anyhow::Result<()> {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| clean::line(cell).into_owned()).collect()).collect();
    let mut widths: Vec<usize> = header.iter().map(|cell| cell.chars().count()).collect();
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    if std::io::stdout().is_terminal()
        && let Some((terminal_size::Width(columns), _)) = terminal_size::terminal_size()
    {
        narrow(&mut widths, usize::from(columns));
    }
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut line = String::new();
        for (cell, width) in cells.zip(&widths) {
            if cell.chars().count() > *width {
                let kept: String = cell.chars().take(width.saturating_sub(1)).collect();
                line.push_str(&format!("{kept}…  "));
            } else {
                line.push_str(&format!("{cell:width$}  "));
            }
        }
        line.trim_end().to_owned() + "\n"
    };
    let mut text = line(&mut header.iter().map(String::as_str));
    for row in &rows {
        text.push_str(&line(&mut row.iter().map(String::as_str)));
    }
    out(&text)
}

/// Makes the widest columns narrower until a row fits the terminal; the first column, the name, stays whole.
fn narrow(widths: &mut [usize], columns: usize) {
    const LEAST: usize = 20;
    while widths.iter().map(|width| width + 2).sum::<usize>() > columns + 2 {
        let Some(widest) = widths.iter_mut().skip(1).max() else { return };
        if *widest <= LEAST {
            return;
        }
        *widest -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::narrow;

    #[test]
    fn the_widest_columns_give_way() {
        let mut widths = [20, 150, 60];
        narrow(&mut widths, 100);
        assert_eq!(widths, [20, 38, 38]);
        let mut small = [20, 10, 60];
        narrow(&mut small, 20);
        assert_eq!(small, [20, 10, 20]);
    }
}

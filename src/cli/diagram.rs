//! `atelier diagram FILE`.

use std::path::PathBuf;

use crate::diagram::{mermaid, svg};
use crate::pipeline::Atelier;
use crate::yaml::Dialect;

use super::{CLEAN, Common, FINDINGS, Stop, inputs, output, print};

const AFTER_HELP: &str = "\
Examples:
  atelier diagram my.yaml -o my.svg            a picture for slides and pages, light and dark
  atelier diagram my.yaml --as mermaid         text that GitHub and many editors draw
  atelier diagram - < my.yaml > my.svg

`atelier render` writes the same picture beside each template: out/<name>/architecture.svg.";

/// Arguments of `diagram`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The blueprint; `-` reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What is written
    #[arg(long = "as", value_enum, value_name = "FORM", default_value_t = Form::Svg)]
    form: Form,
    /// The file to write; left out, the diagram is printed
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// What a diagram is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// A picture that needs no other file
    Svg,
    /// Text for Mermaid: a flowchart
    Mermaid,
}

pub(super) fn run(args: &Args, common: &Common, atelier: &Atelier) -> Result<i32, Stop> {
    let source = match inputs::read(&args.file, Dialect::Blueprint)? {
        Ok(source) => source,
        Err(findings) => {
            print::findings(&findings, common, true);
            return Ok(FINDINGS);
        }
    };
    let outcome = atelier.render(&source);
    let mut findings = outcome.findings;
    let diagram = outcome.result.and_then(|template| match atelier.diagram(&template) {
        Ok(diagram) => Some(diagram),
        Err(more) => {
            findings.extend(more);
            None
        }
    });
    print::findings(&findings, common, true);
    let Some(diagram) = diagram else { return Ok(FINDINGS) };
    let text = match args.form {
        Form::Svg => svg(&diagram),
        Form::Mermaid => mermaid(&diagram),
    };
    match &args.output {
        Some(path) => {
            output::write(path, &text)?;
            print::out(&format!("wrote {} ({} bytes)\n", path.display(), text.len()))?;
        }
        None => print::out(&text)?,
    }
    Ok(CLEAN)
}

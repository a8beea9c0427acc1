//! `atelier schema [COMPONENT | findings | lab]`.

use crate::diagnostic::did_you_mean;
use crate::pipeline::Atelier;
use crate::schema;

use super::{CLEAN, Common, Stop, print};

/// The schema of the JSON that findings are written in.
const FINDINGS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/findings.schema.json"));

const AFTER_HELP: &str = "\
Examples:
  atelier schema > schemas/blueprint.schema.json    the schema that editors use
  atelier schema bedrock/knowledge-base             one component type's
  atelier schema lab                                the form of a lab file
  atelier schema findings                           what `--format json` writes

Editors with the YAML language server (VS Code, Neovim and others) read the schema that a blueprint's first line names:
  # yaml-language-server: $schema=../schemas/blueprint.schema.json
With `--library DIR` the schema knows your own component types too.";

/// Arguments of `schema`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// A component type, such as bedrock/knowledge-base, `lab`, or `findings`; left out: the schema of whole blueprints
    #[arg(value_name = "COMPONENT")]
    component: Option<String>,
}

pub(super) fn run(args: &Args, _: &Common, atelier: &Atelier) -> Result<i32, Stop> {
    let schema = match args.component.as_deref() {
        Some("lab") => return print::out(crate::lab::SCHEMA).map(|()| CLEAN).map_err(Stop::from),
        Some("findings") => return print::out(FINDINGS).map(|()| CLEAN).map_err(Stop::from),
        None => schema::bundle(&atelier.library).map_err(Stop::Findings)?,
        Some(name) => match atelier.library.get(name) {
            Some(Ok(kind)) => kind.schema.clone(),
            Some(Err(broken)) => return Err(Stop::Findings(broken)),
            None => return Err(unknown(atelier, name).into()),
        },
    };
    print::out(&print::json(&schema))?;
    Ok(CLEAN)
}

/// The name of no component type.
pub(super) fn unknown(atelier: &Atelier, name: &str) -> anyhow::Error {
    let names = atelier.library.names();
    let near = did_you_mean(name, names.iter().map(String::as_str));
    let way = near.map_or_else(
        || "`atelier list components` shows all component types".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    print::help(format!("there is no component type `{name}`"), way)
}

//! `atelier validate FILE…`.

use std::path::PathBuf;

use crate::diagnostic::has_error;
use crate::report::Format;
use crate::yaml::Dialect;

use super::{CLEAN, Common, FINDINGS, Stop, inputs, open, print, watch};

const AFTER_HELP: &str = "\
Examples:
  atelier validate blueprints/knowledge-base.yaml
  atelier validate --format json my.yaml | jq '.findings[].message'
  sed s/1024/1000/ my.yaml | atelier validate -
  atelier validate --watch my.yaml          again whenever the file is saved

`atelier explain <code>` says more of a finding.";

/// Arguments of `validate`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// Blueprints to check; `-` reads standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Check again whenever a file, or one of a `--library` folder, changes; Ctrl-C ends
    #[arg(long)]
    watch: bool,
}

pub(super) fn run(args: &Args, common: &Common) -> Result<i32, Stop> {
    if args.watch { watch::run(&args.files, common, || check(args, common)) } else { check(args, common) }
}

/// Checks all files once.
fn check(args: &Args, common: &Common) -> Result<i32, Stop> {
    let atelier = open(common)?;
    let mut findings = Vec::new();
    let mut lines = String::new();
    for file in &args.files {
        match inputs::read(file, Dialect::Blueprint)? {
            Ok(source) => {
                let outcome = atelier.check(&source);
                if let Some(graph) = &outcome.result {
                    let count = graph.components.len();
                    let components = if count == 1 { "component" } else { "components" };
                    lines.push_str(&format!(
                        "{}: {count} {components}, valid in {}\n",
                        source.name,
                        graph.blueprint.regions.join(", ")
                    ));
                }
                findings.extend(outcome.findings);
            }
            Err(broken) => findings.extend(broken),
        }
    }
    if common.format == Format::Text {
        print::out(&lines)?;
    }
    print::findings(&findings, common, false);
    Ok(if has_error(&findings) { FINDINGS } else { CLEAN })
}

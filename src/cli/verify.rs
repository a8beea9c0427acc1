//! `atelier verify TEMPLATE…`.

use std::path::PathBuf;

use crate::diagnostic::{Finding, deny_warnings, has_error, sort};
use crate::report::Format;
use crate::verify::{self, Detail, Engine, Job};
use crate::yaml::Dialect;

use super::{CLEAN, Common, FINDINGS, Stop, inputs, print};

const AFTER_HELP: &str = "\
Examples:
  atelier verify out/knowledge-base/template.yaml
  atelier verify template.json --region eu-west-1 --region us-east-1
  atelier verify --all template.yaml        the validator's remarks too

The template may come from anywhere. This is AWS's own cloudformation-validate, inside atelier: nothing is sent to AWS.";

/// Arguments of `verify`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// CloudFormation templates, YAML or JSON; `-` reads standard input
    #[arg(required = true, value_name = "TEMPLATE")]
    templates: Vec<PathBuf>,
    /// A region that the template must hold in; may be repeated
    #[arg(long, value_name = "REGION")]
    region: Vec<String>,
    /// Show the validator's remarks too, such as changes that replace a resource
    #[arg(long)]
    all: bool,
}

pub(super) fn run(args: &Args, common: &Common) -> Result<i32, Stop> {
    let engine = Engine::start();
    check_regions(&args.region)?;
    let mut findings: Vec<Finding> = Vec::new();
    let mut sources = Vec::new();
    for path in &args.templates {
        match inputs::read(path, Dialect::Template)? {
            Ok(source) => sources.push(source),
            Err(broken) => findings.extend(broken),
        }
    }
    let jobs: Vec<Job> =
        sources.iter().map(|source| Job { name: &source.name, text: &source.text, regions: &args.region }).collect();
    let detail = if args.all { Detail::All } else { Detail::Problems };
    let problems = engine.wait().check_all(&jobs, detail);
    let mut lines = String::new();
    for (source, problems) in sources.iter().zip(problems) {
        if problems.is_empty() {
            lines.push_str(&format!("{}: nothing to report\n", source.name));
        }
        findings.extend(verify::findings(source, problems));
    }
    if common.format == Format::Text {
        print::out(&lines)?;
    }
    if common.deny.is_some() {
        deny_warnings(&mut findings);
    }
    sort(&mut findings);
    print::findings(&findings, common, false);
    Ok(if has_error(&findings) { FINDINGS } else { CLEAN })
}

fn check_regions(regions: &[String]) -> anyhow::Result<()> {
    for region in regions {
        if crate::catalogue::get("regions", region).is_none() {
            let known = crate::catalogue::table("regions").into_iter().flat_map(|table| table.ids());
            let near = crate::diagnostic::did_you_mean(region, known);
            let way = near.map_or_else(
                || "`atelier list regions` shows the known ones".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(print::help(format!("`{region}` is not a region that the catalogue knows"), way));
        }
    }
    Ok(())
}

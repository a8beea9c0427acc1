//! `atelier verify TEMPLATE…`.

use std::path::PathBuf;

use crate::diagnostic::{Finding, deny_warnings, has_error, sort};
use crate::report::Format;
use crate::verify::{self, Detail, Engine, Guard, Job};
use crate::yaml::Dialect;

use super::{CLEAN, Common, FINDINGS, Stop, inputs, print, regions};

const AFTER_HELP: &str = "\
Examples:
  atelier verify out/knowledge-base/template.yaml
  atelier verify template.json --region eu-west-1 --region us-east-1
  atelier verify --all template.yaml        the validator's remarks too
  atelier verify --guard policies template.yaml

The template may come from anywhere. AWS's own cloudformation-validate is asked, inside atelier, and rules on resources of generative AI (SEC001 and following): nothing is sent to AWS.";

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
    /// A folder of CloudFormation Guard rules (`*.guard`) that the template must meet, too; may be repeated
    #[arg(long, value_name = "DIR")]
    guard: Vec<PathBuf>,
}

pub(super) fn run(args: &Args, common: &Common) -> Result<i32, Stop> {
    let engine = Engine::start();
    let atelier = super::open(common)?;
    args.region.iter().try_for_each(|region| regions::check(region))?;
    let mut findings: Vec<Finding> = Vec::new();
    let mut sources = Vec::new();
    for path in &args.templates {
        match inputs::read(path, Dialect::Template)? {
            Ok(source) => sources.push(source),
            Err(broken) => findings.extend(broken),
        }
    }
    let before = findings.len();
    let guards = guards(&args.guard, &mut findings)?;
    // rules that were not asked may have had something to say
    let asked = findings.len() == before;
    let jobs: Vec<Job> =
        sources.iter().map(|source| Job { name: &source.name, text: &source.text, regions: &args.region }).collect();
    let detail = if args.all { Detail::All } else { Detail::Problems };
    let problems = engine.wait().check_all(&jobs, detail);
    let mut lines = String::new();
    for (source, problems) in sources.iter().zip(problems) {
        let mut found = verify::findings(source, problems);
        found.extend(atelier.baseline.template(source));
        found.extend(guards.iter().flat_map(|guard| guard.check(source)));
        if found.is_empty() && asked {
            lines.push_str(&format!("{}: nothing to report\n", source.name));
        }
        findings.extend(found);
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

/// The Guard rules of each folder.
fn guards(folders: &[PathBuf], findings: &mut Vec<Finding>) -> Result<Vec<Guard>, Stop> {
    let mut guards = Vec::new();
    for folder in folders {
        let mut sources = Vec::new();
        let mut broken = false;
        for path in inputs::guard_files(folder)? {
            match inputs::read(&path, Dialect::Template)? {
                Ok(source) => sources.push(source),
                Err(said) => {
                    broken = true;
                    findings.extend(said);
                }
            }
        }
        if broken && sources.is_empty() {
            continue;
        }
        let (guard, said) = Guard::parse(&folder.display().to_string(), &sources);
        findings.extend(said);
        guards.push(guard);
    }
    Ok(guards)
}

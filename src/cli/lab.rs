//! `atelier lab plan FILE`.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Finding, deny_warnings, has_error, sort};
use crate::expression::today;
use crate::lab::{self, Lab, Stack};
use crate::pipeline::Atelier;
use crate::quota::{self, Applied};
use crate::report::Format;
use crate::yaml::Dialect;

use super::{CLEAN, Common, FINDINGS, Stop, inputs, print};

const AFTER_HELP: &str = "\
Examples:
  atelier lab plan labs/genai-day.yaml                what it needs, costs, and what could stop it
  atelier lab plan lab.yaml --markdown > plan.md      for the organisers
  atelier lab plan lab.yaml --script > quotas.sh      reads an account's quotas, changes nothing
  bash quotas.sh > applied.json
  atelier lab plan lab.yaml --applied applied.json    against what the account really has
  atelier lab plan lab.yaml --format json | jq '.cost.all'

Nothing is sent anywhere and no credentials are read: the script runs where the credentials are.
Exit codes: 0 no error, 1 the lab cannot be held like this, 2 as ever.";

/// Arguments of `lab`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to do with the lab
    #[command(subcommand)]
    verb: LabVerb,
}

/// What can be done with a lab.
#[derive(Debug, clap::Subcommand)]
enum LabVerb {
    /// Say beforehand what a lab needs of quotas, costs, and what could stop it
    Plan(PlanArgs),
    /// Write everything that the day needs: templates, control stack, scripts, guide
    #[command(after_help = super::lab_render::AFTER_HELP)]
    Render(super::lab_render::RenderArgs),
}

/// Arguments of `lab plan`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
struct PlanArgs {
    /// The lab; `-` reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What the script read in an account; of several the lowest value of each quota counts
    #[arg(long, value_name = "FILE")]
    applied: Vec<PathBuf>,
    /// Write Markdown
    #[arg(long)]
    markdown: bool,
    /// Write the script that reads the applied quotas, instead of the plan
    #[arg(long, conflicts_with_all = ["markdown", "applied"])]
    script: bool,
}

pub(super) fn run(args: &Args, common: &Common, atelier: &Atelier) -> Result<i32, Stop> {
    let args = match &args.verb {
        LabVerb::Plan(args) => args,
        LabVerb::Render(args) => return super::lab_render::run(args, common, atelier),
    };
    let mut findings = Vec::new();
    let Some(lab) = load(&args.file, &mut findings)? else { return told(findings, common) };
    findings.extend(lab::check(&lab, today()));
    let stacks = stacks(&lab, &args.file, atelier, &mut findings, &mut Vec::new())?;
    let applied = applied(&args.applied, &lab, &mut findings)?;
    let Some(stacks) = stacks.filter(|_| !has_error(&findings)) else { return told(findings, common) };
    let (plan, more) = lab::plan(&lab, &stacks, applied.as_ref());
    findings.extend(more);
    let text = if args.script {
        quota::script(&plan.demands, &lab.region)
    } else if common.format == Format::Json {
        print::json(&lab::plan_json(&lab, &stacks, &plan))
    } else if args.markdown {
        lab::plan_page(&lab, &plan).to_markdown()
    } else {
        lab::plan_page(&lab, &plan).to_text()
    };
    print::out(&text)?;
    told(findings, common)
}

pub(super) fn told(mut findings: Vec<Finding>, common: &Common) -> Result<i32, Stop> {
    if common.deny.is_some() {
        deny_warnings(&mut findings);
    }
    sort(&mut findings);
    print::findings(&findings, common, true);
    Ok(if has_error(&findings) { FINDINGS } else { CLEAN })
}

pub(super) fn load(file: &Path, findings: &mut Vec<Finding>) -> Result<Option<Lab>, Stop> {
    match inputs::read(file, Dialect::Blueprint)? {
        Ok(source) => {
            let (lab, found) = lab::load(&source);
            findings.extend(found);
            Ok(lab)
        }
        Err(found) => {
            findings.extend(found);
            Ok(None)
        }
    }
}

/// The blueprints, rendered; paths are from the folder of the lab file. Of what a blueprint says only errors count here:
/// its warnings, for those who write it, are the remarks.
pub(super) fn stacks(
    lab: &Lab,
    file: &Path,
    atelier: &Atelier,
    findings: &mut Vec<Finding>,
    remarks: &mut Vec<Finding>,
) -> Result<Option<Vec<Stack>>, Stop> {
    let folder = if file == Path::new("-") { Path::new("") } else { file.parent().unwrap_or(Path::new("")) };
    let nothing = std::collections::BTreeMap::new();
    let mut stacks = Vec::new();
    for (index, path) in lab.blueprints.iter().enumerate() {
        let source = match inputs::read(&folder.join(path), Dialect::Blueprint) {
            Ok(Ok(source)) => source,
            Ok(Err(found)) => {
                findings.extend(found);
                continue;
            }
            Err(error) => {
                let place = lab.place(&format!("blueprints.{index}"));
                findings.push(
                    Finding::error("LB021", place, error.to_string())
                        .with_help("paths are from the folder of the lab file"),
                );
                continue;
            }
        };
        let outcome = atelier.render(&source);
        let (errors, others): (Vec<_>, Vec<_>) =
            outcome.findings.into_iter().partition(|finding| finding.severity == crate::diagnostic::Severity::Error);
        findings.extend(errors);
        remarks.extend(others);
        if let Some(template) = outcome.result {
            let parameters = lab.parameters.get(&template.trace.graph.blueprint.name).unwrap_or(&nothing);
            match lab::stack(template, &lab.region, parameters, &lab.assumptions) {
                Ok(stack) => stacks.push(stack),
                Err(found) => findings.extend(found),
            }
        }
    }
    Ok((stacks.len() == lab.blueprints.len()).then_some(stacks))
}

fn applied(files: &[PathBuf], lab: &Lab, findings: &mut Vec<Finding>) -> Result<Option<Applied>, Stop> {
    let mut all: Option<Applied> = None;
    for file in files {
        match inputs::read(file, Dialect::Blueprint)?.and_then(|source| quota::read(&source, &lab.region)) {
            Ok(applied) => {
                all = Some(match all {
                    Some(known) => known.and(applied),
                    None => applied,
                });
            }
            Err(found) => findings.extend(found),
        }
    }
    Ok(all)
}

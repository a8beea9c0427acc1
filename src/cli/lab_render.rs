//! `atelier lab render FILE`.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Finding, Severity, has_error};
use crate::diagram::svg;
use crate::expression::today;
use crate::kit::{self, Day, File};
use crate::lab::{self, Stack};
use crate::pipeline::Atelier;
use crate::report::Format;

use super::lab::{load, stacks, told};
use super::{Common, Stop, folder, print};

pub(super) const AFTER_HELP: &str = "\
Examples:
  atelier lab render labs/genai-day.yaml                  out/labs/genai-day/
  atelier lab render lab.yaml -o build/lab --check        for CI: fails when the folder is stale
  cd out/labs/genai-day && ./lab.sh deploy                says what it would do; --yes does it

The folder has all that the day needs: participants' templates, the organiser's control stack, scripts, and the guide as
pages and as one HTML file to print. It is written whole or not at all; participants.csv and the scripts' state stay.";

/// What a rendered folder always has.
const MARKER: &str = ".atelier-lab";
/// Who takes part, as people fill it in.
const PEOPLE: &str = "participants.csv";
/// What people and scripts put into the folder.
const KEPT: [&str; 3] = [PEOPLE, "handout.csv", ".lab-state"];

/// Arguments of `lab render`.
#[derive(Debug, clap::Args)]
pub(super) struct RenderArgs {
    /// The lab; `-` reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The folder that is written; left out: out/labs/<name>
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Write nothing; fail when the folder is missing or differs
    #[arg(long)]
    check: bool,
    /// Leave out AWS's own validator, which otherwise has the last word
    #[cfg_attr(not(feature = "verify"), arg(hide = true))]
    #[arg(long)]
    no_verify: bool,
}

pub(super) fn run(args: &RenderArgs, common: &Common, atelier: &Atelier) -> Result<i32, Stop> {
    #[cfg(feature = "verify")]
    let engine = (!args.no_verify).then(crate::verify::Engine::start);
    let mut findings = Vec::new();
    let Some(lab) = load(&args.file, &mut findings)? else { return told(findings, common) };
    findings.extend(lab::check(&lab, today()));
    let mut remarks = Vec::new();
    let stacks = stacks(&lab, &args.file, atelier, &mut findings, &mut remarks)?;
    let Some(stacks) = stacks.filter(|_| !has_error(&findings)) else { return told(findings, common) };
    let (plan, more) = lab::plan(&lab, &stacks, None);
    findings.extend(more);
    if has_error(&findings) {
        return told(findings, common);
    }
    let drawings = drawings(&stacks, atelier, &mut findings);
    let day = Day { lab: &lab, stacks: &stacks, plan: &plan, remarks: &remarks, drawings: &drawings };
    let (files, more) = kit::kit(&day, atelier);
    findings.extend(more);
    let Some(files) = files else { return told(findings, common) };
    #[cfg(feature = "verify")]
    if let Some(engine) = engine {
        findings.extend(verified(&engine.wait(), &files, &lab.region));
    }
    if has_error(&findings) || (common.deny.is_some() && !findings.is_empty()) {
        return told(findings, common);
    }
    let output = args.output.clone().unwrap_or_else(|| Path::new("out/labs").join(&lab.name));
    let list = output.join(PEOPLE);
    if let Ok(text) = std::fs::read_to_string(&list) {
        findings.extend(kit::people(&lab, &list.display().to_string(), &text));
        if common.deny.is_some() && findings.iter().any(|finding| finding.severity == Severity::Warning) {
            return told(findings, common);
        }
    }
    if args.check {
        let stale = stale(&output, &files);
        let code = told(findings, common)?;
        if let Some(path) = stale {
            print::out(&format!("{} is stale: run `atelier lab render {}`\n", path.display(), args.file.display()))?;
            return Ok(super::FINDINGS);
        }
        return Ok(code);
    }
    folder::write(&output, &files, MARKER, &KEPT)?;
    if common.format == Format::Text {
        let bytes: usize = files.iter().map(|file| file.text.len()).sum();
        print::out(&format!("wrote {} ({} files, {bytes} bytes)\n", output.display(), files.len()))?;
    }
    told(findings, common)
}

/// The picture of each blueprint, as SVG.
fn drawings(stacks: &[Stack], atelier: &Atelier, findings: &mut Vec<Finding>) -> Vec<(String, String)> {
    let mut drawings = Vec::new();
    for stack in stacks {
        match atelier.diagram(&stack.template) {
            Ok(diagram) => drawings.push((stack.name.clone(), svg(&diagram))),
            Err(found) => findings.extend(found),
        }
    }
    drawings
}

/// The first file that is missing or differs; those that people fill in may differ.
fn stale(folder: &Path, files: &[File]) -> Option<PathBuf> {
    let wanted = files.iter().filter(|file| !KEPT.contains(&file.path.as_str()));
    let mut paths = wanted.map(|file| (folder.join(&file.path), &file.text));
    paths.find(|(path, text)| std::fs::read_to_string(path).ok().as_ref() != Some(*text)).map(|(path, _)| path)
}

/// What AWS's validator says of the templates that are written, at their own places.
#[cfg(feature = "verify")]
fn verified(engine: &crate::verify::Engine, files: &[File], region: &str) -> Vec<Finding> {
    use crate::verify::{Detail, Job};
    let regions = [region.to_owned()];
    let templates: Vec<&File> = files.iter().filter(|file| file.template).collect();
    let jobs: Vec<Job> =
        templates.iter().map(|file| Job { name: &file.path, text: &file.text, regions: &regions }).collect();
    let problems = engine.check_all(&jobs, Detail::Problems);
    let sources = templates.iter().map(|file| crate::source::Source::new(file.path.clone(), file.text.clone()));
    sources.zip(problems).flat_map(|(source, problems)| crate::verify::findings(&source, problems)).collect()
}

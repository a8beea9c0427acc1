//! `atelier cost FILE` and `atelier quotas FILE`: one blueprint, with the engines of `atelier lab plan`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Severity, has_error};
use crate::lab::{self, Stack};
use crate::page::Page;
use crate::pipeline::Atelier;
use crate::report::Format;
use crate::yaml::Dialect;
use crate::{cost, quota};

use super::{CLEAN, Common, FINDINGS, Stop, inputs, print, regions};

const COST_AFTER_HELP: &str = "\
Examples:
  atelier cost my.yaml                          an hour, a day and a month of one stack
  atelier cost my.yaml --region us-east-1 --hours 8
  atelier cost my.yaml --format json | jq '.sum.forgottenMonth'

Each line has its price's source and date; a price that nobody has sourced is called unknown and
is not in the sum. What is done with the stack is assumed: `atelier schema lab` has the defaults,
a lab file changes them (`atelier lab plan`).";

const QUOTAS_AFTER_HELP: &str = "\
Examples:
  atelier quotas my.yaml                        what one stack uses of quotas
  atelier quotas my.yaml --count 30             thirty of them in one account
  atelier quotas my.yaml --region eu-west-3 --format json | jq '.quotas[] | select(.ask)'

The applied values of an account are compared by `atelier lab plan FILE --applied`.";

/// Arguments of `cost`.
#[derive(Debug, clap::Args)]
#[command(after_help = COST_AFTER_HELP)]
pub struct CostArgs {
    /// The blueprint; `-` reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where; left out: the blueprint's first region
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// For how many hours of work
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=8784))]
    hours: u32,
    /// Write Markdown
    #[arg(long)]
    markdown: bool,
}

/// Arguments of `quotas`.
#[derive(Debug, clap::Args)]
#[command(after_help = QUOTAS_AFTER_HELP)]
pub struct QuotasArgs {
    /// The blueprint; `-` reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where; left out: the blueprint's first region
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// How many stacks in one account
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=500))]
    count: u32,
    /// Write Markdown
    #[arg(long)]
    markdown: bool,
}

pub(super) fn cost(args: &CostArgs, common: &Common, atelier: &Atelier) -> Result<i32, Stop> {
    let Some((stack, region)) = open(&args.file, args.region.as_deref(), common, atelier)? else { return Ok(FINDINGS) };
    let estimate = cost::estimate(&[(stack.name.as_str(), &stack.usage)], &region);
    let (hours, assumptions) = (f64::from(args.hours), lab::assumptions());
    let json = || lab::cost_json(&stack, &region, &estimate, hours, &assumptions);
    write(common, args.markdown, json, || lab::cost_page(&stack, &region, &estimate, hours, &assumptions))
}

pub(super) fn quotas(args: &QuotasArgs, common: &Common, atelier: &Atelier) -> Result<i32, Stop> {
    let Some((stack, region)) = open(&args.file, args.region.as_deref(), common, atelier)? else { return Ok(FINDINGS) };
    let (demands, missing) = quota::demand(&[(stack.name.as_str(), &stack.usage)], args.count, &region, None);
    let json = || lab::quotas_json(&stack, &region, args.count, &demands, &missing);
    write(common, args.markdown, json, || lab::quotas_page(&stack, &region, args.count, &demands, &missing))
}

fn write(
    common: &Common,
    markdown: bool,
    json: impl Fn() -> serde_json::Value,
    page: impl Fn() -> Page,
) -> Result<i32, Stop> {
    print::out(&if common.format == Format::Json {
        print::json(&json())
    } else if markdown {
        page().to_markdown()
    } else {
        page().to_text()
    })?;
    Ok(CLEAN)
}

/// The blueprint's stack in a region; `None` when its errors were printed.
fn open(
    file: &Path,
    region: Option<&str>,
    common: &Common,
    atelier: &Atelier,
) -> Result<Option<(Stack, String)>, Stop> {
    if let Some(region) = region {
        regions::check(region)?;
    }
    let source = match inputs::read(file, Dialect::Blueprint)? {
        Ok(source) => source,
        Err(findings) => {
            print::findings(&findings, common, true);
            return Ok(None);
        }
    };
    let outcome = atelier.render(&source);
    let Some(template) = outcome.result.filter(|_| !has_error(&outcome.findings)) else {
        let errors: Vec<_> =
            outcome.findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect();
        print::findings(&errors, common, true);
        return Ok(None);
    };
    let own = &template.trace.graph.blueprint.regions;
    let region = region.map(str::to_owned).or_else(|| own.first().cloned()).unwrap_or_default();
    if !own.contains(&region) {
        let way = format!("choose one of its regions ({}), or add this one to the blueprint", own.join(", "));
        return Err(print::help(format!("the blueprint is not made for {region}"), way).into());
    }
    match lab::stack(template, &region, &BTreeMap::new(), &lab::assumptions()) {
        Ok(stack) => Ok(Some((stack, region))),
        Err(findings) => {
            print::findings(&findings, common, true);
            Ok(None)
        }
    }
}

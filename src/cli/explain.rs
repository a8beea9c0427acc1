//! `atelier explain CODE|COMPONENT`.

use crate::diagnostic::did_you_mean;
use crate::explain;
use crate::pipeline::Atelier;
use crate::report::Format;

use super::{CLEAN, Common, Stop, print, schema};

const AFTER_HELP: &str = "\
Examples:
  atelier explain BR006                     a finding: what, why, source, a wrong and a right blueprint
  atelier explain bedrock/knowledge-base    a component type: what it takes, gives and creates

The same pages are in docs/rules/ and docs/components/.";

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The code of a finding, or a component type
    #[arg(value_name = "CODE|COMPONENT")]
    subject: String,
}

pub(super) fn run(args: &Args, common: &Common, atelier: &Atelier) -> Result<i32, Stop> {
    let subject = args.subject.as_str();
    if subject.contains('/') {
        return match atelier.library.get(subject) {
            Some(Ok(kind)) if common.format == Format::Json => {
                print::out(&print::json(&kind.schema))?;
                Ok(CLEAN)
            }
            Some(Ok(kind)) => {
                print::out(&explain::component(atelier, &kind))?;
                Ok(CLEAN)
            }
            Some(Err(broken)) => Err(Stop::Findings(broken)),
            None => Err(schema::unknown(atelier, subject).into()),
        };
    }
    let Some(page) = explain::page(atelier, subject) else {
        if let Some(closed) = explain::closed_page(subject) {
            print::out(&match common.format {
                Format::Json => print::json(&closed.json()),
                _ => closed.markdown(),
            })?;
            return Ok(CLEAN);
        }
        let rest = subject.get(1..).unwrap_or_default();
        let theirs = rest.len() == 4 && rest.bytes().all(|byte| byte.is_ascii_digit());
        let codes = explain::codes(atelier);
        let near = did_you_mean(subject, codes.iter().map(String::as_str)).filter(|_| !theirs);
        let way = near.map_or_else(
            || "codes such as F3002 or W3005 are rules of AWS's validator; a component type has a `/`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(print::help(format!("there is no code `{subject}`"), way).into());
    };
    if common.format == Format::Json {
        let json = serde_json::json!({
            "code": page.code, "title": page.title, "severity": page.severity, "component": page.component,
            "why": page.why, "source": page.source, "wrong": page.wrong, "right": page.right,
        });
        print::out(&print::json(&json))?;
    } else {
        print::out(&page.markdown())?;
    }
    Ok(CLEAN)
}

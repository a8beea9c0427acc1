//! What is wrong with a lab before a template is looked at.

use crate::catalogue;
use crate::diagnostic::{Finding, did_you_mean};

use super::file::{Accounts, Lab, Target};

/// The longest lab and the longest grace, in minutes.
const LONGEST: i64 = 90 * 24 * 60;

/// Start, duration, region, and whether accounts and target go together; `today` in days since 1970-01-01.
pub fn check(lab: &Lab, today: i64) -> Vec<Finding> {
    let mut findings = Vec::new();
    if lab.starts.day() < today {
        let days = today.saturating_sub(lab.starts.day());
        let ago = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
        let message = format!("the lab starts on {}, which is {ago} ago", lab.starts);
        findings
            .push(Finding::error("LB004", lab.place("starts"), message).with_help("write a day that is still to come"));
    }
    if lab.lasts == 0 {
        let finding = Finding::error("LB005", lab.place("lasts"), "the lab lasts 0 minutes");
        findings.push(finding.with_help("write how long participants work, such as `8h`"));
    }
    for (key, minutes) in [("lasts", lab.lasts), ("lead", lab.lead), ("grace", lab.grace)] {
        if minutes > LONGEST {
            let message = format!("`{key}` is {} days, a lab may have at most {}", minutes / 1440, LONGEST / 1440);
            findings.push(Finding::error("LB005", lab.place(key), message).with_help("what stays longer is no lab"));
        }
    }
    if catalogue::get("regions", &lab.region).is_none() {
        let place = lab.place("region");
        let known = catalogue::table("regions").into_iter().flat_map(|table| table.ids());
        let message = format!("`{}` is not a region that the catalogue knows", lab.region);
        let finding = Finding::error("LB006", place.clone(), message);
        findings.push(match did_you_mean(&lab.region, known) {
            Some(near) => {
                finding.under(format!("did you mean `{near}`?")).with_fix(format!("write `{near}`"), place, near)
            }
            None => finding.with_help("`atelier list regions` shows the known ones"),
        });
    }
    let wanted = if lab.target == Target::SingleAccount { Accounts::Shared } else { Accounts::OneEach };
    if lab.accounts != wanted {
        let (accounts, other) = match wanted {
            Accounts::Shared => ("deploys all stacks into one account", "shared"),
            Accounts::OneEach => ("gives every participant an account", "one-each"),
        };
        let message = format!("`{}` {accounts}, and `accounts` says otherwise", lab.place("target").text());
        findings.push(
            Finding::error("LB008", lab.place("accounts"), message)
                .with_label(lab.place("target"), "this target")
                .with_help(format!("write `accounts: {other}`, or choose another target")),
        );
    }
    findings
}

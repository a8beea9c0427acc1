//! Innovation Sandbox on AWS: its blueprints are self-managed stack sets in its hub account, and its leases have budgets and times.

use serde_json::{Value, json};

use crate::diagnostic::Finding;
use crate::expression::Documents;
use crate::pipeline::Atelier;

use super::scripts::{read, shared};
use super::stackset::{policy, short};
use super::{Day, File, Rights};

pub(super) fn sandbox(
    day: &Day,
    atelier: &Atelier,
    documents: &Documents,
    rights: &Rights,
) -> Result<Vec<File>, Vec<Finding>> {
    let lab = day.lab;
    short(day)?;
    let hours = (lab.lead + lab.lasts + lab.grace + 59).div_euclid(60);
    let spend = lab.per_participant.map(|usd| {
        json!({
            "maxSpend": usd,
            "budgetThresholds": [
                {"dollarsSpent": round(usd * 0.5), "action": "ALERT"},
                {"dollarsSpent": round(usd * 0.9), "action": "FREEZE_ACCOUNT"},
            ],
        })
    });
    let mut lease = json!({
        "name": lab.name,
        "description": lab.description.at_all(day.languages().first().copied().unwrap_or("en")).unwrap_or(&lab.name),
        "requiresApproval": false,
        "leaseDurationInHours": hours,
        "durationThresholds": [{"hoursRemaining": 1, "action": "ALERT"}],
    });
    if let (Some(lease), Some(Value::Object(spend))) = (lease.as_object_mut(), spend) {
        lease.extend(spend);
    }
    let mut files = vec![
        File::text("innovation-sandbox/lease-template.json", format!("{lease:#}\n")),
        File::program("sandbox.sh", read(&atelier.library, "templates/lab/day/sandbox.sh")?),
        policy(day, atelier, rights, "policies/participant.json")?,
    ];
    files.extend(shared(day, documents, &atelier.library)?);
    Ok(files)
}

fn round(usd: f64) -> f64 {
    (usd * 100.0).round() / 100.0
}

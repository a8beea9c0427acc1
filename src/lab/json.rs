//! Plans, costs and quotas for programs; the form is promised in `docs/labs.md`.

use serde_json::{Value, json};

use crate::cost::{Estimate, HOURS_A_MONTH, Price, Sum};
use crate::quota::{Demand, Missing, Reading, Verdict};
use crate::usage::{Assumptions, Bills};

use super::file::{Accounts, Lab};
use super::plan::Plan;
use super::stacks::Stack;
use super::verdicts::stack_name;

/// Raised when a consumer of the old form would break.
const VERSION: u32 = 1;

/// The plan of a lab.
pub fn plan_json(lab: &Lab, stacks: &[Stack], plan: &Plan) -> Value {
    let people = f64::from(lab.participants);
    let unknown = plan.unknown.iter().map(|(stack, unknown)| json!({"blueprint": stack, "resource": unknown.resource, "type": unknown.kind, "why": unknown.why}));
    let unmetered = plan.unmetered.iter().map(|(stack, kind)| json!({"blueprint": stack, "type": kind}));
    json!({
        "version": VERSION,
        "lab": {
            "name": lab.name, "participants": lab.participants, "region": lab.region,
            "accounts": if lab.accounts == Accounts::Shared { "shared" } else { "one-each" },
            "blueprints": stacks.iter().map(|stack| json!({"name": stack.name, "firstStack": stack_name(lab, &stack.name, 1)})).collect::<Vec<_>>(),
        },
        "times": {
            "startBy": plan.start_by.to_string(), "starts": lab.starts.to_string(), "ends": plan.ends.to_string(), "deleted": plan.deleted.to_string(),
            "hoursPaid": plan.hours, "hoursWorked": plan.working,
            "clocks": plan.clocks.iter().map(|clock| json!({"blueprint": clock.stack, "limitMinutes": clock.limit, "resource": clock.resource, "slowWithoutLimit": clock.slow})).collect::<Vec<_>>(),
        },
        "cost": {
            "currency": "USD",
            "perParticipant": sum(&plan.sum, plan.hours, plan.working, 1.0),
            "all": sum(&plan.sum, plan.hours, plan.working, people),
            "allWithReferencePrices": sum(&plan.orientation, plan.hours, plan.working, people),
            "budget": {"perParticipant": lab.per_participant, "all": lab.total},
            "largest": plan.cuts.iter().map(|cut| json!({"blueprint": cut.stack, "name": cut.name, "usd": cut.usd, "atReferencePrice": cut.reference, "share": cut.share, "cut": cut.how, "saves": cut.saves})).collect::<Vec<_>>(),
            "lines": lines(&plan.estimate, plan.hours, plan.working),
            "uncounted": uncounted(&plan.estimate),
        },
        "quotas": demands(&plan.demands),
        "quotasUnknown": missing(&plan.missing),
        "applied": plan.applied,
        "ready": plan.ready.iter().map(|ready| json!({"level": ready.level.word(), "subject": ready.subject, "text": ready.text})).collect::<Vec<_>>(),
        "assumptions": lab.assumptions,
        "unknown": unknown.collect::<Vec<_>>(),
        "unmetered": unmetered.collect::<Vec<_>>(),
    })
}

/// The cost of one blueprint.
pub fn cost_json(stack: &Stack, region: &str, estimate: &Estimate, hours: f64, given: &Assumptions) -> Value {
    json!({
        "version": VERSION, "blueprint": stack.name, "region": region, "currency": "USD", "hours": hours,
        "sum": sum(&estimate.sum(false), hours, hours, 1.0),
        "sumWithReferencePrices": sum(&estimate.sum(true), hours, hours, 1.0),
        "lines": lines(estimate, hours, hours),
        "uncounted": uncounted(estimate),
        "assumptions": given,
        "unknown": unknowns(stack), "unmetered": stack.usage.unmetered,
    })
}

/// What one blueprint needs of quotas.
pub fn quotas_json(stack: &Stack, region: &str, count: u32, demand: &[Demand], without: &[Missing]) -> Value {
    json!({
        "version": VERSION, "blueprint": stack.name, "region": region, "count": count,
        "quotas": demands(demand), "quotasUnknown": missing(without),
        "unknown": unknowns(stack), "unmetered": stack.usage.unmetered,
    })
}

fn unknowns(stack: &Stack) -> Value {
    stack
        .usage
        .unknown
        .iter()
        .map(|unknown| json!({"resource": unknown.resource, "type": unknown.kind, "why": unknown.why}))
        .collect()
}

fn sum(sum: &Sum, hours: f64, working: f64, people: f64) -> Value {
    json!({
        "hour": (sum.always + sum.in_use) * people,
        "hourScaledOut": sum.most * people,
        "lab": sum.total(hours, working) * people,
        "byUse": sum.by_use * people,
        "forgottenDay": sum.idle * 24.0 * people,
        "forgottenMonth": sum.idle * HOURS_A_MONTH * people,
        "linesWithoutPrice": sum.unpriced,
        "linesByTheHourWithoutPrice": sum.unpriced_hourly,
    })
}

fn lines(estimate: &Estimate, hours: f64, working: f64) -> Value {
    let price = |price: &Option<Price>| {
        price.as_ref().map(|price| json!({"id": price.id, "usd": price.usd, "unit": price.unit, "asOf": price.as_of, "source": price.source, "confidence": price.confidence}))
    };
    let lines = estimate.lines.iter().map(|line| {
        let bills = match line.bills {
            Bills::Always => "always",
            Bills::InUse => "in-use",
            Bills::ByUse => "by-use",
        };
        json!({
            "blueprint": line.stack, "meter": line.meter, "name": line.name, "item": line.item,
            "quantity": line.quantity, "most": line.most, "idle": line.idle, "bills": bills,
            "price": price(&line.price), "reference": price(&line.elsewhere),
            "hour": line.hourly(), "lab": line.total(hours, working, false),
            "resources": line.resources, "note": line.note,
        })
    });
    lines.collect()
}

fn uncounted(estimate: &Estimate) -> Value {
    estimate
        .uncounted
        .iter()
        .map(|item| json!({"blueprint": item.stack, "name": item.name, "what": item.what}))
        .collect()
}

fn demands(demands: &[Demand]) -> Value {
    let rows = demands.iter().map(|demand| {
        let (applied, read) = match demand.applied {
            None => (None, None),
            Some(Reading::Value(value)) => (Some(value), Some("value")),
            Some(Reading::Throttled) => (None, Some("throttled")),
            Some(Reading::Denied) => (None, Some("denied")),
            Some(Reading::Failed) => (None, Some("failed")),
        };
        let verdict = match demand.verdict() {
            Verdict::Enough => "enough",
            Verdict::EnoughAtFirst => "enough-at-first",
            Verdict::Ask => "ask",
            Verdict::Zero => "zero",
            Verdict::Throttled => "throttled",
            Verdict::Never => "never",
            Verdict::Unknown => "unknown",
        };
        json!({
            "id": demand.id, "service": demand.text("service"), "code": demand.text("code"), "name": demand.text("name"), "unit": demand.text("unit"),
            "scope": demand.text("scope"), "perStack": demand.per_stack, "needed": demand.usual, "neededScaledOut": demand.most,
            "default": demand.default, "applied": applied, "read": read, "adjustable": demand.adjustable(), "verdict": verdict, "ask": demand.ask(),
            "source": demand.text("source"), "asOf": demand.text("asOf"), "notes": demand.notes,
            "from": demand.shares.iter().map(|share| json!({"blueprint": share.stack, "name": share.name, "item": share.item, "each": share.each})).collect::<Vec<_>>(),
        })
    });
    rows.collect()
}

fn missing(missing: &[Missing]) -> Value {
    missing
        .iter()
        .map(|missing| json!({"blueprint": missing.stack, "name": missing.name, "item": missing.item}))
        .collect()
}

//! Plans, costs and quotas as pages for people.

use crate::cost::{Estimate, HOURS_A_MONTH, Line, Price, Sum, money};
use crate::page::Page;
use crate::quota::{Demand, Missing, Reading, Verdict};
use crate::usage::{Assumptions, Bills};

use super::file::{Accounts, Lab};
use super::moment::span;
use super::plan::Plan;
use super::stacks::Stack;

/// The plan of a lab.
pub fn plan_page(lab: &Lab, plan: &Plan) -> Page {
    let where_ = if lab.accounts == Accounts::Shared { "all in one account" } else { "an account each" };
    let people =
        if lab.participants == 1 { "1 participant".to_owned() } else { format!("{} participants", lab.participants) };
    let mut page = Page::new(format!("Plan of {}: {people} in {}, {where_}", lab.name, lab.region));
    times(&mut page, lab, plan);
    page.heading("Cost");
    summary(&mut page, lab, plan);
    largest(&mut page, plan);
    lines(&mut page, &plan.estimate, plan.hours, plan.working);
    not_counted(&mut page, &plan.estimate);
    page.heading("Quotas");
    let scope = if lab.accounts == Accounts::Shared {
        "In the one account, for all participants."
    } else {
        "In each participant's account."
    };
    page.text(format!("{scope} {}", compared(&plan.applied)));
    demands(&mut page, &plan.demands, &plan.missing);
    page.heading("Before the day");
    page.table(
        &["what", "about", "why"],
        plan.ready
            .iter()
            .map(|ready| vec![ready.level.word().to_owned(), ready.subject.clone(), ready.text.clone()])
            .collect(),
    );
    assumptions(&mut page, &lab.assumptions);
    let unknown = plan
        .unknown
        .iter()
        .map(|(stack, unknown)| format!("{stack}, {} ({}): {}", unknown.resource, unknown.kind, unknown.why));
    let unmetered =
        plan.unmetered.iter().map(|(stack, kind)| format!("{stack}: what {kind} costs and uses up is not known here"));
    not_told(&mut page, unknown.chain(unmetered).collect());
    page
}

/// The cost of one blueprint, for `hours` if given.
pub fn cost_page(stack: &Stack, region: &str, estimate: &Estimate, hours: f64, given: &Assumptions) -> Page {
    let mut page = Page::new(format!("Cost of {} in {region}, one stack", stack.name));
    let (known, guess) = (estimate.sum(false), estimate.sum(true));
    let row = |name: &str, use_: bool, of: &dyn Fn(&Sum) -> f64| {
        vec![name.to_owned(), at_least(&known, of(&known), use_), at_least(&guess, of(&guess), use_)]
    };
    page.table(
        &["USD", ">known prices", ">with us-east-1 prices for unknown ones"],
        vec![
            row("an hour", false, &|sum| sum.always + sum.in_use),
            row("an hour, all scaled out", false, &|sum| sum.most),
            row(&format!("{} h of work", number(hours)), true, &|sum| sum.total(hours, hours)),
            row("a day, forgotten", false, &|sum| sum.idle * 24.0),
            row("a month, forgotten", false, &|sum| sum.idle * HOURS_A_MONTH),
        ],
    );
    unpriced(&mut page, &known);
    lines(&mut page, estimate, hours, hours);
    not_counted(&mut page, estimate);
    assumptions(&mut page, given);
    not_told(&mut page, stack_unknowns(stack));
    page
}

/// What one blueprint needs of quotas, `count` times.
pub fn quotas_page(stack: &Stack, region: &str, count: u32, demand: &[Demand], missing: &[Missing]) -> Page {
    let stacks = if count == 1 { "one stack".to_owned() } else { format!("{count} stacks in one account") };
    let mut page = Page::new(format!("Quotas for {} in {region}, {stacks}", stack.name));
    page.text(compared(""));
    demands(&mut page, demand, missing);
    not_told(&mut page, stack_unknowns(stack));
    page
}

fn stack_unknowns(stack: &Stack) -> Vec<String> {
    let unknown =
        stack.usage.unknown.iter().map(|unknown| format!("{} ({}): {}", unknown.resource, unknown.kind, unknown.why));
    unknown
        .chain(stack.usage.unmetered.keys().map(|kind| format!("what {kind} costs and uses up is not known here")))
        .collect()
}

fn times(page: &mut Page, lab: &Lab, plan: &Plan) {
    page.table(
        &["when", "", ""],
        vec![
            vec![
                "start stacks by".into(),
                plan.start_by.to_string(),
                format!("{} before the start, after the longest limit below", span(lab.lead)),
            ],
            vec!["participants begin".into(), lab.starts.to_string(), String::new()],
            vec!["participants stop".into(), plan.ends.to_string(), format!("after {}", span(lab.lasts))],
            vec![
                "everything is deleted".into(),
                plan.deleted.to_string(),
                format!("{} of grace; {} are paid in all", span(lab.grace), paid(plan.hours)),
            ],
        ],
    );
    let clocks = plan.clocks.iter().map(|clock| {
        let slow = if clock.slow.is_empty() {
            String::new()
        } else {
            format!("; takes some minutes, no source says how many: {}", clock.slow.join(", "))
        };
        match clock.limit {
            Some(minutes) => {
                format!("{}: usable within {} ({} sets the limit){slow}", clock.stack, span(minutes), clock.resource)
            }
            None => format!("{}: its template sets no limit{slow}", clock.stack),
        }
    });
    page.list(clocks.collect());
}

fn summary(page: &mut Page, lab: &Lab, plan: &Plan) {
    let people = f64::from(lab.participants);
    let row = |name: String, by_use: bool, of: &dyn Fn(&Sum) -> f64| {
        let (known, guess) = (of(&plan.sum), of(&plan.orientation));
        let first = at_least(&plan.sum, known, by_use);
        vec![
            name,
            first,
            at_least(&plan.sum, known * people, by_use),
            at_least(&plan.orientation, guess * people, by_use),
        ]
    };
    let mut rows = vec![
        row("an hour".into(), false, &|sum| sum.always + sum.in_use),
        row("an hour, all scaled out".into(), false, &|sum| sum.most),
        row(format!("the lab, {}", paid(plan.hours)), true, &|sum| sum.total(plan.hours, plan.working)),
        row("a day, forgotten".into(), false, &|sum| sum.idle * 24.0),
        row("a month, forgotten".into(), false, &|sum| sum.idle * HOURS_A_MONTH),
    ];
    let budget = |value: Option<f64>| value.map_or_else(|| "none".to_owned(), money);
    if lab.per_participant.is_some() || lab.total.is_some() {
        rows.push(vec!["budget for the lab".into(), budget(lab.per_participant), budget(lab.total), String::new()]);
    }
    page.table(&["USD", ">one participant", ">all", ">all, with us-east-1 prices for unknown ones"], rows);
    unpriced(page, &plan.sum);
}

/// A sum in which something may be missing.
fn at_least(sum: &Sum, usd: f64, by_use: bool) -> String {
    let missing = if by_use { sum.unpriced } else { sum.unpriced_hourly };
    match (missing, usd) {
        (0, _) => money(usd),
        (_, 0.0) => "unknown".to_owned(),
        _ => format!("over {}", money(usd)),
    }
}

/// Hours with a fraction as hours and minutes.
fn paid(hours: f64) -> String {
    // at most a year of whole minutes
    span((hours * 60.0).round() as i64)
}

fn unpriced(page: &mut Page, sum: &Sum) {
    if sum.unpriced > 0 {
        let lines = if sum.unpriced == 1 { "1 line has".to_owned() } else { format!("{} lines have", sum.unpriced) };
        page.text(format!("{lines} no known price here: the first figures do not count them, the last ones take the price of us-east-1 where it is known, as an orientation."));
    }
}

fn lines(page: &mut Page, estimate: &Estimate, hours: f64, working: f64) {
    let mut sources: Vec<&str> = Vec::new();
    let rows = estimate.lines.iter().map(|line| {
        let (each, from) = priced(line, &mut sources);
        let hourly = match (line.bills, line.hourly()) {
            (Bills::ByUse, _) => "by use".to_owned(),
            (_, Some(usd)) => money(usd),
            (_, None) => "unknown".to_owned(),
        };
        let total = line.total(hours, working, false).map_or_else(|| "unknown".to_owned(), money);
        let count = range(line.quantity, line.most);
        vec![line.stack.clone(), what(line), count, each, hourly, total, from]
    });
    let rows = rows.collect();
    page.table(
        &["blueprint", "one participant has", ">number", ">USD each", ">an hour", ">in all", "price from"],
        rows,
    );
    let listed = sources.iter().enumerate().map(|(index, source)| format!("source {}: {source}", index + 1));
    page.list(listed.collect());
}

fn range(usual: f64, most: f64) -> String {
    if most > usual { format!("{} to {}", number(usual), number(most)) } else { number(usual) }
}

fn what(line: &Line) -> String {
    line.item.as_ref().map_or_else(|| line.name.clone(), |item| format!("{}, {item}", line.name))
}

/// The price, and where it is from; sources are numbered in the order in which they come.
fn priced<'a>(line: &'a Line, sources: &mut Vec<&'a str>) -> (String, String) {
    let mut from = |price: &'a Price| {
        let known = sources.iter().position(|source| *source == price.source);
        let index = known.unwrap_or_else(|| {
            sources.push(price.source);
            sources.len() - 1
        });
        let doubt =
            if price.confidence == "high" { String::new() } else { format!(", confidence {}", price.confidence) };
        format!("{}, source {}{doubt}", price.as_of.unwrap_or("undated"), index + 1)
    };
    match (&line.price, &line.elsewhere) {
        (Some(price), _) => (each(price), from(price)),
        (None, Some(price)) => ("unknown".to_owned(), format!("us-east-1: {} ({})", each(price), from(price))),
        (None, None) => ("unknown".to_owned(), "no source".to_owned()),
    }
}

fn each(price: &Price) -> String {
    let unit = match price.unit {
        "hour" => "an hour",
        "month" => "a month",
        "10,000 requests" => "for 10,000",
        "1,000 requests" | "1,000 transitions" => "for 1,000",
        "million tokens" | "million requests" => "a million",
        other => return format!("{} a {other}", price.usd),
    };
    format!("{} {unit}", price.usd)
}

fn largest(page: &mut Page, plan: &Plan) {
    let rows = plan.cuts.iter().map(|cut| {
        let saves = cut.saves.map_or_else(|| "depends".to_owned(), money);
        vec![
            cut.stack.clone(),
            cut.name.clone(),
            money(cut.usd),
            format!("{:.0} %", cut.share * 100.0),
            cut.how.clone(),
            saves,
        ]
    });
    page.table(&["blueprint", "costs most", ">USD, all", ">share", "what would cut it", ">saves"], rows.collect());
}

fn not_counted(page: &mut Page, estimate: &Estimate) {
    let items: Vec<String> = estimate
        .uncounted
        .iter()
        .map(|item| format!("not counted: {}, {}: {}", item.stack, item.name, item.what))
        .collect();
    page.list(items);
}

fn compared(applied: &str) -> String {
    if applied.is_empty() {
        "Compared with AWS's defaults where they are known; what an account really has may be less: read it with the script of `atelier lab plan FILE --script` and give it back with `--applied`.".to_owned()
    } else {
        format!("Compared with the values applied in account {applied}, else with AWS's defaults.")
    }
}

fn demands(page: &mut Page, demands: &[Demand], missing: &[Missing]) {
    let rows = demands.iter().map(|demand| {
        let most = range(demand.usual, demand.most);
        let unit = if demand.per_stack {
            format!("{} (each stack)", demand.text("unit").unwrap_or_default())
        } else {
            demand.text("unit").unwrap_or_default().to_owned()
        };
        let applied = match demand.applied {
            None => String::new(),
            Some(Reading::Value(value)) => number(value),
            Some(Reading::Throttled) => "not read: throttled".to_owned(),
            Some(Reading::Denied) => "not read: no right".to_owned(),
            Some(Reading::Failed) => "not read".to_owned(),
        };
        let default = demand.default.map_or_else(|| "unknown".to_owned(), number);
        let code = demand.text("code").unwrap_or("none");
        vec![
            demand.text("name").unwrap_or_default().to_owned(),
            code.to_owned(),
            most,
            unit,
            default,
            applied,
            told(demand),
        ]
    });
    page.table(&["quota", "code", ">needed", "unit", ">default", ">applied", "verdict"], rows.collect());
    let notes = demands.iter().filter(|demand| demand.verdict() != Verdict::Enough).flat_map(|demand| {
        demand.notes.iter().map(|note| format!("{}: {note}", demand.text("name").unwrap_or_default()))
    });
    let missing = missing
        .iter()
        .map(|missing| format!("{}: no quota is known here for {}, {}", missing.stack, missing.name, missing.item));
    page.list(notes.chain(missing).collect());
}

fn told(demand: &Demand) -> String {
    let ask = demand.ask().map_or_else(|| "cannot be raised".to_owned(), |ask| format!("ask for {}", number(ask)));
    match demand.verdict() {
        Verdict::Enough => "enough".to_owned(),
        Verdict::EnoughAtFirst => format!("enough until it scales: {ask}"),
        Verdict::Ask => ask,
        Verdict::Zero => format!("the account has none, which is no throttling: {ask}"),
        Verdict::Throttled => format!("slow, not broken: {ask}"),
        Verdict::Never => "more than AWS gives".to_owned(),
        Verdict::Unknown if demand.adjustable() == Some(false) => "check it".to_owned(),
        Verdict::Unknown => format!("check it: {} needed", number(demand.most)),
    }
}

fn assumptions(page: &mut Page, given: &Assumptions) {
    page.heading("Assumptions");
    let words: Vec<String> = given.iter().map(|(name, value)| format!("{name} {}", number(*value))).collect();
    page.text(format!(
        "Of one participant, in the whole lab; `assumptions:` of the lab changes them: {}.",
        words.join(", ")
    ));
    page.text("A month has 730 hours. List prices before tax, discounts and free tiers; requests, traffic to the internet and between zones are not in them.");
}

fn not_told(page: &mut Page, items: Vec<String>) {
    if !items.is_empty() {
        page.heading("What the templates do not tell");
        page.list(items);
    }
}

/// A number without digits that say nothing.
fn number(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

//! The plan: demand, cost, readiness and clocks of a lab, and what is wrong with it.

use crate::cost::{self, Estimate, Sum};
use crate::diagnostic::{self, Finding};
use crate::quota::{self, Applied, Demand, Missing};
use crate::usage::Unknown;

pub use super::clock::Clock;
pub use super::cuts::Cut;
use super::file::Lab;
use super::moment::Moment;
pub use super::readiness::Ready;
use super::stacks::Stack;
use super::{clock, cuts, readiness, verdicts};

/// All that is known of a lab before anyone pays.
#[derive(Debug)]
pub struct Plan {
    /// What each quota has to give, in one account.
    pub demands: Vec<Demand>,
    /// What counts against a quota that is not known.
    pub missing: Vec<Missing>,
    /// The accounts that applied values come from; empty when there are none.
    pub applied: String,
    /// What one participant costs.
    pub estimate: Estimate,
    /// The sums of what has a price here.
    pub sum: Sum,
    /// The same with prices from elsewhere where the one here is unknown: an orientation.
    pub orientation: Sum,
    /// Hours that are paid, from the first stack to the last deletion.
    pub hours: f64,
    /// Hours that participants work.
    pub working: f64,
    /// What costs most, and what would make it cheaper.
    pub cuts: Vec<Cut>,
    /// What has to be done or known beforehand.
    pub ready: Vec<Ready>,
    /// How long each stack takes.
    pub clocks: Vec<Clock>,
    /// When stacks have to be started at the latest.
    pub start_by: Moment,
    /// When participants stop.
    pub ends: Moment,
    /// When everything is deleted.
    pub deleted: Moment,
    /// What the templates do not tell, with the blueprint.
    pub unknown: Vec<(String, Unknown)>,
    /// Types of resources that no meter knows, with the blueprint.
    pub unmetered: Vec<(String, String)>,
}

impl Plan {
    /// What one participant costs in all, with the prices that are known.
    pub fn per_participant(&self) -> f64 {
        self.sum.total(self.hours, self.working)
    }
}

/// Plans a lab from its rendered blueprints.
pub fn plan(lab: &Lab, stacks: &[Stack], applied: Option<&Applied>) -> (Plan, Vec<Finding>) {
    let used: Vec<(&str, &crate::usage::Usage)> =
        stacks.iter().map(|stack| (stack.name.as_str(), &stack.usage)).collect();
    let (demands, missing) = quota::demand(&used, lab.in_one_account(), &lab.region, applied);
    let estimate = cost::estimate(&used, &lab.region);
    let clocks: Vec<Clock> = stacks.iter().map(|stack| clock::clock(&stack.name, &stack.document)).collect();
    let longest = clocks.iter().filter_map(|clock| clock.limit).max().unwrap_or_default();
    let hours = minutes_as_hours(longest + lab.lead + lab.lasts + lab.grace);
    let working = minutes_as_hours(lab.lasts);
    let (sum, orientation) = (estimate.sum(false), estimate.sum(true));
    let cuts = cuts::cuts(lab, stacks, &estimate, hours, working);
    let unknown =
        stacks.iter().flat_map(|stack| stack.usage.unknown.iter().map(|unknown| (stack.name.clone(), unknown.clone())));
    let unmetered =
        stacks.iter().flat_map(|stack| stack.usage.unmetered.keys().map(|kind| (stack.name.clone(), kind.clone())));
    let plan = Plan {
        ready: readiness::ready(lab, stacks),
        start_by: lab.starts.plus_minutes(-(lab.lead + longest)),
        ends: lab.starts.plus_minutes(lab.lasts),
        deleted: lab.starts.plus_minutes(lab.lasts + lab.grace),
        applied: applied.map(|applied| applied.account.clone()).unwrap_or_default(),
        unknown: unknown.collect(),
        unmetered: unmetered.collect(),
        demands,
        missing,
        estimate,
        sum,
        orientation,
        hours,
        working,
        cuts,
        clocks,
    };
    let mut findings = verdicts::verdicts(lab, stacks, &plan);
    diagnostic::sort(&mut findings);
    (plan, findings)
}

fn minutes_as_hours(minutes: i64) -> f64 {
    // at most a year of minutes: exact
    minutes as f64 / 60.0
}

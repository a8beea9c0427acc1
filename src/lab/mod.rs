//! Labs: blueprints set up for participants for some hours. What that needs, costs, and what could stop it, before anyone pays.

mod checks;
mod clock;
mod cuts;
mod file;
mod json;
mod moment;
mod pages;
mod plan;
mod readiness;
mod stacks;
mod texts;
mod verdicts;

pub use checks::check;
pub use file::{Accounts, Lab, SCHEMA, Target, assumptions, load};
pub use json::{cost_json, plan_json, quotas_json};
pub use moment::{Moment, span};
pub use pages::{cost_page, plan_page, quotas_page};
pub use plan::{Clock, Cut, Plan, Ready, plan};
pub use readiness::Level;
pub use stacks::{Stack, stack};
pub use texts::{ModuleText, Text};
pub use verdicts::{participant, stack_name};

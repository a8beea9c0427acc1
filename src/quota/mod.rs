//! Demand against quotas: what stacks of all participants use in one account, and what the account gives.

mod applied;
mod demand;
mod script;

pub use applied::{Applied, Reading, read};
pub use demand::{Demand, Missing, Share, Verdict, demand};
pub use script::script;

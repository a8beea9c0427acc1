//! AWS's own validator on a CloudFormation template: the only room that imports `cloudformation-validate`.
//!
//! Its rules and resource schemas are embedded in the crate, so nothing is fetched and no account is needed; building
//! them costs about a third of a CPU second, which is why [`Engine::start`] returns at once and does it in the background.

mod engine;
mod guard;
mod place;
mod problem;
mod regions;
mod replacement;

pub use engine::{Engine, Job, MAX_BYTES, Starting};
pub use guard::Guard;
pub use place::findings;
pub use problem::{Detail, Problem};
pub use replacement::{CreateOnly, Replacements};

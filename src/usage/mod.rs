//! What a rendered template uses: instances, addresses, keys, models, each with how many. The catalogue's meters say what
//! to count; what the template does not tell is named, never guessed.

mod measure;
mod meter;
mod models;
mod path;
mod resolve;

pub use measure::{Measure, Unknown, Usage, measure};
pub use meter::{Bills, Meter, is_slow};
pub use resolve::Context;

use std::collections::BTreeMap;

/// How participants work, by name (`inputTokens`): what no template tells. See `schemas/lab.schema.json` for names and defaults.
pub type Assumptions = BTreeMap<String, f64>;

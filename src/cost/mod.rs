//! What stacks cost: each measure with its price, its source and its date; what has no price is named, never counted as zero.

mod estimate;
mod price;

pub use estimate::{Estimate, Line, Sum, Uncounted, estimate};
pub use price::{HOURS_A_MONTH, Price, money};

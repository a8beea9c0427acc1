//! The strict, located YAML loader: every key and value with its byte range, all mistakes of a file at once.

mod load;
mod node;

pub use load::{Dialect, load};
pub use node::{Entry, Node, Tagged, Value};

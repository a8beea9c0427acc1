//! The strict, located YAML loader: every key and value with its byte range, all mistakes of a file at once.

mod decode;
mod load;
mod node;
mod ranges;
mod refused;
mod scalar;
mod syntax;

pub use decode::{decode, too_large};
pub use load::{Dialect, MAX_DEPTH, MAX_VALUES, load};
pub use node::{Entry, Node, Tagged, Value};

//! From names to a graph: interfaces, defaults, cycles, order.

mod graph;
mod order;
mod resolve;
mod scope;

pub use graph::{Component, Graph};
pub use resolve::link;
pub use scope::{Exports, scope};

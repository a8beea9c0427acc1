//! What an update would do to a stack: two templates compared by meaning, not by text.

mod compare;
mod loss;
mod markdown;
mod text;
mod value;

pub use crate::document::Document;
pub use compare::{Change, Diff, Fate, Other, compare};
pub use loss::loss;
pub use markdown::markdown;
pub use text::text;
pub use value::json;

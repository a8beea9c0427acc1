//! From nodes to a typed blueprint: JSON Schemas, defaults, deploy-time parameters. The only room that imports jsonschema.

mod bundle;
mod check;
mod declare;
mod defaults;
mod envelope;
mod lookup;
mod model;
mod parameters;

pub use bundle::{bundle, meta_check};
pub use check::{Checker, Locate};
pub use declare::declare;
pub(crate) use declare::kebab;
pub use defaults::fill;
pub use envelope::validate;
pub use model::{Acknowledgement, Blueprint, Declared, Given, Origin, Parameter, Scenario};

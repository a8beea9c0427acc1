#![forbid(unsafe_code)]
#![warn(missing_docs)]
// outside of tests nothing ends the process; an `#[expect]` says why an index or an `expect` cannot fail
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic,
        clippy::unreachable,
        clippy::todo,
        clippy::unimplemented,
        clippy::dbg_macro
    )
)]
//! atelier: a short YAML blueprint of a generative-AI architecture on AWS becomes a CloudFormation template that
//! deploys, and what would not work is said beforehand, with the place and the fix.
//!
//! The rooms, in the order of the data: [`yaml`] loads, [`schema`] validates, [`link`] makes the graph, [`rules`]
//! checks the design, [`render`] makes fragments, [`baseline`] looks at their resources, [`assemble`] makes one template, [`verify`] asks AWS's validator and
//! [`blame`] tells its answer on the blueprint. [`pipeline`] runs the stages in a row; [`cli`] is the program around it.

pub mod assemble;
pub mod baseline;
#[cfg(feature = "verify")]
pub mod blame;
pub mod catalogue;
pub mod clean;
pub mod cli;
pub mod cost;
pub mod diagnostic;
pub mod diagram;
#[cfg(feature = "verify")]
pub mod diff;
pub mod document;
pub mod explain;
pub mod expression;
pub mod kit;
pub mod lab;
pub mod library;
pub mod link;
pub mod page;
pub mod part;
pub mod pipeline;
pub mod quota;
pub mod render;
pub mod report;
pub mod rules;
pub mod schema;
pub mod source;
pub mod usage;
#[cfg(feature = "verify")]
pub mod verify;
pub mod yaml;

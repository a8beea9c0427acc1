//! `atelier list`.

use super::{CLEAN, Common, Stop};

/// Arguments of `list`.
#[derive(Debug, clap::Args)]
pub struct Args {}
pub(super) fn run(_: &Args, _: &Common, _: &crate::pipeline::Atelier) -> Result<i32, Stop> { Ok(CLEAN) }

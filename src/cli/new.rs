//! `atelier new`.

use super::{CLEAN, Common, Stop};

/// Arguments of `new`.
#[derive(Debug, clap::Args)]
pub struct Args {}
pub(super) fn run(_: &Args, _: &Common) -> Result<i32, Stop> { Ok(CLEAN) }

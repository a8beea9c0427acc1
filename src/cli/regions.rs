//! Regions on the command line.

use crate::catalogue;
use crate::diagnostic::did_you_mean;

use super::print;

/// Refuses a region that the catalogue does not know, with the one that may be meant.
pub(super) fn check(region: &str) -> anyhow::Result<()> {
    if catalogue::get("regions", region).is_some() {
        return Ok(());
    }
    let known = catalogue::table("regions").into_iter().flat_map(|table| table.ids());
    let way = did_you_mean(region, known).map_or_else(
        || "`atelier list regions` shows the known ones".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    Err(print::help(format!("`{region}` is not a region that the catalogue knows"), way))
}

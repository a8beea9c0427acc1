//! With a stranger's component types, work on one blueprint that neither ends nor fits into memory is given up. Steps and bytes of
//! templates are counted where they are made; this is for what cannot be counted, such as two lists that are compared.

use std::time::Duration;

use crate::diagnostic::Finding;
use crate::pipeline::longest_work;

use super::{Common, FAILURE, print};

/// A blueprint takes milliseconds.
const LONGEST: Duration = Duration::from_secs(5);
/// Bytes of memory; blueprints and AWS's validator take a quarter of it.
const MOST_MEMORY: u64 = 1 << 30;

/// Watches over the work from now on.
pub fn set(common: &Common) {
    if common.library.is_empty() {
        return;
    }
    let (format, color) = (common.format, common.color);
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(Duration::from_millis(100));
            let Some((name, worked)) = longest_work() else { continue };
            let reason = match memory() {
                _ if worked > LONGEST => format!("for more than {} s", LONGEST.as_secs()),
                Some(bytes) if bytes > MOST_MEMORY => format!("with more than {} MiB of memory", MOST_MEMORY >> 20),
                _ => continue,
            };
            let message = format!("the component types of `--library` were at work on {name} {reason}: given up");
            let help =
                "a template or a rule of the folder does not end; look at those of the types that the blueprint names";
            let common = Common { library: Vec::new(), format, deny: None, color };
            print::findings(&[Finding::error("IO001", None, message).with_help(help)], &common, false);
            std::process::exit(FAILURE);
        }
    });
}

/// Bytes of memory in use, where the system tells.
fn memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4096)
}

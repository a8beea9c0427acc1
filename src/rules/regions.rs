//! Where a design works that fails in some regions: the words of one way out.

use serde_json::Value;

use crate::catalogue;

/// How many working regions a finding names.
const NAMED: usize = 6;

/// The regions that work: those of the blueprint, then others of the same partition, the same part of the world first.
/// `None` when no region is known to work.
pub(super) fn working(failing: &[String], blueprint: &[String], works: impl Fn(&str) -> bool) -> Option<String> {
    let mut others: Vec<&str> =
        catalogue::table("regions").into_iter().flat_map(|table| table.ids()).filter(|region| works(region)).collect();
    let first = failing.first().map_or("", String::as_str);
    others.retain(|region| partition(region) == partition(first) && !blueprint.iter().any(|own| own == region));
    others.sort_by_key(|region| world(region) != world(first));
    let own: Vec<String> = blueprint.iter().filter(|own| !failing.contains(own) && works(own)).cloned().collect();
    let (named, rest) = others.split_at(NAMED.saturating_sub(own.len()).min(others.len()));
    let others = match rest.len() {
        0 => listed(named),
        more if named.is_empty() => format!("{more} more"),
        more => format!("{} and {more} more", named.join(", ")),
    };
    match (own.is_empty(), others.is_empty()) {
        (true, true) => None,
        (true, false) => Some(format!("it works in {others}")),
        (false, true) => Some(format!("it works in {}", listed(&own))),
        (false, false) => Some(format!("it works in {} of this blueprint, and in {others}", listed(&own))),
    }
}

fn partition(region: &str) -> Option<&'static str> {
    catalogue::get("regions", region)?.get("partition").and_then(Value::as_str)
}

fn world(region: &str) -> Option<&str> {
    region.split('-').next()
}

/// `a, b and c`.
pub(super) fn listed<T: AsRef<str>>(names: &[T]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

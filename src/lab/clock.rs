//! How long a stack takes to be usable: the limits that its own template sets, and what takes minutes without one.

use serde_json::Value;

use crate::document::{Document, Resource};
use crate::usage::is_slow;

/// What is known of the time that a stack takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    /// The blueprint.
    pub stack: String,
    /// The longest limit that the template sets, in minutes: after it CloudFormation gives up.
    pub limit: Option<i64>,
    /// The resource that has it.
    pub resource: String,
    /// Types that take minutes, and for which the template sets no limit.
    pub slow: Vec<String>,
}

/// The clock of a template.
pub(super) fn clock(name: &str, document: &Document) -> Clock {
    let mut clock = Clock { stack: name.to_owned(), ..Clock::default() };
    for (id, resource) in &document.resources {
        match limit(resource) {
            Some(minutes) if clock.limit.is_none_or(|known| minutes > known) => {
                clock.limit = Some(minutes);
                clock.resource.clone_from(id);
            }
            Some(_) => {}
            None if is_slow(&resource.kind) && !clock.slow.contains(&resource.kind) => {
                clock.slow.push(resource.kind.clone());
            }
            None => {}
        }
    }
    clock.slow.sort();
    clock
}

/// Minutes after which CloudFormation or SageMaker gives up on a resource.
fn limit(resource: &Resource) -> Option<i64> {
    let signal = resource.attributes.get("CreationPolicy").and_then(|policy| policy.pointer("/ResourceSignal/Timeout"));
    if let Some(text) = signal.and_then(Value::as_str) {
        return period(text);
    }
    let variants = resource.properties.get("ProductionVariants").and_then(Value::as_array)?;
    let seconds = |variant: &Value, field: &str| variant.get(field).and_then(Value::as_i64);
    let of = |variant: &Value| {
        let load = seconds(variant, "ModelDataDownloadTimeoutInSeconds");
        let start = seconds(variant, "ContainerStartupHealthCheckTimeoutInSeconds");
        Some(load?.checked_add(start?)?.div_euclid(60))
    };
    variants.iter().filter_map(of).max()
}

/// Minutes of `PT75M`, `PT1H30M`, `PT900S`.
fn period(text: &str) -> Option<i64> {
    let mut total = 0_i64;
    let mut number = String::new();
    for char in text.strip_prefix("PT")?.chars() {
        if char.is_ascii_digit() {
            number.push(char);
            continue;
        }
        let value: i64 = number.parse().ok()?;
        number.clear();
        total = total.checked_add(match char {
            'H' => value.checked_mul(3600)?,
            'M' => value.checked_mul(60)?,
            'S' => value,
            _ => return None,
        })?;
    }
    number.is_empty().then_some((total + 59).div_euclid(60))
}

#[cfg(test)]
mod tests {
    use super::period;

    #[test]
    fn periods() {
        assert_eq!(["PT75M", "PT1H30M", "PT900S", "PT61S"].map(period), [Some(75), Some(90), Some(15), Some(2)]);
        assert_eq!(["75M", "PT5", "PTxM", "PT5D"].map(period), [None; 4]);
    }
}

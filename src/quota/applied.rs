//! The applied values that the script read in an account.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::diagnostic::Finding;
use crate::source::{Place, Source};
use crate::yaml::{self, Dialect, Node};

/// What the script read of one quota.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reading {
    /// The account's value.
    Value(f64),
    /// The request itself was throttled, again and again: the value is not known.
    Throttled,
    /// The credentials may not read it.
    Denied,
    /// Anything else.
    Failed,
}

/// The applied values of one account in one region.
#[derive(Clone, Debug, Default)]
pub struct Applied {
    /// The account's number.
    pub account: String,
    /// The region.
    pub region: String,
    readings: BTreeMap<(String, String), Reading>,
}

impl Applied {
    /// What was read of a quota of the catalogue.
    pub fn reading(&self, quota: &Value) -> Option<Reading> {
        let field = |name: &str| quota.get(name).and_then(Value::as_str).map(str::to_owned);
        self.readings.get(&(field("service")?, field("code")?)).copied()
    }

    /// The lower of two values for each quota: what holds in both accounts.
    #[must_use]
    pub fn and(mut self, other: Applied) -> Applied {
        for (quota, reading) in other.readings {
            match (self.readings.get(&quota), reading) {
                (Some(Reading::Value(known)), Reading::Value(value)) if *known <= value => {}
                (Some(Reading::Value(_)), Reading::Throttled | Reading::Denied | Reading::Failed) => {}
                _ => {
                    self.readings.insert(quota, reading);
                }
            }
        }
        if !other.account.is_empty() && other.account != self.account {
            self.account = format!("{}, {}", self.account, other.account);
        }
        self
    }
}

/// Reads the script's JSON; `region` is the one that is planned for.
pub fn read(source: &Arc<Source>, region: &str) -> Result<Applied, Vec<Finding>> {
    let root = yaml::load(source, Dialect::Blueprint)?;
    let mut findings = Vec::new();
    let mut wrong = |node: &Node, message: String| {
        findings.push(
            Finding::error("LB017", Place::new(source, node.range.clone()), message)
                .with_help("run the script of `atelier lab plan FILE --script` again, and give its whole output"),
        );
    };
    let text = |key: &str| root.get(key).and_then(Node::as_str).unwrap_or_default().to_owned();
    let mut applied = Applied { account: text("account"), region: text("region"), readings: BTreeMap::new() };
    if applied.region != region {
        let at = root.get("region").unwrap_or(&root);
        wrong(at, format!("these values were read in `{}`, the plan is for `{region}`", applied.region));
    }
    let quotas = root.get("quotas");
    if !quotas.is_some_and(|quotas| matches!(quotas.value, yaml::Value::List(_))) {
        wrong(&root, "there is no list `quotas`".to_owned());
    }
    for item in quotas.map_or(&[][..], Node::items) {
        let text = |key: &str| item.get(key).and_then(Node::as_str);
        let (Some(service), Some(code)) = (text("service"), text("code")) else {
            wrong(item, "an entry of `quotas` lacks `service` or `code`".to_owned());
            continue;
        };
        let reading = match (item.get("value").and_then(|value| value.to_json().as_f64()), text("error")) {
            (Some(value), _) if value >= 0.0 => Reading::Value(value),
            (Some(value), _) => {
                wrong(item, format!("`{code}` has the value {value}, which is below zero"));
                continue;
            }
            (None, Some("throttled")) => Reading::Throttled,
            (None, Some("denied")) => Reading::Denied,
            (None, Some(_)) => Reading::Failed,
            (None, None) => {
                wrong(item, format!("`{code}` has neither a number `value` nor an `error`"));
                continue;
            }
        };
        applied.readings.insert((service.to_owned(), code.to_owned()), reading);
    }
    if findings.is_empty() { Ok(applied) } else { Err(findings) }
}

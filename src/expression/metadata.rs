//! Tags, the rationale of a resource and justified suppressions.

use minijinja::value::{Kwargs, Value};
use minijinja::{Environment, Error, State};

use super::{invalid, lookup};

const MUTABLE: [&str; 4] = ["must-never-change", "change-with-constraints", "review-required", "free-to-tune"];
/// AWS's rationale convention: the key below `Metadata`.
pub const CONTEXT: &str = "com.aws.cloudformation.Context";

pub(super) fn register(env: &mut Environment<'static>) {
    env.add_function("tags", |state: &mut State, extra: Kwargs| {
        let pair = |(key, value): (String, Value)| Value::from_pairs([("Key", Value::from(key)), ("Value", value)]);
        Ok::<_, Error>(Value::from_iter(all_tags(state, &extra)?.into_iter().map(pair)))
    });
    env.add_function("tags_map", |state: &mut State, extra: Kwargs| {
        Ok::<_, Error>(Value::from_pairs(all_tags(state, &extra)?))
    });
    env.add_function("why", why);
    env.add_filter("acknowledged", acknowledged);
}

/// The blueprint's name and tags, and what the template adds.
fn all_tags(state: &State, extra: &Kwargs) -> Result<Vec<(String, Value)>, Error> {
    let blueprint = lookup(state, "blueprint")?;
    let given = blueprint.get_attr("tags")?;
    let mut tags = Vec::new();
    for key in given.try_iter()? {
        tags.push((key.to_string(), given.get_item(&key)?));
    }
    for name in extra.args() {
        if given.get_item(&Value::from(name))?.is_undefined() {
            tags.push((name.to_owned(), extra.get(name)?));
        }
    }
    if !tags.iter().any(|(key, _)| key == "Blueprint") {
        tags.push(("Blueprint".to_owned(), blueprint.get_attr("name")?));
    }
    Ok(tags)
}

/// A resource's `Metadata`: why it is as it is, in AWS's rationale convention, and what the blueprint accepts of other checkers.
fn why(state: &mut State, text: String, more: Kwargs) -> Result<Value, Error> {
    let mut context = vec![("why".to_owned(), Value::from(text))];
    if let Some(must) = more.get::<Option<Value>>("must")? {
        context.push(("must".to_owned(), must));
    }
    if let Some(mutable) = more.get::<Option<String>>("mutable")? {
        if !MUTABLE.contains(&mutable.as_str()) {
            return Err(invalid(format!("`mutable` is one of {}, not `{mutable}`", MUTABLE.join(", "))));
        }
        context.push(("mutable".to_owned(), Value::from(mutable)));
    }
    more.assert_all_used()?;
    let metadata = Value::from_pairs([(CONTEXT.to_owned(), Value::from_pairs(context))]);
    let accepted = state.lookup("component").and_then(|component| component.get_attr("acknowledged").ok());
    let mut reasons = Vec::new();
    for accepted in accepted.filter(|accepted| !accepted.is_undefined()).iter().flat_map(Value::try_iter).flatten() {
        reasons.push((accepted.get_attr("rule")?.to_string(), accepted.get_attr("reason")?));
    }
    if reasons.is_empty() { Ok(metadata) } else { suppressed(&metadata, reasons) }
}

/// Adds the template's own justified suppressions.
fn acknowledged(_: &mut State, metadata: Value, reasons: Kwargs) -> Result<Value, Error> {
    let mut given = Vec::new();
    for rule in reasons.args() {
        let reason: String = reasons.get(rule)?;
        if reason.trim().is_empty() {
            return Err(invalid(format!("the suppression of {rule} has no reason")));
        }
        // cdk-nag writes its ids with a hyphen, which cannot be a keyword: AwsSolutions_IAM5
        let foreign = rule.starts_with("CKV") || rule.chars().all(|char| !char.is_ascii_lowercase());
        given.push((if foreign { rule.to_owned() } else { rule.replacen('_', "-", 1) }, Value::from(reason)));
    }
    suppressed(&metadata, given)
}

/// Writes suppressions in the form of each checker: `CKV…` for checkov, `SEC012` for our own rules on resources, `BIG_WORDS` for the Guard registry,
/// the rest for cdk-nag.
fn suppressed(metadata: &Value, reasons: Vec<(String, Value)>) -> Result<Value, Error> {
    let (mut checkov, mut nag, mut guard, mut own) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (rule, reason) in reasons {
        let entry = |word| Value::from_pairs([("id", Value::from(rule.as_str())), (word, reason)]);
        if rule.starts_with("CKV") {
            checkov.push(entry("comment"));
        } else if is_own(&rule) {
            own.push(entry("reason"));
        } else if rule.chars().all(|char| char.is_ascii_uppercase() || char.is_ascii_digit() || char == '_') {
            // Guard takes ids only: the reason stands in the template's source or the blueprint
            guard.push(Value::from(rule));
        } else {
            nag.push(entry("reason"));
        }
    }
    let mut entries: Vec<(Value, Value)> = Vec::new();
    for key in metadata.try_iter()? {
        entries.push((key.clone(), metadata.get_item(&key)?));
    }
    for (tool, list, rules) in [
        ("checkov", "skip", checkov),
        ("cdk_nag", "rules_to_suppress", nag),
        ("guard", "SuppressedRules", guard),
        ("atelier", "acknowledged", own),
    ] {
        if rules.is_empty() {
            continue;
        }
        // what an earlier call acknowledged stays
        let tool = Value::from(tool);
        let earlier = entries.iter().position(|(key, _)| *key == tool).map(|place| entries.remove(place).1);
        let mut all: Vec<Value> = match earlier {
            Some(entry) => entry.get_attr(list)?.try_iter()?.collect(),
            None => Vec::new(),
        };
        all.extend(rules);
        entries.push((tool, Value::from_pairs([(list, Value::from(all))])));
    }
    Ok(Value::from_pairs(entries))
}

/// Capital letters and then digits only, as our codes are: `SEC012`.
fn is_own(rule: &str) -> bool {
    let digits = rule.trim_start_matches(|char: char| char.is_ascii_uppercase());
    digits.len() == 3 && digits.len() < rule.len() && digits.chars().all(|char| char.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    #[test]
    fn a_second_acknowledgement_keeps_the_first() {
        let env = super::super::environment(Arc::default(), 0);
        let template = "{{ {} | acknowledged(CKV_A='a', AwsSolutions_B='b') | acknowledged(CKV_C='c') }}";
        let text = env.render_named_str("t.j2", template, ()).expect("it renders");
        let read: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(read["checkov"]["skip"].as_array().map(Vec::len), Some(2));
        assert_eq!(read["cdk_nag"]["rules_to_suppress"].as_array().map(Vec::len), Some(1));
    }
}

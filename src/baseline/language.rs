//! What expressions over resources have beside the functions of all expressions.

use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error, State};

use crate::document;
use crate::expression::{from_json, to_json};

pub(super) fn register(env: &mut Environment<'static>) {
    env.add_function("values", |value: Value, path: String| Value::from(values(&value, &path)));
    env.add_function("property", |value: Value, path: String| {
        values(&value, &path).into_iter().next().unwrap_or_else(|| Value::from(()))
    });
    env.add_function("parsed", |value: Value| parsed(&value).unwrap_or_else(|| Value::from(())));
    env.add_function("settled", |value: Value| settled(&value));
    env.add_function("referred", referred);
    env.add_function("opened", |value: Value| parsed(&value).map_or(0, |document| opened(&document)));
}

/// All values at a dotted path; a step `*` stands for every item or entry. What a function of CloudFormation gives stands for all that would be
/// below it.
fn values(value: &Value, path: &str) -> Vec<Value> {
    let mut here = vec![value.clone()];
    for step in path.split('.').filter(|step| !step.is_empty()) {
        here = here.iter().flat_map(|value| below(value, step)).collect();
    }
    here.into_iter().filter(|value| !value.is_none()).collect()
}

fn below(value: &Value, step: &str) -> Vec<Value> {
    if is_function(value) {
        return vec![value.clone()];
    }
    let keys = || value.try_iter().into_iter().flatten();
    match (value.kind(), step) {
        (ValueKind::Map, "*") => keys().filter_map(|key| value.get_item(&key).ok()).collect(),
        (ValueKind::Seq, "*") => keys().collect(),
        (ValueKind::Map, step) => value.get_attr(step).ok().filter(|found| !found.is_undefined()).into_iter().collect(),
        // AWS takes one of something where it takes a list
        (_, "*") if !value.is_none() => vec![value.clone()],
        _ => Vec::new(),
    }
}

/// `{"Ref": …}`, `{"Fn::If": …}`.
fn is_function(value: &Value) -> bool {
    value.kind() == ValueKind::Map
        && value.len() == Some(1)
        && value.try_iter().is_ok_and(|mut keys| {
            keys.next().is_some_and(|key| key.as_str().is_some_and(|key| key == "Ref" || key.starts_with("Fn::")))
        })
}

/// Whether no part of a value waits for the deployment.
fn settled(value: &Value) -> bool {
    match value.kind() {
        ValueKind::Map | ValueKind::Seq => !is_function(value) && below(value, "*").iter().all(settled),
        _ => true,
    }
}

/// A document that stands as it is or as JSON text, also in `!Sub`; none when it cannot be read before deployment.
fn parsed(value: &Value) -> Option<Value> {
    let text = match value.kind() {
        ValueKind::String => value.as_str()?.to_owned(),
        ValueKind::Map if is_function(value) => substituted(&value.get_attr("Fn::Sub").ok()?)?,
        ValueKind::Map | ValueKind::Seq => return Some(value.clone()),
        _ => return None,
    };
    let read: serde_json::Value = serde_json::from_str(&text).ok()?;
    Some(plain(&read))
}

/// The text of `!Sub` with the variables that are texts themselves.
fn substituted(inner: &Value) -> Option<String> {
    if let Some(text) = inner.as_str() {
        return Some(text.to_owned());
    }
    let mut text = inner.get_item_by_index(0).ok()?.as_str()?.to_owned();
    let variables = inner.get_item_by_index(1).ok()?;
    for name in variables.try_iter().ok()? {
        if let Some(value) = variables.get_item(&name).ok()?.as_str() {
            text = text.replace(&format!("${{{name}}}"), value);
        }
    }
    Some(text)
}

/// The properties of this template's resources that a value refers to.
fn referred(state: &State, value: Value) -> Result<Vec<Value>, Error> {
    let json = to_json(&value);
    let mut names = Vec::new();
    document::references(&json, &mut names);
    let Some(resources) = state.lookup("resources") else { return Ok(Vec::new()) };
    let known = names.iter().filter_map(|name| resources.get_attr(name).ok());
    Ok(known.filter(|properties| !properties.is_undefined()).collect())
}

/// How many statements of a policy allow something to anybody, without a condition.
fn opened(document: &Value) -> usize {
    let anybody = |statement: &Value| {
        let direct = values(statement, "Principal").into_iter().filter(|value| value.as_str() == Some("*"));
        let listed = values(statement, "Principal.AWS.*").into_iter().filter(|value| value.as_str() == Some("*"));
        direct.chain(listed).next().is_some()
    };
    let allows = |statement: &Value| values(statement, "Effect").iter().any(|effect| effect.as_str() == Some("Allow"));
    let bound = |statement: &Value| !values(statement, "Condition").is_empty();
    let single = values(document, "Statement").into_iter().filter(|one| one.kind() == ValueKind::Map);
    let listed = values(document, "Statement").into_iter().filter(|one| one.kind() == ValueKind::Seq);
    let statements = single.chain(listed.flat_map(|list| values(&list, "*")));
    statements.filter(|statement| allows(statement) && anybody(statement) && !bound(statement)).count()
}

/// JSON as a value of expressions.
pub(super) fn plain(json: &serde_json::Value) -> Value {
    from_json(json, &mut Vec::new(), &|_| None)
}

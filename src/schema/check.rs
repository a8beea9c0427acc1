//! A JSON Schema's verdict as findings: what was meant, where, and what to write instead.

use std::collections::BTreeSet;

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use crate::diagnostic::{Finding, did_you_mean};
use crate::source::Place;

use super::lookup;

/// Where an instance's parts stand in a text.
pub trait Locate {
    /// The place of the value at a path.
    fn value(&self, path: &[String]) -> Place;
    /// The place of the key at a path.
    fn key(&self, path: &[String]) -> Place;
}

/// A compiled schema.
pub struct Checker {
    schema: Value,
    validator: Validator,
    subject: String,
}

impl Checker {
    /// Compiles a schema; `subject` is what the messages call the thing (`` `storage/bucket` ``).
    pub fn new(schema: &Value, subject: &str) -> Result<Checker, String> {
        let validator = jsonschema::draft202012::options().build(schema).map_err(|error| error.to_string())?;
        Ok(Checker { schema: schema.clone(), validator, subject: subject.to_owned() })
    }

    /// All that is wrong with an instance; paths below one of `unknown` are not judged.
    pub fn check(&self, instance: &Value, locate: &dyn Locate, unknown: &[Vec<String>]) -> Vec<Finding> {
        let errors: Vec<ValidationError> = self.validator.iter_errors(instance).collect();
        let alternatives: BTreeSet<Vec<String>> = errors
            .iter()
            .filter(|error| {
                matches!(
                    error.kind(),
                    Kind::OneOfNotValid { .. } | Kind::AnyOf { .. } | Kind::OneOfMultipleValid { .. }
                )
            })
            .map(path_of)
            .collect();
        let mut findings = Vec::new();
        for error in &errors {
            let path = path_of(error);
            if unknown.iter().any(|hidden| path.starts_with(hidden)) {
                continue;
            }
            // unevaluatedProperties also blames innocent keys when no alternative fits
            if matches!(error.kind(), Kind::UnevaluatedProperties { .. }) && alternatives.contains(&path) {
                continue;
            }
            self.explain(error, &path, instance, locate, &mut findings);
        }
        findings
    }

    fn explain(
        &self,
        error: &ValidationError,
        path: &[String],
        instance: &Value,
        locate: &dyn Locate,
        out: &mut Vec<Finding>,
    ) {
        let value = error.instance().as_ref();
        let name = path_name(path, &self.subject);
        let at = || locate.value(path);
        let schema = lookup::at(&self.schema, path, instance);
        let example = schema.and_then(example_of);
        let finding = match error.kind() {
            Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
                for key in unexpected {
                    out.push(self.unknown_key(key, path, instance, locate));
                }
                return;
            }
            Kind::OneOfNotValid { .. } | Kind::AnyOf { .. } | Kind::OneOfMultipleValid { .. } => {
                self.alternative(path, value, instance, locate, out);
                return;
            }
            Kind::Required { property } => {
                let property = property.as_str().unwrap_or_default();
                let finding = Finding::error("S002", locate.key(path), format!("{name} lacks `{property}`"))
                    .under(format!("`{property}` belongs here"));
                let missing = schema.and_then(|schema| schema.get("properties")?.get(property));
                match missing.and_then(|missing| missing.get("description")).and_then(Value::as_str) {
                    Some(said) => finding.with_help(format!("`{property}`: {said}")),
                    None => finding,
                }
            }
            Kind::Type { .. } => wrong_type(error, value, &name, &at()),
            Kind::Enum { options } => one_of(value, options.as_array().map_or(&[][..], Vec::as_slice), &name, at()),
            Kind::Constant { expected_value } => {
                Finding::error("S004", at(), format!("{name} is {}, but must be {expected_value}", short(value)))
                    .with_fix(
                        format!("write {expected_value}"),
                        at(),
                        expected_value.as_str().map_or_else(|| expected_value.to_string(), str::to_owned),
                    )
            }
            Kind::Pattern { pattern } => Finding::error(
                "S005",
                at(),
                format!("{name} is {}, which has not the form that is needed", short(value)),
            )
            .with_help(match &example {
                Some(example) => format!("for example {example}"),
                None => format!("it must match the pattern {pattern}"),
            }),
            Kind::Minimum { limit } => limit_finding(&name, value, "at least", limit, at()),
            Kind::Maximum { limit } => limit_finding(&name, value, "at most", limit, at()),
            Kind::ExclusiveMinimum { limit } => limit_finding(&name, value, "more than", limit, at()),
            Kind::ExclusiveMaximum { limit } => limit_finding(&name, value, "less than", limit, at()),
            Kind::MultipleOf { multiple_of } => Finding::error(
                "S006",
                at(),
                format!("{name} is {}, but must be a multiple of {multiple_of}", short(value)),
            ),
            Kind::MinLength { limit } => length(&name, value, "at least", *limit, "character", at()),
            Kind::MaxLength { limit } => length(&name, value, "at most", *limit, "character", at()),
            Kind::MinItems { limit } => length(&name, value, "at least", *limit, "item", locate.key(path)),
            Kind::MaxItems { limit } => length(&name, value, "at most", *limit, "item", locate.key(path)),
            Kind::MinProperties { limit } => length(&name, value, "at least", *limit, "entry", locate.key(path)),
            Kind::MaxProperties { limit } => length(&name, value, "at most", *limit, "entry", locate.key(path)),
            Kind::UniqueItems => repeated(value, path, &name, locate),
            Kind::PropertyNames { error } => {
                let key = error.instance().as_str().unwrap_or_default().to_owned();
                let mut deeper = path.to_vec();
                deeper.push(key.clone());
                let finding =
                    Finding::error("S008", locate.key(&deeper), format!("`{key}` cannot be a name in {name}"));
                let names = schema.and_then(|schema| schema.get("propertyNames"));
                finding.with_help(
                    names
                        .and_then(|names| names.get("description"))
                        .and_then(Value::as_str)
                        .map_or_else(|| format!("{error}"), str::to_owned),
                )
            }
            Kind::FalseSchema => Finding::error("S001", locate.key(path), format!("{name} does not belong here")),
            _ => Finding::error("S009", at(), format!("{name} is not valid: {}", error.masked_with(short(value)))),
        };
        let said = schema.and_then(|schema| schema.get("description")).and_then(Value::as_str);
        let finding = match said {
            Some(said) if finding.help.is_empty() && finding.code != "S003" => finding.with_help(said),
            _ => finding,
        };
        out.push(finding);
    }

    fn unknown_key(&self, key: &str, path: &[String], instance: &Value, locate: &dyn Locate) -> Finding {
        let mut deeper = path.to_vec();
        deeper.push(key.to_owned());
        let place = locate.key(&deeper);
        let here = path.iter().try_fold(instance, |value, step| match value {
            Value::Array(items) => items.get(step.parse::<usize>().ok()?),
            _ => value.get(step),
        });
        let mut known: Vec<&str> = Vec::new();
        if let (Some(schema), Some(here)) = (lookup::at(&self.schema, path, instance), here) {
            for part in lookup::applying(&self.schema, schema, here) {
                known.extend(
                    part.get("properties")
                        .and_then(Value::as_object)
                        .into_iter()
                        .flatten()
                        .map(|(name, _)| name.as_str()),
                );
            }
        }
        if path.is_empty() && self.subject.contains('/') {
            known.extend(["type", "acknowledge"]);
        }
        let finding = Finding::error(
            "S001",
            place.clone(),
            format!("`{key}` is not a property of {}", path_name(path, &self.subject)),
        );
        match did_you_mean(key, known.iter().copied()) {
            Some(near) => {
                finding.under(format!("did you mean `{near}`?")).with_fix(format!("write `{near}`"), place, near)
            }
            None => finding.with_help(format!("it has: {}", known.join(", "))),
        }
    }

    /// No alternative fits: judge by the one that was meant, and say nothing of the others.
    fn alternative(
        &self,
        path: &[String],
        value: &Value,
        instance: &Value,
        locate: &dyn Locate,
        out: &mut Vec<Finding>,
    ) {
        let name = path_name(path, &self.subject);
        let Some(schema) = lookup::at(&self.schema, path, instance) else { return };
        let Some(branches) =
            ["oneOf", "anyOf"].iter().find_map(|keyword| schema.get(keyword)).and_then(Value::as_array)
        else {
            return;
        };
        if let Some((branch, discriminator)) = lookup::choose(&self.schema, branches, value) {
            let kind = short(value.get(&discriminator).unwrap_or(&Value::Null));
            let mut whole = lookup::resolve(&self.schema, branch).clone();
            if let (Some(object), Some(definitions)) = (whole.as_object_mut(), self.schema.get("$defs")) {
                object.insert("$defs".to_owned(), definitions.clone());
                object.entry("unevaluatedProperties").or_insert(Value::Bool(false));
                let shared = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
                if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) {
                    shared.for_each(|(key, property)| {
                        properties.entry(key.clone()).or_insert_with(|| property.clone());
                    });
                }
            }
            if let Ok(checker) = Checker::new(&whole, &format!("{name} with `{discriminator}` {kind}")) {
                let below = Below { locate, path };
                let before = out.len();
                out.extend(checker.check(value, &below, &[]));
                if out.len() > before {
                    return;
                }
            }
        } else if let Some(discriminator) = lookup::discriminator(&self.schema, branches) {
            let options: Vec<Value> =
                branches.iter().filter_map(|b| lookup::constant(&self.schema, b, &discriminator)).cloned().collect();
            let mut deeper = path.to_vec();
            deeper.push(discriminator.clone());
            let given = value.get(&discriminator).unwrap_or(&Value::Null);
            out.push(one_of(given, &options, &path_name(&deeper, &self.subject), locate.value(&deeper)));
            return;
        }
        let forms: Vec<&str> = branches
            .iter()
            .filter_map(|b| lookup::resolve(&self.schema, b).get("title").and_then(Value::as_str))
            .collect();
        let finding = Finding::error(
            "S007",
            locate.value(path),
            format!("{name} is {}, which fits none of its forms", short(value)),
        );
        out.push(if forms.is_empty() {
            finding
        } else {
            finding.with_help(format!("it is one of: {}", forms.join("; ")))
        });
    }
}

/// A path below another one.
struct Below<'a> {
    locate: &'a dyn Locate,
    path: &'a [String],
}

impl Locate for Below<'_> {
    fn value(&self, path: &[String]) -> Place {
        self.locate.value(&[self.path, path].concat())
    }
    fn key(&self, path: &[String]) -> Place {
        self.locate.key(&[self.path, path].concat())
    }
}

fn path_of(error: &ValidationError) -> Vec<String> {
    let pointer = error.instance_path().as_str();
    pointer.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect()
}

fn path_name(path: &[String], subject: &str) -> String {
    if path.is_empty() { subject.to_owned() } else { format!("`{}`", path.join(".")) }
}

fn example_of(schema: &Value) -> Option<String> {
    schema.get("examples").and_then(Value::as_array)?.first().map(short)
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= 60 { text } else { format!("{}…", text.chars().take(59).collect::<String>()) }
}

fn one_of(value: &Value, options: &[Value], name: &str, place: Place) -> Finding {
    let words: Vec<String> =
        options.iter().map(|option| option.as_str().map_or_else(|| option.to_string(), str::to_owned)).collect();
    let finding =
        Finding::error("S004", place.clone(), format!("{name} is {}, which is not one of its values", short(value)));
    let given = value.as_str().unwrap_or_default();
    let mut listed = words.iter().take(24).cloned().collect::<Vec<_>>().join(", ");
    if words.len() > 24 {
        listed.push_str(&format!(" and {} more", words.len() - 24));
    }
    match did_you_mean(given, words.iter().map(String::as_str)) {
        Some(near) if !given.is_empty() => {
            let near = near.to_owned();
            finding.under(format!("did you mean `{near}`?")).with_help(format!("it is one of: {listed}")).with_fix(
                format!("write `{near}`"),
                place,
                near,
            )
        }
        _ => finding.with_help(format!("it is one of: {listed}")),
    }
}

fn wrong_type(error: &ValidationError, value: &Value, name: &str, place: &Place) -> Finding {
    let wanted = match error.kind() {
        Kind::Type { kind } => kind,
        // called for type errors only
        _ => return Finding::error("S003", place.clone(), format!("{name} has the wrong type")),
    };
    let wanted = match wanted {
        jsonschema::error::TypeKind::Single(single) => article(&single.to_string()),
        jsonschema::error::TypeKind::Multiple(set) => {
            set.iter().map(|one| article(&one.to_string())).collect::<Vec<_>>().join(" or ")
        }
    };
    let found = match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(_) => article("boolean"),
        Value::Number(_) => article("number"),
        Value::String(_) => article("string"),
        Value::Array(_) => article("array"),
        Value::Object(_) => article("object"),
    };
    let finding = Finding::error("S003", place.clone(), format!("{name} is {found}, but {wanted} is needed"))
        .under(format!("{wanted} is needed"));
    match value {
        Value::String(text) if wanted.contains("number") && text.parse::<f64>().is_ok() => {
            finding.with_fix("write the number without quotes", place.clone(), text.clone())
        }
        Value::String(text) if wanted.contains("true or false") => match text.to_ascii_lowercase().as_str() {
            "yes" | "on" | "y" | "true" => finding.with_fix("write `true`", place.clone(), "true"),
            "no" | "off" | "n" | "false" => finding.with_fix("write `false`", place.clone(), "false"),
            _ => finding,
        },
        Value::Number(_) | Value::Bool(_) if wanted == article("string") => {
            finding.with_fix("write it in quotes", place.clone(), format!("\"{}\"", place.text()))
        }
        _ => finding,
    }
}

fn article(json_type: &str) -> String {
    match json_type {
        "array" => "a list",
        "object" => "a mapping",
        "integer" => "a whole number",
        "boolean" => "true or false",
        "null" => "nothing",
        "string" => "a text",
        _ => "a number",
    }
    .to_owned()
}

fn limit_finding(name: &str, value: &Value, word: &str, limit: &Value, place: Place) -> Finding {
    Finding::error("S006", place, format!("{name} is {}, but must be {word} {limit}", short(value)))
        .under(format!("{word} {limit}"))
}

fn length(name: &str, value: &Value, word: &str, limit: u64, unit: &str, place: Place) -> Finding {
    let count = match value {
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.len(),
        Value::Object(entries) => entries.len(),
        _ => 0,
    };
    let units = |n: u64| match (n, unit) {
        (1, _) => format!("1 {unit}"),
        (_, "entry") => format!("{n} entries"),
        _ => format!("{n} {unit}s"),
    };
    Finding::error("S006", place, format!("{name} has {}, but must have {word} {}", units(count as u64), units(limit)))
        .under(format!("{word} {limit}"))
}

fn repeated(value: &Value, path: &[String], name: &str, locate: &dyn Locate) -> Finding {
    let items = value.as_array().map_or(&[][..], Vec::as_slice);
    // by their text: a list may have fifty thousand of them
    let mut seen = std::collections::HashSet::new();
    let again = items.iter().enumerate().find(|(_, item)| !seen.insert(item.to_string()));
    let (second, item) = again.unwrap_or((0, value));
    let mut deeper = path.to_vec();
    deeper.push(second.to_string());
    Finding::error("S006", locate.value(&deeper), format!("{name} names {} twice", short(item)))
        .with_help("drop the repetition")
}

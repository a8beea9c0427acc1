//! Which rows of the catalogue a property offers: the keyword `x-catalogue` of component schemas.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Table, table};

/// `{file, where?, in?, closed?}`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The file whose ids are offered.
    pub file: String,
    /// Dotted fields and what they must be: a value, or one of a list; `null` stands for a field that the row does not have.
    #[serde(default, rename = "where")]
    pub filter: Map<String, Value>,
    /// `<file>.<field>`: only ids that stand in this field of that file.
    #[serde(rename = "in")]
    pub named_in: Option<String>,
    /// Whether another value is an error; otherwise the list is a help.
    #[serde(default)]
    pub closed: bool,
}

impl Choice {
    /// The rows that are offered, in the order of the file; what is wrong when there is none or a name means nothing.
    pub fn rows(&self) -> Result<Vec<&'static Value>, String> {
        let rows = known(&self.file)?;
        for field in self.filter.keys() {
            check_field(&self.file, rows, field)?;
        }
        let named = self.named_in.as_deref().map(named).transpose()?;
        let offered: Vec<&Value> = rows
            .rows()
            .filter(|row| self.filter.iter().all(|(field, wanted)| is(at(row, field), wanted)))
            .filter(|row| named.as_ref().is_none_or(|ids| ids.contains(row["id"].as_str().unwrap_or_default())))
            .collect();
        if offered.is_empty() {
            return Err(format!("no row of `{}` is as `x-catalogue` says", self.file));
        }
        Ok(offered)
    }
}

fn known(file: &str) -> Result<&'static Table, String> {
    table(file).ok_or_else(|| format!("there is no catalogue file `{file}`"))
}

fn check_field(file: &str, rows: &'static Table, field: &str) -> Result<(), String> {
    if rows.rows().any(|row| at(row, field).is_some()) {
        return Ok(());
    }
    Err(format!("no row of `{file}` has the field `{field}`"))
}

/// The texts in a field of all rows of a file.
fn named(place: &str) -> Result<BTreeSet<&'static str>, String> {
    let (file, field) =
        place.split_once('.').ok_or_else(|| format!("`in` is `{place}`, but a file and its field are needed"))?;
    let rows = known(file)?;
    check_field(file, rows, field)?;
    let values = rows.rows().filter_map(|row| at(row, field));
    Ok(values.flat_map(each).filter_map(Value::as_str).collect())
}

/// A field by its dotted path.
fn at<'a>(row: &'a Value, field: &str) -> Option<&'a Value> {
    field.split('.').try_fold(row, |value, step| value.get(step))
}

/// The elements of a list, else the value itself.
fn each(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

/// Whether a field is as wanted: for lists, whether one element is.
fn is(field: Option<&Value>, wanted: &Value) -> bool {
    each(wanted).iter().any(|wanted| match field {
        None => wanted.is_null(),
        Some(field) => each(field).contains(wanted),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn ids(choice: Value) -> Result<Vec<&'static str>, String> {
        let choice: Choice = serde_json::from_value(choice).expect("a choice");
        Ok(choice.rows()?.into_iter().filter_map(|row| row["id"].as_str()).collect())
    }

    #[test]
    fn filters_choose_rows() {
        let embedding =
            ids(json!({"file": "bedrock-models", "where": {"kind": "embedding", "knowledgeBase": ["yes"]}}));
        let embedding = embedding.expect("there are some");
        assert!(embedding.contains(&"amazon.titan-embed-text-v2:0"));
        assert!(!embedding.contains(&"amazon.nova-micro-v1:0"));
        let hosting =
            ids(json!({"file": "ml-instances", "in": "jumpstart-models.instances", "where": {"retired": null}}));
        let hosting = hosting.expect("there are some");
        assert!(hosting.contains(&"ml.g5.2xlarge") && !hosting.contains(&"ml.t3.medium"), "{hosting:?}");
        let seeing = ids(json!({"file": "bedrock-models", "where": {"input": "video"}})).expect("there are some");
        assert!(seeing.contains(&"amazon.nova-2-multimodal-embeddings-v1:0"), "{seeing:?}");
    }

    #[test]
    fn names_that_mean_nothing_are_told() {
        let wrong = |choice: Value| ids(choice).expect_err("it is wrong");
        assert_eq!(wrong(json!({"file": "bedrock"})), "there is no catalogue file `bedrock`");
        assert_eq!(
            wrong(json!({"file": "regions", "where": {"kind": "x"}})),
            "no row of `regions` has the field `kind`"
        );
        assert_eq!(
            wrong(json!({"file": "regions", "in": "accelerators.region"})),
            "no row of `accelerators` has the field `region`"
        );
        assert_eq!(
            wrong(json!({"file": "regions", "where": {"partition": "mars"}})),
            "no row of `regions` is as `x-catalogue` says"
        );
    }
}

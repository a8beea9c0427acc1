//! The catalogue as template functions: rows as read-only objects, and the arithmetic that an expression cannot carry.

use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr, Rest, Serde, Value};
use minijinja::{Environment, Error, State};
use serde_json::Value as Json;

use crate::catalogue;
use crate::part::put;

use super::{from_json, invalid};

/// A row, converted field by field when it is asked for: rows are long and rules read one or two fields.
#[derive(Debug)]
struct Row(&'static serde_json::Map<String, Json>);

impl Object for Row {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.0.get(key.as_str()?).map(|json| from_json(json, &mut Vec::new(), &|_| None))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.keys().map(|key| Value::from(key.as_str())).collect())
    }
}

fn row(json: Option<&'static Json>) -> Value {
    match json.and_then(Json::as_object) {
        Some(object) => Value::from_object(Row(object)),
        None => Value::from(()),
    }
}

pub(super) fn register(env: &mut Environment<'static>) {
    for (function, file) in [
        ("ec2_instance", "ec2-instances"),
        ("quota", "quotas"),
        ("price", "prices"),
        ("bedrock_model", "bedrock-models"),
        ("jumpstart_model", "jumpstart-models"),
        ("ml_instance", "ml-instances"),
        ("accelerator", "accelerators"),
        ("neuron_model", "neuron-models"),
        ("neuron_image", "neuron-images"),
        ("region_facts", "regions"),
        ("endpoint_service", "endpoint-services"),
        ("lifecycle", "lifecycle"),
    ] {
        env.add_function(function, move |_: &mut State, id: Value| {
            row(id.as_str().and_then(|id| catalogue::get(file, id)))
        });
    }
    env.add_function("catalogue", |_: &mut State, file: String| {
        let table = catalogue::table(&file).ok_or_else(|| invalid(format!("there is no catalogue file `{file}`")))?;
        Ok::<_, Error>(Value::from_iter(table.ids()))
    });
    env.add_function("jumpstart_fit", |state: &mut State, model: String, instance: String| {
        let regions = regions(state);
        let fit = catalogue::jumpstart_fit(&model, &instance, &regions.iter().map(String::as_str).collect::<Vec<_>>());
        fit.map_or_else(|| Value::from(()), |fit| Value::from(Serde(fit)))
    });
    env.add_function("neuron_fit", neuron_fit);
}

/// The arithmetic of `catalogue::neuron_fit` with the cheapest type that fits as `proposal`; `none` for a model or type that is not known.
fn neuron_fit(state: &mut State, model: String, instance: String, numbers: Rest<u32>) -> Result<Value, Error> {
    let [degree, length, sequences] = numbers[..] else {
        return Err(invalid(
            "neuron_fit takes a model, an instance type, the degree, the length and the number of sequences",
        ));
    };
    Ok(fit(state, &model, &instance, degree, length, sequences))
}

fn fit(state: &State, model: &str, instance: &str, degree: u32, length: u32, sequences: u32) -> Value {
    let Some(shape) = catalogue::ModelShape::of(model) else { return Value::from(()) };
    let serving = catalogue::Serving { bytes_per_weight: 2.0, max_model_length: length, max_sequences: sequences };
    let Some(fit) = catalogue::neuron_fit(&shape, &serving, instance, degree) else { return Value::from(()) };
    let regions = regions(state);
    let proposal = if fit.fits && !fit.tight {
        None
    } else {
        catalogue::neuron_proposal(&shape, &serving, &regions.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let mut json = serde_json::to_value(&fit).unwrap_or_default();
    put(&mut json, "proposal", serde_json::to_value(proposal).unwrap_or_default());
    from_json(&json, &mut Vec::new(), &|_| None)
}

/// The blueprint's regions; none outside of a blueprint.
fn regions(state: &State) -> Vec<String> {
    let list = state.lookup("blueprint").and_then(|blueprint| blueprint.get_attr("regions").ok());
    list.and_then(|list| list.try_iter().ok().map(|items| items.map(|item| item.to_string()).collect()))
        .unwrap_or_default()
}

//! What `atelier list` shows of a table: the id and a few columns that a person chooses by.

use serde_json::Value;

/// A column: its heading, and the dotted path of the field it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The heading, with the unit.
    pub title: &'static str,
    /// The field of the row, for instance `jumpstart.contentBucket`.
    pub field: &'static str,
}

const fn column(title: &'static str, field: &'static str) -> Column {
    Column { title, field }
}

static BEDROCK: &[Column] = &[
    column("ID", "id"),
    column("NAME", "name"),
    column("KIND", "kind"),
    column("DIMENSIONS", "dimensions"),
    column("PROFILE", "inferenceProfile"),
    column("RETIRES", "retires"),
];
static JUMPSTART: &[Column] = &[
    column("ID", "id"),
    column("TASK", "task"),
    column("PARAMETERS (B)", "parametersB"),
    column("WEIGHTS (GiB)", "weightsGib"),
    column("GATED", "gated"),
    column("RECOMMENDED INSTANCE", "recommendedInstance"),
];
static NEURON: &[Column] = &[
    column("ID", "id"),
    column("PARAMETERS (B)", "parametersB"),
    column("WEIGHTS (GiB)", "weightsGib"),
    column("GATED", "gated"),
    column("RECOMMENDED INSTANCES", "recommended.instanceType"),
];
static ML: &[Column] = &[
    column("ID", "id"),
    column("VCPU", "vcpu"),
    column("MEMORY (GiB)", "memoryGib"),
    column("ACCELERATOR", "accelerators.name"),
    column("COUNT", "accelerators.count"),
    column("HOSTING REGIONS", "hostingRegions.#"),
];
static ACCELERATORS: &[Column] = &[
    column("ID", "id"),
    column("NEURON CORES", "neuronCores"),
    column("PER CORE (GiB)", "memoryPerCoreGib"),
    column("VCPU", "vcpu"),
    column("MEMORY (GiB)", "memoryGib"),
    column("US$/HOUR (us-east-1)", "priceUsdHour"),
];
static EC2: &[Column] = &[
    column("ID", "id"),
    column("ARCH", "arch"),
    column("VCPU", "vcpu"),
    column("MEMORY (GiB)", "memoryGib"),
    column("GPU", "gpu.name"),
    column("COUNT", "gpu.count"),
];
static QUOTAS: &[Column] = &[
    column("ID", "id"),
    column("NAME", "name"),
    column("UNIT", "unit"),
    column("DEFAULT", "default"),
    column("ADJUSTABLE", "adjustable"),
    column("CONFIDENCE", "confidence"),
];
static PRICES: &[Column] = &[
    column("ID", "id"),
    column("NAME", "name"),
    column("US$", "usd"),
    column("UNIT", "unit"),
    column("AS OF", "priceAsOf"),
    column("CONFIDENCE", "confidence"),
];
static REGIONS: &[Column] = &[
    column("ID", "id"),
    column("NAME", "name"),
    column("PARTITION", "partition"),
    column("BEDROCK PROFILES", "geographies"),
    column("TYPES MISSING", "cfnTypesMissing.#"),
];
static IMAGES: &[Column] = &[
    column("ID", "id"),
    column("KIND", "kind"),
    column("SDK", "sdk"),
    column("FAMILIES", "families"),
    column("STATUS", "status"),
];
static ENDPOINTS: &[Column] = &[column("ID", "id"), column("TYPE", "type"), column("FOR", "for")];
static LIFECYCLE: &[Column] = &[
    column("ID", "id"),
    column("SERVICE", "service"),
    column("STATUS", "status"),
    column("DATE", "date"),
    column("SUCCESSOR", "successor"),
];
static LOSSES: &[Column] = &[column("ID", "id"), column("LOST", "lost"), column("AS OF", "asOf")];

static METERS: &[Column] = &[
    column("ID", "id"),
    column("RESOURCE", "resource"),
    column("COUNTS", "name"),
    column("QUOTA", "quota"),
    column("PRICE", "price"),
    column("BILLS", "bills"),
];
static SANDBOX: &[Column] = &[column("ID", "id"), column("ALLOWED", "allowed"), column("CLOUDFORMATION", "cfn")];

/// The columns that describe a row of this file to a person; empty for an unknown file.
pub fn summary_columns(file: &str) -> &'static [Column] {
    match file {
        "bedrock-models" => BEDROCK,
        "jumpstart-models" => JUMPSTART,
        "neuron-models" => NEURON,
        "ml-instances" => ML,
        "accelerators" => ACCELERATORS,
        "ec2-instances" => EC2,
        "quotas" => QUOTAS,
        "prices" => PRICES,
        "regions" => REGIONS,
        "neuron-images" => IMAGES,
        "endpoint-services" => ENDPOINTS,
        "lifecycle" => LIFECYCLE,
        "losses" => LOSSES,
        "meters" => METERS,
        "sandbox-services" => SANDBOX,
        _ => &[],
    }
}

/// The text of a field: a list joined by commas, `#` for the length of a list, empty when the fact is unknown.
pub fn cell(row: &Value, field: &str) -> String {
    match field.split_once('.') {
        Some((head, "#")) => row.get(head).and_then(Value::as_array).map(|l| l.len().to_string()).unwrap_or_default(),
        Some((head, rest)) => match row.get(head) {
            Some(Value::Array(rows)) => rows.iter().map(|r| cell(r, rest)).collect::<Vec<_>>().join(", "),
            Some(value) => cell(value, rest),
            None => String::new(),
        },
        None => row.get(field).map(plain).unwrap_or_default(),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null | Value::Object(_) => String::new(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Number(number) => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{files, get, table};

    #[test]
    fn every_file_has_columns_that_start_with_the_id() {
        for file in files() {
            let columns = summary_columns(file);
            assert!((3..=6).contains(&columns.len()), "{file}");
            assert_eq!(columns[0].field, "id", "{file}");
            for column in columns {
                let rows = table(file).expect("files() names tables").rows();
                assert!(rows.into_iter().any(|row| !cell(row, column.field).is_empty()), "{file}: {}", column.field);
            }
        }
    }

    #[test]
    fn cells_are_readable() {
        let titan = get("bedrock-models", "amazon.titan-embed-text-v2:0").expect("Titan is in the catalogue");
        assert_eq!(cell(titan, "dimensions"), "1024, 512, 256");
        assert_eq!(cell(titan, "regions.#"), "21");
        assert_eq!(cell(titan, "retires"), "");
        let llama = get("neuron-models", "meta-llama/Llama-3.2-3B-Instruct").expect("Llama is in the catalogue");
        assert_eq!(cell(llama, "recommended.instanceType"), "inf2.8xlarge");
        assert_eq!(cell(llama, "gated"), "yes");
    }
}

//! A row in one line, for people who choose by it: what an editor shows beside an id.

use serde_json::Value;

use super::cell;

/// Phrases of a file: text before a field, the field, text behind it. A phrase whose fact is unknown is left out.
type Phrases = &'static [(&'static str, &'static str, &'static str)];

static BEDROCK: Phrases = &[
    ("", "name", ""),
    ("", "kind", " model"),
    ("reads ", "input", ""),
    ("vectors of ", "dimensions", " dimensions"),
    ("up to ", "maxInputTokens", " tokens in"),
    ("inference profile ", "inferenceProfile", ""),
    ("ends ", "retires", ""),
];
static JUMPSTART: Phrases = &[
    ("", "task", ""),
    ("", "parametersB", " billion parameters"),
    ("", "weightsGib", " GiB of weights"),
    ("recommended on ", "recommendedInstance", ""),
    ("licence to accept: ", "gated", ""),
];
static NEURON: Phrases = &[
    ("", "parametersB", " billion parameters"),
    ("", "weightsGib", " GiB of weights"),
    ("recommended on ", "recommended.instanceType", ""),
    ("gated: ", "gated", ""),
];
static ACCELERATORS: Phrases = &[
    ("", "accelerator", ""),
    ("", "neuronCores", " cores"),
    ("", "memoryPerCoreGib", " GiB each"),
    ("", "vcpu", " vCPU"),
    ("", "memoryGib", " GiB of host memory"),
    ("US$ ", "priceUsdHour", " an hour (us-east-1)"),
];
static EC2: Phrases = &[
    ("", "arch", ""),
    ("", "vcpu", " vCPU"),
    ("", "memoryGib", " GiB"),
    ("GPU ", "gpu.name", ""),
    ("count ", "gpu.count", ""),
];
static ML: Phrases = &[
    ("", "arch", ""),
    ("", "vcpu", " vCPU"),
    ("", "memoryGib", " GiB"),
    ("accelerator ", "accelerators.name", ""),
    ("count ", "accelerators.count", ""),
    ("hosts endpoints in ", "hostingRegions.#", " regions"),
];
static REGIONS: Phrases = &[("", "name", ""), ("Bedrock profiles ", "geographies", ""), ("", "status", "")];
static IMAGES: Phrases =
    &[("", "kind", ""), ("to ", "use", ""), ("SDK ", "sdk", ""), ("for ", "families", ""), ("", "status", "")];
static ENDPOINTS: Phrases = &[("", "type", " endpoint"), ("", "for", "")];

/// What a row is, in a few words; empty when nothing is known or the file is none to choose from.
pub fn describe(file: &str, row: &Value) -> String {
    let phrases = match file {
        "bedrock-models" => BEDROCK,
        "jumpstart-models" => JUMPSTART,
        "neuron-models" => NEURON,
        "accelerators" => ACCELERATORS,
        "ec2-instances" => EC2,
        "ml-instances" => ML,
        "regions" => REGIONS,
        "neuron-images" => IMAGES,
        "endpoint-services" => ENDPOINTS,
        _ => &[],
    };
    let said = phrases.iter().filter_map(|(before, field, behind)| {
        let fact = cell(row, field);
        (!fact.is_empty()).then(|| format!("{before}{fact}{behind}"))
    });
    said.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::get;

    #[test]
    fn unknown_facts_are_left_out() {
        let said = |file: &str, id: &str| describe(file, get(file, id).expect("a row of the catalogue"));
        assert_eq!(
            said("bedrock-models", "amazon.titan-embed-text-v2:0"),
            "Titan Text Embeddings V2; embedding model; reads text; vectors of 1024, 512, 256 dimensions; up to 8192 tokens in; inference profile none"
        );
        assert_eq!(said("ec2-instances", "t3.medium"), "x86_64; 2 vCPU; 4 GiB");
        assert_eq!(said("regions", "eu-west-1"), "Europe (Ireland); Bedrock profiles eu; open");
        assert_eq!(describe("prices", &Value::Null), "");
    }
}

//! Which rows a person asks for: by use, family, service, region or any word.

use serde_json::Value;

use super::{get, table, text, texts};

/// A question that a row answers with one or more words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facet {
    /// What it is for: `embedding`, `text`, `endpoint`, …
    Use,
    /// The family of an instance type, the provider of a model.
    Family,
    /// The service it belongs to, as Service Quotas writes it.
    Service,
}

/// JumpStart's tasks under the words that Bedrock's models have, too.
const TASKS: [(&str, &str); 7] = [
    ("text-generation", "text"),
    ("text2text-generation", "text"),
    ("image-text-to-text", "text"),
    ("text-to-image", "image"),
    ("text-embedding", "embedding"),
    ("sentence-similarity", "embedding"),
    ("speech-recognition", "speech"),
];

/// What a row answers; `None` when its file has no answer to such a question.
fn facet(file: &str, row: &Value, facet: Facet) -> Option<Vec<String>> {
    let field = |name: &str| text(row, name).map(str::to_owned).into_iter().collect::<Vec<_>>();
    let list = |name: &str| texts(row, name).map(str::to_owned).collect::<Vec<_>>();
    let word = |word: &str| vec![word.to_owned()];
    Some(match (facet, file) {
        (Facet::Use, "bedrock-models") => field("kind"),
        (Facet::Use, "jumpstart-models") => {
            let task = text(row, "task").unwrap_or_default();
            let common = TASKS.iter().find(|(name, _)| *name == task).map(|(_, word)| (*word).to_owned());
            common.into_iter().chain([task.to_owned()]).collect()
        }
        (Facet::Use, "neuron-models") => word("text"),
        (Facet::Use, "neuron-images") => field("use"),
        (Facet::Use, "quotas") => field("usage"),
        (Facet::Family, "bedrock-models") => field("provider"),
        (Facet::Family, "neuron-models") => field("architecture"),
        (Facet::Family, "neuron-images") => list("families"),
        (Facet::Family, "accelerators" | "ec2-instances" | "ml-instances" | "prices") => field("family"),
        (Facet::Family, "quotas") => {
            let family = text(row, "instanceType").and_then(|name| name.split('.').nth(1)).map(str::to_owned);
            family.into_iter().chain(list("families")).collect()
        }
        (Facet::Service, "quotas" | "prices") => field("service"),
        (Facet::Service, "bedrock-models") => word("bedrock"),
        (Facet::Service, "jumpstart-models" | "ml-instances") => word("sagemaker"),
        (Facet::Service, "accelerators" | "ec2-instances" | "neuron-models") => word("ec2"),
        (Facet::Service, "endpoint-services") => field("id"),
        (Facet::Service, "lifecycle") => {
            texts(row, "componentTypes").filter_map(|name| name.split('/').next()).map(str::to_owned).collect()
        }
        _ => return None,
    })
}

/// Whether a row answers a question with this word; the case of letters does not matter. A vCPU quota of the family `inf`
/// also counts `inf2`.
pub fn answers_with(file: &str, row: &Value, question: Facet, word: &str) -> bool {
    let counts = |family: &str| {
        let rest = word.strip_prefix(family).filter(|_| file == "quotas" && question == Facet::Family);
        rest.is_some_and(|rest| {
            family.ends_with(|c: char| c.is_ascii_digit()) || rest.starts_with(|c: char| c.is_ascii_digit())
        })
    };
    let words = facet(file, row, question).unwrap_or_default();
    words.iter().any(|known| known.eq_ignore_ascii_case(word) || counts(known))
}

/// Whether a word stands anywhere in the row: in an id, a name, a note, a source; the case of letters does not matter.
pub fn mentions(row: &Value, word: &str) -> bool {
    match row {
        Value::String(text) => text.to_lowercase().contains(&word.to_lowercase()),
        Value::Array(items) => items.iter().any(|item| mentions(item, word)),
        Value::Object(fields) => fields.values().any(|field| mentions(field, word)),
        _ => false,
    }
}

/// Whether the rows of a file differ from region to region.
pub fn is_regional(file: &str) -> bool {
    !matches!(file, "neuron-images" | "endpoint-services" | "lifecycle" | "losses" | "meters" | "sandbox-services")
}

/// What a region has of a row, in a few words; `None` when nothing is known to be there, which is a doubt and not a no.
pub fn in_region(file: &str, row: &'static Value, region: &str) -> Option<String> {
    let yes = |field: &str| texts(row, field).any(|name| name == region);
    let there = || "yes".to_owned();
    match file {
        "bedrock-models" => bedrock(row, region),
        "jumpstart-models" => {
            let bucket = get("regions", region)?.pointer("/jumpstart/contentBucket");
            if bucket.is_none() || yes("regionsWithoutImage") {
                return None;
            }
            let hosted = |name: &&str| {
                get("ml-instances", name).is_some_and(|ml| texts(ml, "hostingRegions").any(|name| name == region))
            };
            let (all, hosted) = (texts(row, "instances").count(), texts(row, "instances").filter(hosted).count());
            (hosted > 0).then(|| format!("{hosted} of {all} instance types"))
        }
        "neuron-models" => {
            let mut types: Vec<&str> =
                super::list(row, "recommended").filter_map(|r| text(r, "instanceType")).collect();
            types.retain(|name| {
                get("accelerators", name).is_some_and(|a| in_region("accelerators", a, region).is_some())
            });
            types.dedup();
            (!types.is_empty()).then(|| types.join(", "))
        }
        "accelerators" if yes("reservedRegions") => Some("reserved only".to_owned()),
        "accelerators" | "ec2-instances" => yes("regions").then(|| priced("ec2", row, region)),
        "ml-instances" => yes("hostingRegions").then(|| priced("sagemaker", row, region)),
        "regions" => (text(row, "id") == Some(region)).then(there),
        "quotas" => {
            let there = row.get("defaultByRegion").and_then(|by| by.get(region)).or_else(|| row.get("default"));
            Some(there.map_or_else(|| "default unknown".to_owned(), |default| format!("default {default}")))
        }
        "prices" => match (text(row, "region"), text(row, "geography"), text(row, "model")) {
            (Some(place), ..) => (place == region).then(there),
            (None, Some(geography), _) => profile(region, geography).then(|| format!("{geography} profile")),
            (None, None, Some(model)) => {
                let model = get("bedrock-models", model)?;
                bare(model, region).then(|| "base price".to_owned())
            }
            _ => None,
        },
        _ => None,
    }
}

/// An instance type that is there, with its price there if that is known.
fn priced(service: &str, row: &Value, region: &str) -> String {
    let price = text(row, "id").and_then(|id| get("prices", &format!("{service}/{id}/{region}")));
    price.and_then(|price| price.get("usd")).map_or_else(|| "yes".to_owned(), |usd| format!("yes, US$ {usd} an hour"))
}

/// How a model is called from a region: by its own id, or by the profiles that serve the region.
fn bedrock(row: &Value, region: &str) -> Option<String> {
    let doubt = |field: &str| text(row, field).filter(|word| *word != "high");
    let say = |words: String, doubt: Option<&str>| match doubt {
        Some(word) => format!("{words} (confidence {word})"),
        None => words,
    };
    let mut ways = Vec::new();
    if bare(row, region) {
        ways.push(say("model id".to_owned(), doubt("regionsConfidence")));
    }
    let profiles: Vec<&str> = texts(row, "geographies").filter(|geography| profile(region, geography)).collect();
    if !profiles.is_empty() {
        ways.push(say(format!("{} profile", profiles.join(" or ")), doubt("geographiesConfidence")));
    }
    (!ways.is_empty()).then(|| ways.join("; "))
}

/// Whether the bare id can be called in a region.
fn bare(row: &Value, region: &str) -> bool {
    text(row, "inferenceProfile") != Some("required") && texts(row, "regions").any(|name| name == region)
}

/// Whether the profile of a geography serves a region; the global one serves every commercial region.
fn profile(region: &str, geography: &str) -> bool {
    let Some(facts) = get("regions", region) else { return false };
    texts(facts, "geographies").any(|name| name == geography)
        || (geography == "global" && text(facts, "partition") == Some("aws"))
}

/// The words with which rows of these files answer a question, sorted; empty when none of them does.
pub fn answers(files: &[&str], question: Facet) -> Vec<String> {
    let rows = files
        .iter()
        .filter_map(|file| Some((*file, table(file)?)))
        .flat_map(|(file, table)| table.rows().flat_map(move |row| facet(file, row, question).unwrap_or_default()));
    let mut words: Vec<String> = rows.collect();
    words.sort();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(file: &str, id: &str) -> &'static Value {
        get(file, id).unwrap_or_else(|| panic!("{file} has no {id}"))
    }

    #[test]
    fn a_model_is_called_by_its_id_or_by_a_profile() {
        let there = |id: &str, region: &str| in_region("bedrock-models", row("bedrock-models", id), region);
        assert_eq!(there("amazon.titan-embed-text-v2:0", "eu-west-3").as_deref(), Some("model id"));
        assert_eq!(there("amazon.titan-embed-text-v2:0", "me-south-1"), None);
        let haiku = there("anthropic.claude-haiku-4-5-20251001-v1:0", "eu-west-3").expect("a profile serves Paris");
        assert!(haiku.contains("eu or global profile") && !haiku.contains("model id"), "{haiku}");
        assert_eq!(there("anthropic.claude-haiku-4-5-20251001-v1:0", "cn-north-1"), None);
    }

    #[test]
    fn a_region_has_types_quotas_and_prices() {
        let there = |file: &str, id: &str, region: &str| in_region(file, row(file, id), region);
        assert_eq!(there("accelerators", "inf2.8xlarge", "eu-west-3").as_deref(), Some("yes, US$ 2.755 an hour"));
        assert_eq!(there("accelerators", "inf2.8xlarge", "eu-west-2").as_deref(), Some("yes"));
        assert_eq!(there("accelerators", "inf2.8xlarge", "eu-south-2"), None);
        assert_eq!(there("quotas", "bedrock/L-7C42E72A", "us-east-1").as_deref(), Some("default 4000000"));
        assert_eq!(there("quotas", "bedrock/L-7C42E72A", "eu-west-3").as_deref(), Some("default 200000"));
        assert_eq!(there("quotas", "ec2/L-2C3B7624", "eu-west-3").as_deref(), Some("default unknown"));
        assert_eq!(there("prices", "vpc/nat-gateway/us-east-1", "eu-west-3"), None);
        let haiku = "bedrock/eu.anthropic.claude-haiku-4-5-20251001-v1:0/input";
        assert_eq!(there("prices", haiku, "eu-west-3").as_deref(), Some("eu profile"));
        assert_eq!(there("prices", haiku, "us-east-1"), None);
    }

    #[test]
    fn facets_use_one_word_for_one_thing() {
        assert!(answers(&["bedrock-models", "jumpstart-models"], Facet::Use).contains(&"embedding".to_owned()));
        assert_eq!(facet("regions", row("regions", "eu-west-3"), Facet::Use), None);
        let quota = row("quotas", "ec2/L-1216C47A");
        assert!(facet("quotas", quota, Facet::Family).is_some_and(|families| families.contains(&"t".to_owned())));
        let counts = |id: &str, word: &str| answers_with("quotas", row("quotas", id), Facet::Family, word);
        assert!(
            counts("ec2/L-1216C47A", "t3") && counts("ec2/L-1216C47A", "m7i-flex") && counts("ec2/L-1945791B", "inf2")
        );
        assert!(
            !counts("ec2/L-1216C47A", "trn1") && !counts("ec2/L-1945791B", "i4i") && counts("ec2/L-C4BD4855", "p5en")
        );
        assert!(mentions(quota, "standard (a,") && !mentions(quota, "sagemaker"));
    }
}

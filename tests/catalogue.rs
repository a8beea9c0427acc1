//! The catalogue is whole: every file keeps to its schema, names what exists elsewhere, and its figures agree.

use std::{collections::HashSet, fs};

use atelier::catalogue::{
    ModelShape, Serving, files, get, jumpstart_fit, lifecycle_of, neuron_fit, summary_columns, table,
};
use serde_json::{Value, json};

fn rows(file: &str) -> impl Iterator<Item = &'static Value> {
    table(file).unwrap_or_else(|| panic!("there is no catalogue file {file}")).rows()
}

fn id(row: &Value) -> &str {
    row["id"].as_str().expect("every row has an id")
}

fn texts(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().map(|v| v.as_str().expect("a list of texts"))
}

fn number(row: &Value, field: &str) -> f64 {
    row[field].as_f64().unwrap_or_else(|| panic!("{}: {field} is not a number", id(row)))
}

fn close(a: f64, b: f64, share: f64) -> bool {
    (a - b).abs() <= share * b.abs()
}

#[test]
fn every_file_keeps_to_its_schema() {
    for file in files() {
        let path = format!("schemas/catalogue/{file}.schema.json");
        let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
        let schema: Value = serde_json::from_str(&text).expect("the schema is JSON");
        let validator = jsonschema::validator_for(&schema).expect("the schema is valid");
        // build.rs has merged `defaults` into the rows and refused other keys beside the two.
        let whole = json!({"defaults": {"asOf": "2026-11-23"}, "rows": rows(file).collect::<Vec<_>>()});
        let errors: Vec<String> =
            validator.iter_errors(&whole).map(|e| format!("{file}{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{}", errors.join("\n"));
        for column in summary_columns(file) {
            let head = column.field.split('.').next().expect("split gives one part");
            let known = schema.pointer(&format!("/properties/rows/items/properties/{head}"));
            assert!(known.is_some(), "{file}: {head} is no field");
        }
    }
}

#[test]
fn every_row_has_a_source_and_a_date_and_its_own_id() {
    for file in files() {
        let mut seen = HashSet::new();
        for row in rows(file) {
            assert!(seen.insert(id(row)), "{file}: {} stands twice", id(row));
            assert!(row["source"].as_str().is_some_and(|s| s.len() > 3), "{file}: {} has no source", id(row));
            let date = row["asOf"].as_str().unwrap_or_default();
            assert!(date.len() == 10 && date.starts_with("20"), "{file}: {} has no date", id(row));
            assert_eq!(get(file, id(row)), Some(row));
        }
        assert_eq!(table(file).map(|t| t.ids().len()), Some(seen.len()));
    }
    assert!(get("regions", "mars-north-1").is_none() && get("planets", "earth").is_none());
}

#[test]
fn every_region_that_is_named_exists() {
    let known: HashSet<&str> = table("regions").expect("regions").ids().collect();
    let lists = [
        ("bedrock-models", "regions"),
        ("jumpstart-models", "regionsWithoutImage"),
        ("ml-instances", "hostingRegions"),
        ("ec2-instances", "regions"),
        ("accelerators", "regions"),
        ("accelerators", "reservedRegions"),
    ];
    for (file, field) in lists {
        for row in rows(file) {
            for region in texts(&row[field]) {
                assert!(known.contains(region), "{file}: {} names {region}", id(row));
            }
        }
    }
}

#[test]
fn regions_say_what_they_lack() {
    let lacks =
        |region: &str, name: &str| texts(&get("regions", region).unwrap()["cfnTypesMissing"]).any(|t| t == name);
    assert!(lacks("eu-west-3", "AWS::SageMaker::InferenceComponent"));
    assert!(lacks("il-central-1", "AWS::S3Vectors::Index"));
    assert!(lacks("eu-north-1", "AWS::Bedrock::ApplicationInferenceProfile"));
    assert!(!lacks("eu-west-1", "AWS::Bedrock::KnowledgeBase"));
    for row in rows("regions") {
        let region = id(row);
        assert_eq!(row["european"], region.starts_with("eu"), "{region}");
        assert_eq!(row.get("geography"), row.get("geographies").map(|g| &g[0]), "{region}");
        let partition = match region.split('-').take(2).collect::<Vec<_>>()[..] {
            ["cn", _] => "aws-cn",
            ["us", "gov"] => "aws-us-gov",
            ["eusc", _] => "aws-eusc",
            _ => "aws",
        };
        assert_eq!(row["partition"], partition, "{region}");
        assert!(row["status"] == "announced" || row["name"].is_string(), "{region} has no name");
    }
}

#[test]
fn bedrock_models_agree_with_themselves() {
    for row in rows("bedrock-models") {
        let list = |field: &str| row[field].as_array().cloned().unwrap_or_default();
        if row["kind"] == "embedding" {
            let dimensions = list("dimensions");
            assert!(dimensions.contains(&row["defaultDimension"]), "{}", id(row));
            assert_eq!(row["configurableDimensions"], dimensions.len() > 1, "{}", id(row));
            assert!(list("knowledgeBaseDimensions").iter().all(|d| dimensions.contains(d)), "{}", id(row));
            assert!(row["knowledgeBase"] != "yes" || !list("knowledgeBaseDimensions").is_empty(), "{}", id(row));
            assert!(list("vectorTypes").contains(&json!("FLOAT32")), "{}", id(row));
        } else {
            assert_eq!(row["knowledgeBase"], "no", "{}", id(row));
        }
        let profiles = !list("geographies").is_empty();
        assert!(row["inferenceProfile"] == "none" || profiles, "{} needs a profile", id(row));
        assert_eq!(row.get("retires").is_some(), row["lifecycle"] == "legacy", "{}: an end and its state", id(row));
        assert_eq!(profiles, row["geographiesSource"].is_string(), "{}: profiles and their source", id(row));
        assert!(row.get("regionsSource").is_some() || list("regions").is_empty(), "{}: regions, no source", id(row));
    }
}

#[test]
fn jumpstart_models_run_on_what_they_name() {
    let mut tight = Vec::new();
    for row in rows("jumpstart-models") {
        let bytes = match row["dtype"].as_str().unwrap() {
            "fp32" => 4.0,
            "bf16" | "fp16" => 2.0,
            _ => 0.66,
        };
        let weights = number(row, "parametersB") * 1e9 * bytes / (1u64 << 30) as f64;
        assert!((weights - number(row, "weightsGib")).abs() < 0.02 * weights + 0.01, "{}: {weights:.2} GiB", id(row));
        assert!(row["gated"] == false || row["eulaKey"].is_string(), "{}: gated without a licence text", id(row));
        assert!(row["bucket"] != "gated" || row["gated"] == true, "{}", id(row));
        let prefix = row["artifactKey"].as_str().unwrap().ends_with('/');
        assert_eq!(row["s3DataType"] == "S3Prefix", prefix, "{}", id(row));
        let names: Vec<&str> = texts(&row["instances"]).collect();
        for &name in &names {
            let instance = get("ml-instances", name).unwrap_or_else(|| panic!("{}: {name} is unknown", id(row)));
            let kind = instance.pointer("/accelerators/kind").and_then(Value::as_str).unwrap_or("cpu");
            assert!(row["images"].get(kind).is_some(), "{}: no {kind} image for {name}", id(row));
            let retired = texts(&row["retiredInstances"]).any(|r| r == name);
            let hosted = texts(&instance["hostingRegions"]).next().is_some();
            assert!(!(retired && hosted), "{}: {name} is hosted", id(row));
            let fit = jumpstart_fit(id(row), name, &[]).expect("both are in the catalogue");
            assert!(fit.fits, "{} on {name}: {}", id(row), fit.arithmetic);
            if !fit.roomy {
                tight.push(format!("{} {name}", id(row)));
            }
        }
        let recommended = row["recommendedInstance"].as_str().unwrap();
        assert!(names.contains(&recommended), "{}: {recommended} is not supported", id(row));
        assert!(jumpstart_fit(id(row), recommended, &[]).is_some_and(|f| f.roomy), "{}: {recommended}", id(row));
        let instance = get("ml-instances", recommended).unwrap();
        assert!(texts(&instance["hostingRegions"]).next().is_some(), "{}: {recommended} is nowhere", id(row));
        for name in row["envByInstance"].as_object().into_iter().flatten().map(|(name, _)| name) {
            assert!(names.contains(&name.as_str()), "{}: environment for {name}", id(row));
        }
    }
    let falcon = ["ml.g5.12xlarge", "ml.g5.24xlarge"].map(|i| format!("huggingface-llm-falcon-40b-instruct-bf16 {i}"));
    assert_eq!(tight, falcon, "only these of AWS's own pairs are known to be tight");
}

#[test]
fn accelerators_agree_with_themselves() {
    for row in rows("accelerators") {
        let degrees: Vec<f64> = row["tpDegrees"].as_array().unwrap().iter().filter_map(Value::as_f64).collect();
        assert!(degrees.iter().all(|d| *d <= number(row, "neuronCores")), "{}: {degrees:?}", id(row));
        assert_eq!(row["legacy"] == true, degrees.is_empty(), "{}", id(row));
        let offered: HashSet<&str> = texts(&row["regions"]).chain(texts(&row["reservedRegions"])).collect();
        for region in row["zones"].as_object().unwrap().keys() {
            assert!(offered.contains(region.as_str()), "{}: zones in {region}", id(row));
        }
        assert!(row.get("priceUsdHour").is_none() || row["priceAsOf"].is_string(), "{}", id(row));
    }
}

/// Parameters in billions, from the shape: embeddings, attention, feed-forward (every expert), norms.
fn parameters(row: &Value) -> f64 {
    let n = |field| row[field].as_f64().unwrap_or(1.0);
    let (hidden, heads, kv, dim) = (n("hiddenSize"), n("attentionHeads"), n("kvHeads"), n("headDim"));
    let attention = hidden * dim * (2.0 * heads + 2.0 * kv);
    let feed_forward = 3.0 * hidden * n("intermediateSize") * n("experts");
    let router = if row["experts"].is_null() { 0.0 } else { hidden * n("experts") };
    let embeddings = hidden * n("vocabSize") * if row["tiedEmbeddings"] == true { 1.0 } else { 2.0 };
    (embeddings + n("layers") * (attention + feed_forward + router + 2.0 * hidden) + hidden) / 1e9
}

#[test]
fn neuron_models_have_the_parameters_that_their_shape_gives() {
    for row in rows("neuron-models") {
        let (published, computed) = (number(row, "parametersB"), parameters(row));
        assert!(close(computed, published, 0.02), "{}: {computed:.3}, published {published}", id(row));
        assert!(close(computed, number(row, "parametersComputedB"), 0.001), "{}: {computed:.3}", id(row));
        let weights = number(row, "parametersComputedB") * 2e9 / (1u64 << 30) as f64;
        assert!(close(number(row, "weightsGib"), weights, 0.005), "{}: {weights:.2} GiB", id(row));
        let token = 4.0 * ["layers", "kvHeads", "headDim"].map(|f| number(row, f)).iter().product::<f64>();
        assert_eq!(number(row, "kvCacheBytesPerToken"), token, "{}", id(row));
    }
}

#[test]
fn recommended_shapes_fit_as_the_research_says() {
    for row in rows("neuron-models") {
        let shape = ModelShape::of(id(row)).expect("every row gives a shape");
        for wanted in row["recommended"].as_array().unwrap() {
            let count = |field: &str| wanted[field].as_u64().unwrap() as u32;
            let (max_model_length, max_sequences) = (count("maxModelLength"), count("maxSequences"));
            let serving = Serving { bytes_per_weight: 2.0, max_model_length, max_sequences };
            let instance = wanted["instanceType"].as_str().unwrap();
            let fit = neuron_fit(&shape, &serving, instance, count("tensorParallel")).expect("the type is known");
            let place = format!("{} on {instance}: {}", id(row), fit.arithmetic);
            assert!(fit.fits && fit.host_fits && fit.degree_supported, "{place}");
            assert_eq!(fit.kv_heads_effective, count("kvHeadsEffective"), "{place}");
            assert_eq!(wanted["headsDivisible"], fit.heads_divisible, "{place}");
            assert!((fit.kv_cache_gib - wanted["kvCacheGib"].as_f64().unwrap()).abs() <= 0.01, "{place}");
            assert!((fit.per_core_gib - wanted["perCoreGib"].as_f64().unwrap()).abs() <= 0.015, "{place}");
        }
    }
}

#[test]
fn images_endpoints_and_lifecycle_name_what_exists() {
    for kind in ["container", "ami"] {
        for family in ["inf2", "trn1", "trn1n", "trn2"] {
            let purpose = |row: &&Value| row["kind"] == kind && (kind == "ami" || row["use"] == "serve");
            let default = |row: &&Value| texts(&row["defaultFor"]).any(|f| f == family);
            assert_eq!(rows("neuron-images").filter(purpose).filter(default).count(), 1, "{kind} for {family}");
        }
    }
    for row in rows("neuron-images") {
        let serves = |family: &str| texts(&row["families"]).any(|f| f == family);
        assert!(texts(&row["defaultFor"]).all(serves), "{}", id(row));
    }
    for row in rows("endpoint-services") {
        assert!(texts(&row["needs"]).all(|other| get("endpoint-services", other).is_some()), "{}", id(row));
    }
    for service in fs::read_dir("schemas").unwrap().map(Result::unwrap).filter(|e| e.path().is_dir()) {
        for schema in fs::read_dir(service.path()).unwrap() {
            let (service, name) = (service.file_name(), schema.unwrap().file_name());
            let name = format!("{}/{}", service.to_string_lossy(), name.to_string_lossy().replace(".schema.json", ""));
            assert!(lifecycle_of(&name).is_none(), "{name} is a component type, but listed as retired");
        }
    }
}

#[test]
fn quotas_name_what_they_count() {
    for row in rows("quotas") {
        let (service, rest) = id(row).split_once('/').expect("an id has two parts");
        assert_eq!(row["service"], service, "{}", id(row));
        assert_eq!(row["code"].as_str(), rest.starts_with("L-").then_some(rest), "{}: id and code", id(row));
        assert!(row.get("defaultAsOf").is_none() || row.get("default").is_some(), "{}: a date of nothing", id(row));
        assert!(row.get("defaultByRegion").is_none() || row.get("default").is_some(), "{}: elsewhere?", id(row));
        for region in row["defaultByRegion"].as_object().into_iter().flat_map(|by| by.keys()) {
            assert!(get("regions", region).is_some(), "{} names {region}", id(row));
        }
        if let Some(model) = row["model"].as_str() {
            assert!(get("bedrock-models", model).is_some(), "{}: {model} is unknown", id(row));
            assert!(row["profile"].is_string() && row["usage"] == "inference", "{}", id(row));
        }
        let counts = matches!(row["usage"].as_str(), Some("on-demand" | "spot"));
        assert_eq!(counts, row["families"].is_array(), "{}: families and use", id(row));
        assert!(!counts || row["unit"] == "vCPU", "{}", id(row));
        if let Some(name) = row["instanceType"].as_str() {
            assert!(row["name"].as_str().is_some_and(|text| text.contains(&format!("{name} "))), "{}", id(row));
            assert!(row["usage"] != "endpoint" || get("ml-instances", name).is_some(), "{}: {name}", id(row));
        }
    }
}

#[test]
fn instance_types_name_the_quota_that_counts_them() {
    let letters = |name: &str| name.chars().take_while(char::is_ascii_lowercase).collect::<String>();
    for row in rows("ec2-instances") {
        for (class, usage) in [("onDemand", "on-demand"), ("spot", "spot")] {
            let quota = row["quota"][class].as_str().and_then(|quota| get("quotas", quota));
            let quota = quota.unwrap_or_else(|| panic!("{}: {} is unknown", id(row), row["quota"][class]));
            assert_eq!(quota["usage"], usage, "{}", id(row));
            assert!(texts(&quota["families"]).any(|family| family == letters(id(row))), "{}", id(row));
        }
        assert!(get("accelerators", id(row)).is_none(), "{} stands in two files", id(row));
    }
    for row in rows("accelerators") {
        for class in ["onDemand", "spot"] {
            let named = &row["quota"][class];
            let quota = get("quotas", &format!("ec2/{}", named["code"].as_str().unwrap()));
            assert_eq!(quota.map(|quota| &quota["name"]), Some(&named["name"]), "{}", id(row));
        }
    }
}

#[test]
fn prices_are_for_something_somewhere() {
    for row in rows("prices") {
        let parts: Vec<&str> = id(row).split('/').collect();
        assert_eq!(row["service"], parts[0], "{}", id(row));
        let place = row.get("region").or(row.get("geography")).and_then(Value::as_str);
        match (parts[0], row["model"].as_str()) {
            ("bedrock", Some(model)) => {
                let base = get("bedrock-models", model).unwrap_or_else(|| panic!("{}: {model} is unknown", id(row)));
                let called = place.map_or(model.to_owned(), |geography| format!("{geography}.{model}"));
                assert_eq!(parts[1], called, "{}", id(row));
                assert!(place.is_none_or(|g| texts(&base["geographies"]).any(|name| name == g)), "{}", id(row));
                let field = if parts[2] == "input" { "inputPerMTok" } else { "outputPerMTok" };
                assert!(place.is_some() || number(row, "usd") == number(&base["priceUsd"], field), "{}", id(row));
            }
            _ => assert_eq!(parts.last().copied(), place, "{}: id and place", id(row)),
        }
        assert!(row["region"].as_str().is_none_or(|region| get("regions", region).is_some()), "{}", id(row));
        assert!(row["priceAsOf"].is_string() || row["confidence"].is_string(), "{}: undated, but sure", id(row));
        match parts[0] {
            "ec2" => {
                assert!(["accelerators", "ec2-instances"].iter().any(|f| get(f, parts[1]).is_some()), "{}", id(row))
            }
            "sagemaker" => assert!(get("ml-instances", parts[1]).is_some(), "{}", id(row)),
            _ => assert!(row.get("family").is_none(), "{}", id(row)),
        }
    }
    for row in rows("accelerators").filter(|row| row["priceUsdHour"].is_number()) {
        let price = get("prices", &format!("ec2/{}/us-east-1", id(row)));
        assert_eq!(price.map(|price| &price["usd"]), Some(&row["priceUsdHour"]), "{}", id(row));
    }
}

#[test]
fn the_page_counts_the_rows() {
    let page = fs::read_to_string("docs/catalogue.md").expect("docs/catalogue.md is there");
    for file in files() {
        let count = table(file).map_or(0, |t| t.len());
        assert!(page.contains(&format!("| `{file}` | {count} |")), "docs/catalogue.md: {file} has {count} rows");
    }
}

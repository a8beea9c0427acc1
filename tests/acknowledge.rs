//! What a blueprint accepts of other checkers is written where they look for it, with its reason, and nowhere else.

use atelier::expression::day_number;
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::source::Source;
use atelier::yaml::{self, Dialect};

fn rendered(blueprint: &str) -> serde_json::Value {
    let library = Library::open(&[]).unwrap_or_else(|findings| panic!("{findings:?}"));
    let atelier = Atelier::on(library, day_number("2026-11-23").expect("a date"));
    let outcome = atelier.render(&Source::new("blueprint.yaml", blueprint.to_owned()));
    assert!(outcome.findings.is_empty(), "{:?}", outcome.findings);
    let template = outcome.result.expect("it renders");
    yaml::load(&template.source, Dialect::Template)
        .expect("it can be read")
        .get("Resources")
        .expect("resources")
        .to_json()
}

const BLUEPRINT: &str = r#"
blueprint: v1
name: accepted
regions: [eu-west-1]
acknowledge:
  - {rule: CKV2_AWS_62, reason: "nobody waits for \"events\" here"}
components:
  documents:
    type: storage/bucket
    acknowledge:
      - {rule: AwsSolutions-S1, reason: access is seen in CloudTrail}
      - {rule: S3_BUCKET_REPLICATION_ENABLED, reason: one region is enough for a course}
  pictures: {type: storage/bucket}
"#;

#[test]
fn each_checker_finds_its_own() {
    let resources = rendered(BLUEPRINT);
    let metadata = &resources["DocumentsBucket"]["Metadata"];
    let skipped = metadata["checkov"]["skip"].as_array().expect("a list");
    let reason = skipped.iter().find(|skip| skip["id"] == "CKV2_AWS_62").map(|skip| &skip["comment"]);
    assert_eq!(reason, Some(&serde_json::json!("nobody waits for \"events\" here")), "{metadata:#}");
    // the template's own reasons stay
    assert!(skipped.iter().any(|skip| skip["id"] == "CKV_AWS_18"), "{metadata:#}");
    let expected = serde_json::json!([{"id": "AwsSolutions-S1", "reason": "access is seen in CloudTrail"}]);
    assert_eq!(metadata["cdk_nag"]["rules_to_suppress"], expected);
    assert_eq!(metadata["guard"]["SuppressedRules"], serde_json::json!(["S3_BUCKET_REPLICATION_ENABLED"]));
    // a component's acknowledgement is for it alone, the blueprint's for all
    let other = &resources["PicturesBucket"]["Metadata"];
    assert!(other["checkov"]["skip"].as_array().is_some_and(|skip| skip.iter().any(|s| s["id"] == "CKV2_AWS_62")));
    assert!(other.get("cdk_nag").is_none() && other.get("guard").is_none(), "{other:#}");
    assert!(resources["SharedKeyCmk"]["Metadata"]["checkov"]["skip"].is_array(), "also what was made by default");
}

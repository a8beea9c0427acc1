//! Which regions the validator would judge alike, so that a template is judged once for all of them.
//!
//! A region matters to it in few ways: which resource types it has, its row in the template's mappings, conditions on its
//! name, and the instance types of some services. Where one of these is at work, each region is judged on its own.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use cloudformation_validate::data_source::embedded::REGION_RESOURCE_TYPES_BYTES;
use cloudformation_validate::template_model::region_enums::REGION_SCOPED_TYPE_PATHS;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::part::Part;
use crate::source::Source;
use crate::yaml::{self, Dialect, Node};

/// For every region the index of the one that is judged in its place, itself or another.
pub(super) fn judges(text: &str, regions: &[String]) -> Vec<usize> {
    let alone = || (0..regions.len()).collect();
    if regions.len() < 2 {
        return alone();
    }
    let Some(traits) = Traits::of(text) else { return alone() };
    let Some(seen): Option<Vec<String>> = regions.iter().map(|region| traits.seen(region)).collect() else {
        return alone();
    };
    // the longest name of those alike: what is built from the name is then as long as it gets
    let judge = |index: usize| {
        let alike = seen.iter().zip(regions).enumerate().filter(|(_, (other, _))| Some(*other) == seen.get(index));
        alike.max_by_key(|(_, (_, region))| region.len()).map_or(index, |(other, _)| other)
    };
    (0..regions.len()).map(judge).collect()
}

/// What of a template can depend on the region.
struct Traits {
    types: BTreeSet<String>,
    mappings: Option<Node>,
}

impl Traits {
    /// `None` when regions must be judged one by one.
    fn of(text: &str) -> Option<Traits> {
        let source = Source::new("template", text);
        let root = yaml::load(&source, Dialect::Template).ok()?;
        let resources = root.get("Resources")?.entries();
        let types: BTreeSet<String> =
            resources.iter().filter_map(|entry| entry.value.get("Type")?.as_str().map(str::to_owned)).collect();
        let scoped = |name: &String| {
            REGION_SCOPED_TYPE_PATHS.iter().any(|(scoped, _)| scoped == name) || name == "AWS::EMR::Cluster"
        };
        let conditional =
            root.get("Conditions").is_some_and(|node| text.part(node.range.clone()).contains("AWS::Region"));
        // SnapStart is offered in some regions only
        let alone = types.is_empty() || types.iter().any(scoped) || conditional || text.contains("SnapStart");
        (!alone).then(|| Traits { types, mappings: root.get("Mappings").cloned() })
    }

    /// What the validator sees of a region through this template; `None` when its data does not say.
    fn seen(&self, region: &str) -> Option<String> {
        let offered = OFFERED.as_ref()?;
        let here = &offered.iter().find(|(name, _)| name == region)?.1;
        let mut seen = if region.starts_with("us-gov") || region.contains("iso") || region.starts_with("cn-") {
            region.to_owned()
        } else {
            String::new()
        };
        for name in &self.types {
            seen.push(if here.binary_search(&name.as_str()).is_ok() { '+' } else { '-' });
        }
        for mapping in self.mappings.iter().flat_map(Node::entries) {
            let row = mapping.value.get(region).map_or_else(|| "none".to_owned(), |row| row.to_json().to_string());
            seen.push_str(&without_accounts(&row.replace(region, "{region}")));
        }
        Some(seen)
    }
}

/// Account numbers differ from region to region and are all alike.
fn without_accounts(row: &str) -> String {
    let mut kept = String::with_capacity(row.len());
    let mut rest = row;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let end = rest.part(start..).find(|c: char| !c.is_ascii_digit()).map_or(rest.len(), |length| start + length);
        kept.push_str(rest.part(..start));
        kept.push_str(if end - start == 12 { "{account}" } else { rest.part(start..end) });
        rest = rest.part(end..);
    }
    kept + rest
}

/// The resource types of each region, sorted; `None` when the validator's data no longer has this shape, which costs
/// only time.
static OFFERED: LazyLock<Option<Vec<(String, Types<'static>)>>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct Document<'a> {
        #[serde(borrow)]
        region_resource_types: HashMap<String, Types<'a>>,
    }
    let document: Document<'static> = serde_json::from_slice(&REGION_RESOURCE_TYPES_BYTES).ok()?;
    Some(document.region_resource_types.into_iter().collect())
});

/// The keys of a JSON object, not copied.
struct Types<'a>(Vec<&'a str>);

impl<'a> std::ops::Deref for Types<'a> {
    type Target = [&'a str];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Types<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Types<'de>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Types<'de>, A::Error> {
                let mut keys = Vec::new();
                while let Some((key, _)) = map.next_entry::<&str, IgnoredAny>()? {
                    keys.push(key);
                }
                keys.sort_unstable();
                Ok(Types(keys))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str, regions: &[&str]) -> String {
        let regions: Vec<String> = regions.iter().map(|region| (*region).to_owned()).collect();
        let judges = judges(text, &regions);
        judges.into_iter().map(|judge| regions[judge].as_str()).collect::<Vec<_>>().join(" ")
    }

    const BUCKET: &str = "Resources: {Docs: {Type: AWS::S3::Bucket}}\n";

    #[test]
    fn the_validators_data_has_the_shape_that_is_read() {
        let offered = OFFERED.as_ref().expect("the data can be read");
        let (_, types) = offered.iter().find(|(name, _)| name == "us-east-1").expect("us-east-1 is there");
        assert!(types.binary_search(&"AWS::S3::Bucket").is_ok());
    }

    #[test]
    fn regions_that_offer_the_same_are_judged_once() {
        assert_eq!(
            judged(BUCKET, &["us-east-1", "eu-west-1", "eu-central-1"]),
            "eu-central-1 eu-central-1 eu-central-1"
        );
        assert_eq!(judged(BUCKET, &["us-east-1", "cn-north-1"]), "us-east-1 cn-north-1");
    }

    #[test]
    fn regions_that_the_template_tells_apart_are_judged_each() {
        let each = "us-east-1 eu-west-1";
        let regions = ["us-east-1", "eu-west-1"];
        for more in [
            "Conditions: {Here: !Equals [!Ref AWS::Region, us-east-1]}\n",
            "Mappings: {Size: {us-east-1: {N: 1}, eu-west-1: {N: 2}}}\n",
            "Mappings: {Size: {us-east-1: {N: 1}}}\n",
            "not: [yaml\n",
        ] {
            assert_eq!(judged(&format!("{BUCKET}{more}"), &regions), each, "{more}");
        }
        assert_eq!(judged("Resources: {A: {Type: AWS::EC2::Instance}}", &regions), each);
        assert_eq!(judged(BUCKET, &["us-east-1", "nowhere-1"]), "us-east-1 nowhere-1");
    }

    #[test]
    fn rows_that_differ_in_name_and_account_are_alike() {
        let rows = "Mappings: {Image: {us-east-1: {A: \"123456789012\", B: x-us-east-1}, eu-west-1: {A: \"210987654321\", B: x-eu-west-1}}}\n";
        assert_eq!(judged(&format!("{BUCKET}{rows}"), &["us-east-1", "eu-west-1"]), "eu-west-1 eu-west-1");
    }
}

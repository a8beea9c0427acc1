//! The typed blueprint.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;

use crate::library::ComponentType;
use crate::source::{Place, Source};
use crate::yaml::Node;

/// A blueprint whose every part satisfies its schema.
#[derive(Debug)]
pub struct Blueprint {
    /// The file.
    pub source: Arc<Source>,
    /// The file's tree.
    pub root: Node,
    /// Lower case, digits and hyphens.
    pub name: String,
    /// One or a few sentences.
    pub description: String,
    /// Regions in which the design must hold, at least one.
    pub regions: Vec<String>,
    /// Tags on everything taggable.
    pub tags: Vec<(String, String)>,
    /// Deploy-time parameters.
    pub parameters: Vec<Parameter>,
    /// Components as written; inline ones follow their owner.
    pub components: Vec<Declared>,
    /// Rules that the author knows of and accepts, for the whole blueprint.
    pub acknowledged: Vec<Acknowledgement>,
}

impl Blueprint {
    /// The place of a path of the document: the value, else the nearest ancestor's key.
    pub fn place(&self, path: &[String]) -> Place {
        Place::new(&self.source, self.range(path))
    }

    fn range(&self, path: &[String]) -> Range<usize> {
        for length in (0..=path.len()).rev() {
            if let Some((node, key)) = self.root.find(path.iter().take(length).map(String::as_str)) {
                let whole = length == path.len();
                let scalar = node.entries().is_empty() && node.items().is_empty();
                // a collection is pointed at by its key: underlining a whole block tells nothing
                return match key {
                    Some(key) if !whole || !scalar || node.range.is_empty() => key,
                    _ if scalar || length > 0 => node.range.clone(),
                    _ => self.root.entries().first().map_or(0..0, |entry| entry.key_range.clone()),
                };
            }
        }
        0..0
    }
}

/// A deploy-time parameter of the blueprint.
#[derive(Debug)]
pub struct Parameter {
    /// Its name, PascalCase.
    pub name: String,
    /// CloudFormation's parameter type, `String` when left out.
    pub type_: String,
    /// What is used when the deployer says nothing.
    pub default: Option<Value>,
    /// The only values the deployer may give; empty: any.
    pub allowed: Vec<Value>,
    /// Everything the blueprint says of it.
    pub raw: Value,
    /// The name's place in the file.
    pub range: Range<usize>,
}

/// How a component came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Under `components:`.
    Written,
    /// Inside another component's property.
    Inline,
    /// Made by a link's default.
    Default,
}

/// A component that satisfies its schema, defaults filled in, links still names.
#[derive(Debug)]
pub struct Declared {
    /// Its name in the graph.
    pub name: String,
    /// Its type.
    pub kind: Arc<ComponentType>,
    /// How it came to be.
    pub origin: Origin,
    /// Where in the document it stands; for a default, where its owner stands.
    pub path: Vec<String>,
    /// Properties without links; left-out ones are filled from the schema or null.
    pub properties: Value,
    /// Which property paths are deploy-time parameters, and which.
    pub parameters: Vec<(Vec<String>, String)>,
    /// Links that the blueprint gives; a property that is missing here was left out.
    pub links: BTreeMap<String, Given>,
    /// Property values under each parameter value that a deployer may choose; the first is the default.
    pub scenarios: Vec<Scenario>,
    /// Rules that the author knows of and accepts.
    pub acknowledged: Vec<Acknowledgement>,
}

/// One choice of deploy-time parameters.
#[derive(Debug)]
pub struct Scenario {
    /// Words such as “when `Audience` is staff”; empty for the defaults.
    pub note: String,
    /// The properties under that choice.
    pub properties: Value,
    /// Paths whose value nobody knows before deployment: no default, no allowed values.
    pub unknown: Vec<Vec<String>>,
}

/// A link as the blueprint gives it.
#[derive(Clone, Debug)]
pub enum Given {
    /// Another component's name.
    Name(String),
    /// An inline component, under its hoisted name.
    Inline(String),
    /// Explicitly none: `null`.
    None,
}

/// `acknowledge: [{rule, reason}]`.
#[derive(Clone, Debug)]
pub struct Acknowledgement {
    /// The rule's id.
    pub rule: String,
    /// Why it is accepted here.
    pub reason: String,
    /// Where it stands.
    pub place: Place,
    /// Whether the rule is one on resources.
    pub on_resources: bool,
}

impl Acknowledgement {
    /// Whether the rule is another checker's: `CKV_AWS_18`, `S3_BUCKET_LOGGING_ENABLED`, `AwsSolutions-IAM5`.
    pub fn is_foreign(&self) -> bool {
        let small = self.rule.contains(|char: char| char.is_ascii_lowercase());
        self.rule.contains('_') || (self.rule.contains('-') && small)
    }
}

//! How a component type is drawn (`x-diagram`).

use serde::Deserialize;

/// The groups, nodes and flows that a component adds to the diagram.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drawing {
    /// Boxes that other components may be drawn in.
    #[serde(default)]
    pub groups: Vec<DrawnGroup>,
    /// Services; the first one that is shown is where flows from other components arrive.
    #[serde(default)]
    pub nodes: Vec<DrawnNode>,
    /// Arrows.
    #[serde(default)]
    pub flows: Vec<DrawnFlow>,
}

/// A box around nodes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawnGroup {
    /// Its name among the groups of the component.
    pub id: String,
    /// What stands on it; a template.
    pub name: String,
    /// What is said of it; a template.
    pub detail: Option<String>,
    /// Its colour.
    pub family: Family,
    /// The group of the same component that it lies in.
    #[serde(rename = "in")]
    pub place: Option<String>,
    /// Whether it is shown: an expression.
    pub when: Option<String>,
    /// Equal parts that it is spread over, such as availability zones.
    pub parts: Option<Parts>,
}

/// The equal parts of a group.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parts {
    /// How many: an expression.
    pub count: String,
    /// What stands on each; a template that sees `number`, from 1.
    pub name: String,
}

/// A service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawnNode {
    /// Its name among the nodes of the component.
    pub id: String,
    /// The name of the service as AWS writes it; a template.
    pub name: String,
    /// What it is here; a template. Left out, the component's name.
    pub detail: Option<String>,
    /// Its colour and symbol.
    pub family: Family,
    /// The role of a resource that the component's template makes: without it in the template, the node is not shown.
    pub resource: Option<String>,
    /// `outside`, `edge`, `support`, a group of the component, a link, or `<link>.<group>`; left out, the region.
    #[serde(rename = "in")]
    pub place: Option<String>,
    /// Whether it is shown: an expression.
    pub when: Option<String>,
}

/// An arrow.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawnFlow {
    /// A node of the component, a link, or `<link>.<node>`.
    pub from: String,
    /// The same.
    pub to: String,
    /// Two or three words; a template.
    pub label: Option<String>,
    /// A node that it passes, if that is shown.
    pub via: Option<String>,
    /// Whether it is shown: an expression.
    pub when: Option<String>,
}

/// Families of services: each has a colour and a symbol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// People, and programs outside of AWS.
    Person,
    /// The internet and what is on it.
    Internet,
    /// Models and what answers with them.
    Ai,
    /// Servers and instances.
    Compute,
    /// Functions.
    Function,
    /// Buckets, volumes and file systems.
    Storage,
    /// Indexes and databases.
    Database,
    /// Queues, events and workflows.
    Integration,
    /// Networks, load balancers and what is at their edge.
    Network,
    /// Public subnets.
    Public,
    /// Private subnets.
    Private,
    /// Keys, secrets and protection.
    Security,
    /// Logs, alarms and operations.
    Management,
    /// Whatever else.
    #[default]
    Other,
}

impl Family {
    /// The word that schemas use.
    pub fn word(self) -> &'static str {
        match self {
            Family::Person => "person",
            Family::Internet => "internet",
            Family::Ai => "ai",
            Family::Compute => "compute",
            Family::Function => "function",
            Family::Storage => "storage",
            Family::Database => "database",
            Family::Integration => "integration",
            Family::Network => "network",
            Family::Public => "public",
            Family::Private => "private",
            Family::Security => "security",
            Family::Management => "management",
            Family::Other => "other",
        }
    }
}

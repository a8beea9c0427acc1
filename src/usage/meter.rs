//! A row of `catalogue/meters.yaml`: what one type of resource uses up and costs.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use crate::catalogue;

/// When something is paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bills {
    /// From its creation to its deletion, used or not.
    #[default]
    Always,
    /// While somebody works with it.
    InUse,
    /// By what is done: tokens, requests, GB.
    ByUse,
}

/// A condition on a resource.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct When {
    /// Where to look.
    pub path: String,
    /// The value that must stand there; absent: any.
    pub is: Option<Value>,
    /// The opposite.
    #[serde(default)]
    pub not: bool,
}

/// What one type of resource uses up and costs.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Meter {
    /// Its name in the catalogue.
    pub id: String,
    /// The CloudFormation type; `stack` for the stack itself, `model` for a Bedrock model that it calls.
    pub resource: String,
    /// What is counted, for people.
    pub name: String,
    /// All of these must hold.
    #[serde(default)]
    pub(super) when: Vec<When>,
    /// A list in the resource whose items are counted one by one.
    pub(super) each: Option<String>,
    /// Where the instance type stands.
    pub(super) item: Option<String>,
    /// Kinds of models that count (`text`, `embedding`, …); for `resource: model`.
    #[serde(default)]
    pub(super) kinds: Vec<String>,
    /// Factors of the number; absent: one.
    #[serde(default)]
    pub(super) times: Vec<String>,
    /// Factors of the number when everything is scaled out; absent: as `times`.
    #[serde(default)]
    pub(super) most: Vec<String>,
    /// Factors of the number that stays when nobody works any more; absent: as `times`.
    #[serde(default)]
    pub(super) idle: Vec<String>,
    /// The quota that it counts against.
    pub quota: Option<String>,
    /// The use by which the quota of an instance type or model is found.
    pub quota_use: Option<String>,
    /// The number is of the stack as a whole, however many such resources it has.
    #[serde(default)]
    pub(super) whole_stack: bool,
    /// The quota is inside each stack, so participants do not add up.
    #[serde(default)]
    pub per_stack: bool,
    /// What is above the quota waits, and does not fail.
    #[serde(default)]
    pub soft: bool,
    /// The price, without its region; `{item}` is the instance type or the model.
    pub price: Option<String>,
    /// When it is paid.
    #[serde(default)]
    pub bills: Bills,
    /// A cost that exists and is not counted, and why.
    pub uncounted: Option<String>,
    /// Costs nothing by itself and uses no quota that is known here.
    #[serde(default)]
    pub free: bool,
    /// Creating one takes minutes.
    #[serde(default)]
    pub(super) slow: bool,
    /// What would make it cheaper.
    pub cut: Option<String>,
    /// Whether the cut is sharing one between all participants.
    #[serde(default)]
    pub shareable: bool,
    /// What else a reader must know.
    pub note: Option<String>,
}

/// All meters, in the order of the file.
pub(super) fn meters() -> &'static [Meter] {
    static METERS: LazyLock<Vec<Meter>> = LazyLock::new(|| {
        let rows = catalogue::table("meters").into_iter().flat_map(|table| table.rows());
        // a row that is none fails the test of the catalogue's schema; here it is left out
        rows.filter_map(|row| serde_json::from_value(row.clone()).ok()).collect()
    });
    &METERS
}

/// Whether creating a resource of this type takes minutes.
pub fn is_slow(kind: &str) -> bool {
    meters().iter().any(|meter| meter.slow && meter.resource == kind)
}

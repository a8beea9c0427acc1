//! Prices of the catalogue.

use serde_json::Value;

use crate::catalogue;
use crate::usage::Measure;

/// Hours in a month, as AWS counts them on its price pages: 365 days × 24 ÷ 12.
pub const HOURS_A_MONTH: f64 = 730.0;

/// Where most prices are known; shown beside an unknown one, never in its place.
const REFERENCE: &str = "us-east-1";

/// A list price with its provenance.
#[derive(Clone, Debug, PartialEq)]
pub struct Price {
    /// The catalogue's id.
    pub id: &'static str,
    /// US dollars for a unit.
    pub usd: f64,
    /// The unit.
    pub unit: &'static str,
    /// The day or month of the price; unknown when the source is undated.
    pub as_of: Option<&'static str>,
    /// Where it was read.
    pub source: &'static str,
    /// `low`, `medium` or `high`.
    pub confidence: &'static str,
}

impl Price {
    fn get(id: &str) -> Option<Price> {
        let row = catalogue::get("prices", id)?;
        let text = |field: &str| row.get(field).and_then(Value::as_str);
        Some(Price {
            id: text("id")?,
            usd: row.get("usd")?.as_f64()?,
            unit: text("unit")?,
            as_of: text("priceAsOf"),
            source: text("source").unwrap_or_default(),
            confidence: text("confidence").unwrap_or("high"),
        })
    }

    /// US dollars for one of what is counted: an hour of it, or a single token or request.
    pub(super) fn each(&self) -> f64 {
        match self.unit {
            "month" | "GB-month" => self.usd / HOURS_A_MONTH,
            "million tokens" | "million requests" => self.usd / 1e6,
            "10,000 requests" => self.usd / 1e4,
            "1,000 requests" | "1,000 transitions" => self.usd / 1e3,
            _ => self.usd,
        }
    }
}

/// The price of a measure in a region; without one, what it costs where prices are known best.
pub(super) fn of(measure: &Measure, region: &str) -> (Option<Price>, Option<Price>) {
    let Some(pattern) = measure.meter.price.as_deref() else { return (None, None) };
    let id = pattern.replace("{item}", measure.item.as_deref().unwrap_or_default());
    if measure.model.is_some() {
        return (Price::get(&id), None);
    }
    let here = Price::get(&format!("{id}/{region}"));
    let there = if here.is_none() { Price::get(&format!("{id}/{REFERENCE}")) } else { None };
    (here, there)
}

/// US dollars for people: cents, and below a dollar as many digits as say something.
pub fn money(usd: f64) -> String {
    match usd {
        0.0 => "0".to_owned(),
        usd if usd >= 0.995 => format!("{usd:.2}"),
        usd if usd >= 0.00995 => format!("{usd:.3}"),
        usd if usd >= 0.00005 => format!("{usd:.4}"),
        _ => "<0.0001".to_owned(),
    }
}

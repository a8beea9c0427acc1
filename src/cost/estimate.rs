//! Lines and sums.

use crate::usage::{Bills, Usage};

use super::price::{self, Price};

/// One thing that a participant's stack costs.
#[derive(Clone, Debug)]
pub struct Line {
    /// The blueprint.
    pub stack: String,
    /// The meter's id.
    pub meter: &'static str,
    /// What is paid for.
    pub name: String,
    /// The instance type or model.
    pub item: Option<String>,
    /// How many.
    pub quantity: f64,
    /// How many when everything is scaled out.
    pub most: f64,
    /// How many stay when nobody works any more.
    pub idle: f64,
    /// When it is paid.
    pub bills: Bills,
    /// The price here.
    pub price: Option<Price>,
    /// The price elsewhere, when it is unknown here.
    pub elsewhere: Option<Price>,
    /// Logical ids.
    pub resources: Vec<String>,
    /// What would make it cheaper.
    pub cut: Option<&'static str>,
    /// Whether that is sharing one.
    pub shareable: bool,
    /// What else to know.
    pub note: Option<&'static str>,
}

/// A cost that exists and is not counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncounted {
    /// The blueprint.
    pub stack: String,
    /// What it is about.
    pub name: String,
    /// What is not counted.
    pub what: &'static str,
}

/// What one participant costs.
#[derive(Clone, Debug, Default)]
pub struct Estimate {
    /// Known and unknown, in the order of the blueprints and meters.
    pub lines: Vec<Line>,
    /// What is not counted.
    pub uncounted: Vec<Uncounted>,
}

/// Money for one participant.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sum {
    /// An hour of what is always paid.
    pub always: f64,
    /// An hour of what is paid while somebody works, besides.
    pub in_use: f64,
    /// What is done during the whole lab.
    pub by_use: f64,
    /// An hour when nobody works any more.
    pub idle: f64,
    /// An hour of all when everything is scaled out.
    pub most: f64,
    /// How many lines have no price.
    pub unpriced: usize,
    /// How many of them are paid by the hour.
    pub unpriced_hourly: usize,
}

impl Line {
    /// The price that counts: the one here, or with `guess` the one elsewhere.
    pub fn used(&self, guess: bool) -> Option<&Price> {
        self.price.as_ref().or(if guess { self.elsewhere.as_ref() } else { None })
    }

    /// US dollars an hour while a participant works; by-use costs are not in it. `None` when the price is unknown.
    pub fn hourly(&self) -> Option<f64> {
        if self.bills == Bills::ByUse {
            return Some(0.0);
        }
        self.used(false).map(|price| price.each() * self.quantity)
    }

    /// US dollars for `hours` of existence, `working` of them in use, and all that is done meanwhile; with `guess`, at the
    /// price elsewhere when the one here is unknown.
    pub fn total(&self, hours: f64, working: f64, guess: bool) -> Option<f64> {
        let each = self.used(guess)?.each() * self.quantity;
        Some(match self.bills {
            Bills::Always => each * hours,
            Bills::InUse => each * working,
            Bills::ByUse => each,
        })
    }
}

impl Estimate {
    /// The sum of what has a price here; with `guess`, of what has one elsewhere too.
    pub fn sum(&self, guess: bool) -> Sum {
        let mut sum = Sum::default();
        for line in &self.lines {
            let Some(price) = line.used(guess) else {
                sum.unpriced += 1;
                sum.unpriced_hourly += usize::from(line.bills != Bills::ByUse);
                continue;
            };
            let each = price.each();
            match line.bills {
                Bills::Always => {
                    sum.always += each * line.quantity;
                    sum.idle += each * line.idle;
                    sum.most += each * line.most;
                }
                Bills::InUse => {
                    sum.in_use += each * line.quantity;
                    sum.most += each * line.most;
                }
                Bills::ByUse => sum.by_use += each * line.quantity,
            }
        }
        sum
    }
}

impl Sum {
    /// For `hours` of existence, `working` of them in use.
    pub fn total(&self, hours: f64, working: f64) -> f64 {
        self.always * hours + self.in_use * working + self.by_use
    }
}

/// Prices what one stack of each blueprint uses.
pub fn estimate(stacks: &[(&str, &Usage)], region: &str) -> Estimate {
    let mut estimate = Estimate::default();
    for (stack, usage) in stacks {
        for measure in &usage.measures {
            let meter = measure.meter;
            if let Some(what) = meter.uncounted.as_deref() {
                let name = measure.item.clone().unwrap_or_else(|| meter.name.clone());
                estimate.uncounted.push(Uncounted { stack: (*stack).to_owned(), name, what });
            }
            if meter.price.is_none() || measure.quantity == 0.0 && measure.most == 0.0 {
                continue;
            }
            let (price, elsewhere) = price::of(measure, region);
            estimate.lines.push(Line {
                stack: (*stack).to_owned(),
                meter: &meter.id,
                name: meter.name.clone(),
                item: measure.item.clone(),
                quantity: measure.quantity,
                most: measure.most,
                idle: measure.idle,
                bills: meter.bills,
                price,
                elsewhere,
                resources: measure.resources.clone(),
                cut: meter.cut.as_deref(),
                shareable: meter.shareable,
                note: meter.note.as_deref(),
            });
        }
    }
    estimate
}

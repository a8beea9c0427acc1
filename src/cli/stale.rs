//! `atelier list --stale`: facts that want a new look, oldest first.

use serde_json::{Value, json};

use crate::expression::{day_number, today};
use crate::report::Format;

use super::{CLEAN, Common, Stop, print};

/// After so many days a fact is stale.
const DAYS: i64 = 180;

/// The dates of a row, with what each of them says.
const DATES: [(&str, &str); 3] =
    [("asOf", "compared with its source"), ("priceAsOf", "price read"), ("defaultAsOf", "default read")];

/// A stale row.
struct Stale {
    file: &'static str,
    id: &'static str,
    date: &'static str,
    field: &'static str,
    what: &'static str,
    age: i64,
}

pub(super) fn run(rows: impl Iterator<Item = (&'static str, &'static Value)>, common: &Common) -> Result<i32, Stop> {
    let today = today();
    let mut all = 0;
    let mut stale: Vec<Stale> = rows.inspect(|_| all += 1).filter_map(|(file, row)| oldest(file, row, today)).collect();
    stale.sort_by_key(|row| std::cmp::Reverse(row.age));
    if common.format == Format::Json {
        let row =
            |row: &Stale| json!({"file": row.file, "id": row.id, "date": row.date, "field": row.field, "age": row.age});
        let list: Value = stale.iter().map(row).collect();
        print::out(&print::json(&json!({"days": DAYS, "rows": all, "stale": list})))?;
        return Ok(CLEAN);
    }
    if !stale.is_empty() {
        let header = ["FILE", "ID", "AGE (DAYS)", "SINCE", "WHAT"].map(str::to_owned);
        let cells = |row: &Stale| {
            let file = format!("catalogue/{}.yaml", row.file);
            vec![file, row.id.to_owned(), row.age.to_string(), row.date.to_owned(), row.what.to_owned()]
        };
        print::table(&header, &stale.iter().map(cells).collect::<Vec<_>>())?;
    }
    print::note(&format!("{} of {all} facts are older than {DAYS} days", stale.len()));
    Ok(CLEAN)
}

/// The oldest date of a row, if it is too old.
fn oldest(file: &'static str, row: &'static Value, today: i64) -> Option<Stale> {
    let id = row["id"].as_str()?;
    let dated = DATES.into_iter().filter_map(|(field, what)| {
        let date = row.get(field)?.as_str()?;
        let age = today - day(date)?;
        Some(Stale { file, id, date, field, what, age })
    });
    dated.max_by_key(|row| row.age).filter(|row| row.age > DAYS)
}

/// A day, or the first of a month.
fn day(date: &str) -> Option<i64> {
    day_number(date).or_else(|| day_number(&format!("{date}-01")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(asof: &str, price: Option<&str>) -> &'static Value {
        let mut row = json!({"id": "x", "asOf": asof});
        if let Some(price) = price {
            row["priceAsOf"] = price.into();
        }
        Box::leak(Box::new(row))
    }

    #[test]
    fn the_oldest_date_decides() {
        let today = day("2026-11-23").expect("a date");
        let age = |asof: &str, price| oldest("prices", row(asof, price), today).map(|stale| (stale.age, stale.field));
        assert_eq!(age("2026-11-23", None), None);
        assert_eq!(age("2026-05-27", None), None, "180 days are not too many");
        assert_eq!(age("2026-05-26", None), Some((181, "asOf")));
        assert_eq!(age("2026-11-23", Some("2024-07-01")), Some((875, "priceAsOf")));
        assert_eq!(age("2026-11-23", Some("2026-02")), Some((295, "priceAsOf")), "a month counts from its first day");
    }
}

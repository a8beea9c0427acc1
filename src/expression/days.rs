//! Dates in rules: a model that retires, a service that closes.

use minijinja::{Environment, Error, State};

use super::invalid;

pub(super) fn register(env: &mut Environment<'static>, today: i64) {
    env.add_function("days_until", move |_: &mut State, date: String| {
        let day = day_number(&date).ok_or_else(|| invalid(format!("`{date}` is not a date of the form YYYY-MM-DD")))?;
        Ok::<_, Error>(day - today)
    });
}

/// The day on which dates are judged: today in UTC, or the one that `ATELIER_TODAY` names, for reproducible runs.
pub fn today() -> i64 {
    let named = std::env::var("ATELIER_TODAY").ok().and_then(|day| day_number(&day));
    named.unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(now.as_secs() / 86_400).unwrap_or(i64::MAX)
    })
}

/// Days since 1970-01-01 in the Gregorian calendar; `None` when the text is no date `YYYY-MM-DD`.
pub fn day_number(date: &str) -> Option<i64> {
    let mut parts = date.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || !(1..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // years that begin in March put the leap day last
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let days =
        365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5 + day - 1;
    Some(days - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_numbers() {
        assert_eq!(day_number("1970-01-01"), Some(0));
        assert_eq!(day_number("2026-11-23"), Some(20_780));
        assert_eq!(day_number("2024-02-29"), Some(19_782));
        assert_eq!(day_number("soon"), None);
    }
}

//! Times of day in zones, and durations: the only file that knows jiff.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, ZonedDateTime};

use crate::diagnostic::did_you_mean;

/// A moment with the zone in which people read it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(ZonedDateTime);

/// Why a text is no moment: the code of the finding, what is wrong, what to write, and a nearby name for the zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub code: &'static str,
    pub message: String,
    pub help: String,
    pub near: Option<String>,
}

const JOURS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
const MOIS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

const FORM: &str = "write date, time and zone: `2026-12-08T09:00:00+01:00` or `2026-12-08T09:00 Europe/Paris`";

fn wrong(code: &'static str, message: String, help: impl Into<String>) -> Wrong {
    Wrong { code, message, help: help.into(), near: None }
}

impl Moment {
    /// Reads `2026-12-08T09:00:00+01:00`, `…Z`, `2026-12-08T09:00 Europe/Paris`, `…[Europe/Paris]`.
    pub(super) fn parse(text: &str) -> Result<Moment, Wrong> {
        let (local, zone) = split(text);
        let time =
            read_local(local).ok_or_else(|| wrong("LB001", format!("`{text}` is no date with a time of day"), FORM))?;
        let zone = zone.trim();
        let name = zone.strip_prefix('[').and_then(|zone| zone.strip_suffix(']')).unwrap_or(zone);
        if name.is_empty() {
            return Err(wrong("LB002", format!("`{text}` has no zone"), FORM));
        }
        if let Some(offset) = read_offset(name) {
            let zoned = offset.map(|offset| TimeZone::fixed(offset).to_zoned_datetime(time));
            return match zoned {
                Some(Ok(zoned)) => Ok(Moment(zoned)),
                _ => {
                    Err(wrong("LB002", format!("`{name}` is no offset from UTC: they go from -12:00 to +14:00"), FORM))
                }
            };
        }
        let zone = TimeZone::get(name).map_err(|_| {
            let names: Vec<String> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
            let near = did_you_mean(name, names.iter().map(String::as_str)).map(str::to_owned);
            Wrong { near, ..wrong("LB002", format!("`{name}` is no zone of the tz database"), FORM) }
        })?;
        let ambiguous = zone.to_ambiguous_timestamp(time);
        let help = "write the offset from UTC instead of the zone's name, or another time";
        match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } => {}
            AmbiguousOffset::Gap { .. } => {
                return Err(wrong(
                    "LB003",
                    format!("{local} does not exist in {name}: clocks go forward over it"),
                    help,
                ));
            }
            AmbiguousOffset::Fold { before, after } => {
                let message =
                    format!("{local} comes twice in {name}, with {before} and with {after}: clocks go back over it");
                return Err(wrong("LB003", message, help));
            }
        }
        let timestamp: Result<Timestamp, _> = ambiguous.compatible();
        timestamp
            .map(|timestamp| Moment(timestamp.to_zoned_datetime(zone)))
            .map_err(|_| wrong("LB001", format!("`{text}` is beyond the years that are known"), FORM))
    }

    /// Some minutes later, or earlier; the same moment at the ends of time.
    #[must_use]
    pub fn plus_minutes(&self, minutes: i64) -> Moment {
        let later = self.0.checked_add(SignedDuration::from_secs(minutes.saturating_mul(60)));
        Moment(later.unwrap_or_else(|_| self.0.clone()))
    }

    /// Days since 1970-01-01 in UTC.
    pub fn day(&self) -> i64 {
        self.0.timestamp().as_second().div_euclid(86_400)
    }

    /// Seconds since 1970-01-01 in UTC.
    pub fn seconds(&self) -> i64 {
        self.0.timestamp().as_second()
    }

    /// For people, without the zone: `Tuesday 8 December 2026, 09:00`, `mardi 8 décembre 2026 à 9 h 00`.
    pub fn told(&self, language: &str) -> String {
        let at =
            |names: &[&'static str], number: i8| usize::try_from(number - 1).ok().and_then(|at| names.get(at).copied());
        let day = self.0.weekday().to_monday_one_offset();
        let (day_of_month, year, hour, minute) = (self.0.day(), self.0.year(), self.0.hour(), self.0.minute());
        if language == "fr" {
            let (day, month) = (at(&JOURS, day).unwrap_or_default(), at(&MOIS, self.0.month()).unwrap_or_default());
            let first = if day_of_month == 1 { "er" } else { "" };
            return format!("{day} {day_of_month}{first} {month} {year} à {hour} h {minute:02}");
        }
        format!("{}, {hour:02}:{minute:02}", self.0.strftime("%A %-d %B %Y"))
    }

    /// The zone for people: its name, or the offset from UTC.
    pub fn zone(&self) -> String {
        match self.0.time_zone().iana_name() {
            Some(name) => name.to_owned(),
            None => format!("UTC{}", self.0.strftime("%:z")),
        }
    }

    /// In UTC, as EventBridge Scheduler's `at(…)` wants it: `2026-12-08T08:00:00`.
    pub fn utc(&self) -> String {
        self.0.timestamp().to_zoned_datetime(TimeZone::UTC).datetime().to_string()
    }
}

impl std::fmt::Display for Moment {
    /// With the offset, as in ISO 8601; the zone's name behind it, if it has one.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.strftime("%Y-%m-%dT%H:%M:%S%:z"))?;
        match self.0.time_zone().iana_name() {
            Some(name) if name != "UTC" => write!(f, " {name}"),
            _ => Ok(()),
        }
    }
}

/// Where the time of day ends: behind `T`, at the first character that is none of `0-9:.`.
fn split(text: &str) -> (&str, &str) {
    let start = text.find(['T', 't']).map_or(text.len(), |t| t + 1);
    let rest = text.get(start..).unwrap_or_default();
    let end = rest.find(|char: char| !char.is_ascii_digit() && !matches!(char, ':' | '.')).unwrap_or(rest.len());
    text.split_at(start + end)
}

fn read_local(text: &str) -> Option<DateTime> {
    // the parser takes more forms (a date alone, an hour alone), which are rather mistakes here
    let minutes = text.len() == "2026-12-08T09:00".len();
    let seconds = text.len() == "2026-12-08T09:00:00".len();
    if !(minutes || seconds) || !text.as_bytes().get(10)?.eq_ignore_ascii_case(&b'T') {
        return None;
    }
    text.parse().ok()
}

/// `Z` or `±HH:MM`; `Some(None)` when it looks like an offset and is none.
fn read_offset(text: &str) -> Option<Option<Offset>> {
    if text.eq_ignore_ascii_case("z") || text.eq_ignore_ascii_case("utc") {
        return Some(Some(Offset::UTC));
    }
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let parts: Vec<&str> = text.get(1..)?.split(':').collect();
    let [hours, minutes] = parts[..] else { return Some(None) };
    let number = |text: &str| (text.len() == 2).then(|| text.parse::<i32>().ok()).flatten();
    let (Some(hours), Some(minutes)) = (number(hours), number(minutes)) else { return Some(None) };
    let whole = sign * (hours * 60 + minutes);
    Some(
        (minutes < 60 && (-12 * 60..=14 * 60).contains(&whole))
            .then(|| Offset::from_seconds(whole * 60).ok())
            .flatten(),
    )
}

/// Minutes of `1d4h30m`; the schema has fixed the form.
pub(super) fn minutes(text: &str) -> i64 {
    let mut total = 0_i64;
    let mut number = 0_i64;
    for char in text.chars() {
        match char.to_digit(10) {
            Some(digit) => number = number.saturating_mul(10).saturating_add(i64::from(digit)),
            None => {
                let unit = match char {
                    'd' => 24 * 60,
                    'h' => 60,
                    _ => 1,
                };
                total = total.saturating_add(number.saturating_mul(unit));
                number = 0;
            }
        }
    }
    total
}

/// `1 h 30 min`, for people.
pub fn span(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, rest) => format!("{rest} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, rest) => format!("{hours} h {rest} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::Moment;

    #[test]
    fn moments_are_told_to_people() {
        let moment = |text| Moment::parse(text).expect("a moment");
        let paris = moment("2026-12-08T09:05 Europe/Paris");
        assert_eq!(paris.told("fr"), "mardi 8 décembre 2026 à 9 h 05");
        assert_eq!(paris.told("en"), "Tuesday 8 December 2026, 09:05");
        assert_eq!(paris.zone(), "Europe/Paris");
        let first = moment("2027-08-01T18:00:00-05:30");
        assert_eq!(first.told("fr"), "dimanche 1er août 2027 à 18 h 00");
        assert_eq!(first.told("en"), "Sunday 1 August 2027, 18:00");
        assert_eq!(first.zone(), "UTC-05:30");
        assert_eq!(moment("2027-08-02T00:00Z").zone(), "UTC");
    }
}

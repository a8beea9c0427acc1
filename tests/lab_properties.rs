//! Labs of 1 to 500 participants, of any name, at any time in any zone: figures add up, moments are right, and whatever stands in
//! the file there is a lab or a finding.
//!
//! `PROPTEST_CASES=2000 cargo test --test lab_properties` looks longer.

#[path = "support/labs.rs"]
mod labs;

use std::path::Path;
use std::sync::OnceLock;

use atelier::diagnostic::has_error;
use atelier::lab::{self, Lab, plan_json, plan_page, stack_name};
use atelier::quota::demand;
use atelier::report::{Format, render};
use atelier::source::Source;
use proptest::prelude::*;

use labs::{Planned, plan};

const ZONES: [&str; 10] = [
    "Europe/Paris",
    "America/New_York",
    "America/St_Johns",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "Pacific/Kiritimati",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Etc/GMT+12",
];

fn text(name: &str, participants: u32, starts: &str, lasts: &str) -> String {
    format!(
        "lab: v1\nname: {name}\nblueprints: [blueprints/knowledge-base.yaml, blueprints/code-assistant.yaml]\nparticipants: {participants}\n\
         accounts: shared\ntarget: single-account\nregion: eu-west-3\nstarts: {starts}\nlasts: {lasts}\n"
    )
}

fn load(text: &str) -> Option<Lab> {
    let (lab, findings) = lab::load(&Source::new("lab.yaml", text));
    assert!(lab.is_some() || has_error(&findings), "neither a lab nor an error:\n{text}");
    assert!(lab.is_none() || !has_error(&findings), "{}", render(&findings, Format::Text, false));
    lab
}

/// One lab, rendered once: rendering is not what is tested here.
fn one() -> &'static Planned {
    static ONE: OnceLock<Planned> = OnceLock::new();
    ONE.get_or_init(|| {
        let source = Source::new("lab.yaml", text("one", 1, "2026-12-08T09:00Z", "8h"));
        let (planned, findings) = plan(&source, Path::new(env!("CARGO_MANIFEST_DIR")), &[]);
        planned.unwrap_or_else(|| panic!("{}", render(&findings, Format::Text, false)))
    })
}

/// Days since 1970-01-01, the way a person counts: year by year, month by month.
fn days(year: i64, month: u32, day: u32) -> i64 {
    let leap = |year: i64| (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let before: i64 = (1970..year).map(|year| if leap(year) { 366 } else { 365 }).sum();
    let lengths = [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    before + lengths[..month as usize - 1].iter().sum::<i64>() + i64::from(day) - 1
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn participants_add_up(people in 1_u32..=500) {
        let one = one();
        let used: Vec<_> = one.stacks.iter().map(|stack| (stack.name.as_str(), &stack.usage)).collect();
        let (demands, missing) = demand(&used, people, "eu-west-3", None);
        let (single, _) = demand(&used, 1, "eu-west-3", None);
        prop_assert!(missing.is_empty());
        prop_assert_eq!(demands.len(), single.len());
        for (all, each) in demands.iter().zip(&single) {
            let factor = if all.per_stack { 1.0 } else { f64::from(people) };
            prop_assert!((all.usual - each.usual * factor).abs() < 1e-6, "{}", all.id);
            prop_assert!(all.most >= all.usual);
            if let Some(ask) = all.ask() {
                prop_assert!(ask >= all.most && ask.fract() == 0.0, "{}: {} is asked for", all.id, ask);
            }
        }
        let lab = load(&text("many", people, "2026-12-08T09:00Z", "8h")).expect("a lab");
        let (plan, _) = lab::plan(&lab, &one.stacks, None);
        let json = plan_json(&lab, &one.stacks, &plan);
        for key in ["hour", "lab", "forgottenMonth", "byUse"] {
            let of = |whose: &str| json["cost"][whose][key].as_f64().expect("a number");
            prop_assert!((of("all") - of("perParticipant") * f64::from(people)).abs() < 1e-6);
        }
        let lines: f64 = plan.estimate.lines.iter().filter_map(|line| line.total(plan.hours, plan.working, false)).sum();
        prop_assert!((lines - plan.per_participant()).abs() < 1e-9, "the lines are {} and the sum {}", lines, plan.per_participant());
        let page = plan_page(&lab, &plan);
        prop_assert_eq!(page.to_text(), plan_page(&lab, &plan).to_text());
        prop_assert!(!page.to_markdown().contains("NaN"));
    }

    #[test]
    fn a_name_is_a_good_stack_name_or_a_finding(name in "[a-zA-Z0-9-]{1,45}", people in 1_u32..=500) {
        if let Some(lab) = load(&text(&format!("'{name}'"), people, "2026-12-08T09:00Z", "8h")) {
            let stack = stack_name(&lab, &"b".repeat(63), people);
            prop_assert!(stack.len() <= 128 && stack.starts_with(|char: char| char.is_ascii_alphabetic()), "{}", stack);
            prop_assert!(stack.chars().all(|char| char.is_ascii_alphanumeric() || char == '-'), "{}", stack);
        }
    }

    #[test]
    fn an_offset_is_taken_from_the_time(
        (year, month, day, hour, minute) in (2027_i64..2100, 1_u32..=12, 1_u32..=28, 0_u32..24, 0_u32..60),
        offset in -12 * 4_i64..=14 * 4, (lasts, lead, grace) in (1_i64..5000, 0_i64..3000, 0_i64..3000),
    ) {
        let (sign, quarters) = (if offset < 0 { '-' } else { '+' }, offset.abs());
        let starts = format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:00{sign}{:02}:{:02}", quarters / 4, quarters % 4 * 15);
        let more = format!("lead: {lead}m\ngrace: {grace}m\n");
        let lab = load(&(text("times", 1, &starts, &format!("{lasts}m")) + &more)).expect("a lab");
        let seconds = days(year, month, day) * 86_400 + i64::from(hour) * 3600 + i64::from(minute) * 60 - offset * 900;
        prop_assert_eq!(lab.starts.seconds(), seconds);
        prop_assert_eq!(lab.starts.day(), seconds.div_euclid(86_400));
        // as it was written, but for Z
        prop_assert_eq!(lab.starts.to_string(), starts);
        let (plan, _) = lab::plan(&lab, &one().stacks, None);
        // the workspace's limit is 20 minutes
        prop_assert_eq!(plan.start_by.seconds(), seconds - (lead + 20) * 60);
        prop_assert_eq!(plan.ends.seconds(), seconds + lasts * 60);
        prop_assert_eq!(plan.deleted.seconds(), seconds + (lasts + grace) * 60);
        prop_assert!((plan.hours - (lasts + lead + grace + 20) as f64 / 60.0).abs() < 1e-9);
        prop_assert_eq!(lab::check(&lab, lab.starts.day()).len(), 0);
        prop_assert!(lab::check(&lab, lab.starts.day() + 1).iter().any(|finding| finding.code == "LB004"));
    }

    #[test]
    fn a_zone_gives_a_moment_within_its_offsets(
        (year, month, day, hour, minute) in (2027_i64..2037, 1_u32..=12, 1_u32..=28, 0_u32..24, 0_u32..60), zone in prop::sample::select(&ZONES[..]), brackets: bool,
    ) {
        let zone_part = if brackets { format!("[{zone}]") } else { format!(" {zone}") };
        let source = Source::new("lab.yaml", text("zones", 1, &format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}{zone_part}"), "8h"));
        let (lab, findings) = lab::load(&source);
        match lab {
            Some(lab) => {
                let local = days(year, month, day) * 86_400 + i64::from(hour) * 3600 + i64::from(minute) * 60;
                let offset = local - lab.starts.seconds();
                prop_assert!((-12 * 3600..=14 * 3600).contains(&offset), "{}: {}", zone, offset);
                let written = format!("{}T{hour:02}:{minute:02}:00", format_args!("{year}-{month:02}-{day:02}"));
                prop_assert!(lab.starts.to_string().starts_with(&written), "{}", lab.starts);
                prop_assert!(lab.starts.to_string().ends_with(zone));
            }
            None => prop_assert!(findings.iter().all(|finding| finding.code == "LB003"), "{}", render(&findings, Format::Text, false)),
        }
    }

    #[test]
    fn whatever_stands_there_is_answered(starts in "\\PC{0,40}", lasts in "[0-9dhm ]{0,8}", name in "\\PC{0,20}") {
        let quoted = |text: &str| serde_json::to_string(text).expect("a JSON string");
        load(&text(&quoted(&name), 3, &quoted(&starts), &quoted(&lasts)));
        for starts in [format!("2026-12-08T09:00 {starts}"), format!("2026-12-08T09:00{starts}"), format!("2026-{starts}")] {
            load(&text("any", 3, &quoted(&starts), "8h"));
        }
    }
}

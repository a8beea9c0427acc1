//! Labs, case by case: `tests/cases/lab/<case>/lab.yaml`, with `applied.json` where an account was read. What is wrong is in
//! `expected.txt`; a lab that can be planned also has `plan.md`.
//!
//! `UPDATE=1 cargo test --test lab` rewrites the expected texts; read them as an organiser would.

#[path = "support/labs.rs"]
mod labs;

use std::fs;
use std::path::{Path, PathBuf};

use atelier::catalogue::{get, table};
use atelier::lab::{Level, plan_json, plan_page};
use atelier::quota::{Reading, Verdict, read};
use atelier::report::{Format, render};
use atelier::source::Source;
use serde_json::Value;

use labs::{Planned, plan};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn case(name: &str) -> (Option<Planned>, Vec<atelier::diagnostic::Finding>) {
    let folder = root().join("tests/cases/lab").join(name);
    let read = |name: &str| fs::read_to_string(folder.join(name)).ok().map(|text| Source::new(name, text));
    let applied: Vec<_> = read("applied.json").into_iter().collect();
    plan(&read("lab.yaml").expect("lab.yaml"), &folder, &applied)
}

fn planned(name: &str) -> Planned {
    let (planned, findings) = case(name);
    planned.unwrap_or_else(|| panic!("{}", render(&findings, Format::Text, false)))
}

fn cases() -> Vec<String> {
    let entries = fs::read_dir(root().join("tests/cases/lab")).expect("tests/cases/lab can be read");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("readable").file_name().into_string().expect("a plain name")).collect();
    names.sort();
    assert!(names.len() > 20, "the cases are found");
    names
}

fn expect(path: &PathBuf, text: &str, problems: &mut Vec<String>) {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, text).expect("the case's folder can be written");
    } else if fs::read_to_string(path).unwrap_or_default() != text {
        problems.push(format!("{} differs; it is now\n{text}", path.display()));
    }
}

#[test]
fn every_case_is_told() {
    let mut problems = Vec::new();
    for name in cases() {
        let folder = root().join("tests/cases/lab").join(&name);
        let (planned, findings) = case(&name);
        expect(&folder.join("expected.txt"), &render(&findings, Format::Text, false), &mut problems);
        let shown = ["figures-", "accounts-with-too-little", "too-many"].iter().any(|start| name.starts_with(start));
        match planned {
            Some(planned) if shown => {
                let page = plan_page(&planned.lab, &planned.plan);
                expect(&folder.join("plan.md"), &page.to_markdown(), &mut problems);
                assert!(page.to_text().contains("QUOTAS"));
            }
            Some(_) => {}
            None => assert!(!findings.is_empty(), "{name}: neither a plan nor a finding"),
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

#[track_caller]
fn close(found: f64, by_hand: f64) {
    assert!((found - by_hand).abs() < 1e-9 * by_hand.abs().max(1.0), "{found} is planned, {by_hand} is right");
}

#[track_caller]
fn needs(planned: &Planned, id: &str, usual: f64, most: f64, verdict: Verdict) {
    let demand = planned.plan.demands.iter().find(|demand| demand.id == id).unwrap_or_else(|| panic!("no {id}"));
    assert_eq!((demand.usual, demand.most, demand.verdict()), (usual, most, verdict), "{id}");
}

/// Ten people, a search collection each, in us-east-1; 1 h before, 8 h, 1 h after, no limit in the template: 10 h.
#[test]
fn figures_of_a_search_lab() {
    let planned = planned("figures-search");
    let plan = &planned.plan;
    close(plan.hours, 10.0);
    // 0.5 + 0.5 capacity units without standby, a key, a GB in S3; a month has 730 hours
    let hour = 0.24 + 1.0 / 730.0 + 0.023 / 730.0;
    close(plan.sum.always, hour);
    // 0.1 GB of logs; 300 requests to functions of 256 MB for 3 s; 300 messages; 200,000 tokens embedded
    let done = 0.05 + 300.0 * 0.2 / 1e6 + 300.0 * 3.0 * 0.25 * 0.000_013_333_4 + 300.0 * 0.4 / 1e6 + 0.2 * 0.02;
    close(plan.sum.by_use, done);
    close(plan.per_participant(), 10.0 * hour + done);
    close(plan.sum.idle, hour);
    assert_eq!(plan.sum.unpriced, 0);
    let json = plan_json(&planned.lab, &planned.stacks, plan);
    close(json["cost"]["all"]["lab"].as_f64().expect("a number"), 10.0 * (10.0 * hour + done));
    close(json["cost"]["all"]["forgottenMonth"].as_f64().expect("a number"), 10.0 * 730.0 * hour);
    needs(&planned, "bedrock/L-60DA3E0D", 10.0, 10.0, Verdict::Enough);
    needs(&planned, "bedrock/concurrent-ingestion-jobs-per-account", 10.0, 10.0, Verdict::Throttled);
    needs(&planned, "cloudformation/L-0485CB21", 10.0, 10.0, Verdict::Unknown);
    needs(&planned, "kms/L-C2F1777E", 10.0, 10.0, Verdict::Enough);
    assert!(plan.cuts[0].name.contains("OpenSearch") && plan.cuts[0].how.contains("S3 Vectors"), "{:?}", plan.cuts[0]);
    close(plan.cuts[0].usd, 24.0);
}

/// Five teams, two endpoints each, in us-east-1; half an hour before, 6 h, none after; the longest limit of a template is
/// 2 h (an hour to load the weights, an hour to start the container).
#[test]
fn figures_of_an_endpoint_lab() {
    let planned = planned("figures-endpoints");
    let plan = &planned.plan;
    close(plan.hours, 2.0 + 0.5 + 6.0);
    assert_eq!(plan.start_by.utc(), "2026-12-08T05:30:00", "09:00 in Paris is 08:00 in UTC");
    // ml.inf2.xlarge and ml.g5.2xlarge, two keys, two alarms each
    let keys = 2.0 / 730.0;
    let alarms = 4.0 * 0.1 / 730.0;
    close(plan.sum.always, 0.99 + 1.515 + keys + alarms);
    close(plan.sum.most, 2.0 * (0.99 + 1.515) + keys + alarms);
    // an API, a function of 256 MB for 3 s, 300 times; 0.1 GB of logs of each of the two blueprints
    let calls = 300.0 / 1e6 + 300.0 * 0.2 / 1e6 + 300.0 * 3.0 * 0.25 * 0.000_013_333_4;
    close(plan.sum.by_use, calls + 2.0 * 0.05);
    close(plan.per_participant(), plan.hours * plan.sum.always + plan.sum.by_use);
    needs(&planned, "sagemaker/L-C8AB7CDA", 5.0, 10.0, Verdict::Unknown);
    needs(&planned, "sagemaker/L-9614C779", 5.0, 10.0, Verdict::Unknown);
    // a role for each endpoint and one for the function; a log group for each endpoint, the function and the API
    needs(&planned, "iam/L-FE177D64", 15.0, 15.0, Verdict::Enough);
    needs(&planned, "logs/L-C7B9AAAB", 20.0, 20.0, Verdict::Unknown);
    let json = plan_json(&planned.lab, &planned.stacks, plan);
    let forgotten = 24.0 * (0.99 + 1.515 + keys + alarms);
    close(json["cost"]["perParticipant"]["forgottenDay"].as_f64().expect("a number"), forgotten);
    close(json["cost"]["all"]["forgottenMonth"].as_f64().expect("a number"), 5.0 * 730.0 / 24.0 * forgotten);
    needs(&planned, "sagemaker/L-7A3DF611", 10.0, 20.0, Verdict::Unknown);
    needs(&planned, "cloudformation/L-0485CB21", 10.0, 10.0, Verdict::Unknown);
    assert!(plan.demands.iter().all(|demand| demand.verdict() != Verdict::Unknown || demand.ask().is_some()));
}

/// Thirty people in Paris, an account each: tokens are priced there, machines are not.
#[test]
fn figures_of_a_day_in_paris() {
    let planned = planned("figures-day");
    let plan = &planned.plan;
    // 20 min for the machine, 1 h before, 8 h, 2 h after
    close(plan.hours, 20.0 / 60.0 + 1.0 + 8.0 + 2.0);
    // two assistants with half a million tokens in and 75,000 out by the European profile, 200,000 tokens embedded
    let tokens = 2.0 * (0.5 * 1.1 + 0.075 * 5.5) + 0.2 * 0.02;
    close(plan.per_participant(), tokens);
    close(plan.sum.always, 0.0);
    assert!(plan.sum.unpriced > 20 && plan.sum.unpriced_hourly > 8);
    // with the prices of us-east-1: m7g.large, 40 GB, address, NAT, three keys, a secret, two stocks of 1 GB, 0.1 GB of vectors
    let hour = 0.0816 + 40.0 * 0.08 / 730.0 + 0.005 + 0.045 + (3.0 + 0.4 + 2.0 * 0.023 + 0.1 * 0.06) / 730.0;
    close(plan.orientation.always, hour);
    // in one account each: quotas are of one participant
    needs(&planned, "ec2/L-1216C47A", 2.0, 2.0, Verdict::Enough);
    needs(&planned, "vpc/L-F678F1CE", 1.0, 1.0, Verdict::Enough);
    needs(&planned, "bedrock/L-58BE175A", 40_000.0, 40_000.0, Verdict::Unknown);
    assert_eq!(plan.deleted.utc(), "2026-12-08T18:00:00");
    assert!(plan.ready.iter().any(|ready| ready.level == Level::Todo && ready.text.contains("use-case form")));
}

#[test]
fn zero_is_told_from_throttled() {
    let planned = planned("accounts-with-too-little");
    needs(&planned, "ec2/L-1945791B", 192.0, 576.0, Verdict::Zero);
    needs(&planned, "ec2/L-0263D0A3", 6.0, 6.0, Verdict::Ask);
    needs(&planned, "vpc/L-F678F1CE", 6.0, 6.0, Verdict::Enough);
    needs(&planned, "lambda/L-B99A9384", 6.0, 6.0, Verdict::Throttled);
    // what could not be read is compared with the default, and shown as not read
    let demand = planned.plan.demands.iter().find(|demand| demand.id == "vpc/L-A4707A72").expect("gateways");
    assert_eq!((demand.applied, demand.limit()), (Some(Reading::Throttled), Some(5.0)));
}

#[test]
fn shipped_labs_can_be_held() {
    for entry in fs::read_dir(root().join("labs")).expect("labs/") {
        let path = entry.expect("readable").path();
        let text = fs::read_to_string(&path).expect("a lab");
        let (planned, findings) = plan(&Source::new(path.display().to_string(), text), &root().join("labs"), &[]);
        assert!(findings.is_empty(), "{}", render(&findings, Format::Text, false));
        let plan = planned.expect("a plan").plan;
        assert!(plan.unmetered.is_empty() && plan.unknown.is_empty() && plan.missing.is_empty());
    }
}

#[test]
fn meters_name_what_exists() {
    for meter in table("meters").expect("meters").rows() {
        let id = meter["id"].as_str().expect("an id");
        if let Some(quota) = meter["quota"].as_str() {
            assert!(get("quotas", quota).is_some(), "{id}: there is no quota {quota}");
        }
        if let Some(price) = meter["price"].as_str().filter(|price| !price.contains("{item}")) {
            assert!(get("prices", &format!("{price}/us-east-1")).is_some(), "{id}: there is no price {price}");
        }
        let counted = ["quota", "quotaUse", "price", "uncounted"].iter().any(|field| meter.get(field).is_some());
        assert_eq!(counted, meter.get("free").is_none(), "{id} either counts or is free");
        let factors = ["times", "most", "idle"].iter().filter_map(|field| meter[field].as_array()).flatten();
        for name in factors.filter_map(Value::as_str).filter_map(|factor| factor.strip_prefix("assume ")) {
            assert!(atelier::lab::assumptions().contains_key(name), "{id}: `{name}` is no assumption");
        }
    }
}

/// Every type that a shipped blueprint or a case renders has a meter, and a service that the sandbox's list knows.
#[test]
fn every_rendered_type_is_metered() {
    let folders = ["blueprints", "tests/cases/render"];
    let (mut seen, mut problems) = (0, Vec::new());
    for folder in folders {
        for entry in fs::read_dir(root().join(folder)).expect("readable") {
            let path = entry.expect("readable").path();
            let file = if path.is_dir() { path.join("blueprint.yaml") } else { path };
            let text = fs::read_to_string(&file).expect("a blueprint");
            let regions = text.lines().find_map(|line| line.strip_prefix("regions: [")).expect("regions");
            let region = regions.split([',', ']']).next().expect("a region").trim().to_owned();
            let lab = format!(
                "lab: v1\nname: all\nblueprints: [{}]\nparticipants: 2\naccounts: shared\ntarget: single-account\nregion: {region}\nstarts: 2026-12-08T09:00Z\nlasts: 1h\n",
                file.display()
            );
            let (planned, _) = plan(&Source::new("lab.yaml", lab), Path::new("/"), &[]);
            let Some(planned) = planned else { continue };
            seen += 1;
            problems.extend(planned.plan.unmetered.into_iter().map(|(stack, kind)| format!("{stack}: {kind}")));
        }
    }
    assert!(problems.is_empty(), "no meter for\n{}", problems.join("\n"));
    assert!(seen > 30, "only {seen} templates");
}

#[cfg(unix)]
mod scripts {
    use std::os::unix::fs::PermissionsExt;
    use std::process::Command;

    use super::*;

    #[path = "../support/python.rs"]
    mod python;

    /// An `aws` that knows some quotas, throttles one for ever and another once, and refuses a third.
    const AWS: &str = r#"#!/usr/bin/env bash
case "$*" in
  sts*) echo 111122223333 ;;
  *L-1945791B*) echo 0.0 ;;
  *get-service-quota*L-0263D0A3*) echo 'An error occurred (NoSuchResourceException)' >&2; exit 254 ;;
  *get-aws-default-service-quota*L-0263D0A3*) echo 5.0 ;;
  *L-A4707A72*) echo 'An error occurred (TooManyRequestsException)' >&2; exit 254 ;;
  *L-FE5A380F*) if [ -e "$0.once" ]; then echo 7.0; else touch "$0.once"; echo 'ThrottlingException' >&2; exit 254; fi ;;
  *L-F678F1CE*) echo 'An error occurred (AccessDeniedException)' >&2; exit 254 ;;
  *) echo None ;;
esac
"#;

    #[test]
    fn the_script_is_sound_and_what_it_writes_is_read() {
        let planned = planned("accounts-with-too-little");
        let script = atelier::quota::script(&planned.plan.demands, &planned.lab.region);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("written");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("executable");
            path
        };
        let file = write("quotas.sh", &script);
        let checked = Command::new(python::environment().join("bin/shellcheck"))
            .arg("--norc")
            .arg(&file)
            .output()
            .expect("shellcheck");
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
        write("aws", AWS);
        write("sleep", "#!/bin/sh\n");
        let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").expect("PATH"));
        let output = Command::new("bash").arg(&file).env("PATH", path).output().expect("bash");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let json: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}:\n{text}"));
        assert_eq!(json["account"], "111122223333");
        let applied = read(&Source::new("applied.json", text), &planned.lab.region)
            .unwrap_or_else(|findings| panic!("{}", render(&findings, Format::Text, false)));
        let reading = |id: &str| applied.reading(get("quotas", id).expect("a quota"));
        assert_eq!(reading("ec2/L-1945791B"), Some(Reading::Value(0.0)));
        assert_eq!(reading("ec2/L-0263D0A3"), Some(Reading::Value(5.0)), "AWS's default, as nothing else was applied");
        assert_eq!(reading("vpc/L-A4707A72"), Some(Reading::Throttled));
        assert_eq!(reading("vpc/L-FE5A380F"), Some(Reading::Value(7.0)), "throttled once, then read");
        assert_eq!(reading("vpc/L-F678F1CE"), Some(Reading::Denied));
        assert_eq!(reading("kms/L-C2F1777E"), Some(Reading::Failed), "`None` is no number");
        let verbs = script.lines().filter(|line| line.contains("aws ") && !line.starts_with('#'));
        for line in verbs {
            assert!(
                line.contains("aws service-quotas \"$operation\"") || line.contains("aws sts get-caller-identity"),
                "{line}"
            );
        }
    }
}

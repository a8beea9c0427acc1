//! `docs/codes/closed/*.yaml` says which design mistakes cannot happen; here the proofs are run on the rendered cases.

#[allow(dead_code, reason = "each test uses a part of it")]
#[path = "support/proofs.rs"]
mod proofs;

use std::collections::BTreeSet;

use atelier::explain::{Fate, closed};
use atelier::library::Library;
use atelier::report::{Format, render};
use atelier::source::Source;
use atelier::yaml::{Dialect, Node, load};
use proofs::{CASES, disproved, select};
use serde_json::Value;

#[test]
fn every_proof_holds() {
    let cases = &*CASES;
    let mut problems = Vec::new();
    let mut proofs = 0;
    for (file, text) in Library::closed() {
        let root = load(&Source::new(file, text), Dialect::Blueprint)
            .unwrap_or_else(|f| panic!("{}", render(&f, Format::Text, false)));
        for entry in root.entries() {
            for proof in entry.value.get("proof").map_or(&[][..], Node::items) {
                proofs += 1;
                let wrong = disproved(cases, proof);
                problems.extend(wrong.map(|wrong| format!("{}: {wrong}\n   {}", entry.key, proof.to_json())));
            }
        }
    }
    assert!(problems.is_empty(), "{} of {proofs} proofs do not hold:\n{}", problems.len(), problems.join("\n"));
    assert!(proofs > 100, "only {proofs} proofs");
}

#[test]
fn every_entry_is_complete() {
    let rules: BTreeSet<String> = rules().into_iter().collect();
    let types = Library::open(&[]).expect("the library").names();
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for (file, text) in Library::closed() {
        let root = load(&Source::new(file, text), Dialect::Blueprint).expect("tested above");
        for entry in root.entries() {
            let keys: Vec<&str> = entry.value.entries().iter().map(|entry| entry.key.as_str()).collect();
            let known = ["title", "types", "closed", "told", "absent", "rules", "proof"];
            let fates = Fate::KEYS.iter().filter(|(key, _)| keys.contains(key)).count();
            if fates != 1 || keys.iter().any(|key| !known.contains(key)) {
                problems.push(format!("{}: it has {keys:?}", entry.key));
            }
        }
    }
    for closed in closed().iter().flat_map(|(_, entries)| entries) {
        let mut wrong = |text: String| problems.push(format!("{}: {text}", closed.code));
        if !seen.insert(&closed.code) {
            wrong("it stands twice".to_owned());
        }
        if closed.title.ends_with('.') || closed.title.is_empty() || !closed.how.trim().ends_with('.') {
            wrong("a title has no final stop, an explanation has one".to_owned());
        }
        if closed.fate == Fate::Closed && closed.proof.is_empty() {
            wrong("what cannot happen needs a proof".to_owned());
        }
        if closed.fate == Fate::Told && closed.rules.is_empty() && closed.proof.is_empty() {
            wrong("nobody tells it".to_owned());
        }
        closed.rules.iter().filter(|rule| !rules.contains(*rule)).for_each(|rule| wrong(format!("no rule {rule}")));
        closed.types.iter().filter(|kind| !types.contains(*kind)).for_each(|kind| wrong(format!("no type {kind}")));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn rules() -> Vec<String> {
    let library = Library::open(&[]).expect("the library");
    let types = library.names().into_iter().map(|name| library.get(&name).expect("listed").expect("it loads"));
    let mut ids: Vec<String> =
        types.flat_map(|kind| kind.rules.iter().map(|rule| rule.id.clone()).collect::<Vec<_>>()).collect();
    ids.extend(["VPC101", "LIF001"].map(str::to_owned));
    ids
}

/// The lists of design mistakes that were collected before the library was written. Each is a rule, or stands in `docs/codes/closed/`.
#[test]
fn every_known_mistake_is_answered() {
    let numbers = |prefix: &str, ranges: &[(u32, u32)]| {
        let all = ranges.iter().flat_map(|(from, to)| *from..=*to);
        all.map(|n| format!("{prefix}{n:03}")).collect::<Vec<_>>()
    };
    let mut known = numbers("BR", &[(1, 40)]);
    known.extend(numbers("SM", &[(1, 13), (20, 32), (40, 47), (50, 61), (70, 76), (80, 86), (90, 99)]));
    known.extend(numbers("ST", &[(1, 12)]));
    known.extend(numbers("CA", &[(1, 12)]));
    let neuron = "REGION-TYPE ZONE-TYPE ALB-TWO-ZONES IMAGE-FAMILY NXDI-INF2-PIN AMI-INF1 AMI-PATH AMI-NO-VENV AL2023-GLIBC TP-CORES \
        TP-SUPPORTED TP-HEADS TP-KV MEM-FIT MEM-HEADROOM HOST-MEM COMPILE-HOST GPU-BLOCKS TIED-LOCAL DEVICES DEVICE-SHARING \
        HEALTH-GRACE ROLLING-PAUSE ASG-BOUNDS ASG-ROLL SIGNAL-COUNT QUOTA EFA-TYPE EFA-LAYOUT EFA-SG EFA-SG-INSTANCE \
        EFA-ONE-SUBNET EFA-PUBLIC-IP EFA-AMI MNP-SPOT MNP-VCPUS MNP-ONE-SUBNET MNP-NAT MNP-INSTANCE-TYPE BATCH-AMI BATCH-AL2 \
        BATCH-MIME BATCH-DEVICES SPOT-CKPT SPOT-SERVE WARM-SPOT WARM-HIBERNATE CB-MARKET ROOT-DEVICE ROOT-SIZE ROOT-SPEED GATED \
        EGRESS SERVE-AUTH ALB-TIMEOUT PORT TRAIN-IMAGE ECS-TASK EKS-AMI FSX-ZONE FSX-SG IMDS";
    known.extend(neuron.split_whitespace().map(|name| format!("NEU-{name}")));
    let answered: BTreeSet<String> =
        rules().into_iter().chain(closed().iter().flat_map(|(_, e)| e).map(|entry| entry.code.clone())).collect();
    let open: Vec<&String> = known.iter().filter(|code| !answered.contains(*code)).collect();
    assert!(open.is_empty(), "{} of {} are neither a rule nor explained: {open:?}", open.len(), known.len());
}

/// The policies of OpenSearch Serverless are JSON inside text, which no validator reads.
#[test]
fn policies_of_a_collection_are_json() {
    let cases = &*CASES;
    let mut read = 0;
    for case in cases.matching("kb-aoss-*") {
        for kind in ["AWS::OpenSearchServerless::SecurityPolicy", "AWS::OpenSearchServerless::AccessPolicy"] {
            let (count, texts) = select(case, &format!("{kind} Properties.Policy.Fn::Sub.0"));
            assert_eq!(count, texts.len(), "every {kind} has a text");
            for text in texts {
                let text = text.as_str().expect("a text");
                for access in [
                    "\"AllowFromPublic\":true",
                    "\"AllowFromPublic\":false,\"SourceServices\":[\"bedrock.amazonaws.com\"]",
                ] {
                    let policy: Result<Value, _> = serde_json::from_str(&fill(text, access));
                    assert!(policy.is_ok_and(|policy| policy.is_object() || policy.is_array()), "{text}");
                    read += 1;
                }
            }
        }
    }
    assert!(read > 0, "no policy was read");
}

/// A policy's text with something for each of its variables.
fn fill(text: &str, access: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, behind) = after.split_once('}').expect("a variable ends");
        out.push_str(before);
        out.push_str(if name == "Access" { access } else { "x" });
        rest = behind;
    }
    out + rest
}

/// A role that Bedrock or SageMaker takes on is bound to the account: no other account's resource may use it.
#[test]
fn roles_of_services_name_the_account() {
    let cases = &*CASES;
    let mut roles = 0;
    let mut problems = Vec::new();
    for (name, case) in &cases.rendered {
        for (id, role) in case.resources.iter().filter(|(_, resource)| resource["Type"] == "AWS::IAM::Role") {
            let trust = role["Properties"]["AssumeRolePolicyDocument"].to_string();
            if ["bedrock.amazonaws.com", "sagemaker.amazonaws.com"].iter().any(|service| trust.contains(service)) {
                roles += 1;
                if !trust.contains("aws:SourceAccount") {
                    problems.push(format!("{name}: {id} {trust}"));
                }
            }
        }
    }
    assert!(roles > 50, "only {roles} roles were looked at");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// The resources of a type in all cases, with the case's name.
fn everywhere(kind: &str, look: impl Fn(&str, &Value) -> Option<String>) {
    let cases = &*CASES;
    let mut seen = 0;
    let mut problems = Vec::new();
    for (name, case) in &cases.rendered {
        for (id, resource) in case.resources.iter().filter(|(_, resource)| resource["Type"] == kind) {
            seen += 1;
            problems.extend(look(id, resource).map(|wrong| format!("{name}: {wrong}")));
        }
    }
    assert!(seen > 10, "only {seen} of {kind} were looked at");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_log_group_has_a_retention() {
    everywhere("AWS::Logs::LogGroup", |id, group| {
        group["Properties"]["RetentionInDays"].is_null().then(|| format!("{id} has no retention"))
    });
}

#[test]
fn a_group_waits_for_what_it_starts() {
    everywhere("AWS::AutoScaling::AutoScalingGroup", |id, group| {
        let (count, desired) =
            (&group["CreationPolicy"]["ResourceSignal"]["Count"], &group["Properties"]["DesiredCapacity"]);
        (count.as_u64() != desired.as_str().and_then(|text| text.parse().ok()))
            .then(|| format!("{id} waits for {count} of {desired}"))
    });
}

/// Names that must be unique in an account are made from the stack's name or id.
#[test]
fn a_given_name_carries_the_stack() {
    const NAMED: [(&str, &str); 9] = [
        ("AWS::Bedrock::KnowledgeBase", "Name"),
        ("AWS::Bedrock::Guardrail", "Name"),
        ("AWS::Bedrock::ApplicationInferenceProfile", "InferenceProfileName"),
        ("AWS::SageMaker::Endpoint", "EndpointName"),
        ("AWS::SageMaker::Pipeline", "PipelineName"),
        ("AWS::SageMaker::ModelPackageGroup", "ModelPackageGroupName"),
        ("AWS::SageMaker::Domain", "DomainName"),
        ("AWS::OpenSearchServerless::Collection", "Name"),
        ("AWS::ApiGatewayV2::Api", "Name"),
    ];
    for (kind, property) in NAMED {
        let mut seen = 0;
        for (name, case) in &CASES.rendered {
            for (id, resource) in case.resources.iter().filter(|(_, resource)| resource["Type"] == kind) {
                seen += 1;
                let given = resource["Properties"][property].to_string();
                assert!(given.contains("AWS::Stack"), "{name}: {id} is named {given}");
            }
        }
        assert!(seen > 0, "no case has {kind}");
    }
}

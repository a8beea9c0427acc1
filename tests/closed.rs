//! `docs/codes/closed/*.yaml` says which design mistakes cannot happen; here the proofs are run on the rendered cases.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use atelier::explain::{Fate, closed};
use atelier::expression::day_number;
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::report::{Format, render};
use atelier::source::Source;
use atelier::yaml::{Dialect, Node, load};
use serde_json::{Map, Value, json};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A rendered case: its text, and its resources by logical id.
struct Rendered {
    text: String,
    resources: BTreeMap<String, Value>,
}

/// Every case of `tests/cases/render`, rendered once for all tests of this file.
struct Cases {
    atelier: Atelier,
    rendered: BTreeMap<String, Rendered>,
}

static CASES: LazyLock<Cases> = LazyLock::new(|| {
    let library = Library::open(&[]).unwrap_or_else(|f| panic!("{}", render(&f, Format::Text, false)));
    let atelier = Atelier::on(library, day_number("2026-11-23").expect("a date"));
    let folders = std::fs::read_dir(root().join("tests/cases/render")).expect("cases").flatten();
    let names = folders.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let rendered = names.map(|name| {
        let path = root().join("tests/cases/render").join(&name).join("blueprint.yaml");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let outcome = atelier.render(&Source::new("blueprint.yaml", text));
        let template = outcome.result.unwrap_or_else(|| panic!("{}", render(&outcome.findings, Format::Text, false)));
        (name, Rendered { resources: resources(&template.source), text: template.source.text.clone() })
    });
    let rendered = rendered.collect();
    Cases { atelier, rendered }
});

impl Cases {
    /// The cases of a name, in which one `*` may stand for anything.
    fn matching(&self, pattern: &str) -> Vec<&Rendered> {
        let parts: Vec<&str> = pattern.split('*').collect();
        let matches = |name: &str| match parts.as_slice() {
            [whole] => name == *whole,
            [first, last] => name.len() >= first.len() + last.len() && name.starts_with(first) && name.ends_with(last),
            _ => panic!("{pattern}: one * at most"),
        };
        self.rendered.iter().filter(|(name, _)| matches(name)).map(|(_, case)| case).collect()
    }
}

fn resources(source: &std::sync::Arc<Source>) -> BTreeMap<String, Value> {
    let node = load(source, Dialect::Template).unwrap_or_else(|f| panic!("{}", render(&f, Format::Text, false)));
    let resources = node.get("Resources").map_or(&[][..], Node::entries);
    resources.iter().map(|entry| (entry.key.clone(), long(&entry.value))).collect()
}

/// A node as JSON with functions in their long form: `!GetAtt A.B` is `{"Fn::GetAtt": ["A", "B"]}`.
fn long(node: &Node) -> Value {
    let inner = match &node.value {
        atelier::yaml::Value::List(items) => items.iter().map(long).collect(),
        atelier::yaml::Value::Map(entries) => {
            entries.iter().map(|entry| (entry.key.clone(), long(&entry.value))).collect::<Map<_, _>>().into()
        }
        _ => node.to_json(),
    };
    match node.tag.as_deref() {
        None => inner,
        Some(tag @ ("Ref" | "Condition")) => json!({ tag: inner }),
        Some("GetAtt") if inner.is_string() => {
            json!({"Fn::GetAtt": inner.as_str().unwrap_or_default().splitn(2, '.').collect::<Vec<_>>()})
        }
        Some(tag) => json!({ format!("Fn::{tag}"): inner }),
    }
}

/// The values at a dotted path; `*` stands for every element.
fn at<'a>(value: &'a Value, path: &[&str], found: &mut Vec<&'a Value>) {
    let Some((step, rest)) = path.split_first() else { return found.push(value) };
    match (value, *step) {
        (Value::Array(items), "*") => items.iter().for_each(|item| at(item, rest, found)),
        (Value::Object(entries), "*") => entries.values().for_each(|item| at(item, rest, found)),
        (Value::Array(items), index) => {
            index.parse::<usize>().ok().and_then(|index| items.get(index)).into_iter().for_each(|v| at(v, rest, found));
        }
        (Value::Object(entries), key) => entries.get(key).into_iter().for_each(|v| at(v, rest, found)),
        _ => {}
    }
}

/// The resources of `Type#part-of-the-id path`, and the values at the path.
fn select<'a>(case: &'a Rendered, place: &str) -> (usize, Vec<&'a Value>) {
    let (kind, path) = place.split_once(' ').unwrap_or((place, ""));
    let (kind, part) = kind.split_once('#').unwrap_or((kind, ""));
    let steps: Vec<&str> = path.split('.').filter(|step| !step.is_empty()).collect();
    let resources = case.resources.iter().filter(|(id, resource)| resource["Type"] == kind && id.contains(part));
    let mut values = Vec::new();
    let count = resources.inspect(|(_, resource)| at(resource, &steps, &mut values)).count();
    (count, values)
}

/// What is wrong with a proof; nothing when it holds.
fn disproved(cases: &Cases, proof: &Node) -> Option<String> {
    let text = |key: &str| proof.get(key).and_then(Node::as_str);
    if let Some(test) = text("test") {
        let (file, name) = test.split_once(' ').unwrap_or((test, ""));
        let path = root().join(file);
        let files = if path.is_dir() {
            std::fs::read_dir(&path).expect("readable").flatten().map(|entry| entry.path()).collect()
        } else {
            vec![path]
        };
        // a test is a function of this name; another file says so in these words
        let words = match Path::new(file).extension().and_then(|ending| ending.to_str()) {
            Some("rs") => format!("fn {name}()"),
            Some("py") => format!("def {name}(self"),
            _ => name.to_owned(),
        };
        let there = files.iter().any(|path| std::fs::read_to_string(path).is_ok_and(|text| text.contains(&words)));
        return (!there || name.is_empty()).then(|| format!("there is no `{name}` in {file}"));
    }
    if let Some(code) = text("refused") {
        let blueprint = text("blueprint").unwrap_or_default();
        let findings = cases.atelier.check(&Source::new("blueprint.yaml", blueprint)).findings;
        let said = findings.iter().any(|finding| finding.code == code);
        return (!said).then(|| format!("not refused with {code}:\n{}", render(&findings, Format::Text, false)));
    }
    let Some(pattern) = text("case") else { return Some("it is no proof: case, test or refused".to_owned()) };
    let matching = cases.matching(pattern);
    if matching.is_empty() {
        return Some(format!("there is no case {pattern}"));
    }
    // of many cases those that have no such resource are passed over; one must have it
    let told: Vec<_> = matching.iter().map(|case| in_case(case, proof)).collect();
    let passed_over = |wrong: &&Option<String>| wrong.as_ref().is_some_and(|wrong| wrong.starts_with(NO_RESOURCE));
    match told.iter().filter(|wrong| !passed_over(wrong)).flatten().next() {
        Some(wrong) => Some(wrong.clone()),
        None if told.iter().all(|wrong| passed_over(&wrong)) => told[0].clone(),
        None => None,
    }
}

const NO_RESOURCE: &str = "no resource";

fn in_case(case: &Rendered, proof: &Node) -> Option<String> {
    let text = |key: &str| proof.get(key).and_then(Node::as_str);
    let first = || case.text.lines().find(|line| line.contains("Description")).unwrap_or_default().to_owned();
    if let Some(words) = text("writes") {
        return (!case.text.contains(words)).then(|| format!("{}: no `{words}`", first()));
    }
    if let Some(words) = text("never") {
        return case.text.contains(words).then(|| format!("{}: it has `{words}`", first()));
    }
    let Some(place) = text("at") else { return Some("it is no proof: at, writes or never".to_owned()) };
    let (count, values) = select(case, place);
    if let Some(wanted) = proof.get("count") {
        return (json!(count) != wanted.to_json()).then(|| format!("{}: {count} times {place}", first()));
    }
    if count == 0 {
        return Some(format!("{NO_RESOURCE} {place} in {}", first()));
    }
    if text("absent").is_some() || proof.get("absent").is_some() {
        return (!values.is_empty()).then(|| format!("{}: {place} is there", first()));
    }
    if values.is_empty() {
        return Some(format!("{}: nothing at {place}", first()));
    }
    let string = |key: &str| proof.get(key).map(|node| json_text(&node.to_json()));
    let wrong = |value: &&&Value| match (proof.get("equals"), string("contains"), string("lacks"), text("same")) {
        (Some(wanted), ..) => **value != &wanted.to_json(),
        (_, Some(part), ..) => !value.to_string().contains(&part),
        (_, _, Some(part), _) => value.to_string().contains(&part),
        (_, _, _, Some(other)) => {
            let (_, others) = select(case, other);
            others.is_empty() || others.iter().any(|other| *other != **value)
        }
        _ => true,
    };
    values.iter().find(wrong).map(|value| format!("{}: {place} is {value}", first()))
}

fn json_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

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
        (count.to_string() != desired.as_str().unwrap_or_default())
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

//! What a training job runs first: it is started as the image's entry point starts it, with torchrun and the AWS CLI replaced.
#![cfg(unix)]

use std::path::Path;
use std::process::{Command, Output};

use atelier::expression::day_number;
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::source::Source;
use atelier::yaml::{self, Dialect, Node, Value};

/// The entry point of the training images reads its words once more as shell text: common/start_with_right_hostname.sh of
/// aws-neuron/deep-learning-containers.
const ENTRY_POINT: &str = r#"eval "$@""#;
/// What a case says of the job's environment.
const JOB: [(&str, &str); 4] =
    [("AWS_BATCH_JOB_ID", "0a1b#1"), ("OUTPUT_URL", "s3://out/checkpoints"), ("TRAIN", "a\n b"), ("MODEL", "m")];

fn each<'a>(node: &'a Node, visit: &mut dyn FnMut(&'a Node)) {
    visit(node);
    match &node.value {
        Value::Map(entries) => entries.iter().for_each(|entry| each(&entry.value, visit)),
        Value::List(items) => items.iter().for_each(|item| each(item, visit)),
        _ => {}
    }
}

fn text<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    match &node.get(key)?.value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// The job's command and its launch script, as CloudFormation makes them.
fn launch(case: &str) -> (Vec<String>, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/render").join(case).join("blueprint.yaml");
    let blueprint = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let library = Library::open(&[]).unwrap_or_else(|findings| panic!("{findings:?}"));
    let atelier = Atelier::on(library, day_number("2026-11-23").expect("a date"));
    let template = atelier.render(&Source::new(case, blueprint)).result.expect("it renders");
    let document = yaml::load(&template.source, Dialect::Template).expect("it can be read");
    let (mut command, mut script) = (Vec::new(), String::new());
    each(&document, &mut |node| {
        if text(node, "Name") == Some("LAUNCH") && script.is_empty() {
            script = text(node, "Value").expect("a script").to_owned();
        }
        if let Some(Node { value: Value::List(words), .. }) = node.get("Command")
            && command.is_empty()
        {
            command = words
                .iter()
                .filter_map(|word| match &word.value {
                    Value::String(word) => Some(word.clone()),
                    _ => None,
                })
                .collect();
        }
    });
    let script = script.replace("${AWS::Region}", "us-west-2").replace("${CodeBucket}", "code").replace("${!", "${");
    (command, script)
}

/// Starts a job that must not fail, and says what it called.
fn started(case: &str, folder: &Path, environment: &[(&str, &str)]) -> String {
    let (output, calls) = start(case, folder, environment);
    assert!(output.status.success(), "{case}: {}", String::from_utf8_lossy(&output.stderr));
    calls
}

/// Runs the job in a folder of its own; the file `calls` in it tells what was called.
fn start(case: &str, folder: &Path, environment: &[(&str, &str)]) -> (Output, String) {
    let (command, script) = launch(case);
    let here = folder.join("training").display().to_string();
    let script = script.replace("/opt/training", &here);
    for (name, more) in [("torchrun", "env > \"$CALLS.env\""), ("aws", ""), ("hostname", "echo '10.0.0.7 fe80::1'")] {
        let path = folder.join(name);
        let text =
            format!("#!/bin/bash\n{{ printf '%s' {name}; printf '[%s]' \"$@\"; echo; }} >> \"$CALLS\"\n{more}\n");
        std::fs::write(&path, text).expect("written");
        let mut mode = std::fs::metadata(&path).expect("there").permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
        std::fs::set_permissions(&path, mode).expect("set");
    }
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    let mut bash = Command::new("bash");
    bash.args(["-c", ENTRY_POINT, "entry"]).args(command).env_clear().env("PATH", path).env("LAUNCH", script);
    bash.env("CALLS", folder.join("calls")).envs(JOB).envs(environment.iter().copied());
    let output = bash.output().expect("bash");
    let calls = std::fs::read_to_string(folder.join("calls")).unwrap_or_default();
    (output, calls)
}

#[test]
fn the_sample_is_written_and_started_on_every_core() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let calls = started("training-default", folder.path(), &[]);
    assert_eq!(calls, "torchrun[--nproc_per_node][2][train.py]\n");
    let written = |name| std::fs::read_to_string(folder.path().join("training").join(name)).expect("written");
    assert_eq!((written("train.py"), written("model.py")), ("a\n b\n".to_owned(), "m\n".to_owned()));
    let environment = std::fs::read_to_string(folder.path().join("calls.env")).expect("called");
    for line in ["CHECKPOINT_URL=s3://out/checkpoints/0a1b", "AWS_DEFAULT_REGION=us-west-2"] {
        assert!(environment.lines().any(|found| found == line), "no {line} in\n{environment}");
    }
}

#[test]
fn a_named_run_goes_on() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    started("training-default", folder.path(), &[("RUN", "monday")]);
    let environment = std::fs::read_to_string(folder.path().join("calls.env")).expect("called");
    assert!(environment.contains("CHECKPOINT_URL=s3://out/checkpoints/monday\n"), "{environment}");
}

#[test]
fn nodes_meet_at_the_main_node() {
    let nodes = [("AWS_BATCH_JOB_NUM_NODES", "2"), ("AWS_BATCH_JOB_NODE_INDEX", "1")];
    let other = [&nodes[..], &[("AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS", "10.0.0.5")]].concat();
    for (environment, address) in [(&nodes[..], "10.0.0.7"), (&other[..], "10.0.0.5")] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let calls = started("training-nodes", folder.path(), environment);
        let words = format!("[--nnodes][2][--node_rank][1][--master_addr][{address}][--master_port][29500]");
        assert!(calls.ends_with(&format!("torchrun{words}[--nproc_per_node][32][train.py]\n")), "{calls}");
    }
}

#[test]
fn words_of_a_blueprint_stay_words() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let calls = started("training-hostile", folder.path(), &[]);
    for word in ["['; rm -rf / #]", "[${AWS::AccountId} $(id) `id`]", "[a\\b \"c\" é #{x}]", "[two\nlines]"] {
        assert!(calls.contains(word), "{word} is not in {calls}");
    }
}

#[test]
fn a_program_of_ones_own_is_fetched() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let calls = started("training-program", folder.path(), &[]);
    let fetched = "aws[s3][cp][--recursive][--only-show-errors][s3://code/programs/mine/][.]";
    assert_eq!(calls, format!("{fetched}\ntorchrun[--nproc_per_node][32][src/pretrain.py][--config][small]\n"));
}

#[test]
fn without_its_file_system_a_job_does_not_begin() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (output, calls) = start("training-lustre", folder.path(), &[]);
    assert!(!output.status.success());
    assert_eq!(calls, "", "nothing is called");
    assert!(String::from_utf8_lossy(&output.stdout).contains("the shared file system is not mounted"));
}

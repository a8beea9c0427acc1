//! The script that makes an instance of an inference fleet: it is well-formed in every combination, fits EC2's limit, and does
//! what it promises when it is run with every outside command replaced by `tests/user-data/command`.
#![cfg(unix)]

#[path = "support/substituted.rs"]
mod substituted;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use atelier::expression::day_number;
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::source::Source;

use substituted::substituted;

/// What EC2 takes, before base64.
const LIMIT: usize = 16_384;
/// What the commands stand for; the rest of the script runs as it is.
const COMMANDS: [&str; 8] = ["aws", "cfn-signal", "curl", "dnf", "docker", "find", "sleep", "systemctl"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The first user data of a rendered case, with the references filled in as CloudFormation would.
fn script(case: &str) -> String {
    let path = root().join("tests/cases/render").join(case).join("blueprint.yaml");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let library = Library::open(&[]).unwrap_or_else(|findings| panic!("{findings:?}"));
    let today = day_number("2026-11-23").expect("a date");
    let outcome = Atelier::on(library, today).render(&Source::new(case, text));
    let template = outcome.result.unwrap_or_else(|| panic!("{case}: {:?}", outcome.findings));
    let lines = template.source.text.lines().skip_while(|line| line.trim() != "Fn::Base64: !Sub |").skip(1);
    let block = lines.take_while(|line| line.is_empty() || line.starts_with("            "));
    let mut script = String::new();
    for line in block {
        script.push_str(line.get(12..).unwrap_or(""));
        script.push('\n');
    }
    assert!(script.starts_with("#!/bin/bash\n"), "{case} has no user data");
    substituted(&script)
}

/// The files that the script writes: `cat > PATH <<'WORD' … WORD`.
fn files(script: &str) -> Vec<(&str, String)> {
    let mut found = Vec::new();
    let mut lines = script.lines();
    while let Some(line) = lines.next() {
        if let Some((path, word)) = line.strip_prefix("cat > ").and_then(|rest| rest.split_once(" <<'")) {
            let word = word.trim_end_matches('\'');
            found.push((path, lines.by_ref().take_while(|line| *line != word).collect::<Vec<_>>().join("\n") + "\n"));
        }
    }
    found
}

/// The fleets among the rendered cases.
fn fleets() -> Vec<String> {
    let entries = std::fs::read_dir(root().join("tests/cases/render")).expect("the cases can be read");
    let names = entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| name.starts_with("fleet-")).collect();
    names.sort();
    assert!(!names.is_empty(), "there are no fleets below tests/cases/render");
    names
}

#[test]
fn every_combination_is_well_formed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for case in fleets() {
        let script = script(&case);
        assert!(script.len() <= LIMIT, "{case}: {} bytes of user data, EC2 takes {LIMIT}", script.len());
        let mut texts = vec![("user data", script.clone())];
        texts.extend(files(&script).into_iter().filter(|(_, text)| text.starts_with("#!/bin/bash\n")));
        for (name, text) in texts {
            let path = folder.path().join("script");
            std::fs::write(&path, text).expect("written");
            passes(Command::new("bash").arg("-n").arg(&path), &format!("{case}, {name}"));
            // shellcheck where it is installed; SC1091 and SC2154: the variables come from /etc/model/config
            if Command::new("shellcheck").arg("--version").output().is_ok() {
                let mut check = Command::new("shellcheck");
                passes(check.args(["-s", "bash", "-e", "SC1091,SC2154,SC2153"]).arg(&path), &format!("{case}, {name}"));
            }
        }
    }
}

fn passes(command: &mut Command, what: &str) {
    let output = command.output().unwrap_or_else(|error| panic!("{what}: {error}"));
    let told = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{what}:\n{}", String::from_utf8_lossy(&told));
}

/// A machine to boot, with its own bucket.
struct World {
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> World {
        let world = World { folder: tempfile::tempdir().expect("a temporary folder") };
        let (bin, command) = (world.path("bin"), root().join("tests/user-data/command"));
        let folders = ["etc/systemd/system", "opt/models", "opt/neuron", "run", "usr/local/bin", "var/log"];
        for folder in
            folders.iter().map(|name| world.path("root").join(name)).chain([bin.clone(), world.path("bucket")])
        {
            std::fs::create_dir_all(folder).expect("made");
        }
        for name in COMMANDS {
            std::os::unix::fs::symlink(&command, bin.join(name)).expect("linked");
        }
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Switches a fault or a state on.
    fn with(self, file: &str, text: &str) -> World {
        std::fs::write(self.path(file), text).expect("written");
        self
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path(file)).unwrap_or_default()
    }

    /// Runs the script with the system's folders moved below the world.
    fn boot(&self, script: &str) -> Output {
        let machine = self.path("root");
        let mut script = script.replace("/opt/aws/bin/cfn-signal", "cfn-signal");
        for folder in
            ["/etc/model", "/etc/systemd", "/usr/local/bin", "/opt/models", "/opt/neuron", "/var/log", "/run/"]
        {
            script = script.replace(folder, &format!("{}{folder}", machine.display()));
        }
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap_or_default());
        let mut bash = Command::new("bash");
        bash.arg("-c").arg(script).env("PATH", path).env("SIM", self.folder.path()).env("ROOT", machine);
        bash.output().expect("bash runs")
    }

    fn called(&self, words: &str) -> usize {
        self.read("calls").lines().filter(|line| line.contains(words)).count()
    }
}

#[test]
fn the_first_instance_compiles_and_the_second_one_loads() {
    let script = script("fleet-default");
    let first = World::new();
    let output = first.boot(&script);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!((first.called("snapshot_download"), first.called("cfn-signal -e 0")), (1, 1));
    assert!(first.read("served").contains("[--tensor-parallel-size][2][--max-model-len][4096][--max-num-seqs][4]"));

    let second = World::new();
    std::fs::remove_dir(second.path("bucket")).expect("empty");
    std::fs::rename(first.path("bucket"), second.path("bucket")).expect("moved");
    assert!(second.boot(&script).status.success());
    assert_eq!((second.called("snapshot_download"), second.called("cfn-signal -e 0")), (0, 1));
    assert_eq!(second.called("s3 cp"), 0, "nothing is uploaded twice");
}

#[test]
fn a_failure_is_told_at_once_and_leaves_no_graphs() {
    let broken = World::new().with("broken", "");
    assert!(!broken.boot(&script("fleet-default")).status.success());
    assert_eq!((broken.called("cfn-signal -e 1"), broken.called("logs put-log-events")), (1, 1));
    assert!(!broken.path("bucket/compiled").exists());

    let short = World::new().with("devices", "4");
    assert!(!short.boot(&script("fleet-inf2-48xlarge-replicas")).status.success());
    assert_eq!((short.called("cfn-signal -e 1"), short.called("docker pull")), (1, 0));
}

#[test]
fn each_server_has_chips_of_its_own() {
    let world = World::new();
    assert!(world.boot(&script("fleet-inf2-48xlarge-replicas")).status.success());
    let served = world.read("served");
    let devices: Vec<&str> = served.split("[--device][").skip(1).filter_map(|rest| rest.split(']').next()).collect();
    let expected: Vec<String> = (0..12).map(|number| format!("/dev/neuron{number}")).collect();
    assert_eq!(devices, expected);
    assert_eq!(served.lines().count(), 3);
}

#[test]
fn an_instance_for_the_warm_pool_answers_the_hook_and_not_cloudformation() {
    let world = World::new().with("state", "Warmed:Stopped\n");
    assert!(world.boot(&script("fleet-warm-pool")).status.success());
    assert_eq!((world.called("--lifecycle-action-result CONTINUE"), world.called("cfn-signal -e")), (1, 0));
}

#[test]
fn words_of_a_blueprint_stay_words() {
    let world = World::new();
    assert!(world.boot(&script("fleet-hostile")).status.success());
    let served = world.read("served");
    for word in ["['; rm -rf / #]", "[${AWS::AccountId} $(id) `id`]", "[SCRIPT\nWORDS\nreboot]", r#"[a\b "c" é #{x}]"#]
    {
        assert!(served.contains(word), "{word} is not in {served}");
    }
}

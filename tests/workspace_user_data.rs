//! The script that makes a workspace, run with every outside command replaced by `tests/user-data/workspace-command`: it installs
//! before it starts, tells CloudFormation how it ended at once, and puts no password into a file.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use atelier::expression::day_number;
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::source::Source;
use atelier::yaml::{self, Dialect, Node, Value};

/// What EC2 takes, before base64.
const LIMIT: usize = 16_384;
/// What the commands stand for; the rest of the script runs as it is.
const COMMANDS: [&str; 12] =
    ["aws", "cfn-signal", "chown", "code-server", "curl", "dnf", "ln", "runuser", "sleep", "systemctl", "tar", "unzip"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The user data in a rendered template.
fn find(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Map(entries) => entries.iter().find_map(|entry| find(&entry.value)),
        Value::List(items) => items.iter().find_map(find),
        Value::String(text) => text.starts_with("#!/bin/bash\n").then_some(text),
        _ => None,
    }
}

/// The script of a rendered case, with the references filled in as CloudFormation would: by their names.
fn script(case: &str) -> String {
    let path = root().join("tests/cases/render").join(case).join("blueprint.yaml");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let library = Library::open(&[]).unwrap_or_else(|findings| panic!("{findings:?}"));
    let outcome = Atelier::on(library, day_number("2026-11-23").expect("a date")).render(&Source::new(case, text));
    let template = outcome.result.unwrap_or_else(|| panic!("{case}: {:?}", outcome.findings));
    let document = yaml::load(&template.source, Dialect::Template).expect("it can be read");
    let mut rest = find(&document).unwrap_or_else(|| panic!("{case} has no user data"));
    let mut script = String::new();
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').expect("a reference ends");
        script += before;
        script += &name.replace("::", "-");
        rest = after;
    }
    script + rest
}

/// A machine to boot.
struct World {
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> World {
        let world = World { folder: tempfile::tempdir().expect("a temporary folder") };
        for folder in ["bin", "root/etc/systemd/system", "root/usr/local/bin", "root/var/log", "root/opt", "root/tmp"] {
            std::fs::create_dir_all(world.path(folder)).expect("made");
        }
        for name in COMMANDS {
            let command = root().join("tests/user-data/workspace-command");
            std::os::unix::fs::symlink(command, world.path("bin").join(name)).expect("linked");
        }
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Switches a fault on.
    fn with(self, file: &str) -> World {
        std::fs::write(self.path(file), "").expect("written");
        self
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path(file)).unwrap_or_default()
    }

    /// Runs the script with the system's folders moved below the world.
    fn boot(&self, script: &str) -> Output {
        let machine = self.path("root");
        let mut script = script.replace("/opt/aws/bin/cfn-signal", "cfn-signal");
        // /tmp first: the world itself is below it
        for folder in ["/tmp/", "/etc/", "/usr/local/bin", "/opt/", "/var/log", "/home/ec2-user", "/proc/uptime"] {
            // not inside of a path that is moved already, nor in an address
            for before in [" ", "'", "=", "(", "\n"] {
                script =
                    script.replace(&format!("{before}{folder}"), &format!("{before}{}{folder}", machine.display()));
            }
        }
        self.run(&script)
    }

    /// Runs a script as it is, such as one that the boot has written.
    fn run(&self, script: &str) -> Output {
        let machine = self.path("root");
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap_or_default());
        let mut bash = Command::new("bash");
        bash.arg("-c").arg(script).env("PATH", path).env("SIM", self.folder.path()).env("ROOT", machine);
        bash.output().expect("bash runs")
    }

    /// At which call a command with these words came first.
    fn when(&self, words: &str) -> usize {
        let calls = self.read("calls");
        calls.lines().position(|line| line.contains(words)).unwrap_or_else(|| panic!("no `{words}` in\n{calls}"))
    }

    fn called(&self, words: &str) -> usize {
        self.read("calls").lines().filter(|line| line.contains(words)).count()
    }
}

#[test]
fn every_case_fits_and_boots() {
    let entries = std::fs::read_dir(root().join("tests/cases/render")).expect("the cases can be read");
    let names = entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned());
    let cases: Vec<String> = names.filter(|name| name.starts_with("workspace-")).collect();
    assert!(cases.len() > 5, "{cases:?}");
    for case in cases {
        let script = script(&case);
        assert!(script.len() <= LIMIT, "{case}: {} bytes of user data, EC2 takes {LIMIT}", script.len());
        // the checksum of `workspace-all-options` belongs to another file
        let world = World::new();
        let output = world.boot(&script.replace("| sha256sum -c -", "> /dev/null"));
        assert!(output.status.success(), "{case}:\n{}", world.read("root/var/log/workspace-setup.log"));
        assert_eq!(world.called("cfn-signal -e 0"), 1, "{case}");
    }
}

#[test]
fn it_installs_then_starts_then_signals() {
    let world = World::new();
    assert!(world.boot(&script("workspace-default")).status.success());
    let order = [
        "dnf install",
        "code-server-4.141.1-linux-arm64.tar.gz",
        "tar -xzf",
        "systemctl enable --now workspace",
        "healthz",
        "cfn-signal -e 0",
    ];
    let places: Vec<usize> = order.iter().map(|words| world.when(words)).collect();
    assert!(places.is_sorted(), "{places:?}");
    assert_eq!(world.called("cfn-signal"), 1);
    assert!(
        world
            .read("root/etc/assistant.json")
            .contains(r#"{"model": "Model", "maxTokens": 4096, "region": "AWS-Region""#)
    );
    assert!(world.read("root/usr/local/bin/assistant").starts_with("#!/usr/bin/python3\n"));
    assert!(world.path("root/etc/systemd/system/workspace-idle.timer").exists());
}

#[test]
fn the_password_goes_from_the_secret_to_the_editor_and_into_no_file() {
    let world = World::new();
    let output = world.boot(&script("workspace-default"));
    assert!(output.status.success());
    let start = world.read("root/usr/local/bin/workspace");
    assert!(world.run(&start).status.success());
    assert_eq!(world.read("served"), "a-long-password\n");
    assert_eq!(world.called("secretsmanager get-secret-value --region AWS-Region --secret-id CodePassword"), 1);
    let found = Command::new("grep")
        .args(["-rl", "--exclude=code-server", "a-long-password"])
        .arg(world.path("root"))
        .output()
        .expect("grep runs");
    assert!(found.stdout.is_empty(), "{}", String::from_utf8_lossy(&found.stdout));
}

#[test]
fn a_failure_is_told_at_once_with_its_last_words() {
    for (fault, words) in [("no-network", "could not resolve host"), ("no-packages", "No match for argument")] {
        let world = World::new().with(fault);
        assert!(!world.boot(&script("workspace-default")).status.success(), "{fault}");
        assert_eq!((world.called("cfn-signal -e 1"), world.called("systemctl")), (1, 0), "{fault}");
        let signal = world.read("calls").lines().find(|line| line.contains("cfn-signal")).expect("called").to_owned();
        assert!(signal.contains(words), "{signal}");
    }
}

#[test]
fn another_file_than_the_expected_one_is_not_installed() {
    let world = World::new();
    assert!(!world.boot(&script("workspace-all-options")).status.success());
    assert_eq!((world.called("cfn-signal -e 1"), world.called("tar -xzf")), (1, 0));
    let world = World::new();
    assert!(!world.boot(&script("workspace-kiro-x86")).status.success());
    assert_eq!((world.called("cfn-signal -e 1"), world.called("unzip -q")), (1, 0));
    assert_eq!(world.called("kirocli-x86_64-linux.zip"), 1);
}

#[test]
fn it_stops_when_nobody_has_looked_for_an_hour() {
    let world = World::new();
    assert!(world.boot(&script("workspace-default")).status.success());
    let idle = world.read("root/usr/local/bin/workspace-idle");
    let beat = world.path("root/home/ec2-user/.local/share/code-server/heartbeat");
    std::fs::create_dir_all(beat.parent().expect("a folder")).expect("made");
    let proc = world.path("root/proc");
    std::fs::create_dir_all(&proc).expect("made");
    for (up, minutes, stops) in [("7000.55 1.0", 61, 1), ("7000.55 1.0", 59, 0), ("3000.00 1.0", 61, 0)] {
        std::fs::write(proc.join("uptime"), up).expect("written");
        std::fs::write(world.path("calls"), "").expect("emptied");
        let touched = Command::new("touch").arg("-d").arg(format!("{minutes} minutes ago")).arg(&beat).status();
        assert!(touched.expect("touch runs").success());
        world.run(&idle);
        assert_eq!(world.called("systemctl poweroff"), stops, "up {up}, last seen {minutes} minutes ago");
    }
}

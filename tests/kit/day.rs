//! A day: the scripts of a rendered lab run for real, with the AWS CLI, against a CloudFormation on this machine.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::{kits, python, read, root};

/// moto and the AWS CLI, in an environment of their own; `None`, after saying so, where they cannot be had.
fn tools() -> Option<&'static Path> {
    static TOOLS: OnceLock<Option<PathBuf>> = OnceLock::new();
    TOOLS.get_or_init(|| python::environment_of("emulator", "tests/emulator/requirements.txt")).as_deref()
}

/// A CloudFormation on a port of this machine, gone with the test.
pub(super) struct Cloud {
    server: Child,
    port: u16,
    tools: &'static Path,
}

impl Cloud {
    fn start(tools: &'static Path) -> Cloud {
        let mut server = Command::new(tools.join("bin/python"))
            .arg(root().join("tests/emulator/server.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        BufReader::new(server.stdout.as_mut().expect("piped")).read_line(&mut line).expect("it says its port");
        Cloud { port: line.trim().parse().expect("a port"), server, tools }
    }

    /// Tells the server what shall go wrong; what it has seen.
    pub(super) fn tell(&self, what: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the server is there");
        write!(stream, "POST /lab/{what} HTTP/1.0\r\nContent-Length: 0\r\n\r\n").expect("it listens");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        let path = format!("{}:{}", self.tools.join("bin").display(), std::env::var("PATH").unwrap_or_default());
        command.env("PATH", path).env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.port));
        command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test").env("LAB_POLL_SECONDS", "1");
        command.env_remove("AWS_PROFILE").env_remove("AWS_SESSION_TOKEN").env("AWS_EC2_METADATA_DISABLED", "true");
        command
    }

    /// A call of the AWS CLI; what it answers.
    pub(super) fn aws(&self, arguments: &[&str]) -> String {
        let output = self.command(&self.tools.join("bin/aws")).args(["--region", "eu-west-3"]).args(arguments).output();
        let output = output.expect("the AWS CLI runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A kit of its own for a test, and the cloud for it.
pub(super) struct Day {
    pub(super) cloud: Cloud,
    pub(super) kit: tempfile::TempDir,
    script: &'static str,
}

impl Day {
    pub(super) fn of(lab: &str, script: &'static str) -> Option<Day> {
        let tools = tools()?;
        let (_, made) = kits().iter().find(|(path, _)| path.ends_with(lab)).expect("the lab");
        let kit = tempfile::tempdir().expect("a folder");
        let copied = Command::new("cp").arg("-a").arg(made.join(".")).arg(kit.path()).status().expect("cp runs");
        assert!(copied.success());
        Some(Day { cloud: Cloud::start(tools), kit, script })
    }

    fn start(&self, arguments: &[&str]) -> Command {
        let mut command = self.cloud.command(&self.kit.path().join(self.script));
        command.args(arguments).stdin(Stdio::null());
        command
    }

    /// Runs the script: whether it succeeded, and all that it said.
    pub(super) fn run(&self, arguments: &[&str]) -> (bool, String) {
        let output = self.start(arguments).output().expect("the script runs");
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    pub(super) fn good(&self, arguments: &[&str]) -> String {
        let (good, said) = self.run(arguments);
        assert!(good, "{} {arguments:?}:\n{said}", self.script);
        said
    }

    pub(super) fn bad(&self, arguments: &[&str]) -> String {
        let (good, said) = self.run(arguments);
        assert!(!good, "{} {arguments:?} should fail:\n{said}", self.script);
        said
    }
}

const DEPLOY: [&str; 4] = ["deploy", "--email", "organiser@example.com", "--yes"];

#[test]
fn five_participants_from_deploy_to_verify_clean() {
    let Some(day) = Day::of("labs/half-day.yaml", "lab.sh") else { return };
    let said = day.good(&["deploy"]);
    assert!(
        said.contains("would create half-day-p05-content-generator (not there)") && said.contains("Nothing was done"),
        "{said}"
    );
    assert!(day.good(&["status"]).matches("not there").count() == 11);

    day.cloud.tell("throttle/4");
    day.cloud.tell("fail/half-day-p02-content-generator");
    let said = day.good(&DEPLOY);
    assert!(
        said.contains("half-day-p02-content-generator: ROLLBACK_COMPLETE, deleting it before another try"),
        "{said}"
    );
    assert!(said.contains("All 10 stacks are ready"), "{said}");
    assert_eq!(day.good(&["status"]).matches("CREATE_COMPLETE").count(), 11);

    let table = day.good(&["outputs"]);
    assert_eq!(table.matches("KnowledgeDocumentsUri").count(), 5, "{table}");
    let handout = read(&day.kit.path().join("handout.csv"));
    assert!(handout.starts_with("participant,blueprint,output,value\n") && handout.lines().count() == 41, "{handout}");
    assert!(handout.contains("\"\"question\"\""), "quotes are doubled in {handout}");

    // what is there is left alone: no stack is created or deleted
    let count = |day: &Day| day.cloud.tell("seen").split("\r\n\r\n").nth(1).map(str::to_owned).expect("a body");
    let before = count(&day);
    day.good(&DEPLOY);
    let after = count(&day);
    let created = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON")["CreateStack"].clone();
    assert_eq!(created(&before), created(&after));

    let said = day.bad(&["verify-clean"]);
    assert!(
        said.contains("half-day-p03-knowledge-base (CREATE_COMPLETE)") && said.contains("USD a GB-month"),
        "{said}"
    );

    let said = day.good(&["destroy", "--only", "p04", "--yes"]);
    assert!(said.contains("half-day-p04-knowledge-base: deleting") && !said.contains("p01"), "{said}");
    day.cloud.tell("resist/half-day-p03-knowledge-base");
    let said = day.good(&["destroy", "--yes"]);
    assert!(said.contains("half-day-p03-knowledge-base: deleting (DELETE_FAILED)"), "{said}");
    let gone = said.find("half-day-control: deleting").expect("the control stack goes");
    assert!(said.rfind("half-day-p").is_some_and(|last| last < gone), "the control stack goes last:\n{said}");
    assert!(day.good(&["verify-clean"]).starts_with("Nothing is left of half-day"));
    day.good(&["destroy", "--yes"]);

    // what somebody made by hand is found, and priced
    day.cloud.aws(&[
        "s3api",
        "create-bucket",
        "--bucket",
        "forgotten",
        "--create-bucket-configuration",
        "LocationConstraint=eu-west-3",
    ]);
    day.cloud.aws(&[
        "s3api",
        "put-bucket-tagging",
        "--bucket",
        "forgotten",
        "--tagging",
        "TagSet=[{Key=Lab,Value=half-day}]",
    ]);
    let said = day.bad(&["verify-clean"]);
    assert!(
        said.contains("arn:aws:s3:::forgotten") && said.contains("0.023 USD a GB-month in us-east-1, unknown here"),
        "{said}"
    );
}

#[test]
fn interrupted_half_way_and_run_again() {
    let Some(day) = Day::of("labs/half-day.yaml", "lab.sh") else { return };
    let mut child = day
        .start(&[&DEPLOY[..], &["--max-parallel", "2"]].concat())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the script runs");
    let deadline = Instant::now() + Duration::from_secs(120);
    for line in BufReader::new(child.stdout.take().expect("piped")).lines() {
        assert!(Instant::now() < deadline, "no third stack was begun");
        if line.expect("text").starts_with("half-day-p02-knowledge-base: creating") {
            break;
        }
    }
    child.kill().expect("it can be ended");
    child.wait().expect("it ends");
    let ready = day.good(&["status"]).matches("CREATE_COMPLETE").count();
    assert!((2..11).contains(&ready), "{ready} stacks are there half-way");
    let said = day.good(&DEPLOY);
    assert!(!said.contains("half-day-p01-knowledge-base: creating"), "what is there is not made again:\n{said}");
    assert_eq!(day.good(&["status"]).matches("CREATE_COMPLETE").count(), 11);

    let mut child = day
        .start(&["destroy", "--yes", "--max-parallel", "1"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the script runs");
    for line in BufReader::new(child.stdout.take().expect("piped")).lines() {
        if line.expect("text").starts_with("half-day-p01-knowledge-base: deleting") {
            break;
        }
    }
    child.kill().expect("it can be ended");
    child.wait().expect("it ends");
    day.good(&["destroy", "--yes"]);
    day.good(&["verify-clean"]);
}

#[test]
fn what_cannot_work_is_said_at_once() {
    let Some(day) = Day::of("labs/half-day.yaml", "lab.sh") else { return };
    assert!(day.bad(&["deploy", "--yes"]).contains("--email you@example.com"));
    assert!(day.bad(&["deploy", "--max-parallel", "x"]).contains("wants a number"));
    assert!(day.bad(&["deplyo"]).contains("is no command"));
    assert!(day.bad(&["deploy", "--sure"]).contains("is no option"));
    fs::write(day.kit.path().join("participants.csv"), "id\np01\np06\np1\n").expect("writable");
    let said = day.bad(&[&DEPLOY[..], &["--max-parallel", "3"]].concat());
    assert!(said.contains("has 5 participants, p01 to p05, and participants.csv also names p06 p1: raise"), "{said}");
    fs::write(day.kit.path().join("participants.csv"), "id\np01\np01\nme; rm -rf /\n").expect("writable");
    let said = day.bad(&["status"]);
    assert!(said.contains("line 3: p01 is there twice") && said.contains("line 4: me; rm -rf / is no id"), "{said}");
}

#[test]
fn a_template_that_is_too_large_for_the_call_goes_through_a_bucket() {
    let Some(day) = Day::of("tests/kit/labs/large.yaml", "lab.sh") else { return };
    let template = fs::metadata(day.kit.path().join("templates/course.yaml")).expect("a template").len();
    assert!(template > 51_200, "{template} bytes");
    fs::write(day.kit.path().join("participants.csv"), "id,name\r\np01,Ada\r\np60,Grace\r\n").expect("writable");
    let said = day.good(&DEPLOY);
    assert!(said.contains("All 2 stacks are ready"), "{said}");
    assert!(day.good(&["status"]).contains("large-day-p60-course"));
    day.good(&["destroy", "--yes"]);
}

#[test]
fn the_sandboxs_stack_sets() {
    let Some(day) = Day::of("tests/kit/labs/sandbox.yaml", "sandbox.sh") else { return };
    assert!(day.good(&["deploy"]).contains("would create the stack set sandbox-day-document-summarizer"));
    assert!(day.bad(&["deploy", "--yes"]).contains("--administration-role"));
    let roles = ["--administration-role", "arn:aws:iam::123456789012:role/hub", "--execution-role", "spoke", "--yes"];
    assert!(day.good(&[&["deploy"][..], &roles].concat()).contains("sandbox-day-document-summarizer: created"));
    assert!(day.good(&[&["deploy"][..], &roles].concat()).contains("sandbox-day-document-summarizer: updated"));
    assert!(day.good(&["status"]).contains("0 accounts have a stack"));
    day.bad(&["verify-clean"]);
    day.good(&["destroy", "--yes"]);
    assert!(day.good(&["verify-clean"]).contains("Nothing is left"));
}

#[test]
fn a_control_stack_for_five_hundred_goes_through_a_bucket_of_the_organisers() {
    let Some(tools) = tools() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let lab = folder.path().join("lab.yaml");
    let blueprint = root().join("blueprints/code-assistant.yaml");
    let text = format!(
        "lab: v1\nname: crowd\nblueprints: [{}]\nparticipants: 500\naccounts: shared\ntarget: single-account\nregion: eu-west-3\n\
         starts: 2026-12-08T09:00 Europe/Paris\nlasts: 4h\nbudget: {{total: 0.50 USD}}\n",
        blueprint.display()
    );
    fs::write(&lab, text).expect("writable");
    let kit = tempfile::tempdir().expect("a folder");
    super::render(&lab, kit.path());
    let control = read(&kit.path().join("templates/control.yaml"));
    assert!(control.len() > 51_200 && control.contains("crowd-p500-code-assistant"), "{} bytes", control.len());
    assert!(control.contains("BudgetLimit: {Amount: 1.0,"), "less than a dollar is a dollar");
    fs::write(kit.path().join("participants.csv"), "id\np500\n").expect("writable");
    let small = r#"{"Resources":{"Docs":{"Type":"AWS::S3::Bucket"}}}"#;
    fs::write(kit.path().join("templates/code-assistant.yaml"), small).expect("writable");
    let day = Day { cloud: Cloud::start(tools), kit, script: "lab.sh" };
    assert!(day.bad(&DEPLOY).contains("--bucket NAME"));
    let place = ["--create-bucket-configuration", "LocationConstraint=eu-west-3"];
    day.cloud.aws(&[&["s3api", "create-bucket", "--bucket", "own"][..], &place].concat());
    let said = day.good(&[&DEPLOY[..], &["--bucket", "own"]].concat());
    assert!(said.contains("All 1 stacks are ready"), "{said}");
    day.good(&["destroy", "--yes"]);
    day.good(&["verify-clean"]);
}

/// The state machine of the control stack, run by an interpreter of Amazon States Language.
#[test]
fn the_reaper_deletes_and_tells_what_resists() {
    let (_, kit) = kits().iter().find(|(path, _)| path.ends_with("labs/half-day.yaml")).expect("the lab");
    let stacks = ["half-day-p01-knowledge-base", "half-day-p02-knowledge-base", "half-day-p03-knowledge-base"];
    let Some(tools) = tools() else { return };
    let output = Command::new(tools.join("bin/python"))
        .arg(root().join("tests/emulator/reaper.py"))
        .arg(kit.join("templates/control.yaml"))
        .args(stacks)
        .envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_DEFAULT_REGION", "eu-west-3")])
        .env_remove("AWS_ENDPOINT_URL")
        .output()
        .expect("Python runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let line = said.lines().find(|line| line.starts_with('{'));
    let line = line.unwrap_or_else(|| panic!("{said}\n{}", String::from_utf8_lossy(&output.stderr)));
    let told: serde_json::Value = serde_json::from_str(line).expect("JSON");
    assert_eq!(told["status"], "SUCCEEDED", "{told}");
    assert_eq!(told["left"], serde_json::json!([stacks[1]]), "{told}");
    assert_eq!(told["letters"], serde_json::json!([stacks[1]]), "{told}");
    let tries = told["asked"].as_array().expect("a list").iter().filter(|name| *name == stacks[1]).count();
    assert_eq!(tries, 4, "once, and three times again: {told}");
}

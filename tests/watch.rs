//! `atelier validate --watch`: a file is saved, and what is true of it now is said.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

const GOOD: &str = "blueprint: v1\nname: a\nregions: [eu-west-1]\ncomponents:\n  a: {type: storage/bucket}\n";
const WAITING: &str = "watch: waiting for changes; Ctrl-C ends";
/// A program that hangs must not hang the tests.
const PATIENCE: Duration = Duration::from_secs(60);

struct Watch {
    process: Child,
    lines: Receiver<String>,
}

impl Watch {
    fn start(folder: &Path, arguments: &[&str]) -> Watch {
        let mut process = Command::new(env!("CARGO_BIN_EXE_atelier"))
            .args(["validate", "--watch"])
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("atelier starts");
        let (sender, lines) = channel();
        forward(process.stdout.take().expect("a pipe"), sender.clone());
        forward(process.stderr.take().expect("a pipe"), sender);
        Watch { process, lines }
    }

    /// Reads until each of these lines was said, in any order: the two streams are read side by side.
    fn expect(&self, wanted: &[&str]) -> Vec<String> {
        let mut said: Vec<String> = Vec::new();
        while !wanted.iter().all(|wanted| said.iter().any(|line| line.starts_with(wanted))) {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => said.push(line),
                Err(error) => panic!("{error}: {wanted:?} is not all in\n{}", said.join("\n")),
            }
        }
        said
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn forward(stream: impl Read + Send + 'static, sender: Sender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
}

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("watch").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("the old folder can be removed");
    }
    std::fs::create_dir_all(&folder).expect("the test's folder can be made");
    folder
}

/// Writes a file as editors do: another one, renamed over it.
fn save(file: &Path, text: &str) {
    let other = file.with_extension("new");
    std::fs::write(&other, text).expect("the test's folder can be written");
    std::fs::rename(&other, file).expect("the file can be replaced");
}

#[test]
fn a_saved_file_is_checked_again() {
    let folder = folder("saved");
    let file = folder.join("a.yaml");
    save(&file, GOOD);
    let watch = Watch::start(&folder, &["a.yaml"]);
    let said = watch.expect(&["a.yaml: 2 components, valid in eu-west-1", WAITING]);
    assert_eq!(said.len(), 2, "{said:?}");

    save(&file, &GOOD.replace("storage/bucket", "storage/buckett"));
    let said = watch.expect(&["watch: a.yaml changed", "error[S012]", "1 error", WAITING]);
    assert!(!said.iter().any(|line| line.contains('\u{1b}')), "nothing is cleared where no terminal is: {said:?}");

    // in place, and back to what it was
    std::fs::write(&file, GOOD).expect("the file can be written");
    watch.expect(&["watch: a.yaml changed", "a.yaml: 2 components, valid in eu-west-1", WAITING]);
}

#[test]
fn a_file_that_goes_and_comes_back_is_still_watched() {
    let folder = folder("gone");
    let (file, other) = (folder.join("a.yaml"), folder.join("b.yaml"));
    save(&file, GOOD);
    save(&other, &GOOD.replace("name: a", "name: b"));
    let watch = Watch::start(&folder, &["a.yaml", "b.yaml"]);
    watch.expect(&["a.yaml: 2 components", "b.yaml: 2 components", WAITING]);

    std::fs::remove_file(&file).expect("the file can be removed");
    watch.expect(&["watch: a.yaml changed", "error[IO001]: a.yaml cannot be read", WAITING]);
    save(&file, GOOD);
    watch.expect(&["watch: a.yaml changed", "a.yaml: 2 components", "b.yaml: 2 components", WAITING]);
}

#[test]
fn a_library_is_watched_and_read_anew() {
    let folder = folder("library");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/own-library");
    let parts = ["schemas/interfaces.yaml", "schemas/lab/queue.schema.json", "templates/lab/queue.yaml.j2"];
    for part in parts {
        let target = folder.join("own").join(part);
        std::fs::create_dir_all(target.parent().expect("a folder")).expect("the folder can be made");
        std::fs::copy(own.join(part), target).expect("the file can be copied");
    }
    save(&folder.join("a.yaml"), &GOOD.replace("storage/bucket", "lab/queue, tries: 2000"));
    let watch = Watch::start(&folder, &["--library", "own", "a.yaml"]);
    watch.expect(&["error[", WAITING]);

    let schema = folder.join("own").join(parts[1]);
    let text = std::fs::read_to_string(&schema).expect("the schema");
    save(&schema, &text.replace("\"maximum\": 1000", "\"maximum\": 3000"));
    watch.expect(&["watch: own/schemas/lab/queue.schema.json changed", "a.yaml: 2 components", WAITING]);

    save(&schema, "{");
    watch.expect(&["watch: own/schemas/lab/queue.schema.json changed", "error[L002]", WAITING]);
}

#[test]
fn json_stays_one_object_for_each_check() {
    let folder = folder("json");
    let file = folder.join("a.yaml");
    save(&file, GOOD);
    let mut process = Command::new(env!("CARGO_BIN_EXE_atelier"))
        .args(["validate", "--watch", "--format", "json", "a.yaml"])
        .current_dir(&folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("atelier starts");
    let output = BufReader::new(process.stdout.take().expect("a pipe"));
    let mut values = serde_json::Deserializer::from_reader(output).into_iter::<serde_json::Value>();
    let mut errors = || values.next().expect("one more").expect("JSON")["summary"]["errors"].clone();
    assert_eq!(errors(), 0);
    save(&file, &GOOD.replace("storage/bucket", "storage/buckett"));
    assert_eq!(errors(), 1);
    process.kill().expect("it can be ended");
    process.wait().expect("it ends");
}

#[test]
fn what_cannot_be_watched_is_refused() {
    let folder = folder("refused");
    for (argument, wanted) in [("-", "standard input cannot be watched"), ("absent.yaml", "absent.yaml cannot be read")]
    {
        let output = Command::new(env!("CARGO_BIN_EXE_atelier"))
            .args(["validate", "--watch", argument])
            .stdin(Stdio::null())
            .current_dir(&folder)
            .output()
            .expect("atelier runs");
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains(wanted), "{output:?}");
    }
}

/// A program that an interrupt ends is, for a shell, one with the exit code 130.
#[cfg(unix)]
#[test]
fn an_interrupt_ends_it() {
    use std::os::unix::process::ExitStatusExt;
    let folder = folder("interrupt");
    save(&folder.join("a.yaml"), GOOD);
    let mut watch = Watch::start(&folder, &["a.yaml"]);
    watch.expect(&[WAITING]);
    let sent = Command::new("kill").args(["-INT", &watch.process.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
    let status = watch.process.wait().expect("it ends");
    assert!(status.signal() == Some(2) || status.code() == Some(130), "{status}");
}

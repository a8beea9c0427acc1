//! What the program writes, when it is killed, has no room, may not write, or is not alone: each folder is as it was or
//! as it shall be, nothing is written through a symbolic link, and whoever runs it is told the place and the way out.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const ATELIER: &str = env!("CARGO_BIN_EXE_atelier");
/// How many runs are killed; each is one `render` over `NAMES`.
const KILLS: u64 = 200;
const NAMES: [&str; 5] = ["one", "two", "three", "four", "five"];

fn atelier(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(ATELIER);
    command.current_dir(folder).args(arguments).env("ATELIER_TODAY", "2026-11-23").stdin(Stdio::null());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    atelier(folder, arguments).output().expect("the program starts")
}

fn told(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}\n{}{}", output.status, text(&output.stdout), text(&output.stderr))
}

/// A folder with two versions of a set of blueprints, `v1/` and `v2/`, that differ in template and picture.
fn project() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (version, more) in [("v1", ""), ("v2", "  answers: {type: storage/bucket}\n")] {
        fs::create_dir(folder.path().join(version)).expect("made");
        for name in NAMES {
            let text = format!(
                "blueprint: v1\nname: {name}\nregions: [eu-west-1]\ncomponents:\n  documents: {{type: storage/bucket}}\n{more}"
            );
            fs::write(folder.path().join(version).join(format!("{name}.yaml")), text).expect("written");
        }
    }
    folder
}

fn lab(participants: u32) -> String {
    format!(
        "lab: v1\nname: day\ndescription: A morning.\nblueprints: [v1/one.yaml]\nparticipants: {participants}\naccounts: shared\n\
         target: single-account\nregion: eu-west-1\nstarts: 2026-12-08T09:00 Europe/Paris\nlasts: 4h\n\
         budget: {{perParticipant: 15 USD}}\nlanguage: en\n"
    )
}

fn render<'a>(files: &'a [String], output: &'a str) -> Vec<&'a str> {
    ["render", "--no-verify", "-o", output].into_iter().chain(files.iter().map(String::as_str)).collect()
}

fn blueprints(version: &str) -> Vec<String> {
    NAMES.iter().map(|name| format!("{version}/{name}.yaml")).collect()
}

/// Every file below a folder with its bytes; of a link, where it leads.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).into_iter().flatten().flatten() {
            let (path, kind) = (entry.path(), entry.file_type().expect("a kind"));
            let name = path.strip_prefix(folder).expect("below").display().to_string();
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_symlink() {
                found.insert(name, fs::read_link(path).expect("a link").into_os_string().into_encoded_bytes());
            } else {
                found.insert(name, fs::read(path).expect("readable"));
            }
        }
    }
    found
}

/// The names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Numbers that are the same in every run (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit.max(1)
    }
}

/// Starts a run and kills it after so many microseconds.
fn kill(mut command: Command, after: u64) {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("started");
    std::thread::sleep(Duration::from_micros(after));
    child.kill().expect("killed");
    child.wait().expect("waited for");
}

/// How long a run takes, in microseconds; it must succeed.
fn duration(mut command: Command) -> u64 {
    let started = Instant::now();
    let output = command.output().expect("started");
    assert!(output.status.success(), "{}", told(&output));
    started.elapsed().as_micros() as u64
}

#[test]
fn killed_at_any_moment_each_folder_is_old_or_new() {
    let project = project();
    let root = project.path();
    let versions = [blueprints("v1"), blueprints("v2")];
    let commands: Vec<_> = versions.iter().map(|files| render(files, "out")).collect();
    let mut whole = Vec::new();
    for (files, output) in versions.iter().zip(["whole-1", "whole-2"]) {
        duration(atelier(root, &render(files, output)));
        whole.push(NAMES.map(|name| contents(&root.join(output).join(name))));
    }
    let [old, new] = &*whole else { panic!("two versions") };
    for (old, new) in old.iter().zip(new) {
        for file in ["template.yaml", "architecture.svg"] {
            assert!(old[file] != new[file], "the versions differ in {file}");
        }
    }
    let longest = (0..4).map(|n| duration(atelier(root, &commands[n % 2]))).max().unwrap_or(0);
    let mut numbers = Numbers(2026);
    let (mut untouched, mut between, mut done, mut left) = (0, 0, 0, 0);
    for round in 0..KILLS {
        let version = usize::from(round % 2 == 0);
        // all folders hold the other version: two of three runs start from what the last kill left
        if round % 3 == 0 {
            duration(atelier(root, &commands[1 - version]));
        }
        kill(atelier(root, &commands[version]), numbers.below(longest));
        let mut new = 0;
        for (index, name) in NAMES.iter().enumerate() {
            let now = contents(&root.join("out").join(name));
            assert!(
                now == whole[0][index] || now == whole[1][index],
                "{name} is mixed after round {round}: {:?}",
                now.keys()
            );
            new += usize::from(now == whole[version][index]);
        }
        match new {
            0 => untouched += 1,
            all if all == NAMES.len() => done += 1,
            _ => between += 1,
        }
        for name in names(&root.join("out")).iter().filter(|name| !NAMES.contains(&name.as_str())) {
            assert!(name.starts_with(".atelier-") && name.ends_with(".part"), "{name} is left");
            left += 1;
        }
    }
    println!(
        "{KILLS} runs killed: {untouched} before they wrote, {between} while, {done} after; {left} unfinished things left"
    );
    assert!(untouched > 0 && between > 0, "the kills do not meet the writing: the test proves nothing");
    duration(atelier(root, &commands[0]));
    let mut expected = NAMES.map(str::to_owned).to_vec();
    expected.sort();
    assert_eq!(names(&root.join("out")), expected, "the next run cleans up");
}

#[test]
fn a_killed_run_leaves_a_lab_and_its_peoples_files_whole() {
    let project = project();
    let root = project.path();
    fs::write(root.join("few.yaml"), lab(4)).expect("written");
    fs::write(root.join("many.yaml"), lab(40)).expect("written");
    let command = |file: &str, output: &str| atelier(root, &["lab", "render", "--no-verify", file, "-o", output]);
    duration(command("few.yaml", "few"));
    let longest = duration(command("many.yaml", "many"));
    duration(command("few.yaml", "kit"));
    for output in ["few", "many", "kit"] {
        fs::write(root.join(output).join("participants.csv"), "ours\n").expect("written");
        fs::create_dir_all(root.join(output).join(".lab-state/deep")).expect("made");
        fs::write(root.join(output).join(".lab-state/deep/er"), "ours\n").expect("written");
    }
    let whole = [contents(&root.join("few")), contents(&root.join("many"))];
    assert_ne!(whole[0], whole[1]);
    let mut numbers = Numbers(7);
    for round in 0..20 {
        let file = if round % 2 == 0 { "many.yaml" } else { "few.yaml" };
        kill(command(file, "kit"), longest / 2 + numbers.below(longest / 2));
        let now = contents(&root.join("kit"));
        assert!(whole.contains(&now), "the kit is mixed after round {round}: {:?}", now.keys());
    }
    duration(command("many.yaml", "kit"));
    assert!(contents(&root.join("kit")) == whole[1]);
    assert_eq!(names(root), ["few", "few.yaml", "kit", "many", "many.yaml", "v1", "v2"]);
}

#[test]
fn a_killed_run_leaves_a_single_file_whole() {
    let project = project();
    let root = project.path();
    let new = |name: &str| atelier(root, &["new", name, "-o", "my.yaml", "--force"]);
    let longest = duration(new("private-rag"));
    let whole = ["private-rag", "studio"].map(|name| {
        duration(new(name));
        fs::read(root.join("my.yaml")).expect("there")
    });
    let mut numbers = Numbers(11);
    for round in 0..40 {
        kill(new(["private-rag", "studio"][round % 2]), numbers.below(longest));
        assert!(whole.contains(&fs::read(root.join("my.yaml")).expect("there")), "my.yaml is mixed");
    }
    duration(new("studio"));
    assert_eq!(names(root), ["my.yaml", "v1", "v2"]);
}

/// A link anywhere on the way from here, in every verb that writes: nothing arrives where it leads.
#[test]
fn no_link_is_followed_on_any_level() {
    let project = project();
    let root = project.path();
    fs::write(root.join("lab.yaml"), lab(4)).expect("written");
    let outside = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir_all(outside.path().join("one")).expect("made");
    fs::write(outside.path().join("precious"), "precious\n").expect("written");
    let before = contents(outside.path());
    let file = "v1/one.yaml";
    let whole = root.join("whole").display().to_string();
    // where the link stands, what it leads to, and what is run
    let cases: [(&str, &str, &[&str]); 12] = [
        ("out", "", &["render", "--no-verify", file]),
        ("out", "", &["render", "--no-verify", file, "-o", "out/deep/er"]),
        ("out/one", "one", &["render", "--no-verify", file]),
        ("out/one", "missing", &["render", "--no-verify", file]),
        ("out/one/template.yaml", "precious", &["render", "--no-verify", file]),
        ("out/one/architecture.svg", "precious", &["render", "--no-verify", file]),
        ("out/one/template.yaml", "missing", &["render", "--no-verify", file]),
        ("whole", "", &["render", "--no-verify", file, "-o", &whole]),
        ("out/labs", "", &["lab", "render", "--no-verify", "lab.yaml"]),
        ("out/labs/day", "one", &["lab", "render", "--no-verify", "lab.yaml"]),
        ("my.yaml", "precious", &["new", "studio", "-o", "my.yaml", "--force"]),
        ("out", "", &["diagram", file, "-o", "out/a.svg"]),
    ];
    for (link, target, arguments) in cases {
        let link = root.join(link);
        fs::create_dir_all(link.parent().expect("a parent")).expect("made");
        symlink(outside.path().join(target), &link).expect("linked");
        let output = run(root, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", told(&output));
        assert!(told(&output).contains("is a symbolic link"), "{arguments:?}: {}", told(&output));
        assert!(contents(outside.path()) == before, "{arguments:?}");
        assert!(link.is_symlink(), "{arguments:?}: the link stays");
        fs::remove_file(&link).expect("removed");
        let _ = fs::remove_dir_all(root.join("out"));
    }
}

/// What others put into a blueprint's folder stays, links as links; what stood there keeps its rights.
#[test]
fn other_files_in_the_folder_stay() {
    let project = project();
    let root = project.path();
    let (one, two) = (blueprints("v1"), blueprints("v2"));
    duration(atelier(root, &render(&one, "out")));
    let folder = root.join("out/one");
    fs::create_dir(folder.join("notes")).expect("made");
    fs::write(folder.join("notes/a.md"), "mine\n").expect("written");
    fs::write(folder.join("deploy.sh"), "#!/bin/sh\n").expect("written");
    symlink("/nowhere", folder.join("link")).expect("linked");
    duration(atelier(root, &render(&two, "out")));
    let now = contents(&folder);
    assert_eq!(now["notes/a.md"], b"mine\n");
    assert_eq!(now["link"], b"/nowhere");
    assert_eq!(now.len(), 5, "{:?}", now.keys());
    let again = run(root, &render(&two, "out"));
    assert!(told(&again).contains("unchanged: out/one/template.yaml"), "{}", told(&again));
}

/// Runs a shell script in a project whose `out` holds the first version; `$ATELIER` is the program, and what is under
/// `out` afterwards must be that version.
fn in_a_shell(script: &str, prepare: impl Fn(&Path, &mut Command)) -> Output {
    let project = project();
    let root = project.path();
    duration(atelier(root, &render(&blueprints("v1"), "out")));
    let before = contents(&root.join("out"));
    let mut command = Command::new("sh");
    command.args(["-c", script]).current_dir(root).env("ATELIER", ATELIER).env("ATELIER_TODAY", "2026-11-23");
    prepare(root, &mut command);
    let output = command.output().expect("a shell");
    let mut after = contents(&root.join("out"));
    after.retain(|name, _| !name.starts_with(".atelier-"));
    assert!(after == before, "out is not as it was: {:?}\n{}", after.keys(), told(&output));
    output
}

const AGAIN: &str = "\"$ATELIER\" render --no-verify v2/*.yaml -o out";

#[test]
fn a_limit_on_the_size_of_files_is_told_and_damages_nothing() {
    // 512 bytes a block: less than a template
    let output = in_a_shell(&format!("trap '' XFSZ; ulimit -f 2; exec {AGAIN}"), |_, _| {});
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    for said in ["out/", "template.yaml cannot be written", "ulimit -f"] {
        assert!(told(&output).contains(said), "{}", told(&output));
    }
    // who does not ignore the signal is ended by it: that is a kill like others
    let output = in_a_shell(&format!("ulimit -f 2; exec {AGAIN}"), |_, _| {});
    assert!(output.status.signal().is_some() || output.status.code() == Some(2), "{}", told(&output));
}

/// A full disk: a small file system of its own, which needs the right to mount one, as root or in a user's namespace has it.
#[test]
fn a_full_disk_is_told_and_damages_nothing() {
    let script = "mount -t tmpfs -o size=64k none small && cp -r out/one small/one && { head -c 1m /dev/zero > small/filler; \
         \"$ATELIER\" render --no-verify v2/one.yaml -o small; echo \"code $?\"; cmp out/one/template.yaml small/one/template.yaml && \
         cmp out/one/architecture.svg small/one/architecture.svg && ls -A small; }";
    let mut last = String::new();
    for flags in [&["--mount"][..], &["--mount", "--user", "--map-root-user"]] {
        let output = in_a_shell(&format!("exec unshare {} sh -c '{script}'", flags.join(" ")), |root, _| {
            fs::create_dir(root.join("small")).expect("made");
        });
        last = told(&output);
        if !last.contains("code ") {
            continue;
        }
        assert!(last.contains("code 2") && last.contains("No space left"), "{last}");
        assert!(last.contains("small/one") && last.contains("make room"), "{last}");
        // the old folder is whole, and nothing unfinished is left beside it
        assert!(last.contains("\nfiller\none\n") && !last.contains(".atelier-"), "{last}");
        return;
    }
    println!("SKIPPED: no file system can be mounted here, so no disk can be full: {last}");
}

/// Without the right to write: as somebody else, when the tests run as root, whom rights do not stop.
#[test]
fn a_folder_without_the_right_to_write_is_told() {
    let prepare = |root: &Path, command: &mut Command| {
        let program = root.join("atelier");
        // by another process: a file that this one has open to write could not be started while a neighbour test forks
        assert!(Command::new("cp").arg(ATELIER).arg(&program).status().expect("cp").success());
        command.env("ATELIER", program);
        use std::os::unix::fs::PermissionsExt;
        let rights = |path: PathBuf, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set");
        rights(root.to_owned(), 0o755);
        rights(root.join("out"), 0o555);
        if fs::metadata("/proc/self").is_ok_and(|data| std::os::unix::fs::MetadataExt::uid(&data) == 0) {
            command.uid(65_534).gid(65_534);
        }
    };
    for (script, place) in [
        (AGAIN, "out cannot be written: Permission denied"),
        ("\"$ATELIER\" new studio -o out/a.yaml", "out/a.yaml cannot be written: Permission denied"),
        ("\"$ATELIER\" diagram v1/one.yaml -o out/a.svg", "out/a.svg cannot be written: Permission denied"),
        ("\"$ATELIER\" render --no-verify v2/*.yaml -o out/deep", "out/deep cannot be written: Permission denied"),
    ] {
        let output = in_a_shell(script, prepare);
        assert_eq!(output.status.code(), Some(2), "{script}: {}", told(&output));
        assert!(told(&output).contains(place) && told(&output).contains("with -o"), "{script}: {}", told(&output));
    }
}

#[test]
fn a_report_that_cannot_be_printed_is_a_failure() {
    let project = project();
    for arguments in
        ["validate --format json v1/one.yaml", "list components", "render --stdout --no-verify v1/one.yaml"]
    {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("\"$ATELIER\" {arguments} > /dev/full")]).env("ATELIER", ATELIER);
        let output = command.current_dir(project.path()).output().expect("a shell");
        assert_eq!(output.status.code(), Some(2), "{arguments}: {}", told(&output));
        assert!(told(&output).contains("standard output cannot be written"), "{arguments}: {}", told(&output));
    }
}

/// Two runs at once take turns; each folder is one's or the other's.
#[test]
fn two_runs_at_once_take_turns() {
    let project = project();
    let root = project.path();
    let versions = [blueprints("v1"), blueprints("v2")];
    let mut whole = Vec::new();
    for (files, output) in versions.iter().zip(["whole-1", "whole-2"]) {
        duration(atelier(root, &render(files, output)));
        whole.push(NAMES.map(|name| contents(&root.join(output).join(name))));
    }
    for _ in 0..10 {
        let runs = versions.each_ref().map(|files| {
            let mut command = atelier(root, &render(files, "out"));
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started")
        });
        for run in runs {
            let output = run.wait_with_output().expect("ended");
            assert!(output.status.success(), "{}", told(&output));
        }
        for (index, name) in NAMES.iter().enumerate() {
            let now = contents(&root.join("out").join(name));
            assert!(now == whole[0][index] || now == whole[1][index], "{name} is mixed: {:?}", now.keys());
        }
        assert_eq!(names(&root.join("out")).len(), NAMES.len(), "nothing unfinished is left");
    }
}

/// A run that hangs while it writes is waited for, but not for ever.
#[test]
fn a_run_that_does_not_end_is_named() {
    let project = project();
    let root = project.path();
    fs::create_dir(root.join("out")).expect("made");
    let folder = fs::File::open(root.join("out")).expect("open");
    folder.lock().expect("locked");
    let output = run(root, &render(&blueprints("v1"), "out"));
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(told(&output).contains("another run has been writing into out"), "{}", told(&output));
    assert!(contents(&root.join("out")).is_empty());
    drop(folder);
    assert!(run(root, &render(&blueprints("v1"), "out")).status.success());
}

//! The tests' own Node.js packages: installed once below the target folder, from a pinned and hashed lock file.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The folder `node_modules` of `tests/<name>/package-lock.json`; `None`, said loudly, on a machine without Node.js. In CI that is a failure.
pub fn modules(name: &str) -> Option<&'static Path> {
    static MODULES: OnceLock<Option<PathBuf>> = OnceLock::new();
    MODULES.get_or_init(|| install(name)).as_deref()
}

fn install(name: &str) -> Option<PathBuf> {
    for program in ["node", "npm"] {
        if let Err(error) = Command::new(program).arg("--version").output() {
            assert!(std::env::var_os("CI").is_none(), "the tests need Node.js 20 or newer: {program}: {error}");
            // past the test harness, which shows nothing of a test that passes
            let _ =
                writeln!(std::io::stderr(), "SKIPPED: {program} is not installed ({error}): nothing is tested with it");
            return None;
        }
    }
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("cargo's tmp is below the target folder");
    let folder = target.join("node").join(name);
    let pins = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
    let wanted = fs::read_to_string(pins.join("package-lock.json")).expect("the pins can be read");
    let stamp = folder.join("made-from.txt");
    fs::create_dir_all(&folder).expect("the target folder can be written");

    // test binaries of several checkouts may share a target folder
    let lock = fs::File::create(target.join("node.lock")).expect("the target folder can be written");
    lock.lock().expect("the lock can be taken");
    if !fs::read_to_string(&stamp).is_ok_and(|made_from| made_from == wanted) {
        eprintln!("installing {} (once)", folder.display());
        for file in ["package.json", "package-lock.json"] {
            fs::copy(pins.join(file), folder.join(file)).expect("the pins can be copied");
        }
        let output = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&folder)
            .output()
            .expect("npm can be run");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(output.status.success(), "npm's registry, or a mirror of it, is needed the first time:\n{said}");
        fs::write(&stamp, wanted).expect("the stamp can be written");
    }
    Some(folder.join("node_modules"))
}

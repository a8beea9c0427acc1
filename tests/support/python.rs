//! The tests' own Python: virtual environments made once below the target folder, from pinned and hashed packages.
#![allow(dead_code)] // not every test that includes this file uses all of it

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The environment of the light tests; it is made when it is not there or was made from other pins.
pub fn environment() -> &'static Path {
    static ENVIRONMENT: OnceLock<PathBuf> = OnceLock::new();
    ENVIRONMENT
        .get_or_init(|| made("python", "tests/python/requirements.txt").unwrap_or_else(|error| panic!("{error}")))
}

/// An environment that large tests have for themselves. Outside of CI (`CI` set) they may be left out where PyPI cannot be reached:
/// `None`, after saying so.
pub fn environment_of(name: &str, pins: &str) -> Option<PathBuf> {
    match made(name, pins) {
        Ok(environment) => Some(environment),
        Err(error) if std::env::var_os("CI").is_none() => {
            eprintln!("\nNOT TESTED: the packages of {pins} cannot be installed\n{error}\n");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

fn made(name: &str, pins: &str) -> Result<PathBuf, String> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("cargo's tmp is below the target folder");
    let environment = target.join(name);
    let pins = Path::new(env!("CARGO_MANIFEST_DIR")).join(pins);
    let wanted = fs::read_to_string(&pins).expect("the pins can be read");
    let stamp = environment.join("made-from.txt");

    // test binaries of several checkouts may share a target folder
    let lock = fs::File::create(target.join(format!("{name}.lock"))).expect("the target folder can be written");
    lock.lock().expect("the lock can be taken");
    if fs::read_to_string(&stamp).is_ok_and(|made_from| made_from == wanted) {
        return Ok(environment);
    }
    eprintln!("making {} (once)", environment.display());
    if environment.exists() {
        fs::remove_dir_all(&environment).expect("the old environment can be removed");
    }
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    run(Command::new(&python).args(["-m", "venv"]).arg(&environment), "Python 3.10 or newer with its venv module")?;
    run(
        Command::new(environment.join("bin/python"))
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"])
            .args(["--require-hashes", "--no-deps", "--requirement"])
            .arg(&pins),
        "PyPI, or a mirror of it, the first time",
    )?;
    fs::write(&stamp, wanted).expect("the stamp can be written");
    Ok(environment)
}

fn run(command: &mut Command, needs: &str) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("the tests need {needs}: {command:?}: {error}"))?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    if output.status.success() { Ok(()) } else { Err(format!("the tests need {needs}: {command:?} failed:\n{said}")) }
}

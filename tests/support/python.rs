//! The tests' own Python: a virtual environment made once below the target folder, from pinned and hashed packages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The environment's folder; it is made when it is not there or was made from other pins.
#[allow(dead_code, reason = "some tests need another environment only")]
pub fn environment() -> &'static Path {
    static ENVIRONMENT: OnceLock<PathBuf> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| made("python", "tests/python/requirements.txt"))
}

/// An environment below the target folder, from pins of the repository.
pub fn made(folder: &str, pins: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("cargo's tmp is below the target folder");
    let environment = target.join(folder);
    let pins = Path::new(env!("CARGO_MANIFEST_DIR")).join(pins);
    let wanted = fs::read_to_string(&pins).expect("the pins can be read");
    let stamp = environment.join("made-from.txt");

    // test binaries of several checkouts may share a target folder
    let lock = fs::File::create(target.join(format!("{folder}.lock"))).expect("the target folder can be written");
    lock.lock().expect("the lock can be taken");
    if fs::read_to_string(&stamp).is_ok_and(|made_from| made_from == wanted) {
        return environment;
    }
    eprintln!("making {} (once)", environment.display());
    if environment.exists() {
        fs::remove_dir_all(&environment).expect("the old environment can be removed");
    }
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    run(Command::new(&python).args(["-m", "venv"]).arg(&environment), "Python 3.10 or newer with its venv module");
    run(
        Command::new(environment.join("bin/python"))
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"])
            .args(["--require-hashes", "--no-deps", "--requirement"])
            .arg(&pins),
        "PyPI, or a mirror of it, the first time",
    );
    fs::write(&stamp, wanted).expect("the stamp can be written");
    environment
}

fn run(command: &mut Command, needs: &str) {
    let output = command.output().unwrap_or_else(|error| panic!("the tests need {needs}: {command:?}: {error}"));
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success(), "the tests need {needs}: {command:?} failed:\n{said}");
}

//! Chromium without a screen, for what has to be looked at as a browser lays it out.

use std::fs::File;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Chromium as this machine calls it; where there is none, the test that needs it fails in CI and is skipped elsewhere.
pub fn chromium(what: &str) -> Option<String> {
    let named = std::env::var("CHROMIUM").ok();
    let names = named.into_iter().chain(["chromium", "chromium-browser", "google-chrome"].map(str::to_owned));
    let works = |name: &String| {
        let tried = Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        tried.is_ok_and(|status| status.success())
    };
    let found = names.into_iter().find(works);
    if found.is_none() {
        let needs = format!(
            "{what} are looked at in Chromium: install it (Debian: apt-get install chromium), or name it in CHROMIUM"
        );
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{needs}");
        eprintln!("SKIPPED: {needs}");
    }
    found
}

/// Runs Chromium with a profile of its own; what it writes to standard output and to standard error. One that does not end fails the test.
pub fn run(chromium: &str, dark: bool, arguments: &[String]) -> (String, String) {
    let folder = tempfile::tempdir().expect("a profile can be made");
    let (output, errors) = (folder.path().join("stdout"), folder.path().join("stderr"));
    let mut child = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"])
        .args(["--no-first-run", "--hide-scrollbars", "--force-device-scale-factor=1", "--enable-logging=stderr"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("--blink-settings=preferredColorScheme={}", if dark { 0 } else { 1 }))
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(File::create(&output).expect("its output has a place"))
        .stderr(File::create(&errors).expect("its messages have a place"))
        .spawn()
        .expect("Chromium starts");
    let read = |path| String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned();
    let deadline = Instant::now() + Duration::from_secs(180);
    loop {
        match child.try_wait().expect("Chromium can be waited for") {
            Some(status) => {
                assert!(status.success(), "Chromium ended with {status}:\n{}", read(&errors));
                return (read(&output), read(&errors));
            }
            None if Instant::now() > deadline => {
                child.kill().expect("Chromium can be ended");
                child.wait().expect("Chromium has ended");
                panic!("Chromium does not end: {arguments:?}\n{}", read(&errors));
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

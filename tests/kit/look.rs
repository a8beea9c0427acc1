//! The printable guide, opened and printed by Chromium.
//!
//! Needs Chromium (`chromium`, `chromium-browser`, `google-chrome`, or the program that `CHROMIUM` names). Where there is none the
//! test says so and does nothing, except in continuous integration (`CI=true`).

use std::process::{Command, Stdio};

use super::{ending, files, kits};

fn chromium() -> Option<String> {
    let named = std::env::var("CHROMIUM").ok();
    let names = named.into_iter().chain(["chromium", "chromium-browser", "google-chrome"].map(str::to_owned));
    let works = |name: &String| {
        let tried = Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        tried.is_ok_and(|status| status.success())
    };
    let found = names.into_iter().find(works);
    if found.is_none() {
        let needs =
            "guides are printed by Chromium: install it (Debian: apt-get install chromium), or name it in CHROMIUM";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{needs}");
        eprintln!("SKIPPED: {needs}");
    }
    found
}

#[test]
fn guides_open_and_print() {
    let Some(chromium) = chromium() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[String]| {
        let mut command = Command::new(&chromium);
        command.args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
        ]);
        command.arg(format!("--user-data-dir={}", folder.path().join("profile").display())).args(arguments);
        let output = command.stdin(Stdio::null()).output().expect("Chromium runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let mut seen = 0;
    for (_, kit) in kits() {
        for guide in ending(&files(kit), ".html") {
            seen += 1;
            let address = format!("file://{}", kit.join(guide).display());
            let page = run(&["--dump-dom".to_owned(), address.clone()]);
            // what Chromium made of it: nothing was dropped or moved out of its section
            let sections = page.matches("<section id=").count();
            assert!(
                sections >= 5 && page.matches("<h1>").count() == sections,
                "{}: {sections} sections",
                guide.display()
            );
            assert!(page.contains("<figure><svg"), "{}: the drawings are in it", guide.display());
            let pdf = folder.path().join(format!("{seen}.pdf"));
            run(&[format!("--print-to-pdf={}", pdf.display()), "--no-pdf-header-footer".to_owned(), address]);
            let bytes = std::fs::read(&pdf).expect("a PDF");
            let pages = String::from_utf8_lossy(&bytes).matches("/Type /Page\n").count();
            assert!(
                bytes.starts_with(b"%PDF") && pages >= sections,
                "{}: {pages} pages for {sections} sections",
                guide.display()
            );
        }
    }
    assert!(seen >= 6, "{seen} guides");
}

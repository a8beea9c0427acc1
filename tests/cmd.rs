//! Transcripts: every command in the README and in `tests/cmd/*.md` is run and must say what stands there.
//!
//! `TRYCMD=overwrite cargo test --test cmd` writes what the program says now; read it as a user would before you commit it.
//! A line `...` stands for any lines, `[..]` for any characters.

use std::path::Path;

use trycmd::TestCases;

/// Dates are judged on the day of the facts; the help is as wide as a page.
fn cases() -> TestCases {
    let cases = TestCases::new();
    cases.env("ATELIER_TODAY", "2026-11-23").env("COLUMNS", "100").env("NO_COLOR", "1");
    cases.register_bin("atelier", Path::new(env!("CARGO_BIN_EXE_atelier")));
    cases
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn transcripts() {
    let cases = cases();
    cases.case("tests/cmd/*.md").case("tests/cmd/*.toml");
    if cfg!(feature = "verify") {
        cases.case("tests/cmd/verify/*.md");
    } else {
        cases.case("tests/cmd/no-verify/*.md");
    }
}

/// The README's commands run one after the other in an empty folder.
#[cfg(feature = "verify")]
#[test]
fn readme() {
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("readme");
    let copy = folder.join("README.md");
    // a folder README.out makes trycmd work in a folder of its own
    std::fs::create_dir_all(folder.join("README.out")).expect("the test's folder can be made");
    let overwrite = std::env::var_os("TRYCMD").is_some_and(|mode| mode == "overwrite");
    let text = std::fs::read_to_string(root().join("README.md")).expect("README.md");
    // sizes in the README are real ones, but need not be today's
    let sizes = |line: &str| match line.split_once(" resources, ") {
        Some((start, _)) if start.starts_with("wrote ") && !overwrite => {
            format!("{} ([..] bytes)[..]\n", start.rsplit_once(" (").map_or(start, |(path, _)| path))
        }
        _ => format!("{line}\n"),
    };
    std::fs::write(&copy, text.lines().map(sizes).collect::<String>()).expect("the test's folder can be written");
    cases().case(&copy).run();
    if overwrite {
        std::fs::copy(&copy, root().join("README.md")).expect("README.md can be written");
    }
}

/// What a page quotes stands in the file it names: a block of YAML or JSON behind `<!-- from FILE -->`; a line `# …` stands for what is left out.
#[test]
fn quotations_are_true() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for page in ["README.md", "CONTRIBUTING.md", "docs/assurance.md", "docs/verify.md", "docs/writing-components.md"] {
        let text = std::fs::read_to_string(root().join(page)).expect(page);
        for part in text.split("<!-- from ").skip(1) {
            let (file, rest) =
                part.split_once(" -->\n```").unwrap_or_else(|| panic!("{page}: a quotation without a block"));
            let (block, _) = rest.split_once("\n```").unwrap_or_else(|| panic!("{page}: a block without an end"));
            let quoted = block.split_once('\n').map_or("", |(_, lines)| lines);
            let original = std::fs::read_to_string(root().join(file))
                .unwrap_or_else(|error| panic!("{page} quotes {file}: {error}"));
            count += 1;
            for piece in quoted
                .split_inclusive('\n')
                .collect::<Vec<_>>()
                .split(|line| line.trim() == "# …")
                .map(<[&str]>::concat)
            {
                if !original.contains(piece.trim_end()) {
                    wrong.push(format!("{page} quotes {file}, but this does not stand there:\n{piece}"));
                }
            }
        }
    }
    assert!(count > 2, "only {count} quotations were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

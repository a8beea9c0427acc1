//! The printable guide, looked at in Chromium: laid out at two widths, in light and dark, and printed.
//!
//! Needs Chromium (`chromium`, `chromium-browser`, `google-chrome`, or the program that `CHROMIUM` names). Where there is none the
//! tests say so and do nothing, except in continuous integration (`CI=true`). Photographs and PDFs stay below `target/guides/`.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{chromium, ending, files, kits, read};

/// Runs Chromium with no console message allowed; what it prints.
fn run(chromium: &str, dark: bool, arguments: &[String]) -> String {
    let (output, said) = chromium::run(chromium, dark, arguments);
    // what a page's content security policy refuses to load is told there, too
    let told: Vec<&str> = said.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert!(told.is_empty(), "{arguments:?}:\n{}", told.join("\n"));
    output
}

/// Every guide: a name and its file.
fn guides() -> Vec<(String, PathBuf)> {
    let of = |kit: &Path| {
        let name = kit.file_name().expect("a name").to_string_lossy().into_owned();
        let found = files(kit);
        let html = ending(&found, ".html");
        html.iter()
            .map(|file| (format!("{name}-{}", file.file_stem().expect("a name").to_string_lossy()), kit.join(file)))
            .collect::<Vec<_>>()
    };
    let guides: Vec<_> = kits().iter().flat_map(|(_, kit)| of(kit)).collect();
    assert!(guides.len() >= 8, "{} guides", guides.len());
    guides
}

fn folder() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("cargo's tmp is below the target folder");
    let folder = target.join("guides");
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

#[test]
fn nothing_is_cut_overlaps_or_is_loaded_in_a_guide() {
    let Some(chromium) = chromium::chromium("guides") else { return };
    let guides = guides();
    let map: serde_json::Map<String, Value> =
        guides.iter().map(|(name, file)| (name.clone(), Value::from(read(file)))).collect();
    // in a script only `</` could end it
    let map = Value::Object(map).to_string().replace("</", "<\\/");
    let script = include_str!("look.js");
    let html = format!("<!doctype html><meta charset=\"utf-8\"><body><script>const guides = {map};\n{script}</script>");
    let page = folder().join("look.html");
    std::fs::write(&page, html).expect("the page can be written");
    for dark in [false, true] {
        let arguments = ["--window-size=1400,1000", "--virtual-time-budget=60000", "--dump-dom"].map(str::to_owned);
        let dom = run(&chromium, dark, &[&arguments[..], &[format!("file://{}", page.display())]].concat());
        let result = dom.split_once("<pre id=\"result\">").and_then(|(_, rest)| rest.split_once("</pre>"));
        let (result, _) = result.unwrap_or_else(|| panic!("the page says nothing: {}", &dom[..dom.len().min(400)]));
        let result = result.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        let result: Value = serde_json::from_str(&result).unwrap_or_else(|error| panic!("{error}: {result}"));
        assert_eq!((&result["guides"], &result["dark"]), (&Value::from(guides.len()), &Value::from(dark)));
        assert!(result["texts"].as_u64().is_some_and(|texts| texts > 1000), "{}", result["texts"]);
        let problems: Vec<&str> =
            result["problems"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
        assert!(problems.is_empty(), "{} problems\n{}", problems.len(), problems.join("\n"));
    }
}

#[test]
fn guides_open_and_print() {
    let Some(chromium) = chromium::chromium("guides") else { return };
    for (name, guide) in guides() {
        let address = format!("file://{}", guide.display());
        let picture = folder().join(format!("{name}.png"));
        let photograph = format!("--screenshot={}", picture.display());
        let page = run(
            &chromium,
            false,
            &["--window-size=1280,4000".to_owned(), "--dump-dom".to_owned(), photograph, address.clone()],
        );
        // what Chromium made of it: nothing was dropped or moved out of its section
        let sections = page.matches("<section id=").count();
        assert!(sections >= 5 && page.matches("<h1>").count() == sections, "{name}: {sections} sections");
        let drawings = page.matches("<figure><svg").count();
        assert!(drawings >= 1 && page.matches("<figcaption>").count() == drawings, "{name}: the drawings are in it");
        let pdf = folder().join(format!("{name}.pdf"));
        run(
            &chromium,
            false,
            &[format!("--print-to-pdf={}", pdf.display()), "--no-pdf-header-footer".to_owned(), address],
        );
        let bytes = std::fs::read(&pdf).expect("a PDF");
        let text = String::from_utf8_lossy(&bytes);
        let pages = text.matches("/Type /Page\n").count();
        assert!(bytes.starts_with(b"%PDF") && pages >= sections, "{name}: {pages} pages for {sections} sections");
        // each drawing has a page of its own, across
        let across = text.matches("/MediaBox [0 0 842").count() + text.matches("/MediaBox [0 0 841").count();
        assert_eq!(across, drawings, "{name}: pages across");
    }
}

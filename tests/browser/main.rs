//! The shipped pictures looked at in Chromium: measured as drawn, at two widths, in light and dark, and photographed below `target/`.
//!
//! Needs Chromium (`chromium`, `chromium-browser`, `google-chrome`, or the program that `CHROMIUM` names). Where there is none the
//! tests say so and do nothing, except in continuous integration (`CI=true`).

#[path = "../support/chromium.rs"]
mod chromium;

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use atelier::diagram::svg;
use atelier::expression::day_number;
use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::source::Source;
use serde_json::Value;

/// Width of the window, and whether colours are dark.
const VIEWS: [(u32, bool); 4] = [(1280, false), (1280, true), (1920, false), (1920, true)];
/// What is photographed.
const PHOTOGRAPHS: [(u32, bool); 2] = [(1280, false), (1920, true)];

/// A folder of this run below the target folder.
fn folder(name: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("cargo's tmp is below the target folder");
    let folder = target.join("browser").join(name);
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

/// Name and text of each shipped picture.
fn pictures() -> Vec<(String, String)> {
    let library = Library::open(&[]).expect("the library is sound");
    let atelier = Atelier::on(library, day_number("2026-11-23").expect("a date"));
    let draw = |(name, text): (&str, &str)| {
        let template = atelier.render(&Source::new(name, text)).result.expect("a shipped blueprint has no error");
        (name.to_owned(), svg(&atelier.diagram(&template).expect("it can be drawn")))
    };
    let pictures: Vec<_> = Library::blueprints().map(draw).collect();
    assert!(!pictures.is_empty());
    pictures
}

/// Runs Chromium with a window of this size; what it prints.
fn run(chromium: &str, (width, height): (u32, u32), dark: bool, arguments: &[String]) -> String {
    let arguments: Vec<String> =
        std::iter::once(format!("--window-size={width},{height}")).chain(arguments.iter().cloned()).collect();
    chromium::run(chromium, dark, &arguments).0
}

#[test]
fn nothing_overlaps_or_is_cut() {
    let Some(chromium) = chromium::chromium("pictures") else { return };
    let pictures = pictures();
    let map: serde_json::Map<String, Value> =
        pictures.iter().map(|(name, text)| (name.clone(), Value::from(text.as_str()))).collect();
    // in a script only `</` could end it
    let map = Value::Object(map).to_string().replace("</", "<\\/");
    let page = folder("pages").join("look.html");
    let script = include_str!("look.js");
    let html = format!(
        "<!doctype html><meta charset=\"utf-8\"><style>body{{margin:0}}</style><body><script>const pictures = {map};\n{script}</script>"
    );
    std::fs::write(&page, html).expect("the page can be written");
    let mut problems = Vec::new();
    for (width, dark) in VIEWS {
        let dom = run(&chromium, (width, 1080), dark, &["--dump-dom".to_owned(), format!("file://{}", page.display())]);
        let result = dom.split_once("<pre id=\"result\">").and_then(|(_, rest)| rest.split_once("</pre>"));
        let (result, _) = result.unwrap_or_else(|| panic!("the page says nothing: {}", &dom[..dom.len().min(400)]));
        let result = result.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        let result: Value = serde_json::from_str(&result).unwrap_or_else(|error| panic!("{error}: {result}"));
        assert_eq!(result["pictures"], pictures.len(), "{result}");
        assert_eq!((&result["width"], &result["dark"]), (&Value::from(width), &Value::from(dark)), "another view");
        assert!(result["texts"].as_u64().is_some_and(|texts| texts > 200), "{result}");
        let found = result["problems"].as_array().expect("a list").iter().filter_map(Value::as_str);
        problems.extend(found.map(|problem| format!("{width}{}: {problem}", if dark { " dark" } else { "" })));
    }
    assert!(problems.is_empty(), "{} problems\n{}", problems.len(), problems.join("\n"));
}

/// The files themselves, as a browser shows them: `target/browser/<name>-<width>-<light or dark>.png`.
#[test]
fn photographs_are_taken() {
    let Some(chromium) = chromium::chromium("pictures") else { return };
    let folder = folder("");
    let mut jobs = Vec::new();
    for (name, text) in pictures() {
        let path = folder.join(format!("{name}.svg"));
        std::fs::write(&path, &text).expect("the picture can be written");
        let size = text.split_once("viewBox=\"0 0 ").and_then(|(_, rest)| rest.split_once('"')).expect("a size").0;
        let (width, height) = size.split_once(' ').expect("two numbers");
        let ratio = height.parse::<f64>().expect("a number") / width.parse::<f64>().expect("a number");
        jobs.extend(
            PHOTOGRAPHS.map(|(width, dark)| (path.clone(), width, (f64::from(width) * ratio).ceil() as u32, dark)),
        );
    }
    let jobs = Mutex::new(jobs);
    let work = || {
        while let Some((path, width, height, dark)) = jobs.lock().expect("no one has failed").pop() {
            let scheme = if dark { "dark" } else { "light" };
            let png = path.with_extension("").display().to_string() + &format!("-{width}-{scheme}.png");
            let _ = std::fs::remove_file(&png);
            run(
                &chromium,
                (width, height),
                dark,
                &[format!("--screenshot={png}"), format!("file://{}", path.display())],
            );
            let bytes = std::fs::read(&png).expect("a photograph was taken");
            let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
            assert_eq!((number(16), number(20)), (width, height), "{png}");
            assert!(bytes.len() > 8_000, "{png} shows nothing: {} bytes", bytes.len());
        }
    };
    std::thread::scope(|scope| {
        [scope.spawn(work), scope.spawn(work)].map(|thread| thread.join().expect("all were taken"))
    });
}

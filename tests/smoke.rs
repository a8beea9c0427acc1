//! The subjects of fuzz/, fed with mutated files for a while: always the same inputs, so that a change is judged by what it changes.
//!
//! `SMOKE=20 cargo test --test smoke` takes twenty times as many; `fuzz/run.sh` looks where coverage leads.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

#[path = "../fuzz/subjects/lab.rs"]
mod lab;
#[path = "../fuzz/subjects/library.rs"]
mod library;
#[path = "../fuzz/subjects/parse.rs"]
mod parse;
#[path = "../fuzz/subjects/render.rs"]
mod render;
#[path = "../fuzz/subjects/round_trip.rs"]
mod round_trip;
#[path = "../fuzz/subjects/validate.rs"]
mod validate;

/// Numbers without order (xorshift, G. Marsaglia 2003), the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("readable").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(path);
        }
    }
}

/// Files to begin with: those below these folders, not too long.
fn seeds(folders: &[&str]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    folders.iter().for_each(|folder| files(&root().join(folder), &mut found));
    let texts = found.iter().map(|path| fs::read(path).expect("readable"));
    texts.filter(|text| text.len() < 6_000).collect()
}

/// The words of `fuzz/blueprint.dict`.
fn words() -> Vec<Vec<u8>> {
    let text = fs::read_to_string(root().join("fuzz/blueprint.dict")).expect("the words");
    let quoted = text.lines().filter_map(|line| line.strip_prefix('"')?.strip_suffix('"'));
    quoted.map(|word| word.replace("\\\"", "\"").replace("\\\\", "\\").into_bytes()).collect()
}

/// A seed with one to four wounds.
fn mutated(seeds: &[Vec<u8>], words: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut text = seeds[dice.below(seeds.len())].clone();
    for _ in 0..=dice.below(4) {
        let start = dice.below(text.len() + 1);
        let end = (start + dice.below(40)).min(text.len());
        match dice.below(7) {
            0 if start < text.len() => text[start] ^= 1 << dice.below(8),
            1 => drop(text.drain(start..end)),
            2 => {
                let piece = text[start..end].to_vec();
                text.splice(end..end, piece);
            }
            3 => drop(text.splice(start..end, words[dice.below(words.len())].iter().copied())),
            4 => {
                let other = &seeds[dice.below(seeds.len())];
                let from = dice.below(other.len() + 1);
                let piece = &other[from..(from + dice.below(200)).min(other.len())];
                text.splice(start..end, piece.iter().copied());
            }
            5 => text.truncate(start),
            _ => drop(text.splice(start..start, std::iter::repeat_n(b" :-[{\"\n\t0"[dice.below(9)], dice.below(300)))),
        }
    }
    text
}

/// Feeds a subject; an input that breaks it is kept, and its place told.
fn feed(name: &str, subject: fn(&[u8]), seeds: &[Vec<u8>], runs: usize) {
    assert!(!seeds.is_empty(), "{name}: nothing to begin with");
    let times = std::env::var("SMOKE").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    let words = words();
    let mut dice = Dice(0x5eed_0000 + name.len() as u64);
    let mut lengths: BTreeMap<usize, usize> = BTreeMap::new();
    for run in 0..runs * times {
        let input = mutated(seeds, &words, &mut dice);
        *lengths.entry(input.len() / 1_000).or_default() += 1;
        if catch_unwind(AssertUnwindSafe(|| subject(&input))).is_err() {
            let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("smoke-{name}"));
            fs::write(&path, &input).expect("the input can be kept");
            panic!("{name}, run {run}: broken by {}", path.display());
        }
    }
    assert!(lengths.len() > 1 || name == "round_trip", "{name}: all inputs are of one length: {lengths:?}");
}

const DESIGNS: [&str; 2] = ["blueprints", "tests/cases"];

#[test]
fn files_are_parsed() {
    feed("parse", parse::check, &seeds(&DESIGNS), 60_000);
}

#[test]
fn blueprints_are_validated() {
    feed("validate", validate::check, &seeds(&DESIGNS), 12_000);
}

#[test]
fn blueprints_are_rendered() {
    feed("render", render::check, &seeds(&["blueprints", "tests/cases/render"]), 4_000);
}

#[test]
fn texts_arrive() {
    let text = |text: &str| text.as_bytes().to_vec();
    feed(
        "round_trip",
        round_trip::check,
        &[text("${AWS::Region} {{ x }} \"'\\"), text("{{resolve:ssm:a}}"), text("é\u{2028}\t")],
        1_500,
    );
}

#[test]
fn component_types_are_loaded() {
    let own = root().join("tests/own-library");
    let mut seeds = Vec::new();
    for entry in fs::read_dir(own.join("schemas/lab")).expect("the library of the tests") {
        let path = entry.expect("readable").path();
        let name = path.file_name().expect("a name").to_string_lossy().replace(".schema.json", "");
        let template = fs::read_to_string(own.join(format!("templates/lab/{name}.yaml.j2")));
        let (Ok(schema), Ok(template)) = (fs::read_to_string(&path), template) else { continue };
        seeds.push(format!("{schema}\n---8<---\n{template}\n---8<---\n    tries: 5\n").into_bytes());
    }
    feed("library", library::check, &seeds, 600);
}

#[test]
fn labs_are_read() {
    feed("lab", lab::check, &seeds(&["labs", "tests/cases/lab"]), 8_000);
}

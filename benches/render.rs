//! What it costs to check and render the shipped blueprints, inside one process. `scripts/measure.py` measures whole ones.

use std::sync::{Arc, LazyLock};

use atelier::library::Library;
use atelier::pipeline::Atelier;
use atelier::source::Source;
use divan::Bencher;

static ATELIER: LazyLock<Atelier> = LazyLock::new(open);

fn main() {
    divan::main();
}

fn open() -> Atelier {
    Atelier::new(Library::open(&[]).expect("the built-in library is sound"))
}

fn names() -> Vec<&'static str> {
    Library::blueprints().map(|(name, _)| name).collect()
}

fn source(name: &str) -> Arc<Source> {
    let (_, text) = Library::blueprints().find(|(shipped, _)| *shipped == name).expect("the name is of the list");
    Source::new(format!("blueprints/{name}.yaml"), text)
}

#[divan::bench]
fn open_the_library() -> Atelier {
    open()
}

#[divan::bench(args = names())]
fn check(bencher: Bencher, name: &str) {
    let source = source(name);
    assert!(ATELIER.check(&source).result.is_some(), "{name} has errors");
    bencher.bench(|| ATELIER.check(&source));
}

#[divan::bench(args = names())]
fn render(bencher: Bencher, name: &str) {
    let source = source(name);
    assert!(ATELIER.render(&source).result.is_some(), "{name} has errors");
    bencher.bench(|| ATELIER.render(&source));
}

/// The shipped blueprints again and again, each time under another name and with another tag.
fn thousand() -> Vec<Arc<Source>> {
    let shipped: Vec<_> = Library::blueprints().collect();
    let one = |n: usize| {
        let (name, text) = shipped[n % shipped.len()];
        let other = format!("name: {name}-{n}\ntags: {{Number: \"{n}\"}}\n");
        let lines = text.lines().filter(|line| !line.starts_with("tags:"));
        let renamed = lines.map(|line| if line.starts_with("name:") { other.clone() } else { format!("{line}\n") });
        Source::new(format!("{n}.yaml"), renamed.collect::<String>())
    };
    (0..1_000).map(one).collect()
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn render_a_thousand(bencher: Bencher) {
    let sources = thousand();
    for source in &sources[..names().len()] {
        let findings = ATELIER.check(source).findings;
        assert!(!atelier::diagnostic::has_error(&findings), "{}: {}", source.name, findings[0].message);
    }
    bencher.bench(|| sources.iter().filter(|source| ATELIER.render(source).result.is_some()).count());
}

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

//! What AWS's validator costs, inside one process. `scripts/measure.py` measures whole processes.

use std::sync::{Arc, LazyLock};

use atelier::verify::{Detail, Engine, Job};
use divan::Bencher;

const TEMPLATE: &str = include_str!("../out/knowledge-base/template.yaml");

static ENGINE: LazyLock<Arc<Engine>> = LazyLock::new(|| Engine::start().wait());

fn main() {
    divan::main();
}

/// Never freed, so few samples.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn start_the_engine() -> Arc<Engine> {
    Engine::start().wait()
}

#[divan::bench]
fn one_template_in_one_region(bencher: Bencher) {
    LazyLock::force(&ENGINE);
    bencher.bench(|| ENGINE.check("template.yaml", TEMPLATE, Some("eu-west-1")));
}

#[divan::bench]
fn one_template_in_six_regions(bencher: Bencher) {
    let regions: Vec<String> =
        ["us-east-1", "us-west-2", "eu-west-1", "eu-west-3", "eu-central-1", "ap-northeast-1"].map(String::from).into();
    let job = Job { name: "template.yaml", text: TEMPLATE, regions: &regions };
    LazyLock::force(&ENGINE);
    bencher.bench(|| ENGINE.check_all(&[job], Detail::Problems));
}

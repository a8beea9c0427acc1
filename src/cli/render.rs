//! `atelier render [FILE…]`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::assemble::Template;
use crate::diagnostic::{Finding, has_error, sort};
use crate::pipeline::Outcome;
use crate::report::Format;
use crate::source::Source;
use crate::yaml::Dialect;

use super::{CLEAN, Common, FINDINGS, Stop, inputs, output, print};

const AFTER_HELP: &str = "\
Examples:
  atelier render                            every blueprint of blueprints/, into out/
  atelier render my.yaml -o build           writes build/<name>/template.yaml
  atelier render my.yaml --stdout | less    the template only
  atelier render --check                    for CI: fails, with a diff, when out/ is stale

A template is written only when its blueprint has no error, and then whole or not at all.
The second line of each template is the command that deploys it.";

/// Arguments of `render`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// Blueprints; left out: every file of the folder `blueprints/`; `-` reads standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where the templates go: DIR/<name>/template.yaml
    #[arg(short, long, value_name = "DIR", default_value = "out")]
    output: PathBuf,
    /// Print the templates instead of writing them
    #[arg(long, conflicts_with_all = ["output", "check"])]
    stdout: bool,
    /// Write nothing; fail with a diff when a template is missing or differs
    #[arg(long)]
    check: bool,
    /// Leave out AWS's own validator, which otherwise has the last word
    #[cfg_attr(not(feature = "verify"), arg(hide = true))]
    #[arg(long)]
    no_verify: bool,
}

pub(super) fn run(args: &Args, common: &Common) -> Result<i32, Stop> {
    #[cfg(feature = "verify")]
    let engine = (!args.no_verify).then(crate::verify::Engine::start);
    let atelier = super::open(common)?;
    let files = inputs::blueprints(&args.files)?;
    let mut findings = Vec::new();
    let mut sources = Vec::new();
    for file in &files {
        match inputs::read(file, Dialect::Blueprint)? {
            Ok(source) => sources.push(source),
            Err(broken) => findings.extend(broken),
        }
    }
    let progress = Progress::new(sources.len());
    let outcomes = in_parallel(&sources, |source| atelier.render(source), &progress);
    let mut templates = Vec::new();
    for outcome in outcomes {
        findings.extend(outcome.findings);
        templates.extend(outcome.result);
    }
    findings.extend(same_name(&templates));
    #[cfg(feature = "verify")]
    if let Some(engine) = engine
        && !templates.is_empty()
    {
        progress.say("asking AWS's validator");
        templates = verified(&engine.wait(), templates, &mut findings);
    }
    progress.end();
    sort(&mut findings);
    if has_error(&findings) && findings.iter().any(|finding| finding.code == "IO002") {
        templates.clear();
    }
    let delivered = deliver(args, common, &templates);
    // what was found is told even when a file cannot be written
    print::findings(&findings, common, args.stdout);
    let stale = delivered?;
    Ok(if stale || has_error(&findings) { FINDINGS } else { CLEAN })
}

/// Keeps the templates that AWS's validator accepts in every region.
#[cfg(feature = "verify")]
fn verified(engine: &crate::verify::Engine, templates: Vec<Template>, findings: &mut Vec<Finding>) -> Vec<Template> {
    use crate::verify::{Detail, Job};
    let jobs: Vec<Job> = templates
        .iter()
        .map(|template| Job { name: &template.source.name, text: &template.source.text, regions: &template.trace.graph.blueprint.regions })
        .collect();
    let problems = engine.check_all(&jobs, Detail::Problems);
    let mut kept = Vec::new();
    for (template, problems) in templates.into_iter().zip(problems) {
        let blamed = crate::blame::blame(&template, problems);
        let sound = !has_error(&blamed);
        findings.extend(blamed);
        if sound {
            kept.push(template);
        }
    }
    kept
}

/// Writes, prints or compares the templates; whether one is stale.
fn deliver(args: &Args, common: &Common, templates: &[Template]) -> Result<bool, Stop> {
    let mut stale = false;
    let mut lines = String::new();
    for template in templates {
        let name = &template.trace.graph.blueprint.name;
        let path = output::template_path(&args.output, name);
        let text = &template.source.text;
        if args.stdout {
            print::out(text)?;
        } else if args.check {
            if let Some(diff) = difference(&path, text) {
                stale = true;
                lines.push_str(&diff);
            }
        } else {
            output::write(&args.output, &path, text)?;
            let resources = template.ids("Resources").count();
            lines.push_str(&format!("wrote {} ({resources} resources, {} bytes)\n", path.display(), text.len()));
        }
    }
    if common.format == Format::Text && !lines.is_empty() {
        print::out(&lines)?;
    }
    Ok(stale)
}

/// How the file differs from what it should be; `None` when it does not.
fn difference(path: &Path, text: &str) -> Option<String> {
    let old = std::fs::read_to_string(path).unwrap_or_default();
    if old == text {
        return None;
    }
    let diff = similar::TextDiff::from_lines(&old, text);
    let shown = path.display().to_string();
    let title = if path.exists() { "is stale: render again" } else { "is missing: render again" };
    Some(format!("{shown} {title}\n{}", diff.unified_diff().context_radius(2).header(&shown, "rendered now")))
}

/// Two blueprints of one name would overwrite each other's template.
fn same_name(templates: &[Template]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let blueprint = |template: &Template| template.trace.graph.blueprint.place(&["name".to_owned()]);
    for (index, template) in templates.iter().enumerate() {
        let name = &template.trace.graph.blueprint.name;
        if let Some(first) = templates[..index].iter().find(|first| first.trace.graph.blueprint.name == *name) {
            let finding = Finding::error("IO002", blueprint(template), format!("two blueprints have the name `{name}` and would write the same template"));
            findings.push(finding.with_label(blueprint(first), "the other one").with_help("rename one of them"));
        }
    }
    findings
}

/// Every result in the order of the sources, worked on by all cores.
fn in_parallel(sources: &[Arc<Source>], work: impl Fn(&Arc<Source>) -> Outcome<Template> + Sync, progress: &Progress) -> Vec<Outcome<Template>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(sources.len() / 2).max(1);
    let next = AtomicUsize::new(0);
    let share = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(source) = sources.get(index) else { return done };
            done.push((index, work(source)));
            progress.step();
        }
    };
    if cores == 1 {
        return share().into_iter().map(|(_, outcome)| outcome).collect();
    }
    let mut all = std::thread::scope(|scope| {
        let helpers: Vec<_> = (1..cores).map(|_| scope.spawn(share)).collect();
        let mut all = share();
        for helper in helpers {
            all.extend(helper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        all
    });
    all.sort_by_key(|(index, _)| *index);
    all.into_iter().map(|(_, outcome)| outcome).collect()
}

/// A bar on a terminal, once the work has taken a second.
struct Progress {
    bar: indicatif::ProgressBar,
    started: std::time::Instant,
}

impl Progress {
    fn new(length: usize) -> Progress {
        let bar = indicatif::ProgressBar::with_draw_target(Some(length as u64), indicatif::ProgressDrawTarget::hidden());
        bar.set_style(indicatif::ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}").expect("the template is a constant"));
        Progress { bar, started: std::time::Instant::now() }
    }

    fn step(&self) {
        self.show();
        self.bar.inc(1);
    }

    #[cfg(feature = "verify")]
    fn say(&self, message: &'static str) {
        self.show();
        self.bar.set_message(message);
    }

    fn show(&self) {
        if self.bar.is_hidden() && self.started.elapsed().as_millis() > 1000 {
            // indicatif itself stays silent when standard error is no terminal
            self.bar.set_draw_target(indicatif::ProgressDrawTarget::stderr());
        }
    }

    fn end(&self) {
        self.bar.finish_and_clear();
    }
}

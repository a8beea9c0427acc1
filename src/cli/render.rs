//! `atelier render [FILE…]`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::assemble::Template;
#[cfg(feature = "verify")]
use crate::diagnostic::deny_warnings;
use crate::diagnostic::{Finding, has_error, sort};
use crate::diagram::svg;
use crate::pipeline::{Atelier, Outcome};
use crate::report::Format;
use crate::source::{Place, Source};
use crate::yaml::Dialect;

use super::progress::Progress;
use super::workplace::{self, Workplace};
use super::{CLEAN, Common, FINDINGS, Stop, folder, inputs, output, print};

const AFTER_HELP: &str = "\
Examples:
  atelier render                            every blueprint of blueprints/, into out/
  atelier render my.yaml -o build           writes build/<name>/template.yaml and architecture.svg
  atelier render my.yaml --stdout | less    the template only
  atelier render --check                    for CI: fails, with a diff, when out/ is stale

Beside each template stands a picture of the design, architecture.svg.
A template is written only when its blueprint has no error, and its folder changes in one step; other files in it stay.
The second line of each template is the command that deploys it.";

/// Arguments of `render`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// Blueprints; left out: every file of the folder `blueprints/`; `-` reads standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where the templates go: DIR/<name>/template.yaml, with a picture of the design beside it, architecture.svg
    #[arg(short, long, value_name = "DIR", default_value = "out")]
    output: PathBuf,
    /// Print the templates instead of writing them
    #[arg(long, conflicts_with_all = ["output", "check"])]
    stdout: bool,
    /// Write nothing; fail with a diff when a template or a picture is missing or differs
    #[arg(long)]
    check: bool,
    /// Keep comments and rationale also where the template is then larger than the 51,200 bytes that deploy without an S3 bucket
    #[arg(long)]
    full: bool,
    /// Leave out AWS's own validator, which otherwise has the last word
    #[cfg_attr(not(feature = "verify"), arg(hide = true))]
    #[arg(long)]
    no_verify: bool,
}

/// Blueprints that are worked on at a time: enough for all cores, few enough to stay small in memory.
const BATCH: usize = 64;

pub(super) fn run(args: &Args, common: &Common) -> Result<i32, Stop> {
    #[cfg(feature = "verify")]
    let engine = (!args.no_verify).then(crate::verify::Engine::start);
    let mut atelier = super::open(common)?;
    atelier.full = args.full;
    let files = inputs::blueprints(&args.files)?;
    let mut run = Run { args, common, findings: Vec::new(), names: HashMap::new(), stale: false };
    let sources = run.sources(&files)?;
    run.names = repeated_names(&sources);
    let progress = Progress::new(sources.len());
    #[cfg(feature = "verify")]
    let mut engine = Validator::Starting(engine);
    let mut ended = Ok(());
    for batch in sources.chunks(BATCH) {
        let made = run.rendered(&atelier, batch, &progress);
        #[cfg(feature = "verify")]
        let made = match engine.ready(&made, &progress) {
            Some(engine) => verified(engine, made, &mut run.findings, common),
            None => made,
        };
        ended = run.deliver(&made);
        if ended.is_err() {
            break;
        }
    }
    progress.end();
    sort(&mut run.findings);
    // what was found is told even when a file cannot be written
    print::findings(&run.findings, common, args.stdout);
    ended?;
    Ok(if run.stale || has_error(&run.findings) { FINDINGS } else { CLEAN })
}

/// What is written for a blueprint.
struct Made {
    template: Template,
    picture: String,
}

/// Renders and draws a blueprint.
fn make(atelier: &Atelier, source: &Arc<Source>) -> Outcome<Made> {
    let Outcome { result, mut findings } = atelier.render(source);
    let Some(template) = result else { return Outcome { result: None, findings } };
    match atelier.diagram(&template) {
        Ok(diagram) => Outcome { result: Some(Made { picture: svg(&diagram), template }), findings },
        Err(more) => {
            findings.extend(more);
            Outcome { result: None, findings }
        }
    }
}

/// One run over many blueprints.
struct Run<'a> {
    args: &'a Args,
    common: &'a Common,
    findings: Vec<Finding>,
    /// Names that several blueprints seem to have, and where the first template of that name was asked for.
    names: HashMap<String, Option<Place>>,
    stale: bool,
}

impl Run<'_> {
    /// Reads all files; one that cannot be read ends the run before anything is written.
    fn sources(&mut self, files: &[PathBuf]) -> Result<Vec<Arc<Source>>, Stop> {
        let mut sources = Vec::new();
        for file in files {
            match inputs::read(file, Dialect::Blueprint)? {
                Ok(source) => sources.push(source),
                Err(broken) => self.findings.extend(broken),
            }
        }
        Ok(sources)
    }

    /// Renders some blueprints; what is wrong with them is kept.
    fn rendered(&mut self, atelier: &Atelier, sources: &[Arc<Source>], progress: &Progress) -> Vec<Made> {
        let outcomes = in_parallel(sources, |source| make(atelier, source), progress);
        let mut templates = Vec::new();
        for outcome in outcomes {
            self.findings.extend(outcome.findings);
            templates.extend(outcome.result.filter(|made| self.own_name(&made.template)));
        }
        templates
    }

    /// Two blueprints of one name would overwrite each other's template: neither is written.
    fn own_name(&mut self, template: &Template) -> bool {
        let blueprint = &template.trace.graph.blueprint;
        let Some(first) = self.names.get_mut(&blueprint.name) else { return true };
        let place = blueprint.place(&["name".to_owned()]);
        if let Some(first) = first {
            let message =
                format!("two blueprints have the name `{}` and would write the same template", blueprint.name);
            let finding = Finding::error("IO002", place, message).with_label(first.clone(), "the other one");
            self.findings.push(finding.with_help("rename one of them"));
        } else {
            *first = Some(place);
        }
        false
    }

    /// Writes, prints or compares the templates and their pictures.
    fn deliver(&mut self, made: &[Made]) -> Result<(), Stop> {
        let args = self.args;
        let mut lines = String::new();
        let writes = !args.stdout && !args.check && !made.is_empty();
        let workplace = writes.then(|| Workplace::enter(&args.output)).transpose()?;
        for Made { template, picture } in made {
            let name = &template.trace.graph.blueprint.name;
            let path = output::template_path(&args.output, name);
            let picture_path = output::picture_path(&args.output, name);
            let text = &template.source.text;
            if args.stdout {
                print::out(text)?;
            } else if let Some(workplace) = &workplace {
                let files = [(output::TEMPLATE, text.as_str()), (output::PICTURE, picture.as_str())];
                let written = folder::renew(workplace, &args.output.join(name), &files)?;
                lines.push_str(&format!(
                    "{} {} ({} resources, {} bytes) and architecture.svg\n",
                    if written { "wrote" } else { "unchanged:" },
                    path.display(),
                    template.ids("Resources").count(),
                    text.len()
                ));
            } else {
                for diff in [difference(&path, text), difference(&picture_path, picture)].into_iter().flatten() {
                    self.stale = true;
                    lines.push_str(&diff);
                }
            }
        }
        if let Some(workplace) = &workplace {
            workplace::sync(&workplace.root);
        }
        if self.common.format == Format::Text && !lines.is_empty() {
            print::out(&lines)?;
        }
        Ok(())
    }
}

/// Names that stand in more than one file, read from the `name:` lines alone, before anything is rendered.
fn repeated_names(sources: &[Arc<Source>]) -> HashMap<String, Option<Place>> {
    let mut seen = HashMap::new();
    for source in sources {
        let line = source.text.lines().find_map(|line| line.strip_prefix("name:"));
        let name = line.unwrap_or_default().split('#').next().unwrap_or_default().trim().trim_matches(['"', '\'']);
        *seen.entry(name.to_owned()).or_insert(0) += 1;
    }
    seen.into_iter().filter(|(_, count)| *count > 1).map(|(name, _)| (name, None)).collect()
}

/// AWS's validator: started at once, waited for when there is something to ask.
#[cfg(feature = "verify")]
enum Validator {
    Starting(Option<crate::verify::Starting>),
    Ready(Arc<crate::verify::Engine>),
}

#[cfg(feature = "verify")]
impl Validator {
    /// The engine, unless it is not wanted or there is nothing to ask.
    fn ready(&mut self, made: &[Made], progress: &Progress) -> Option<&crate::verify::Engine> {
        if made.is_empty() {
            return None;
        }
        progress.say("asking AWS's validator");
        if let Validator::Starting(starting) = self {
            *self = Validator::Ready(starting.take()?.wait());
        }
        match self {
            Validator::Ready(engine) => Some(engine),
            Validator::Starting(_) => None,
        }
    }
}

/// Keeps the templates that AWS's validator accepts in every region.
#[cfg(feature = "verify")]
fn verified(
    engine: &crate::verify::Engine,
    made: Vec<Made>,
    findings: &mut Vec<Finding>,
    common: &Common,
) -> Vec<Made> {
    use crate::verify::{Detail, Job};
    let jobs: Vec<Job> = made
        .iter()
        .map(|Made { template, .. }| Job {
            name: &template.source.name,
            text: &template.source.text,
            regions: &template.trace.graph.blueprint.regions,
        })
        .collect();
    let problems = engine.check_all(&jobs, Detail::Problems);
    let mut kept = Vec::new();
    for (made, problems) in made.into_iter().zip(problems) {
        let mut blamed = crate::blame::blame(&made.template, problems);
        if common.deny.is_some() {
            deny_warnings(&mut blamed);
        }
        let sound = !has_error(&blamed);
        findings.extend(blamed);
        if sound {
            kept.push(made);
        }
    }
    kept
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

/// Every result in the order of the sources, worked on by all cores.
fn in_parallel(
    sources: &[Arc<Source>],
    work: impl Fn(&Arc<Source>) -> Outcome<Made> + Sync,
    progress: &Progress,
) -> Vec<Outcome<Made>> {
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

//! The engine: built once in the background, then asked about any number of templates.

use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

use cloudformation_validate::{
    CompositeEngine, CompositeEngineConfig, DetailLevel, PseudoParameterOverrides, SchemaValidator, Severity,
    ValidateConfig, validate_bytes_with_path,
};

use super::problem::{self, Detail, Problem};
use super::regions;

/// CloudFormation takes no larger template, so a larger one is not parsed.
pub const MAX_BYTES: usize = 1_048_576;

/// Rules recurse over the template's structure: give every thread the stack that the main thread has.
const STACK: usize = 8 << 20;

/// A template and the regions it must hold in.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// What the validator calls the template; shown nowhere.
    pub name: &'a str,
    /// The template, YAML or JSON.
    pub text: &'a str,
    /// Each is validated on its own; empty validates once against what any region offers.
    pub regions: &'a [String],
}

/// An engine that is being built.
#[must_use = "the engine is built for nothing unless someone waits for it"]
pub struct Starting {
    schemas: std::io::Result<JoinHandle<SchemaValidator>>,
    rules: std::io::Result<JoinHandle<Result<CompositeEngine, String>>>,
}

impl Starting {
    /// The engine, once it is built.
    pub fn wait(self) -> Arc<Engine> {
        Arc::new(Engine { parts: self.join() })
    }

    fn join(self) -> Result<ManuallyDrop<Parts>, String> {
        const CRASHED: &str = "it crashed while it read its own data";
        let schemas = self.schemas.map_err(|error| error.to_string())?.join().map_err(|_| CRASHED)?;
        let rules = self.rules.map_err(|error| error.to_string())?.join().map_err(|_| CRASHED)??;
        Ok(ManuallyDrop::new(Parts { schemas, rules }))
    }
}

/// AWS's validator, ready to be asked.
///
/// Never freed: it lives as long as the process, and freeing its hundreds of thousands of small allocations at exit
/// would cost 0.07 CPU seconds.
pub struct Engine {
    parts: Result<ManuallyDrop<Parts>, String>,
}

struct Parts {
    schemas: SchemaValidator,
    rules: CompositeEngine,
}

impl Engine {
    /// Starts to build the engine, its two halves in a thread each, and returns at once.
    pub fn start() -> Starting {
        Starting {
            schemas: thread::Builder::new().name("verify-schemas".into()).spawn(SchemaValidator::default),
            rules: thread::Builder::new()
                .name("verify-rules".into())
                .spawn(|| CompositeEngine::new(CompositeEngineConfig::default()).map_err(|error| error.to_string())),
        }
    }

    /// What is wrong with a template: errors and warnings, in the order of the text.
    pub fn check(&self, name: &str, text: &str, region: Option<&str>) -> Vec<Problem> {
        self.check_with(name, text, region, Detail::Problems)
    }

    /// Like [`check`](Engine::check), with the validator's remarks if they are asked for.
    pub fn check_with(&self, name: &str, text: &str, region: Option<&str>, detail: Detail) -> Vec<Problem> {
        let parts = match &self.parts {
            Ok(parts) => parts,
            Err(reason) => return vec![Problem::of_ours("VF002", format!("AWS's validator did not start: {reason}"))],
        };
        if text.len() > MAX_BYTES {
            let size = text.len();
            let message = format!("the template has {size} bytes, and CloudFormation takes at most {MAX_BYTES}");
            return vec![Problem::of_ours("VF001", message)];
        }
        let config = ValidateConfig {
            detail_level: DetailLevel::Detailed,
            severity_level: if detail == Detail::All { Severity::Debug } else { Severity::Warn },
            pseudo_parameter_overrides: PseudoParameterOverrides {
                region: region.map(str::to_owned),
                ..PseudoParameterOverrides::default()
            },
            ..ValidateConfig::default()
        };
        // it catches its own panics and returns them as an error
        let mut problems: Vec<Problem> =
            match validate_bytes_with_path(&parts.rules, &parts.schemas, text.as_bytes(), config, name.to_owned()) {
                Ok(report) => report.diagnostics.into_iter().map(Problem::from).collect(),
                Err(error) => {
                    vec![Problem::of_ours("VF002", format!("AWS's validator gave up on this template: {error}"))]
                }
            };
        problems.sort_by(|a, b| problem::order(a).cmp(&problem::order(b)));
        problems
    }

    /// Errors and warnings of many templates, each in all its regions, on all cores.
    ///
    /// Regions that the validator would judge alike are judged once. The same problem in several regions comes once;
    /// its `regions` are empty when it holds in all of them.
    pub fn check_all(&self, jobs: &[Job<'_>], detail: Detail) -> Vec<Vec<Problem>> {
        // per job, for each region the index of the region that is judged in its place
        let judges: Vec<Vec<usize>> = in_parallel(jobs, |job| regions::judges(job.text, job.regions));
        let mut runs: Vec<(usize, Option<usize>)> = Vec::new();
        for (job, judges) in judges.iter().enumerate() {
            if judges.is_empty() {
                runs.push((job, None));
            }
            let judging = judges.iter().enumerate().filter(|(region, judge)| region == *judge);
            runs.extend(judging.map(|(region, _)| (job, Some(region))));
        }
        let results = in_parallel(&runs, |(job, region)| {
            let Some(job) = jobs.get(*job) else { return Vec::new() };
            let region = region.and_then(|region| job.regions.get(region)).map(String::as_str);
            self.check_with(job.name, job.text, region, detail)
        });
        let mut lists: Vec<Vec<Vec<Problem>>> =
            jobs.iter().map(|job| vec![Vec::new(); job.regions.len().max(1)]).collect();
        for ((job, region), problems) in runs.into_iter().zip(results) {
            let (Some(asked), Some(judges), Some(list)) = (jobs.get(job), judges.get(job), lists.get_mut(job)) else {
                continue;
            };
            let Some(judge) = region else {
                list.splice(..1, [problems]);
                continue;
            };
            let Some(named) = asked.regions.get(judge) else { continue };
            for (place, (region, known)) in list.iter_mut().zip(asked.regions.iter().zip(judges)) {
                if *known == judge {
                    *place = problems.iter().map(|one| one.told_of(named, region)).collect();
                }
            }
        }
        let merged = jobs.iter().zip(lists).map(|(job, mut lists)| match job.regions {
            [] | [_] => lists.swap_remove(0),
            regions => problem::merge(regions, lists),
        });
        merged.collect()
    }
}

/// The results of `work` for every index below `count`, in order, on all cores.
fn in_parallel<I: Sync, T: Send>(items: &[I], work: impl Fn(&I) -> T + Sync) -> Vec<T> {
    let cores = thread::available_parallelism().map_or(1, usize::from).min(items.len());
    let next = AtomicUsize::new(0);
    let share = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { return done };
            done.push((index, work(item)));
        }
    };
    let mut all: Vec<(usize, T)> = thread::scope(|scope| {
        // where a thread cannot be had, this one does the work
        let helpers: Vec<_> = (1..cores)
            .filter_map(|_| thread::Builder::new().stack_size(STACK).spawn_scoped(scope, share).ok())
            .collect();
        let mut all = share();
        for helper in helpers {
            all.extend(helper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        all
    });
    all.sort_by_key(|(index, _)| *index);
    all.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_judged_together_get_the_answer_they_would_get_alone() {
        let regions: Vec<String> =
            ["us-east-1", "eu-west-1", "eu-central-2", "ap-northeast-1", "mx-central-1", "us-gov-west-1"]
                .map(str::to_owned)
                .into();
        let engine = Engine::start().wait();
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let folders = [root.join("tests/cases/verify"), root.join("out")];
        let mut seen = 0;
        for case in folders.iter().flat_map(|folder| std::fs::read_dir(folder).into_iter().flatten()) {
            let Ok(text) = std::fs::read_to_string(case.expect("it can be listed").path().join("template.yaml")) else {
                continue;
            };
            let job = Job { name: "case", text: &text, regions: &regions };
            let alone = regions.iter().map(|region| engine.check("case", &text, Some(region))).collect();
            assert_eq!(engine.check_all(&[job], Detail::Problems), [problem::merge(&regions, alone)], "{text}");
            seen += 1;
        }
        assert!(seen > 5, "only {seen} templates were compared");
    }
}

//! `atelier list [blueprints|components|models|instances|regions|quotas|prices|…]`.

use crate::catalogue::{self, Facet};
use crate::diagnostic::did_you_mean;
use crate::part::member;
use crate::pipeline::Atelier;
use crate::report::Format;

use super::tables::{self, Entry, Table};
use super::{CLEAN, Common, Stop, print, regions, stale};

const AFTER_HELP: &str = "\
Examples:
  atelier list                                         blueprints and component types
  atelier list models --region eu-west-3 --use embedding
  atelier list instances --region eu-west-3 --family inf2
  atelier list quotas --service sagemaker --family g5
  atelier list prices --service bedrock --search haiku
  atelier list --search nat                            whatever mentions it, blueprints included
  atelier list --stale                                 facts that want a new look

Filters are joined by `and`. Facts are snapshots: what a list names is there, what it does not
name is a doubt. `--format json` shows whole rows, each with its source and its date.
`atelier explain <component type>` tells more of a component type.";

const LONG_AFTER_HELP: &str = "\
Examples:
  atelier list models --region eu-west-3 --use embedding
      The embedding models that can be called from Paris, by their id or by a cross-region profile
  atelier list instances --region eu-west-3 --family inf2
      Which Inferentia2 types EC2 offers there, and which of them SageMaker hosts endpoints on
  atelier list quotas --service ec2 --region us-east-1
      The quotas behind EC2 instances, the code to ask for more by, the default there
  atelier list prices --region us-east-1 --service vpc
      What a NAT gateway and an interface endpoint cost; what is not listed is not known
  atelier list models --format json --use embedding | jq '.\"bedrock-models\"[].id'
      Whole rows: an object with one list for each table
  atelier list --stale
      Facts compared with their source, and prices read, more than 180 days ago

Filters are joined by `and`; a table that knows nothing of a filter is left out. Facts are
snapshots: what a list names is there, what it does not name is a doubt. Every fact has a source
and a date, in catalogue/ and in `--format json`; docs/catalogue.md says what the fields mean.
`atelier explain <component type>` tells more of a component type.";

/// Arguments of `list`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = LONG_AFTER_HELP)]
pub struct Args {
    /// What to show; left out: blueprints and component types, with a filter everything that it finds
    #[arg(value_enum)]
    what: Option<What>,
    /// Only what this region has, and how
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Only what is for this: embedding, text, image, …; for quotas endpoint, training, spot, …
    #[arg(long = "use", value_name = "USE")]
    usage: Option<String>,
    /// Only this family of instance types (inf2, g5, …) or models (amazon, meta, …)
    #[arg(long, value_name = "FAMILY")]
    family: Option<String>,
    /// Only this service: bedrock, sagemaker, ec2, vpc, …
    #[arg(long, value_name = "SERVICE")]
    service: Option<String>,
    /// Only what mentions this text, in any field
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Facts that nobody has compared with their source for more than 180 days, oldest first
    #[arg(long)]
    stale: bool,
}

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// Shipped blueprints
    Blueprints,
    /// Component types, with those of your own library
    Components,
    /// Models on Bedrock, in JumpStart, on Neuron
    Models,
    /// EC2 types, with Neuron accelerators first, and SageMaker types
    Instances,
    /// Regions
    Regions,
    /// Container images and machine images for Neuron
    Images,
    /// VPC endpoints
    Endpoints,
    /// Service quotas
    Quotas,
    /// List prices
    Prices,
    /// Services that are closed, renamed or gone
    Lifecycle,
}

/// Titles and catalogue files; a file has one title wherever it is shown.
const FILES: [(&str, &str); 15] = [
    ("Bedrock", "bedrock-models"),
    ("JumpStart", "jumpstart-models"),
    ("Neuron", "neuron-models"),
    ("EC2 with Neuron accelerators", "accelerators"),
    ("EC2", "ec2-instances"),
    ("SageMaker", "ml-instances"),
    ("Regions", "regions"),
    ("Neuron images", "neuron-images"),
    ("VPC endpoints", "endpoint-services"),
    ("Quotas", "quotas"),
    ("Prices", "prices"),
    ("Closed, renamed and ended services", "lifecycle"),
    ("What replacement loses", "losses"),
    ("What resources use up and cost", "meters"),
    ("Services in Innovation Sandbox", "sandbox-services"),
];

impl What {
    fn files(self) -> &'static [&'static str] {
        match self {
            What::Blueprints | What::Components => &[],
            What::Models => &["bedrock-models", "jumpstart-models", "neuron-models"],
            What::Instances => &["accelerators", "ec2-instances", "ml-instances"],
            What::Regions => &["regions"],
            What::Images => &["neuron-images"],
            What::Endpoints => &["endpoint-services"],
            What::Quotas => &["quotas"],
            What::Prices => &["prices"],
            What::Lifecycle => &["lifecycle"],
        }
    }
}

impl Args {
    /// The filters that name a word of the catalogue: flag, question, word.
    fn facets(&self) -> impl Iterator<Item = (&'static str, Facet, &str)> {
        let all = [
            ("--use", Facet::Use, &self.usage),
            ("--family", Facet::Family, &self.family),
            ("--service", Facet::Service, &self.service),
        ];
        all.into_iter().filter_map(|(flag, facet, word)| Some((flag, facet, word.as_deref()?)))
    }

    fn filtered(&self) -> bool {
        self.region.is_some() || self.search.is_some() || self.facets().next().is_some()
    }

    /// The files whose rows can pass, every filter of the command line considered.
    fn files(&self) -> Vec<(&'static str, &'static str)> {
        let asked = |file: &str| self.what.map_or_else(|| self.filtered() || self.stale, |w| w.files().contains(&file));
        let answers = |file: &str| {
            (self.region.is_none() || catalogue::is_regional(file))
                && self.facets().all(|(_, facet, _)| !catalogue::answers(&[file], facet).is_empty())
        };
        FILES.into_iter().filter(|(_, file)| asked(file) && answers(file)).collect()
    }

    /// Whether blueprints and component types take part: they know regions (blueprints) and words, nothing else.
    fn shows(&self, what: What) -> bool {
        let asked = self.what == Some(what) || (self.what.is_none() && !self.stale);
        asked && self.facets().next().is_none() && (self.region.is_none() || what == What::Blueprints)
    }

    /// Refuses a word that no row has, and a filter that says nothing about what is asked for.
    fn check(&self) -> anyhow::Result<()> {
        if let Some(region) = &self.region {
            regions::check(region)?;
        }
        let files: Vec<&str> = match self.what {
            Some(what) => what.files().to_vec(),
            None => FILES.iter().map(|(_, file)| *file).collect(),
        };
        let name = |what: What| clap::ValueEnum::to_possible_value(&what).map(|v| v.get_name().to_owned());
        let name = self.what.and_then(name).unwrap_or_else(|| "these rows".to_owned());
        for (flag, facet, word) in self.facets() {
            let words = catalogue::answers(&files, facet);
            if words.is_empty() {
                let way = "`atelier list --help` shows what each filter is for";
                return Err(print::help(format!("`{flag}` says nothing about {name}"), way));
            }
            let mut rows = files.iter().filter_map(|file| Some((*file, catalogue::table(file)?.rows())));
            if !rows.any(|(file, mut rows)| rows.any(|row| catalogue::answers_with(file, row, facet, word))) {
                let known = format!("known: {}", words.join(", "));
                // `t4` is near too much
                let near = did_you_mean(word, words.iter().map(String::as_str)).filter(|_| word.len() > 3);
                let way = near.map_or(known, |near| format!("did you mean `{near}`?"));
                return Err(print::help(format!("none of {name} has `{flag} {word}`"), way));
            }
        }
        if self.region.is_some()
            && self
                .what
                .is_some_and(|what| what != What::Blueprints && !files.iter().any(|f| catalogue::is_regional(f)))
        {
            return Err(print::help(
                format!("`--region` says nothing about {name}"),
                "they are the same in every region, or what differs is not known",
            ));
        }
        Ok(())
    }

    /// Whether a row of a file passes, and if a region was named, what the region has of it.
    fn pass(&self, file: &str, row: &'static serde_json::Value) -> Option<Option<String>> {
        let found = self.facets().all(|(_, facet, word)| catalogue::answers_with(file, row, facet, word))
            && self.search.as_ref().is_none_or(|text| catalogue::mentions(row, text));
        match (found, &self.region) {
            (false, _) => None,
            (true, None) => Some(None),
            (true, Some(region)) => catalogue::in_region(file, row, region).map(Some),
        }
    }
}

pub(super) fn run(args: &Args, common: &Common, atelier: &Atelier) -> Result<i32, Stop> {
    args.check()?;
    let rows = |file: &'static str| {
        let rows = catalogue::table(file).into_iter().flat_map(|table| table.rows());
        rows.filter_map(|row| Some((row, args.pass(file, row)?))).collect::<Vec<_>>()
    };
    if args.stale {
        let facts =
            args.files().into_iter().flat_map(|(_, file)| rows(file).into_iter().map(move |(row, _)| (file, row)));
        return stale::run(facts, common);
    }
    let mut tables = Vec::new();
    if args.shows(What::Blueprints) {
        tables.push(tables::blueprints());
    }
    if args.shows(What::Components) {
        tables.push(tables::components(&atelier.library)?);
    }
    for table in &mut tables {
        table.entries.retain(|entry: &Entry| {
            args.search.as_ref().is_none_or(|text| catalogue::mentions(&entry.json, text))
                && args.region.as_ref().is_none_or(|region| catalogue::mentions(member(&entry.json, "regions"), region))
        });
    }
    for (title, file) in args.files() {
        tables.push(tables::facts(title, file, args.region.as_deref(), rows(file)));
    }
    if common.format == Format::Json {
        print::out(&print::json(&tables::json(&tables)))?;
        return Ok(CLEAN);
    }
    show(args, tables)?;
    Ok(CLEAN)
}

fn show(args: &Args, mut tables: Vec<Table>) -> anyhow::Result<()> {
    if args.filtered() {
        tables.retain(|table| !table.entries.is_empty());
    }
    let many = tables.len() > 1 || (args.filtered() && args.what.is_none());
    for (index, table) in tables.iter().enumerate() {
        if many {
            print::out(&format!("{}{}\n", if index == 0 { "" } else { "\n" }, table.title))?;
        }
        print::table(&table.header, &table.cells())?;
    }
    if tables.is_empty() {
        print::note("nothing that is known matches; what is not listed may exist all the same");
    } else if args.region.is_some() && tables.iter().any(|table| table.snapshot) {
        print::note("a snapshot: what is not listed may have come to the region since");
    }
    Ok(())
}

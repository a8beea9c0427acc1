//! `atelier list [blueprints|components|models|instances|regions]`.

use crate::catalogue;
use crate::library::Library;
use crate::pipeline::Atelier;
use crate::report::Format;
use crate::source::Source;
use crate::yaml::{self, Dialect};

use super::{CLEAN, Common, Stop, print};

const AFTER_HELP: &str = "\
Examples:
  atelier list                     blueprints and component types
  atelier list models              models on Bedrock, in JumpStart and on Inferentia or Trainium
  atelier list regions --format json

`atelier explain <component type>` tells more of one; every fact has a source and a date in catalogue/.";

/// Arguments of `list`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// What to show; left out: blueprints and component types
    #[arg(value_enum)]
    what: Option<What>,
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
    /// Accelerated EC2 types and SageMaker types
    Instances,
    /// Regions
    Regions,
}

/// A titled table: header and rows.
struct Table {
    title: &'static str,
    header: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

pub(super) fn run(args: &Args, common: &Common, atelier: &Atelier) -> Result<i32, Stop> {
    let tables = match args.what {
        None => vec![blueprints(), components(&atelier.library)?],
        Some(What::Blueprints) => vec![blueprints()],
        Some(What::Components) => vec![components(&atelier.library)?],
        Some(What::Models) => vec![
            facts("Bedrock", "bedrock-models"),
            facts("JumpStart", "jumpstart-models"),
            facts("Neuron", "neuron-models"),
        ],
        Some(What::Instances) => vec![facts("EC2", "accelerators"), facts("SageMaker", "ml-instances")],
        Some(What::Regions) => vec![facts("Regions", "regions")],
    };
    if common.format == Format::Json {
        print::out(&format!("{:#}\n", json(&tables)))?;
        return Ok(CLEAN);
    }
    let many = tables.len() > 1;
    for (index, table) in tables.iter().enumerate() {
        if many {
            print::out(&format!("{}{}\n", if index == 0 { "" } else { "\n" }, table.title))?;
        }
        print::table(&table.header, &table.rows)?;
    }
    Ok(CLEAN)
}

/// One list for one table, else an object of lists by title.
fn json(tables: &[Table]) -> serde_json::Value {
    let list = |table: &Table| -> serde_json::Value {
        let object = |row: &Vec<String>| -> serde_json::Value {
            let cells = table.header.iter().zip(row).map(|(key, cell)| (key.to_lowercase(), cell.as_str().into()));
            cells.collect::<serde_json::Map<_, _>>().into()
        };
        table.rows.iter().map(object).collect()
    };
    match tables {
        [one] => list(one),
        many => {
            many.iter().map(|table| (table.title.to_lowercase(), list(table))).collect::<serde_json::Map<_, _>>().into()
        }
    }
}

fn blueprints() -> Table {
    let row = |(name, text): (&str, &str)| {
        let root = yaml::load(&Source::new(name, text), Dialect::Blueprint).ok();
        let get = |key: &str| root.as_ref().and_then(|root| root.get(key)).map(yaml::Node::to_json).unwrap_or_default();
        let regions: Vec<String> =
            get("regions").as_array().into_iter().flatten().filter_map(|r| r.as_str().map(str::to_owned)).collect();
        vec![name.to_owned(), get("description").as_str().unwrap_or_default().to_owned(), regions.join(", ")]
    };
    Table {
        title: "Blueprints",
        header: vec!["NAME", "DESCRIPTION", "REGIONS"],
        rows: Library::blueprints().map(row).collect(),
    }
}

fn components(library: &Library) -> Result<Table, Stop> {
    let mut rows = Vec::new();
    for name in library.names() {
        if let Some(kind) = library.get(&name) {
            let kind = kind.map_err(Stop::Findings)?;
            rows.push(vec![name, kind.summary().to_owned(), kind.provides.join(", ")]);
        }
    }
    Ok(Table { title: "Component types", header: vec!["TYPE", "DESCRIPTION", "PROVIDES"], rows })
}

fn facts(title: &'static str, file: &str) -> Table {
    let columns = catalogue::summary_columns(file);
    let rows = catalogue::table(file).into_iter().flat_map(|table| table.rows());
    let row =
        |row: &'static serde_json::Value| columns.iter().map(|column| catalogue::cell(row, column.field)).collect();
    Table { title, header: columns.iter().map(|column| column.title).collect(), rows: rows.map(row).collect() }
}

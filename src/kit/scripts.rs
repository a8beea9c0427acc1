//! The scripts for stacks in one account, with what they read.

use serde_json::{Value, json};

use crate::catalogue;
use crate::diagnostic::Finding;
use crate::expression::Documents;
use crate::library::Library;
use crate::yaml::{self, Dialect};

use super::{Day, File};

/// Stacks at a time: CloudFormation throttles the creation of more, and so do the services behind it.
const PARALLEL: u32 = 10;
/// Stands in a file of parameters for the deploy role; lab.sh knows the word.
const DEPLOY_ROLE: &str = "@deploy-role";

/// The script for stacks in one account.
pub(super) fn scripts(day: &Day, documents: &Documents, library: &Library) -> Result<Vec<File>, Vec<Finding>> {
    let mut files = vec![File::program("lab.sh", read(library, "templates/lab/day/lab.sh")?)];
    files.extend(shared(day, documents, library)?);
    files.extend(parameters(day));
    Ok(files)
}

/// What every script reads.
pub(super) fn shared(day: &Day, documents: &Documents, library: &Library) -> Result<Vec<File>, Vec<Finding>> {
    let lab = day.lab;
    let names: Vec<&str> = day.stacks.iter().map(|stack| stack.name.as_str()).collect();
    let settings = json!({
        "lab": lab.name,
        "region": lab.region,
        "participants": lab.participants,
        "blueprints": names.join(" "),
        "parallel": PARALLEL,
    });
    let render = |name: &str| documents.render(name, &settings, &[]);
    let mut people = String::from("id,name,email,account\n");
    for id in day.participants() {
        people.push_str(&format!("{id},,,\n"));
    }
    Ok(vec![
        File::text("common.sh", read(library, "templates/lab/day/common.sh")?),
        File::text("settings.sh", render("lab/day/settings.sh.j2")?),
        File::text("participants.csv", people),
        File::text("prices.tsv", prices(&lab.region, library)?),
    ])
}

/// The values of deploy-time parameters, as the AWS CLI reads them: one file a blueprint. A parameter that wants to know who
/// deploys gets the deploy role, which the script knows.
fn parameters(day: &Day) -> Vec<File> {
    let nothing = std::collections::BTreeMap::new();
    let mut files = Vec::new();
    for stack in day.stacks {
        let given = day.lab.parameters.get(&stack.name).unwrap_or(&nothing);
        let mut list: Vec<Value> =
            given.iter().map(|(key, value)| json!({"ParameterKey": key, "ParameterValue": word(value)})).collect();
        for (name, parameter) in stack.document.sections.get("Parameters").into_iter().flatten() {
            if parameter.get("Default").is_none() && !given.contains_key(name) && name.ends_with("DeployerRoleArn") {
                list.push(json!({"ParameterKey": name, "ParameterValue": DEPLOY_ROLE}));
            }
        }
        if !list.is_empty() {
            let text = crate::clean::json(&format!("{:#}\n", Value::Array(list)));
            files.push(File::text(format!("parameters/{}.json", stack.name), text));
        }
    }
    files
}

/// A value as CloudFormation's parameters take it.
pub(super) fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A file of the library as it is.
pub(super) fn read(library: &Library, path: &str) -> Result<String, Vec<Finding>> {
    let source = library.files.read(path);
    source
        .map(|source| source.text.clone())
        .ok_or_else(|| vec![Finding::error("T001", None, format!("there is no file {path}"))])
}

/// What things that may be left cost by themselves here: pattern, price with unit, source.
fn prices(region: &str, library: &Library) -> Result<String, Vec<Finding>> {
    let path = "templates/lab/day/left.yaml";
    let Some(source) = library.files.read(path) else {
        return Err(vec![Finding::error("T001", None, format!("there is no file {path}"))]);
    };
    let root = yaml::load(&source, Dialect::Blueprint)?;
    let mut lines = String::from("# pattern of the ARN\tcosts\tsource\n");
    for row in root.get("things").map_or(&[][..], yaml::Node::items) {
        let text = |key: &str| row.get(key).and_then(yaml::Node::as_str);
        let Some(pattern) = text("arn") else { continue };
        let (costs, from) = match (text("says"), text("price")) {
            (Some(says), _) => (says.to_owned(), String::new()),
            (None, Some(price)) => price_here(price, region),
            (None, None) => continue,
        };
        lines.push_str(&format!("{pattern}\t{costs}\t{from}\n"));
    }
    Ok(lines)
}

/// A price in a region, or named as another region's: never silently.
fn price_here(id: &str, region: &str) -> (String, String) {
    let row = |region: &str| catalogue::get("prices", &format!("{id}/{region}"));
    let (row, elsewhere) = match (row(region), row("us-east-1")) {
        (Some(row), _) => (row, ""),
        (None, Some(row)) => (row, " in us-east-1, unknown here"),
        (None, None) => return ("unknown".to_owned(), String::new()),
    };
    let text = |field: &str| row.get(field).and_then(Value::as_str).unwrap_or_default();
    let usd = row.get("usd").and_then(Value::as_f64).unwrap_or_default();
    let unit = text("unit");
    let day = Some(text("priceAsOf")).filter(|day| !day.is_empty()).unwrap_or("undated");
    let an = if unit.starts_with(['h', 'a', 'e', 'i', 'o']) { "an" } else { "a" };
    (format!("{usd} USD {an} {unit}{elsewhere}"), format!("{} ({day})", text("source")))
}

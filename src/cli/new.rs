//! `atelier new <blueprint>`.

use std::path::PathBuf;

use crate::diagnostic::did_you_mean;
use crate::library::Library;
use crate::part::Part;
use crate::report::Format;
use crate::source::Source;
use crate::yaml::{self, Dialect};

use super::{CLEAN, Common, Stop, output, print};

const AFTER_HELP: &str = "\
Examples:
  atelier new knowledge-base                        prints it
  atelier new knowledge-base -o rag.yaml            writes it
  atelier new private-rag -o rag.yaml --set name=my-rag --set regions='[eu-west-3]'

`atelier list blueprints` shows what there is.";

/// Arguments of `new`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The shipped blueprint to start from
    #[arg(value_name = "BLUEPRINT")]
    name: String,
    /// The file to write; left out, the blueprint is printed
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Another value for something that the blueprint says, as dotted path and YAML value; may be repeated
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// Overwrite the file if it exists
    #[arg(long)]
    force: bool,
}

pub(super) fn run(args: &Args, common: &Common) -> Result<i32, Stop> {
    let names: Vec<_> = Library::blueprints().map(|(name, _)| name).collect();
    let Some((_, text)) = Library::blueprints().find(|(name, _)| *name == args.name) else {
        let way = did_you_mean(&args.name, names.iter().copied())
            .map_or_else(|| format!("there are: {}", names.join(", ")), |near| format!("did you mean `{near}`?"));
        return Err(print::help(format!("there is no shipped blueprint `{}`", args.name), way).into());
    };
    let mut text = text.to_owned();
    for assignment in &args.set {
        text = set(&text, assignment)?;
    }
    let Some(path) = &args.output else {
        print::out(&text)?;
        return Ok(CLEAN);
    };
    if path.exists() && !args.force {
        return Err(print::help(
            format!("{} exists already", path.display()),
            "choose another file, or overwrite it with --force",
        )
        .into());
    }
    output::write(path, &text)?;
    if common.format == Format::Text {
        print::out(&format!("wrote {path}\nnext: atelier render {path}\n", path = path.display()))?;
    }
    Ok(CLEAN)
}

/// Replaces the text of one value, so that the comments around it stay.
fn set(text: &str, assignment: &str) -> anyhow::Result<String> {
    let (path, value) = assignment.split_once('=').ok_or_else(|| {
        print::help(format!("`--set {assignment}` has no `=`"), "write a dotted path and a value: --set name=my-rag")
    })?;
    let source = Source::new("the shipped blueprint", text);
    let root =
        yaml::load(&source, Dialect::Blueprint).map_err(|_| anyhow::anyhow!("the shipped blueprint cannot be read"))?;
    let steps: Vec<&str> = path.split('.').collect();
    let Some((node, _)) = root.find(steps.iter().copied()) else {
        let known = (0..steps.len()).rev().find_map(|length| {
            let (parent, _) = root.find(steps.iter().take(length).copied())?;
            let keys: Vec<_> = parent.entries().iter().map(|entry| entry.key.as_str()).collect();
            (!keys.is_empty()).then(|| keys.join(", "))
        });
        return Err(print::help(
            format!("the blueprint has no `{path}`"),
            format!("here it has: {}", known.unwrap_or_default()),
        ));
    };
    let block = source.text.part(node.range.clone()).contains('\n');
    if block {
        return Err(print::help(format!("`{path}` is a whole block"), "set one of its values, or edit the file"));
    }
    let new = format!("{}{value}{}", text.part(..node.range.start), text.part(node.range.end..));
    let check = Source::new(format!("--set {assignment}"), new.clone());
    if yaml::load(&check, Dialect::Blueprint).is_err() {
        return Err(print::help(
            format!("`{value}` is not a YAML value"),
            "quote it as YAML needs it, for example --set name='\"on\"'",
        ));
    }
    Ok(new)
}

#[cfg(test)]
mod tests {
    use super::set;

    #[test]
    fn a_value_is_replaced_and_its_comment_stays() {
        let text = "name: a # the name\nregions: [x, y]\n";
        assert_eq!(set(text, "name=b-c").expect("set"), "name: b-c # the name\nregions: [x, y]\n");
        assert_eq!(set(text, "regions=[z]").expect("set"), "name: a # the name\nregions: [z]\n");
        assert_eq!(set(text, "regions.1=z").expect("set"), "name: a # the name\nregions: [x, z]\n");
        for wrong in ["name", "nme=b", "name=[", "name=a: b: c"] {
            assert!(set(text, wrong).is_err(), "{wrong}");
        }
    }
}

//! Which files a verb works on, and their texts.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::Finding;
use crate::source::Source;
use crate::yaml;

use super::print::help;

/// The largest file that is read at all; the loader's own limit on blueprints is lower and gives a finding.
const MOST_BYTES: u64 = 64 << 20;

/// A file's text, or what is wrong with its bytes.
pub type Loaded = Result<Arc<Source>, Vec<Finding>>;

/// Reads a file, or standard input for `-`. Only a failure to read is an error.
pub fn read(path: &Path) -> anyhow::Result<Loaded> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().take(MOST_BYTES).read_to_end(&mut bytes)?;
        return Ok(yaml::decode("<stdin>", &bytes));
    }
    let name = path.display().to_string();
    let file = std::fs::File::open(path).map_err(|error| unreadable(path, &error))?;
    if file.metadata().is_ok_and(|data| data.is_dir()) {
        return Err(help(format!("{name} is a folder, not a blueprint"), "name the files in it, for example with a shell pattern: DIR/*.yaml"));
    }
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
    Ok(yaml::decode(&name, &bytes))
}

fn unreadable(path: &Path, error: &std::io::Error) -> anyhow::Error {
    let shipped: Vec<_> = crate::library::Library::blueprints().map(|(name, _)| name).collect();
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let message = format!("{} cannot be read: {error}", path.display());
    if error.kind() == std::io::ErrorKind::NotFound && shipped.contains(&stem) {
        return help(message, format!("`atelier new {stem} -o {}` writes the shipped blueprint of that name", path.display()));
    }
    help(message, "give the path of a blueprint, or `-` for standard input")
}

/// The given files, or every blueprint of the folder `blueprints/`.
pub fn blueprints(given: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    if !given.is_empty() {
        return Ok(given.to_vec());
    }
    let folder = Path::new("blueprints");
    let entries = std::fs::read_dir(folder).map_err(|_| {
        help("no blueprint is named and there is no folder `blueprints` here", "name a file: `atelier render my.yaml`; `atelier new knowledge-base -o my.yaml` makes one")
    })?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.extension().is_some_and(|e| e == "yaml" || e == "yml")).collect();
    files.sort();
    if files.is_empty() {
        return Err(help("the folder `blueprints` holds no blueprint", "`atelier new knowledge-base -o blueprints/my.yaml` makes one"));
    }
    Ok(files)
}

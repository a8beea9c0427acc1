//! Which files a verb works on, and their texts.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::Finding;
use crate::source::Source;
use crate::yaml::{self, Dialect};

use super::print::help;

/// A file's text, or what is wrong with its bytes.
pub type Loaded = Result<Arc<Source>, Vec<Finding>>;

/// Reads a file, or standard input for `-`. Only a failure to read is an error; what is too large is refused unread.
pub fn read(path: &Path, dialect: Dialect) -> anyhow::Result<Loaded> {
    if path == Path::new("-") {
        return Ok(take("<stdin>", std::io::stdin().lock(), dialect)?);
    }
    let name = path.display().to_string();
    let file = std::fs::File::open(path).map_err(|error| unreadable(path, &error))?;
    if let Ok(data) = file.metadata() {
        if data.is_dir() {
            return Err(help(
                format!("{name} is a folder, not a file"),
                "name the files in it, for example with a shell pattern: DIR/*.yaml",
            ));
        }
        if data.len() > dialect.max_bytes() as u64 {
            return Ok(Err(vec![yaml::too_large(&name, data.len(), dialect)]));
        }
    }
    take(&name, file, dialect).map_err(|error| unreadable(path, &error))
}

/// Reads up to the limit: pipes and devices do not say how long they are.
fn take(name: &str, from: impl Read, dialect: Dialect) -> std::io::Result<Loaded> {
    let limit = dialect.max_bytes() as u64;
    let mut bytes = Vec::new();
    if from.take(limit + 1).read_to_end(&mut bytes)? as u64 > limit {
        let mut finding = yaml::too_large(name, limit, dialect);
        finding.message = format!("{name} has more than {limit} bytes ({} MiB), the most that is read", limit >> 20);
        return Ok(Err(vec![finding]));
    }
    Ok(yaml::decode(name, &bytes))
}

fn unreadable(path: &Path, error: &std::io::Error) -> anyhow::Error {
    let shipped: Vec<_> = crate::library::Library::blueprints().map(|(name, _)| name).collect();
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let message = format!("{} cannot be read: {error}", path.display());
    if error.kind() == std::io::ErrorKind::NotFound && shipped.contains(&stem) {
        return help(
            message,
            format!("`atelier new {stem} -o {}` writes the shipped blueprint of that name", path.display()),
        );
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
        help(
            "no blueprint is named and there is no folder `blueprints` here",
            "name a file: `atelier render my.yaml`; `atelier new knowledge-base -o my.yaml` makes one",
        )
    })?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "yaml" || e == "yml"))
        .collect();
    files.sort();
    if files.is_empty() {
        return Err(help(
            "the folder `blueprints` holds no blueprint",
            "`atelier new knowledge-base -o blueprints/my.yaml` makes one",
        ));
    }
    Ok(files)
}

/// The Guard files of a folder and of the folders in it, sorted; links to folders are not followed.
#[cfg(feature = "verify")]
pub fn guard_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let cannot = |error: std::io::Error| {
            help(format!("{} cannot be read: {error}", folder.display()), "give a folder with files `*.guard`")
        };
        for entry in std::fs::read_dir(&folder).map_err(cannot)? {
            let entry = entry.map_err(cannot)?;
            if entry.file_type().map_err(cannot)?.is_dir() {
                folders.push(entry.path());
            } else if entry.path().extension().is_some_and(|extension| extension == "guard") {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

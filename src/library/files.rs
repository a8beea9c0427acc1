//! The files of a library: embedded ones, and those of folders, of which nothing outside is read.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use include_dir::{Dir, include_dir};

use crate::source::Source;

static SCHEMAS: Dir = include_dir!("$CARGO_MANIFEST_DIR/schemas");
static TEMPLATES: Dir = include_dir!("$CARGO_MANIFEST_DIR/templates");
pub(super) static BLUEPRINTS: Dir = include_dir!("$CARGO_MANIFEST_DIR/blueprints");
pub(super) static CODES: Dir = include_dir!("$CARGO_MANIFEST_DIR/docs/codes");
pub(super) static RULE_CASES: Dir = include_dir!("$CARGO_MANIFEST_DIR/tests/cases/rules");

/// Bytes of a file of a library; a larger one is as if it were not there.
const LARGEST_FILE: u64 = 1 << 20;

/// The bytes of schemas and templates, by their path below the library's root.
#[derive(Debug, Default)]
pub struct Files {
    pub(super) overlays: Vec<PathBuf>,
}

impl Files {
    /// The text of a file such as `templates/storage/bucket.yaml.j2`: the last overlay that has it, else the embedded one.
    ///
    /// A path that leaves the root (`..`, absolute, a symbolic link to outside) is treated as absent.
    pub fn read(&self, path: &str) -> Option<Arc<Source>> {
        if path.split('/').any(|part| part.is_empty() || part == "." || part == "..") {
            return None;
        }
        for root in self.overlays.iter().rev() {
            if let Some(text) = read_inside(root, path) {
                return Some(Source::new(root.join(path).display().to_string(), text));
            }
        }
        let text = embedded(path)?;
        Some(Source::new(format!("<embedded>/{path}"), text))
    }

    /// Why a file that stands in an overlay is not read; `None` when none stands there.
    pub(super) fn refused(&self, path: &str) -> Option<String> {
        let file =
            self.overlays.iter().rev().map(|root| root.join(path)).find(|file| file.symlink_metadata().is_ok())?;
        Some(format!(
            "{} is not read: it leads out of its folder, is no regular file, is no UTF-8, or has more than {} MiB",
            file.display(),
            LARGEST_FILE >> 20
        ))
    }

    /// The names below a folder such as `schemas`, as `<service>/<name>`, of files with this ending.
    pub(super) fn names(&self, folder: &str, ending: &str) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        let mut add = |service: &str, file: &str| {
            if let Some(name) = file.strip_suffix(ending) {
                names.insert(format!("{service}/{name}"));
            }
        };
        let embedded = if folder == "schemas" { &SCHEMAS } else { &TEMPLATES };
        for dir in embedded.dirs() {
            for file in dir.files() {
                if let (Some(service), Some(file)) =
                    (dir.path().to_str(), file.path().file_name().and_then(|f| f.to_str()))
                {
                    add(service, file);
                }
            }
        }
        for root in &self.overlays {
            for dir in list(&root.join(folder)) {
                for file in list(&root.join(folder).join(&dir)) {
                    add(&dir, &file);
                }
            }
        }
        names
    }
}

pub(super) fn embedded(path: &str) -> Option<&'static str> {
    let (dir, rest) = match path.split_once('/')? {
        ("schemas", rest) => (&SCHEMAS, rest),
        ("templates", rest) => (&TEMPLATES, rest),
        ("blueprints", rest) => (&BLUEPRINTS, rest),
        ("codes", rest) => (&CODES, rest),
        ("rules", rest) => (&RULE_CASES, rest),
        _ => return None,
    };
    dir.get_file(rest)?.contents_utf8()
}

/// The text of a regular file inside the root: no link leads out, and a pipe or a device would never end.
pub(super) fn read_inside(root: &Path, path: &str) -> Option<String> {
    let root = root.canonicalize().ok()?;
    let file = root.join(path).canonicalize().ok()?;
    let data = file.metadata().ok()?;
    if !file.starts_with(&root) || !data.is_file() || data.len() > LARGEST_FILE {
        return None;
    }
    let mut text = String::new();
    std::fs::File::open(file).ok()?.take(LARGEST_FILE).read_to_string(&mut text).ok()?;
    Some(text)
}

fn list(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

//! What the tests of rendered templates share.

use std::path::{Path, PathBuf};

use atelier::source::Source;
use atelier::yaml::{Dialect, load};

/// A committed template with the regions that its blueprint promises.
pub struct Rendered {
    /// `out/<name>/template.yaml`.
    pub path: PathBuf,
    /// Where it must hold.
    pub regions: Vec<String>,
}

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every committed template; a test of none would prove nothing, so none is a failure.
pub fn rendered() -> Vec<Rendered> {
    let rendered: Vec<Rendered> = folders(&root().join("out"))
        .into_iter()
        .map(|folder| {
            let name = folder.file_name().expect("a folder has a name").to_string_lossy().into_owned();
            let regions = regions(&root().join("blueprints").join(format!("{name}.yaml")));
            Rendered { path: folder.join("template.yaml"), regions }
        })
        .collect();
    assert!(!rendered.is_empty(), "out/ has no templates: run `cargo run --ignore-rust-version -- render`");
    rendered
}

/// The folders in a folder, sorted; none when it does not exist.
pub fn folders(folder: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

fn regions(blueprint: &Path) -> Vec<String> {
    let name = blueprint.display();
    let text = std::fs::read_to_string(blueprint).unwrap_or_else(|error| panic!("{name}: {error}"));
    let node = load(&Source::new(name.to_string(), text), Dialect::Blueprint)
        .unwrap_or_else(|findings| panic!("{name}: {findings:?}"));
    let regions: Vec<String> = node
        .get("regions")
        .map(|regions| regions.items().iter().filter_map(|region| region.as_str().map(str::to_owned)).collect())
        .unwrap_or_default();
    assert!(!regions.is_empty(), "{name} names no regions, so nothing says where its template must hold");
    regions
}

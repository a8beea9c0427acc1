//! Files appear whole or not at all: written beside their place, flushed, renamed over it.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::print::help;

/// Where a blueprint's template goes: `DIR/<name>/template.yaml`.
pub fn template_path(folder: &Path, blueprint: &str) -> PathBuf {
    folder.join(blueprint).join("template.yaml")
}

/// Where the picture of it goes: beside the template.
pub fn picture_path(folder: &Path, blueprint: &str) -> PathBuf {
    folder.join(blueprint).join("architecture.svg")
}

/// Writes a file atomically, making its folders. A symbolic link at the place, or above it inside `root`, is refused: it may lead anywhere.
pub fn write(root: &Path, path: &Path, text: &str) -> anyhow::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    for place in [folder, path] {
        if place != root && place.is_symlink() {
            return Err(help(
                format!("{} is a symbolic link: nothing is written through it", place.display()),
                "remove the link, or choose another folder with -o",
            ));
        }
    }
    let cannot = |what: &Path, error: &std::io::Error| {
        help(format!("{} cannot be written: {error}", what.display()), "choose a folder that you may write to with -o")
    };
    std::fs::create_dir_all(folder).map_err(|error| cannot(folder, &error))?;
    if path.is_dir() {
        return Err(help(format!("{} is a folder", path.display()), "move it away, or choose another folder with -o"));
    }
    let mut file = tempfile::Builder::new()
        .prefix(".template-")
        .suffix(".part")
        .tempfile_in(folder)
        .map_err(|error| cannot(folder, &error))?;
    file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(|error| cannot(path, &error))?;
    set_readable(file.path());
    file.persist(path).map_err(|error| cannot(path, &error.error))?;
    Ok(())
}

/// Temporary files are private; a template is as readable as any other file of the project.
#[cfg(unix)]
fn set_readable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644));
}

#[cfg(not(unix))]
fn set_readable(_: &Path) {}

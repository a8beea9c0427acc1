//! Single files appear whole or not at all: written beside their place, flushed, renamed over it.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::print::help;
use super::workplace::{Workplace, cannot, no_link, sync};

/// The template's name in a blueprint's folder.
pub const TEMPLATE: &str = "template.yaml";
/// The name of the picture beside it.
pub const PICTURE: &str = "architecture.svg";

/// Where a blueprint's template goes: `DIR/<name>/template.yaml`.
pub fn template_path(folder: &Path, blueprint: &str) -> PathBuf {
    folder.join(blueprint).join(TEMPLATE)
}

/// Where the picture of it goes: beside the template.
pub fn picture_path(folder: &Path, blueprint: &str) -> PathBuf {
    folder.join(blueprint).join(PICTURE)
}

/// Writes one file, making its folder. A symbolic link at the place, or on the way to it from here, is refused.
pub fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let place = Workplace::enter(path.parent().unwrap_or(Path::new(".")))?;
    free(path)?;
    replace(&place, path, text).map_err(|error| cannot(path, &error))?;
    sync(&place.root);
    Ok(())
}

/// A file can be put there: neither a link nor a folder is in the way.
pub fn free(path: &Path) -> anyhow::Result<()> {
    no_link(path)?;
    if path.is_dir() {
        return Err(help(format!("{} is a folder", path.display()), "move it away, or choose another folder with -o"));
    }
    Ok(())
}

/// A file in place of the one that is there, in one step.
pub fn replace(place: &Workplace, path: &Path, text: &str) -> io::Result<()> {
    let mut file = place.file()?;
    file.write_all(text.as_bytes())?;
    readable(file.path(), 0o644);
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A file in a folder that nobody sees yet.
pub fn put(path: &Path, text: &str, executable: bool) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(text.as_bytes())?;
    readable(path, if executable { 0o755 } else { 0o644 });
    file.sync_all()
}

/// Temporary files and folders are private; what is written is as readable as anything else in the project.
#[cfg(unix)]
pub fn readable(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode));
}

#[cfg(not(unix))]
pub fn readable(_: &Path, _: u32) {}

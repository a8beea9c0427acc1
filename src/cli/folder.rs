//! Whole folders: written beside their place and put there in one step, so that nobody sees half of one.

use std::path::{Path, PathBuf};

use crate::kit::File;

use super::print::help;

/// Puts a folder with these files in place of the one that is there.
///
/// What is there goes away only when it was written by this program: when it holds `marker`. What the files of the new folder do
/// not have but `kept` names, such as a participants' list that somebody filled in, moves along.
pub fn write(folder: &Path, files: &[File], marker: &str, kept: &[&str]) -> anyhow::Result<()> {
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let cannot = |what: &Path, error: &std::io::Error| {
        help(format!("{} cannot be written: {error}", what.display()), "choose a folder that you may write to with -o")
    };
    let exists = folder.symlink_metadata().is_ok();
    if folder.is_symlink() {
        return Err(help(
            format!("{} is a symbolic link: nothing is written through it", folder.display()),
            "remove the link, or choose another folder with -o",
        ));
    }
    if exists && !folder.is_dir() {
        return Err(help(format!("{} is a file", folder.display()), "move it away, or choose another folder with -o"));
    }
    let empty = exists && std::fs::read_dir(folder).map_err(|error| cannot(folder, &error))?.next().is_none();
    if exists && !empty && !folder.join(marker).is_file() {
        return Err(help(
            format!(
                "{} holds other things: it has no {marker}, so it was not written by this program",
                folder.display()
            ),
            "choose a new folder with -o",
        ));
    }
    std::fs::create_dir_all(parent).map_err(|error| cannot(parent, &error))?;
    let new = tempfile::Builder::new().prefix(".kit-").tempdir_in(parent).map_err(|error| cannot(parent, &error))?;
    for file in files {
        let path = new.path().join(&file.path);
        put(&path, file).map_err(|error| cannot(&path, &error))?;
    }
    for name in kept {
        let (old, path) = (folder.join(name), new.path().join(name));
        if old.is_dir() {
            copy(&old, &path).map_err(|error| cannot(&path, &error))?;
        } else if old.is_file() {
            std::fs::copy(&old, &path).map_err(|error| cannot(&path, &error))?;
        }
    }
    readable(new.path());
    let new = new.keep();
    let placed = place(&new, folder, exists);
    if placed.is_err() {
        let _ = std::fs::remove_dir_all(&new);
    }
    placed.map_err(|error| cannot(folder, &error))
}

/// Two renames, because a folder cannot be renamed over another one; the old one comes back when the second fails.
fn place(new: &Path, folder: &Path, exists: bool) -> std::io::Result<()> {
    if !exists {
        return std::fs::rename(new, folder);
    }
    let mut old = PathBuf::from(new);
    old.set_extension("old");
    std::fs::rename(folder, &old)?;
    if let Err(error) = std::fs::rename(new, folder) {
        std::fs::rename(&old, folder)?;
        return Err(error);
    }
    std::fs::remove_dir_all(&old)
}

fn put(path: &Path, file: &File) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
        readable(folder);
    }
    std::fs::write(path, &file.text)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = if file.executable { 0o755 } else { 0o644 };
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Temporary folders are private; a kit is as readable as any other folder of the project.
#[cfg(unix)]
fn readable(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let _ = std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755));
}

#[cfg(not(unix))]
fn readable(_: &Path) {}

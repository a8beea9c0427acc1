//! Whole folders: written beside their place and put there in one step, so that nobody sees half of one.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use crate::kit::File;

use super::output::{free, put, readable, replace};
use super::print::help;
use super::workplace::{Workplace, cannot, no_link, sync};

/// Puts these files into a folder, all of them in one step; whatever else is in it stays. `false`: they were there already.
///
/// Where the system cannot exchange two folders, each file for itself appears in one step.
pub fn renew(place: &Workplace, folder: &Path, files: &[(&str, &str)]) -> anyhow::Result<bool> {
    vacant(folder)?;
    let mut changed = Vec::new();
    for (name, text) in files {
        let path = folder.join(name);
        free(&path)?;
        if std::fs::read(&path).ok().as_deref() != Some(text.as_bytes()) {
            changed.push((*name, path, *text));
        }
    }
    let one_by_one = || {
        for (_, path, text) in &changed {
            replace(place, path, text).map_err(|error| cannot(path, &error))?;
        }
        sync(folder);
        Ok(true)
    };
    let exists = folder.is_dir();
    match changed.len() {
        0 => return Ok(false),
        // one file is one step anyway, and a shell that stands in the folder stays there
        1 if exists => return one_by_one(),
        _ => {}
    }
    let new = place.folder().map_err(|error| cannot(&place.root, &error))?;
    for (name, path, text) in &changed {
        put(&new.path().join(name), text, false).map_err(|error| cannot(path, &error))?;
    }
    if exists {
        let own: BTreeSet<&str> = changed.iter().map(|(name, ..)| *name).collect();
        carry_others(folder, new.path(), &own).map_err(|error| cannot(folder, &error))?;
    }
    present(new.path(), folder);
    if !exists {
        return std::fs::rename(new.path(), folder).map(|()| true).map_err(|error| cannot(folder, &error));
    }
    match exchange(new.path(), folder) {
        Ok(()) => {
            rescue(new.path(), folder);
            Ok(true)
        }
        Err(_) => one_by_one(),
    }
}

/// Puts a folder with these files in place of the one that is there.
///
/// What is there goes away only when it was written by this program: when it holds `marker`. What the files of the new folder do
/// not have but `kept` names, such as a participants' list that somebody filled in, moves along.
pub fn write(folder: &Path, files: &[File], marker: &str, kept: &[&str]) -> anyhow::Result<()> {
    let place = Workplace::enter(folder.parent().unwrap_or(Path::new(".")))?;
    let aside = aside(&place, folder);
    recover(&aside, folder).map_err(|error| cannot(folder, &error))?;
    vacant(folder)?;
    let exists = folder.is_dir();
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
    let new = place.folder().map_err(|error| cannot(&place.root, &error))?;
    for file in files {
        let path = new.path().join(&file.path);
        put_below(&path, file).map_err(|error| cannot(&folder.join(&file.path), &error))?;
    }
    let below: BTreeSet<_> = files.iter().filter_map(|file| Path::new(&file.path).parent()).collect();
    below.into_iter().for_each(|folder| sync(&new.path().join(folder)));
    for name in kept {
        let (old, path) = (folder.join(name), new.path().join(name));
        if exists && old.symlink_metadata().is_ok() {
            let _ = std::fs::remove_file(&path);
            carry(&old, &path).map_err(|error| cannot(&old, &error))?;
        }
    }
    present(new.path(), folder);
    let placed = if !exists {
        std::fs::rename(new.path(), folder)
    } else {
        exchange(new.path(), folder).or_else(|_| by_turns(new.path(), folder, &aside))
    };
    placed.map_err(|error| cannot(folder, &error))?;
    sync(&place.root);
    Ok(())
}

/// A folder can be there: neither a link nor a file is in the way.
fn vacant(folder: &Path) -> anyhow::Result<()> {
    no_link(folder)?;
    if folder.exists() && !folder.is_dir() {
        return Err(help(format!("{} is a file", folder.display()), "move it away, or choose another folder with -o"));
    }
    Ok(())
}

/// Two folders change places in one step: there is no moment in which one of them is missing.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn exchange(new: &Path, folder: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, new, CWD, folder, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Where the old folder waits when it and the new one must be renamed by turns.
fn aside(place: &Workplace, folder: &Path) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    place.root.join(format!(".atelier-{name}.aside"))
}

/// A run that was killed between the two renames left the old folder aside: it comes back.
fn recover(aside: &Path, folder: &Path) -> io::Result<()> {
    if aside.is_symlink() || !aside.is_dir() {
        return Ok(());
    }
    if folder.symlink_metadata().is_err() { std::fs::rename(aside, folder) } else { std::fs::remove_dir_all(aside) }
}

/// Two renames, where folders cannot be exchanged; the old one comes back when the second fails.
fn by_turns(new: &Path, folder: &Path, aside: &Path) -> io::Result<()> {
    std::fs::rename(folder, aside)?;
    if let Err(error) = std::fs::rename(new, folder) {
        std::fs::rename(aside, folder)?;
        return Err(error);
    }
    std::fs::remove_dir_all(aside)
}

fn put_below(path: &Path, file: &File) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
        readable(folder, 0o755);
    }
    put(path, &file.text, file.executable)
}

/// What is in the old folder besides `own`, for the new one.
fn carry_others(old: &Path, new: &Path, own: &BTreeSet<&str>) -> io::Result<()> {
    for entry in std::fs::read_dir(old)? {
        let entry = entry?;
        if entry.file_name().to_str().is_none_or(|name| !own.contains(name)) {
            carry(&entry.path(), &new.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// The same file in two folders: nothing is lost, whichever of them goes. Links stay links; where a file cannot be in two
/// folders it is copied.
fn carry(from: &Path, to: &Path) -> io::Result<()> {
    let data = from.symlink_metadata()?;
    if data.is_dir() {
        std::fs::create_dir(to)?;
        carry_others(from, to, &BTreeSet::new())?;
        return std::fs::set_permissions(to, data.permissions());
    }
    match std::fs::hard_link(from, to) {
        Err(_) if data.is_file() => std::fs::copy(from, to).map(|_| ()),
        done => done,
    }
}

/// What somebody put into the old folder while the new one was made.
fn rescue(old: &Path, folder: &Path) {
    for entry in std::fs::read_dir(old).into_iter().flatten().flatten() {
        let place = folder.join(entry.file_name());
        if place.symlink_metadata().is_err() {
            let _ = std::fs::rename(entry.path(), place);
        }
    }
}

/// Temporary folders are private: the new one is as readable as the old one, and on the disk before it has a name.
fn present(new: &Path, folder: &Path) {
    match folder.metadata() {
        Ok(old) => drop(std::fs::set_permissions(new, old.permissions())),
        Err(_) => readable(new, 0o755),
    }
    sync(new);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_was_left_aside_comes_back() {
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        for name in ["old", "new"] {
            std::fs::create_dir(path(name)).unwrap();
            std::fs::write(path(name).join("said"), name).unwrap();
        }
        by_turns(&path("new"), &path("old"), &path("aside")).unwrap();
        assert_eq!(std::fs::read_to_string(path("old").join("said")).unwrap(), "new");
        assert!(!path("aside").exists() && !path("new").exists());
        std::fs::rename(path("old"), path("aside")).unwrap();
        recover(&path("aside"), &path("old")).unwrap();
        assert_eq!(std::fs::read_to_string(path("old").join("said")).unwrap(), "new");
        assert!(by_turns(&path("missing"), &path("old"), &path("aside")).is_err());
        assert!(path("old").exists() && !path("aside").exists());
    }

    #[cfg(unix)]
    #[test]
    fn other_files_move_along_and_links_stay_links() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("one");
        std::fs::create_dir_all(folder.join("deep/er")).unwrap();
        std::fs::write(folder.join("deep/er/note"), "mine").unwrap();
        std::os::unix::fs::symlink("/nowhere", folder.join("link")).unwrap();
        let place = Workplace::enter(root.path()).unwrap();
        let files = |text| [("a", text), ("b", text)];
        assert!(renew(&place, &folder, &files("1")).unwrap());
        assert!(!renew(&place, &folder, &files("1")).unwrap());
        assert!(renew(&place, &folder, &files("2")).unwrap());
        assert_eq!(std::fs::read_to_string(folder.join("deep/er/note")).unwrap(), "mine");
        assert_eq!(std::fs::read_link(folder.join("link")).unwrap(), Path::new("/nowhere"));
        assert_eq!(std::fs::read_to_string(folder.join("b")).unwrap(), "2");
        assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 1, "nothing is left beside it");
    }
}

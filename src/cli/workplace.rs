//! Where files are written: one run at a time, through no symbolic link, and cleared of what a killed run left.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, Instant};

use super::print::help;

/// What the names of unfinished files and folders begin and end with.
const UNFINISHED: (&str, &str) = (".atelier-", ".part");
/// Writing takes milliseconds: whoever holds a folder for so long has stopped.
const PATIENCE: Duration = Duration::from_secs(5);

/// A folder that this run alone writes into, for as long as the value lives.
pub struct Workplace {
    /// The folder.
    pub root: PathBuf,
    /// Held for its lock, which ends with the process, however that ends.
    _lock: Option<File>,
}

impl Workplace {
    /// Makes the folder, waits until no other run writes into it, and removes what a killed run left unfinished there.
    pub fn enter(root: &Path) -> anyhow::Result<Workplace> {
        let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
        no_link_on_the_way(root)?;
        std::fs::create_dir_all(root).map_err(|error| cannot(root, &error))?;
        let lock = lock(root)?;
        if lock.is_some() {
            clear(root);
        }
        Ok(Workplace { root: root.to_owned(), _lock: lock })
    }

    /// A folder beside what is to be written; removed again unless it is put in its place.
    pub fn folder(&self) -> io::Result<tempfile::TempDir> {
        builder().tempdir_in(&self.root)
    }

    /// The same for a single file.
    pub fn file(&self) -> io::Result<tempfile::NamedTempFile> {
        builder().tempfile_in(&self.root)
    }
}

fn builder() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED.0).suffix(UNFINISHED.1).rand_bytes(8);
    builder
}

/// The folder itself is locked, so that no lock file stays. Where a system cannot lock a folder, runs are not kept apart.
fn lock(root: &Path) -> anyhow::Result<Option<File>> {
    let Ok(folder) = File::open(root) else { return Ok(None) };
    let started = Instant::now();
    loop {
        match folder.try_lock() {
            Ok(()) => return Ok(Some(folder)),
            Err(TryLockError::Error(_)) => return Ok(None),
            Err(TryLockError::WouldBlock) if started.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(TryLockError::WouldBlock) => {
                return Err(help(
                    format!("another run has been writing into {} for {} s", root.display(), PATIENCE.as_secs()),
                    "wait until it has ended or end it, and try again",
                ));
            }
        }
    }
}

/// Under the lock, whatever is unfinished belongs to a run that was killed.
fn clear(root: &Path) {
    for entry in std::fs::read_dir(root).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let middle = name.to_str().and_then(|name| name.strip_prefix(UNFINISHED.0)?.strip_suffix(UNFINISHED.1));
        if !middle.is_some_and(|middle| middle.len() == 8 && middle.chars().all(char::is_alphanumeric)) {
            continue;
        }
        // what cannot be removed does no harm; a link is removed, not followed
        let _ = match entry.file_type() {
            Ok(kind) if kind.is_dir() => std::fs::remove_dir_all(entry.path()),
            _ => std::fs::remove_file(entry.path()),
        };
    }
}

/// A path from here may come from somebody else's project: none of its steps may lead elsewhere. An absolute path was
/// written by whoever runs this; only its end is looked at.
fn no_link_on_the_way(root: &Path) -> anyhow::Result<()> {
    if root.is_absolute() {
        return no_link(root);
    }
    let mut path = PathBuf::new();
    for step in root.components() {
        path.push(step);
        if matches!(step, Component::Normal(_)) {
            no_link(&path)?;
        }
    }
    Ok(())
}

/// Refuses a symbolic link: it may lead anywhere.
pub fn no_link(path: &Path) -> anyhow::Result<()> {
    if !path.is_symlink() {
        return Ok(());
    }
    let way = match path.canonicalize() {
        Ok(target) if target.is_dir() => {
            format!("remove the link, or name the folder that it leads to: -o {}", target.display())
        }
        _ => "remove the link, or choose another folder with -o".to_owned(),
    };
    Err(help(format!("{} is a symbolic link: nothing is written through it", path.display()), way))
}

/// Why something could not be written, and what to do.
pub fn cannot(what: &Path, error: &io::Error) -> anyhow::Error {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    let way = match error.kind() {
        StorageFull | QuotaExceeded => "what was there is as it was; make room, or choose a folder elsewhere with -o",
        FileTooLarge => "what was there is as it was; raise the limit on the size of files (`ulimit -f`)",
        ReadOnlyFilesystem => "nothing can be written there; choose a folder elsewhere with -o",
        _ => "choose a folder that you may write to with -o",
    };
    help(format!("{} cannot be written: {error}", what.display()), way)
}

/// Asks the disk to keep a folder's names; not every system can.
pub fn sync(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

//! `--watch`: does its work again whenever a file changes.
//!
//! Files are asked for their size and their time of change a few times a second: that works on every system and on
//! network drives, and the files are few.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use crate::clean::line as shown;

use super::print::{self, help};
use super::{CLEAN, Common, Stop};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(100);
/// Editors replace a file by another one: for so many looks it may be away.
const AWAY: u32 = 10;
/// Folders below a library's root; a link to a folder above must not lead around forever.
const DEPTH: u32 = 6;
/// So many names are said of what changed.
const NAMED: usize = 3;

/// When a file was changed and how long it is; `None`: it is not there.
type Stamp = Option<(SystemTime, u64)>;
type Snapshot = BTreeMap<PathBuf, Stamp>;

/// Does the work once and then after each change of the files or of the library's folders; only Ctrl-C ends it.
///
/// The first time, a failure such as a file that is not there is one of the command; later it is told and waited out.
pub(super) fn run(files: &[PathBuf], common: &Common, work: impl Fn() -> Result<i32, Stop>) -> Result<i32, Stop> {
    if files.iter().any(|file| file == Path::new("-")) {
        let failure = help("standard input cannot be watched: it is read once", "name a file, or leave `--watch` out");
        return Err(failure.into());
    }
    let mut before = look(files, &common.library);
    work()?;
    loop {
        say("watch: waiting for changes; Ctrl-C ends");
        let now = settled(&before, || look(files, &common.library), || sleep(PAUSE));
        clear();
        say(&format!("watch: {}", changes(&before, &now)));
        before = now;
        match work() {
            Ok(_) => {}
            Err(Stop::Findings(findings)) => print::findings(&findings, common, false),
            Err(Stop::Failure(error)) => print::failure(&error, common),
        }
    }
}

/// The next snapshot that differs and stays as it is: nothing is half written, and nothing is away that comes back soon.
fn settled(before: &Snapshot, look: impl Fn() -> Snapshot, pause: impl Fn()) -> Snapshot {
    let mut last = look();
    let mut waited = 0;
    loop {
        pause();
        let now = look();
        let still = now == last;
        let away = now.iter().any(|(path, stamp)| stamp.is_none() && before.get(path).is_some_and(Option::is_some));
        waited = if still && now != *before { waited + 1 } else { 0 };
        if waited > 0 && (!away || waited >= AWAY) {
            return now;
        }
        last = now;
    }
}

fn look(files: &[PathBuf], libraries: &[PathBuf]) -> Snapshot {
    let mut snapshot: Snapshot = files.iter().map(|file| (file.clone(), stamp(file))).collect();
    for library in libraries {
        for folder in ["schemas", "templates"] {
            add(&library.join(folder), DEPTH, &mut snapshot);
        }
    }
    snapshot
}

fn add(folder: &Path, depth: u32, snapshot: &mut Snapshot) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            if depth > 0 {
                add(&path, depth - 1, snapshot);
            }
        } else {
            let stamp = stamp(&path);
            snapshot.insert(path, stamp);
        }
    }
}

fn stamp(file: &Path) -> Stamp {
    let data = std::fs::metadata(file).ok()?;
    Some((data.modified().ok()?, data.len()))
}

/// What changed, by name.
fn changes(before: &Snapshot, now: &Snapshot) -> String {
    let was = |path: &PathBuf| before.get(path).copied().flatten();
    let is = |path: &PathBuf| now.get(path).copied().flatten();
    let paths: std::collections::BTreeSet<&PathBuf> = before.keys().chain(now.keys()).collect();
    let names: Vec<String> = paths
        .into_iter()
        .filter(|path| was(path) != is(path))
        .map(|path| shown(&path.display().to_string()).into_owned())
        .collect();
    let (first, more) = names.split_at(names.len().min(NAMED));
    let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
    format!("{}{more} changed", first.join(", "))
}

/// A line to standard error. When nobody reads it any more, nobody waits for changes.
fn say(line: &str) {
    if let Err(error) = writeln!(std::io::stderr(), "{line}")
        && error.kind() == std::io::ErrorKind::BrokenPipe
    {
        std::process::exit(CLEAN);
    }
}

/// On a terminal the last findings go, so that what is seen is what is true.
fn clear() {
    if std::io::stdout().is_terminal() && std::io::stderr().is_terminal() {
        say("\u{1b}[2J\u{1b}[H");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    fn at(stamps: &[(&str, Option<u64>)]) -> Snapshot {
        let stamp = |size: &Option<u64>| size.map(|size| (SystemTime::UNIX_EPOCH, size));
        stamps.iter().map(|(path, size)| (PathBuf::from(path), stamp(size))).collect()
    }

    /// What is taken of a row of looks; the last one stays.
    fn taken(before: &Snapshot, mut looks: Vec<Snapshot>) -> Snapshot {
        looks.reverse();
        let looks = RefCell::new(looks);
        let look = || {
            let mut looks = looks.borrow_mut();
            if looks.len() > 1 { looks.pop().expect("more than one") } else { looks[0].clone() }
        };
        settled(before, look, || {})
    }

    #[test]
    fn a_file_that_is_still_written_is_waited_for() {
        let before = at(&[("a", Some(1))]);
        let looks = [Some(1), Some(1), Some(2), Some(3), Some(3), Some(9)].map(|size| at(&[("a", size)]));
        assert_eq!(taken(&before, looks.to_vec()), at(&[("a", Some(3))]));
    }

    #[test]
    fn a_file_that_is_replaced_is_not_missed_and_one_that_is_gone_is_told() {
        let before = at(&[("a", Some(1))]);
        let looks = [Some(1), None, None, None, Some(2), Some(2)].map(|size| at(&[("a", size)]));
        assert_eq!(taken(&before, looks.to_vec()), at(&[("a", Some(2))]));
        assert_eq!(taken(&before, vec![at(&[("a", None)])]), at(&[("a", None)]));
        // gone since the last time: its return is a change as any other
        let looks = [None, None, Some(2), Some(2)].map(|size| at(&[("a", size)]));
        assert_eq!(taken(&at(&[("a", None)]), looks.to_vec()), at(&[("a", Some(2))]));
    }

    #[test]
    fn what_changed_is_named() {
        let before = at(&[("a", Some(1)), ("b", Some(1)), ("c", None), ("e", Some(1))]);
        let now = at(&[("a", Some(2)), ("b", Some(1)), ("c", Some(1)), ("d\u{1b}", Some(1))]);
        assert_eq!(changes(&before, &now), "a, c, d<U+001B> and 1 more changed");
        assert_eq!(changes(&before, &at(&[("a", Some(2)), ("b", Some(1)), ("e", Some(1))])), "a changed");
    }
}

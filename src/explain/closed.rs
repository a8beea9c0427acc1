//! Design mistakes that need no rule of their own: the templates make them impossible, another rule tells them, or no component
//! type could make them. From `docs/codes/closed/*.yaml`; the tests run the proofs that stand there.

use std::fmt::Write;
use std::sync::LazyLock;

use crate::library::Library;
use crate::source::Source;
use crate::yaml::{self, Dialect, Node};

/// A mistake that has no rule with its own code, or only half of one.
#[derive(Clone, Debug)]
pub struct Closed {
    /// The code under which it may be asked for.
    pub code: String,
    /// What would be wrong, in a few words.
    pub title: String,
    /// The component types that it is about; empty: all.
    pub types: Vec<String>,
    /// How it is kept from happening, or why nobody can make it.
    pub how: String,
    /// Whether the templates close it, a rule tells it, or it cannot be made at all.
    pub fate: Fate,
    /// The rules that tell it.
    pub rules: Vec<String>,
    /// What shows it, a sentence each.
    pub proof: Vec<String>,
}

/// What became of a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// The template, or the form of the blueprint, does not let it happen.
    Closed,
    /// A rule with another code, or another verb, tells it.
    Told,
    /// No component type can make it.
    Absent,
}

impl Fate {
    /// The key of the explanation in the data.
    pub const KEYS: [(&'static str, Fate); 3] =
        [("closed", Fate::Closed), ("told", Fate::Told), ("absent", Fate::Absent)];

    fn word(self) -> &'static str {
        match self {
            Fate::Closed => "cannot happen",
            Fate::Told => "told elsewhere",
            Fate::Absent => "not made here",
        }
    }
}

impl Closed {
    /// As a page of its own, for a code that is no rule.
    pub fn markdown(&self) -> String {
        let of: Vec<String> = self.types.iter().map(|name| format!("`{name}`")).collect();
        let of = if of.is_empty() { "any blueprint".to_owned() } else { of.join(", ") };
        format!("# {}: {}\n\n{} · {of}\n\n{}", self.code, self.title, self.fate.word(), self.body(false))
    }

    /// For programs, in the form of other pages.
    pub fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "code": self.code, "title": self.title, "severity": self.fate.word(), "component": self.types.join(", "),
            "why": self.body(false).trim_end(), "source": "", "wrong": "", "right": "",
        })
    }

    /// The explanation and its proofs; with `links` in the form that a page of `docs/rules/` has.
    pub(super) fn body(&self, links: bool) -> String {
        let mut out = format!("{}\n", self.how.trim());
        if !self.rules.is_empty() {
            let rules = self.rules.iter().map(|code| if links { format!("[{code}]({code}.md)") } else { code.clone() });
            let _ = writeln!(out, "\nTold by {}.", rules.collect::<Vec<_>>().join(", "));
        }
        if !self.proof.is_empty() {
            let _ = writeln!(out, "\nShown by{}:", if links { "" } else { ", on the cases of `tests/cases/render`" });
            self.proof.iter().for_each(|proof| writeln!(out, "- {proof}").unwrap_or_default());
        }
        out
    }
}

/// All of them: the names of the files (bedrock, neuron, …) with what is in each, in the order of the files.
pub fn closed() -> &'static [(String, Vec<Closed>)] {
    static ALL: LazyLock<Vec<(String, Vec<Closed>)>> = LazyLock::new(|| {
        let mut groups: Vec<_> = Library::closed()
            .filter_map(|(name, text)| {
                let root = yaml::load(&Source::new(name, text), Dialect::Blueprint).ok()?;
                let entries: Vec<Closed> = root.entries().iter().map(|entry| read(&entry.key, &entry.value)).collect();
                Some((name.trim_end_matches(".yaml").to_owned(), entries))
            })
            .collect();
        groups.sort_by(|a, b| a.0.cmp(&b.0));
        groups
    });
    &ALL
}

/// The one with this code, whatever the case of its letters.
pub fn closed_page(code: &str) -> Option<&'static Closed> {
    closed().iter().flat_map(|(_, entries)| entries).find(|entry| entry.code.eq_ignore_ascii_case(code))
}

fn read(code: &str, node: &Node) -> Closed {
    let text = |key: &str| node.get(key).and_then(Node::as_str).unwrap_or_default().to_owned();
    let texts = |key: &str| {
        let items = node.get(key).map_or(&[][..], Node::items);
        items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    let fate = Fate::KEYS.into_iter().find(|(key, _)| node.get(key).is_some());
    let (key, fate) = fate.unwrap_or(("absent", Fate::Absent));
    Closed {
        code: code.to_owned(),
        title: text("title"),
        types: texts("types"),
        how: text(key),
        fate,
        rules: texts("rules"),
        proof: node.get("proof").map_or(&[][..], Node::items).iter().map(sentence).collect(),
    }
}

/// A proof in words. `tests/closed.rs` reads the same data and runs it.
fn sentence(proof: &Node) -> String {
    let text = |key: &str| proof.get(key).and_then(Node::as_str).map(str::to_owned);
    let value = |key: &str| proof.get(key).map(|node| node.to_json());
    if let Some(test) = text("test") {
        let (file, name) = test.split_once(' ').unwrap_or((test.as_str(), ""));
        return format!("`{name}` in `{file}`");
    }
    if let Some(code) = text("refused") {
        let blueprint = text("blueprint").unwrap_or_default();
        let line = blueprint.lines().last().unwrap_or_default().trim();
        return format!("`{line}` is refused with {code}");
    }
    let case = text("case").unwrap_or_default();
    let case = if case == "*" { "every case".to_owned() } else { format!("case `{case}`") };
    if let Some(words) = text("writes") {
        return format!("{case}: the template has `{words}`");
    }
    if let Some(words) = text("never") {
        return format!("{case}: the template has no `{words}`");
    }
    let at = text("at").unwrap_or_default();
    let (resource, path) = at.split_once(' ').unwrap_or((&at, ""));
    let place = |resource: &str, path: &str| match path.trim_start_matches("Properties.") {
        "" => format!("`{resource}`"),
        path => format!("`{path}` of `{resource}`"),
    };
    let what = place(resource, path);
    let json = |value: serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let says = if let Some(wanted) = value("equals") {
        format!("is `{}`", json(wanted))
    } else if let Some(wanted) = value("contains") {
        format!("has `{}`", json(wanted))
    } else if let Some(wanted) = value("lacks") {
        format!("is without `{}`", json(wanted))
    } else if let Some(other) = text("same") {
        let (resource, path) = other.split_once(' ').unwrap_or((&other, ""));
        format!("is {}", place(resource, path))
    } else if let Some(count) = value("count") {
        format!("stands there {} times", json(count)).replace(" 1 times", " once").replace(" 2 times", " twice")
    } else {
        "is not there".to_owned()
    };
    format!("{case}: {what} {says}")
}

//! What a template can do without when it would be larger than CloudFormation takes directly: the rationale of its
//! resources first, then its comments. Nothing that CloudFormation acts on is touched.

use std::ops::Range;

use crate::expression::CONTEXT;
use crate::part::Part;
use crate::render::Fragment;
use crate::yaml::{Entry, Node, Value};

/// How much of what only people read is kept.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Detail {
    /// All of it.
    Full,
    /// Comments, but no rationale in the resources' `Metadata`.
    Commented,
    /// Neither.
    Bare,
}

/// The stretches of a fragment that are left out, in order, without overlap.
pub(super) fn cuts(fragment: &Fragment, detail: Detail) -> Vec<Range<usize>> {
    if detail == Detail::Full {
        return Vec::new();
    }
    let root = &fragment.root;
    let text = fragment.source.text.as_str();
    let resources = root.get("Resources").map_or(&[][..], Node::entries);
    let mut cuts: Vec<_> = resources.iter().filter_map(|resource| rationale(text, &resource.value)).collect();
    if detail == Detail::Bare {
        let mut long = Vec::new();
        long_scalars(text, root, &mut long);
        cuts.extend(comments(text).filter(|line| !long.iter().any(|scalar| scalar.contains(&line.start))));
    }
    cuts.sort_by_key(|cut| cut.start);
    cuts
}

/// The rationale in a resource's metadata: the whole entry, or its part when checkers' suppressions stand beside it.
fn rationale(text: &str, resource: &Node) -> Option<Range<usize>> {
    let metadata = resource.entry("Metadata")?;
    let entries = metadata.value.entries();
    let position = entries.iter().position(|entry| entry.key == CONTEXT)?;
    let context = entries.get(position)?;
    if entries.len() == 1 {
        return whole_lines(text, metadata);
    }
    Some(match entries.get(position + 1) {
        Some(next) => context.key_range.start..next.key_range.start,
        None => entries.get(position.checked_sub(1)?)?.value.range.end..context.value.range.end,
    })
}

/// The lines of an entry; `None` when something else stands on them.
fn whole_lines(text: &str, entry: &Entry) -> Option<Range<usize>> {
    let start = text.part(..entry.key_range.start).rfind('\n').map_or(0, |newline| newline + 1);
    let end =
        text.part(entry.value.range.end..).find('\n').map_or(text.len(), |newline| entry.value.range.end + newline + 1);
    let alone = text.part(start..entry.key_range.start).trim().is_empty()
        && text.part(entry.value.range.end..end).trim().is_empty();
    alone.then_some(start..end)
}

/// Lines that hold nothing but what looks like a comment.
fn comments(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let range = start..start + line.len();
        start = range.end;
        line.trim_start().starts_with('#').then_some(range)
    })
}

/// Texts over several lines, in which a `#` is no comment.
fn long_scalars(text: &str, node: &Node, found: &mut Vec<Range<usize>>) {
    match &node.value {
        Value::Map(entries) => entries.iter().for_each(|entry| long_scalars(text, &entry.value, found)),
        Value::List(items) => items.iter().for_each(|item| long_scalars(text, item, found)),
        Value::String(_) if text.part(node.range.clone()).contains('\n') => found.push(node.range.clone()),
        _ => {}
    }
}

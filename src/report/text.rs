//! Findings as a compiler writes them; the only room that imports annotate-snippets.

use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};

use super::{clean, count};
use crate::diagnostic::{Finding, Fix, Severity};
use crate::source::{Place, Source};

/// Longer lines are not shown as a patch, and are shown around the place only.
const LONG_LINE: usize = 240;
/// How much of a long line is shown on either side of the place.
const AROUND: usize = 60;

pub(super) fn render(findings: &[Finding], colour: bool) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for finding in findings {
        out.push_str(&renderer.render(&groups(finding)));
        out.push_str("\n\n");
    }
    out.push_str(&summary(findings));
    out.push('\n');
    out
}

/// `2 errors, 1 warning`.
fn summary(findings: &[Finding]) -> String {
    let parts = [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Info, "info", "info"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter_map(|(severity, one, many)| match count(findings, severity) {
            0 => None,
            1 => Some(format!("1 {one}")),
            number => Some(format!("{number} {many}")),
        })
        .collect();
    parts.join(", ")
}

fn groups(finding: &Finding) -> Vec<Group<'_>> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let title = level.primary_title(clean::message(&finding.message)).id(clean::message(&finding.code));
    let mut group = Group::with_title(title);
    let mut marks: Vec<Mark<'_>> = Vec::new();
    if let Some(place) = &finding.place {
        marks.push(Mark { place, label: &finding.label, kind: AnnotationKind::Primary });
    }
    for label in &finding.labels {
        marks.push(Mark { place: &label.place, label: &label.text, kind: AnnotationKind::Context });
    }
    while let Some(first) = marks.first() {
        let source = Arc::clone(&first.place.source);
        let (here, elsewhere): (Vec<_>, Vec<_>) = marks.into_iter().partition(|mark| same(&mark.place.source, &source));
        marks = elsewhere;
        group = snippet(group, &source, &here);
    }
    for help in &finding.help {
        group = group.element(Level::HELP.message(clean::message(help)));
    }
    let mut groups = vec![group];
    groups.extend(finding.fix.as_ref().map(suggestion));
    groups
}

fn same(a: &Arc<Source>, b: &Arc<Source>) -> bool {
    Arc::ptr_eq(a, b) || (a.name == b.name && a.text == b.text)
}

struct Mark<'a> {
    place: &'a Place,
    label: &'a str,
    kind: AnnotationKind,
}

/// The lines of one source from the first to the last mark; what lies between is folded.
fn snippet<'a>(group: Group<'a>, source: &Arc<Source>, marks: &[Mark<'a>]) -> Group<'a> {
    let path = clean::message(&source.name).into_owned();
    if source.text.is_empty() {
        return group.element(Origin::path(path));
    }
    let ranges: Vec<Range<usize>> = marks.iter().map(|mark| first_line(source, &mark.place.range)).collect();
    let window = Window::around(source, &ranges);
    if window.text.lines().any(|line| line.len() > LONG_LINE) {
        return long_lines(group, source, path, marks, &ranges);
    }
    let annotations = marks.iter().zip(&ranges).map(|(mark, range)| {
        let label = (!mark.label.is_empty()).then(|| clean::message(mark.label));
        mark.kind.span(window.span(source, range)).label(label)
    });
    let snippet = Snippet::source(window.text.clone()).line_start(window.line).path(path);
    group.element(snippet.annotations(annotations.collect::<Vec<_>>()))
}

/// Each mark with a cut-out of its line; line and column come from the source, not from the cut-out.
fn long_lines<'a>(
    mut group: Group<'a>,
    source: &Arc<Source>,
    path: String,
    marks: &[Mark<'a>],
    ranges: &[Range<usize>],
) -> Group<'a> {
    for (mark, range) in marks.iter().zip(ranges) {
        let (line, column) = source.line_column(range.start);
        let whole = source.line_range(line);
        let start = back(&source.text, whole.start, range.start, AROUND);
        let end = forth(&source.text, whole.end, range.start, AROUND);
        let before = if start > whole.start { "…" } else { "" };
        let after = if end < whole.end { "…" } else { "" };
        let lead = clean::source(&source.text[start..range.start]);
        let marked = clean::source(&source.text[range.start..range.end.clamp(range.start, end)]);
        let rest = clean::source(&source.text[range.end.clamp(range.start, end)..end]);
        let from = before.len() + lead.len();
        let label = (!mark.label.is_empty()).then(|| clean::message(mark.label));
        let annotation = mark.kind.span(from..from + marked.len()).label(label);
        let text = format!("{before}{lead}{marked}{rest}{after}");
        group = group
            .element(Origin::path(path.clone()).line(line).char_column(column))
            .element(Snippet::source(text).line_start(line).annotation(annotation));
    }
    group
}

/// The fix as a patch; only its title where a line is too long to show.
fn suggestion(fix: &Fix) -> Group<'_> {
    let mut group = Group::with_title(Level::HELP.secondary_title(clean::message(&fix.title)));
    let mut edits: Vec<&(Place, String)> = fix.edits.iter().collect();
    while let Some((first, _)) = edits.first() {
        let source = Arc::clone(&first.source);
        let (here, elsewhere): (Vec<_>, Vec<_>) =
            edits.into_iter().partition(|(place, _)| same(&place.source, &source));
        edits = elsewhere;
        let ranges: Vec<Range<usize>> = here.iter().map(|(place, _)| within(&source, &place.range)).collect();
        let window = Window::around(&source, &ranges);
        if window.text.lines().any(|line| line.len() > LONG_LINE) {
            continue;
        }
        let patches = here
            .iter()
            .zip(&ranges)
            .map(|((_, text), range)| Patch::new(window.span(&source, range), clean::source(text)));
        let path = clean::message(&source.name).into_owned();
        let snippet = Snippet::source(window.text.clone()).line_start(window.line).path(path);
        group = group.element(snippet.patches(patches.collect::<Vec<_>>()));
    }
    group
}

/// Some lines of a source, cleaned.
struct Window {
    text: String,
    line: usize,
    start: usize,
}

impl Window {
    /// The lines that the ranges touch and those between.
    fn around(source: &Source, ranges: &[Range<usize>]) -> Window {
        let first = ranges.iter().map(|range| range.start).min().unwrap_or(0);
        let last = ranges.iter().map(|range| range.end).max().unwrap_or(0);
        let line = source.line_column(first).0;
        let start = source.line_range(line).start;
        let end = source.line_range(source.line_column(last).0).end.max(start);
        // a carriage return before the line break is part of the break
        let text = clean::source(&source.text[start..end].replace("\r\n", "\n")).into_owned();
        Window { text, line, start }
    }

    /// A range of the source in the window's text.
    fn span(&self, source: &Source, range: &Range<usize>) -> Range<usize> {
        let length = |end: usize| clean::source(&source.text[self.start..end].replace("\r\n", "\n")).len();
        let (start, end) = (length(range.start).min(self.text.len()), length(range.end).min(self.text.len()));
        start..end.max(start)
    }
}

/// The range, kept inside the text and on character boundaries.
fn within(source: &Source, range: &Range<usize>) -> Range<usize> {
    let text = &source.text;
    let start = text.floor_char_boundary(range.start.min(text.len()));
    start..text.floor_char_boundary(range.end.clamp(start, text.len())).max(start)
}

/// A range of many lines would underline them all: its first line is enough.
fn first_line(source: &Source, range: &Range<usize>) -> Range<usize> {
    let range = within(source, range);
    let line = source.line_range(source.line_column(range.start).0);
    let end = range.end.min(line.end).max(range.start);
    let end = range.start + source.text[range.start..end].trim_end().len();
    // behind the last character of a line (`\r\n`) there is nothing to underline
    if range.start >= line.end && range.start > line.start && source.text[..range.start].ends_with('\r') {
        return range.start - 1..range.start - 1;
    }
    range.start..end
}

/// At most `count` characters before `at`, not before `limit`.
fn back(text: &str, limit: usize, at: usize, count: usize) -> usize {
    text[limit..at].char_indices().rev().nth(count - 1).map_or(limit, |(index, _)| limit + index)
}

/// At most `count` characters from `at` on, not beyond `limit`.
fn forth(text: &str, limit: usize, at: usize, count: usize) -> usize {
    text.get(at..limit).and_then(|rest| rest.char_indices().nth(count)).map_or(limit.max(at), |(index, _)| at + index)
}

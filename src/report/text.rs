//! Findings as a compiler writes them; the only room that imports annotate-snippets.

use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};

use super::count;
use crate::clean;
use crate::diagnostic::{Finding, Fix, Severity};
use crate::part::Part;
use crate::source::{Place, Source};

/// Longer lines are cut around their mark, and are not shown as a patch.
const LONG_LINE: usize = annotate_snippets::renderer::DEFAULT_TERM_WIDTH;
/// Of lines with more bytes, what lies around the mark is given to the renderer.
const LARGE_WINDOW: usize = 16_384;
const AROUND: usize = 1_000;
/// How many characters are underlined at most.
const LONG_MARK: usize = 100;
/// How many findings are shown at most.
const MOST: usize = 100;
/// How many words of a message are shown at most, how many characters of a word, and how many of a longer one.
const LONG_TEXT: usize = 400;
const LONG_WORD: usize = 300;
const KEPT_OF_WORD: usize = 60;

pub(super) fn render(findings: &[Finding], colour: bool) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let (told, untold) = chosen(findings);
    let mut out = String::new();
    for finding in told {
        out.push_str(&renderer.render(&groups(finding)));
        out.push_str("\n\n");
    }
    if untold > 0 {
        out.push_str(&format!("{untold} more are not shown here: `--format json` has them all\n"));
    }
    out.push_str(&summary(findings));
    out.push('\n');
    out
}

/// What a person can read at once, in its order, and how many are left out: errors come before warnings, and those before remarks.
fn chosen(findings: &[Finding]) -> (Vec<&Finding>, usize) {
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by_key(|index| findings.get(*index).map(|finding| finding.severity));
    order.truncate(MOST);
    order.sort_unstable();
    let told: Vec<&Finding> = order.iter().filter_map(|index| findings.get(*index)).collect();
    let untold = findings.len() - told.len();
    (told, untold)
}

/// Words of a finding for a person: cleaned, and what is too long to be read cut; the other formats have all of it.
fn said(text: &str) -> String {
    let mut out = String::new();
    for (count, word) in text.split_inclusive(char::is_whitespace).enumerate() {
        if count >= LONG_TEXT {
            out.push('…');
            break;
        }
        match word.char_indices().nth(LONG_WORD) {
            None => out.push_str(word),
            Some(_) => {
                let kept: String = word.chars().take(KEPT_OF_WORD).collect();
                let length = word.trim_end().chars().count();
                let quote = if word.contains('`') && kept.matches('`').count() == 1 { "`" } else { "" };
                out.push_str(&format!("{kept}…{quote} ({length} characters)"));
                out.extend(word.chars().next_back().filter(|char| char.is_whitespace()));
            }
        }
    }
    clean::message(&out).into_owned()
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
    let title = level.primary_title(said(&finding.message)).id(clean::message(&finding.code));
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
        group = group.element(Level::HELP.message(said(help)));
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
fn snippet<'a>(group: Group<'a>, source: &Source, marks: &[Mark<'a>]) -> Group<'a> {
    let path = clean::message(&source.name).into_owned();
    if source.text.is_empty() {
        return group.element(Origin::path(path));
    }
    let ranges: Vec<Range<usize>> = marks.iter().map(|mark| shown(source, &mark.place.range)).collect();
    // the renderer cuts a long line around its one mark; around several it would keep all between them
    let each = |group| marks.chunks(1).fold(group, |group, mark| snippet(group, source, mark));
    let lines = Window::lines(source, &ranges);
    let window = match &*ranges {
        _ if lines.len() <= LARGE_WINDOW => Window::of(source, &lines),
        [range] => Window::cut(source, range, &lines),
        _ => return each(group),
    };
    if marks.len() > 1 && window.has_long_line() {
        return each(group);
    }
    let annotations: Vec<_> = marks
        .iter()
        .zip(&ranges)
        .map(|(mark, range)| {
            let label = (!mark.label.is_empty()).then(|| said(mark.label));
            mark.kind.span(window.span(source, range)).label(label)
        })
        .collect();
    group.element(Snippet::source(window.text).line_start(window.line).path(path).annotations(annotations))
}

/// The fix as a patch; where a line is too long to show, its title with the new text.
fn suggestion(fix: &Fix) -> Group<'_> {
    let mut title = said(&fix.title);
    let mut snippets = Vec::new();
    let mut edits: Vec<&(Place, String)> = fix.edits.iter().collect();
    while let Some((first, _)) = edits.first() {
        let source = Arc::clone(&first.source);
        let (here, elsewhere): (Vec<_>, Vec<_>) =
            edits.into_iter().partition(|(place, _)| same(&place.source, &source));
        edits = elsewhere;
        let ranges: Vec<Range<usize>> = here.iter().map(|(place, _)| within(&source, &place.range)).collect();
        let lines = Window::lines(&source, &ranges);
        let window = Window::of(&source, &(lines.start..lines.end.min(lines.start + LARGE_WINDOW)));
        if lines.len() > LARGE_WINDOW || window.has_long_line() {
            let short = here.iter().filter(|(_, text)| !text.trim().is_empty() && text.len() < LONG_MARK);
            short.for_each(|(_, text)| title.push_str(&format!(": `{}`", clean::message(text.trim()))));
            continue;
        }
        let patches = here
            .iter()
            .zip(&ranges)
            .map(|((_, text), range)| Patch::new(window.span(&source, range), clean::source(text)));
        let path = clean::message(&source.name).into_owned();
        let snippet = Snippet::source(window.text.clone()).line_start(window.line).path(path);
        snippets.push(snippet.patches(patches.collect::<Vec<_>>()));
    }
    Group::with_title(Level::HELP.secondary_title(title)).elements(snippets)
}

/// Some lines of a source, cleaned.
struct Window {
    text: String,
    line: usize,
    start: usize,
    blank: usize,
}

impl Window {
    /// The lines that the ranges touch and those between.
    fn lines(source: &Source, ranges: &[Range<usize>]) -> Range<usize> {
        let first = ranges.iter().map(|range| range.start).min().unwrap_or(0);
        let last = ranges.iter().map(|range| range.end).max().unwrap_or(0);
        let start = source.line_range(source.line_column(first).0).start;
        start..source.line_range(source.line_column(last).0).end.max(start)
    }

    fn of(source: &Source, lines: &Range<usize>) -> Window {
        let text = source.text.get(lines.clone()).unwrap_or_default();
        Window { text: clean_lines(text), line: source.line_column(lines.start).0, start: lines.start, blank: 0 }
    }

    /// What lies around a mark in a line, and blanks for what stands before, so that columns stay right.
    fn cut(source: &Source, range: &Range<usize>, line: &Range<usize>) -> Window {
        let text = &source.text;
        let start = text.floor_char_boundary(range.start.saturating_sub(AROUND)).max(line.start);
        let end = text.ceil_char_boundary(range.end + AROUND).min(line.end);
        let blank = source.line_column(start).1 - 1;
        let window = Window::of(source, &(start..end));
        Window { text: " ".repeat(blank) + &window.text, blank, ..window }
    }

    fn has_long_line(&self) -> bool {
        self.text.lines().any(|line| line.len() > LONG_LINE)
    }

    /// A range of the source in the window's text.
    fn span(&self, source: &Source, range: &Range<usize>) -> Range<usize> {
        let length = |end: usize| self.blank + clean_lines(source.text.get(self.start..end).unwrap_or_default()).len();
        let (start, end) = (length(range.start).min(self.text.len()), length(range.end).min(self.text.len()));
        start..end.max(start)
    }
}

/// Without hostile characters; a carriage return before a line break is part of the break.
fn clean_lines(text: &str) -> String {
    clean::source(&text.strip_suffix('\r').unwrap_or(text).replace("\r\n", "\n")).into_owned()
}

/// The range, kept inside the text and on character boundaries.
fn within(source: &Source, range: &Range<usize>) -> Range<usize> {
    let text = &source.text;
    let start = text.floor_char_boundary(range.start.min(text.len()));
    start..text.floor_char_boundary(range.end.clamp(start, text.len())).max(start)
}

/// What is underlined of a range: its first line, and not more of that than fits.
fn shown(source: &Source, range: &Range<usize>) -> Range<usize> {
    let range = within(source, range);
    let line = source.line_range(source.line_column(range.start).0);
    let first_line = source.text.part(range.start..range.end.min(line.end).max(range.start));
    let length = first_line.char_indices().nth(LONG_MARK).map_or(first_line.len(), |(index, _)| index);
    range.start..range.start + first_line.part(..length).trim_end().len()
}

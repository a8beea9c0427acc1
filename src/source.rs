//! Places in text: a source file, a byte range in it, and the line and column that a person reads.

use std::ops::Range;
use std::sync::Arc;

/// A text with a name, shared by every place that points into it.
#[derive(Debug)]
pub struct Source {
    /// What a message shows: a path as the user wrote it, `<stdin>`, or `<embedded>/…`.
    pub name: String,
    /// The whole text, UTF-8.
    pub text: String,
    line_starts: Vec<usize>,
    /// In such a text a column is a difference, however long the line.
    ascii: bool,
}

impl Source {
    /// Wraps a text; cost is one pass to find the line starts.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Source> {
        let text = text.into();
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(offset, _)| offset + 1)).collect();
        let ascii = text.is_ascii();
        Arc::new(Source { name: name.into(), text, line_starts, ascii })
    }

    /// Line and column of a byte offset, both from 1; the column counts characters.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let offset = offset.min(self.text.len());
        let line = self.line_starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.line_starts.get(line).copied().unwrap_or_default();
        let column = match self.text.get(start..offset) {
            Some(_) if self.ascii => offset - start,
            text => text.map_or(0, |text| text.chars().count()),
        };
        (line + 1, column + 1)
    }

    /// The byte range of a line (from 1), without its line break; the last line when the number is too large.
    pub fn line_range(&self, line: usize) -> Range<usize> {
        let index = line.clamp(1, self.line_starts.len()) - 1;
        let start = self.line_starts.get(index).copied().unwrap_or_default();
        let end = self.line_starts.get(index + 1).map_or(self.text.len(), |next| next - 1);
        start..end.max(start)
    }

    /// How many lines the text has.
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }
}

/// A byte range in a source.
#[derive(Clone, Debug)]
pub struct Place {
    /// The text that is pointed into.
    pub source: Arc<Source>,
    /// Bytes, on character boundaries.
    pub range: Range<usize>,
}

impl Place {
    /// A place from its parts.
    pub fn new(source: &Arc<Source>, range: Range<usize>) -> Place {
        Place { source: Arc::clone(source), range }
    }

    /// Line and column (from 1) where the place starts.
    pub fn line_column(&self) -> (usize, usize) {
        self.source.line_column(self.range.start)
    }

    /// The text at the place.
    pub fn text(&self) -> &str {
        self.source.text.get(self.range.clone()).unwrap_or("")
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.source.name == other.source.name && self.range == other.range
    }
}

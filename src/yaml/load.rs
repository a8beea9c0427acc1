//! From text to nodes.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, Span, StructureStyle, Tag, options};

use crate::diagnostic::{self, Finding, Label};
use crate::part::Part;
use crate::source::{Place, Source};

use super::{Entry, Node, Value, decode, ranges, refused, scalar, syntax};

/// Which YAML is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// A blueprint or a catalogue: no tags, no anchors, no merge keys.
    Blueprint,
    /// A CloudFormation template or fragment: short tags (`!Ref`) are kept.
    Template,
}

/// How deep lists and mappings may be nested.
pub const MAX_DEPTH: usize = 64;
/// How many values a text may have.
pub const MAX_VALUES: usize = 50_000;
/// How many findings are made; what follows is counted.
const MAX_FINDINGS: usize = 50;
/// How many uses of one anchor are shown.
const MAX_USES: usize = 3;

/// Reads one YAML document; every mistake of the text at once.
///
/// An empty document is an error in a blueprint and `Null` in a template; any other root must be a mapping.
pub fn load(source: &Arc<Source>, dialect: Dialect) -> Result<Node, Vec<Finding>> {
    if source.text.len() > dialect.max_bytes() {
        return Err(vec![decode::too_large(&source.name, source.text.len() as u64, dialect)]);
    }
    let mut loader = Loader::new(source, dialect);
    loader.run();
    loader.finish()
}

struct Loader<'a> {
    source: &'a Arc<Source>,
    dialect: Dialect,
    stack: Vec<Frame>,
    root: Option<Node>,
    /// Where the last event ended: what lies between it and the next one is punctuation and comments.
    cursor: usize,
    last_scalar: Option<Range<usize>>,
    values: usize,
    documents: usize,
    findings: Vec<Finding>,
    unsaid: usize,
    /// Anchor id → its finding, so that the uses become labels there.
    anchors: HashMap<usize, usize>,
}

/// A list or mapping that is still open.
struct Frame {
    start: usize,
    style: StructureStyle,
    tag: Option<String>,
    kind: Kind,
}

enum Kind {
    List(Vec<Node>),
    Map(Vec<Entry>, Option<(String, Range<usize>)>),
}

/// The rest of the text cannot or need not be read.
struct Stop;

impl<'a> Loader<'a> {
    fn new(source: &'a Arc<Source>, dialect: Dialect) -> Loader<'a> {
        Loader {
            source,
            dialect,
            stack: Vec::new(),
            root: None,
            cursor: 0,
            last_scalar: None,
            values: 0,
            documents: 0,
            findings: Vec::new(),
            unsaid: 0,
            anchors: HashMap::new(),
        }
    }

    fn run(&mut self) {
        // One level more than ours, so that our own check speaks first.
        let options = options! {
            disallow_directives: true,
            emit_comments: false,
            emit_unresolved_aliases: true,
            emit_anchor_events: true,
            flow_nesting_limit: MAX_DEPTH + 1,
            block_nesting_limit: MAX_DEPTH + 1,
        };
        let source = Arc::clone(self.source);
        for next in Parser::new_from_str_with_options(&source.text, options) {
            let step = match next {
                Ok((event, span)) => self.event(event, span),
                Err(error) => {
                    let last = self.last_scalar.clone();
                    let flow = self.stack.iter().rev().find(|frame| frame.style == StructureStyle::Flow);
                    self.say(syntax::finding(&source, &error, last, flow.map(|frame| frame.start)));
                    Err(Stop)
                }
            };
            if step.is_err() {
                break;
            }
        }
    }

    fn finish(mut self) -> Result<Node, Vec<Finding>> {
        // After a stop, the open mappings have duplicates to report too.
        for frame in std::mem::take(&mut self.stack) {
            if let Kind::Map(entries, _) = frame.kind {
                self.duplicates(&entries);
            }
        }
        let root = self.root.take().unwrap_or(Node { range: 0..0, value: Value::Null, tag: None });
        if self.findings.is_empty() {
            let empty = matches!(root.value, Value::Null);
            let fine = matches!(root.value, Value::Map(_)) || (empty && self.dialect == Dialect::Template);
            if fine {
                return Ok(root);
            }
            self.say(refused::root(self.source, &root, self.dialect));
        }
        diagnostic::sort(&mut self.findings);
        if let (Some(last), true) = (self.findings.last_mut(), self.unsaid > 0) {
            last.help.push(format!("{} more mistakes are not shown", self.unsaid));
        }
        Err(self.findings)
    }

    fn say(&mut self, finding: Finding) -> Option<usize> {
        if self.findings.len() >= MAX_FINDINGS {
            self.unsaid += 1;
            return None;
        }
        self.findings.push(finding);
        Some(self.findings.len() - 1)
    }

    fn place(&self, range: Range<usize>) -> Place {
        Place::new(self.source, range)
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Stop> {
        let at = ranges::of(&self.source.text, &span);
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    let place = self.place(at);
                    self.say(refused::second_document(place));
                    return Err(Stop);
                }
                self.cursor = at.end;
            }
            Event::Scalar(text, style, _, tag) => {
                let tag = self.tag(tag.as_deref(), &span);
                self.scalar(&text, style, tag, at)?;
            }
            Event::SequenceStart(style, _, tag) => {
                self.open(style, tag.as_deref(), &span, at, Kind::List(Vec::new()))?
            }
            Event::MappingStart(style, _, tag) => {
                self.open(style, tag.as_deref(), &span, at, Kind::Map(Vec::new(), None))?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(at)?,
            Event::Anchor(id, name) => {
                let place = self.place(at);
                if let Some(index) = self.say(refused::anchor(place, &name)) {
                    self.anchors.insert(id, index);
                }
            }
            Event::Alias(id) => {
                let place = self.place(at.clone());
                let finding = self.anchors.get(&id).and_then(|index| self.findings.get_mut(*index));
                if let Some(finding) = finding.filter(|finding| finding.labels.len() < MAX_USES) {
                    finding.labels.push(Label { place, text: "used here".into() });
                }
                self.add(Node { range: at, value: Value::Null, tag: None })?;
            }
            Event::UnresolvedAlias(name) => {
                let place = self.place(at.clone());
                self.say(refused::alias(place, &name));
                self.add(Node { range: at, value: Value::Null, tag: None })?;
            }
            _ => {}
        }
        Ok(())
    }

    /// The short tag to keep, with its range; any other tag is a finding.
    fn tag(&mut self, tag: Option<&Tag>, span: &Span) -> Option<(String, Range<usize>)> {
        let (tag, span) = (tag?, span.tag_span()?);
        let range = ranges::of(&self.source.text, &span);
        let short = tag.handle() == "!" && tag.original_handle() == "!";
        self.cursor = range.end;
        if short && self.dialect == Dialect::Template && !self.expects_key() {
            return Some((tag.suffix().to_owned(), range));
        }
        let place = self.place(range);
        self.say(refused::tag(place, short, self.dialect, self.expects_key()));
        None
    }

    fn expects_key(&self) -> bool {
        matches!(self.stack.last(), Some(Frame { kind: Kind::Map(_, None), .. }))
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<(String, Range<usize>)>,
        at: Range<usize>,
    ) -> Result<(), Stop> {
        let whole = &self.source.text;
        let mut range = match style {
            ScalarStyle::Literal | ScalarStyle::Folded => ranges::block_scalar(whole, self.cursor, at),
            _ if at.is_empty() && self.expects_key() => at,
            _ if at.is_empty() => match &tag {
                Some((_, tag)) => tag.clone(),
                None => ranges::nothing(whole, self.cursor, at.start),
            },
            _ => at,
        };
        let plain = style == ScalarStyle::Plain;
        if self.expects_key() && plain {
            self.check_key(text, &range);
        }
        self.last_scalar = Some(range.clone());
        let value = match &tag {
            // the parser gives an absent value as `~`, a tagged absent value as nothing
            _ if plain && range.is_empty() => Value::Null,
            Some(_) if plain && text.is_empty() => Value::Null,
            None if plain && !self.expects_key() => scalar::plain(text),
            _ => Value::String(text.to_owned()),
        };
        let tag = tag.map(|(name, place)| {
            range.start = place.start;
            name
        });
        self.add(Node { range, value, tag })
    }

    fn check_key(&mut self, text: &str, range: &Range<usize>) {
        let place = self.place(range.clone());
        if text == "<<" {
            self.say(refused::merge_key(place));
            return;
        }
        match scalar::plain(text) {
            Value::String(_) => {}
            Value::Int(_) if self.dialect == Dialect::Template => {}
            value => {
                self.say(refused::key(place, &value));
            }
        }
    }

    /// `{a: 1, b}`: YAML gives `b` an empty value, but a text with a comma was meant, or a colon was forgotten.
    fn check_colon(&mut self, value: &Node) {
        let Some(Frame { kind: Kind::Map(_, Some((_, key))), .. }) = self.stack.last() else { return };
        if value.range.is_empty() && !self.source.text.part(..value.range.start).ends_with(':') {
            let place = self.place(key.clone());
            // one word about the key is enough; that a list cannot be one says more
            let said = self.findings.pop_if(|finding| finding.place.as_ref() == Some(&place));
            let said = said.filter(|finding| finding.code == "Y015");
            self.say(said.unwrap_or_else(|| refused::no_colon(place)));
        }
    }

    fn open(
        &mut self,
        style: StructureStyle,
        tag: Option<&Tag>,
        span: &Span,
        at: Range<usize>,
        kind: Kind,
    ) -> Result<(), Stop> {
        if self.stack.len() >= MAX_DEPTH {
            let place = self.place(at);
            self.say(refused::too_deep(place));
            return Err(Stop);
        }
        let tag = self.tag(tag, span);
        let start = match (style, &kind) {
            (StructureStyle::Block, Kind::List(_)) => ranges::first_dash(&self.source.text, self.cursor, at.start),
            _ => at.start,
        };
        self.cursor = at.end.max(start);
        let (tag, start) = match tag {
            Some((name, range)) => (Some(name), range.start),
            None => (None, start),
        };
        self.stack.push(Frame { start, style, tag, kind });
        Ok(())
    }

    fn close(&mut self, at: Range<usize>) -> Result<(), Stop> {
        let Some(frame) = self.stack.pop() else { return Ok(()) };
        // `[a: b]` has a mapping without braces, whose end is its value's
        let end = if frame.style == StructureStyle::Flow && !at.is_empty() { at.end } else { self.cursor };
        let value = match frame.kind {
            Kind::List(items) => Value::List(items),
            Kind::Map(entries, _) => {
                self.duplicates(&entries);
                Value::Map(entries)
            }
        };
        self.add(Node { range: frame.start..end.max(frame.start), value, tag: frame.tag })
    }

    /// Puts a finished value where it belongs.
    fn add(&mut self, node: Node) -> Result<(), Stop> {
        self.cursor = node.range.end;
        if self.expects_key() {
            if matches!(node.value, Value::List(_) | Value::Map(_)) {
                let place = self.place(node.range.clone());
                // `{{ name }}`: what was said about the inner braces is a consequence
                let inside = |at: &Place| at.range.start >= node.range.start;
                while self
                    .findings
                    .pop_if(|said| said.code == "Y021" && said.place.as_ref().is_some_and(inside))
                    .is_some()
                {}
                self.say(refused::collection_key(place, &node.value));
            }
            let text = match node.value {
                Value::String(text) => text,
                _ => self.source.text.get(node.range.clone()).unwrap_or("").to_owned(),
            };
            if let Some(Frame { kind: Kind::Map(_, key), .. }) = self.stack.last_mut() {
                *key = Some((text, node.range));
            }
            return Ok(());
        }
        self.values += 1;
        if self.values > MAX_VALUES {
            let place = self.place(node.range);
            self.say(refused::too_many(place));
            return Err(Stop);
        }
        self.check_colon(&node);
        match self.stack.last_mut() {
            Some(Frame { kind: Kind::List(items), .. }) => items.push(node),
            Some(Frame { kind: Kind::Map(entries, key), .. }) => {
                if let Some((key, key_range)) = key.take() {
                    entries.push(Entry { key, key_range, value: node });
                }
            }
            None => self.root = Some(node),
        }
        Ok(())
    }

    /// One finding for every repetition of a key, with a label on the first.
    fn duplicates(&mut self, entries: &[Entry]) {
        let mut order: Vec<&Entry> = entries.iter().collect();
        order.sort_by(|a, b| a.key.cmp(&b.key)); // stable: the first of equal keys stays first
        let mut pairs: Vec<(&Entry, &Entry)> = order
            .chunk_by(|a, b| a.key == b.key)
            .filter_map(|same| same.split_first())
            .flat_map(|(first, again)| again.iter().map(|again| (*first, *again)))
            .collect();
        pairs.sort_by_key(|(_, again)| again.key_range.start);
        for (first, again) in pairs {
            let (first, second) = (self.place(first.key_range.clone()), self.place(again.key_range.clone()));
            self.say(refused::duplicate(&again.key, first, second));
        }
    }
}

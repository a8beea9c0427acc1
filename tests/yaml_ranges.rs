//! The tree that the loader gives: values, and ranges checked by what they cut out of the text.

use std::sync::Arc;

use atelier::source::Source;
use atelier::yaml::{Dialect, Node, Value, load};

fn read(text: &str, dialect: Dialect) -> (Arc<Source>, Node) {
    let source = Source::new("test.yaml", text);
    let node = load(&source, dialect).unwrap_or_else(|findings| panic!("{findings:#?}"));
    (source, node)
}

/// The text at a path, as the loader's range cuts it out.
fn cut<'a>(source: &'a Arc<Source>, root: &Node, path: &str) -> &'a str {
    let (node, _) = root.find(path.split('.').filter(|step| !step.is_empty())).unwrap_or_else(|| panic!("no {path}"));
    &source.text[node.range.clone()]
}

const BLOCK: &str = "\
# a comment
ä: é x  # behind
b:
- 1
-
- |
  text ü

  more

# between
- - x
  -   # nothing
c:   # no value
d: \"quoted \\u00e9\"   # behind
e:
    f: >-
      folded
      text
    g: plain
      text on two lines   # behind

h: [a: b, c, {k: , l: }]   # flow
i: {
  j: 1,
}
k:
";

#[test]
fn ranges_are_bytes_of_what_a_person_sees() {
    let (source, root) = read(BLOCK, Dialect::Blueprint);
    let list = "- 1\n-\n- |\n  text ü\n\n  more\n\n# between\n- - x\n  -";
    for (path, text) in [
        ("ä", "é x"),
        ("b", list),
        ("b.0", "1"),
        ("b.1", ""),
        ("b.2", "|\n  text ü\n\n  more"),
        ("b.3", "- x\n  -"),
        ("b.3.0", "x"),
        ("b.3.1", ""),
        ("c", ""),
        ("d", "\"quoted \\u00e9\""),
        ("e", "f: >-\n      folded\n      text\n    g: plain\n      text on two lines"),
        ("e.f", ">-\n      folded\n      text"),
        ("e.g", "plain\n      text on two lines"),
        ("h", "[a: b, c, {k: , l: }]"),
        ("h.0", "a: b"),
        ("h.0.a", "b"),
        ("h.2", "{k: , l: }"),
        ("h.2.k", ""),
        ("h.2.l", ""),
        ("i", "{\n  j: 1,\n}"),
        ("k", ""),
        ("", BLOCK["# a comment\n".len()..].trim_end()),
    ] {
        assert_eq!(cut(&source, &root, path), text, "{path}");
    }
    for entry in root.entries() {
        assert_eq!(source.text[entry.key_range.clone()], entry.key);
    }
}

#[test]
fn an_absent_value_is_placed_behind_its_colon_or_dash() {
    let (source, root) = read("a:\nb: # x\nc:\n-\n-   # y\n", Dialect::Blueprint);
    for (path, at) in [("a", 2), ("b", 5), ("c.0", 14), ("c.1", 16)] {
        assert_eq!(cut(&source, &root, path), "");
        assert_eq!(root.find(path.split('.')).unwrap().0.range, at..at, "{path}");
    }
}

#[test]
fn values_follow_the_core_rules_and_quotes_make_text() {
    let (_, root) = read(BLOCK, Dialect::Blueprint);
    let text = |text: &str| Value::String(text.into());
    for (path, value) in [
        ("ä", text("é x")),
        ("b.0", Value::Int(1)),
        ("b.1", Value::Null),
        ("b.2", text("text ü\n\nmore\n")),
        ("b.3.1", Value::Null),
        ("c", Value::Null),
        ("d", text("quoted é")),
        ("e.f", text("folded text")),
        ("e.g", text("plain text on two lines")),
        ("h.2.k", Value::Null),
    ] {
        assert_eq!(root.find(path.split('.')).unwrap().0.value, value, "{path}");
    }
    let written = "a: '1'\nb: \"true\"\nc: ''\nd: 012345678901\ne: on\n\"1\": quoted key\n";
    let (_, root) = read(written, Dialect::Blueprint);
    for (key, value) in [("a", "1"), ("b", "true"), ("c", ""), ("d", "012345678901"), ("e", "on"), ("1", "quoted key")]
    {
        assert_eq!(root.get(key).unwrap().value, text(value), "{key}");
    }
}

#[test]
fn short_tags_are_kept_in_templates() {
    let text = "\
Resources:
  A: !Ref X  # c
  B: !Sub
    - \"${a}\"
    - {a: !GetAtt R.Arn}
  C: !If [x, !Ref \"AWS::NoValue\", 5]
  D: !GetAZs
  E: !Map
    k: !Sub |
      a
      b
  F: !Ref 5
  200: !Join
  - ''
  - [a]
";
    let (source, root) = read(text, Dialect::Template);
    for (path, tag, cut_text) in [
        ("A", Some("Ref"), "!Ref X"),
        ("B", Some("Sub"), "!Sub\n    - \"${a}\"\n    - {a: !GetAtt R.Arn}"),
        ("B.1.a", Some("GetAtt"), "!GetAtt R.Arn"),
        ("C", Some("If"), "!If [x, !Ref \"AWS::NoValue\", 5]"),
        ("C.1", Some("Ref"), "!Ref \"AWS::NoValue\""),
        ("D", Some("GetAZs"), "!GetAZs"),
        ("E", Some("Map"), "!Map\n    k: !Sub |\n      a\n      b"),
        ("E.k", Some("Sub"), "!Sub |\n      a\n      b"),
        ("F", Some("Ref"), "!Ref 5"),
        ("200", Some("Join"), "!Join\n  - ''\n  - [a]"),
        ("200.1", None, "[a]"),
    ] {
        let path = format!("Resources.{path}");
        let node = root.find(path.split('.')).unwrap().0;
        assert_eq!(node.tag.as_deref(), tag, "{path}");
        assert_eq!(cut(&source, &root, &path), cut_text, "{path}");
    }
    assert_eq!(root.find(["Resources", "F"]).unwrap().0.as_str(), Some("5"));
    assert_eq!(root.find(["Resources", "D"]).unwrap().0.value, Value::Null);
}

#[test]
fn an_empty_template_is_null() {
    for text in ["", "\n\n", "# only a comment\n", "---\n", "~"] {
        assert_eq!(read(text, Dialect::Template).1.value, Value::Null, "{text:?}");
    }
}

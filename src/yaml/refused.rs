//! The findings for YAML that is well formed but not wanted.

use std::sync::Arc;

use crate::diagnostic::Finding;
use crate::source::{Place, Source};

use super::load::{MAX_DEPTH, MAX_VALUES};
use super::{Dialect, Node, Value, scalar};

pub(super) fn root(source: &Arc<Source>, root: &Node, dialect: Dialect) -> Finding {
    let help = match dialect {
        Dialect::Blueprint => "write `key: value` lines; a blueprint begins with `blueprint: v1`",
        Dialect::Template => "write sections such as `Resources:`",
    };
    if root.value == Value::Null {
        return Finding::error("Y007", Place::new(source, 0..0), "the file holds nothing").with_help(help);
    }
    // a root of many lines would underline the whole file
    let start = root.range.start;
    let line = source.line_range(source.line_column(start).0);
    let place = Place::new(source, start..root.range.end.min(line.end).max(start));
    let kind = scalar::kind(&root.value);
    let finding = Finding::error("Y008", place, format!("the file must be a mapping, but it is {kind}"));
    let colon = root.as_str().and_then(|text| text.split_once(':')).filter(|(key, _)| !key.contains(' '));
    match colon {
        Some((key, _)) => finding.with_help(format!("put a blank after the colon: `{key}: …`")),
        None => finding.with_help(help),
    }
}

pub(super) fn too_deep(place: Place) -> Finding {
    Finding::error("Y005", place, format!("lists and mappings are nested more than {MAX_DEPTH} deep"))
        .under("this is one level too many")
        .with_help("remove levels; nothing that atelier reads is that deep")
}

pub(super) fn too_many(place: Place) -> Finding {
    Finding::error("Y006", place, format!("the file has more than {MAX_VALUES} values"))
        .under("this is one value too many")
        .with_help("split the file")
}

pub(super) fn duplicate(key: &str, first: Place, second: Place) -> Finding {
    Finding::error("Y009", second, format!("the key `{key}` is given twice in one mapping"))
        .under("given again here")
        .with_label(first, "given here first")
        .with_help("keep one of the two, or rename one")
}

pub(super) fn anchor(place: Place, name: &str) -> Finding {
    Finding::error("Y010", place, format!("the anchor `&{name}` is not allowed"))
        .under("anchor")
        .with_help("write the value out at every place, or, where text is meant, put it in quotes")
}

pub(super) fn alias(place: Place, name: &str) -> Finding {
    let text = place.text().to_owned();
    Finding::error("Y010", place, format!("`*{name}` means an alias, which is not allowed"))
        .under("read as an alias")
        .with_help(format!("where text is meant, put it in quotes: `\"{text}\"`"))
}

pub(super) fn merge_key(place: Place) -> Finding {
    Finding::error("Y011", place, "the merge key `<<` is not allowed")
        .under("merge key")
        .with_help("write the entries out")
}

pub(super) fn tag(place: Place, short: bool, dialect: Dialect, key: bool) -> Finding {
    let text = place.text().to_owned();
    let finding = Finding::error("Y012", place, format!("the tag `{text}` is not allowed here")).under("tag");
    match dialect {
        _ if key => finding.with_help("a key is plain text: remove the tag"),
        Dialect::Blueprint if short => finding
            .with_help(
                "a blueprint has no CloudFormation functions: name a component for a link, or write `{param: Name}`",
            )
            .with_help("where text is meant, put it in quotes"),
        Dialect::Blueprint => finding.with_help("remove it, or, where text is meant, put it in quotes"),
        Dialect::Template => {
            finding.with_help("only CloudFormation's short tags such as `!Ref` are allowed: remove it")
        }
    }
}

pub(super) fn second_document(place: Place) -> Finding {
    Finding::error("Y013", place, "a second YAML document begins here; a file holds one")
        .under("second document")
        .with_help("remove the `---` or `...`, or put the second document into a file of its own")
}

pub(super) fn key(place: Place, value: &Value) -> Finding {
    let text = place.text().to_owned();
    let kind = scalar::kind(value);
    if text.is_empty() {
        return Finding::error("Y014", place, "a key is missing before the colon").with_help("write the key");
    }
    Finding::error("Y014", place.clone(), format!("the key `{text}` is {kind}; a key must be text"))
        .under(kind)
        .with_fix("put the key in quotes", place, format!("\"{text}\""))
}

pub(super) fn collection_key(place: Place, value: &Value) -> Finding {
    Finding::error("Y015", place, format!("{} cannot be a key; a key must be text", scalar::kind(value)))
        .under("read as a key")
        .with_help("where text such as `{{ … }}` or `[…]` is meant, put it in quotes")
}

pub(super) fn no_colon(place: Place) -> Finding {
    Finding::error("Y021", place.clone(), format!("`{}` is a key without a colon", place.text()))
        .under("read as a key")
        .with_help("inside `{…}` a comma begins the next entry: put text that holds a comma in quotes")
        .with_help("a key is followed by a colon, a blank and its value")
}

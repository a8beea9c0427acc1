//! CloudFormation expressions as values: only these functions write raw CloudFormation, and they check their arguments.

use std::fmt::Write;
use std::sync::Arc;

use minijinja::value::{Kwargs, Object, ObjectRepr, Rest, Value, ValueKind};
use minijinja::{Environment, Error, State};

use crate::part::Part;
use crate::yaml;

use super::{invalid, literal, lookup};

/// A CloudFormation expression in one line of YAML.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// `!Ref Name`.
    Ref(String),
    /// `!GetAtt Name.Attribute`.
    GetAtt(String, String),
    /// `!Sub "text"` without a variable map.
    Sub(String),
    /// A bare logical id.
    Id(String),
    /// Anything else, already written.
    Raw(String),
}

impl Expr {
    /// As YAML, on one line.
    pub fn text(&self) -> String {
        match self {
            Expr::Ref(name) => format!("!Ref {name}"),
            Expr::GetAtt(name, attribute) => format!("!GetAtt {name}.{attribute}"),
            Expr::Sub(text) => format!("!Sub {}", literal(text)),
            Expr::Id(text) | Expr::Raw(text) => text.clone(),
        }
    }

    /// As a part of a `Fn::Sub` text; `None` when it needs the variable map.
    pub fn inline(&self) -> Option<String> {
        match self {
            Expr::Ref(name) => Some(format!("${{{name}}}")),
            Expr::GetAtt(name, attribute) => Some(format!("${{{name}.{attribute}}}")),
            Expr::Sub(text) | Expr::Id(text) => Some(text.clone()),
            Expr::Raw(_) => None,
        }
    }
}

impl Object for Expr {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text())
    }
}

pub(super) fn register(env: &mut Environment<'static>) {
    env.add_function("logical", |state: &mut State, role: String| {
        Ok::<_, Error>(value(Expr::Id(logical(state, &role)?)))
    });
    env.add_function("ref", |state: &mut State, role: String| Ok::<_, Error>(value(Expr::Ref(logical(state, &role)?))));
    env.add_function("get_att", |state: &mut State, role: String, attribute: String| {
        if attribute.is_empty() || !attribute.chars().all(|c| c.is_ascii_alphanumeric() || c == '.') {
            return Err(invalid(format!("`{attribute}` is not an attribute name")));
        }
        Ok(value(Expr::GetAtt(logical(state, &role)?, attribute)))
    });
    env.add_function("raw", |_: &mut State, text: String| value(Expr::Raw(text)));
    env.add_function("sub", sub);
    env.add_function("find_in_map", |state: &mut State, role: String, first: Value, second: Value| {
        let role = logical(state, &role)?;
        Ok::<_, Error>(value(Expr::Raw(format!("!FindInMap [{role}, {}, {}]", argument(&first)?, argument(&second)?))))
    });
    env.add_function("if_", |state: &mut State, role: String, yes: Value, no: Value| {
        let role = logical(state, &role)?;
        Ok::<_, Error>(value(Expr::Raw(format!("!If [{role}, {}, {}]", argument(&yes)?, argument(&no)?))))
    });
    // the first block of the stack's UUID is the time of its creation in steps of 100 ns; the last block is the same for many stacks
    env.add_function("stack_suffix", |_: &mut State| {
        value(Expr::Raw("!Select [0, !Split [\"-\", !Select [2, !Split [\"/\", !Ref AWS::StackId]]]]".to_owned()))
    });
    env.add_function("depends_on", depends_on);
}

fn value(expr: Expr) -> Value {
    Value::from_object(expr)
}

/// `my-name` → `MyName`.
pub fn pascal_case(name: &str) -> String {
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .flat_map(|part| {
            let mut chars = part.chars();
            chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars)
        })
        .collect()
}

/// The logical id of a role of the current component; pseudo parameters stay as they are.
fn logical(state: &State, role: &str) -> Result<String, Error> {
    if let Some(pseudo) = role.strip_prefix("AWS::") {
        return if pseudo.chars().all(|c| c.is_ascii_alphanumeric()) {
            Ok(role.to_owned())
        } else {
            Err(invalid(format!("`{role}` is no pseudo parameter")))
        };
    }
    if role.is_empty() || !role.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Err(invalid(format!("`{role}` cannot be part of a logical id: only letters and digits can")));
    }
    let component = lookup(state, "component")?.get_attr("name")?;
    Ok(pascal_case(component.as_str().unwrap_or_default()) + role)
}

fn argument(value: &Value) -> Result<String, Error> {
    if let Some(expr) = value.downcast_object_ref::<Expr>() {
        return Ok(expr.text());
    }
    match value.kind() {
        ValueKind::String => Ok(literal(value.as_str().unwrap_or_default())),
        ValueKind::Undefined => Err(minijinja::ErrorKind::UndefinedError.into()),
        ValueKind::Seq => {
            let items = value.try_iter()?.map(|item| argument(&item)).collect::<Result<Vec<_>, _>>()?;
            Ok(format!("[{}]", items.join(", ")))
        }
        _ => Ok(super::to_json(value).to_string()),
    }
}

/// `!Sub` with `${…}` for keyword arguments, pseudo parameters and roles of this component.
fn sub(state: &mut State, text: String, variables: Kwargs) -> Result<Value, Error> {
    let mut out = String::new();
    let mut map: Vec<(String, String)> = Vec::new();
    let mut rest = text.as_str();
    while let Some(start) = rest.find("${") {
        join(&mut out, rest.part(..start));
        let end =
            rest.part(start..).find('}').ok_or_else(|| invalid(format!("`${{` without `}}` in {text:?}")))? + start;
        let name = rest.part(start + 2..end);
        rest = rest.part(end + 1..);
        if name.starts_with('!') {
            let _ = write!(out, "${{{name}}}");
        } else if variables.has(name) {
            let argument_value: Value = variables.get(name)?;
            match inline(&argument_value)? {
                Some(inline) => join(&mut out, &inline),
                None => {
                    let _ = write!(out, "${{{name}}}");
                    if !map.iter().any(|(known, _)| known == name) {
                        map.push((name.to_owned(), argument(&argument_value)?));
                    }
                }
            }
        } else {
            let (role, attribute) = name.split_once('.').map_or((name, None), |(role, rest)| (role, Some(rest)));
            let role = logical(state, role)?;
            let _ = match attribute {
                Some(attribute) => write!(out, "${{{role}.{attribute}}}"),
                None => write!(out, "${{{role}}}"),
            };
        }
    }
    join(&mut out, rest);
    variables.assert_all_used()?;
    if !out.contains("${") {
        return Ok(Value::from(out));
    }
    if map.is_empty() {
        return Ok(value(Expr::Sub(out)));
    }
    let map: Vec<String> = map.into_iter().map(|(name, text)| format!("{name}: {text}")).collect();
    Ok(value(Expr::Raw(format!("!Sub [{}, {{{}}}]", literal(&out), map.join(", ")))))
}

/// Appends a part of a `Fn::Sub` text: where a `$` that ends one part meets a `{` of the next, that is no variable either.
fn join(out: &mut String, part: &str) {
    match part.strip_prefix('{') {
        Some(rest) if out.ends_with('$') => {
            out.push_str("{!");
            out.push_str(rest);
        }
        _ => out.push_str(part),
    }
}

/// What a variable is inside a `Fn::Sub` text: plain values escaped, references as `${…}`, the rest needs the map.
fn inline(value: &Value) -> Result<Option<String>, Error> {
    if let Some(expr) = value.downcast_object_ref::<Expr>() {
        return Ok(expr.inline());
    }
    match value.kind() {
        ValueKind::String => Ok(Some(value.as_str().unwrap_or_default().replace("${", "${!"))),
        ValueKind::Number | ValueKind::Bool => Ok(Some(super::to_json(value).to_string())),
        ValueKind::Seq => Ok(None),
        other => Err(invalid(format!("a {other} cannot stand in a text"))),
    }
}

/// Roles of this component and lists of exported logical ids, as one list without repetitions.
fn depends_on(state: &mut State, arguments: Rest<Value>) -> Result<Value, Error> {
    let mut ids: Vec<String> = Vec::new();
    for argument in arguments.iter() {
        match argument.kind() {
            ValueKind::String => ids.push(logical(state, argument.as_str().unwrap_or_default())?),
            ValueKind::Seq | ValueKind::Iterable => {
                for item in argument.try_iter()? {
                    let id = match item.downcast_object_ref::<Expr>() {
                        Some(expr) => expr.text(),
                        None => item.as_str().unwrap_or_default().to_owned(),
                    };
                    if id.is_empty() || !id.chars().all(|c| c.is_ascii_alphanumeric()) {
                        return Err(invalid(format!("`{id}` is not a logical id")));
                    }
                    ids.push(id);
                }
            }
            ValueKind::None => {}
            other => return Err(invalid(format!("depends_on takes roles and lists of logical ids, not a {other}"))),
        }
    }
    let mut seen = Vec::new();
    ids.retain(|id| {
        !seen.contains(id) && {
            seen.push(id.clone());
            true
        }
    });
    Ok(Value::from_iter(ids.into_iter().map(|id| value(Expr::Id(id)))))
}

/// An export as it was read back from a rendered fragment; `text` is the whole fragment.
pub fn parse_export(node: &yaml::Node, text: &str) -> Result<Value, String> {
    let slice = text.get(node.range.clone()).unwrap_or("").trim();
    if let Some(tag) = node.tag.as_deref() {
        let scalar = node.as_str();
        return Ok(value(match (tag, scalar) {
            ("Ref", Some(name)) => Expr::Ref(name.to_owned()),
            ("GetAtt", Some(name)) => match name.split_once('.') {
                Some((name, attribute)) => Expr::GetAtt(name.to_owned(), attribute.to_owned()),
                None => return Err(format!("`!GetAtt {name}` names no attribute")),
            },
            ("Sub", Some(text)) => Expr::Sub(text.to_owned()),
            _ if slice.contains('\n') => return Err("an export must stand on one line".to_owned()),
            _ => Expr::Raw(slice.to_owned()),
        }));
    }
    match &node.value {
        yaml::Value::List(items) => {
            Ok(Value::from(items.iter().map(|item| parse_export(item, text)).collect::<Result<Vec<_>, _>>()?))
        }
        yaml::Value::Map(_) if slice.contains('\n') => Err("an export must stand on one line".to_owned()),
        yaml::Value::Map(_) => Ok(value(Expr::Raw(slice.to_owned()))),
        _ => Ok(super::from_json(&node.to_json(), &mut Vec::new(), &|_| None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn render(template: &str) -> String {
        let env = super::super::environment(Arc::default(), 0);
        let component = Value::from_pairs([("name", Value::from("my-docs"))]);
        let bucket = value(Expr::GetAtt("DocsBucket".into(), "Arn".into()));
        let choice = value(Expr::Raw("!If [A, b, c]".into()));
        let context = Value::from_pairs([
            ("component", component),
            ("bucket", bucket),
            ("choice", choice),
            ("evil", Value::from("${AWS::AccountId}\"\n- x")),
        ]);
        env.render_named_str("t.j2", template, context).unwrap_or_else(|error| format!("error: {error:#}"))
    }

    #[test]
    fn references() {
        assert_eq!(
            render("{{ ref('Role') }} {{ get_att('Role', 'Arn') }} {{ ref('AWS::Region') }}"),
            "!Ref MyDocsRole !GetAtt MyDocsRole.Arn !Ref AWS::Region"
        );
        assert!(render("{{ ref('Ro le') }}").starts_with("error"));
    }

    #[test]
    fn substitutions() {
        assert_eq!(render("{{ sub('${bucket}/*', bucket=bucket) }}"), r#"!Sub "${DocsBucket.Arn}/*""#);
        assert_eq!(
            render("{{ sub('a-${c}-${Role}', c=choice) }}"),
            r#"!Sub ["a-${c}-${MyDocsRole}", {c: !If [A, b, c]}]"#
        );
        assert_eq!(render("{{ sub('plain ${x}', x='y') }}"), r#""plain y""#);
    }

    #[test]
    fn user_text_is_never_code() {
        assert_eq!(render("{{ evil }}"), r#""${AWS::AccountId}\"\n- x""#);
        assert_eq!(
            render("{{ sub('${AWS::Region} ${x}', x=evil) }}"),
            r#"!Sub "${AWS::Region} ${!AWS::AccountId}\"\n- x""#
        );
        // nor where two harmless parts meet
        assert_eq!(render("{{ sub('${a}${b}', a='$', b='{AWS::AccountId}') }}"), r#"!Sub "${!AWS::AccountId}""#);
        assert_eq!(render("{{ sub('${a}{x} $${b}', a='$', b='{y}') }}"), r#"!Sub "${!x} ${!y}""#);
    }

    #[test]
    fn dependencies_are_a_list_without_repetition() {
        assert_eq!(render("{{ depends_on('Role', ['NetRoute', 'NetRoute'], none) }}"), "[MyDocsRole, NetRoute]");
    }
}

//! What `sub()` writes, read as CloudFormation reads it.

use atelier::expression::environment;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::compare::tree;
use crate::{hostile, runner};

/// What `Fn::Sub` makes of a text: `${AWS::Region}` is known, `${!x}` stands for `${x}`, any other name is an error.
fn substituted(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        out.push_str(&rest[..start]);
        let body = &rest[start + 2..];
        if let Some(literal) = body.strip_prefix('!') {
            out.push_str("${");
            rest = literal;
        } else {
            rest = body.strip_prefix("AWS::Region}").ok_or_else(|| format!("{body:?} is looked up"))?;
            out.push_str("REGION");
        }
    }
    Ok(out + rest)
}

/// After `Fn::Sub` the values stand in the text as they were, also where one meets another or the template's own braces.
#[test]
fn values_are_taken_literally() {
    let env = environment(std::sync::Arc::default(), 0);
    let template = "a: {{ sub('${AWS::Region}${one}${two}{x} $${one}', one=one, two=two) }}\n";
    let judge = |(one, two): (String, String)| {
        let values = minijinja::Value::from_pairs([("one", one.as_str()), ("two", two.as_str())]);
        let text =
            env.render_named_str("sub.j2", template, values).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let root = tree(&text).map_err(TestCaseError::fail)?;
        let node = root.get("a").expect("the template writes it");
        prop_assert_eq!(node.tag.as_deref(), Some("Sub"));
        let text = substituted(node.as_str().expect("a text")).map_err(TestCaseError::fail)?;
        prop_assert_eq!(text, format!("REGION{one}{two}{{x}} ${one}"));
        Ok(())
    };
    runner(400).run(&(hostile(), hostile()), judge).unwrap_or_else(|error| panic!("{error}"));
}

//! User data as an instance sees it.

/// As CloudFormation does it: `${Name}` becomes a name without special characters, `${!name}` becomes `${name}`.
pub fn substituted(script: &str) -> String {
    let mut out = String::new();
    let mut rest = script;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let (name, after) = after.split_once('}').expect("a reference ends");
        match name.strip_prefix('!') {
            Some(literal) => out.push_str(&format!("${{{literal}}}")),
            None => out.push_str(&name.replace("::", "-")),
        }
        rest = after;
    }
    out + rest
}

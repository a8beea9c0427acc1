//! The library holds itself to its own rules: closed schemas, paths that exist, pages and bundles that are current.

use std::collections::BTreeSet;
use std::path::Path;

use atelier::explain;
use atelier::library::{ComponentType, Library};
use atelier::pipeline::Atelier;
use atelier::report::{Format, render};
use atelier::schema::{bundle, meta_check};
use minijinja::Environment;
use serde_json::Value;

fn library() -> Library {
    Library::open(&[]).unwrap_or_else(|findings| panic!("{}", render(&findings, Format::Text, false)))
}

fn types(library: &Library) -> Vec<std::sync::Arc<ComponentType>> {
    let get = |name: &String| {
        library.get(name).expect("listed").unwrap_or_else(|f| panic!("{}", render(&f, Format::Text, false)))
    };
    library.names().iter().map(get).collect()
}

#[test]
fn every_schema_satisfies_the_meta_schema() {
    let library = library();
    let findings: Vec<_> = types(&library).iter().flat_map(|kind| meta_check(kind)).collect();
    assert!(findings.is_empty(), "{}", render(&findings, Format::Text, false));
}

/// Whether a dotted path below `this` is declared by the schema.
fn declared(root: &Value, schema: &Value, path: &[&str]) -> bool {
    let Some((step, rest)) = path.split_first() else { return true };
    let schema = match schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|target| root.pointer(target.trim_start_matches('#')))
    {
        Some(target) => target,
        None => schema,
    };
    let parts = ["oneOf", "anyOf", "allOf"]
        .iter()
        .flat_map(|keyword| schema.get(keyword).and_then(Value::as_array).into_iter().flatten());
    let direct = schema
        .get("properties")
        .and_then(|properties| properties.get(step))
        .is_some_and(|next| declared(root, next, rest));
    let open = schema.get("additionalProperties").is_some_and(|open| open.is_object());
    direct || open || parts.clone().any(|part| declared(root, part, path))
}

/// The paths that an expression or template reads and nobody declares.
fn unknown_paths(library: &Library, kind: &ComponentType, paths: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut unknown = Vec::new();
    for path in paths {
        let steps: Vec<&str> = path.split('.').collect();
        let known = match steps[0] {
            "this" => declared(&kind.schema, &kind.schema, &steps[1..]),
            name => match kind.links.iter().find(|link| link.property == name) {
                None => true,
                Some(link) => {
                    let interface = &library.interfaces[&link.interface];
                    let Some(member) = steps.get(1) else { continue };
                    ["name", "type", "properties", "links"].contains(member)
                        || interface.traits.iter().any(|known| known == member)
                        || interface.exports.iter().any(|(known, _)| known == member)
                }
            },
        };
        if !known {
            unknown.push(path);
        }
    }
    unknown
}

#[test]
fn every_path_that_a_rule_reads_exists() {
    let library = library();
    let env = Environment::new();
    let mut problems = Vec::new();
    for kind in types(&library) {
        for rule in &kind.rules {
            for expression in [Some(&rule.assert), rule.when.as_ref(), rule.fix.as_ref()].into_iter().flatten() {
                let compiled =
                    env.compile_expression(expression).unwrap_or_else(|error| panic!("{}: {error}", rule.id));
                let unknown = unknown_paths(&library, &kind, compiled.undeclared_variables(true));
                problems.extend(
                    unknown.iter().map(|path| format!("{} reads {path}, which {} does not have", rule.id, kind.name)),
                );
                let known =
                    BTreeSet::from(["this", "component", "blueprint", "component_types", "linked_from", "region"]);
                for root in compiled.undeclared_variables(false) {
                    let function = atelier::expression::environment(library.files.clone(), 0)
                        .globals()
                        .any(|(name, _)| name == root);
                    if !known.contains(root.as_str())
                        && !function
                        && !kind.links.iter().any(|link| link.property == root)
                    {
                        problems.push(format!("{} names `{root}`, which does not exist", rule.id));
                    }
                }
            }
            for text in [Some(&rule.message), rule.help.as_ref()].into_iter().flatten() {
                let template = env.template_from_str(text).unwrap_or_else(|error| panic!("{}: {error}", rule.id));
                let unknown = unknown_paths(&library, &kind, template.undeclared_variables(true));
                problems.extend(
                    unknown
                        .iter()
                        .map(|path| format!("the text of {} reads {path}, which {} does not have", rule.id, kind.name)),
                );
            }
            let at: Vec<&str> =
                rule.at.split('.').filter(|step| !step.is_empty() && step.parse::<usize>().is_err()).collect();
            if at != ["type"] && !declared(&kind.schema, &kind.schema, &at) {
                problems.push(format!("{} points at {}, which {} does not have", rule.id, rule.at, kind.name));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// What `x-diagram` says: expressions and texts read what is declared, and names lead to a node, a group or a link.
#[test]
fn every_drawing_names_what_exists() {
    let library = library();
    let env = atelier::expression::environment(library.files.clone(), 0);
    let kinds = types(&library);
    let mut problems = Vec::new();
    for kind in &kinds {
        let Some(drawing) = &kind.drawing else { continue };
        let mut expressions: Vec<&str> = Vec::new();
        let mut texts: Vec<&str> = Vec::new();
        // the types that a link may lead to
        let linked = |property: &str| {
            let link = kind.links.iter().find(|link| link.property == property)?;
            Some(
                kinds
                    .iter()
                    .filter(|other| other.provides.contains(&link.interface))
                    .filter_map(|other| other.drawing.as_ref()),
            )
        };
        let group = |name: &str| drawing.groups.iter().any(|group| group.id == name);
        for drawn in &drawing.groups {
            texts.extend([Some(&drawn.name), drawn.detail.as_ref()].into_iter().flatten().map(String::as_str));
            expressions.extend(drawn.when.as_deref());
            if let Some(parts) = &drawn.parts {
                expressions.push(&parts.count);
                texts.push(&parts.name);
            }
            if drawn.place.as_deref().is_some_and(|place| !group(place)) {
                problems.push(format!("{}: the group {} lies in no group", kind.name, drawn.id));
            }
        }
        for drawn in &drawing.nodes {
            texts.extend([Some(&drawn.name), drawn.detail.as_ref()].into_iter().flatten().map(String::as_str));
            expressions.extend(drawn.when.as_deref());
            let known = match drawn.place.as_deref() {
                None | Some("outside" | "edge" | "support") => true,
                Some(place) if group(place) => true,
                Some(place) => {
                    let (link, named) =
                        place.split_once('.').map_or((place, None), |(link, group)| (link, Some(group)));
                    linked(link).is_some_and(|mut others| {
                        others.any(|other| named.is_none_or(|named| other.groups.iter().any(|group| group.id == named)))
                    })
                }
            };
            if !known {
                problems.push(format!("{}: the node {} stands nowhere", kind.name, drawn.id));
            }
            if drawing.nodes.iter().filter(|other| other.id == drawn.id).count() > 1 || linked(&drawn.id).is_some() {
                problems.push(format!("{}: {} names more than one thing", kind.name, drawn.id));
            }
        }
        for flow in &drawing.flows {
            expressions.extend(flow.when.as_deref());
            texts.extend(flow.label.as_deref());
            for end in [Some(&flow.from), Some(&flow.to), flow.via.as_ref()].into_iter().flatten() {
                let own = drawing.nodes.iter().any(|node| node.id == *end);
                let (link, named) = end.split_once('.').map_or((end.as_str(), None), |(link, node)| (link, Some(node)));
                let other = linked(link).is_some_and(|mut others| {
                    others.any(|other| named.is_none_or(|named| other.nodes.iter().any(|node| node.id == named)))
                });
                if !own && !other {
                    problems.push(format!("{}: a flow names {end}, which is no node and no link", kind.name));
                }
            }
        }
        let mut paths: Vec<String> = Vec::new();
        for expression in expressions {
            let compiled = env.compile_expression(expression).unwrap_or_else(|error| panic!("{expression}: {error}"));
            paths.extend(compiled.undeclared_variables(true));
        }
        for text in texts {
            let template = env.template_from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            paths.extend(template.undeclared_variables(true));
        }
        let unknown = unknown_paths(&library, kind, paths);
        problems.extend(unknown.iter().map(|path| format!("x-diagram of {} reads {path}", kind.name)));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_path_that_a_template_reads_exists() {
    let library = library();
    let env = atelier::expression::environment(library.files.clone(), 0);
    let mut problems = Vec::new();
    for kind in types(&library) {
        let template = env.get_template(&kind.template).unwrap_or_else(|error| panic!("{error:#}"));
        let unknown = unknown_paths(&library, &kind, template.undeclared_variables(true));
        problems.extend(unknown.iter().map(|path| format!("{} reads {path}", kind.template)));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// What an editor checks must not be stricter than atelier, and must know a component's properties.
#[test]
fn blueprints_satisfy_the_schema_of_the_editors() {
    struct Nowhere;
    impl atelier::schema::Locate for Nowhere {
        fn value(&self, path: &[String]) -> atelier::source::Place {
            atelier::source::Place::new(&atelier::source::Source::new(path.join("."), ""), 0..0)
        }
        fn key(&self, path: &[String]) -> atelier::source::Place {
            self.value(path)
        }
    }
    let library = library();
    let bundled = bundle(&library).unwrap_or_else(|f| panic!("{}", render(&f, Format::Text, false)));
    let checker = atelier::schema::Checker::new(&bundled, "the blueprint").expect("the bundle compiles");
    let check = |name: &str, text: &str| {
        let source = atelier::source::Source::new(name, text);
        let root =
            atelier::yaml::load(&source, atelier::yaml::Dialect::Blueprint).expect("a shipped blueprint is YAML");
        checker.check(&root.to_json(), &Nowhere, &[])
    };
    let mut problems = Vec::new();
    for (name, text) in Library::blueprints() {
        problems.extend(check(name, text).into_iter().map(|finding| format!("{name}: {}", finding.message)));
    }
    for entry in
        std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/render")).expect("cases").flatten()
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(entry.path().join("blueprint.yaml")).expect("a blueprint");
        problems.extend(check(&name, &text).into_iter().map(|finding| format!("{name}: {}", finding.message)));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let wrong =
        "blueprint: v1\nname: a\nregions: [us-east-1]\ncomponents: {k: {type: bedrock/knowledge-base, chunkin: 1}}\n";
    assert!(!check("wrong", wrong).is_empty(), "an unknown property is not seen");
}

/// `raw()` and `sub()` write CloudFormation: what they write must be the template author's own words.
#[test]
fn raw_cloudformation_is_never_made_from_properties() {
    let mut problems = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("templates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("readable").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("UTF-8");
            if path.extension().is_none_or(|ending| ending != "j2") {
                continue;
            }
            for function in ["raw(", "sub("] {
                for (start, _) in text.match_indices(function) {
                    let own = !text[..start].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '!');
                    let argument = text[start + function.len()..].trim_start();
                    if own && !argument.starts_with(['"', '\'']) {
                        let line = text[..start].matches('\n').count() + 1;
                        problems.push(format!("{}:{line}: {function}…) begins with no literal", path.display()));
                    }
                }
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Compares a generated file, or writes it when UPDATE is set.
fn current(path: &str, text: &str, stale: &mut Vec<String>) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("can be made");
        std::fs::write(&file, text).expect("can be written");
    } else if std::fs::read_to_string(&file).unwrap_or_default() != text {
        stale.push(path.to_owned());
    }
}

#[test]
fn generated_files_are_current() {
    let atelier = Atelier::on(library(), atelier::expression::day_number("2026-11-23").expect("a date"));
    let mut stale = Vec::new();
    let bundled = bundle(&atelier.library).unwrap_or_else(|f| panic!("{}", render(&f, Format::Text, false)));
    current("schemas/blueprint.schema.json", &format!("{bundled:#}\n"), &mut stale);
    for (name, text) in Library::blueprints() {
        let outcome = atelier.render(&atelier::source::Source::new(format!("blueprints/{name}.yaml"), text));
        let template = outcome.result.unwrap_or_else(|| panic!("{}", render(&outcome.findings, Format::Text, false)));
        let path = format!("out/{}/template.yaml", template.trace.graph.blueprint.name);
        assert!(template.source.text.len() <= 51_200, "{path} has {} bytes", template.source.text.len());
        current(&path, &template.source.text, &mut stale);
        let diagram = atelier.diagram(&template).unwrap_or_else(|f| panic!("{}", render(&f, Format::Text, false)));
        let path = format!("out/{}/architecture.svg", diagram.title);
        current(&path, &atelier::diagram::svg(&diagram), &mut stale);
    }
    let mut index = String::from(
        "# Codes\n\nGenerated from the schemas and cases by `make docs`; `atelier explain CODE` prints the same pages.\n\n| code | severity | of | says, for example |\n|---|---|---|---|\n",
    );
    let mut written = BTreeSet::new();
    for page in explain::pages(&atelier) {
        let of = if page.component.is_empty() { "every blueprint".to_owned() } else { format!("`{}`", page.component) };
        let severity = &page.severity;
        index.push_str(&format!(
            "| [{code}]({code}.md) | {severity} | {of} | {} |\n",
            page.title.replace('|', "\\|"),
            code = page.code
        ));
        current(&format!("docs/rules/{}.md", page.code), &page.markdown(), &mut stale);
        written.insert(format!("{}.md", page.code));
    }
    current("docs/rules/README.md", &index, &mut stale);
    let mut list = String::from(
        "# Component types\n\nGenerated from the schemas by `make docs`; `atelier explain TYPE` prints the same pages.\n\n| type | what |\n|---|---|\n",
    );
    for kind in types(&atelier.library) {
        let file = format!("{}.md", kind.name.replace('/', "-"));
        list.push_str(&format!("| [{}]({file}) | {} |\n", kind.name, kind.summary().replace('|', "\\|")));
        current(&format!("docs/components/{file}"), &explain::component(&atelier, &kind), &mut stale);
    }
    current("docs/components/README.md", &list, &mut stale);
    for entry in
        std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules")).expect("docs/rules").flatten()
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name != "README.md" && !written.contains(&name) {
            stale.push(format!("docs/rules/{name} is about no code"));
        }
    }
    assert!(stale.is_empty(), "run `make docs`; stale: {}", stale.join(", "));
}

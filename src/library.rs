//! Component types: the embedded ones, overlaid by the user's folders. One of the three rooms that read files.

mod baseline;
pub mod bounds;
mod drawing;
mod files;
mod interfaces;
mod shared;

pub use baseline::ResourceRule;
pub use drawing::{Drawing, DrawnFlow, DrawnGroup, DrawnNode, Family, Parts};
pub use interfaces::Interface;

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

use serde::Deserialize;
use serde_json::Value;

use crate::diagnostic::{Finding, Severity};
use crate::source::{Place, Source};
use crate::yaml::{self, Dialect};

pub use files::Files;
pub use shared::Terms;

use files::{BLUEPRINTS, CODES, RULE_CASES, embedded, read_inside};

/// A link that a component type declares (`x-link`).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkSpec {
    /// The property's name.
    #[serde(skip)]
    pub property: String,
    /// The interface that the linked component must provide.
    pub interface: String,
    /// Words that the linked component sees in `linked_from`.
    #[serde(default)]
    pub uses: Vec<String>,
    /// The component that is made when the blueprint leaves the link out.
    pub default: Option<Value>,
    /// One default for the whole blueprint instead of one for each owner.
    #[serde(default)]
    pub shared: bool,
    /// Whether the default is needed: an expression over `this`.
    pub when: Option<String>,
}

/// A design rule of a component type (`x-rules`).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Rule {
    /// Stable identifier.
    pub id: String,
    /// How bad a violation is.
    pub severity: Severity,
    /// Limits the rule to the designs it is about; absent: always.
    pub when: Option<String>,
    /// `regions`: once for every region of the blueprint.
    pub each: Option<String>,
    /// What must hold.
    pub assert: String,
    /// One sentence with the offending value and the limit; a template.
    pub message: String,
    /// What to do; a template.
    pub help: Option<String>,
    /// Dotted path of the property at fault.
    #[serde(default)]
    pub at: String,
    /// Expression of the value that cures it for certain.
    pub fix: Option<String>,
    /// Why it matters.
    pub why: Option<String>,
    /// Where the fact is from.
    pub source: String,
    /// When the fact was looked up, `YYYY-MM-DD`.
    pub as_of: String,
    /// `when` and `assert` with their terms as the schema has them.
    #[serde(skip)]
    pub written: (Option<String>, String),
}

/// One component type: its schema and its template.
#[derive(Debug)]
pub struct ComponentType {
    /// `<service>/<name>`.
    pub name: String,
    /// The schema as written.
    pub schema: Value,
    /// The schema's text, for findings about the type itself.
    pub schema_source: Arc<Source>,
    /// The template's path for the template engine.
    pub template: String,
    /// The template's text.
    pub template_source: Arc<Source>,
    /// Declared links, in the schema's order.
    pub links: Vec<LinkSpec>,
    /// Provided interfaces.
    pub provides: Vec<String>,
    /// Trait expressions.
    pub traits: BTreeMap<String, String>,
    /// Design rules.
    pub rules: Vec<Rule>,
    /// How it is drawn; absent: one node, with its links as arrows.
    pub drawing: Option<Drawing>,
    /// What the names in the rules as written stand for.
    pub terms: Terms,
    /// What the schema room compiles the schema to, once; only that room knows the type.
    pub compiled: OnceLock<Arc<dyn Any + Send + Sync>>,
}

impl ComponentType {
    /// The root properties of the schema.
    pub fn properties(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.schema.get("properties").and_then(Value::as_object).into_iter().flatten()
    }

    /// The first sentence of the description.
    pub fn summary(&self) -> &str {
        let text = self.schema.get("description").and_then(Value::as_str).unwrap_or("");
        text.split_inclusive(". ").next().unwrap_or(text).trim_end_matches(". ").trim_end_matches('.')
    }
}

/// All component types that can be named, loaded when first used.
#[derive(Debug)]
pub struct Library {
    /// Schemas and templates by path.
    pub files: Arc<Files>,
    /// Interfaces by name.
    pub interfaces: BTreeMap<String, Interface>,
    /// Rules on resources, by their ids.
    pub baseline: Vec<Arc<ResourceRule>>,
    loaded: Mutex<BTreeMap<String, LoadedType>>,
    /// Defaults that stand in place of a type's own: property and value by type.
    preferred: BTreeMap<String, Vec<(String, Value)>>,
}

type LoadedType = Result<Arc<ComponentType>, Vec<Finding>>;

impl Library {
    /// The embedded types, overlaid by folders in the order given (the last one wins).
    pub fn open(overlays: &[PathBuf]) -> Result<Library, Vec<Finding>> {
        for root in overlays {
            if !root.is_dir() {
                let message = format!("the library folder {} does not exist", root.display());
                return Err(vec![Finding::error("L001", None, message).with_help(
                    "give a folder that holds `schemas/<service>/<name>.schema.json` and `templates/<service>/<name>.yaml.j2`",
                )]);
            }
        }
        let files = Arc::new(Files { overlays: overlays.to_vec() });
        let interfaces = interfaces::all(overlays)?;
        let baseline = baseline::rows(overlays)?;
        Ok(Library { files, interfaces, baseline, loaded: Mutex::default(), preferred: BTreeMap::new() })
    }

    /// The same types with other defaults where a blueprint says nothing, from a file such as `templates/lab/day/defaults.yaml`:
    /// types with their properties.
    pub fn preferring(mut self, path: &str) -> Result<Library, Vec<Finding>> {
        if let Some(source) = self.files.read(path) {
            for kind in yaml::load(&source, Dialect::Blueprint)?.entries() {
                let values = kind.value.entries().iter().map(|entry| (entry.key.clone(), entry.value.to_json()));
                self.preferred.insert(kind.key.clone(), values.collect());
            }
        }
        self.loaded = Mutex::default();
        Ok(self)
    }

    /// The names of all component types, sorted.
    pub fn names(&self) -> BTreeSet<String> {
        self.files.names("schemas", ".schema.json").into_iter().filter(|name| !name.starts_with("catalogue/")).collect()
    }

    /// A component type: `None` when there is none of that name, findings when it is broken.
    pub fn get(&self, name: &str) -> Option<LoadedType> {
        let mut loaded = self.loaded.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(found) = loaded.get(name) {
            return Some(found.clone());
        }
        let valid = name.split('/').count() == 2 && !name.starts_with("catalogue/");
        let path = format!("schemas/{name}.schema.json");
        let inside = valid && !name.split('/').any(|part| matches!(part, "" | "." | ".."));
        let result = match inside.then(|| self.files.read(&path)).flatten() {
            Some(source) => self.load(name, &source).map(Arc::new),
            None if inside => Err(vec![
                Finding::error("L002", None, self.files.refused(&path)?).with_help("put a file of its own there"),
            ]),
            None => return None,
        };
        loaded.insert(name.to_owned(), result.clone());
        Some(result)
    }

    fn load(&self, name: &str, source: &Arc<Source>) -> Result<ComponentType, Vec<Finding>> {
        let broken = |place: std::ops::Range<usize>, message: String| {
            vec![
                Finding::error("L002", Place::new(source, place), message)
                    .with_help("`docs/writing-components.md` says how a component type is written"),
            ]
        };
        let mut schema: Value = serde_json::from_str(&source.text).map_err(|error| {
            broken(source.line_range(error.line()), format!("the schema of `{name}` is not JSON: {error}"))
        })?;
        bounds::of_schema(&schema).map_err(|(keyword, error)| {
            let start = source.text.find(&format!("\"{keyword}\"")).unwrap_or(0);
            broken(
                start..start + if start == 0 { 0 } else { keyword.len() + 2 },
                format!("the schema of `{name}`: {error}"),
            )
        })?;
        for (property, value) in self.preferred.get(name).into_iter().flatten() {
            let declared = schema.get_mut("properties").and_then(|all| all.get_mut(property));
            if let Some(declared) = declared.and_then(Value::as_object_mut) {
                declared.insert("default".to_owned(), value.clone());
            }
        }
        let at = |keyword: &str| {
            let start = source.text.find(&format!("\"{keyword}\"")).unwrap_or(0);
            start..start + if start == 0 { 0 } else { keyword.len() + 2 }
        };
        let part = |keyword: &str, empty: Value| schema.get(keyword).cloned().unwrap_or(empty);
        let mistake = |keyword: &str, error: String| {
            broken(at(keyword), format!("`{keyword}` of `{name}` is not as it should be: {error}"))
        };
        let (rules, terms) = shared::rules(&self.files, &schema).map_err(|error| mistake("x-rules", error))?;
        let provides: Vec<String> = serde_json::from_value(part("x-provides", Value::Array(vec![])))
            .map_err(|e| mistake("x-provides", e.to_string()))?;
        let traits = serde_json::from_value(part("x-traits", serde_json::json!({})))
            .map_err(|e| mistake("x-traits", e.to_string()))?;
        let drawing =
            serde_json::from_value(part("x-diagram", Value::Null)).map_err(|e| mistake("x-diagram", e.to_string()))?;
        let mut links = Vec::new();
        for (property, declared) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if let Some(link) = declared.get("x-link") {
                let mut link: LinkSpec =
                    serde_json::from_value(link.clone()).map_err(|e| mistake("x-link", e.to_string()))?;
                link.property = property.clone();
                links.push(link);
            }
        }
        for interface in provides.iter().chain(links.iter().map(|link| &link.interface)) {
            if !self.interfaces.contains_key(interface) {
                let known: Vec<_> = self.interfaces.keys().map(String::as_str).collect();
                let message = format!("`{name}` names the interface `{interface}`, which does not exist");
                let mut findings = broken(at(interface), message);
                for finding in &mut findings {
                    finding.help.insert(0, format!("known interfaces: {}", known.join(", ")));
                }
                return Err(findings);
            }
        }
        let template = format!("templates/{name}.yaml.j2");
        let Some(template_source) = self.files.read(&template) else {
            let absent = || format!("`{name}` has a schema but no template `{template}`");
            return Err(broken(0..0, self.files.refused(&template).unwrap_or_else(absent)));
        };
        let schema_source = Arc::clone(source);
        Ok(ComponentType {
            name: name.to_owned(),
            schema,
            schema_source,
            template,
            template_source,
            links,
            provides,
            traits,
            rules,
            drawing,
            terms,
            compiled: OnceLock::new(),
        })
    }

    /// The shipped blueprints: names and texts.
    pub fn blueprints() -> impl Iterator<Item = (&'static str, &'static str)> {
        let mut files: Vec<_> = BLUEPRINTS.files().collect();
        files.sort_by_key(|file| file.path());
        files
            .into_iter()
            .filter_map(|file| Some((file.path().file_name()?.to_str()?.strip_suffix(".yaml")?, file.contents_utf8()?)))
    }

    /// The pages that explain the codes of the stages: file names and YAML texts.
    pub fn codes() -> impl Iterator<Item = (&'static str, &'static str)> {
        CODES.files().filter_map(|file| Some((file.path().to_str()?, file.contents_utf8()?)))
    }

    /// Mistakes that have no rule of their own: file names and YAML texts of `docs/codes/closed/`.
    pub fn closed() -> impl Iterator<Item = (&'static str, &'static str)> {
        let files = CODES.get_dir("closed").into_iter().flat_map(|folder| folder.files());
        files.filter_map(|file| Some((file.path().file_name()?.to_str()?, file.contents_utf8()?)))
    }

    /// The wrong and the right example of a rule, of a component type or on resources.
    pub fn examples(rule: &str) -> Option<(&'static str, &'static str)> {
        let cases = if RULE_CASES.get_dir(rule).is_some() { &RULE_CASES } else { &baseline::CASES };
        let text = |name: &str| cases.get_file(format!("{rule}/{name}.yaml"))?.contents_utf8();
        Some((text("wrong")?, text("right")?))
    }
}

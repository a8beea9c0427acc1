//! The guide: pages of Markdown in the languages of the lab, and the same in one HTML file for a printer.

use serde_json::{Value, json};

use crate::diagnostic::Finding;
use crate::expression::Documents;
use crate::lab::{Accounts, Target, span};
use crate::library::Library;
use crate::part::put;

use super::html::html_of;
use super::words::{amount, description};
use super::{Day, File, module};

/// A page in one language.
pub(super) struct Page {
    /// Its name without ending; links between pages use it.
    pub name: String,
    /// Markdown.
    pub text: String,
}

/// The pages of the guide in one language, in the order in which they are read.
pub(super) fn pages_in(
    day: &Day,
    documents: &Documents,
    library: &Library,
    language: &str,
) -> Result<Vec<Page>, Vec<Finding>> {
    let modules = module::modules(day, library, language)?;
    let context = context(day, &modules, language);
    let render = |template: &str, name: &str, context: &Value| {
        let text = documents.render(&format!("lab/guide/{template}.{language}.md.j2"), context, &[]);
        text.map(|text| Page { name: name.to_owned(), text: tidy(&text) })
    };
    let mut pages = vec![render("index", "index", &context)?, render("setup", "setup", &context)?];
    for module in &modules {
        let mut own = context.clone();
        put(&mut own, "module", module.clone());
        pages.push(render("module", module["page"].as_str().unwrap_or_default(), &own)?);
    }
    pages.push(render("troubles", "troubles", &context)?);
    pages.push(render("cleanup", "cleanup", &context)?);
    Ok(pages)
}

/// All files of the guide.
pub(super) fn pages(day: &Day, documents: &Documents, library: &Library) -> Result<Vec<File>, Vec<Finding>> {
    let mut files = Vec::new();
    for language in day.languages() {
        let pages = pages_in(day, documents, library, language)?;
        files.push(File::text(format!("guide/guide.{language}.html"), html(day, documents, &pages, language)?));
        files.extend(pages.into_iter().map(|page| File::text(format!("guide/{language}/{}.md", page.name), page.text)));
        files.extend(
            day.drawings.iter().map(|(name, svg)| File::text(format!("guide/{language}/{name}.svg"), svg.clone())),
        );
    }
    let first = day.languages().first().copied().unwrap_or("en");
    let context = context(day, &module::modules(day, library, first)?, first);
    let readme = documents.render(&format!("lab/guide/readme.{first}.md.j2"), &context, &[]);
    files.push(File::text("README.md", tidy(&readme?)));
    Ok(files)
}

fn html(day: &Day, documents: &Documents, pages: &[Page], language: &str) -> Result<String, Vec<Finding>> {
    let drawings: Vec<_> = day.drawings.iter().map(|(name, svg)| (format!("{name}.svg"), svg.clone())).collect();
    let mut body = String::new();
    for page in pages {
        body.push_str(&format!("<section id=\"{}\">\n{}</section>\n", page.name, html_of(&page.text, &drawings)));
    }
    let names: Vec<Value> = pages.iter().map(|page| json!({"name": page.name, "title": title(&page.text)})).collect();
    let context = json!({"language": language, "lab": day.lab.name, "pages": names});
    documents.render("lab/guide/guide.html.j2", &context, &[("body", body)])
}

/// The heading of a page, without its markup.
pub(super) fn title(markdown: &str) -> String {
    let line = markdown.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or_default();
    line.replace(['\\', '`'], "")
}

/// One empty line between blocks, none at the end: templates leave more behind.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    let mut code = false;
    for line in text.trim().lines() {
        if line.starts_with("```") {
            code = !code;
        }
        empty = if line.trim().is_empty() && !code { empty + 1 } else { 0 };
        if empty < 2 {
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
    out
}

/// What every page may say.
fn context(day: &Day, modules: &[Value], language: &str) -> Value {
    let (lab, plan) = (day.lab, day.plan);
    let target = match lab.target {
        Target::SingleAccount => "single-account",
        Target::StackSet => "stackset",
        Target::WorkshopStudio => "workshop-studio",
        Target::InnovationSandbox => "innovation-sandbox",
    };
    let ready = plan
        .ready
        .iter()
        .map(|ready| json!({"level": ready.level.word(), "subject": ready.subject, "text": ready.text}));
    json!({
        "language": language,
        "lab": lab.name,
        "description": description(day, language),
        "participants": lab.participants,
        "shared": lab.accounts == Accounts::Shared,
        "target": target,
        "region": lab.region,
        "starts": lab.starts.told(language),
        "ends": plan.ends.told(language),
        "start_by": plan.start_by.told(language),
        "deleted": plan.deleted.told(language),
        "zone": lab.starts.zone(),
        "hours": span(lab.lasts),
        "cost": amount(plan.orientation.total(plan.hours, plan.working), language),
        "cost_all": amount(plan.orientation.total(plan.hours, plan.working) * f64::from(lab.participants), language),
        "unpriced": plan.sum.unpriced,
        "ready": ready.collect::<Vec<_>>(),
        "modules": modules,
        "first": day.participants().first(),
    })
}

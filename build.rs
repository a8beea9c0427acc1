//! Turns the catalogue's YAML, which people edit, into JSON lines, which the program embeds: one line per row, its id, a
//! tab, the row. What `defaults` says is written into each row that does not say otherwise.

use std::{collections::HashSet, env, fs, path::Path};

use serde_json::{Map, Value};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // the embedded folders too: a new file in them must rebuild the binary
    for folder in ["catalogue", "schemas", "templates", "blueprints", "docs/codes", "tests/cases/rules"] {
        println!("cargo:rerun-if-changed={folder}");
    }
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let mut files: Vec<_> = fs::read_dir("catalogue")
        .expect("the folder catalogue/ is there")
        .map(|entry| entry.expect("catalogue/ can be read").path())
        .filter(|path| path.extension().is_some_and(|e| e == "yaml"))
        .collect();
    files.sort();
    let mut tables = String::from("[\n");
    for path in &files {
        let name = path.file_stem().and_then(|s| s.to_str()).expect("a catalogue file has a plain name");
        let lines = lines(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        fs::write(Path::new(&out).join(format!("{name}.jsonl")), lines).expect("OUT_DIR can be written");
        tables.push_str(&format!("    ({name:?}, include_str!(concat!(env!(\"OUT_DIR\"), \"/{name}.jsonl\"))),\n"));
    }
    tables.push(']');
    fs::write(Path::new(&out).join("catalogue.rs"), tables).expect("OUT_DIR can be written");
}

/// The rows of one file, each on a line.
fn lines(path: &Path) -> Result<String, String> {
    let text = fs::read_to_string(path).map_err(|e| e.to_string())?;
    let file: Map<String, Value> = serde_yaml::from_str(&text).map_err(|e| e.to_string())?;
    if let Some(key) = file.keys().find(|key| !matches!(key.as_str(), "defaults" | "rows")) {
        return Err(format!("`{key}` is neither `defaults` nor `rows`"));
    }
    let defaults = file.get("defaults").and_then(Value::as_object).ok_or("`defaults` is missing")?;
    let rows = file.get("rows").and_then(Value::as_array).ok_or("`rows` is missing")?;
    let mut seen = HashSet::new();
    let mut out = String::new();
    for row in rows {
        let mut row = row.as_object().ok_or("a row is not a mapping")?.clone();
        let id = row.get("id").and_then(Value::as_str).ok_or("a row has no id")?.to_owned();
        if !seen.insert(id.clone()) {
            return Err(format!("the id {id} stands twice"));
        }
        for (key, value) in defaults {
            row.entry(key.clone()).or_insert_with(|| value.clone());
        }
        out.push_str(&format!("{id}\t{}\n", Value::Object(row)));
    }
    Ok(out)
}

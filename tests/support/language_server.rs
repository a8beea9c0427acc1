//! An editor without a screen: speaks the Language Server Protocol with a server over its standard streams.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// A server that hangs must not hang the tests.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running server and the folder in which its documents are.
pub struct Editor {
    process: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    folder: PathBuf,
    next: u64,
    opened: usize,
    diagnostics: HashMap<String, Value>,
}

impl Editor {
    /// Starts a server's command and says hello as VS Code does.
    pub fn start(command: &mut Command, folder: &Path) -> Editor {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the server starts");
        let input = process.stdin.take().expect("a pipe");
        let mut output = BufReader::new(process.stdout.take().expect("a pipe"));
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            while let Some(message) = receive(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let folder = folder.to_owned();
        let mut editor = Editor { process, input, messages, folder, next: 0, opened: 0, diagnostics: HashMap::new() };
        let uri = editor.uri("");
        editor.ask(
            "initialize",
            json!({"processId": null, "rootUri": uri, "capabilities": {
                "textDocument": {
                    "completion": {"completionItem": {"snippetSupport": true, "documentationFormat": ["markdown", "plaintext"]}},
                    "hover": {"contentFormat": ["markdown", "plaintext"]},
                    "publishDiagnostics": {}
                },
                "workspace": {"configuration": true}
            }}),
        );
        editor.tell("initialized", json!({}));
        editor
    }

    fn uri(&self, file: &str) -> String {
        let path = self.folder.join(file).display().to_string().replace('\\', "/");
        format!("file://{}{path}", if path.starts_with('/') { "" } else { "/" })
    }

    fn send(&mut self, message: Value) {
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("the server reads");
        self.input.flush().expect("the server reads");
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Takes the next message, and answers it when the server asks something.
    fn take(&mut self) -> Value {
        let message = self.messages.recv_timeout(PATIENCE).expect("the server answers");
        let method = message["method"].as_str().unwrap_or_default();
        if method == "textDocument/publishDiagnostics" {
            let uri = message["params"]["uri"].as_str().unwrap_or_default().to_owned();
            self.diagnostics.insert(uri, message["params"]["diagnostics"].clone());
        } else if !method.is_empty() && !message["id"].is_null() {
            // no schema is fetched from anywhere
            let setting = |item: &Value| match item["section"].as_str() {
                Some("yaml") => json!({"schemaStore": {"enable": false}}),
                _ => Value::Null,
            };
            let items = message["params"]["items"].as_array();
            let result = items.map_or(Value::Null, |items| items.iter().map(setting).collect());
            self.send(json!({"jsonrpc": "2.0", "id": message["id"], "result": result}));
        }
        message
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = json!(self.next);
        self.send(json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        loop {
            let message = self.take();
            if message["id"] == id && message["method"].is_null() {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
        }
    }

    /// Opens a new document.
    fn open(&mut self, text: &str) -> String {
        self.opened += 1;
        let name = format!("{}.yaml", self.opened);
        std::fs::write(self.folder.join(&name), text).expect("the test's folder can be written");
        let uri = self.uri(&name);
        self.tell(
            "textDocument/didOpen",
            json!({"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": text}}),
        );
        uri
    }

    fn at_cursor(&mut self, method: &str, marked: &str) -> Value {
        let (before, after) = marked.split_once('|').expect("`|` marks the cursor");
        let uri = self.open(&format!("{before}{after}"));
        let (line, start) = (before.matches('\n').count(), before.rfind('\n').map_or(0, |newline| newline + 1));
        let character = before[start..].encode_utf16().count();
        self.ask(method, json!({"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}))
    }

    /// What is offered at the `|` of a text.
    pub fn complete(&mut self, marked: &str) -> Vec<Value> {
        let result = self.at_cursor("textDocument/completion", marked);
        result["items"].as_array().cloned().unwrap_or_else(|| panic!("no list of items: {result}"))
    }

    /// What is shown when the pointer rests on the `|` of a text.
    pub fn hover(&mut self, marked: &str) -> String {
        let result = self.at_cursor("textDocument/hover", marked);
        result["contents"]["value"].as_str().unwrap_or_else(|| panic!("nothing is shown: {result}")).to_owned()
    }

    /// What is underlined in a text: line from 1, and the message.
    pub fn diagnose(&mut self, text: &str) -> Vec<(u64, String)> {
        let uri = self.open(text);
        while !self.diagnostics.contains_key(&uri) {
            self.take();
        }
        let found = self.diagnostics[&uri].as_array().cloned().unwrap_or_default();
        let line = |found: &Value| found["range"]["start"]["line"].as_u64().expect("a line") + 1;
        found.iter().map(|found| (line(found), found["message"].as_str().unwrap_or_default().to_owned())).collect()
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn receive(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

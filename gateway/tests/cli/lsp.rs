//! `divos lsp`: a scripted editor speaks to the real binary over standard input and output.

use crate::desk::{Desk, SURAT, divos};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout};

struct Editor {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    uri: String,
    last: u64,
}

impl Editor {
    fn open(desk: &Desk, text: &str) -> Self {
        let mut child = divos(&desk.path("."), &["lsp"])
            .spawn()
            .expect("the binary runs");
        let input = child.stdin.take().expect("a pipe");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        let path = desk.path("connectors.d/surat.yaml");
        let uri = format!("file://{}", path.display());
        let mut editor = Self {
            child,
            input,
            output,
            uri,
            last: 0,
        };
        let greeting = editor.ask("initialize", json!({ "capabilities": {} }));
        assert_eq!(
            greeting["capabilities"]["hoverProvider"], true,
            "{greeting}"
        );
        editor.tell("initialized", json!({}));
        let document =
            json!({ "uri": editor.uri, "languageId": "yaml", "version": 1, "text": text });
        editor.tell("textDocument/didOpen", json!({ "textDocument": document }));
        editor
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("a pipe");
        self.input.flush().expect("a pipe");
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        let id = self.last;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.read();
            if message["id"] == id {
                assert!(message.get("error").is_none(), "{message}");
                return message["result"].clone();
            }
        }
    }

    fn read(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.output.read_line(&mut line).expect("a header");
            match line.trim().split_once(": ") {
                Some(("Content-Length", number)) => length = number.parse().expect("a length"),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).expect("a body");
        serde_json::from_slice(&body).expect("JSON")
    }

    /// The next diagnostics.
    fn faults(&mut self) -> Vec<Value> {
        loop {
            let message = self.read();
            if message["method"] == "textDocument/publishDiagnostics" {
                return message["params"]["diagnostics"]
                    .as_array()
                    .expect("a list")
                    .clone();
            }
        }
    }

    fn change(&mut self, text: &str) -> Vec<Value> {
        let params = json!({
            "textDocument": { "uri": self.uri, "version": 2 },
            "contentChanges": [{ "text": text }],
        });
        self.tell("textDocument/didChange", params);
        self.faults()
    }

    /// Asks about the place of a mark in a text, which becomes the document without it.
    fn at(&mut self, method: &str, marked: &str) -> Value {
        let at = marked.find('§').expect("a mark");
        let line = marked[..at].matches('\n').count();
        let from = marked[..at].rfind('\n').map_or(0, |at| at + 1);
        let column = marked[from..at].encode_utf16().count();
        self.change(&marked.replace('§', ""));
        let params = json!({
            "textDocument": { "uri": self.uri }, "position": { "line": line, "character": column },
        });
        self.ask(method, params)
    }

    fn labels(&mut self, marked: &str) -> Vec<String> {
        let items = self.at("textDocument/completion", marked);
        let items = items.as_array().expect("a list").clone();
        items
            .iter()
            .map(|item| item["label"].as_str().expect("a label").to_owned())
            .collect()
    }

    fn end(mut self) {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        assert!(self.child.wait().expect("an end").success());
    }
}

fn has(labels: &[String], wanted: &[&str]) {
    for label in wanted {
        assert!(
            labels.iter().any(|known| known == label),
            "{label}: {labels:?}"
        );
    }
}

#[test]
fn faults_stand_at_their_exact_place_in_utf_16() {
    let desk = Desk::new();
    let mut editor = Editor::open(&desk, SURAT);
    assert_eq!(editor.faults(), Vec::<Value>::new());
    // An emoji is one character and two units.
    let wrong = SURAT.replace("title: Surat Contoh, owner", "title: \"🏛\", ouner");
    let faults = editor.change(&wrong);
    let fault = faults
        .iter()
        .find(|fault| fault["code"] == "DV0102")
        .expect("a fault");
    let line = wrong.lines().nth(3).expect("a line");
    let column = line[..line.find("ouner").expect("a word")]
        .encode_utf16()
        .count();
    assert_eq!(
        fault["range"],
        json!({ "start": { "line": 3, "character": column }, "end": { "line": 3, "character": column + 5 } })
    );
    assert!(
        fault["message"].as_str().expect("words").contains("owner"),
        "{fault}"
    );
    assert_eq!(editor.change(SURAT), Vec::<Value>::new(), "mended");
    editor.end();
}

#[test]
fn completion_knows_keys_targets_templates_filters_and_fields() {
    let desk = Desk::new();
    let mut editor = Editor::open(&desk, SURAT);
    editor.faults();
    has(
        &editor.labels(&SURAT.replace("    every: 15m", "    §")),
        &["every", "deletes", "paginate"],
    );
    has(
        &editor.labels(&SURAT.replace("      number: nomor", "      §")),
        &["number", "title", "due_at"],
    );
    has(
        &editor.labels(&SURAT.replace("perihal | text", "perihal | §")),
        &["text", "truncate", "datetime"],
    );
    has(
        &editor.labels(&SURAT.replace("title: perihal | text", "title: §")),
        &["perihal", "pengirim", "concat"],
    );
    has(
        &editor.labels(&SURAT.replace("class: restricted", "class: §")),
        &["public", "internal"],
    );
    let extends = SURAT.replace("app:", "extends: §\napp:");
    has(&editor.labels(&extends), &["wordpress@1"]);
    let with = SURAT.replace("app:", "extends: wordpress@1\nwith:\n  §\napp:");
    has(&editor.labels(&with), &["base"]);
    editor.end();
}

#[test]
fn hover_tells_a_keys_meaning_and_what_a_target_reads() {
    let desk = Desk::new();
    let mut editor = Editor::open(&desk, SURAT);
    editor.faults();
    let key = editor.at("textDocument/hover", &SURAT.replace("every:", "ev§ery:"));
    let says = key["contents"]["value"].as_str().expect("words");
    assert!(says.contains("Default: `15m`"), "{says}");
    let target = editor.at(
        "textDocument/hover",
        &SURAT.replace("from: pengirim", "fr§om: pengirim"),
    );
    let says = target["contents"]["value"].as_str().expect("words");
    assert!(says.ends_with("Reads: `pengirim.nama`"), "{says}");
    let nothing = editor.at(
        "textDocument/hover",
        &SURAT.replace("Surat Contoh", "Surat Con§toh"),
    );
    assert_eq!(nothing, Value::Null);
    editor.end();
}

#[test]
fn formatting_gives_one_edit_or_none() {
    let desk = Desk::new();
    let mut editor = Editor::open(&desk, SURAT);
    editor.faults();
    let ask = |editor: &mut Editor| {
        let params = json!({
            "textDocument": { "uri": editor.uri }, "options": { "tabSize": 2, "insertSpaces": true },
        });
        editor.ask("textDocument/formatting", params)
    };
    let first = ask(&mut editor);
    let text = match first[0]["newText"].as_str() {
        Some(text) => text.to_owned(),
        None => SURAT.to_owned(),
    };
    editor.change(&text.replace("kind: Connector\n", "kind:    Connector\n"));
    assert_eq!(ask(&mut editor)[0]["newText"], text);
    editor.change(&text);
    assert_eq!(ask(&mut editor), json!([]));
    editor.change("a: [");
    assert_eq!(ask(&mut editor), Value::Null);
    editor.end();
}

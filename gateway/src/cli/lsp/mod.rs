//! `divos lsp`: a language server for definitions, over standard input and output (LSP 3.17).
//!
//! Owns the loop and the open documents. It reads folders and writes nothing; a document that is too large is
//! left alone. `place.rs` finds where the cursor is, `complete.rs` and `hover.rs` answer, `faults.rs` reports.

mod complete;
mod faults;
mod hover;
mod place;
mod sheet;
mod text;

use super::Outcome;
use divos_model::Lang;
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, Response};
use lsp_types::{
    CompletionOptions, CompletionParams, DidChangeTextDocumentParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DidSaveTextDocumentParams, DocumentFormattingParams, HoverParams,
    HoverProviderCapability, OneOf, PublishDiagnosticsParams, SaveOptions, ServerCapabilities,
    TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions,
    TextDocumentSyncSaveOptions, TextEdit, Uri,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sheet::Sheet;
use std::collections::HashMap;

/// The most documents that are held.
const DOCUMENTS: usize = 256;
/// The largest document that is looked at, in bytes.
const LARGEST: usize = 1024 * 1024;

pub(super) fn run(lang: Lang) -> anyhow::Result<Outcome> {
    let (connection, threads) = Connection::stdio();
    let capabilities = serde_json::to_value(capabilities())?;
    connection.initialize(capabilities)?;
    Server {
        connection: &connection,
        sheets: HashMap::new(),
        lang,
    }
    .serve()?;
    drop(connection);
    threads.join()?;
    Ok(Outcome::Fine)
}

fn capabilities() -> ServerCapabilities {
    ServerCapabilities {
        text_document_sync: Some(TextDocumentSyncCapability::Options(
            TextDocumentSyncOptions {
                open_close: Some(true),
                change: Some(TextDocumentSyncKind::FULL),
                save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions {
                    include_text: Some(false),
                })),
                ..TextDocumentSyncOptions::default()
            },
        )),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some([" ", ":", "|", "{"].map(str::to_owned).to_vec()),
            ..CompletionOptions::default()
        }),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        document_formatting_provider: Some(OneOf::Left(true)),
        ..ServerCapabilities::default()
    }
}

struct Server<'a> {
    connection: &'a Connection,
    sheets: HashMap<String, Sheet>,
    lang: Lang,
}

impl Server<'_> {
    fn serve(&mut self) -> anyhow::Result<()> {
        for message in &self.connection.receiver {
            match message {
                Message::Request(request) => {
                    if self.connection.handle_shutdown(&request)? {
                        return Ok(());
                    }
                    let response = self.answer(request);
                    self.connection.sender.send(Message::Response(response))?;
                }
                Message::Notification(notification) => self.hear(notification)?,
                Message::Response(_) => {}
            }
        }
        Ok(())
    }

    fn answer(&self, request: Request) -> Response {
        let id = request.id.clone();
        let answered = match request.method.as_str() {
            "textDocument/completion" => read(request.params).map(|asked| self.complete(&asked)),
            "textDocument/hover" => read(request.params).map(|asked| self.hover(&asked)),
            "textDocument/formatting" => read(request.params).map(|asked| self.format(&asked)),
            other => {
                let says = format!("`{other}` is not known");
                return Response::new_err(id, ErrorCode::MethodNotFound as i32, says);
            }
        };
        match answered {
            Ok(result) => Response::new_ok(id, result),
            Err(error) => Response::new_err(id, ErrorCode::InvalidParams as i32, error.to_string()),
        }
    }

    fn complete(&self, asked: &CompletionParams) -> Value {
        let at = &asked.text_document_position;
        match self.sheets.get(at.text_document.uri.as_str()) {
            Some(sheet) => json!(complete::at(sheet, at.position)),
            None => Value::Null,
        }
    }

    fn hover(&self, asked: &HoverParams) -> Value {
        let at = &asked.text_document_position_params;
        let sheet = self.sheets.get(at.text_document.uri.as_str());
        json!(sheet.and_then(|sheet| hover::at(sheet, at.position, self.lang)))
    }

    /// Writes the document the usual way; nothing where it cannot be read.
    fn format(&self, asked: &DocumentFormattingParams) -> Value {
        let Some(sheet) = self.sheets.get(asked.text_document.uri.as_str()) else {
            return Value::Null;
        };
        let Ok(tidied) = divos_manifest::tidy(std::path::Path::new(&sheet.name), &sheet.text)
        else {
            return Value::Null;
        };
        if tidied == sheet.text {
            return json!([]);
        }
        json!([TextEdit {
            range: text::whole(&sheet.text),
            new_text: tidied,
        }])
    }

    fn hear(&mut self, notification: Notification) -> anyhow::Result<()> {
        match notification.method.as_str() {
            "textDocument/didOpen" => {
                let Ok(opened) = read::<DidOpenTextDocumentParams>(notification.params) else {
                    return Ok(());
                };
                self.take(&opened.text_document.uri, opened.text_document.text)
            }
            "textDocument/didChange" => {
                let Ok(mut changed) = read::<DidChangeTextDocumentParams>(notification.params)
                else {
                    return Ok(());
                };
                match changed.content_changes.pop() {
                    Some(last) => self.take(&changed.text_document.uri, last.text),
                    None => Ok(()),
                }
            }
            "textDocument/didSave" => {
                if let Ok(saved) = read::<DidSaveTextDocumentParams>(notification.params)
                    && let Some(sheet) = self.sheets.get_mut(saved.text_document.uri.as_str())
                {
                    sheet.look_around();
                }
                Ok(())
            }
            "textDocument/didClose" => {
                let Ok(closed) = read::<DidCloseTextDocumentParams>(notification.params) else {
                    return Ok(());
                };
                self.sheets.remove(closed.text_document.uri.as_str());
                self.publish(&closed.text_document.uri, Vec::new())
            }
            _ => Ok(()),
        }
    }

    /// Takes a document's text and says what is wrong with it.
    fn take(&mut self, uri: &Uri, text: String) -> anyhow::Result<()> {
        let key = uri.as_str();
        let known = self.sheets.contains_key(key);
        if text.len() > LARGEST || (!known && self.sheets.len() >= DOCUMENTS) {
            self.sheets.remove(key);
            return self.publish(uri, Vec::new());
        }
        let sheet = match self.sheets.remove(key) {
            Some(sheet) => Some(sheet.with(text)),
            None => Sheet::open(key, text),
        };
        let Some(sheet) = sheet else {
            return Ok(());
        };
        let found = faults::of(&sheet, self.lang);
        self.sheets.insert(key.to_owned(), sheet);
        self.publish(uri, found)
    }

    fn publish(&self, uri: &Uri, diagnostics: Vec<lsp_types::Diagnostic>) -> anyhow::Result<()> {
        let params = PublishDiagnosticsParams {
            uri: uri.clone(),
            diagnostics,
            version: None,
        };
        let said = Notification::new("textDocument/publishDiagnostics".to_owned(), params);
        Ok(self.connection.sender.send(Message::Notification(said))?)
    }
}

fn read<T: DeserializeOwned>(params: Value) -> Result<T, serde_json::Error> {
    serde_json::from_value(params)
}

//! `/openapi.json`: the description, with the item's schema put in from the model; `/docs`: the same for people.

use axum::Router;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use http::header;
use serde_json::{Value, json};
use std::fmt::Write;
use std::sync::Arc;

const WRITTEN: &str = include_str!("openapi.yaml");

/// The description, ready to be sent.
#[derive(Clone)]
pub(super) struct Description {
    json: Arc<str>,
    page: Arc<str>,
}

impl Description {
    /// Completes the description for a hub at `origin`.
    pub(super) fn new(origin: &str) -> Self {
        let whole = complete(origin);
        Self {
            page: page(&whole).into(),
            json: whole.to_string().into(),
        }
    }
}

pub(super) fn router(description: Description) -> Router {
    Router::new()
        .route("/openapi.json", get(openapi))
        .route("/docs", get(docs))
        .with_state(description)
}

async fn openapi(State(description): State<Description>) -> Response {
    (
        [(header::CONTENT_TYPE, "application/json")],
        description.json.to_string(),
    )
        .into_response()
}

async fn docs(State(description): State<Description>) -> Html<String> {
    Html(description.page.to_string())
}

fn complete(origin: &str) -> Value {
    let mut whole: Value =
        serde_yaml::from_str(WRITTEN).expect("openapi.yaml is YAML; a test reads it");
    whole["servers"] = json!([{ "url": origin }]);
    let generator = schemars::generate::SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .into_generator();
    let mut item = generator
        .into_root_schema_for::<divos_model::Item>()
        .to_value();
    let parts = item.as_object_mut().and_then(|item| {
        item.remove("$schema");
        item.remove("components")
    });
    let schemas = &mut whole["components"]["schemas"];
    if let Some(Value::Object(parts)) = parts.map(|mut parts| parts["schemas"].take()) {
        for (name, schema) in parts {
            schemas[name] = schema;
        }
    }
    schemas["Item"] = item;
    // Each kind of item names its own, so that nothing of the item refers to the list of them.
    let mut kind = schemars::schema_for!(divos_model::Kind).to_value();
    if let Some(kind) = kind.as_object_mut() {
        kind.remove("$schema");
    }
    schemas["Kind"] = kind;
    whole
}

/// A plain page: every path with what it does. No script, nothing from elsewhere.
fn page(whole: &Value) -> String {
    let mut rows = String::new();
    for (path, methods) in whole["paths"].as_object().into_iter().flatten() {
        for (method, about) in methods.as_object().into_iter().flatten() {
            let text = |key: &str| about[key].as_str().unwrap_or_default().trim();
            let _ = write!(
                rows,
                "<section><h2><code>{} {path}</code></h2><p><strong>{}</strong></p><p>{}</p></section>",
                method.to_uppercase(),
                text("summary"),
                text("description"),
            );
        }
    }
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\"><title>DIVOS Hub API</title><main><h1>DIVOS Hub API</h1>\
         <p>{}</p><p><a href=\"/openapi.json\">openapi.json</a> (OpenAPI 3.1)</p>{rows}</main></html>",
        whole["info"]["description"].as_str().unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_somewhere() {
        let whole = complete("https://hub.test");
        let text = whole.to_string();
        let mut seen = 0;
        for part in text.split("\"$ref\":\"#").skip(1) {
            let pointer = part.split('"').next().expect("a reference");
            assert!(whole.pointer(pointer).is_some(), "{pointer}");
            seen += 1;
        }
        assert!(seen > 30);
    }
}

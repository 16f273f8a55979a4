//! The posts of WordPress's REST API, as its handbook and WordPress 6 itself show them.
//!
//! Owns `/wp-json/wp/v2/posts`: paging by page with the totals in headers, `modified_after`, titles as HTML.

use super::{escape, slice, slug, utc};
use crate::state::{AppState, Record};
use axum::Json;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, FixedOffset, NaiveDateTime};
use http::{StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn router() -> Router<Arc<AppState>> {
    Router::new()
        .route("/wp-json/wp/v2/posts", get(posts))
        .route("/wp-json/", get(index))
}

#[derive(Deserialize)]
struct Asked {
    page: Option<usize>,
    per_page: Option<usize>,
    modified_after: Option<String>,
    order: Option<String>,
    orderby: Option<String>,
}

async fn index() -> Json<Value> {
    Json(json!({"name": "Web Portal Kota Denpasar (contoh)", "namespaces": ["wp/v2"]}))
}

async fn posts(State(state): State<Arc<AppState>>, Query(asked): Query<Asked>) -> Response {
    let (page, size) = (asked.page.unwrap_or(1), asked.per_page.unwrap_or(10));
    if !(1..=100).contains(&size) || page == 0 {
        return refused("rest_invalid_param", "Parameter tidak valid: per_page");
    }
    let mut posts = state.records();
    if let Some(after) = &asked.modified_after {
        let Some(after) = moment(after) else {
            return refused(
                "rest_invalid_param",
                "Parameter tidak valid: modified_after",
            );
        };
        posts.retain(|post| post.updated > after);
    }
    if asked.orderby.as_deref() != Some("modified") {
        posts.sort_by_key(|post| std::cmp::Reverse(post.created));
    }
    if asked.order.as_deref() == Some("asc") {
        posts.reverse();
    }
    let pages = posts.len().div_ceil(size);
    if page > 1 && page > pages {
        return refused(
            "rest_post_invalid_page_number",
            "Nomor halaman yang diminta lebih besar daripada jumlah halaman.",
        );
    }
    let shown: Vec<Value> = slice(&posts, (page - 1) * size, size)
        .iter()
        .map(|post| written(&state, post))
        .collect();
    let mut answer = Json(shown).into_response();
    let headers = answer.headers_mut();
    headers.insert("x-wp-total", posts.len().into());
    headers.insert("x-wp-totalpages", pages.into());
    if page < pages {
        let next = format!(
            "<{}/wp-json/wp/v2/posts?per_page={size}&page={}>; rel=\"next\"",
            state.base_url,
            page + 1
        );
        headers.extend(next.parse().ok().map(|next| (header::LINK, next)));
    }
    answer
}

/// WordPress takes a time with an offset, or without one in the site's own zone.
fn moment(text: &str) -> Option<DateTime<FixedOffset>> {
    let text = text.replace(' ', "+");
    DateTime::parse_from_rfc3339(&text).ok().or_else(|| {
        let local = NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S").ok()?;
        local
            .and_local_timezone(FixedOffset::east_opt(8 * 3600)?)
            .single()
    })
}

fn refused(code: &str, message: &str) -> Response {
    (
        StatusCode::BAD_REQUEST,
        Json(json!({"code": code, "message": message, "data": {"status": 400}})),
    )
        .into_response()
}

fn written(state: &AppState, post: &Record) -> Value {
    let local = |time: DateTime<FixedOffset>| time.format("%Y-%m-%dT%H:%M:%S").to_string();
    let gmt = |time| utc(time).trim_end_matches('Z').to_owned();
    let title = escape(&post.title).replace('–', "&#8211;");
    json!({
        "id": post.id, "date": local(post.created), "date_gmt": gmt(post.created),
        "modified": local(post.updated), "modified_gmt": gmt(post.updated),
        "slug": slug(post), "status": post.state, "type": "post",
        "link": format!("{}/{}/", state.base_url, slug(post)),
        "guid": {"rendered": format!("{}/?p={}", state.base_url, post.id)},
        "title": {"rendered": title},
        "content": {"rendered": format!("<p>{}</p>\n<script>alert('contoh')</script>", escape(&post.text)), "protected": false},
        "excerpt": {"rendered": format!("<p>{} [&hellip;]</p>\n", escape(&post.text)), "protected": false},
        "author": 1, "featured_media": 0, "sticky": false, "categories": [post.more["kategori"]],
    })
}

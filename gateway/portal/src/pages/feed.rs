//! The feed and the search.

use super::item::notice_of;
use crate::error_page::{ErrorKind, ErrorView};
use crate::frame::{Frame, Tab};
use crate::views::feed::{FeedView, FilterForm, List, More, SearchView};
use crate::visit::Visit;
use crate::{respond, when};
use axum::response::Response;
use divos_feed::{FeedPage, Filter};
use http::StatusCode;

/// Items on one page: a phone shows four at once, and the page stays light.
const PER_PAGE: usize = 20;

/// Reads the filter from the address; what means nothing is answered with a page that says so.
fn filter(visit: &Visit) -> Result<Filter, Response> {
    let mut filter = Filter::default();
    let query = visit.request.uri.query().unwrap_or_default();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        // The screen has its own order; a sync is for programs.
        if name != "since" && filter.set(&name, &value).is_err() {
            return Err(respond::answer(
                ErrorView::new(ErrorKind::BadRequest),
                visit.lang,
            ));
        }
    }
    Ok(filter)
}

async fn page(visit: &Visit, filter: &Filter) -> Result<FeedPage, Response> {
    let cursor = visit.query("cursor");
    let reader = &visit.visitor.reader;
    let page = visit
        .site
        .parts
        .reading
        .page(reader, filter, cursor.as_deref(), PER_PAGE)
        .await;
    page.map_err(|error| visit.failed(error))
}

/// The page's own address without a cursor, as forms and links go back to it.
fn list_here(f: &mut Frame) -> String {
    let pairs: Vec<(String, String)> = match f.here.split_once('?') {
        Some((_, query)) => url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .filter(|(name, _)| name != "cursor")
            .collect(),
        None => Vec::new(),
    };
    let path = f.here.split('?').next().unwrap_or_default().to_owned();
    if pairs.is_empty() {
        return path;
    }
    format!(
        "{path}?{}",
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish()
    )
}

/// `GET /feed`.
pub(super) async fn feed(visit: Visit) -> Result<Response, Response> {
    let filter = filter(&visit)?;
    let page = page(&visit, &filter).await?;
    let mut f = visit.frame_saying(Tab::Feed, notice_of(&visit));
    let plain = list_here(&mut f);
    let list = List::of(&page, &plain, &f, &*visit.site.parts.apps);
    f.here = plain;
    if visit.htmx {
        return Ok(respond::show(&More { f: &f, list: &list }, StatusCode::OK));
    }
    let apps = visit
        .site
        .parts
        .apps
        .apps(&visit.visitor)
        .await
        .map_err(|error| visit.failed(error))?;
    let name = f
        .who
        .as_ref()
        .map(|who| f.plain_name(who).to_owned())
        .unwrap_or_default();
    let view = FeedView {
        greeting: f.with(when::greeting(visit.now), &name),
        today: when::full_day(when::day_of(visit.now), visit.lang),
        filter: FilterForm::of(&filter, &apps, &f),
        later: visit.query("cursor").is_some(),
        list,
        f,
    };
    Ok(respond::show(&view, StatusCode::OK))
}

/// `GET /search`.
pub(super) async fn search(visit: Visit) -> Result<Response, Response> {
    let mut f = visit.frame_saying(Tab::Search, notice_of(&visit));
    let Some(q) = visit.query("q") else {
        return Ok(respond::show(
            &SearchView {
                f,
                q: String::new(),
                list: None,
            },
            StatusCode::OK,
        ));
    };
    let mut filter = Filter::default();
    // Longer than a person types is cut by the filter itself; it has no other fault.
    let _ = filter.set("q", &q);
    let page = page(&visit, &filter).await?;
    let plain = list_here(&mut f);
    let list = List::of(&page, &plain, &f, &*visit.site.parts.apps);
    f.here = plain;
    if visit.htmx {
        return Ok(respond::show(&More { f: &f, list: &list }, StatusCode::OK));
    }
    Ok(respond::show(
        &SearchView {
            f,
            q: filter.q.unwrap_or_default(),
            list: Some(list),
        },
        StatusCode::OK,
    ))
}

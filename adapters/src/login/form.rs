//! Signing in through a form, as a browser does.
//!
//! Owns what is submitted and how it is seen whether that was enough. It must never try the same password twice.

use super::onward::onward;
use super::{Way, as_called, bad, ended, lock, refused, request};
use crate::fault::Refusal;
use crate::{Call, Reply, Trouble};
use divos_formats::html::{Element, Field, Form, Page};
use divos_manifest::{FormLogin, Secret};
use http::Method;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, ORIGIN, REFERER};
use percent_encoding::percent_decode_str;
use url::Url;
use url::form_urlencoded::Serializer;

/// How many pages that only send their reader on are followed.
const HOPS: usize = 3;

/// Signs in: every step, and then a look at where that leads.
pub(super) async fn enter(way: &Way<'_>, login: &FormLogin, like: &Call) -> Result<(), Trouble> {
    lock(&way.session.jar).clear();
    let mut step = login;
    let mut landing = submit(way, step, open(way, step, like).await?, like).await?;
    let mut sign = step.logged_in.as_deref();
    while let Some(next) = step.then.as_deref() {
        let shown = ended::page(&landing).is_some_and(|page| find(&page, next, &landing).is_ok());
        if !shown {
            landing = open(way, next, like).await?;
        }
        landing = submit(way, next, landing, like).await?;
        sign = next.logged_in.as_deref().or(sign);
        step = next;
    }
    judge(sign, &landing)
}

fn judge(sign: Option<&str>, landing: &Reply) -> Result<(), Trouble> {
    let page = ended::page(landing);
    let found = |css: &str| {
        let page = page.as_ref();
        page.is_some_and(|page| page.select_one(css).is_ok_and(|found| found.is_some()))
    };
    let asks = || {
        let page = page.as_ref();
        page.is_some_and(|page| {
            let forms = page.forms(landing.url.as_str());
            forms.iter().any(|form| form.of_kind("password").is_some())
        })
    };
    match sign {
        Some(css) if found(css) => Ok(()),
        _ if asks() => Err(refused(Refusal::FormAgain)),
        Some(css) => Err(refused(Refusal::NotInside {
            selector: css.to_owned(),
        })),
        _ => Ok(()),
    }
}

async fn open(way: &Way<'_>, step: &FormLogin, like: &Call) -> Result<Reply, Trouble> {
    let url = way.address(&step.url)?;
    if !like.reach.may_call(&url) {
        return Err(bad("the login page is not on the app's own hosts"));
    }
    let shown = way.send(request(like, Method::GET, url, browsing(), None), true);
    follow(way, shown.await?, like).await
}

/// Follows pages that only send their reader on, within the app's own hosts.
async fn follow(way: &Way<'_>, mut shown: Reply, like: &Call) -> Result<Reply, Trouble> {
    for _ in 0..HOPS {
        match onward(&shown).filter(|url| like.reach.may_follow(&shown.url, url)) {
            Some(url) => {
                let call = request(like, Method::GET, url, browsing(), None);
                shown = way.send(call, true).await?;
            }
            None => break,
        }
    }
    Ok(shown)
}

async fn submit(
    way: &Way<'_>,
    step: &FormLogin,
    shown: Reply,
    like: &Call,
) -> Result<Reply, Trouble> {
    let call = {
        let page = ended::page(&shown).ok_or_else(|| bad("the login page is not HTML"))?;
        let mut form = find(&page, step, &shown)?;
        fill(&mut form.fields, &step.fields)?;
        if let Some(css) = &step.csrf {
            let element = page.select_one(css).ok().flatten();
            let token = element.as_ref().and_then(token);
            let (name, value) =
                token.ok_or_else(|| bad(&format!("the login page has no `{css}`")))?;
            set(&mut form.fields, name, value);
        }
        write(way, step, form, &shown.url, like)?
    };
    follow(way, way.send(call, true).await?, like).await
}

/// The name and the value of an input or of a `<meta>`.
fn token(element: &Element) -> Option<(&str, &str)> {
    let value = element.attribute("value").or(element.attribute("content"));
    Some((element.attribute("name")?, value?))
}

/// Finds the form: that of the selector, else the first with a password, else (a step of two) with a given field.
fn find(page: &Page, step: &FormLogin, shown: &Reply) -> Result<Form, Trouble> {
    let mut forms = page.forms(shown.url.as_str()).into_iter();
    let found = match &step.form {
        Some(css) => {
            let element = page.select_one(css).ok().flatten();
            element.and_then(|element| forms.find(|form| is(form, &element)))
        }
        None => {
            let all: Vec<Form> = forms.collect();
            let given = |form: &&Form| {
                let mut names = form.fields.iter().map(|field| &field.name);
                names.any(|name| step.fields.iter().any(|(known, _)| known == name))
            };
            let password = all.iter().find(|form| form.of_kind("password").is_some());
            password.or_else(|| all.iter().find(given)).cloned()
        }
    };
    found.ok_or_else(|| bad("the login page has no such form"))
}

fn is(form: &Form, element: &Element) -> bool {
    let stated = |name: &str| element.attribute(name).map(str::trim);
    let action = stated("action").unwrap_or_default();
    let action = action.split('#').next().unwrap_or_default();
    form.id.as_deref() == element.attribute("id")
        && form.name.as_deref() == element.attribute("name")
        && form.action.contains(action.trim_start_matches(['.', '/']))
}

fn fill(fields: &mut Vec<Field>, given: &[(String, Secret)]) -> Result<(), Trouble> {
    for (name, value) in given {
        set(fields, name, value.reveal()?);
    }
    Ok(())
}

fn set(fields: &mut Vec<Field>, name: &str, value: &str) {
    let at = fields.iter().position(|field| field.name == name);
    let kind = at.map_or("text", |at| fields[at].kind.as_str()).to_owned();
    fields.retain(|field| field.name != name);
    let field = Field {
        name: name.to_owned(),
        value: value.to_owned(),
        kind,
    };
    fields.insert(at.unwrap_or(fields.len()).min(fields.len()), field);
}

/// Writes the request that a browser would send for the form.
fn write(
    way: &Way<'_>,
    step: &FormLogin,
    mut form: Form,
    page: &Url,
    like: &Call,
) -> Result<Call, Trouble> {
    let mut url = Url::parse(&form.action).map_err(|_| bad("the login form leads nowhere"))?;
    if !like.reach.may_follow(page, &url) {
        return Err(Trouble::RedirectedAway {
            host: url.host_str().unwrap_or("?").to_owned(),
        });
    }
    let mut headers = browsing();
    let mut from = as_called(page, &like.headers);
    from.set_fragment(None);
    put(&mut headers, REFERER, from.as_str())?;
    put(&mut headers, ORIGIN, &from.origin().ascii_serialization())?;
    if let Some((field, cookie)) = &step.csrf_cookie {
        let now = way.session.clock.now();
        let jar = lock(&way.session.jar);
        let value = jar
            .value(cookie, &as_called(&url, &like.headers), now)
            .or(jar.value(cookie, &from, now));
        let value =
            value.ok_or_else(|| bad(&format!("the login page sets no cookie `{cookie}`")))?;
        let value = percent_decode_str(value).decode_utf8_lossy();
        if field.to_ascii_lowercase().starts_with("x-") {
            let name = HeaderName::from_bytes(field.as_bytes());
            let name = name.map_err(|_| bad("a header's name is not one"))?;
            super::sign::put(&mut headers, name, &value)?;
        } else {
            set(&mut form.fields, field, &value);
        }
    }
    let pairs = form.fields.iter().map(|field| (&field.name, &field.value));
    if form.method == "GET" {
        url.set_query(None);
        url.query_pairs_mut().extend_pairs(pairs);
        return Ok(request(like, Method::GET, url, headers, None));
    }
    let (kind, body) = if form.encoding == "multipart/form-data" {
        multipart(&form.fields)
    } else {
        let body = Serializer::new(String::new()).extend_pairs(pairs).finish();
        ("application/x-www-form-urlencoded".to_owned(), body)
    };
    put(&mut headers, CONTENT_TYPE, &kind)?;
    Ok(request(like, Method::POST, url, headers, Some(body.into())))
}

/// Writes the fields as RFC 7578 has it.
fn multipart(fields: &[Field]) -> (String, String) {
    let edge = hex::encode(rand::random::<[u8; 16]>());
    let mut body = String::new();
    for field in fields {
        let name = field.name.replace('"', "%22").replace(['\r', '\n'], " ");
        body.push_str(&format!(
            "--{edge}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{}\r\n",
            field.value
        ));
    }
    body.push_str(&format!("--{edge}--\r\n"));
    (format!("multipart/form-data; boundary={edge}"), body)
}

fn browsing() -> HeaderMap {
    let html = HeaderValue::from_static("text/html, application/xhtml+xml;q=0.9, */*;q=0.5");
    HeaderMap::from_iter([(ACCEPT, html)])
}

fn put(headers: &mut HeaderMap, name: HeaderName, text: &str) -> Result<(), Trouble> {
    let value = HeaderValue::from_str(text).map_err(|_| bad("an address is no header"))?;
    headers.insert(name, value);
    Ok(())
}

//! Where a page sends its reader by itself, as old apps do in place of a redirect.
//!
//! Owns the reading of `<meta http-equiv=refresh>` and of `location = '…'` in a script; it runs no script.

use super::ended;
use crate::Reply;
use url::Url;

/// The largest page that can be nothing but a redirect, in bytes.
const SMALL: usize = 4096;

/// Returns the address that a page sends its reader to at once.
pub(super) fn onward(reply: &Reply) -> Option<Url> {
    let body = reply.body.in_memory().filter(|body| body.len() <= SMALL)?;
    let page = ended::page(reply)?;
    let refresh = page
        .select_one("meta[http-equiv='refresh' i][content]")
        .ok()?;
    let stated = refresh.and_then(|meta| refreshed(meta.attribute("content")?));
    let text = String::from_utf8_lossy(body);
    let target = stated.or_else(|| scripted(&text))?;
    reply.url.join(&target).ok()
}

/// Reads `0; url=/home`.
fn refreshed(content: &str) -> Option<String> {
    let (_, rest) = content.split_once([';', ','])?;
    let rest = rest.trim_start();
    let url = rest
        .get(..4)
        .filter(|word| word.eq_ignore_ascii_case("url="));
    let target = url.map_or(rest, |_| &rest[4..]);
    Some(target.trim().trim_matches(['\'', '"']).to_owned())
}

/// Reads `location = '…'`, `location.href="…"`, `location.replace('…')` in the page's scripts.
fn scripted(page: &str) -> Option<String> {
    let script = page.get(page.to_ascii_lowercase().find("<script")?..)?;
    script.match_indices("location").find_map(|(at, word)| {
        let rest = &script[at + word.len()..];
        let rest = [".href", ".replace", ".assign"]
            .iter()
            .find_map(|way| rest.strip_prefix(way))
            .unwrap_or(rest);
        let rest = rest.trim_start().strip_prefix(['=', '('])?.trim_start();
        let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let (target, _) = rest[1..].split_once(quote)?;
        (!target.is_empty()).then(|| target.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue, StatusCode, header};

    #[test]
    fn pages_that_only_send_on_are_understood_and_others_are_left() {
        let html = HeaderValue::from_static("text/html");
        for (body, to) in [
            (
                "<script>alert('Salah');window.location='login.php'</script>",
                Some("/a/login.php"),
            ),
            (
                "<script>document.location.href = \"/x?a=1\";</script>",
                Some("/x?a=1"),
            ),
            ("<script>location.replace( '../b' )</script>", Some("/b")),
            (
                "<META HTTP-EQUIV=Refresh CONTENT=\"0; URL='/home'\">",
                Some("/home"),
            ),
            ("<script>var location = x;</script>", None),
            ("<script>location='</script>", None),
            ("<p>Our location = 'Denpasar'</p>", None),
            ("<meta http-equiv=refresh content=30>", None),
            ("", None),
        ] {
            let reply = Reply {
                status: StatusCode::OK,
                headers: HeaderMap::from_iter([(header::CONTENT_TYPE, html.clone())]),
                body: body.as_bytes().to_vec().into(),
                url: "http://app.example/a/in.php".parse().expect("a URL"),
                close_delimited: false,
            };
            let found =
                onward(&reply).map(|url| url.as_str()["http://app.example".len()..].to_owned());
            assert_eq!(found.as_deref(), to, "{body}");
        }
    }
}

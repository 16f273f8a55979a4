//! Locks: who has not the key stays out, forms let in who knows the way, and broken apps are broken.

use crate::client::{Answer, Client, Tried};
use crate::{apps, city, rows, sized};
use divos_city::{Break, Size, Technology, WholeApp, WholeCity};
use std::time::Duration;

fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let rest = text.split(before).nth(1).unwrap_or_default();
    rest.split(after).next().unwrap_or_default()
}

/// The connector says where the form is.
fn login(app: &WholeApp) -> Option<String> {
    let path = crate::connectors().join(format!("{}.yaml", app.id));
    let text = std::fs::read_to_string(path).ok()?;
    let form = text.split("  form:\n    url: ").nth(1)?;
    form.lines().next().map(str::to_owned)
}

async fn try_form(
    app: &WholeApp,
    login: &str,
    user: &str,
    password: &str,
    token: Option<&str>,
) -> anyhow::Result<(Client, Answer)> {
    let mut client = Client::plain(app);
    let form = client.get(login).await?;
    let cookie = form
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap_or_default()
        .to_owned();
    let page = form.text();
    let (name, value) = (
        between(&page, "type=\"hidden\" name=\"", "\""),
        between(&page, "value=\"", "\""),
    );
    client.set("cookie", &cookie);
    let body = format!(
        "{name}={}&username={user}&password={password}",
        token.unwrap_or(value)
    );
    let answer = client.post(login, body).await?;
    Ok((client, answer))
}

/// A client that went through the app's form, where it has one.
pub(crate) async fn signed_in(
    city: &WholeCity,
    app: &WholeApp,
    client: Client,
) -> anyhow::Result<Client> {
    let Some(login) = login(app) else {
        return Ok(client);
    };
    let secrets = city.secrets(app.id);
    let (client, answer) = try_form(app, &login, &secrets[0].1, &secrets[1].1, None).await?;
    anyhow::ensure!(
        answer.status == 302 && answer.header("location") == "/beranda",
        "{} keeps us out",
        app.id
    );
    Ok(client)
}

#[tokio::test]
async fn tables_are_read_page_by_page_behind_their_form() -> Tried {
    let city = city().await?;
    for (app, client) in apps(&city, Technology::Html) {
        let client = signed_in(&city, &app, client).await?;
        assert!(
            client.get("/beranda").await?.text().contains("logout"),
            "{}",
            app.id
        );
        let mut found = 0;
        for page in 1..=20 {
            let text = client
                .get(&format!("{}?hal={page}", app.path))
                .await?
                .text();
            let body = between(&text, "<tbody>", "</tbody>");
            let more = body.matches("<tr>").count() as u64;
            assert_eq!(
                body.matches("<td>").count() as u64,
                more * text.matches("<th>").count() as u64,
                "{}",
                app.id
            );
            if more == 0 {
                break;
            }
            found += more;
        }
        assert_eq!(found, rows(&city, &app), "{}", app.id);
    }
    Ok(())
}

#[tokio::test]
async fn a_form_refuses_a_wrong_password_and_a_forged_token_and_forgets() -> Tried {
    let city = sized(Size::Each(3)).await?;
    let mut names = std::collections::BTreeSet::new();
    for (app, client) in apps(&city, Technology::Html) {
        let login = login(&app).unwrap_or_default();
        let out = Client::plain(&app).get(app.path).await?;
        assert_eq!(
            (out.status, out.header("location")),
            (302, login.as_str()),
            "{}",
            app.id
        );
        let (user, password) = (&client.secrets[0].1, &client.secrets[1].1);
        for (password, token) in [("salah", None), (password.as_str(), Some("palsu"))] {
            let (client, answer) = try_form(&app, &login, user, password, token).await?;
            assert_eq!(answer.status, 200, "{}", app.id);
            assert_eq!(client.get(app.path).await?.status, 302, "{}", app.id);
            names.insert(between(&answer.text(), "type=\"hidden\" name=\"", "\"").to_owned());
        }
        let client = signed_in(&city, &app, client).await?;
        assert_eq!(client.get(app.path).await?.status, 200, "{}", app.id);
        city.sign_all_out(app.id);
        assert_eq!(client.get(app.path).await?.status, 302, "{}", app.id);
    }
    assert!(
        names.contains("csrf_token") && names.len() > 10,
        "{names:?}"
    );
    Ok(())
}

#[tokio::test]
async fn an_app_with_a_key_lets_nobody_in_without_it() -> Tried {
    let city = sized(Size::Each(3)).await?;
    let mut locked = 0;
    for app in city.apps().iter().filter(|app| !app.path.is_empty()) {
        let overlay = city.overlay(app.id).unwrap_or_default();
        if overlay.contains("auth:") && app.technology != Technology::Soap {
            locked += 1;
            assert_eq!(
                Client::plain(app).get(app.path).await?.status,
                401,
                "{}",
                app.id
            );
            assert_eq!(
                Client::of(&city, app).get(app.path).await?.status,
                200,
                "{}",
                app.id
            );
        }
    }
    assert!(locked > 25, "{locked}");
    Ok(())
}

#[tokio::test]
async fn an_app_can_be_told_to_hang_to_flood_to_lie_and_to_fail() -> Tried {
    let city = sized(Size::Each(3)).await?;
    for id in ["bank-data", "kualitas-udara", "sipoint", "web-disdikpora"] {
        let app = city
            .app(id)
            .cloned()
            .ok_or_else(|| anyhow::anyhow!("no {id}"))?;
        let client = Client::of(&city, &app);
        let soon = Duration::from_millis(300);
        for endless in [Break::Silence, Break::Endless] {
            city.break_with(id, Some(endless));
            assert!(
                tokio::time::timeout(soon, client.get(app.path))
                    .await
                    .is_err()
            );
        }
        city.break_with(id, Some(Break::HtmlClaimingJson));
        let lie = client.get(app.path).await?;
        assert!(lie.header("content-type").contains("json") && lie.json().is_err());
        city.break_with(id, Some(Break::Status(503)));
        assert_eq!(client.get(app.path).await?.status, 503);
        assert_eq!(client.get("/").await?.status, 200);
        city.break_with(id, None);
        assert_eq!(client.get(app.path).await?.status, 200);
    }
    Ok(())
}

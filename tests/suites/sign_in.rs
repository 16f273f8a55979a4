//! Sign-in, sessions, sign-out, and what a stranger gets.
//!
//! Owns the hub's own door. The doors of apps are in `doors`.

use crate::samples::city;
use anyhow::Context;
use divos_city::people;
use divos_tests::{Form, Hub, PASSWORD, Tried};
use http::Method;

#[tokio::test]
async fn a_person_signs_in_with_nip_or_address_and_out_again() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["jdih"]).await?;
    let person = &people()[2];
    for login in [
        person.nip.as_str(),
        person.email.as_str(),
        &person.email.to_uppercase(),
    ] {
        let browser = hub.browser()?;
        hub.sign_in(&browser, login, PASSWORD).await?.expect(200)?;
        let me = browser
            .send(Method::GET, &hub.url("/api/v1/me"), &[], "")
            .await?
            .expect(200)?
            .json()?;
        assert_eq!(me["name"], person.name);
        assert!(
            !me.to_string().contains(&person.nip),
            "the NIP is nobody's business: {me}"
        );
    }
    let browser = hub.signed_in("bagus").await?;
    let cookie = browser
        .cookie_header(&hub.url("/"))
        .context("a session cookie")?;
    let page = browser.go(&hub.url("/me")).await?.expect(200)?;
    let out = Form::all(&page.text())
        .into_iter()
        .find(|form| form.action.contains("logout"))
        .context("a form to sign out")?;
    browser.submit(&page.url, &out).await?;
    // The old cookie opens nothing any more, wherever it was kept.
    let thief = hub.browser()?;
    let answer = thief
        .send(
            Method::GET,
            &hub.url("/api/v1/me"),
            &[("cookie", &cookie)],
            "",
        )
        .await?;
    assert_eq!(answer.status, 401, "{answer}");
    Ok(())
}

#[tokio::test]
async fn the_session_cookie_is_bound_to_its_host() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["simak-dihati"]).await?;
    let browser = hub.signed_in("bagus").await?;
    browser
        .go(&hub.app_url("simak-dihati", "/"))
        .await?
        .expect(200)?;
    let set = browser.cookies_set();
    let sessions: Vec<_> = set
        .iter()
        .filter(|(_, line)| line.starts_with("__Host-"))
        .collect();
    assert!(sessions.len() >= 2, "{set:?}");
    for (host, line) in &sessions {
        let line = line.to_lowercase();
        assert!(
            line.contains("; secure")
                && line.contains("; httponly")
                && line.contains("path=/")
                && !line.contains("domain="),
            "{host}: {line}"
        );
        assert!(
            line.contains("samesite=lax") || line.contains("samesite=strict"),
            "{host}: {line}"
        );
    }
    let hosts: std::collections::BTreeSet<&str> =
        sessions.iter().map(|(host, _)| host.as_str()).collect();
    assert!(hosts.len() >= 2, "each host has its own: {hosts:?}");
    Ok(())
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_person_get_the_same_answer() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["jdih"]).await?;
    let (known, unknown) = (hub.browser()?, hub.browser()?);
    let wrong = hub
        .sign_in(&known, &people()[3].email, "bukan-sandi-ini")
        .await?;
    let nobody = hub
        .sign_in(&unknown, "tidak.ada@denpasar.example", "bukan-sandi-ini")
        .await?;
    assert_eq!(wrong.status, nobody.status);
    assert!(
        Form::with(&wrong.text(), "password").is_some(),
        "the form again: {wrong}"
    );
    assert_eq!(
        known
            .send(Method::GET, &hub.url("/api/v1/me"), &[], "")
            .await?
            .status,
        401
    );
    Ok(())
}

#[tokio::test]
async fn guessing_is_slowed_down_and_the_victim_still_gets_in_later() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["jdih"]).await?;
    let person = &people()[4];
    let browser = hub.browser()?;
    let mut throttled = None;
    for guess in 0..30 {
        let login = if guess % 2 == 0 {
            person.nip.clone()
        } else {
            person.email.clone()
        };
        let answer = hub
            .sign_in(&browser, &login, &format!("tebakan-{guess}"))
            .await?;
        if answer.status == 429 {
            throttled = Some((guess, answer));
            break;
        }
    }
    let (guess, answer) = throttled.context("thirty guesses were allowed")?;
    assert!(guess >= 3, "throttled after {guess} mistakes");
    assert!(!answer.header("retry-after").is_empty(), "{answer}");
    // Others are not touched.
    hub.signed_in("ayu").await?;
    Ok(())
}

#[tokio::test]
async fn a_script_gets_401_in_json_and_a_person_the_form() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["simak-dihati"]).await?;
    let stranger = hub.browser()?;
    for url in [
        hub.url("/api/v1/feed"),
        hub.app_url("simak-dihati", "/echo"),
    ] {
        let headers = [("accept", "application/json"), ("sec-fetch-mode", "cors")];
        let answer = stranger
            .send(Method::GET, &url, &headers, "")
            .await?
            .expect(401)?;
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.json()?["status"], 401);
    }
    assert_eq!(
        city.knobs("simak-dihati").requests(),
        0,
        "a stranger's request reached the app"
    );
    for url in [hub.url("/feed"), hub.app_url("simak-dihati", "/")] {
        let page = stranger.go(&url).await?;
        assert!(
            page.url.path().starts_with("/login") && Form::with(&page.text(), "password").is_some(),
            "{page}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn after_sign_in_a_person_is_where_she_wanted_to_be_and_nowhere_else() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["simak-dihati"]).await?;
    let browser = hub.browser()?;
    let page = browser
        .go(&hub.app_url("simak-dihati", "/lihat/1001"))
        .await?;
    let form = Form::with(&page.text(), "password").context("the form")?;
    let form = form
        .fill(&["text", "email"], "bagus@denpasar.example")
        .fill(&["password"], PASSWORD);
    let landed = browser.submit(&page.url, &form).await?.expect(200)?;
    assert_eq!(
        landed.url,
        hub.app_url("simak-dihati", "/lihat/1001"),
        "{landed}"
    );
    // Nothing outside the hub's own hosts is a place to return to.
    for evil in [
        "//evil.example",
        "/%5Cevil.example",
        "https://evil.example/",
        "https:evil.example",
        "https://divos.test.evil.example/",
        "https://divos.test@evil.example/",
        "%0d%0aLocation:%20https://evil.example",
    ] {
        let browser = hub.browser()?;
        for name in ["next", "return", "to", "r"] {
            let page = browser
                .send(
                    Method::GET,
                    &hub.url(&format!("/login?{name}={evil}")),
                    &[("accept", "text/html")],
                    "",
                )
                .await?;
            let Some(form) = Form::with(&page.text(), "password") else {
                continue;
            };
            let form = form
                .fill(&["text", "email"], "bagus@denpasar.example")
                .fill(&["password"], PASSWORD);
            let landed = browser.submit(&page.url, &form).await?;
            assert_eq!(
                landed.url.host_str(),
                Some(divos_tests::DOMAIN),
                "{evil}: {landed}"
            );
        }
    }
    Ok(())
}

#[tokio::test]
async fn another_site_can_neither_sign_in_nor_out_nor_mark() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["jdih"]).await?;
    let browser = hub.browser()?;
    let page = browser.go(&hub.url("/login")).await?;
    let form = Form::with(&page.text(), "password")
        .context("the form")?
        .fill(&["text", "email"], "bagus@denpasar.example")
        .fill(&["password"], PASSWORD);
    let foreign = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
    ];
    let answer = browser
        .send(
            Method::POST,
            &form.target(&page.url)?,
            &foreign,
            form.encoded(),
        )
        .await?;
    assert!(answer.status.is_client_error(), "{answer}");
    let signed = hub.signed_in("bagus").await?;
    let without = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
    ];
    let out = signed
        .send(Method::POST, &hub.url("/logout"), &without, "")
        .await?;
    assert!(out.status.is_client_error(), "{out}");
    signed
        .send(Method::GET, &hub.url("/api/v1/me"), &[], "")
        .await?
        .expect(200)?;
    Ok(())
}

#[tokio::test]
async fn one_person_ends_a_session_in_another_browser_and_all_of_them() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["simak-dihati"]).await?;
    let (phone, desk) = (hub.signed_in("bagus").await?, hub.signed_in("bagus").await?);
    phone
        .go(&hub.app_url("simak-dihati", "/"))
        .await?
        .expect(200)?;
    let page = desk.go(&hub.url("/me")).await?.expect(200)?;
    let all = Form::all(&page.text());
    let everywhere = all
        .iter()
        .find(|form| form.action.ends_with("end-all"))
        .with_context(|| format!("no form to sign out everywhere: {all:?}"))?;
    desk.submit(&page.url, everywhere).await?;
    for url in [hub.url("/api/v1/me"), hub.app_url("simak-dihati", "/echo")] {
        let answer = phone
            .send(
                Method::GET,
                &url,
                &[("accept", "application/json"), ("sec-fetch-mode", "cors")],
                "",
            )
            .await?;
        assert_eq!(answer.status, 401, "{answer}");
    }
    Ok(())
}

#[tokio::test]
async fn a_disabled_person_is_out_at_once() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["jdih"]).await?;
    let browser = hub.signed_in("pande").await?;
    let who = people()
        .into_iter()
        .find(|person| person.email.starts_with("pande@"))
        .context("a person")?
        .nip;
    hub.verb(&["user", "disable", &who])?;
    divos_tests::eventually("the refusal", std::time::Duration::from_secs(8), || async {
        let answer = browser
            .send(Method::GET, &hub.url("/api/v1/me"), &[], "")
            .await
            .ok()?;
        (answer.status == 401).then_some(())
    })
    .await?;
    let answer = hub
        .sign_in(&hub.browser()?, "pande@denpasar.example", PASSWORD)
        .await?;
    assert!(Form::with(&answer.text(), "password").is_some(), "{answer}");
    Ok(())
}

#[tokio::test]
async fn an_import_tells_each_bad_row_and_keeps_nothing_unless_asked() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["jdih"]).await?;
    let csv = "nip,name,email,unit,post,post_type,assignment,from,to,roles,password\n\
        990001019999011001,Orang Baik Contoh,baik@denpasar.example,030801,Staf,pelaksana,definitif,2026-01-01,,,Sandi-Yang-Panjang-1\n\
        12345,Orang Pendek Contoh,pendek@denpasar.example,030801,Staf,pelaksana,definitif,2026-01-01,,,Sandi-Yang-Panjang-1\n\
        990001019999011003,Orang Tanpa Unit,tanpa@denpasar.example,999999,Staf,pelaksana,definitif,2026-01-01,,,Sandi-Yang-Panjang-1\n";
    std::fs::write(hub.settings().root.join("more.csv"), csv)?;
    let said = hub
        .verb(&["user", "import", "more.csv"])
        .err()
        .context("two bad rows were taken")?
        .to_string();
    assert!(
        said.contains('3') && said.contains('4') && !said.contains("Sandi-Yang"),
        "{said}"
    );
    assert!(
        !hub.verb(&["user", "list"])?.contains("Orang Baik"),
        "half of a refused file was kept"
    );
    assert!(
        hub.verb(&["user", "import", "more.csv", "--partial"])
            .is_err()
            || hub.verb(&["user", "list"])?.contains("Orang Baik")
    );
    assert!(hub.verb(&["user", "list"])?.contains("Orang Baik"));
    Ok(())
}

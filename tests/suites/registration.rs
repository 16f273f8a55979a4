//! A department registers its app, operators decide, the app pushes, and its people see how it fares.
//!
//! Owns the way through the real hub. What an answer means is tested where answers are read.

use crate::samples::SOON;
use anyhow::Context;
use divos_tests::{Answer, Browser, Form, Hub, Settings, Tried, eventually};
use http::Method;
use serde_json::{Value, json};

/// A hub without apps, with a folder of overlays.
async fn hub(more: &str) -> anyhow::Result<(tempfile::TempDir, Hub)> {
    let root = tempfile::tempdir()?;
    let mut settings = Settings::new(root.path())?;
    let overlay = root.path().join("overlay");
    std::fs::create_dir(&overlay)?;
    settings.more = format!("  overlay: {}\n{more}", overlay.display());
    let mut hub = Hub::prepared(settings)?;
    hub.start().await?;
    Ok((root, hub))
}

fn answers(pairs: &[(&str, &str)]) -> Value {
    let mut all = json!({
        "name": "Surat Kecamatan (contoh)", "id": "surat-camat", "unit": "030801", "capability": "letter",
        "sign_in": "own", "readers": "everyone", "personal": "none", "way": "push", "kind": "letter",
    });
    for (field, text) in pairs {
        all[*field] = (*text).into();
    }
    all
}

async fn register(hub: &Hub, who: &Browser, answers: &Value) -> anyhow::Result<Answer> {
    let origin = hub.url("");
    let origin = origin.as_str().trim_end_matches('/');
    let headers = [("content-type", "application/json"), ("origin", origin)];
    let url = hub.url("/api/v1/registrations");
    who.send(Method::POST, &url, &headers, answers.to_string())
        .await
}

/// Sends the form of a page that has this field.
async fn submit(
    who: &Browser,
    page: &Answer,
    field: &str,
    set: &[(&str, &str)],
) -> anyhow::Result<Answer> {
    let has = |form: &Form| form.fields.iter().any(|(name, ..)| name == field);
    let form = Form::all(&page.text()).into_iter().find(has);
    let mut form = form.with_context(|| format!("no form with {field}: {page}"))?;
    for (name, value) in set {
        form.fields.retain(|(other, ..)| other != name);
        form = form.set(name, value);
    }
    who.submit(&page.url, &form).await
}

async fn rule(hub: &Hub, number: &Value, set: &[(&str, &str)]) -> anyhow::Result<Answer> {
    let operator = hub.signed_in("sekar").await?;
    let list = operator
        .go(&hub.url("/ops/registrations"))
        .await?
        .expect(200)?;
    let place = format!("/ops/registrations/{number}");
    anyhow::ensure!(list.text().contains(&place), "{list}");
    let page = operator.go(&hub.url(&place)).await?.expect(200)?;
    submit(&operator, &page, "give-address", set).await
}

async fn state(hub: &Hub, who: &Browser, number: &Value) -> anyhow::Result<Value> {
    let url = hub.url(&format!("/api/v1/registrations/{number}"));
    who.send(Method::GET, &url, &[], "")
        .await?
        .expect(200)?
        .json()
}

/// A credential that was just made: what stands in the field that is shown once.
fn secret(page: &Answer) -> anyhow::Result<String> {
    let text = page.text();
    let rest = text
        .split("id=\"made\"")
        .nth(1)
        .with_context(|| format!("no secret: {page}"))?;
    let value = rest.split("value=\"").nth(1).context("a value")?;
    Ok(value.split('"').next().context("its end")?.to_owned())
}

async fn push(hub: &Hub, token: &str, id: &str) -> anyhow::Result<Answer> {
    let event = json!({
        "specversion": "1.0", "source": "/camat", "id": id, "type": "surat.baru",
        "data": {"id": id, "title": format!("Undangan {id}")},
    });
    let bearer = format!("Bearer {token}");
    let headers = [
        ("content-type", "application/cloudevents+json"),
        ("authorization", bearer.as_str()),
    ];
    let url = hub.url("/api/v1/ingest/surat-camat");
    hub.browser()?
        .send(Method::POST, &url, &headers, event.to_string())
        .await
}

#[tokio::test]
async fn a_registered_app_pushes_into_the_feed() -> Tried {
    let (root, mut hub) = hub("").await?;
    let bagus = hub.signed_in("bagus").await?;
    let sent = register(&hub, &bagus, &answers(&[])).await?.expect(201)?;
    let place = sent.header("location").to_owned();
    let sent = sent.json()?;
    assert_eq!(
        (&sent["state"], &sent["app"]),
        (&json!("waiting"), &json!("surat-camat"))
    );
    assert!(place.ends_with(&sent["number"].to_string()), "{place}");
    let file = root.path().join("connectors.d/surat-camat.yaml");
    assert!(!file.exists(), "nothing is in force before it is approved");

    let done = rule(
        &hub,
        &sent["number"],
        &[("go", "approve"), ("give-note", "Siap")],
    )
    .await?;
    done.expect(200)?;
    let now = state(&hub, &bagus, &sent["number"]).await?;
    assert_eq!(
        (&now["state"], &now["note"]),
        (&json!("approved"), &json!("Siap"))
    );
    let text = std::fs::read_to_string(&file)?;
    assert_eq!(
        json!(text),
        now["draft"],
        "what was approved is what is in force"
    );

    // Its page, and a credential from it: shown once.
    let own = hub.url("/apps/surat-camat");
    let page = bagus.go(&own).await?.expect(200)?;
    let made = submit(&bagus, &page, "label", &[("label", "Server camat")])
        .await?
        .expect(200)?;
    let token = secret(&made)?;
    assert!(token.starts_with("dvp_"));
    assert!(!bagus.go(&own).await?.text().contains(&token));
    push(&hub, &token, "1").await?.expect(200)?;
    push(&hub, "dvp_tebakan", "2").await?.expect(401)?;

    let reader = hub.signed_in("surya").await?;
    let items = hub.feed(&reader, "app=surat-camat").await?;
    assert_eq!(items[0]["title"], "Undangan 1");
    assert_eq!(items[0]["kind"], "letter");

    // What was taken and refused is still told after a restart.
    hub.stop().await?;
    hub.start().await?;
    let bagus = hub.signed_in("bagus").await?;
    let page = bagus.go(&own).await?.expect(200)?.text();
    for cell in [
        "\"Kiriman diterima\" class=\"num\">1<",
        "\"Kiriman ditolak\" class=\"num\">1<",
    ] {
        assert!(page.contains(cell), "{cell}: {page}");
    }
    assert!(page.contains("Server camat"));

    // Nobody else's app: its page is not there for them, and neither are its credentials.
    let surya = hub.signed_in("surya").await?;
    surya.go(&own).await?.expect(404)?;
    // Of the unit, and no head of it: the page without credentials.
    let dharma = hub.signed_in("dharma").await?;
    let theirs = dharma.go(&own).await?.expect(200)?.text();
    assert!(!theirs.contains("/credentials"), "{theirs}");
    for secret in [&token, "Server camat"] {
        assert!(!hub.whole_log().contains(secret));
    }
    Ok(())
}

#[tokio::test]
async fn an_address_is_called_once_an_operator_gave_it() -> Tried {
    let city = crate::samples::city().await?;
    let (root, hub) = hub("").await?;
    let app = city
        .apps()
        .iter()
        .find(|app| app.id == "jdih")
        .context("jdih")?;
    let base = app.base_url.trim_end_matches('/');
    let bagus = hub.signed_in("bagus").await?;
    let product = [
        ("id", "hukum"),
        ("name", "Produk hukum (contoh)"),
        ("way", "product"),
        ("product", "jdih@1"),
        ("address", "https://hukum.contoh.example"),
    ];
    let sent = register(&hub, &bagus, &answers(&product))
        .await?
        .expect(201)?
        .json()?;
    let draft = sent["draft"].as_str().context("a draft")?;
    assert!(!draft.contains("contoh.example"), "{draft}");

    // An address that is none leaves everything as it was, and what was typed is still there.
    let wrong = [
        ("go", "approve"),
        ("give-address", "bukan alamat"),
        ("give-note", "Catatan saya"),
    ];
    let refused = rule(&hub, &sent["number"], &wrong).await?.expect(422)?;
    assert!(refused.text().contains("Catatan saya") && refused.text().contains("bukan alamat web"));
    assert_eq!(
        state(&hub, &bagus, &sent["number"]).await?["state"],
        "waiting"
    );
    let overlay = root.path().join("overlay/hukum.yaml");
    assert!(!overlay.exists());

    let right = [("go", "approve"), ("give-address", base)];
    rule(&hub, &sent["number"], &right).await?.expect(200)?;
    assert!(std::fs::read_to_string(&overlay)?.contains(base));
    let reader = hub.signed_in("surya").await?;
    let items = hub
        .feed_until(&reader, "app=hukum", "laws", SOON, |items| {
            !items.is_empty()
        })
        .await?;
    assert_eq!(items[0]["kind"], "regulation");
    Ok(())
}

#[tokio::test]
async fn faults_and_refusals_are_told_and_nothing_comes_into_force() -> Tried {
    let (root, hub) = hub("").await?;
    let bagus = hub.signed_in("bagus").await?;
    let wrong = answers(&[
        ("unit", "030201"),
        ("readers", "public"),
        ("personal", "general"),
    ]);
    let faults = register(&hub, &bagus, &wrong).await?.expect(422)?.json()?;
    let fields: Vec<&str> = faults["errors"]
        .as_array()
        .context("errors")?
        .iter()
        .filter_map(|error| error["field"].as_str())
        .collect();
    assert_eq!(fields, ["unit", "readers"], "{faults}");
    let stranger = json!({"bukan": "isian"});
    register(&hub, &bagus, &stranger).await?.expect(400)?;
    let nobody = hub.browser()?;
    register(&hub, &nobody, &answers(&[])).await?.expect(401)?;

    let sent = register(&hub, &bagus, &answers(&[]))
        .await?
        .expect(201)?
        .json()?;
    // Somebody else asks for the same name meanwhile.
    let laksmi = hub.signed_in("laksmi").await?;
    let taken = register(&hub, &laksmi, &answers(&[]))
        .await?
        .expect(422)?
        .json()?;
    assert_eq!(taken["errors"][0]["field"], "id");
    // Only operators decide, and only the author and operators see it.
    let place = hub.url(&format!("/ops/registrations/{}", sent["number"]));
    bagus.go(&place).await?.expect(403)?;
    let url = hub.url(&format!("/api/v1/registrations/{}", sent["number"]));
    laksmi.send(Method::GET, &url, &[], "").await?.expect(404)?;

    rule(&hub, &sent["number"], &[("go", "reject")])
        .await?
        .expect(422)?;
    let reason = [("go", "reject"), ("give-note", "Lengkapi penjelasannya")];
    rule(&hub, &sent["number"], &reason).await?.expect(200)?;
    let now = state(&hub, &bagus, &sent["number"]).await?;
    assert_eq!(now["state"], "rejected");
    let page = bagus
        .go(&hub.url(&format!("/apps/register/{}", sent["number"])))
        .await?;
    assert!(page.text().contains("Lengkapi penjelasannya"), "{page}");
    assert!(!root.path().join("connectors.d/surat-camat.yaml").exists());
    Ok(())
}

#[tokio::test]
async fn what_an_operator_changes_is_theirs_and_a_second_one_decides_where_two_are_asked_for()
-> Tried {
    let (root, hub) = hub("  two_persons: true\n").await?;
    let bagus = hub.signed_in("bagus").await?;
    let sent = register(&hub, &bagus, &answers(&[]))
        .await?
        .expect(201)?
        .json()?;
    let draft = sent["draft"].as_str().context("a draft")?;
    let changed = draft.replace("Surat Kecamatan (contoh)", "Surat Camat (contoh)");
    assert_ne!(changed, draft);
    let ruling = [("go", "approve"), ("give-text", changed.as_str())];
    let waits = rule(&hub, &sent["number"], &ruling).await?.expect(422)?;
    assert!(waits.text().contains("operator lain"), "{waits}");
    let own = rule(&hub, &sent["number"], &[("go", "approve")])
        .await?
        .expect(422)?;
    assert!(own.text().contains("dua orang"), "{own}");
    assert!(!root.path().join("connectors.d/surat-camat.yaml").exists());
    let now = eventually("the registration follows the change", SOON, || async {
        state(&hub, &bagus, &sent["number"]).await.ok()
    });
    let now = now.await?;
    assert_eq!(now["state"], "waiting");
    assert!(
        now["draft"]
            .as_str()
            .is_some_and(|text| text.contains("Surat Camat (contoh)"))
    );
    Ok(())
}

#[tokio::test]
async fn a_registration_waits_in_one_list_and_is_approved_where_its_address_is_given() -> Tried {
    let (root, hub) = hub("").await?;
    let bagus = hub.signed_in("bagus").await?;
    let sent = register(&hub, &bagus, &answers(&[]))
        .await?
        .expect(201)?
        .json()?;
    let waiting = hub
        .admin(Method::GET, "/admin/v1/proposals?state=waiting")
        .await?
        .json()?;
    let number = &waiting["proposals"][0]["number"];
    let place = format!("/ops/surat-camat/edit/proposals/{number}");
    let operator = hub.signed_in("sekar").await?;
    let page = operator.go(&hub.url("/ops")).await?.expect(200)?.text();
    assert!(page.contains("/ops/registrations"), "{page}");
    assert!(!page.contains(&place), "{page}");

    // Its proposal can be looked at, and sends whoever would approve it to its own page.
    let page = operator.go(&hub.url(&place)).await?.expect(200)?;
    let told = submit(&operator, &page, "note", &[("act", "approve")]).await?;
    assert!(told.text().contains("di halamannya sendiri"), "{told}");
    assert!(!root.path().join("connectors.d/surat-camat.yaml").exists());
    let now = state(&hub, &bagus, &sent["number"]).await?;
    assert_eq!(now["state"], "waiting");
    Ok(())
}

#[tokio::test]
async fn whoever_has_too_many_waiting_is_told_to_wait() -> Tried {
    let (_root, hub) = hub("").await?;
    let bagus = hub.signed_in("bagus").await?;
    let ask = async |n: u32| {
        let id = format!("surat-{n}");
        register(&hub, &bagus, &answers(&[("id", &id)])).await
    };
    for n in 0..20 {
        ask(n).await?.expect(201)?;
    }
    let told = ask(20).await?.expect(409)?;
    assert!(told.text().contains("menunggu keputusan"), "{told}");
    Ok(())
}

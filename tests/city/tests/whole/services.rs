//! SOAP, OAI-PMH, pushes and databases: calls, faults, tokens, signatures, rows.

use crate::client::{Client, Tried};
use crate::exports::elements;
use crate::{apps, city, rows};
use divos_city::{Technology, WholeApp};
use ring::hmac;
use serde_json::Value;

/// The operation of a service, as its WSDL names it.
async fn operation(app: &WholeApp, client: &Client) -> anyhow::Result<String> {
    let wsdl = client.get(&format!("{}?wsdl", app.path)).await?.text();
    assert_eq!(elements(&wsdl, "service")?, 1);
    let name = wsdl
        .split("<wsdl:operation name=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    Ok(name.unwrap_or_default().to_owned())
}

fn call(client: &Client, operation: &str, page: &str) -> String {
    let secret = |at: usize| {
        client
            .secrets
            .get(at)
            .map(|(_, v)| v.as_str())
            .unwrap_or_default()
    };
    format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header><w:Security xmlns:w=\"w\"><w:UsernameToken><w:Username>{}</w:Username><w:Password>{}</w:Password></w:UsernameToken></w:Security></s:Header><s:Body><t:{operation} xmlns:t=\"http://layanan.example/\"><t:Halaman>{page}</t:Halaman><t:Jumlah>100</t:Jumlah></t:{operation}></s:Body></s:Envelope>",
        secret(0),
        secret(1)
    )
}

#[tokio::test]
async fn soap_pages_end_and_what_is_wrong_is_a_fault_with_status_500() -> Tried {
    let city = city().await?;
    for (app, client) in apps(&city, Technology::Soap) {
        let operation = operation(&app, &client).await?;
        let row = operation.replacen("Daftar", "", 1);
        let mut found = 0;
        for page in 1..=10 {
            let answer = client
                .post(app.path, call(&client, &operation, &page.to_string()))
                .await?;
            assert_eq!(answer.status, 200, "{}", answer.text());
            let more = elements(&answer.text(), &row)?;
            if more == 0 {
                break;
            }
            found += more;
        }
        assert_eq!(found, rows(&city, &app), "{}", app.id);
        for wrong in [
            call(&client, &operation, "dua"),
            call(&client, "Hapus", "1"),
        ] {
            let fault = client.post(app.path, wrong).await?;
            assert_eq!(
                (fault.status, elements(&fault.text(), "Fault")?),
                (500, 1),
                "{}",
                app.id
            );
        }
        if !client.secrets.is_empty() {
            let stranger = Client::plain(&app);
            let answer = stranger
                .post(app.path, call(&stranger, &operation, "1"))
                .await?;
            assert!(
                answer.status == 500 && answer.text().contains("Unauthorized"),
                "{}",
                app.id
            );
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_harvest_ends_and_tells_what_was_deleted() -> Tried {
    let city = city().await?;
    for (app, client) in apps(&city, Technology::Oai) {
        let mut target = format!("{}?verb=ListRecords&metadataPrefix=oai_dc", app.path);
        let (mut records, mut deleted) = (0, 0);
        loop {
            let text = client.get(&target).await?.text();
            records += elements(&text, "record")?;
            deleted += text.matches("status=\"deleted\"").count() as u64;
            let token = text
                .split("<resumptionToken")
                .nth(1)
                .and_then(|rest| rest.split(['>', '<']).nth(1));
            match token.filter(|token| !token.is_empty()) {
                Some(token) => {
                    target = format!("{}?verb=ListRecords&resumptionToken={token}", app.path)
                }
                None => break,
            }
            anyhow::ensure!(records < 1000, "{} never ends", app.id);
        }
        assert!(deleted > 0, "{}", app.id);
        assert_eq!(Some(records - deleted), city.expected(app.id), "{}", app.id);
        for (query, code) in [
            ("verb=Lain", "badVerb"),
            (
                "verb=ListRecords&metadataPrefix=oai_dc&from=2100-01-01",
                "noRecordsMatch",
            ),
            ("verb=ListRecords&resumptionToken=x", "badResumptionToken"),
        ] {
            let text = client.get(&format!("{}?{query}", app.path)).await?.text();
            assert!(text.contains(&format!("<error code=\"{code}\">")), "{text}");
        }
        let identify = client
            .get(&format!("{}?verb=Identify", app.path))
            .await?
            .text();
        assert_eq!(elements(&identify, "deletedRecord")?, 1);
    }
    Ok(())
}

#[tokio::test]
async fn pushes_are_batches_of_events_with_a_proof() -> Tried {
    let city = city().await?;
    let at = "2026-11-24T03:00:00Z".parse()?;
    let mut signed = 0;
    for (app, client) in apps(&city, Technology::Webhook) {
        let pushes = city.pushes(app.id, 50, at);
        let events: usize = pushes.iter().map(|push| push.events).sum();
        assert_eq!(Some(events as u64), city.expected(app.id), "{}", app.id);
        let secret = client
            .secrets
            .first()
            .map(|(_, v)| v.as_str())
            .unwrap_or_default();
        for push in &pushes {
            let batch: Vec<Value> = serde_json::from_str(&push.body)?;
            assert_eq!(batch.len(), push.events);
            assert!(
                batch
                    .iter()
                    .all(|event| event["specversion"] == "1.0" && event["data"].is_object())
            );
            let header = |name: &str| {
                push.headers
                    .iter()
                    .find(|(known, _)| known == name)
                    .map(|(_, v)| v.as_str())
            };
            if let (Some(time), Some(signature)) = (header("x-timestamp"), header("x-signature")) {
                signed += 1;
                let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
                let tag = hmac::sign(&key, format!("{time}.{}", push.body).as_bytes());
                let hex: String = tag
                    .as_ref()
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect();
                assert_eq!(hex, signature, "{}", app.id);
            } else {
                assert_eq!(
                    header("authorization"),
                    Some(format!("Bearer {secret}").as_str())
                );
            }
            assert!(!format!("{push:?}").contains(secret));
        }
    }
    assert!(signed > 0);
    Ok(())
}

#[tokio::test]
async fn the_statements_of_a_database_run_and_the_view_holds_every_row() -> Tried {
    let city = city().await?;
    let mut dialects = std::collections::BTreeSet::new();
    for (app, _) in apps(&city, Technology::Sql) {
        let seed = city
            .sql(app.id)
            .ok_or_else(|| anyhow::anyhow!("no SQL for {}", app.id))?;
        dialects.insert(seed.dialect);
        // Any engine can tell whether the statements fit together; the real ones are the harness's.
        let database = rusqlite::Connection::open_in_memory()?;
        for statement in seed.schema().into_iter().chain(seed.inserts()) {
            database.execute_batch(&statement)?;
        }
        let count = format!("SELECT count(*) FROM {}", seed.view);
        let found: i64 = database.query_row(&count, [], |row| row.get(0))?;
        assert_eq!(found as u64, rows(&city, &app), "{}", app.id);
        let connector =
            std::fs::read_to_string(crate::connectors().join(format!("{}.yaml", app.id)))?;
        let query = connector
            .split("query: >-")
            .nth(1)
            .and_then(|rest| rest.split("paginate:").next())
            .unwrap_or_default();
        let query = query
            .replace(":cursor", "'2000-01-01'")
            .replace(":last_key", "''")
            .replace(":size", "100000");
        let mut statement = database.prepare(&query)?;
        let mut read = statement.query([])?;
        let mut found = 0;
        while read.next()?.is_some() {
            found += 1;
        }
        assert_eq!(found, rows(&city, &app), "{}", app.id);
    }
    assert_eq!(dialects.len(), 2, "{dialects:?}");
    Ok(())
}

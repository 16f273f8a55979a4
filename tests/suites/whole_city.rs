//! All 143 apps at once, as `divos demo --city` federates them: every source that has an address is read.
//!
//! Owns the count of who is read and who waits, and what the apps turn out to have in common. What a single make answers
//! is in `divos-city`'s own tests.

use anyhow::{Context, ensure};
use divos_tests::{Browser, Form, Tried, divos_in, eventually};
use http::Method;
use rustls::pki_types::{CertificateDer, pem::PemObject};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The pairs of apps in which the same made-up things occur, and how many at least.
const TWINS: [(&str, &str, u64); 8] = [
    ("darurat-112", "jagabaya", 3),
    ("e-rtlh", "siapel-rutilahu", 6),
    ("jdih", "sidandaniti", 20),
    ("pro-denpasar", "sidarling", 5),
    ("sicantik-cloud", "sim-perijinan", 4),
    ("sidok", "tnde", 2),
    ("sirup", "spse", 10),
    ("web-denpasar", "web-disdikpora", 2),
];

/// The demo, stopped with the test.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn the_whole_city_is_federated() -> Tried {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("the workspace")?;
    let data = tempfile::tempdir()?;
    let complaints = data.path().join("stderr.txt");
    let child = Command::new(divos_tests::binary())
        .args(["demo", "--city", "--json", "--port", "0"])
        .arg("--data")
        .arg(data.path())
        .env("DIVOS_LOG__FILTER", "error")
        .current_dir(root)
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(&complaints)?)
        .spawn()?;
    let mut demo = Demo(child);
    let output = demo.0.stdout.take().context("its output")?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    let told: Value = serde_json::from_str(&line).with_context(|| {
        let said = std::fs::read_to_string(&complaints).unwrap_or_default();
        format!("a line of JSON, not {line:?}; on stderr: {said}")
    })?;
    let admin = told["admin"].as_str().context("an address")?;
    let url = format!("{admin}/admin/v1/sources").parse()?;
    let operator = divos_tests::Browser::new(&[])?;
    let sources = || async {
        let answer = operator.send(http::Method::GET, &url, &[], "").await.ok()?;
        let answer = answer.json().ok()?;
        answer["sources"].as_array().cloned()
    };
    let is_ok = |source: &&Value| source["last_ok"].is_string();
    let last = eventually("every app", Duration::from_secs(120), || async {
        let all = sources().await?;
        let ok = all.iter().filter(is_ok).count();
        (ok == all.len()).then_some(all)
    })
    .await;
    let all = match last {
        Ok(all) => all,
        Err(error) => {
            let all = sources().await.unwrap_or_default();
            let wrong = all.iter().filter(|source| !is_ok(source));
            let wrong: Vec<String> = wrong
                .map(|s| format!("{}: {}", s["app"], s["troubles"][0]["sentence_en"]))
                .collect();
            return Err(error.context(wrong.join("\n")));
        }
    };
    let apps: BTreeSet<_> = all.iter().map(|source| source["app"].as_str()).collect();
    ensure!(apps.len() == 143, "only {} apps", apps.len());
    let faulty = all.iter().filter(|source| source["row_faults"] != 0);
    let faulty: Vec<_> = faulty.map(|source| source["app"].clone()).collect();
    ensure!(faulty.is_empty(), "rows of {faulty:?} had faults");
    let items: u64 = all
        .iter()
        .filter_map(|source| source["items"].as_u64())
        .sum();
    ensure!(items > 2_000, "only {items} items");
    let hub = SignedIn::open(&told).await?;
    the_report_tells_twins(&hub, &data.path().join("data"), root).await?;
    the_feed_shows_one_face(&hub).await
}

/// The operator in a browser.
struct SignedIn {
    browser: Browser,
    origin: String,
}

impl SignedIn {
    async fn open(told: &Value) -> anyhow::Result<Self> {
        let text = |name: &str| told[name].as_str().context("a text").map(str::to_owned);
        let pem = std::fs::read(text("ca")?)?;
        let authorities: Vec<_> = CertificateDer::pem_slice_iter(&pem).collect::<Result<_, _>>()?;
        let (browser, origin) = (Browser::new(&authorities)?, text("origin")?);
        let page = browser.go(&format!("{origin}/login").parse()?).await?;
        let form = Form::with(&page.text(), "password").context("a form")?;
        let form = form.fill(&["text", "email"], &text("operator")?);
        let form = form.fill(&["password"], &text("password")?);
        let after = browser.submit(&page.url, &form).await?.expect(200)?;
        ensure!(after.url.path() == "/feed", "not signed in: {after}");
        Ok(Self { browser, origin })
    }

    async fn get(&self, path: &str) -> anyhow::Result<divos_tests::Answer> {
        let url = format!("{}{path}", self.origin).parse()?;
        self.browser
            .send(Method::GET, &url, &[], "")
            .await?
            .expect(200)
    }
}

/// Page, file and verb tell the same exact twins, and tell instances and channels from duplicates.
async fn the_report_tells_twins(hub: &SignedIn, data: &Path, root: &Path) -> Tried {
    let told = eventually("every twin", Duration::from_secs(60), || async {
        let file = hub.get("/ops/overlap.csv?lang=en").await.ok()?.text();
        let told = pairs_of(&file);
        let has = |&(one, other, least): &(&str, &str, u64)| {
            let pair = told.get(&(one.to_owned(), other.to_owned()));
            pair.is_some_and(|(_, items)| *items >= least)
        };
        TWINS.iter().all(has).then_some(told)
    })
    .await?;
    let twins: BTreeSet<_> = told
        .iter()
        .filter(|(_, (_, items))| *items > 0)
        .map(|((one, other), _)| (one.as_str(), other.as_str()))
        .collect();
    let expected: BTreeSet<_> = TWINS.iter().map(|(one, other, _)| (*one, *other)).collect();
    ensure!(twins == expected, "{twins:?}");
    let relation = |one: &str, other: &str| {
        let pair = told.get(&(one.to_owned(), other.to_owned()));
        pair.map(|(relation, _)| relation.as_str())
    };
    for (one, other, wanted) in [
        ("simade-dangin-puri", "simade-sumerta", "Same product"),
        ("rujukan-online", "rujukan-online-kominfo", "Another way"),
        ("sicantik-cloud", "sim-perijinan", "Duplicate"),
    ] {
        ensure!(
            relation(one, other) == Some(wanted),
            "{one} and {other}: {:?}",
            relation(one, other)
        );
    }
    let page = hub.get("/ops/overlap?lang=en").await?.text();
    ensure!(
        page.contains("items are exactly the same in both"),
        "{page}"
    );

    let (data, folder) = (
        data.display().to_string(),
        root.join("connectors.d").display().to_string(),
    );
    let words = [
        "connector",
        "overlap",
        "--json",
        "--data",
        &data,
        "--connectors",
        &folder,
    ];
    let done = divos_in(root, &words, "");
    let listed: Value = serde_json::from_slice(&done.stdout)?;
    for (one, other, least) in TWINS {
        let pair = listed.as_array().into_iter().flatten();
        let mut pair = pair.filter(|o| o["one"]["app"] == one && o["other"]["app"] == other);
        let items = pair
            .next()
            .and_then(|o| o["evidence"]["shared_items"].as_u64());
        ensure!(
            items >= Some(least),
            "{one} and {other}: {items:?}; {}",
            String::from_utf8_lossy(&done.stderr)
        );
    }
    Ok(())
}

/// Relation and number of common items of each pair of the file.
fn pairs_of(file: &str) -> BTreeMap<(String, String), (String, u64)> {
    let row = |line: &str| {
        let cells = cells(line);
        let items = cells.get(8)?.parse().ok()?;
        Some((
            (cells[0].clone(), cells[3].clone()),
            (cells[6].clone(), items),
        ))
    };
    file.split("\r\n").skip(1).filter_map(row).collect()
}

/// The cells of a line of CSV (RFC 4180); none of ours holds a line break.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut inside) = (vec![String::new()], false);
    for letter in line.chars() {
        match letter {
            '"' => inside = !inside,
            ',' if !inside => cells.push(String::new()),
            other => cells.last_mut().expect("a cell").push(other),
        }
    }
    cells
}

/// What is in two apps stands in the feed once, as the authority has it, and names its twin.
async fn the_feed_shows_one_face(hub: &SignedIn) -> Tried {
    let page = hub
        .get("/api/v1/feed?kind=regulation&limit=200")
        .await?
        .json()?;
    let items = page["items"].as_array().context("items")?;
    let apps: BTreeSet<_> = items
        .iter()
        .filter_map(|item| item["app"].as_str())
        .collect();
    ensure!(apps == BTreeSet::from(["jdih"]), "{apps:?}");
    let also = |item: &Value| item["also"][0]["app"] == "sidandaniti";
    ensure!(items.iter().all(also), "{page}");
    Ok(())
}

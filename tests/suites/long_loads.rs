//! First loads of children and of folders that are killed in the middle: they go on behind what was kept.
//!
//! Owns an app of its own, with a detail page for each of its units, and a folder of exports. All data is made up.

use crate::samples::sources;
use anyhow::Context;
use divos_tests::{Hub, Settings, Tried, eventually};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::AbortOnDropHandle;

/// Long enough for a busy machine.
const LONG: Duration = Duration::from_secs(120);
const UNITS: usize = 1_500;
/// Units on a page.
const PAGE: usize = 100;
/// Lines of each file: the load is killed in the second.
const LINES: [usize; 3] = [1_000, 28_000, 1_000];

/// An app that has units in pages, and two members of each at a page of its own. It keeps what was asked.
struct App {
    base: String,
    asked: Arc<Mutex<Vec<String>>>,
    _serving: AbortOnDropHandle<()>,
}

impl App {
    async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let base = format!("http://{}", listener.local_addr()?);
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let heard = asked.clone();
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, heard.clone()));
            }
        });
        Ok(Self {
            base,
            asked,
            _serving: AbortOnDropHandle::new(serving),
        })
    }

    /// The units whose members were asked for, in that order.
    fn members(&self) -> Vec<usize> {
        let asked = self.asked.lock().expect("no panic").clone();
        let unit = |target: &String| target.split('/').nth(2)?.parse().ok();
        asked.iter().filter_map(unit).collect()
    }
}

/// Answers one connection.
async fn serve(stream: TcpStream, heard: Arc<Mutex<Vec<String>>>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut request = String::new();
        stream
            .read_line(&mut request)
            .await
            .ok()
            .filter(|read| *read > 0)?;
        let mut header = String::new();
        while header != "\r\n" {
            header.clear();
            stream
                .read_line(&mut header)
                .await
                .ok()
                .filter(|read| *read > 0)?;
        }
        let target = request.split(' ').nth(1)?.to_owned();
        let body = answer(&target).to_string();
        heard.lock().expect("no panic").push(target);
        tokio::time::sleep(Duration::from_millis(2)).await;
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).await.ok()?;
    }
}

fn answer(target: &str) -> Value {
    let rows: Vec<Value> = match target.split('/').nth(2) {
        Some(unit) => (1..=2)
            .map(|n| json!({"id": format!("{unit}-{n}")}))
            .collect(),
        None => {
            let page = target
                .rsplit_once("p=")
                .and_then(|(_, page)| page.parse().ok());
            let first = (page.unwrap_or(1) - 1) * PAGE + 1;
            let units = first..(first + PAGE).min(UNITS + 1);
            units
                .map(|n| json!({"id": n, "name": format!("Unit contoh {n}")}))
                .collect()
        }
    };
    json!({"data": rows, "total": UNITS})
}

fn children(base: &str) -> String {
    format!(
        "apiVersion: divos/v1\nkind: Connector\n\
         metadata: {{ name: panjang, title: Satuan (contoh), owner: \"030801\", capability: portal }}\n\
         app: {{ upstreams: [\"{base}\"] }}\n\
         sources:\n\
         \x20 isi:\n\
         \x20   rest: {{ get: \"/units/${{parent}}/members\" }}\n\
         \x20   parent: {{ source: unit, field: id }}\n\
         \x20   select: data[*]\n    every: 1h\n    deletes: sweep\n    to: task\n\
         \x20   map: {{ id: id, title: \"parent.name ~ ': ' ~ id\" }}\n\
         \x20 unit:\n\
         \x20   rest: {{ get: /units }}\n    select: data[*]\n    every: 24h\n    deletes: never\n    to: announcement\n\
         \x20   paginate: {{ page: {{ param: p, size: {PAGE}, until: total, total: total }} }}\n\
         \x20   map: {{ id: id, title: name }}\n\
         privacy: {{ class: internal, audience: everyone }}\n"
    )
}

/// The definition; the folder itself is for the overlay, as only the operator may name one.
fn folder(settings: &mut Settings) -> anyhow::Result<String> {
    let folder = settings.root.join("ekspor");
    std::fs::create_dir_all(&folder)?;
    for (file, lines) in LINES.into_iter().enumerate() {
        let mut text = "id,judul\n".to_owned();
        for line in 1..=lines {
            writeln!(text, "{file}-{line},Baris contoh {line} dari berkas {file}")?;
        }
        let path = folder.join(format!("data-{file}.csv"));
        std::fs::write(&path, text)?;
        // A file that was just changed is left alone for a moment.
        let whole = std::fs::File::options().write(true).open(path)?;
        whole.set_modified(SystemTime::now() - Duration::from_secs(60))?;
    }
    let overlay = settings.root.join("overlay");
    std::fs::create_dir_all(&overlay)?;
    let pattern = folder.join("data-*.csv");
    let named = format!(
        "sources: {{ isi: {{ csv: {{ files: \"{}\" }} }} }}\n",
        pattern.display()
    );
    std::fs::write(overlay.join("panjang.yaml"), named)?;
    settings.more = format!("  overlay: {}\n", overlay.display());
    Ok("apiVersion: divos/v1\nkind: Connector\n\
         metadata: { name: panjang, title: Ekspor (contoh), owner: \"030801\", capability: portal }\n\
         sources:\n  isi:\n    csv: { get: /ekspor.csv }\n    every: 1h\n    deletes: sweep\n    to: task\n\
         \x20   map: { id: id, title: judul }\n\
         privacy: { class: internal, audience: everyone }\n"
        .to_owned())
}

async fn long(hub: &Hub) -> Option<Value> {
    let all = sources(hub).await.ok()?;
    all.into_iter().find(|source| source["source"] == "isi")
}

fn rows(source: &Value) -> u64 {
    source["progress"]["rows"].as_u64().unwrap_or(0)
}

/// The last run of the load, as the hub's store has it.
fn last_run(hub: &Hub) -> anyhow::Result<Value> {
    let store = rusqlite::Connection::open(hub.settings().data().join("divos.db"))?;
    let sql =
        "SELECT run FROM run WHERE app = 'panjang' AND source = 'isi' ORDER BY number DESC LIMIT 1";
    let run: String = store.query_row(sql, [], |row| row.get(0))?;
    Ok(serde_json::from_str(&run)?)
}

/// Kills the hub when so many records were read, and lets it end the load; returns how many the last run brought.
async fn killed_at(hub: &mut Hub, most: u64, total: u64) -> anyhow::Result<u64> {
    eventually("a part of the load", LONG, || async {
        long(hub).await.filter(|found| rows(found) >= most)
    })
    .await?;
    let said = hub.verb(&["status"])?;
    assert!(said.contains("first load:"), "{said}");
    hub.kill()?;
    hub.start().await?;
    let found = eventually("the end of the load", LONG, || async {
        let found = long(hub).await?;
        (found["last_full"].is_string() && found["progress"].is_null()).then_some(found)
    })
    .await
    .with_context(|| hub.log())?;
    assert_eq!(found["items"], total, "{found}");
    let run = last_run(hub)?;
    assert_eq!(run["unchanged"], 0, "nothing is read that was kept: {run}");
    let brought = run["new"].as_u64().context("a number")?;
    assert!(
        brought > 0 && brought < total,
        "it was killed in the middle: {run}"
    );
    Ok(brought)
}

async fn hub(
    root: &tempfile::TempDir,
    yaml: impl FnOnce(&mut Settings) -> anyhow::Result<String>,
) -> anyhow::Result<Hub> {
    let city = crate::samples::city().await?;
    let mut settings = Settings::new(root.path())?.with_city(&city)?.only(&[])?;
    let yaml = yaml(&mut settings)?;
    settings.connector("panjang", &yaml)?;
    let mut hub = Hub::prepared(settings)?;
    hub.start().await?;
    Ok(hub)
}

#[tokio::test]
async fn children_go_on_with_the_parent_behind_the_last_one_that_was_kept() -> Tried {
    let app = App::start().await?;
    let root = tempfile::tempdir()?;
    let mut hub = hub(&root, |_| Ok(children(&app.base))).await?;
    let total = 2 * UNITS as u64;
    let brought = killed_at(&mut hub, total / 3, total).await?;
    let asked = app.members();
    let again = usize::try_from(brought / 2)?;
    assert_eq!(
        asked[asked.len() - again..],
        (UNITS - again + 1..=UNITS).collect::<Vec<_>>(),
        "one unit after the other, none left out"
    );
    // What was asked twice is what was read and not yet kept when the power went.
    let before = asked.len() - again;
    assert!(before >= UNITS - again, "{before} before, {again} after");
    Ok(())
}

#[tokio::test]
async fn a_folder_goes_on_in_the_middle_of_the_file_that_was_under_way() -> Tried {
    let root = tempfile::tempdir()?;
    let mut hub = hub(&root, folder).await?;
    let total = LINES.iter().sum::<usize>() as u64;
    let brought = killed_at(&mut hub, total * 45 / 100, total).await?;
    let (whole, last) = (total - LINES[0] as u64, LINES[2] as u64);
    assert!(
        last < brought && brought < whole,
        "in the second file: {brought}"
    );
    Ok(())
}

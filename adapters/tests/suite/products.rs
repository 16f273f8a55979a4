//! Templates against the products they are for: MediaWiki, Request Tracker, Directus, CKAN, and apps on Laravel and
//! CodeIgniter.
//!
//! Each is started by its recipe in `tests/products`, with made-up data, and read as the hub reads. What is missing fails
//! the test; `tests/run --install` installs it.

use crate::{fake, login_peers};
use divos_adapters::{Ask, FetchError, World};
use divos_manifest::Connector;
use divos_model::{Clock, Item, SystemClock};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// A running product; it ends with this value, and so does all that it started.
struct Product {
    child: Child,
    port: u16,
    folder: TempDir,
}

impl Drop for Product {
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.child.wait();
    }
}

impl Product {
    /// Starts a recipe and waits until it says that it is ready.
    async fn start(name: &str) -> Self {
        let recipe = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../tests/products")
            .join(format!("{name}.sh"));
        let (folder, port) = (tempfile::tempdir().expect("a folder"), free_ports());
        let log = std::fs::File::create(folder.path().join("recipe.log")).expect("a log");
        let child = Command::new("bash")
            .arg(recipe)
            .arg(port.to_string())
            .current_dir(folder.path())
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("bash runs");
        let mut product = Self {
            child,
            port,
            folder,
        };
        product.wait(name).await;
        product
    }

    async fn wait(&mut self, name: &str) {
        for _ in 0..1800 {
            if self.file("ready").exists() {
                return;
            }
            let ended = self.child.try_wait().expect("a child");
            assert!(
                ended.is_none(),
                "{name} did not start:\n{}",
                self.read("recipe.log")
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{name} does not get ready:\n{}", self.read("recipe.log"));
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap_or_default()
    }
}

/// Two ports next to each other that nothing listens on.
fn free_ports() -> u16 {
    let free = |port: u16| std::net::TcpListener::bind(("127.0.0.1", port)).is_ok();
    let first = 23_000 + (std::process::id() % 3_000) as u16 * 2;
    let mut ports = (first..first + 2_000).step_by(2);
    ports
        .find(|port| free(*port) && free(port + 1))
        .expect("two free ports")
}

/// A connector of at most 15 lines, with secrets `app/<name>`.
fn app(rest: &str, secrets: &[(&str, &str)]) -> Arc<Connector> {
    let yaml = format!(
        "metadata: {{ name: app, title: App, owner: \"030801\", capability: portal }}\n{rest}privacy: {{ class: internal }}\n"
    );
    assert!(yaml.lines().count() <= 15, "{yaml}");
    fake::connector_with(&yaml, secrets)
}

fn live() -> World {
    login_peers::live(Arc::new(SystemClock))
}

/// Every item of a pass, and the cursor that it leaves.
async fn items(
    connector: &Arc<Connector>,
    cursor: Option<String>,
    world: &World,
) -> (Vec<Item>, Option<String>) {
    let ask = Ask {
        cursor,
        ..Ask::default()
    };
    let (pages, error, summary) = fake::read(connector, ask, world).await;
    assert_eq!(error, None);
    let faults: Vec<_> = pages.iter().flat_map(|page| &page.batch.faults).collect();
    assert!(faults.is_empty(), "{faults:?}");
    let items = pages.into_iter().flat_map(|page| page.batch.items);
    (items.collect(), summary.cursor)
}

async fn fault(connector: &Arc<Connector>, world: &World) -> FetchError {
    let (pages, error, _) = fake::read(connector, Ask::default(), world).await;
    error.unwrap_or_else(|| panic!("{:?} came", fake::ids(&pages)))
}

fn titles(items: &[Item]) -> Vec<&str> {
    items.iter().map(|item| item.title.as_str()).collect()
}

#[tokio::test]
async fn mediawiki_is_read_and_a_closed_one_after_signing_in() {
    let (wiki, world) = (Product::start("mediawiki").await, live());
    let base = format!("http://127.0.0.1:{}", wiki.port);
    let public = app(
        &format!("extends: mediawiki@1\nwith: {{ base: \"{base}\" }}\n"),
        &[],
    );
    let (found, _) = items(&public, None, &world).await;
    let expected = ["Halaman Utama", "Tata naskah dinas", "Jadwal pelayanan"];
    assert_eq!(titles(&found), expected);
    assert_eq!(found[1].summary.as_deref(), Some("contoh"));

    let closed = format!("http://127.0.0.1:{}", wiki.port + 1);
    let with = |password| {
        let rest = format!(
            "extends: [mediawiki@1, mediawiki-login@1]\nwith: {{ base: \"{closed}\", user: Admin, password: \"${{secret:app/password}}\" }}\n"
        );
        app(&rest, &[("password", password)])
    };
    let stranger = app(
        &format!("extends: mediawiki@1\nwith: {{ base: \"{closed}\" }}\n"),
        &[],
    );
    let told = fault(&stranger, &world).await;
    assert_eq!(told.code(), "error_inside", "{told}");
    let (found, _) = items(&with("Rahasia-contoh-1"), None, &live()).await;
    assert_eq!(titles(&found), expected);
    assert_eq!(fault(&with("salah"), &live()).await.code(), "login_refused");
}

#[tokio::test]
async fn request_tracker_gives_its_tickets_and_then_what_changed() {
    let (tracker, world) = (Product::start("request-tracker").await, live());
    let with = |token: &str| {
        let rest = format!(
            "extends: request-tracker@1\nwith: {{ base: \"http://127.0.0.1:{}\", token: \"${{secret:app/token}}\" }}\n",
            tracker.port
        );
        app(&rest, &[("token", token)])
    };
    let hub = with(&tracker.read("token"));
    let (found, cursor) = items(&hub, None, &world).await;
    let states: Vec<_> = found
        .iter()
        .map(|item| (item.title.as_str(), item.state.as_str()))
        .collect();
    let expected = [
        ("Printer bidang umum macet", "pending"),
        ("Akun surat elektronik terkunci", "active"),
        ("Jaringan lantai 2 lambat", "done"),
    ];
    assert_eq!(states, expected);
    let due: Vec<bool> = found.iter().map(|item| item.due_at.is_some()).collect();
    assert_eq!(
        due,
        [true, false, false],
        "no date is not the beginning of 1970"
    );
    assert!(
        !format!("{found:?}").contains("pemohon"),
        "requestors are not read"
    );
    // RT reads times in the zone of who asks: ten minutes back is ten minutes, and an hour ahead is nothing.
    let (again, _) = items(&hub, cursor, &world).await;
    assert_eq!(again.len(), 3);
    let ahead = (SystemClock.now() + chrono::TimeDelta::hours(1)).to_rfc3339();
    let (none, _) = items(&hub, Some(ahead), &world).await;
    assert_eq!(titles(&none), Vec::<&str>::new());
    assert_eq!(
        fault(&with("1-1-salah"), &live()).await.code(),
        "unauthorized"
    );
}

#[tokio::test]
async fn directus_gives_a_collection_and_then_what_changed() {
    let (directus, world) = (Product::start("directus").await, live());
    let base = format!("http://127.0.0.1:{}", directus.port);
    let with = |token: &str| {
        let rest = format!(
            "extends: directus@1\nwith: {{ base: \"{base}\", collection: pengumuman, token: \"${{secret:app/token}}\" }}\n"
        );
        app(&rest, &[("token", token)])
    };
    let hub = with("token-contoh-buatan-0123456789");
    let (found, cursor) = items(&hub, None, &world).await;
    assert_eq!(
        titles(&found),
        [
            "Pengumuman contoh 1",
            "Pengumuman contoh 2",
            "Pengumuman contoh 3"
        ]
    );
    let states: Vec<_> = found.iter().map(|item| item.state.as_str()).collect();
    assert_eq!(states, ["active", "withdrawn", "active"]);
    assert_eq!(found[0].summary.as_deref(), Some("Isi contoh 1."));
    assert!(cursor.is_some());
    let ahead = (SystemClock.now() + chrono::TimeDelta::hours(1)).to_rfc3339();
    let (none, _) = items(&hub, Some(ahead), &world).await;
    assert_eq!(titles(&none), Vec::<&str>::new());
    let open = app(
        &format!("extends: directus@1\nwith: {{ base: \"{base}\", collection: pengumuman }}\n"),
        &[],
    );
    assert_eq!(fault(&open, &live()).await.code(), "forbidden");
    assert_eq!(fault(&with("salah"), &live()).await.code(), "unauthorized");

    // The same behind the sign-in that Directus has for people: a token that ends, of which it tells in milliseconds.
    let person = |password: &str| {
        let rest = format!(
            "extends: directus@1\nwith: {{ base: \"{base}\", collection: pengumuman, token: null }}\nauth:\n  bearer: null\n  \
             token: {{ url: /auth/login, fields: {{ email: admin@example.org, password: \"${{secret:app/password}}\" }}, token: data.access_token }}\n"
        );
        app(&rest, &[("password", password)])
    };
    let (found, _) = items(&person("rahasia-contoh"), None, &world).await;
    assert_eq!(found.len(), 3);
    assert_eq!(
        fault(&person("salah"), &live()).await.code(),
        "login_refused"
    );
}

#[tokio::test]
async fn ckan_gives_its_datasets_and_to_who_has_a_token_the_private_ones_too() {
    let (ckan, world) = (Product::start("ckan").await, live());
    let base = format!("http://127.0.0.1:{}", ckan.port);
    let with = |more: &str, token: &str| {
        let rest = format!("extends: ckan@1\nwith: {{ base: \"{base}\"{more} }}\n");
        app(&rest, &[("token", token)])
    };
    let mut found = items(&with("", ""), None, &world).await.0;
    found.sort_by(|a, b| a.title.cmp(&b.title));
    let public = [
        "Data contoh 1 \u{2013} caf\u{e9}",
        "Data contoh 3 \u{2013} caf\u{e9}",
    ];
    assert_eq!(titles(&found), public);
    assert_eq!(
        found[0].summary.as_deref(),
        Some("Uraian **contoh** tebal.")
    );
    assert_eq!(found[0].links.web, "/dataset/data-1");
    let age = SystemClock.now() - found[0].created_at.expect("a time").to_utc();
    assert!(
        age < chrono::TimeDelta::minutes(10),
        "CKAN's times are UTC: {age}"
    );

    let key = ", key: \"${secret:app/token}\"";
    let mut hub = with(key, &ckan.read("token")).as_ref().clone();
    // Two pages.
    if let Some(divos_manifest::Paginate::Offset { size, .. }) = &mut hub.sources[0].paginate {
        *size = 2;
    }
    let found = items(&Arc::new(hub), None, &world).await.0;
    assert_eq!(found.len(), 3);
    let found = items(&with(key, "salah"), None, &live()).await.0;
    assert_eq!(found.len(), 2, "CKAN takes a wrong token for none");
}

const LETTERS: [&str; 3] = [
    "Undangan rapat (contoh 1)",
    "Undangan rapat (contoh 2)",
    "Undangan rapat (contoh 3)",
];

/// A table behind a framework's sign-in: read, read again after the sessions were lost, and refused with a wrong password.
async fn behind_a_form(
    product: &Product,
    connector: impl Fn(&str) -> Arc<Connector>,
    sessions: &str,
) {
    let (hub, world) = (connector("rahasia-contoh"), live());
    assert_eq!(titles(&items(&hub, None, &world).await.0), LETTERS);
    let folder = product.file(sessions);
    let files = std::fs::read_dir(&folder).expect("sessions").flatten();
    let lost = files
        .map(|file| std::fs::remove_file(file.path()))
        .filter(Result::is_ok);
    assert!(lost.count() > 0, "no session in {}", folder.display());
    assert_eq!(titles(&items(&hub, None, &world).await.0), LETTERS);
    let told = fault(&connector("salah"), &live()).await;
    assert_eq!(told.code(), "login_refused", "{told}");
}

#[tokio::test]
async fn laravel_is_signed_in_to_with_its_token_and_read_page_by_page() {
    let laravel = Product::start("laravel").await;
    let connector = |password: &str| {
        let rest = format!(
            "extends: [laravel-form@1, php-table@1]\nwith:\n  base: \"http://127.0.0.1:{}\"\n  user: hub@contoh.example\n  password: \"${{secret:app/password}}\"\n  path: /surat\n  page: page\n  columns: {{ nomor: Nomor, perihal: Perihal, tanggal: Tanggal }}\n",
            laravel.port
        );
        app(&rest, &[("password", password)])
    };
    behind_a_form(&laravel, connector, "storage/framework/sessions").await;
}

#[tokio::test]
async fn codeigniter_is_signed_in_to_with_a_token_that_changes() {
    let codeigniter = Product::start("codeigniter").await;
    let connector = |password: &str| {
        let rest = format!(
            "extends: [codeigniter-form@1, php-table@1]\nwith:\n  base: \"http://127.0.0.1:{}\"\n  user: hub\n  password: \"${{secret:app/password}}\"\n  path: /surat\n  columns: {{ nomor: Nomor Surat, perihal: Perihal }}\n  kind: letter\n",
            codeigniter.port
        );
        app(&rest, &[("password", password)])
    };
    behind_a_form(&codeigniter, connector, "app/writable/session").await;
}

//! Signing in to servers that are not ours: Redmine's form, Apache's Digest, Authlib's OAuth 2.0, Django's tokens, a
//! client certificate at nginx, signatures that HAProxy and others verify. They listen on the loopback; every account
//! is made up. What is missing fails the test.

use crate::fake::{connector_with, ids, world};
use divos_adapters::{AddressPolicy, Ask, FetchError, Outbound, Page, Reader, World};
use divos_manifest::Connector;
use divos_model::{Clock, SystemClock};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

mod authlib;
mod nginx;
mod signatures;
mod tokens;

const ROWS: &str = "    rest: { get: /rows }\n    select: data[*]\n";

/// Writes a connector of one source, with secrets `app/<name>`.
pub(crate) fn app(base: &str, auth: &str, rows: &str, secrets: &[(&str, &str)]) -> Arc<Connector> {
    let auth = match auth {
        "none" => String::new(),
        auth => format!("auth: {{ {auth} }}"),
    };
    let yaml = format!(
        "apiVersion: divos/v1\nkind: Connector\n\
         metadata: {{ name: app, title: App, owner: \"030801\", capability: portal }}\n\
         app: {{ upstreams: \"{base}\", retries: 0, timeouts: {{ total: 20s }} }}\n\
         {auth}\n\
         sources:\n  rows:\n    every: 5m\n    to: announcement\n    deletes: never\n\
         \x20   map: {{ id: id, title: title }}\n{rows}\n\
         privacy: {{ class: internal, audience: everyone }}\n"
    );
    connector_with(&yaml, secrets)
}

pub(crate) fn live(clock: Arc<dyn Clock>) -> World {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = Outbound::live(AddressPolicy::with_private(), clock.clone());
    World {
        clock,
        ..world(Arc::new(http))
    }
}

async fn read(connector: &Arc<Connector>, world: &World) -> (Vec<Page>, Option<FetchError>) {
    let mut pages =
        Reader::open(connector.clone(), "rows", Ask::default(), world).expect("the source opens");
    let (mut good, mut error) = (Vec::new(), None);
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => good.push(page),
            Err(fault) => error = Some(fault),
        }
    }
    (good, error)
}

async fn good(connector: &Arc<Connector>, world: &World) -> Vec<String> {
    let (pages, error) = read(connector, world).await;
    assert_eq!(error, None);
    ids(&pages)
}

async fn fault(connector: &Arc<Connector>, world: &World) -> FetchError {
    let (pages, error) = read(connector, world).await;
    error.unwrap_or_else(|| panic!("{:?} came", ids(&pages)))
}

/// A server that ends with the test.
pub(crate) struct Peer {
    child: Child,
    port: u16,
    _dir: TempDir,
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Peer {
    /// Starts a server and waits until it listens.
    async fn start(dir: TempDir, port: u16, command: &mut Command) -> Self {
        command.stdin(Stdio::null()).current_dir(dir.path());
        let program = command.get_program().to_owned();
        let child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{program:?} is needed: {error}; see tests/run"));
        let mut peer = Self {
            child,
            port,
            _dir: dir,
        };
        for _ in 0..400 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port))
                .await
                .is_ok()
            {
                return peer;
            }
            let ended = peer.child.try_wait().expect("a child");
            assert!(ended.is_none(), "{program:?} ended: {ended:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{program:?} does not listen");
    }

    pub(crate) fn base(&self, scheme: &str) -> String {
        format!("{scheme}://127.0.0.1:{}", self.port)
    }
}

/// Starts a server that is a script of Python, and that prints its port.
pub(crate) fn script(name: &str) -> Peer {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(here.join("../tests/.venv/bin/python"));
    command.arg(here.join("tests/peers").join(name));
    announced(command)
}

/// Starts one of Node.js; it stands beside the packages that it needs.
fn node(name: &str) -> Peer {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new("node");
    command.arg(here.join("../tests/peers").join(name));
    announced(command)
}

/// Starts a server that prints its port.
fn announced(mut command: Command) -> Peer {
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?} is needed: {error}; see tests/run"));
    let out = child.stdout.take().expect("its output");
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line).expect("a line");
    let port = line.trim().parse();
    let port = port.unwrap_or_else(|_| panic!("{command:?}: no port; see tests/run --install"));
    Peer {
        child,
        port,
        _dir: dir(),
    }
}

async fn tell(server: &Peer, method: reqwest::Method, path: &str) -> serde_json::Value {
    let client = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let url = format!("{}{path}", server.base("http"));
    let answer = client.request(method, url).send().await.expect("an answer");
    let text = answer.bytes().await.expect("a body");
    serde_json::from_slice(&text).unwrap_or_default()
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

fn dir() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

fn write(dir: &Path, name: &str, text: &str) {
    std::fs::write(dir.join(name), text).expect("a file");
}

// --- Redmine: a form with a token in the page ------------------------------------------------------------------------

const USERS: &str = "    html:\n      get: /users\n      rows: table.users tbody tr\n\
    \x20     cells: { id: td.username, title: td.firstname }\n";
const REDMINE: &str = "form: { url: /login, logged_in: 'a.logout', fields: { username: admin, \
    password: \"${secret:app/password}\" } }";

fn redmine() -> String {
    let named = std::env::var("DIVOS_REAL_REDMINE");
    named.unwrap_or_else(|_| "http://127.0.0.1:18082".to_owned())
}

#[tokio::test]
async fn redmine_opens_to_its_form_and_shows_what_only_an_administrator_sees() {
    let base = redmine();
    let world = live(Arc::new(SystemClock));
    let outside = app(&base, "none", USERS, &[]);
    assert_eq!(good_or_none(&outside, &world).await, Vec::<String>::new());
    let inside = app(&base, REDMINE, USERS, &[("password", "Admin-123")]);
    for _ in 0..2 {
        let users = good(&inside, &world).await;
        assert!(users.iter().any(|user| user == "petugas"), "{users:?}");
    }
}

/// What comes without a sign-in: nothing, whether it is called a fault or not.
async fn good_or_none(connector: &Arc<Connector>, world: &World) -> Vec<String> {
    ids(&read(connector, world).await.0)
}

#[tokio::test]
async fn redmine_is_asked_once_with_a_wrong_password() {
    let world = live(Arc::new(SystemClock));
    let wrong = app(&redmine(), REDMINE, USERS, &[("password", "Salah-999")]);
    let first = fault(&wrong, &world).await;
    assert_eq!(first.code(), "login_refused", "{first}");
    assert!(
        first
            .retry_after()
            .is_some_and(|wait| wait > Duration::from_secs(55))
    );
    let began = std::time::Instant::now();
    assert_eq!(fault(&wrong, &world).await.code(), "login_refused");
    assert!(
        began.elapsed() < Duration::from_millis(50),
        "nothing is asked"
    );
    let told = format!("{first:?} {first}");
    assert!(!told.contains("Salah-999"), "{told}");
    // The right password is another connector, which need not wait.
    let right = app(&redmine(), REDMINE, USERS, &[("password", "Admin-123")]);
    assert!(!good(&right, &world).await.is_empty());
}

// --- Apache: Digest --------------------------------------------------------------------------------------------------

const DIGEST: &str = "digest: { username: hub, password: \"${secret:app/password}\" }";
/// MD5 of `hub:Data buatan:Sandi-Buatan-1`.
const HA1: &str = "ce18ed95aa0fddd247750d6636346dc2";

async fn apache(lifetime: u32) -> Peer {
    let (dir, port) = (dir(), free_port());
    let modules = "/usr/lib/apache2/modules";
    let load: String = [
        ("mpm_event", ""),
        ("authn_core", ""),
        ("authn_file", ""),
        ("authz_core", ""),
        ("authz_user", ""),
        ("auth_digest", ""),
        (
            "mime",
            "TypesConfig /dev/null\nAddType application/json .json\n",
        ),
    ]
    .iter()
    .map(|(name, more)| format!("LoadModule {name}_module {modules}/mod_{name}.so\n{more}"))
    .collect();
    let root = dir.path().display().to_string();
    std::fs::create_dir(dir.path().join("htdocs")).expect("a directory");
    write(
        dir.path(),
        "htdocs/rows",
        r#"{"data":[{"id":"1","title":"Buatan"}]}"#,
    );
    write(dir.path(), "passwords", &format!("hub:Data buatan:{HA1}\n"));
    // It runs as whoever runs the tests, or, for root, as a user who must be able to read this.
    open_up(dir.path());
    write(
        dir.path(),
        "httpd.conf",
        &format!(
            "ServerRoot \"{root}\"\nServerName 127.0.0.1\nListen 127.0.0.1:{port}\nPidFile \"{root}/pid\"\n\
             ErrorLog \"{root}/error.log\"\nDefaultRuntimeDir \"{root}\"\n{load}User www-data\nGroup www-data\n\
             DocumentRoot \"{root}/htdocs\"\nLogFormat \"%>s %{{Authorization}}i\" seen\n\
             <Location />\nForceType application/json\nAuthType Digest\nAuthName \"Data buatan\"\n\
             AuthDigestDomain /\nAuthDigestProvider file\nAuthUserFile \"{root}/passwords\"\n\
             AuthDigestNonceLifetime {lifetime}\nRequire valid-user\n</Location>\n"
        ),
    );
    let conf = dir.path().join("httpd.conf");
    let mut command = Command::new("/usr/sbin/apache2");
    // One process, so that ending it ends it.
    command.arg("-X").arg("-f").arg(conf);
    Peer::start(dir, port, &mut command).await
}

fn open_up(dir: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(dir, open).expect("permissions");
}

#[tokio::test]
async fn apache_accepts_the_digest_again_and_again_and_when_its_nonce_is_stale() {
    let server = apache(1).await;
    let world = live(Arc::new(SystemClock));
    let connector = app(
        &server.base("http"),
        DIGEST,
        ROWS,
        &[("password", "Sandi-Buatan-1")],
    );
    for round in 0..4 {
        assert_eq!(good(&connector, &world).await, ["1"], "{round}");
        if round == 1 {
            tokio::time::sleep(Duration::from_millis(2200)).await;
        }
    }
    let query = ROWS.replace("/rows }", "/rows, query: { q: \"a b&c\" } }");
    let query = app(
        &server.base("http"),
        DIGEST,
        &query,
        &[("password", "Sandi-Buatan-1")],
    );
    assert_eq!(
        good(&query, &world).await,
        ["1"],
        "the query is part of what is proved"
    );
}

#[tokio::test]
async fn apache_refuses_a_wrong_digest_password_once() {
    let server = apache(300).await;
    let world = live(Arc::new(SystemClock));
    let connector = app(&server.base("http"), DIGEST, ROWS, &[("password", "Salah")]);
    assert_eq!(fault(&connector, &world).await.code(), "login_refused");
    drop(server);
    // Nobody listens any more: that the answer is the same shows that nothing was asked.
    assert_eq!(fault(&connector, &world).await.code(), "login_refused");
}

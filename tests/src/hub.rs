//! The hub as a child process: started, asked, killed, started again.
//!
//! Owns the process and its directory; both end with the value.

use crate::answer::Answer;
use crate::browser::Browser;
use crate::cli::{binary, divos_in};
use crate::form::Form;
use crate::settings::{DOMAIN, Settings};
use crate::wait::eventually;
use anyhow::{Context, ensure};
use divos_city::{City, people_csv_with, units_csv};
use http::Method;
use rustls::pki_types::{CertificateDer, pem::PemObject};
use serde_json::Value;
use std::fs::File;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use url::Url;

/// The password of everyone in a hub under test: not the demo's, which is refused outside of it.
pub const PASSWORD: &str = "Uji-Coba-Hub-7391";

/// How long a hub may take to become ready on a busy machine.
const READY: Duration = Duration::from_secs(60);

/// A running hub.
pub struct Hub {
    settings: Settings,
    child: Option<Child>,
    authorities: Vec<CertificateDer<'static>>,
    _root: Option<TempDir>,
}

impl Hub {
    /// A hub with the whole city: its connectors, units and people, ready.
    ///
    /// # Errors
    /// When it does not become ready; the message holds the end of its log.
    pub async fn with_city(city: &City) -> anyhow::Result<Self> {
        Self::with_apps(city, &[]).await
    }

    /// A hub with some of the city's apps; all where none is named.
    ///
    /// # Errors
    /// When it does not become ready.
    pub async fn with_apps(city: &City, ids: &[&str]) -> anyhow::Result<Self> {
        let root = tempfile::tempdir()?;
        let settings = Settings::new(root.path())?.with_city(city)?;
        let settings = if ids.is_empty() {
            settings
        } else {
            settings.only(ids)?
        };
        let mut hub = Self::prepared(settings)?;
        hub._root = Some(root);
        hub.start().await?;
        Ok(hub)
    }

    /// Writes the files and imports the city's people; does not start. The caller owns the directory.
    ///
    /// # Errors
    /// When the import fails; the message holds its output.
    pub fn prepared(settings: Settings) -> anyhow::Result<Self> {
        settings.write()?;
        let hub = Self {
            settings,
            child: None,
            authorities: Vec::new(),
            _root: None,
        };
        std::fs::write(
            hub.settings.root.join("people.csv"),
            people_csv_with(PASSWORD),
        )?;
        std::fs::write(hub.settings.root.join("units.csv"), units_csv())?;
        hub.verb(&["user", "import", "people.csv", "--units", "units.csv"])?;
        Ok(hub)
    }

    /// Runs a verb with this hub's configuration and returns what it printed.
    ///
    /// # Errors
    /// When it does not exit with 0.
    pub fn verb(&self, words: &[&str]) -> anyhow::Result<String> {
        let file = self.settings.file().display().to_string();
        let data = self.settings.data().display().to_string();
        let mut all = words.to_vec();
        all.extend(["-c", &file, "--data", &data]);
        let output = divos_in(&self.settings.root, &all, "");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(
            output.status.success(),
            "divos {words:?}: {printed}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(printed)
    }

    /// Starts the process and waits until it is ready.
    ///
    /// # Errors
    /// When it ends or is not ready in time; the message holds the end of its log.
    pub async fn start(&mut self) -> anyhow::Result<()> {
        self.spawn()?;
        let ready = self.url("/readyz");
        let answered = eventually("the hub's readiness", READY, || async {
            let authorities = self.authority_file().ok()?;
            let client = Browser::new(&authorities).ok()?;
            let answer = client.send(Method::GET, &ready, &[], "").await.ok()?;
            answer.status.is_success().then_some(authorities)
        })
        .await;
        match answered {
            Ok(authorities) => self.authorities = authorities,
            Err(_) => anyhow::bail!("the hub is not ready:\n{}", self.log()),
        }
        Ok(())
    }

    /// The authority that the hub made for itself.
    fn authority_file(&self) -> anyhow::Result<Vec<CertificateDer<'static>>> {
        let pem = std::fs::read(self.settings.data().join("tls/ca.pem"))?;
        Ok(CertificateDer::pem_slice_iter(&pem).collect::<Result<_, _>>()?)
    }

    /// Starts the process without waiting.
    ///
    /// # Errors
    /// When the binary cannot be started.
    pub fn spawn(&mut self) -> anyhow::Result<()> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.settings.root.join("hub.log"))?;
        let child = Command::new(binary())
            .args(["serve", "-c"])
            .arg(self.settings.file())
            .arg("--data")
            .arg(self.settings.data())
            .current_dir(&self.settings.root)
            .env("LANG", "en_US.UTF-8")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        self.child = Some(child);
        Ok(())
    }

    /// The end of the hub's log.
    #[must_use]
    pub fn log(&self) -> String {
        let text = std::fs::read_to_string(self.settings.root.join("hub.log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(60)..].join("\n")
    }

    /// The whole log so far.
    #[must_use]
    pub fn whole_log(&self) -> String {
        std::fs::read_to_string(self.settings.root.join("hub.log")).unwrap_or_default()
    }

    /// Its files and ports.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The authorities that its certificates come from.
    #[must_use]
    pub fn authorities(&self) -> &[CertificateDer<'static>] {
        &self.authorities
    }

    /// Its process, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// An address on the hub's own host.
    ///
    /// # Panics
    /// When the path makes no address.
    #[must_use]
    pub fn url(&self, path: &str) -> Url {
        Url::parse(&format!("https://{DOMAIN}:{}{path}", self.settings.port)).expect("an address")
    }

    /// An address on an app's host.
    ///
    /// # Panics
    /// When the path makes no address.
    #[must_use]
    pub fn app_url(&self, app: &str, path: &str) -> Url {
        Url::parse(&format!(
            "https://{app}.{DOMAIN}:{}{path}",
            self.settings.port
        ))
        .expect("an address")
    }

    /// An address of the admin listener.
    ///
    /// # Panics
    /// When the path makes no address.
    #[must_use]
    pub fn admin_url(&self, path: &str) -> Url {
        Url::parse(&format!("http://127.0.0.1:{}{path}", self.settings.admin)).expect("an address")
    }

    /// A browser that nobody has used.
    ///
    /// # Errors
    /// When the hub's authority cannot be read.
    pub fn browser(&self) -> anyhow::Result<Browser> {
        Browser::new(&self.authorities)
    }

    /// A browser in which this person (the part of the demo address before the `@`) has signed in through the form.
    ///
    /// # Errors
    /// When the form is missing or the hub refuses.
    pub async fn signed_in(&self, login: &str) -> anyhow::Result<Browser> {
        let browser = self.browser()?;
        let answer = self
            .sign_in(&browser, &format!("{login}@denpasar.example"), PASSWORD)
            .await?;
        ensure!(
            answer.status.is_success() && !answer.url.path().starts_with("/login"),
            "not signed in: {answer}"
        );
        Ok(browser)
    }

    /// Fills in and sends the sign-in form; returns the page that follows.
    ///
    /// # Errors
    /// When there is no such form.
    pub async fn sign_in(
        &self,
        browser: &Browser,
        login: &str,
        password: &str,
    ) -> anyhow::Result<Answer> {
        let page = browser.go(&self.url("/login")).await?;
        let form = Form::with(&page.text(), "password")
            .with_context(|| format!("no sign-in form: {page}"))?;
        let form = form
            .fill(&["text", "email"], login)
            .fill(&["password"], password);
        browser.submit(&page.url, &form).await
    }

    /// The reader's whole feed by the API, page after page.
    ///
    /// # Errors
    /// When a page is refused.
    pub async fn feed(&self, browser: &Browser, filter: &str) -> anyhow::Result<Vec<Value>> {
        let (mut items, mut next) = (Vec::new(), String::new());
        for _ in 0..100 {
            let url = self.url(&format!("/api/v1/feed?limit=100&{filter}{next}"));
            let page = browser
                .send(Method::GET, &url, &[("accept", "application/json")], "")
                .await?
                .expect(200)?
                .json()?;
            items.extend(page["items"].as_array().context("items")?.iter().cloned());
            match page["next"].as_str() {
                Some(cursor) => {
                    next = format!(
                        "&cursor={}",
                        url::form_urlencoded::byte_serialize(cursor.as_bytes()).collect::<String>()
                    )
                }
                None => return Ok(items),
            }
        }
        anyhow::bail!("the feed does not end")
    }

    /// Waits until the feed holds what `wanted` accepts, and returns it.
    ///
    /// # Errors
    /// When it does not come within the limit.
    pub async fn feed_until(
        &self,
        browser: &Browser,
        filter: &str,
        what: &str,
        limit: Duration,
        wanted: impl Fn(&[Value]) -> bool,
    ) -> anyhow::Result<Vec<Value>> {
        eventually(what, limit, || async {
            self.feed(browser, filter)
                .await
                .ok()
                .filter(|items| wanted(items))
        })
        .await
        .with_context(|| self.log())
    }

    /// Asks the admin listener.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn admin(&self, method: Method, path: &str) -> anyhow::Result<Answer> {
        Browser::new(&[])?
            .send(method, &self.admin_url(path), &[], "")
            .await
    }

    /// Ends the process as a power cut would.
    ///
    /// # Errors
    /// When there is no process.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        let mut child = self.child.take().context("no process")?;
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Sends a signal.
    ///
    /// # Errors
    /// When there is no process.
    pub fn signal(&self, signal: libc::c_int) -> anyhow::Result<()> {
        let pid = libc::pid_t::try_from(self.pid().context("no process")?)?;
        #[expect(
            unsafe_code,
            reason = "kill(2) has no safe form in the standard library; the pid is our own child's"
        )]
        let sent = unsafe { libc::kill(pid, signal) };
        ensure!(sent == 0, "signal {signal} was not sent");
        Ok(())
    }

    /// SIGTERM, then waits for the end.
    ///
    /// # Errors
    /// When it does not end within half a minute.
    pub async fn stop(&mut self) -> anyhow::Result<ExitStatus> {
        self.signal(libc::SIGTERM)?;
        self.ended(Duration::from_secs(30)).await
    }

    /// Waits for the process to end by itself.
    ///
    /// # Errors
    /// When it does not in time.
    pub async fn ended(&mut self, limit: Duration) -> anyhow::Result<ExitStatus> {
        let child = std::cell::RefCell::new(self.child.as_mut().context("no process")?);
        let status = eventually("the end of the process", limit, || {
            let ended = child.borrow_mut().try_wait().ok().flatten();
            async move { ended }
        })
        .await?;
        self.child = None;
        Ok(status)
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

//! `divos connector infer`: drafts a definition from an address, a service, a database or a file.
//!
//! Owns the asking and the order: look, recognise or sketch, read rows, propose, record, write, check, test. What an
//! answer means is decided in `divos_adapters::infer`. Nothing is written before all of it is known.

mod ask;
mod database;
mod save;
mod show;
mod target;

use super::args::InferArgs;
use super::{fetch, record};
use crate::cli::{Outcome, settings};
use crate::config::{HubSecrets, Loaded as Settings};
use anyhow::Context;
use ask::Scout;
use divos_adapters::infer::{self, Answer, Draft, Place, Recognised, Sketch, Way};
use divos_adapters::{Ask, Reader};
use divos_manifest::{Connector, LoadOptions, TemplateInfo, load_str};
use divos_model::{Clock, Lang, SystemClock};
use save::Recording;
use std::sync::Arc;
use target::Target;
use url::Url;

/// The most rows that are looked at.
const ROWS: usize = 500;

pub(super) async fn run(args: &InferArgs, lang: Lang) -> anyhow::Result<Outcome> {
    let hub = args.hub.load(lang)?;
    let target = Target::read(&args.target, lang)?;
    let id = args.id.clone().unwrap_or_else(|| target.id());
    let mut secrets = HubSecrets::new(&hub.settings.connectors.secrets, "connectors.secrets");
    if let Target::Database(dsn) = &target {
        secrets.insert(&format!("{id}/dsn"), dsn.as_str().into());
    }
    let desk = Desk {
        id,
        args,
        hub,
        secrets: Arc::new(secrets),
        lang,
    };
    desk.is_free()?;
    match target {
        Target::Web(url) => desk.web(url).await,
        Target::Database(dsn) => desk.database(&dsn).await,
        Target::File(answer) => desk.file(&answer).await,
    }
}

/// What is at hand while one app is drafted.
pub(super) struct Desk<'a> {
    args: &'a InferArgs,
    hub: Settings,
    /// The hub's, and the address of the database that was named.
    secrets: Arc<HubSecrets>,
    id: String,
    lang: Lang,
}

impl Desk<'_> {
    fn title(&self) -> String {
        let spelled = || {
            let words = self.id.split('-').map(|word| {
                let mut letters = word.chars();
                let first = letters.next().map(|c| c.to_uppercase().to_string());
                first.unwrap_or_default() + letters.as_str()
            });
            words.collect::<Vec<_>>().join(" ")
        };
        self.args.title.clone().unwrap_or_else(spelled)
    }

    /// Refuses to write over a file before anything is asked.
    fn is_free(&self) -> anyhow::Result<()> {
        let file = self.file_name();
        let there = self.lang.pick(
            "sudah ada; pilih nama lain dengan --id, atau timpa dengan --force",
            "exists; choose another name with --id, or write over it with --force",
        );
        let free = self.args.stdout() || self.args.force || !file.exists();
        anyhow::ensure!(free, "{} {there}", file.display());
        Ok(())
    }

    async fn web(&self, url: Url) -> anyhow::Result<Outcome> {
        let scout = Scout::new(
            &self.id,
            &url,
            fetch::policy(&self.hub, self.args.allow_private)?,
        )?;
        let loaded = settings::definitions(&self.hub);
        let mut url = url;
        // A page may name its feed, a service its description: one step on, not more.
        for _ in 0..2 {
            let answers = scout
                .answers(&infer::questions(&loaded.templates, &url), self.lang)
                .await?;
            let found = infer::recognise(&loaded.templates, &url, &self.id, &answers);
            if let Some(found) = self.chosen(&found, &loaded.templates)? {
                return self.product(found).await;
            }
            let Some(answer) = answers
                .into_iter()
                .find(|(question, _)| question.url == url && !question.options)
            else {
                anyhow::bail!(
                    "{url}: {}",
                    self.lang.pick("tidak ada jawaban", "no answer")
                );
            };
            match self.sketch(&scout, &answer.1).await? {
                Sketch::Way(way) => return self.way(*way, Some(&answer.1)).await,
                Sketch::Login(way) => return self.login(*way, &answer.1, &scout).await,
                Sketch::Service => return self.service(&answer.1).await,
                Sketch::Elsewhere(other) => url = other.parse()?,
            }
        }
        anyhow::bail!(
            "{url}: {}",
            self.lang
                .pick("halaman saling menunjuk", "pages name each other")
        )
    }

    /// The product to take: the surest, unless a person named another or none.
    fn chosen<'r>(
        &self,
        found: &'r [Recognised],
        templates: &[TemplateInfo],
    ) -> anyhow::Result<Option<&'r Recognised>> {
        match self.args.template.as_deref() {
            Some("none") => Ok(None),
            Some(name) => {
                let known: Vec<&str> = templates
                    .iter()
                    .map(|template| template.name.as_str())
                    .collect();
                let says = self.lang.pick(
                    "tidak dikenali pada alamat ini; templat yang ada",
                    "is not recognised at this address; there are the templates",
                );
                let one = found.iter().find(|found| found.template == name);
                one.map(Some)
                    .with_context(|| format!("{name} {says}: {}", known.join(", ")))
            }
            None => Ok(found.first()),
        }
    }

    async fn sketch(&self, scout: &Scout, answer: &Answer) -> anyhow::Result<Sketch> {
        if answer.status >= 300 {
            scout.reachable(answer, self.lang)?;
        }
        infer::sketch(answer, &self.place(&answer.url)).map_err(|nothing| {
            anyhow::anyhow!("{}: {}", answer.url, nothing.why.in_lang(self.lang))
        })
    }

    fn place(&self, url: &Url) -> Place {
        Place::of_url(&self.id, &self.title(), url)
    }

    /// A known product: its template and parameters; each source is recorded where it answers.
    async fn product(&self, found: &Recognised) -> anyhow::Result<Outcome> {
        let bare = infer::product(&self.id, &self.title(), found, &[], self.lang);
        let connector = self.load(&bare);
        let mut recordings = Vec::new();
        let mut unread = Vec::new();
        if let Some(connector) = &connector {
            for source in &connector.sources {
                match self.record(connector, &source.name, None).await {
                    Ok(recording) => recordings.push(recording),
                    Err(error) => unread.push(format!("{}: {error:#}", source.name)),
                }
            }
        }
        let tests: Vec<String> = recordings.iter().map(Recording::line).collect();
        let yaml = infer::product(&self.id, &self.title(), found, &tests, self.lang);
        show::product(self, found, &unread);
        self.save(&yaml, recordings).await
    }

    /// Signs in with the secrets that the hub knows, and looks again; without them the sign-in alone is drafted.
    async fn login(&self, way: Way, answer: &Answer, scout: &Scout) -> anyhow::Result<Outcome> {
        let mut draft = Draft::new(self.place(&answer.url), way);
        if let Ok(connector) = draft.probe(self.options())
            && connector
                .secrets()
                .iter()
                .all(|secret| secret.reveal().is_ok())
        {
            let inside = scout
                .inside(
                    &connector,
                    &self.args.target,
                    &self.hub,
                    self.args.allow_private,
                )
                .await?;
            if let Sketch::Way(mut listed) = self.sketch(scout, &inside).await? {
                listed.auth = draft.way.auth;
                return self.way(*listed, Some(&inside)).await;
            }
        }
        // Until its secrets are set an app waits for its address, as every one that an operator has not filled in.
        draft.without_address();
        show::draft(self, &draft);
        self.save(&draft.yaml(None, self.lang), Vec::new()).await
    }

    async fn service(&self, answer: &Answer) -> anyhow::Result<Outcome> {
        let place = self.place(&answer.url);
        let way = infer::service(
            &answer.body,
            answer.header("content-type"),
            self.args.pick.as_deref(),
            &place,
        )
        .map_err(|nothing| anyhow::anyhow!("{}", nothing.why.in_lang(self.lang)))?;
        self.way(way, None).await
    }

    async fn file(&self, answer: &Answer) -> anyhow::Result<Outcome> {
        let mut place = self.place(&answer.url);
        place.upstream = None;
        let sketch = infer::sketch(answer, &place).map_err(|nothing| {
            anyhow::anyhow!("{}: {}", self.args.target, nothing.why.in_lang(self.lang))
        })?;
        match sketch {
            Sketch::Way(way) => {
                let mut draft = Draft::new(place, *way);
                draft.of_file();
                self.finish(draft, Some(answer)).await
            }
            _ => anyhow::bail!(
                "{}: {}",
                self.args.target,
                self.lang.pick(
                    "beri alamat aplikasinya, bukan salinan halamannya",
                    "name the app's address, not a copy of its page"
                )
            ),
        }
    }

    async fn way(&self, way: Way, answer: Option<&Answer>) -> anyhow::Result<Outcome> {
        let url: Url = match answer {
            Some(answer) => answer.url.clone(),
            None => self.args.target.parse()?,
        };
        self.finish(Draft::new(self.place(&url), way), answer).await
    }

    /// Reads rows, decides what they mean, records, writes.
    async fn finish(&self, mut draft: Draft, answer: Option<&Answer>) -> anyhow::Result<Outcome> {
        let at = SystemClock.now();
        let rows = match answer {
            Some(answer) => draft
                .rows(answer, at)
                .await
                .map_err(|why| anyhow::anyhow!(why)),
            None => self.live_rows(&draft).await,
        };
        let proposed = rows.as_ref().is_ok_and(|rows| draft.propose(rows));
        let mut recordings = Vec::new();
        let mut unread = Vec::new();
        if !proposed {
            unread.extend(rows.err().map(|error| format!("{error:#}")));
            draft.propose_typed();
        } else {
            let yaml = draft.yaml(None, self.lang);
            let connector = self
                .load(&yaml)
                .with_context(|| format!("{}\n{yaml}", self.faults(&yaml)))?;
            let given = answer.filter(|_| draft.place.upstream.is_none());
            let given = given.map(|answer| draft.recording(answer, at));
            match self.record(&connector, &draft.way.name, given).await {
                Ok(recording) => recordings.push(recording),
                Err(error) => unread.push(format!("{error:#}")),
            }
        }
        let yaml = match recordings.as_slice() {
            [recording] => draft.yaml(Some((&recording.name, recording.items)), self.lang),
            _ => draft.yaml(None, self.lang),
        };
        show::draft(self, &draft);
        show::unread(self, &unread);
        self.save(&yaml, recordings).await
    }

    async fn live_rows(&self, draft: &Draft) -> anyhow::Result<Vec<serde_json::Value>> {
        let connector = draft.probe(self.options()).map_err(|faults| {
            anyhow::anyhow!(
                "{}",
                faults
                    .iter()
                    .map(|fault| fault.message(self.lang))
                    .collect::<Vec<_>>()
                    .join("; ")
            )
        })?;
        let world = fetch::live_world(&self.hub, self.args.allow_private)?;
        let reader = Reader::new(connector, &draft.way.name)?;
        let rows = reader
            .raw(
                &Ask {
                    full: true,
                    ..Ask::default()
                },
                &world,
                ROWS,
            )
            .await;
        rows.map_err(|error| anyhow::anyhow!("{} [{}]", error.sentence(self.lang), error.code()))
    }

    /// Makes a recording, masked, of one source; `given` where the answer is at hand.
    async fn record(
        &self,
        connector: &Arc<Connector>,
        source: &str,
        given: Option<divos_adapters::fixture::Fixture>,
    ) -> anyhow::Result<Recording> {
        let read = connector
            .source(source)
            .with_context(|| source.to_owned())?;
        let taken = record::masked(
            connector,
            read,
            given,
            &self.hub,
            self.args.allow_private,
            self.lang,
        )
        .await?;
        save::tested(connector, read, taken, self.lang).await
    }

    /// The secrets that the hub knows.
    fn options(&self) -> LoadOptions {
        LoadOptions {
            secrets: Some(self.secrets.clone()),
        }
    }

    /// The connector that a text means; secrets that are not there yet do not keep it from being looked at.
    fn load(&self, yaml: &str) -> Option<Arc<Connector>> {
        let name = format!("{}.yaml", self.id);
        let known = load_str(&name, yaml, self.options());
        let found = known.get(&self.id).cloned();
        found.or_else(|| {
            load_str(&name, yaml, LoadOptions::default())
                .get(&self.id)
                .cloned()
        })
    }

    fn faults(&self, yaml: &str) -> String {
        let loaded = load_str(&format!("{}.yaml", self.id), yaml, LoadOptions::default());
        divos_manifest::render(&loaded.faults, self.lang, settings::human())
    }
}

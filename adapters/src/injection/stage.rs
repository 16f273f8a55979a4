//! One recording, opened: replayed as it is, and then with one thing wrong at a time.
//!
//! Owns how each fault is brought about.

use super::judge::{Case, Finding, judge};
use super::pass::Pass;
use super::rows::{Lost, Renamed, has, later};
use super::wire::{Answer, Disturbed, Effect, Tally};
use super::{Injected, body, endless};
use crate::drift::fields_of;
use crate::fixture::opening::Opening;
use crate::fixture::{Exchange, Failure, Fixture, REPLAY_KEY};
use crate::pull::way;
use crate::{Ask, Outbound, Pages, Pseudonym, Reader, Trouble, World};
use divos_manifest::{Connector, Deletes, Fetch, FixtureTest, HttpMethod, Source};
use divos_model::FixedClock;
use http::{HeaderMap, Method, StatusCode};
use serde_json::Value as Json;
use std::sync::Arc;
use std::time::Duration;

/// How long the hub waits for an app that never answers, in place of what its connector says.
const NEVER: Duration = Duration::from_millis(20);
/// The `Retry-After` that fits into a call, in seconds.
pub(super) const SHORT_WAIT: u64 = 1;
/// The one that does not.
pub(super) const LONG_WAIT: u64 = 600;
/// How many records are looked at for the fields they have.
const SAMPLE: usize = 20;

/// One recording, opened.
pub(super) struct Stage {
    connector: Arc<Connector>,
    at: usize,
    reader: Reader,
    ask: Ask,
    fixture: Fixture,
    given: Option<Vec<Json>>,
    /// What the records look like before any mapping.
    sample: Vec<Json>,
    /// What comes of the recording as it is.
    calm: Pass,
}

impl Stage {
    /// Opens a recording and replays it as it is.
    pub(super) async fn of(
        connector: &Arc<Connector>,
        test: &FixtureTest,
        source: &str,
    ) -> Result<Self, Finding> {
        let opened = open(connector, test, source).map_err(Finding::NotReplayed)?;
        let at = opened.reader.at;
        let mut stage = Self {
            connector: Arc::clone(opened.reader.connector()),
            at,
            reader: opened.reader,
            ask: opened.ask,
            fixture: opened.fixture,
            given: opened.given,
            sample: Vec::new(),
            calm: Pass::none(),
        };
        stage.calm = stage
            .pass(&stage.reader, stage.exchanges(), Effect::Calm)
            .await;
        if let Some(error) = stage.calm.error.take() {
            return Err(Finding::NotReplayed(Failure::Fetch { error }));
        }
        // From here on the source was read before, and knows what its records look like.
        stage.ask.shape = Some(stage.calm.summary.shape.clone());
        stage.sample = stage.records().await;
        Ok(stage)
    }

    /// Tells whether a fault can befall this recording.
    pub(super) fn takes(&self, fault: Injected) -> bool {
        let is_request = self.given.is_none();
        match fault {
            Injected::Nothing => false,
            Injected::LostConnection => !is_request,
            Injected::RenamedField => !self.fields().is_empty(),
            _ if !is_request => false,
            Injected::DuplicatePage | Injected::EndlessPages => self.without_end().is_some(),
            Injected::MovedColumn => {
                matches!(&self.source().fetch, Fetch::Html(_, table) if !table.cells.is_empty())
            }
            Injected::WrongCharset => {
                let bodies = self.fixture.exchanges.iter();
                bodies
                    .into_iter()
                    .any(|exchange| body::is_coded(&exchange.body))
            }
            _ => true,
        }
    }

    /// Replays the recording with one thing wrong, and says what is not as it must be.
    pub(super) async fn try_out(&self, fault: Injected) -> Vec<Finding> {
        let at = self.calm.last_full();
        let pass = match fault {
            Injected::RenamedField => return self.rename_each().await,
            Injected::LostConnection => self.lose().await,
            Injected::DuplicatePage | Injected::EndlessPages => self.repeat(fault).await,
            Injected::TimedOut => {
                let effect = effect(fault, at);
                self.pass(&self.impatient(), self.exchanges(), effect).await
            }
            _ => {
                self.pass(&self.reader, self.exchanges(), effect(fault, at))
                    .await
            }
        };
        self.judge(fault, &pass)
    }

    fn judge(&self, fault: Injected, pass: &Pass) -> Vec<Finding> {
        let source = self.source();
        let case = Case {
            fault,
            at: self.calm.last_full(),
            is_safe: self.is_safe(),
            is_child: source.parent.is_some(),
            sweeps: matches!(source.deletes, Deletes::Sweep { .. }),
            retries: self.connector.app.retries as usize,
        };
        judge(&case, &self.calm, pass)
    }

    pub(super) fn source(&self) -> &Source {
        &self.connector.sources[self.at]
    }

    fn exchanges(&self) -> Vec<Exchange> {
        self.fixture.exchanges.clone()
    }

    /// Whether its requests may be sent twice.
    fn is_safe(&self) -> bool {
        let source = self.source();
        let is_get = source
            .request()
            .is_some_and(|request| request.method == HttpMethod::Get);
        is_get && !matches!(source.fetch, Fetch::Soap(..))
    }

    async fn pass(&self, reader: &Reader, exchanges: Vec<Exchange>, effect: Effect) -> Pass {
        let wire = Arc::new(Disturbed::new(exchanges, effect));
        let world = self.world(Arc::clone(&wire));
        let pages = match &self.given {
            Some(rows) => reader.recorded(rows.clone(), self.ask.clone(), &world),
            None => reader.pages(self.ask.clone(), &world),
        };
        Pass::over(pages, || wire.tally()).await
    }

    fn world(&self, wire: Arc<Disturbed>) -> World {
        let clock = Arc::new(FixedClock::at(self.fixture.at));
        World {
            http: Arc::new(Outbound::new(wire, clock.clone())),
            clock,
            pseudonym: Arc::new(Pseudonym::new(REPLAY_KEY.to_vec())),
        }
    }

    /// The first records before any mapping.
    async fn records(&self) -> Vec<Json> {
        if let Some(rows) = &self.given {
            return rows.iter().take(SAMPLE).cloned().collect();
        }
        let wire = Arc::new(Disturbed::new(self.exchanges(), Effect::Calm));
        let raw = self.reader.raw(&self.ask, &self.world(wire), SAMPLE).await;
        raw.unwrap_or_default()
    }

    /// The same reader with little patience.
    fn impatient(&self) -> Reader {
        let mut connector = self.connector.as_ref().clone();
        connector.app.timeouts.total = NEVER;
        connector.app.timeouts.connect = NEVER;
        self.with(connector)
    }

    /// The same reader of a changed definition. What compiled before compiles again.
    fn with(&self, connector: Connector) -> Reader {
        let name = &self.source().name;
        Reader::new(Arc::new(connector), name).unwrap_or_else(|_| self.reader.clone())
    }

    /// The definition and the first answer, changed so that another page seems to follow.
    fn without_end(&self) -> Option<(Connector, Exchange)> {
        if self.source().parent.is_some() {
            return None;
        }
        let mut connector = self.connector.as_ref().clone();
        let mut first = self.fixture.exchanges.first()?.clone();
        let rows = self.calm.rows.first().copied().unwrap_or_default();
        let done = endless::prepare(&mut connector.sources[self.at], &mut first, rows);
        done.then_some((connector, first))
    }

    async fn repeat(&self, fault: Injected) -> Pass {
        let Some((connector, answer)) = self.without_end() else {
            return Pass::none();
        };
        let times = match fault {
            Injected::DuplicatePage => 2,
            _ => usize::MAX,
        };
        let rest = self.fixture.exchanges.iter().skip(1).cloned().collect();
        self.pass(
            &self.with(connector),
            rest,
            Effect::Repeated { answer, times },
        )
        .await
    }

    async fn lose(&self) -> Pass {
        let rows = self.given.clone().unwrap_or_default();
        let world = self.world(Arc::new(Disturbed::new(Vec::new(), Effect::Calm)));
        let way = Box::new(Lost::of(rows));
        let pages = Pages::over(way, self.reader.clone(), self.ask.clone(), world);
        Pass::over(pages, Tally::default).await
    }

    /// The fields that an item's identity and title come from, and what says that it is gone.
    fn fields(&self) -> Vec<String> {
        let source = self.source();
        let targets = ["id", "title"].iter();
        let mut fields: Vec<String> = targets
            .filter_map(|target| source.map.get(target))
            .flat_map(fields_of)
            .collect();
        if let Deletes::Tombstone(gone) = &source.deletes {
            fields.extend(fields_of(gone));
        }
        fields.sort();
        fields.dedup();
        fields.retain(|field| self.is_named(field));
        fields
    }

    /// Tells whether the records have a field by its name, and not by its place.
    fn is_named(&self, field: &str) -> bool {
        let by_place = |cells: &[(String, String)]| cells.iter().any(|(name, _)| name == field);
        if matches!(&self.source().fetch, Fetch::Html(_, table) if by_place(&table.cells)) {
            return false;
        }
        let rows = self.sample.iter().filter_map(Json::as_object);
        rows.into_iter().any(|row| has(row, field))
    }

    async fn rename_each(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for field in self.fields() {
            let pass = self.rename(&field).await;
            let found = self.judge(Injected::RenamedField, &pass).into_iter();
            findings.extend(found.map(|finding| Finding::OfField {
                field: field.clone(),
                finding: Box::new(finding),
            }));
        }
        findings
    }

    async fn rename(&self, field: &str) -> Pass {
        let mut connector = self.connector.as_ref().clone();
        rename_column(&mut connector.sources[self.at].fetch, field);
        let reader = self.with(connector);
        let wire = Arc::new(Disturbed::new(self.exchanges(), Effect::Calm));
        let world = self.world(Arc::clone(&wire));
        let inner = match &self.given {
            Some(rows) => way::given(rows.clone()),
            None => way::begin(&reader, &self.ask, &world),
        };
        let way = Box::new(Renamed {
            inner,
            field: field.to_owned(),
            select: self.source().select.clone(),
        });
        let pages = Pages::over(way, reader, self.ask.clone(), world);
        Pass::over(pages, || wire.tally()).await
    }
}

/// Opens a recording; a document is served like an answer.
fn open(connector: &Arc<Connector>, test: &FixtureTest, source: &str) -> Result<Opening, Failure> {
    let mut opening = Opening::of(connector, test, source)?;
    let is_document = opening.given.is_none() && opening.fixture.exchanges.is_empty();
    if is_document {
        let read = std::fs::read(&test.fixture);
        let body = read.map_err(|error| Failure::Unreadable {
            why: error.kind().to_string(),
        })?;
        let reader = Reader::new(Arc::clone(connector), source);
        opening.reader = reader.map_err(|error| Failure::NotOpened {
            why: error.to_string(),
        })?;
        opening.fixture.exchanges.push(Exchange {
            method: Method::GET,
            target: String::new(),
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body,
        });
    }
    Ok(opening)
}

/// Lets the document lack the column that a field is read from: to the definition it is another name.
fn rename_column(fetch: &mut Fetch, field: &str) {
    let (guard, header) = match fetch {
        Fetch::Html(_, table) => {
            let column = table.columns.iter_mut().find(|(name, _)| name == field);
            let header = column.map(|(_, header)| std::mem::replace(header, later(header)));
            (&mut table.guard_columns, header)
        }
        Fetch::Csv(_, csv) => (&mut csv.table.guard_columns, None),
        Fetch::Xlsx(_, sheet) => (&mut sheet.table.guard_columns, None),
        _ => return,
    };
    let header = header.as_deref().unwrap_or(field);
    let guarded = guard.iter_mut().filter(|name| *name == header);
    guarded.for_each(|name| *name = later(name));
}

/// What happens on the wire, at the answer with this number.
fn effect(fault: Injected, at: usize) -> Effect {
    let page = |status, retry_after, body| Answer::Page {
        status,
        retry_after,
        body,
    };
    let lasting = |answer| Effect::Instead {
        at,
        once: false,
        answer,
    };
    let once = |answer| Effect::Instead {
        at,
        once: true,
        answer,
    };
    let altered = |at, alter| Effect::Altered { at, alter };
    match fault {
        Injected::Unauthorized => lasting(page(StatusCode::UNAUTHORIZED, None, body::ERROR)),
        Injected::SessionExpired => lasting(page(StatusCode::FORBIDDEN, None, body::LOGIN)),
        Injected::LoginPage => lasting(page(StatusCode::OK, None, body::LOGIN)),
        Injected::ErrorPage => lasting(page(StatusCode::OK, None, body::ERROR)),
        Injected::EmptyAnswer => lasting(page(StatusCode::OK, None, "")),
        Injected::ServerError => {
            lasting(page(StatusCode::INTERNAL_SERVER_ERROR, None, body::ERROR))
        }
        Injected::Unavailable => once(page(StatusCode::SERVICE_UNAVAILABLE, None, body::ERROR)),
        Injected::RateLimited => {
            let wait = Some(SHORT_WAIT);
            once(page(StatusCode::TOO_MANY_REQUESTS, wait, ""))
        }
        Injected::RateLimitedLong => {
            let wait = Some(LONG_WAIT);
            lasting(page(StatusCode::TOO_MANY_REQUESTS, wait, ""))
        }
        Injected::TimedOut => lasting(Answer::Never),
        Injected::CutOff => lasting(Answer::Trouble(Trouble::Truncated)),
        Injected::Truncated => altered(Some(at), body::halved),
        Injected::WrongCharset => altered(None, body::transcoded),
        Injected::MovedColumn => altered(None, body::shifted),
        _ => Effect::Calm,
    }
}

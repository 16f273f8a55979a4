//! Whole scenes of the door, on the real store: what sso.md says has gone wrong elsewhere, tried here.

mod apps;
mod handing_over;
mod jwt_check;
mod keeping;
mod programs;
mod signing_in;

use crate::{
    Caller, Client, ImportOptions, SignInOutcome, SignedIn, Sso, SsoSettings, SsoStores, Why,
};
use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use divos_model::FixedClock;
use divos_store::{AuditRow, Options, Store};
use http::{HeaderMap, HeaderValue, header};
use std::sync::Arc;

pub(crate) const HUB: &str = "divos.example";
pub(crate) const APP: &str = "surat.divos.example";
pub(crate) const PASSWORD: &str = "kunci rumah tua";
pub(crate) const NIP: &str = "990001012026012002";

const UNITS: &str = "code,name,parent\n000000,Kota (contoh),\n030801,Diskominfos (contoh),000000\n030894,Seksi Aplikasi (contoh),030801\n030201,Dinas Kesehatan (contoh),000000\n";
const PEOPLE: &str = "nip,name,email,unit,post,post_type,assignment,from,to,roles,password\n\
    990001012026012002,Ni Luh Sekar Contoh,sekar@denpasar.example,030894,Pranata Komputer,fungsional,definitif,2025-01-01,,operator admin,kunci rumah tua\n\
    990001012026012002,Ni Luh Sekar Contoh,sekar@denpasar.example,030201,Plt. Kepala Dinas,struktural,plt,2026-01-01,2026-03-31,,\n\
    990001012026011003,I Made Bagus Contoh,bagus@denpasar.example,030894,Pengelola Sistem,pelaksana,definitif,2025-01-01,,,sawah di belakang\n";

/// A hub's door on a store of its own.
pub(crate) struct World {
    pub(crate) sso: Arc<Sso>,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) store: Store,
    _dir: tempfile::TempDir,
}

/// Nine in the morning of 2 March 2026, WITA.
fn morning() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 1, 0, 0)
        .single()
        .expect("a time")
}

impl World {
    /// A door with two people: Sekar (two posts, operator) and Bagus.
    pub(crate) async fn new() -> Self {
        let world = Self::empty().await;
        let sso = &world.sso;
        let units = sso
            .import_units(UNITS.as_bytes(), ImportOptions::default(), &mut |_| {})
            .await
            .expect("units");
        assert_eq!(units.faults, []);
        let people = sso
            .import_people(PEOPLE.as_bytes(), ImportOptions::default(), &mut |_| {})
            .await
            .expect("people");
        assert_eq!(people.faults, []);
        assert_eq!(people.added, 2);
        world
    }

    pub(crate) async fn empty() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let store = divos_store::open(Options::at(dir.path())).expect("a store");
        let clock = Arc::new(FixedClock::at(morning()));
        let sso = Sso::open(settings(), SsoStores::from(&store), clock.clone())
            .await
            .expect("a door");
        Self {
            sso,
            clock,
            store,
            _dir: dir,
        }
    }

    /// Another node on the same store, or the same hub after a restart.
    pub(crate) async fn another_node(&self) -> Arc<Sso> {
        Sso::open(settings(), SsoStores::from(&self.store), self.clock.clone())
            .await
            .expect("a door")
    }

    pub(crate) fn wait(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    /// Tries to sign in from a browser.
    pub(crate) async fn attempt(
        &self,
        login: &str,
        password: &str,
        browser: &HeaderMap,
        address: &str,
    ) -> SignInOutcome {
        let client = Client {
            address: address.parse().expect("an address"),
            label: "Firefox, Android".into(),
        };
        self.sso
            .sign_in(login, &password.into(), &client, browser)
            .await
            .expect("an answer")
    }

    /// Signs Sekar in from a fresh browser; returns that browser.
    pub(crate) async fn sekar(&self) -> (Arc<SignedIn>, HeaderMap) {
        match self
            .attempt(
                "sekar@denpasar.example",
                PASSWORD,
                &HeaderMap::new(),
                "192.0.2.7",
            )
            .await
        {
            SignInOutcome::SignedIn { person, cookies } => (person, browser(&cookies)),
            other => panic!("not signed in: {other:?}"),
        }
    }

    pub(crate) async fn who(&self, host: &str, browser: &HeaderMap) -> Caller {
        self.sso.identify(host, browser).await.expect("an answer")
    }

    pub(crate) async fn events(&self) -> Vec<AuditRow> {
        self.store.audit.rows(0, 1000).await.expect("rows")
    }
}

fn settings() -> SsoSettings {
    SsoSettings {
        refused_passwords: vec!["Contoh-Denpasar-2026".into()],
        passwords_at_once: 2,
        ..SsoSettings::for_host(HUB)
    }
}

/// A browser that keeps these cookies.
pub(crate) fn browser(set_cookies: &[HeaderValue]) -> HeaderMap {
    let pairs: Vec<&str> = set_cookies
        .iter()
        .map(|value| {
            value
                .to_str()
                .expect("text")
                .split(';')
                .next()
                .expect("a pair")
        })
        .filter(|pair| !pair.ends_with('='))
        .collect();
    cookie(&pairs.join("; "))
}

pub(crate) fn cookie(text: &str) -> HeaderMap {
    HeaderMap::from_iter([(
        header::COOKIE,
        HeaderValue::from_str(text).expect("a value"),
    )])
}

pub(crate) fn why(caller: Caller) -> Option<Why> {
    match caller {
        Caller::Anonymous(why) => Some(why),
        _ => None,
    }
}

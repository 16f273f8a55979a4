//! Which apps the city has, of which make, and whose they are.
//!
//! Owns the table; never knows how a make answers (see `make`).

use std::fmt;

/// How an app was built, and so how it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Make {
    /// JSON with `page` and `last_page`.
    PagedJson,
    /// JSON with `offset`, `limit` and `total`.
    OffsetJson,
    /// JSON with a `next_cursor`.
    CursorJson,
    /// A bare JSON array; the next page in a `Link` header.
    LinkJson,
    /// RSS 2.0.
    Rss,
    /// Atom (RFC 4287).
    Atom,
    /// JSON Feed 1.1.
    JsonFeed,
    /// The REST API of WordPress.
    Wordpress,
    /// The REST API of Redmine, behind an API key.
    Redmine,
    /// An old PHP app: numbers as strings, a key with a space, Indonesian dates without a zone.
    Legacy,
    /// Letters with dispositions.
    Letters,
    /// A legal-documents site: the bare array of JDIHN.
    Regulation,
    /// Answers after some seconds.
    Slow,
    /// Fails again and again: 500, and now and then an HTML page for JSON.
    Failing,
    /// Nobody listens on its port.
    Down,
    /// Shows the identity headers that it received; has a socket, a stream, uploads and downloads.
    Identity,
    /// Behind HTTP Basic.
    Basic,
}

impl Make {
    /// A short English word for the make.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PagedJson => "paged JSON",
            Self::OffsetJson => "offset JSON",
            Self::CursorJson => "cursor JSON",
            Self::LinkJson => "linked JSON",
            Self::Rss => "RSS 2.0",
            Self::Atom => "Atom",
            Self::JsonFeed => "JSON Feed",
            Self::Wordpress => "WordPress-like",
            Self::Redmine => "Redmine-like",
            Self::Legacy => "old PHP",
            Self::Letters => "letters",
            Self::Regulation => "JDIH",
            Self::Slow => "slow",
            Self::Failing => "failing",
            Self::Down => "down",
            Self::Identity => "identity",
            Self::Basic => "basic auth",
        }
    }
}

impl fmt::Display for Make {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// One app of the running city.
#[derive(Debug, Clone)]
pub struct CityApp {
    /// Slug, as in the city's register.
    pub id: &'static str,
    /// The name a person reads.
    pub title: &'static str,
    /// Code of the agency that owns it.
    pub owner: &'static str,
    /// `http://127.0.0.1:PORT`, no slash at the end.
    pub base_url: String,
    /// How it is built.
    pub make: Make,
}

/// An app before it has an address.
pub(crate) struct Spec {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) owner: &'static str,
    pub(crate) make: Make,
    /// Where its data lies; breakages touch these paths only.
    pub(crate) data: &'static str,
}

const fn spec(
    id: &'static str,
    title: &'static str,
    owner: &'static str,
    make: Make,
    data: &'static str,
) -> Spec {
    Spec {
        id,
        title,
        owner,
        make,
        data,
    }
}

/// Every app of the city, in the order in which it is shown.
pub(crate) const SPECS: &[Spec] = &[
    spec(
        "tnde",
        "TNDE (Tata Naskah Dinas Elektronik)",
        "030801",
        Make::Letters,
        "/api/surat",
    ),
    spec(
        "pro-denpasar",
        "PRO Denpasar (Pengaduan)",
        "030801",
        Make::Redmine,
        "/issues.json",
    ),
    spec(
        "web-denpasar",
        "Web Portal Kota Denpasar",
        "030801",
        Make::Wordpress,
        "/wp-json",
    ),
    spec(
        "simak-dihati",
        "SIMAK DIHATI (Kepegawaian)",
        "040301",
        Make::Identity,
        "/api/cuti",
    ),
    spec(
        "simparsa",
        "SIMPARSA (Agenda dan Ruang Rapat)",
        "030801",
        Make::OffsetJson,
        "/api/agenda",
    ),
    spec(
        "sipenjar",
        "SIPENJAR (Tugas dan Pekerjaan)",
        "030801",
        Make::CursorJson,
        "/api/v2/tugas",
    ),
    spec(
        "e-kinerja",
        "e-Kinerja (Presensi)",
        "030801",
        Make::PagedJson,
        "/api/presensi",
    ),
    spec(
        "simonev",
        "Simonev (Karma Simanis)",
        "030801",
        Make::Legacy,
        "/data.php",
    ),
    spec(
        "sim-perijinan",
        "SIM Perijinan",
        "140018",
        Make::LinkJson,
        "/permohonan",
    ),
    spec(
        "jdih",
        "Jaringan Dokumentasi Informasi Hukum (JDIH)",
        "011201",
        Make::Regulation,
        "/integrasi.json",
    ),
    spec(
        "portal-spbe",
        "Portal SPBE",
        "030801",
        Make::Rss,
        "/rss.xml",
    ),
    spec(
        "ppid",
        "PPID (Informasi Publik)",
        "030801",
        Make::Atom,
        "/atom.xml",
    ),
    spec(
        "harga-pasar",
        "Harga Pasar",
        "031401",
        Make::JsonFeed,
        "/feed.json",
    ),
    spec(
        "sidok",
        "SIDOK (Dokumen)",
        "030801",
        Make::Basic,
        "/api/dokumen",
    ),
    spec(
        "smart-arsip",
        "Smart Arsip",
        "040701",
        Make::Slow,
        "/api/arsip",
    ),
    spec(
        "ketinggian-air",
        "Pengukur Ketinggian Air",
        "040801",
        Make::Failing,
        "/api/peringatan",
    ),
    spec(
        "atcs",
        "Live Streaming ATCS",
        "030701",
        Make::Down,
        "/api/kamera",
    ),
];

//! The connector of each app, with the address it has today.
//!
//! Owns the YAML texts (in `connectors/`) and the made-up credentials; never reads them back: the hub's own reader does.

use crate::app::CityApp;

/// The API key that the Redmine-like app wants.
pub(crate) const REDMINE_KEY: &str = "kunci-contoh-pro-denpasar";
/// The user that the Basic app wants.
pub(crate) const BASIC_USER: &str = "hub-contoh";
/// The password that the Basic app wants.
pub(crate) const BASIC_PASSWORD: &str = "sandi-contoh-sidok";

/// The headers in which the city's apps look for the person, the one with the name first; lower case.
pub(crate) const IDENTITY_HEADERS: &[&str] = &[
    "x-remote-name",
    "x-remote-user",
    "x-remote-email",
    "x-remote-unit",
    "x-remote-post",
    "x-remote-roles",
];

/// A secret that the city's connectors name, with its made-up value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secret {
    /// As in `${secret:<path>}`.
    pub path: &'static str,
    /// The value.
    pub value: &'static str,
}

/// Every secret that the city's connectors name.
pub(crate) const SECRETS: &[Secret] = &[
    Secret {
        path: "pro-denpasar/key",
        value: REDMINE_KEY,
    },
    Secret {
        path: "sidok/user",
        value: BASIC_USER,
    },
    Secret {
        path: "sidok/password",
        value: BASIC_PASSWORD,
    },
];

/// The connector of one app: its text with `@BASE@` replaced by its address.
pub(crate) fn yaml(app: &CityApp) -> String {
    text(app.id).replace("@BASE@", &app.base_url)
}

/// What is written for one app.
fn text(app: &str) -> &'static str {
    match app {
        "tnde" => include_str!("../connectors/tnde.yaml"),
        "pro-denpasar" => include_str!("../connectors/pro-denpasar.yaml"),
        "web-denpasar" => include_str!("../connectors/web-denpasar.yaml"),
        "simak-dihati" => include_str!("../connectors/simak-dihati.yaml"),
        "simparsa" => include_str!("../connectors/simparsa.yaml"),
        "sipenjar" => include_str!("../connectors/sipenjar.yaml"),
        "e-kinerja" => include_str!("../connectors/e-kinerja.yaml"),
        "simonev" => include_str!("../connectors/simonev.yaml"),
        "sim-perijinan" => include_str!("../connectors/sim-perijinan.yaml"),
        "jdih" => include_str!("../connectors/jdih.yaml"),
        "portal-spbe" => include_str!("../connectors/portal-spbe.yaml"),
        "ppid" => include_str!("../connectors/ppid.yaml"),
        "harga-pasar" => include_str!("../connectors/harga-pasar.yaml"),
        "sidok" => include_str!("../connectors/sidok.yaml"),
        "smart-arsip" => include_str!("../connectors/smart-arsip.yaml"),
        "ketinggian-air" => include_str!("../connectors/ketinggian-air.yaml"),
        _ => include_str!("../connectors/atcs.yaml"),
    }
}

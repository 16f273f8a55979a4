//! The overlay that an operator gives with an approval: where the app is, and which private networks may be called for it.
//!
//! Owns its text and that it is never written over another. It must never take an address from anybody but an operator.

use super::draft::quoted;
use crate::definitions::editing::{Folder, FolderError};
use divos_manifest::{Format, LoadOptions, Severity, load_texts, render};
use divos_model::{AppId, Lang};
use std::path::Path;
use url::Url;

/// Where an app is, as an operator gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    address: Url,
    networks: Vec<String>,
}

/// Why an overlay cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum OverlayFault {
    /// The address is no web address.
    #[error("`{0}` is not a web address")]
    Address(String),
    /// There is no folder of overlays.
    #[error("connectors.overlay is not set")]
    NoFolder,
    /// The app has an overlay that says something else.
    #[error("there is another overlay of that name")]
    Exists,
    /// The definition with this overlay is faulty; what the check says.
    #[error("the definition with this overlay is faulty")]
    Faulty(String),
    /// The file cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The writing ended before its end.
    #[error("the work was interrupted")]
    Interrupted,
}

impl OverlayFault {
    /// Says what is the matter and what to do.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        let (id, en) = match self {
            Self::Address(text) => {
                return format!(
                    "`{text}`: {}",
                    lang.pick(
                        "bukan alamat web; tulis seperti https://10.20.0.15:8080.",
                        "this is no web address; write it like https://10.20.0.15:8080."
                    )
                );
            }
            Self::NoFolder => (
                "Hub ini belum punya folder overlay, jadi alamat tidak dapat disimpan. Isi connectors.overlay di hub.yaml, atau setujui tanpa alamat.",
                "This hub has no folder of overlays yet, so the address cannot be kept. Set connectors.overlay in hub.yaml, or approve without an address.",
            ),
            Self::Exists => (
                "Sudah ada overlay lain dengan nama ini. Periksa berkasnya, lalu setujui tanpa alamat.",
                "There is another overlay of this name. Look at its file, then approve without an address.",
            ),
            Self::Faulty(check) => {
                return format!(
                    "{}\n{check}",
                    lang.pick(
                        "Definisi dengan alamat ini tidak sah:",
                        "The definition with this address is not valid:"
                    )
                );
            }
            Self::Folder(_) | Self::Interrupted => (
                "Overlay tidak dapat ditulis. Periksa hak tulis hub atas folder overlay, lalu coba lagi.",
                "The overlay cannot be written. See that the hub may write the folder of overlays, then try again.",
            ),
        };
        lang.pick(id, en).to_owned()
    }
}

impl Place {
    /// Reads what an operator typed; `None` where they give no address.
    pub(super) fn read(address: &str, networks: &str) -> Result<Option<Self>, OverlayFault> {
        let address = address.trim();
        if address.is_empty() {
            return Ok(None);
        }
        let url = Url::parse(address).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let networks = networks.split([',', ' ', ';']);
        let networks = networks.filter(|network| !network.is_empty());
        Ok(Some(Self {
            address: url.ok_or_else(|| OverlayFault::Address(address.to_owned()))?,
            networks: networks.map(str::to_owned).collect(),
        }))
    }

    /// Writes the overlay's text.
    pub(super) fn text(&self) -> String {
        // An upstream is an origin; what the app opens below it is the definition's to say.
        let address = self.address.as_str().trim_end_matches('/');
        let mut app = format!("upstreams: [{}]", quoted(address));
        if !self.networks.is_empty() {
            let networks: Vec<String> = self.networks.iter().map(|one| quoted(one)).collect();
            app.push_str(&format!(", networks: [{}]", networks.join(", ")));
        }
        format!(
            "# Given by an operator when the app's registration was approved.\napp: {{ {app} }}\n"
        )
    }
}

/// Checks a definition together with its overlay.
pub(super) fn check(
    app: &AppId,
    definition: &str,
    overlay: &str,
    lang: Lang,
) -> Result<(), OverlayFault> {
    let name = format!("{app}.yaml");
    let loaded = load_texts(
        &[(&name, definition)],
        &[],
        &[(&name, overlay)],
        LoadOptions::default(),
    );
    let mut faults = loaded.faults;
    faults.retain(|fault| fault.severity() == Severity::Error);
    match faults.is_empty() {
        true => Ok(()),
        false => Err(OverlayFault::Faulty(render(&faults, lang, Format::Human))),
    }
}

/// Writes an app's overlay; one that says the same is left as it is. Returns whether it was written.
pub(super) async fn write(
    dir: Option<&Path>,
    app: &AppId,
    text: &str,
) -> Result<bool, OverlayFault> {
    let folder = Folder::new(dir.ok_or(OverlayFault::NoFolder)?);
    let (app, text) = (app.clone(), text.to_owned());
    let work = move || match folder.read(&app)? {
        Some(there) if there == text => Ok(false),
        Some(_) => Err(OverlayFault::Exists),
        None => {
            folder.write(&app, Some(&text))?;
            Ok(true)
        }
    };
    let written = tokio::task::spawn_blocking(work).await;
    written.map_err(|_| OverlayFault::Interrupted)?
}

/// Takes an overlay away that was written for an approval that did not come about.
pub(super) async fn take_back(dir: Option<&Path>, app: &AppId) {
    let Some(dir) = dir else { return };
    let (folder, app) = (Folder::new(dir), app.clone());
    let removed = tokio::task::spawn_blocking(move || folder.write(&app, None)).await;
    if !matches!(removed, Ok(Ok(()))) {
        tracing::error!("an overlay that was written for nothing could not be removed");
    }
}

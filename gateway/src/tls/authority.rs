//! A certificate authority of one's own, for the demo and for networks without one.
//!
//! Owns four files in one directory (mode 0700, keys 0600): the authority and one leaf for the hub's hosts.
//! The authority is made once and kept, so that a browser needs to be told of it once.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};

use super::files::CertificateFiles;

/// The authority's public certificate, for browsers to trust.
const CA_CERT: &str = "ca.pem";
const CA_KEY: &str = "ca.key";
const LEAF_CERT: &str = "hub.pem";
const LEAF_KEY: &str = "hub.key";
/// The leaf's last day and its names, so that the next start knows whether it still serves.
const LEAF_NOTE: &str = "hub.names";

const LEAF_DAYS: u64 = 397;
const RENEW_DAYS: u64 = 30;
const CA_YEARS: i32 = 10;

/// Why the authority cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// A file could not be read or written.
    #[error("cannot use {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A key or certificate could not be made or understood.
    #[error("cannot make a certificate in {}", dir.display())]
    Certificate {
        /// The directory.
        dir: PathBuf,
        /// Why.
        source: rcgen::Error,
    },
}

/// A self-made authority in a directory, with a leaf for some hosts.
#[derive(Clone, Debug)]
pub struct Authority {
    dir: PathBuf,
}

impl Authority {
    /// Opens or makes the authority in `dir`, with a leaf that is valid for `names` (such as `divos.localhost` and
    /// `*.divos.localhost`) for at least a month from `now`.
    ///
    /// # Errors
    /// When the files cannot be read, written or understood; nothing that exists is overwritten but the leaf.
    pub fn open(dir: &Path, names: &[String], now: DateTime<Utc>) -> Result<Self, AuthorityError> {
        let authority = Self {
            dir: dir.to_owned(),
        };
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(dir)
            .map_err(|source| authority.file_error(dir, source))?;
        let key = authority.authority_key(now)?;
        if !authority.leaf_serves(names, now) {
            authority.issue(key, names, now)?;
        }
        Ok(authority)
    }

    /// The leaf, for [`super::load`].
    pub fn leaf(&self) -> CertificateFiles {
        CertificateFiles {
            cert: self.path(LEAF_CERT),
            key: self.path(LEAF_KEY),
        }
    }

    /// The authority's certificate, for browsers and clients to trust.
    pub fn certificate(&self) -> PathBuf {
        self.path(CA_CERT)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    fn authority_key(&self, now: DateTime<Utc>) -> Result<KeyPair, AuthorityError> {
        let (cert, key) = (self.path(CA_CERT), self.path(CA_KEY));
        if cert.exists() && key.exists() {
            let pem = fs::read_to_string(&key).map_err(|source| self.file_error(&key, source))?;
            return KeyPair::from_pem(&pem).map_err(|source| self.certificate_error(source));
        }
        let pair = KeyPair::generate().map_err(|source| self.certificate_error(source))?;
        let mut params = authority_params();
        let last =
            NaiveDate::from_ymd_opt(today(now).year() + CA_YEARS, 1, 1).unwrap_or(NaiveDate::MAX);
        set_validity(&mut params, today(now), last);
        let made = params
            .self_signed(&pair)
            .map_err(|source| self.certificate_error(source))?;
        self.write(CA_KEY, 0o600, &pair.serialize_pem())?;
        self.write(CA_CERT, 0o644, &made.pem())?;
        Ok(pair)
    }

    fn leaf_serves(&self, names: &[String], now: DateTime<Utc>) -> bool {
        let Ok(note) = fs::read_to_string(self.path(LEAF_NOTE)) else {
            return false;
        };
        let mut lines = note.lines();
        let last = lines.next().and_then(|line| line.parse::<NaiveDate>().ok());
        let lasts = last.is_some_and(|last| last >= today(now) + Days::new(RENEW_DAYS));
        let named: Vec<&str> = lines.collect();
        lasts
            && names.iter().all(|name| named.contains(&name.as_str()))
            && self.path(LEAF_CERT).exists()
            && self.path(LEAF_KEY).exists()
    }

    fn issue(
        &self,
        authority: KeyPair,
        names: &[String],
        now: DateTime<Utc>,
    ) -> Result<(), AuthorityError> {
        let wrong = |source| self.certificate_error(source);
        let last = today(now) + Days::new(LEAF_DAYS);
        let mut params = CertificateParams::new(names.to_vec()).map_err(wrong)?;
        params
            .distinguished_name
            .push(DnType::CommonName, "DIVOS Hub");
        set_validity(&mut params, today(now) - Days::new(1), last);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let pair = KeyPair::generate().map_err(wrong)?;
        let issuer = Issuer::new(authority_params(), authority);
        let made = params.signed_by(&pair, &issuer).map_err(wrong)?;
        self.write(LEAF_KEY, 0o600, &pair.serialize_pem())?;
        self.write(LEAF_CERT, 0o644, &made.pem())?;
        self.write(LEAF_NOTE, 0o644, &format!("{last}\n{}\n", names.join("\n")))
    }

    /// Writes beside and renames, so that a crash never leaves half a key.
    fn write(&self, name: &str, mode: u32, text: &str) -> Result<(), AuthorityError> {
        let path = self.path(name);
        let beside = self.path(&format!(".{name}.new"));
        let write = || -> std::io::Result<()> {
            let _ = fs::remove_file(&beside);
            let mut file = fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(mode)
                .open(&beside)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&beside, &path)
        };
        write().map_err(|source| self.file_error(&path, source))
    }

    fn file_error(&self, path: &Path, source: std::io::Error) -> AuthorityError {
        AuthorityError::File {
            path: path.to_owned(),
            source,
        }
    }

    fn certificate_error(&self, source: rcgen::Error) -> AuthorityError {
        AuthorityError::Certificate {
            dir: self.dir.clone(),
            source,
        }
    }
}

fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, "DIVOS Hub, self-made authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn today(now: DateTime<Utc>) -> NaiveDate {
    now.date_naive()
}

fn set_validity(params: &mut CertificateParams, first: NaiveDate, last: NaiveDate) {
    let day = |date: NaiveDate| date_time_ymd(date.year(), date.month() as u8, date.day() as u8);
    (params.not_before, params.not_after) = (day(first), day(last));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::load;
    use std::os::unix::fs::PermissionsExt as _;

    fn names() -> Vec<String> {
        vec!["divos.localhost".into(), "*.divos.localhost".into()]
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn is_made_once_kept_private_and_used_again() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("tls");
        let now = at("2026-01-15T00:00:00Z");
        let authority = Authority::open(&dir, &names(), now).unwrap();
        let ca = fs::read(authority.certificate()).unwrap();
        let leaf = fs::read(authority.leaf().cert).unwrap();
        for (path, mode) in [
            (dir.clone(), 0o700),
            (authority.leaf().key, 0o600),
            (dir.join(CA_KEY), 0o600),
        ] {
            assert_eq!(
                fs::metadata(path).unwrap().permissions().mode() & 0o777,
                mode
            );
        }
        let again = Authority::open(&dir, &names(), at("2026-06-01T00:00:00Z")).unwrap();
        assert_eq!(ca, fs::read(again.certificate()).unwrap());
        assert_eq!(leaf, fs::read(again.leaf().cert).unwrap());
        Authority::open(&dir, &names(), at("2027-02-01T00:00:00Z")).unwrap();
        assert_eq!(
            ca,
            fs::read(dir.join(CA_CERT)).unwrap(),
            "the authority stays"
        );
        assert_ne!(
            leaf,
            fs::read(dir.join(LEAF_CERT)).unwrap(),
            "the leaf is renewed in time"
        );
    }

    #[test]
    fn the_leaf_serves_the_hub_and_every_app() {
        let dir = tempfile::tempdir().unwrap();
        let authority = Authority::open(dir.path(), &names(), at("2026-01-15T00:00:00Z")).unwrap();
        let certificates = load(&[authority.leaf()]).unwrap();
        assert_eq!(
            certificates.names(),
            ["*.divos.localhost", "divos.localhost"]
        );
        assert!(certificates.find("Simpeg.divos.localhost").is_some());
        assert!(certificates.find("a.b.divos.localhost").is_none());
        assert!(certificates.find("elsewhere.test").is_none());
    }
}

//! The certificate: whom it names, who vouches for it, how long it lasts.
//!
//! The handshake is finished whatever the certificate says, so that it can be shown; nothing is sent over it.

use super::Origin;
use super::report::{Report, both};
use chrono::{DateTime, Utc};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

/// A certificate that ends sooner should be renewed now, in days.
const SOON: i64 = 14;

/// What a handshake showed.
#[derive(Debug, Clone)]
struct Shown {
    certificate: CertificateDer<'static>,
    verdict: Result<(), Error>,
}

/// Notes the certificate and the verdict of the machine's own trust, and lets the handshake go on.
#[derive(Debug)]
struct Witness {
    trust: Arc<dyn ServerCertVerifier>,
    shown: Mutex<Option<Shown>>,
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verdict =
            self.trust
                .verify_server_cert(end_entity, intermediates, server_name, ocsp, now);
        *self.shown.lock().unwrap_or_else(|e| e.into_inner()) = Some(Shown {
            certificate: end_entity.clone().into_owned(),
            verdict: verdict.map(|_| ()),
        });
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.trust.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.trust.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.trust.supported_verify_schemes()
    }
}

/// The trust that data requests use too.
fn trust() -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(Arc::new(rustls_platform_verifier::Verifier::new(provider)?))
}

/// Checks the certificate; tells whether data requests will accept it.
pub(super) async fn check(
    origin: &Origin,
    socket: TcpStream,
    wait: Duration,
    report: &mut Report,
) -> bool {
    let name = origin.name();
    let trust = match trust() {
        Ok(trust) => trust,
        Err(error) => {
            let todo = (
                "pasang paket ca-certificates pada mesin ini",
                "install the package ca-certificates on this machine",
            );
            report.fault("tls", &name, both(error.to_string()), todo);
            return false;
        }
    };
    let witness = Arc::new(Witness {
        trust,
        shown: Mutex::default(),
    });
    match timeout(wait, shake(origin, socket, witness.clone())).await {
        Err(_) => {
            report.slow("tls", origin);
            return false;
        }
        Ok(Err(error)) => {
            let todo = (
                "apakah porta ini sungguh berbicara TLS? perlu TLS 1.2 atau lebih baru",
                "does this port speak TLS at all? TLS 1.2 or newer is needed",
            );
            report.fault("tls", &name, both(error), todo);
            return false;
        }
        Ok(Ok(())) => {}
    }
    let shown = witness
        .shown
        .lock()
        .unwrap_or_else(|e| e.into_inner())
        .take();
    shown.is_some_and(|shown| judge(&name, &shown, report))
}

async fn shake(origin: &Origin, socket: TcpStream, witness: Arc<Witness>) -> Result<(), String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(witness)
        .with_no_client_auth();
    let name = ServerName::try_from(origin.host.clone()).map_err(|error| error.to_string())?;
    let connector = TlsConnector::from(Arc::new(config));
    let shaken = connector.connect(name, socket).await;
    shaken.map(|_| ()).map_err(|error| error.to_string())
}

/// Says what the certificate holds and what the machine's trust thinks of it.
fn judge(origin: &str, shown: &Shown, report: &mut Report) -> bool {
    let (names, ends, issuer) = match X509Certificate::from_der(&shown.certificate) {
        Ok((_, certificate)) => contents(&certificate),
        Err(error) => {
            let todo = ("pasang sertifikat yang sah", "install a valid certificate");
            report.fault("tls", origin, both(error.to_string()), todo);
            return false;
        }
    };
    let day = ends.format("%Y-%m-%d");
    let holds = (
        format!("untuk {names}, sampai {day}, dari {issuer}"),
        format!("for {names}, until {day}, by {issuer}"),
    );
    if let Err(error) = &shown.verdict {
        let (words, todo) = refusal(error);
        let says = (
            format!("{}; sertifikat {}", words.0, holds.0),
            format!("{}; the certificate is {}", words.1, holds.1),
        );
        report.fault("tls", origin, says, todo);
        return false;
    }
    if (ends - Utc::now()).num_days() < SOON {
        let todo = ("perbarui sertifikat sekarang", "renew the certificate now");
        report.note("tls", origin, holds, todo);
    } else {
        report.ok("tls", origin, holds);
    }
    true
}

/// Whom it names, when it ends, and who signed it.
fn contents(certificate: &X509Certificate<'_>) -> (String, DateTime<Utc>, String) {
    let extension = certificate.subject_alternative_name().ok().flatten();
    let names = extension.map(|found| &found.value.general_names);
    let named = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => ip(bytes).map(|ip| ip.to_string()),
        _ => None,
    };
    let names: Vec<String> = names.into_iter().flatten().filter_map(named).collect();
    let ends = certificate.validity().not_after.timestamp();
    (
        match names.is_empty() {
            true => "–".to_owned(),
            false => names.join(", "),
        },
        DateTime::from_timestamp(ends, 0).unwrap_or_default(),
        certificate.issuer().to_string(),
    )
}

fn ip(bytes: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from).ok();
    four.or_else(|| <[u8; 16]>::try_from(bytes).map(IpAddr::from).ok())
}

type Words = (&'static str, &'static str);

/// Why the certificate is refused, and what to do about it.
fn refusal(error: &Error) -> ((String, String), Words) {
    let words = |id: &str, en: &str| (id.to_owned(), en.to_owned());
    match error {
        Error::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        ) => (
            words("kedaluwarsa", "expired"),
            (
                "perbarui sertifikat aplikasi",
                "renew the app's certificate",
            ),
        ),
        Error::InvalidCertificate(
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
        ) => (
            words("belum berlaku", "not valid yet"),
            (
                "periksa jam mesin ini dan jam aplikasi",
                "check the clocks of this machine and of the app",
            ),
        ),
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => (
            words("untuk nama lain", "for another name"),
            (
                "panggil aplikasi dengan nama dalam sertifikatnya, atau terbitkan sertifikat untuk nama ini",
                "call the app by a name in its certificate, or issue one for this name",
            ),
        ),
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => (
            words(
                "penerbitnya tidak dikenal mesin ini",
                "its issuer is not known to this machine",
            ),
            (
                "pasang sertifikat penerbit pada mesin ini, atau lengkapi rantai sertifikat aplikasi",
                "install the issuer's certificate on this machine, or complete the app's chain",
            ),
        ),
        other => (
            words(&other.to_string(), &other.to_string()),
            ("pasang sertifikat yang sah", "install a valid certificate"),
        ),
    }
}

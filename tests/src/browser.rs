//! A browser without script: cookies per host, redirects across hosts, forms.
//!
//! Owns one person's cookies. Every name under the test domain is 127.0.0.1; nothing else is ever connected to.

use crate::answer::Answer;
use crate::form::Form;
use anyhow::Context;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::pki_types::CertificateDer;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::Url;

/// How many redirects are followed.
const HOPS: usize = 12;

/// One person's browser.
#[derive(Clone)]
pub struct Browser {
    client: reqwest::Client,
    /// Host → cookie name → value. A hub's cookies are bound to their host, so hosts are never mixed.
    jar: Arc<Mutex<BTreeMap<String, BTreeMap<String, String>>>>,
    /// Every `Set-Cookie` line that came, with its host.
    set: Arc<Mutex<Vec<(String, String)>>>,
}

/// Answers every name with loopback.
struct Loopback;

impl Resolve for Loopback {
    fn resolve(&self, _: Name) -> Resolving {
        let address: Addrs = Box::new(std::iter::once(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))));
        Box::pin(async { Ok(address) })
    }
}

/// TLS that trusts exactly these authorities.
pub(crate) fn trusting(
    authorities: &[CertificateDer<'static>],
    alpn: &[&[u8]],
) -> anyhow::Result<rustls::ClientConfig> {
    let mut roots = rustls::RootCertStore::empty();
    for authority in authorities {
        roots.add(authority.clone())?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    Ok(config)
}

impl Browser {
    /// A browser that trusts exactly these authorities.
    ///
    /// # Errors
    /// When a certificate cannot be read.
    pub fn new(authorities: &[CertificateDer<'static>]) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(trusting(authorities, &[b"h2", b"http/1.1"])?)
            .dns_resolver(Arc::new(Loopback))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .no_gzip()
            .timeout(Duration::from_secs(60))
            .build()?;
        Ok(Self {
            client,
            jar: Arc::default(),
            set: Arc::default(),
        })
    }

    /// One request with the host's cookies; redirects are not followed.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn send(
        &self,
        method: Method,
        url: &Url,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> anyhow::Result<Answer> {
        let response = self.open(method, url, headers, body).await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response
            .bytes()
            .await
            .with_context(|| format!("the body of {url}"))?;
        Ok(Answer {
            url: url.clone(),
            status,
            headers,
            body,
        })
    }

    /// As [`Browser::send`], but the body stays open: for streams.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn open(
        &self,
        method: Method,
        url: &Url,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> anyhow::Result<reqwest::Response> {
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.append(HeaderName::try_from(*name)?, HeaderValue::from_str(value)?);
        }
        if let Some(cookies) = self.cookie_header(url) {
            all.insert(header::COOKIE, HeaderValue::from_str(&cookies)?);
        }
        let request = self
            .client
            .request(method.clone(), url.clone())
            .headers(all)
            .body(body.into());
        let response = request
            .send()
            .await
            .with_context(|| format!("{method} {url}"))?;
        self.keep(url, response.headers());
        Ok(response)
    }

    /// Opens an address as a person would: as navigation, following redirects.
    ///
    /// # Errors
    /// When no answer comes or the redirects do not end.
    pub async fn go(&self, url: &Url) -> anyhow::Result<Answer> {
        self.follow(
            self.send(
                Method::GET,
                url,
                &[
                    ("accept", "text/html,*/*;q=0.5"),
                    ("sec-fetch-mode", "navigate"),
                ],
                "",
            )
            .await?,
        )
        .await
    }

    /// Follows an answer's redirects.
    ///
    /// # Errors
    /// When the redirects do not end.
    pub async fn follow(&self, mut answer: Answer) -> anyhow::Result<Answer> {
        for _ in 0..HOPS {
            if !answer.status.is_redirection() || answer.header("location").is_empty() {
                return Ok(answer);
            }
            let next = answer.url.join(answer.header("location"))?;
            answer = self
                .send(
                    Method::GET,
                    &next,
                    &[
                        ("accept", "text/html,*/*;q=0.5"),
                        ("sec-fetch-mode", "navigate"),
                    ],
                    "",
                )
                .await?;
        }
        anyhow::bail!("more than {HOPS} redirects, last {answer}")
    }

    /// Sends a form as a browser on that page would, and follows redirects.
    ///
    /// # Errors
    /// When no answer comes or the redirects do not end.
    pub async fn submit(&self, page: &Url, form: &Form) -> anyhow::Result<Answer> {
        let target = form.target(page)?;
        let origin = page.origin().ascii_serialization();
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", origin.as_str()),
            ("referer", page.as_str()),
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-mode", "navigate"),
            ("accept", "text/html,*/*;q=0.5"),
        ];
        self.follow(
            self.send(Method::POST, &target, &headers, form.encoded())
                .await?,
        )
        .await
    }

    /// The cookies that this host would be sent.
    #[must_use]
    pub fn cookie_header(&self, url: &Url) -> Option<String> {
        let jar = self.jar.lock().unwrap_or_else(PoisonError::into_inner);
        let cookies = jar.get(url.host_str()?)?;
        let pairs: Vec<String> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Every `Set-Cookie` line so far, with the host that sent it.
    #[must_use]
    pub fn cookies_set(&self) -> Vec<(String, String)> {
        self.set
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Puts a cookie into the jar as if the host had set it.
    pub fn put_cookie(&self, host: &str, name: &str, value: &str) {
        let mut jar = self.jar.lock().unwrap_or_else(PoisonError::into_inner);
        jar.entry(host.to_owned())
            .or_default()
            .insert(name.to_owned(), value.to_owned());
    }

    fn keep(&self, url: &Url, headers: &HeaderMap) {
        let Some(host) = url.host_str() else { return };
        for line in headers
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
        {
            self.set
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push((host.to_owned(), line.to_owned()));
            let Some((name, value)) = line.split(';').next().and_then(|pair| pair.split_once('='))
            else {
                continue;
            };
            let over = line.to_lowercase().contains("max-age=0") || value.is_empty();
            let mut jar = self.jar.lock().unwrap_or_else(PoisonError::into_inner);
            let cookies = jar.entry(host.to_owned()).or_default();
            if over {
                cookies.remove(name.trim());
            } else {
                cookies.insert(name.trim().to_owned(), value.to_owned());
            }
        }
    }
}

//! Names of apps to addresses, remembered for a while.
//!
//! Owns the cache. An expired answer is used once more while it is being renewed, and when it cannot be: a name
//! server that is down takes no app with it.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a renewal may take before somebody else tries.
const RENEWAL: Duration = Duration::from_secs(5);

type Key = (Box<str>, u16);

#[derive(Clone)]
struct Answer {
    addresses: Arc<[SocketAddr]>,
    until: Instant,
}

/// Remembers addresses for a time to live.
pub(super) struct Resolver {
    ttl: Duration,
    answers: Mutex<HashMap<Key, Answer>>,
}

impl Resolver {
    pub(super) fn new(ttl: Duration) -> Self {
        Self {
            ttl,
            answers: Mutex::default(),
        }
    }

    /// The addresses of a host, at least one.
    ///
    /// # Errors
    /// When the name has never resolved.
    pub(super) async fn resolve(
        &self,
        host: &str,
        port: u16,
    ) -> std::io::Result<Arc<[SocketAddr]>> {
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(Arc::new([SocketAddr::new(address, port)]));
        }
        let key = (Box::from(host), port);
        match self.remembered(&key) {
            Some(addresses) => Ok(addresses),
            None => self.look_up(key).await,
        }
    }

    /// A fresh answer, or an old one that somebody else is renewing.
    fn remembered(&self, key: &Key) -> Option<Arc<[SocketAddr]>> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = answers.get_mut(key)?;
        if answer.until > Instant::now() {
            return Some(answer.addresses.clone());
        }
        answer.until = Instant::now() + RENEWAL;
        None
    }

    async fn look_up(&self, key: Key) -> std::io::Result<Arc<[SocketAddr]>> {
        let looked_up = tokio::net::lookup_host((&*key.0, key.1)).await;
        let found: std::io::Result<Arc<[SocketAddr]>> = looked_up.map(Iterator::collect);
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        match found {
            Ok(addresses) if !addresses.is_empty() => {
                let until = Instant::now() + self.ttl;
                answers.insert(
                    key,
                    Answer {
                        addresses: addresses.clone(),
                        until,
                    },
                );
                Ok(addresses)
            }
            other => match answers.get(&key) {
                Some(old) => Ok(old.addresses.clone()),
                None => other.and(Err(std::io::ErrorKind::NotFound.into())),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn literals_need_no_name_server_and_names_are_remembered() {
        let resolver = Resolver::new(Duration::from_secs(60));
        let literal = resolver.resolve("::1", 80).await.unwrap();
        assert_eq!(literal[0].to_string(), "[::1]:80");
        assert!(resolver.answers.lock().unwrap().is_empty());
        let named = resolver.resolve("localhost", 81).await.unwrap();
        assert!(named[0].ip().is_loopback());
        assert!(resolver.remembered(&("localhost".into(), 81)).is_some());
    }

    #[tokio::test]
    async fn an_old_answer_outlives_its_name_server() {
        let resolver = Resolver::new(Duration::ZERO);
        let key: Key = ("gone.invalid".into(), 80);
        let addresses: Arc<[SocketAddr]> = Arc::new(["127.0.0.1:80".parse().unwrap()]);
        let answer = Answer {
            addresses,
            until: Instant::now(),
        };
        resolver.answers.lock().unwrap().insert(key, answer);
        let address = resolver.resolve("gone.invalid", 80).await.unwrap();
        assert_eq!(address[0].to_string(), "127.0.0.1:80");
        assert!(resolver.resolve("never.invalid", 80).await.is_err());
    }
}

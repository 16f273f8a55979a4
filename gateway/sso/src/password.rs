//! Passwords: hashed and verified with argon2id, away from everybody else's work.
//!
//! Owns the parameters and the queue. A verification costs about 20 ms of one core and 19 MiB, so only
//! a few run at a time, on blocking threads: two hundred people who sign in at once wait for one another and
//! nobody else waits for them. It must never know whose password it is.

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;

/// Memory in KiB, passes and lanes: the first choice of the OWASP password storage cheat sheet.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// People who may wait for their turn; the rest is told to try again at once.
const WAITING: usize = 512;
/// The longest password, in bytes: more would only cost time.
const LONGEST: usize = 256;
/// The shortest password, in characters (NIST SP 800-63B-4, section 3.1.1.2, with a second factor to come).
const SHORTEST: usize = 10;

/// What is wrong with a new password. Never repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// Fewer than ten characters.
    #[error("a password has at least {SHORTEST} characters")]
    Short,
    /// More than 256 bytes.
    #[error("a password has at most {LONGEST} bytes")]
    Long,
    /// Among the best-known ones, or a published demo password.
    #[error("the password is publicly known")]
    Known,
    /// It is the NIP, the e-mail address or one character over and over.
    #[error("the password is easy to guess")]
    Guessable,
}

/// Why a password could not be hashed or verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too many people wait already.
    #[error("too many people sign in at once")]
    Busy,
    /// The hub is stopping, or a hash in the store cannot be read.
    #[error("a password could not be checked")]
    Failed,
}

/// Hashes and verifies passwords, a few at a time.
#[derive(Clone)]
pub(crate) struct Passwords {
    argon: Arc<Argon2<'static>>,
    turns: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    dummy: Arc<str>,
    refused: Arc<[SecretString]>,
}

impl Passwords {
    /// `at_once`: how many may run at a time. `refused`: published passwords that nobody may have.
    pub(crate) fn new(at_once: usize, refused: Arc<[SecretString]>) -> Self {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
            .expect("the parameters are within argon2's limits");
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let dummy = hash(&argon, b"nobody's password").expect("hashing needs nothing but memory");
        Self {
            argon: Arc::new(argon),
            turns: Arc::new(Semaphore::new(at_once.max(1))),
            waiting: Arc::new(AtomicUsize::new(0)),
            dummy: dummy.into(),
            refused,
        }
    }

    /// Says what is wrong with a new password. `known_of_them`: words that an attacker knows, such as the NIP.
    pub(crate) fn judge(
        &self,
        password: &SecretString,
        known_of_them: &[&str],
    ) -> Result<(), PasswordFault> {
        let text = password.expose_secret();
        if text.len() > LONGEST {
            return Err(PasswordFault::Long);
        }
        if text.chars().count() < SHORTEST {
            return Err(PasswordFault::Short);
        }
        let lower = text.to_lowercase();
        if self.is_published(password) || KNOWN.contains(&lower.as_str()) {
            return Err(PasswordFault::Known);
        }
        let first = text.chars().next();
        let told = known_of_them
            .iter()
            .any(|word| !word.is_empty() && word.to_lowercase() == lower);
        if told || text.chars().all(|c| Some(c) == first) {
            return Err(PasswordFault::Guessable);
        }
        Ok(())
    }

    /// Tells whether a password was published, as the demo's was.
    pub(crate) fn is_published(&self, password: &SecretString) -> bool {
        self.refused
            .iter()
            .any(|refused| refused.expose_secret() == password.expose_secret())
    }

    /// Tells whether a hash was made with other parameters than today's.
    pub(crate) fn is_outdated(&self, phc: &str) -> bool {
        !phc.starts_with(&format!(
            "$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$"
        ))
    }

    /// Hashes a password into a PHC string.
    pub(crate) async fn hash(&self, password: &SecretString) -> Result<String, PasswordError> {
        let (argon, password) = (self.argon.clone(), password.clone());
        self.in_turn(move || hash(&argon, password.expose_secret().as_bytes()))
            .await?
    }

    /// Tells whether the password belongs to the hash. Without a hash (nobody has the login) it does the
    /// same work and says no, so that time tells nothing.
    pub(crate) async fn verify(
        &self,
        password: &SecretString,
        phc: Option<&str>,
    ) -> Result<bool, PasswordError> {
        let known = phc.is_some();
        if password.expose_secret().len() > LONGEST {
            return Ok(false);
        }
        let phc: Arc<str> = phc.map_or_else(|| self.dummy.clone(), Arc::from);
        let (argon, password) = (self.argon.clone(), password.clone());
        let right = self
            .in_turn(move || {
                let phc = PasswordHash::new(&phc).map_err(|_| PasswordError::Failed)?;
                Ok(argon
                    .verify_password(password.expose_secret().as_bytes(), &phc)
                    .is_ok())
            })
            .await??;
        Ok(right && known)
    }

    /// Does work when its turn comes, on a blocking thread.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let _place = Place::take(&self.waiting).ok_or(PasswordError::Busy)?;
        let turn = self
            .turns
            .clone()
            .acquire_owned()
            .await
            .map_err(|_| PasswordError::Failed)?;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn; // held to the end even when nobody waits for the answer any more
            work()
        });
        done.await.map_err(|_| PasswordError::Failed)
    }
}

/// A place in the queue, given back when dropped.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(waiting: &Arc<AtomicUsize>) -> Option<Self> {
        let place = Self(waiting.clone());
        (waiting.fetch_add(1, Ordering::AcqRel) < WAITING).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passwords(…)")
    }
}

fn hash(argon: &Argon2<'_>, password: &[u8]) -> Result<String, PasswordError> {
    let salt =
        SaltString::encode_b64(&crate::seal::random::<16>()).map_err(|_| PasswordError::Failed)?;
    let phc = argon
        .hash_password(password, &salt)
        .map_err(|_| PasswordError::Failed)?;
    Ok(phc.to_string())
}

/// Ten characters and more that head every list of leaked passwords, and local favourites.
const KNOWN: &[&str] = &[
    "1234567890",
    "0123456789",
    "0987654321",
    "12345678910",
    "123456789a",
    "123123123123",
    "1q2w3e4r5t",
    "1qaz2wsx3edc",
    "qwertyuiop",
    "qwerty12345",
    "qwerty123456",
    "password12",
    "password123",
    "password1234",
    "passw0rd123",
    "p@ssw0rd123",
    "iloveyou123",
    "administrator",
    "admin12345",
    "admin123456",
    "changeme123",
    "letmein123",
    "welcome123",
    "abcdefghij",
    "abcd123456",
    "abc1234567",
    "rahasia123",
    "rahasia1234",
    "indonesia123",
    "indonesia45",
    "denpasar123",
    "denpasar2024",
    "denpasar2025",
    "denpasar2026",
    "bismillah123",
    "sayangku123",
    "kotadenpasar",
    "diskominfos",
    "diskominfos123",
    "pegawai123",
    "pegawainegeri",
    "merdeka1945",
    "bali123456",
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    fn passwords(at_once: usize) -> Passwords {
        Passwords::new(at_once, [SecretString::from("Contoh-Denpasar-2026")].into())
    }

    #[tokio::test]
    async fn a_hash_knows_its_password_and_no_other() {
        let passwords = passwords(2);
        let phc = passwords
            .hash(&"kunci rumah tua".into())
            .await
            .expect("a hash");
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert!(
            passwords
                .verify(&"kunci rumah tua".into(), Some(&phc))
                .await
                .expect("an answer")
        );
        assert!(
            !passwords
                .verify(&"kunci rumah tuA".into(), Some(&phc))
                .await
                .expect("an answer")
        );
        assert_ne!(
            phc,
            passwords
                .hash(&"kunci rumah tua".into())
                .await
                .expect("a hash"),
            "each has a salt of its own"
        );
    }

    #[tokio::test]
    async fn nobodys_login_takes_as_long_and_is_refused_even_with_the_dummys_own_password() {
        let passwords = passwords(1);
        let phc = passwords
            .hash(&"kunci rumah tua".into())
            .await
            .expect("a hash");
        assert!(
            !passwords
                .verify(&"nobody's password".into(), None)
                .await
                .expect("an answer")
        );
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..7 {
            for (times, phc) in times.iter_mut().zip([Some(phc.as_str()), None]) {
                let started = Instant::now();
                assert!(
                    !passwords
                        .verify(&"salah semuanya".into(), phc)
                        .await
                        .expect("an answer")
                );
                times.push(started.elapsed());
            }
        }
        let [known, unknown] = times.map(|mut times| {
            times.sort();
            times[0]
        });
        assert!(
            unknown * 2 > known && known * 2 > unknown,
            "known {known:?}, unknown {unknown:?}"
        );
    }

    #[tokio::test]
    async fn a_hash_that_cannot_be_read_opens_nothing() {
        let passwords = passwords(1);
        for phc in ["", "x", "$argon2id$v=19$m=19456,t=2,p=1$", "$md5$abc"] {
            assert!(
                !matches!(passwords.verify(&"x".into(), Some(phc)).await, Ok(true)),
                "{phc}"
            );
        }
    }

    #[tokio::test]
    async fn two_hundred_sign_ins_starve_nobody() {
        let passwords = passwords(1);
        let started = Instant::now();
        let crowd: Vec<_> = (0..200)
            .map(|_| {
                let passwords = passwords.clone();
                tokio::spawn(async move { passwords.verify(&"salah semuanya".into(), None).await })
            })
            .collect();
        // This test runs on one thread: were a hash computed on it, none of these would come round in time.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert!(
            started.elapsed().as_millis() < 1000,
            "{:?}",
            started.elapsed()
        );
        for one in &crowd {
            one.abort();
        }
    }

    #[tokio::test]
    async fn the_queue_has_an_end() {
        let passwords = passwords(1);
        passwords.waiting.store(WAITING, Ordering::Release);
        assert_eq!(
            passwords.verify(&"x".into(), None).await,
            Err(PasswordError::Busy)
        );
        assert_eq!(passwords.waiting.load(Ordering::Acquire), WAITING);
    }

    #[test]
    fn weak_passwords_are_refused() {
        let passwords = passwords(1);
        for (password, fault) in [
            ("pendek", PasswordFault::Short),
            ("Password123", PasswordFault::Known),
            ("Contoh-Denpasar-2026", PasswordFault::Known),
            ("990001012026011001", PasswordFault::Guessable),
            ("SEKAR@denpasar.example", PasswordFault::Guessable),
            ("aaaaaaaaaaaaaa", PasswordFault::Guessable),
            (&"x y".repeat(100), PasswordFault::Long),
        ] {
            let known = ["990001012026011001", "sekar@denpasar.example"];
            assert_eq!(
                passwords.judge(&password.into(), &known),
                Err(fault),
                "{password}"
            );
        }
        assert_eq!(passwords.judge(&"kunci rumah tua".into(), &[]), Ok(()));
    }
}

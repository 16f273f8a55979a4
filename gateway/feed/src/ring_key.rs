//! Cursors: opaque, signed (HMAC-SHA-256, RFC 2104), bound to reader and filter, and short-lived.
//! A cursor holds a position and nothing that a reader may not know.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use divos_store::Position;
use ring::hmac;
use serde::{Deserialize, Serialize};

/// How long a cursor of the screen's order may be used, in hours: a reader scrolls, then is gone.
const PAGE_HOURS: i64 = 24;
/// How long a sync cursor may be used, in days: as long as tombstones live.
pub(crate) const SYNC_DAYS: i64 = 90;
/// Bytes of the signature that a cursor carries: 128 bits.
const TAG: usize = 16;
/// The longest cursor that is looked at.
const LONGEST: usize = 1024;

/// The key that signs cursors. One per data directory; a new key ends every cursor.
#[derive(Clone)]
pub struct CursorKey(hmac::Key);

impl std::fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CursorKey(…)")
    }
}

impl CursorKey {
    /// Makes the key from a secret of at least 32 bytes that is used for nothing else.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// Writes a position as a cursor.
    pub(crate) fn seal(&self, claims: &Claims) -> String {
        let mut bytes = serde_json::to_vec(claims).expect("claims are plain numbers and texts");
        let tag = hmac::sign(&self.0, &bytes);
        bytes.extend_from_slice(&tag.as_ref()[..TAG]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a cursor that was made for this binding.
    ///
    /// # Errors
    /// [`CursorError::Expired`] where it is too old or its reader's rights changed, else
    /// [`CursorError::Invalid`].
    pub(crate) fn open(
        &self,
        cursor: &str,
        binding: &Binding,
        now: DateTime<Utc>,
    ) -> Result<Place, CursorError> {
        let claims = self.verify(cursor).ok_or(CursorError::Invalid)?;
        if claims.filter != hex::encode(binding.filter) || claims.person != binding.person {
            return Err(CursorError::Invalid);
        }
        let made = DateTime::from_timestamp(claims.at, 0).ok_or(CursorError::Invalid)?;
        let (lives, restart) = match claims.place {
            // Tombstones are gone by then, and a lost right leaves none: only a whole sync is true.
            Place::Sync { .. } => (TimeDelta::days(SYNC_DAYS), DateTime::UNIX_EPOCH),
            Place::Screen { .. } => (TimeDelta::hours(PAGE_HOURS), made),
        };
        if now - made > lives || claims.reader != hex::encode(binding.reader) {
            return Err(CursorError::Expired { restart });
        }
        Ok(claims.place)
    }

    fn verify(&self, cursor: &str) -> Option<Claims> {
        if cursor.len() > LONGEST {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let split = bytes.len().checked_sub(TAG)?;
        let (body, tag) = bytes.split_at(split);
        let expected = hmac::sign(&self.0, body);
        let expected = &expected.as_ref()[..TAG];
        // Compares in constant time: folds every difference before looking at the sum.
        let differs = expected
            .iter()
            .zip(tag)
            .fold(0, |sum, (a, b)| sum | (a ^ b));
        (differs == 0)
            .then(|| serde_json::from_slice(body).ok())
            .flatten()
    }
}

/// Who and what a cursor is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Binding {
    pub(crate) person: String,
    pub(crate) reader: [u8; 16],
    pub(crate) filter: [u8; 16],
}

impl Binding {
    pub(crate) fn claims(&self, place: Place, now: DateTime<Utc>) -> Claims {
        Claims {
            place,
            at: now.timestamp(),
            person: self.person.clone(),
            reader: hex::encode(self.reader),
            filter: hex::encode(self.filter),
        }
    }
}

/// What a cursor holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Claims {
    #[serde(rename = "p")]
    place: Place,
    #[serde(rename = "t")]
    at: i64,
    #[serde(rename = "w")]
    person: String,
    #[serde(rename = "r")]
    reader: String,
    #[serde(rename = "f")]
    filter: String,
}

/// Where the next page begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Place {
    /// After this position of the screen's order.
    Screen { after: Position },
    /// After this `seq`. A client that still catches up from the very beginning holds nothing that a
    /// forgotten tombstone could concern.
    Sync { seq: u64, catching_up: bool },
}

/// Why a cursor leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CursorError {
    /// It is not a cursor of this hub for this reader and filter: status 400.
    #[error("the cursor was not made for this reader and filter")]
    Invalid,
    /// It was, but is too old, or the reader's rights changed since: status 410. Drop what is held and
    /// restart with `since=` this time, or without a cursor.
    #[error("the cursor has expired")]
    Expired {
        /// The time from which a new sync tells the whole truth.
        restart: DateTime<Utc>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn binding(n: u8) -> Binding {
        Binding {
            person: format!("p{n}"),
            reader: [n; 16],
            filter: [n; 16],
        }
    }

    fn position() -> Position {
        Position {
            now: 1,
            part: 0,
            level: 2,
            due: i64::MAX,
            recency: -5,
            number: 9,
        }
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + seconds, 0).expect("a time")
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_again(seq in any::<u64>(), due in any::<i64>(), level in 0_u8..4) {
            let key = CursorKey::new(&[7; 32]);
            let after = Position { due, level, ..position() };
            for place in [Place::Sync { seq, catching_up: level == 0 }, Place::Screen { after }] {
                let cursor = key.seal(&binding(1).claims(place.clone(), at(0)));
                prop_assert_eq!(key.open(&cursor, &binding(1), at(60)), Ok(place));
            }
        }

        #[test]
        fn no_changed_byte_survives(seq in any::<u64>(), byte in 0_usize..200, flip in 1_u8..=255) {
            let key = CursorKey::new(&[7; 32]);
            let cursor = key.seal(&binding(1).claims(Place::Sync { seq, catching_up: true }, at(0)));
            let mut bytes = URL_SAFE_NO_PAD.decode(cursor).expect("base64");
            let byte = byte % bytes.len();
            bytes[byte] ^= flip;
            let forged = URL_SAFE_NO_PAD.encode(bytes);
            prop_assert_eq!(key.open(&forged, &binding(1), at(0)), Err(CursorError::Invalid));
        }

        #[test]
        fn no_text_is_a_cursor(text in ".{0,200}") {
            let key = CursorKey::new(&[7; 32]);
            prop_assert_eq!(key.open(&text, &binding(1), at(0)), Err(CursorError::Invalid));
        }
    }

    #[test]
    fn a_cursor_serves_one_reader_one_filter_and_one_key() {
        let key = CursorKey::new(&[7; 32]);
        let cursor = key.seal(&binding(1).claims(
            Place::Sync {
                seq: 9,
                catching_up: false,
            },
            at(0),
        ));
        let other_person = Binding {
            person: "p2".into(),
            ..binding(1)
        };
        let other_filter = Binding {
            filter: [2; 16],
            ..binding(1)
        };
        for other in [other_person, other_filter] {
            assert_eq!(key.open(&cursor, &other, at(0)), Err(CursorError::Invalid));
        }
        let other_key = CursorKey::new(&[8; 32]);
        assert_eq!(
            other_key.open(&cursor, &binding(1), at(0)),
            Err(CursorError::Invalid)
        );
    }

    #[test]
    fn a_cursor_ends_with_its_time_and_with_the_readers_rights() {
        let key = CursorKey::new(&[7; 32]);
        let hours = |n: i64| at(n * 3600);
        let screen = key.seal(&binding(1).claims(Place::Screen { after: position() }, at(0)));
        let sync = key.seal(&binding(1).claims(
            Place::Sync {
                seq: 9,
                catching_up: false,
            },
            at(0),
        ));
        let from_then = Err(CursorError::Expired { restart: at(0) });
        let expired = Err(CursorError::Expired {
            restart: DateTime::UNIX_EPOCH,
        });
        assert!(key.open(&screen, &binding(1), hours(23)).is_ok());
        assert_eq!(key.open(&screen, &binding(1), hours(25)), from_then);
        assert!(key.open(&sync, &binding(1), hours(24 * 89)).is_ok());
        assert_eq!(key.open(&sync, &binding(1), hours(24 * 91)), expired);
        let lost_a_post = Binding {
            reader: [9; 16],
            ..binding(1)
        };
        assert_eq!(key.open(&sync, &lost_a_post, at(0)), expired);
    }
}

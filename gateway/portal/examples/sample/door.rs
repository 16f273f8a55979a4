//! A door that knows one person and one password.

use super::{World, now};
use async_trait::async_trait;
use chrono::{NaiveDate, TimeDelta};
use divos_model::{AudienceKey, PersonId};
use divos_portal::ports::*;
use http::HeaderValue;
use http::request::Parts;

/// The cookie of somebody who is signed in.
pub const SESSION: &str = "sample=1";
/// The token that every form has to carry.
pub const CSRF: &str = "sample-token";

fn person() -> PersonId {
    PersonId::from_uuid(uuid::Uuid::from_u128(7))
}

fn signed_in(world: &World, request: &Parts) -> bool {
    let cookies = request.headers.get_all("cookie").iter();
    world.always_signed_in
        || cookies
            .filter_map(|line| line.to_str().ok())
            .any(|line| line.contains(SESSION))
}

#[async_trait]
impl Door for World {
    async fn visitor(&self, request: &Parts) -> Result<Option<Visitor>, PortError> {
        if self.broken {
            return Err(PortError::Unavailable(
                "the store sleeps at /var/rahasia".into(),
            ));
        }
        let visitor = || Visitor {
            person: person(),
            name: "Ni Made Sekar Ayu, S.Kom.".into(),
            operator: self.operator,
            posts: vec![
                PostHeld {
                    title: "Pranata Komputer Ahli Muda".into(),
                    unit: "Dinas Komunikasi, Informatika dan Statistik".into(),
                    assignment: "definitif".into(),
                    until: None,
                },
                PostHeld {
                    title: "Kepala Seksi Aplikasi".into(),
                    unit: "Bidang Aplikasi Informatika".into(),
                    assignment: "plt".into(),
                    until: NaiveDate::from_ymd_opt(2027, 1, 31),
                },
            ],
            reader: divos_feed::Reader::new(person(), [AudienceKey::Everyone]),
            csrf: CSRF.into(),
        };
        Ok(signed_in(self, request).then(visitor))
    }

    async fn csrf_fits(&self, _: &Parts, token: &str) -> bool {
        token == CSRF
    }

    async fn login_form(&self, _: &Parts) -> Result<LoginForm, PortError> {
        Ok(LoginForm {
            csrf: CSRF.into(),
            set_cookie: Some(HeaderValue::from_static("nonce=1; Path=/")),
        })
    }

    async fn sign_in(&self, _: &Parts, typed: Credentials) -> Result<SignedIn, SignInError> {
        self.note(format!("sign in {}", typed.login));
        if typed.csrf != CSRF {
            return Err(SignInError::FormExpired);
        }
        match typed.password.as_str() {
            "benar" => Ok(SignedIn {
                set_cookies: vec![HeaderValue::from_static("sample=1; Path=/")],
            }),
            "terlalu sering" => Err(SignInError::Throttled {
                wait: TimeDelta::seconds(119),
            }),
            "ditutup" => Err(SignInError::Disabled),
            "rusak" => Err(SignInError::Unavailable("the store sleeps".into())),
            _ => Err(SignInError::Wrong),
        }
    }

    async fn sign_out(&self, _: &Parts) -> Result<Vec<HeaderValue>, PortError> {
        self.note("sign out");
        Ok(vec![HeaderValue::from_static("sample=; Max-Age=0")])
    }

    fn safe_return(&self, wanted: &str) -> String {
        if wanted.starts_with('/') && !wanted.starts_with("//") {
            wanted.to_owned()
        } else {
            "/".to_owned()
        }
    }

    async fn sessions(&self, _: &Parts) -> Result<Vec<SessionLine>, PortError> {
        let line = |id: &str, device: &str, hours, current| SessionLine {
            id: id.into(),
            device: device.into(),
            since: now() - TimeDelta::hours(hours),
            last_seen: now() - TimeDelta::minutes(hours),
            current,
        };
        Ok(vec![
            line("a1", "Firefox, Windows", 1, true),
            line("b2", "Chrome, Android", 26, false),
            line("c3", "", 50, false),
        ])
    }

    async fn end_session(&self, _: &Parts, id: &str) -> Result<(), PortError> {
        self.note(format!("end {id}"));
        if id == "b2" {
            Ok(())
        } else {
            Err(PortError::Missing)
        }
    }

    async fn end_all(&self, _: &Parts) -> Result<Vec<HeaderValue>, PortError> {
        self.note("end all");
        Ok(vec![HeaderValue::from_static("sample=; Max-Age=0")])
    }

    async fn tokens(&self, _: &Parts) -> Result<Vec<TokenLine>, PortError> {
        let line = |id: &str, label: &str, last_used| TokenLine {
            id: id.into(),
            label: label.into(),
            since: now() - TimeDelta::days(12),
            last_used,
        };
        Ok(vec![
            line(
                "t1",
                "Kalender ponsel",
                Some(now() - TimeDelta::minutes(14)),
            ),
            line("t2", "", None),
        ])
    }

    async fn create_token(&self, _: &Parts, label: &str) -> Result<String, PortError> {
        self.note(format!("make token {label}"));
        Ok("feed_contoh123".into())
    }

    async fn revoke_token(&self, _: &Parts, id: &str) -> Result<(), PortError> {
        self.note(format!("revoke {id}"));
        Ok(())
    }
}

//! Made-up people for the tests of this crate.

use crate::{Caller, Reader, SessionRef, SignedIn};
use divos_model::{PersonId, PostId, UnitCode};
use divos_store::{AssignmentKind, HeldPost, Identifier, IdentifierKind, Person, Post, Standing};
use std::sync::Arc;
use uuid::Uuid;

/// A person of one unit; everybody of the 0308.. units is under `030801`.
pub(crate) fn reader_in(unit: &str, roles: &[&str]) -> Reader {
    let unit: UnitCode = unit.parse().expect("a code");
    let mut lineage = vec![unit.clone()];
    if unit.as_str().starts_with("0308") && unit.as_str() != "030801" {
        lineage.push("030801".parse().expect("a code"));
    }
    let identifiers = [
        (IdentifierKind::Nip, "990001012026012002"),
        (IdentifierKind::Email, "sekar@denpasar.example"),
    ];
    Reader::of(Standing {
        person: Person {
            id: PersonId::from_uuid(Uuid::from_u128(7)),
            name: "Ni Luh Sekar Contoh".into(),
            status: None,
            disabled: false,
            epoch: 1,
            roles: roles.iter().map(|&role| role.into()).collect(),
            identifiers: identifiers
                .map(|(kind, value)| Identifier::new(kind, value))
                .to_vec(),
            has_password: true,
        },
        posts: vec![HeldPost {
            post: Post {
                id: PostId::from_uuid(Uuid::from_u128(9)),
                unit,
                title: "Pranata Komputer Ahli Muda".into(),
                kind: "fungsional".into(),
            },
            kind: AssignmentKind::Definitif,
            unit_name: "Seksi Aplikasi (contoh)".into(),
            lineage,
            to: None,
        }],
    })
}

/// The same person, signed in on the hub's host; the session differs from unit to unit.
pub(crate) fn person_in(unit: &str, roles: &[&str]) -> Caller {
    let hash = divos_store::TokenHash::of(unit.as_bytes());
    Caller::Person(Arc::new(SignedIn {
        session: SessionRef {
            hash,
            parent: None,
            host: "divos.example".into(),
        },
        reader: Arc::new(reader_in(unit, roles)),
        since: chrono::DateTime::UNIX_EPOCH,
        until: chrono::DateTime::UNIX_EPOCH,
    }))
}

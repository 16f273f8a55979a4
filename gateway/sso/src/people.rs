//! The embedded people, as operators keep them: added, disabled, listed, given passwords.
//!
//! Owns the verbs behind `divos user`. Whatever ends a person's rights ends their sessions at once. It must never know a
//! command line.

use crate::{Login, Nip, Sso, SsoError};
use divos_model::PersonId;
use divos_store::{AuditDraft, Identifier, IdentifierKind, Person, PersonQuery, PersonRecord};
use secrecy::SecretString;
use serde_json::json;

/// A person to be added.
#[derive(Debug, Clone, Default)]
pub struct NewPerson {
    /// The full name.
    pub name: String,
    /// The civil servant number.
    pub nip: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// A user name, for those without a NIP.
    pub username: Option<String>,
    /// The roles.
    pub roles: Vec<String>,
    /// The password; without one, one is made and returned.
    pub password: Option<SecretString>,
}

/// A person who was just added, or whose password was reset.
#[derive(Debug)]
pub struct Credentials {
    /// Who.
    pub person: PersonId,
    /// The password that was made for them: the only time that it is seen. `None` where one was given.
    pub made: Option<SecretString>,
}

impl Sso {
    /// Adds a person.
    ///
    /// # Errors
    /// Where the name, an identifier or a role is no good, an identifier is somebody's already, or the password is weak.
    pub async fn add_person(&self, new: NewPerson) -> Result<Credentials, SsoError> {
        let name = new.name.trim();
        if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
            return Err(SsoError::Invalid("name"));
        }
        let identifiers = identifiers(&new)?;
        if !new.roles.iter().all(|role| is_role(role)) {
            return Err(SsoError::Invalid("role"));
        }
        for identifier in &identifiers {
            let taken = self
                .stores
                .people
                .by_identifier(identifier)
                .await
                .map_err(SsoError::store("look up a login"))?;
            if taken.is_some() {
                return Err(SsoError::Store {
                    doing: "add a person",
                    source: divos_store::StoreError::Conflict { what: "identifier" },
                });
            }
        }
        let words: Vec<&str> = identifiers.iter().map(|one| one.value.as_str()).collect();
        let (hash, made) = self.fresh_password(new.password, &words).await?;
        let id = PersonId::random();
        let mut record = PersonRecord::new(1, name, identifiers);
        record.id = Some(id);
        record.roles = Some(new.roles);
        record.password = Some(hash);
        let imported = self
            .stores
            .people
            .import(vec![record], false, self.clock.now())
            .await
            .map_err(SsoError::store("add a person"))?;
        if !imported.faults.is_empty() {
            return Err(SsoError::Invalid("person"));
        }
        self.note("person.added", None, Some(id.to_string()), json!({}))
            .await;
        Ok(Credentials { person: id, made })
    }

    /// Finds a person by what they sign in with, or by their id.
    ///
    /// # Errors
    /// [`SsoError::NotFound`] where it is nobody's.
    pub async fn find_person(&self, login: &str) -> Result<Person, SsoError> {
        let found = match login.trim().parse::<PersonId>() {
            Ok(id) => self
                .stores
                .people
                .person(id)
                .await
                .map_err(SsoError::store("look up a person"))?,
            Err(_) => match Login::parse(login) {
                Some(login) => self.find(&login).await?,
                None => None,
            },
        };
        found.ok_or(SsoError::NotFound("person"))
    }

    /// Lists people by name.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn list_people(&self, query: PersonQuery) -> Result<Vec<Person>, SsoError> {
        self.stores
            .people
            .persons(query)
            .await
            .map_err(SsoError::store("list people"))
    }

    /// Lets a person sign in no longer, or again. Disabling ends their sessions and tokens at once.
    ///
    /// # Errors
    /// Where the store does not answer, or there is no such person.
    pub async fn disable_person(&self, id: PersonId, disabled: bool) -> Result<(), SsoError> {
        self.stores
            .people
            .set_disabled(id, disabled)
            .await
            .map_err(SsoError::store("disable a person"))?;
        self.directory.forget(id);
        let sessions = if disabled {
            self.end_all(id, None).await?
        } else {
            0
        };
        let event = if disabled {
            "person.disabled"
        } else {
            "person.enabled"
        };
        self.note(
            event,
            None,
            Some(id.to_string()),
            json!({ "sessions": sessions }),
        )
        .await;
        Ok(())
    }

    /// Gives a person another password, their own or one that is made, and ends their sessions.
    ///
    /// # Errors
    /// Where the password is weak, there is no such person, or the store does not answer.
    pub async fn reset_password(
        &self,
        id: PersonId,
        password: Option<SecretString>,
    ) -> Result<Credentials, SsoError> {
        let person = self
            .stores
            .people
            .person(id)
            .await
            .map_err(SsoError::store("look up a person"))?;
        let person = person.ok_or(SsoError::NotFound("person"))?;
        let words: Vec<&str> = person
            .identifiers
            .iter()
            .map(|one| one.value.as_str())
            .collect();
        let (hash, made) = self.fresh_password(password, &words).await?;
        self.stores
            .people
            .set_password(id, hash, false)
            .await
            .map_err(SsoError::store("set a password"))?;
        self.directory.forget(id);
        let sessions = self.end_all(id, None).await?;
        self.note(
            "password.reset",
            None,
            Some(id.to_string()),
            json!({ "sessions": sessions }),
        )
        .await;
        Ok(Credentials { person: id, made })
    }

    /// Judges and hashes a given password, or makes one.
    async fn fresh_password(
        &self,
        given: Option<SecretString>,
        words: &[&str],
    ) -> Result<(SecretString, Option<SecretString>), SsoError> {
        let (password, made) = match given {
            Some(password) => (password, None),
            None => {
                let password = invent();
                (password.clone(), Some(password))
            }
        };
        self.passwords.judge(&password, words)?;
        Ok((self.passwords.hash(&password).await?.into(), made))
    }

    /// Writes something into the audit log that another part of the hub did, such as opening an app or a reload.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn audit(&self, draft: AuditDraft) -> Result<(), SsoError> {
        self.stores
            .audit
            .append(draft)
            .await
            .map(|_| ())
            .map_err(SsoError::store("write the audit log"))
    }
}

/// Reads what a person will sign in with; at least one.
fn identifiers(new: &NewPerson) -> Result<Vec<Identifier>, SsoError> {
    let mut all = Vec::new();
    if let Some(nip) = &new.nip {
        let nip = Nip::parse(nip).map_err(|_| SsoError::Invalid("nip"))?;
        all.push(Identifier::new(IdentifierKind::Nip, nip.as_str()));
    }
    if let Some(email) = &new.email {
        all.push(email_of(email).ok_or(SsoError::Invalid("email"))?);
    }
    if let Some(username) = &new.username {
        all.push(username_of(username).ok_or(SsoError::Invalid("username"))?);
    }
    if all.is_empty() {
        Err(SsoError::Invalid("login"))
    } else {
        Ok(all)
    }
}

/// Reads an e-mail address, as far as a login goes: one `@`, something on both sides, a dot on the right.
pub(crate) fn email_of(text: &str) -> Option<Identifier> {
    let Some(Login::Email(email)) = Login::parse(text) else {
        return None;
    };
    let (local, domain) = email.split_once('@')?;
    let labels = domain
        .split('.')
        .all(|label| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-'));
    let fits = !local.is_empty()
        && labels
        && domain.contains('.')
        && !text.trim().contains(char::is_whitespace);
    fits.then(|| Identifier::new(IdentifierKind::Email, &email))
}

/// Reads a user name: what cannot be taken for a NIP or an e-mail address.
pub(crate) fn username_of(text: &str) -> Option<Identifier> {
    let Some(Login::Name(name)) = Login::parse(text) else {
        return None;
    };
    let fits = (2..=64).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|c| {
            c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'.' | b'-' | b'_')
        });
    fits.then(|| Identifier::new(IdentifierKind::Username, &name))
}

/// Tells whether a word may be a role.
pub(crate) fn is_role(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|c| {
            c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'-' | b'_' | b'.')
        })
}

/// Makes a password of four groups of five letters and digits that look like no others: 97 bits.
fn invent() -> SecretString {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let random = crate::seal::random::<20>();
    let letters: Vec<char> = random
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
        .collect();
    let groups: Vec<String> = letters
        .chunks(5)
        .map(|group| group.iter().collect())
        .collect();
    groups.join("-").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    #[test]
    fn logins_that_could_be_taken_for_another_kind_are_refused() {
        for good in [
            "sekar@denpasar.example",
            " Sekar@Denpasar.Example ",
            "a.b+c@x-y.example",
        ] {
            assert!(email_of(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "sekar",
            "@a.b",
            "a@",
            "a@b",
            "a@b..c",
            "a b@c.d",
            "a@b@c.d",
            "a@.b",
            "a@b.c\u{0}",
        ] {
            assert!(email_of(bad).is_none(), "{bad}");
        }
        for bad in [
            "",
            "a",
            "990001012026011001",
            "1a",
            "a@b.c",
            "a b\u{0}",
            "é",
            &"a".repeat(65),
        ] {
            assert!(username_of(bad).is_none(), "{bad}");
        }
        assert_eq!(username_of("Op.Satu").expect("a name").value, "op.satu");
    }

    #[test]
    fn invented_passwords_are_long_and_never_the_same() {
        let (one, other) = (invent(), invent());
        assert_eq!(one.expose_secret().len(), 23);
        assert_ne!(one.expose_secret(), other.expose_secret());
    }
}

//! The passwords of a file: judged, compared with those of before, hashed as many at a time as there are turns.
//!
//! Takes the same turns as sign-in does, so that an import slows nobody down. It must never know where passwords are kept.

use super::columns::PASSWORD;
use super::draft::Draft;
use super::fault::{Column, ImportFault};
use super::save::{Ready, known_person, ready_of};
use super::table::Table;
use super::{ImportOptions, ImportReport, OnProgress, Progress, Stage};
use crate::password::Passwords;
use crate::{PasswordError, PasswordFault, Sso, SsoError};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::task::{JoinError, JoinSet};

/// Leaves out whoever would get a weak password.
pub(super) fn good_passwords(
    sso: &Sso,
    table: &Table,
    drafts: Vec<Draft>,
    report: &mut ImportReport,
) -> Vec<Draft> {
    let mut good = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let words: Vec<&str> = draft
            .identifiers
            .iter()
            .map(|one| one.value.as_str())
            .collect();
        let judged = draft
            .password
            .as_ref()
            .map(|(line, password)| (*line, sso.passwords.judge(password, &words)));
        match judged {
            Some((line, Err(fault))) => {
                report.skipped += 1;
                report
                    .faults
                    .push(weak(line, table.column(PASSWORD), fault));
            }
            _ => good.push(draft),
        }
    }
    good
}

fn weak(line: u64, column: Option<Column>, fault: PasswordFault) -> ImportFault {
    let what = match fault {
        PasswordFault::Short => ("kata sandi terlalu pendek", "the password is too short"),
        PasswordFault::Long => ("kata sandi terlalu panjang", "the password is too long"),
        PasswordFault::Known => (
            "kata sandi ini sudah diketahui umum",
            "the password is publicly known",
        ),
        PasswordFault::Guessable => (
            "kata sandi ini mudah ditebak",
            "the password is easy to guess",
        ),
    };
    let advice = (
        "pakai 10 sampai 256 karakter yang tidak dipakai di tempat lain",
        "use 10 to 256 characters that are used nowhere else",
    );
    ImportFault::new(line, column, what, advice)
}

/// Finds who is known already and hashes passwords that are new, as many at a time as there are turns.
pub(super) async fn records(
    sso: &Sso,
    drafts: Vec<Draft>,
    options: &ImportOptions,
    progress: OnProgress<'_>,
) -> Result<Vec<Ready>, SsoError> {
    let total = drafts
        .iter()
        .filter(|draft| draft.password.is_some())
        .count();
    let (mut ready, mut hashing, mut done) = (Vec::with_capacity(drafts.len()), JoinSet::new(), 0);
    for draft in drafts {
        let known = known_person(sso, &draft.identifiers).await?;
        let index = ready.len();
        if let Some((_, password)) = &draft.password {
            let before = match &known {
                Some(person) => sso
                    .stores
                    .people
                    .password(person.id)
                    .await
                    .map_err(SsoError::store("read a password hash"))?,
                None => None,
            };
            let (passwords, password, dry) =
                (sso.passwords.clone(), password.clone(), options.dry_run);
            hashing.spawn(async move {
                Ok::<_, PasswordError>((index, new_hash(&passwords, &password, before, dry).await?))
            });
        }
        ready.push(ready_of(draft, known));
        while hashing.len() >= sso.settings.passwords_at_once * 2
            && let Some(one) = hashing.join_next().await
        {
            set_hash(&mut ready, one)?;
            done += 1;
            progress(Progress {
                stage: Stage::Hash,
                done,
                total,
            });
        }
    }
    while let Some(one) = hashing.join_next().await {
        set_hash(&mut ready, one)?;
        done += 1;
        progress(Progress {
            stage: Stage::Hash,
            done,
            total,
        });
    }
    Ok(ready)
}

type Hashed = Result<Result<(usize, Option<SecretString>), PasswordError>, JoinError>;

fn set_hash(ready: &mut [Ready], hashed: Hashed) -> Result<(), SsoError> {
    let (index, hash) = hashed.map_err(|_| PasswordError::Failed)??;
    ready[index].record.password = hash;
    Ok(())
}

/// Returns the hash to save; `None` where the person has this very password already.
async fn new_hash(
    passwords: &Passwords,
    password: &SecretString,
    before: Option<SecretString>,
    dry: bool,
) -> Result<Option<SecretString>, PasswordError> {
    if let Some(before) = before
        && passwords
            .verify(password, Some(before.expose_secret()))
            .await?
    {
        return Ok(None);
    }
    if dry {
        return Ok(Some("$dry".into()));
    }
    Ok(Some(passwords.hash(password).await?.into()))
}

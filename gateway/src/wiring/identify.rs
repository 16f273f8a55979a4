//! *Identify*, over the hub's sessions and tokens.

use crate::phases::{Caller, Credential, Failure, Identify, RequestView};
use async_trait::async_trait;
use divos_sso::Sso;
use std::sync::Arc;

/// Recognises callers by their session or token.
pub struct Recognition(pub Arc<Sso>);

#[async_trait]
impl Identify for Recognition {
    async fn identify(&self, request: &RequestView<'_>) -> Result<Caller, Failure> {
        let found = self.0.identify(request.authority, request.headers).await;
        let caller = found.map_err(|error| {
            tracing::error!(%error, "nobody can be recognised");
            Failure::Hub("sessions cannot be read")
        })?;
        Ok(match &caller {
            divos_sso::Caller::Anonymous(_) => Caller::anonymous(),
            divos_sso::Caller::Person(person) => {
                let who = person.reader.person.to_string();
                Caller::known(who, Credential::Session, caller)
            }
            divos_sso::Caller::Machine(machine) => {
                let who = format!("token:{}", machine.id);
                Caller::known(who, Credential::Bearer, caller)
            }
        })
    }
}

/// Returns the caller as sign-in knows them; a stranger where the edge knows nobody.
pub(crate) fn known(caller: &Caller) -> divos_sso::Caller {
    caller
        .get::<divos_sso::Caller>()
        .cloned()
        .unwrap_or(divos_sso::Caller::Anonymous(divos_sso::Why::NoCredential))
}

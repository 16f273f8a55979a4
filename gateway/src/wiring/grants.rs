//! Grants of apps that replace them at each use, in the store.

use async_trait::async_trait;
use divos_adapters::Grants;
use divos_model::AppId;
use divos_store::MetaStore;
use secrecy::{ExposeSecret, SecretSlice};
use std::fmt;
use std::sync::Arc;

/// Keeps sealed grants beside the hub's other secrets.
#[derive(Clone)]
pub struct StoredGrants(pub Arc<dyn MetaStore>);

impl fmt::Debug for StoredGrants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoredGrants")
    }
}

fn name(app: &AppId) -> String {
    format!("grant.{app}")
}

#[async_trait]
impl Grants for StoredGrants {
    async fn kept(&self, app: &AppId) -> Option<Vec<u8>> {
        match self.0.value(&name(app)).await {
            Ok(kept) => kept.map(|sealed| sealed.expose_secret().to_vec()),
            Err(error) => {
                tracing::warn!(%app, %error, "a kept grant could not be read");
                None
            }
        }
    }

    async fn keep(&self, app: &AppId, sealed: Vec<u8>) {
        let name = name(app);
        let kept = self.0.set_value(&name, SecretSlice::from(sealed)).await;
        if let Err(error) = kept {
            tracing::warn!(%app, %error, "a grant could not be kept: after a restart the app will not know the hub");
        }
    }
}

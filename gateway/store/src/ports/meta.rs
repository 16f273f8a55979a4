//! The port of small values: signing keys, salts, counters of their owners. Their meaning is the
//! owner's alone.

use super::StoreError;
use async_trait::async_trait;
use secrecy::SecretSlice;

/// Keeps small values by name. Names are `owner.thing`, values at most 64 KiB.
#[async_trait]
pub trait MetaStore: Send + Sync {
    /// Returns a value.
    async fn value(&self, name: &str) -> Result<Option<SecretSlice<u8>>, StoreError>;

    /// Sets a value.
    async fn set_value(&self, name: &str, value: SecretSlice<u8>) -> Result<(), StoreError>;

    /// Sets a value where there is none and returns the one that counts: of any number who try at
    /// once, all get the same.
    async fn value_or(
        &self,
        name: &str,
        value: SecretSlice<u8>,
    ) -> Result<SecretSlice<u8>, StoreError>;

    /// Removes a value. Returns whether there was one.
    async fn remove_value(&self, name: &str) -> Result<bool, StoreError>;
}

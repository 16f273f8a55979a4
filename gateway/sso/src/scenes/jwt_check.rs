//! A real JWT library's reading of the hub's tokens, with ring under it.

use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::signature::{Error as BadSignature, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, TokenData, Validation, decode, decode_header};
use serde_json::Value;

struct Es256(Vec<u8>);

impl Verifier<Vec<u8>> for Es256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), BadSignature> {
        let key = ring::signature::UnparsedPublicKey::new(
            &ring::signature::ECDSA_P256_SHA256_FIXED,
            &self.0,
        );
        key.verify(message, signature)
            .map_err(|_| BadSignature::new())
    }
}

impl JwtVerifier for Es256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::ES256
    }
}

static RING: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| Err(Error::from(ErrorKind::InvalidAlgorithm)),
    verifier_factory: |algorithm, key| match algorithm {
        Algorithm::ES256 => Ok(Box::new(Es256(key.try_get_as_bytes()?.to_vec()))),
        _ => Err(Error::from(ErrorKind::InvalidAlgorithm)),
    },
    key_utils: KeyUtils::new_unimplemented(),
};

/// Reads a token as an app would: by the JWK set, for one audience, at a moment.
pub(super) fn read(token: &str, jwks: &Value, audience: &str) -> Result<TokenData<Value>, Error> {
    let _ = RING.install_default();
    let set: JwkSet = serde_json::from_value(jwks.clone()).expect("a JWK set");
    let kid = decode_header(token)?.kid.expect("a key id");
    let key = DecodingKey::from_jwk(set.find(&kid).expect("the key is in the set"))?;
    let mut rules = Validation::new(Algorithm::ES256);
    rules.set_audience(&[audience]);
    rules.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    rules.validate_exp = false; // the test's clock stands still in its own year
    decode::<Value>(token, &key, &rules)
}

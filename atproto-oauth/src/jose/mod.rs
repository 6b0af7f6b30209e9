//! Keys and signatures: P-256, its public JWK and thumbprint, and compact ES256 signatures. The only
//! place that names the cryptography behind them.
//!
//! There is one algorithm. `none`, HMAC and other curves cannot be written down in these types.

pub mod base64url;
mod import;
mod jws;
mod key;
mod policy;
mod public;
mod random;
mod roles;
#[cfg(test)]
mod tests;
pub mod verify;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

pub use jws::{sign_compact, sign_with_encoded_header};
pub use key::PrivateKey;
pub use public::PublicKey;
pub use random::{random, random_token};
pub use roles::{ClientKey, DpopKey};

/// The only signature algorithm, as `alg` names it.
pub const ALG: &str = "ES256";

/// SHA-256.
#[must_use]
pub fn sha256(data: &[u8]) -> [u8; 32] {
    Sha256::digest(data).into()
}

/// Compares secrets in a time that depends on nothing but their lengths.
#[must_use]
pub fn constant_time_eq(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

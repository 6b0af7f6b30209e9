//! Client authentication, as a record keeps it.

use crate::store::StoreError;
use crate::store::vault::codec::{Reader, Writer, damaged};

/// How the client authenticates for one sign-in, from the pushed request to the last revocation: a session is
/// pinned to its key (AT Protocol OAuth: Confidential Client Authentication), because servers refuse another
/// one, and some end the session for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientAuth {
    /// A public client: `none`.
    None,
    /// A confidential client: `private_key_jwt`, always ES256.
    PrivateKeyJwt {
        /// The name of the key.
        kid: String,
        /// Its RFC 7638 thumbprint (SHA-256), as a `kid` may be reused by mistake.
        thumbprint: [u8; 32],
    },
}

const NONE: u8 = 0;
const PRIVATE_KEY_JWT: u8 = 1;
const ES256: u8 = 1;

impl ClientAuth {
    pub(super) fn encode(&self, out: &mut Writer) {
        match self {
            Self::None => out.byte(NONE),
            Self::PrivateKeyJwt { kid, thumbprint } => {
                out.byte(PRIVATE_KEY_JWT);
                out.byte(ES256);
                out.text(kid);
                out.array(thumbprint);
            }
        }
    }

    pub(super) fn decode(input: &mut Reader<'_>) -> Result<Self, StoreError> {
        match input.byte()? {
            NONE => Ok(Self::None),
            PRIVATE_KEY_JWT if input.byte()? == ES256 => Ok(Self::PrivateKeyJwt {
                kid: input.text()?.into(),
                thumbprint: input.array()?,
            }),
            _ => Err(damaged()),
        }
    }
}

//! Client authentication: which key the client proves itself with, for which session.

use super::{ClientKeys, thumbprint_of};
use crate::error::{Error, ErrorKind};
use crate::jose::ClientKey;
use crate::store::ClientAuth;

impl ClientKeys {
    /// The key a session is pinned to, or none for a public one (AT Protocol OAuth: Confidential Client
    /// Authentication). A public session of a client that has become confidential takes the active key, and is
    /// pinned to it from then on.
    ///
    /// # Errors
    /// The key is gone. A server would end the session if another one were used, so nothing may be sent.
    pub(crate) fn client_key(&self, auth: &ClientAuth) -> Result<Option<&ClientKey>, Error> {
        self.check_compromised(auth)?;
        let keys = &self.registration.keys;
        match auth {
            ClientAuth::None => self.active_key(),
            ClientAuth::PrivateKeyJwt { kid, thumbprint } => {
                let same = |key: &&ClientKey| key.kid() == kid && thumbprint_of(key) == *thumbprint;
                keys.iter().find(same).map(Some).ok_or_else(|| {
                    Error::new(
                        ErrorKind::Configuration,
                        format!(
                            "the client key `{kid}` that this session was made with is gone; put it \
                             back into `ATPROTO_CLIENT_KEYS`, after the new one"
                        ),
                    )
                })
            }
        }
    }

    /// Refuses a session that was made with a compromised key (AT Protocol OAuth: Confidential Client
    /// Authentication).
    pub(crate) fn check_compromised(&self, auth: &ClientAuth) -> Result<(), Error> {
        match auth {
            ClientAuth::PrivateKeyJwt { kid, .. } if self.is_compromised(kid) => Err(Error::new(
                ErrorKind::SessionEnded,
                "the session was made with a key that is compromised; sign in again",
            )),
            _ => Ok(()),
        }
    }

    /// How a new session authenticates its client: with the active key, if there are keys.
    ///
    /// # Errors
    /// As [`active_key`](Self::active_key).
    pub(crate) fn new_auth(&self) -> Result<ClientAuth, Error> {
        Ok(self.active_key()?.map_or(ClientAuth::None, auth_of))
    }
}

/// Client authentication that is pinned to `key`.
pub(crate) fn auth_of(key: &ClientKey) -> ClientAuth {
    ClientAuth::PrivateKeyJwt {
        kid: key.kid().to_owned(),
        thumbprint: thumbprint_of(key),
    }
}

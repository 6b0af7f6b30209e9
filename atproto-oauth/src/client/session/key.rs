//! The key a session is stored under: `<did>:<43 base64url characters>`.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, ErrorKind};
use crate::jose::base64url;
use crate::types::Did;

/// Names one session of one account. The key of one application is not the key of another: `A` is the
/// annotated struct, or `()` without one.
///
/// The key is no secret and no credential: it cannot be used to act for the account. It still names the account, so treat
/// it as personal data.
///
/// ```
/// use atproto_oauth::SessionKey;
/// let text = "did:plc:ewvi7nxzyoun6zhxrhs64oiz:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// let key: SessionKey = text.parse()?;
/// assert_eq!(key.to_string(), text);
/// # Ok::<(), atproto_oauth::Error>(())
/// ```
pub struct SessionKey<A = ()> {
    did: Did,
    random_id: [u8; 32],
    app: PhantomData<fn() -> A>,
}

impl<A> SessionKey<A> {
    pub(crate) fn new(did: Did, random_id: [u8; 32]) -> Self {
        Self {
            did,
            random_id,
            app: PhantomData,
        }
    }

    pub(crate) fn random(did: Did) -> Result<Self, Error> {
        Ok(Self::new(did, crate::jose::random()?))
    }

    pub(crate) fn random_id(&self) -> &[u8; 32] {
        &self.random_id
    }

    /// The account.
    #[must_use]
    pub fn did(&self) -> &Did {
        &self.did
    }

    /// The same key, said to be of the application `B`. Say so only where you know it.
    #[must_use]
    pub fn for_app<B>(&self) -> SessionKey<B> {
        SessionKey::new(self.did.clone(), self.random_id)
    }
}

impl<A> fmt::Display for SessionKey<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.did, base64url::encode(&self.random_id))
    }
}

impl<A> fmt::Debug for SessionKey<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionKey({self})")
    }
}

impl<A> FromStr for SessionKey<A> {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let malformed = || {
            Error::new(
                ErrorKind::SessionNotFound,
                "this is not a session key; it has the form `<did>:<43 characters>`",
            )
        };
        let (did, random_id) = text.rsplit_once(':').ok_or_else(malformed)?;
        let bytes = base64url::decode(random_id).filter(|_| random_id.len() == 43);
        let random_id = bytes
            .and_then(|b| b.try_into().ok())
            .ok_or_else(malformed)?;
        Ok(Self::new(
            did.parse()
                .map_err(|error| malformed().with_source(error))?,
            random_id,
        ))
    }
}

impl<A> Clone for SessionKey<A> {
    fn clone(&self) -> Self {
        Self::new(self.did.clone(), self.random_id)
    }
}

impl<A> PartialEq for SessionKey<A> {
    fn eq(&self, other: &Self) -> bool {
        self.random_id == other.random_id && self.did == other.did
    }
}

impl<A> Eq for SessionKey<A> {}

impl<A> Hash for SessionKey<A> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.did.hash(state);
        self.random_id.hash(state);
    }
}

impl<A> Serialize for SessionKey<A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, A> Deserialize<'de> for SessionKey<A> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

//! Records, the plain content of rows: sessions, pending sign-ins, revocations and client keys.

mod auth;
mod client_key;
mod pending;
mod revocation;
mod session;

pub use auth::ClientAuth;
pub use client_key::ClientKeyRecord;
pub use pending::PendingRecord;
pub use revocation::RevocationRecord;
pub use session::{Expanded, RefreshLease, SessionRecord};

use crate::jose::DpopKey;
use crate::store::vault::codec::{Reader, Writer};
use crate::store::{Kind, StoreError};
use crate::types::Timestamp;

/// Something that a [`Vault`](crate::store::Vault) seals into a row.
///
/// The id is not part of the encoded form: what is read belongs to the id that was asked for, and the seal
/// binds it to that id, so a record can never answer for another.
pub trait Record: Sized {
    /// What its rows are.
    const KIND: Kind;

    /// Its name, unique within the kind.
    fn id(&self) -> String;

    /// The records it is listed with; empty: none.
    fn group(&self) -> String;

    /// When it counts as gone.
    fn expires_at(&self) -> Option<Timestamp>;

    /// Writes everything but the id.
    fn encode(&self, out: &mut Writer);

    /// Reads what [`encode`](Self::encode) wrote, for the record `id`.
    ///
    /// # Errors
    /// [`StoreError::unreadable`] when the bytes are something else.
    fn decode(id: &str, input: &mut Reader<'_>) -> Result<Self, StoreError>;
}

fn write_key(out: &mut Writer, key: &DpopKey) {
    let (d, x, y) = key.parts();
    for part in [&*d, &x, &y] {
        out.array(part);
    }
}

fn read_key(input: &mut Reader<'_>) -> Result<DpopKey, StoreError> {
    let d = zeroize::Zeroizing::new(input.array()?);
    let (x, y) = (input.array()?, input.array()?);
    DpopKey::from_parts(&d, &x, &y).map_err(|_| crate::store::vault::codec::damaged())
}

#[cfg(test)]
mod tests;

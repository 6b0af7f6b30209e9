//! Opening rows: unsealing, rollback detection and decoding.

use super::{Stored, Vault};
use crate::jose::{base64url, sha256};
use crate::store::vault::codec::Reader;
use crate::store::vault::rollback_guard::ReadStart;
use crate::store::vault::seal::Label;
use crate::store::{Record, Row, RowKey, StoreError};

impl Vault {
    /// The record in `row`, which was read after `start`.
    pub(super) fn open<R: Record>(
        &self,
        key: &RowKey,
        row: &Row,
        start: ReadStart,
    ) -> Result<Option<Stored<R>>, StoreError> {
        if row.is_expired(self.now()) {
            return Ok(None);
        }
        let opened = self.decode(key, row, start);
        if let Err(error) = &opened {
            let hash = base64url::encode(&sha256(key.id.as_bytes()));
            tracing::error!(kind = ?key.kind, row = hash, "{error}");
        }
        opened.map(Some)
    }

    fn decode<R: Record>(
        &self,
        key: &RowKey,
        row: &Row,
        start: ReadStart,
    ) -> Result<Stored<R>, StoreError> {
        let plain = self.0.sealer.open(label(key, row), &row.value)?;
        if !self
            .0
            .rollback_guard
            .check_and_record(key, row.version, start)
        {
            return Err(rolled_back());
        }
        self.parse(key, row, &plain)
    }

    /// The record whose bytes are `plain`.
    pub(super) fn parse<R: Record>(
        &self,
        key: &RowKey,
        row: &Row,
        plain: &[u8],
    ) -> Result<Stored<R>, StoreError> {
        let foreign = || StoreError::unreadable("a stored row is not what it was asked for");
        let id = self.own_id(&key.id).ok_or_else(foreign)?;
        let mut input = Reader::new(plain, &self.0.interner);
        let record = R::decode(id, &mut input)?;
        input.end()?;
        let labelled = record.id() == id
            && self.group(&record.group()) == row.group
            && record.expires_at() == row.expires_at;
        if !labelled {
            return Err(foreign());
        }
        Ok(Stored {
            record,
            version: row.version,
        })
    }
}

/// Where the value of `row` belongs.
pub(super) fn label<'a>(key: &'a RowKey, row: &'a Row) -> Label<'a> {
    Label {
        key,
        version: row.version,
        group: &row.group,
        expires_at: row.expires_at,
    }
}

pub(super) fn rolled_back() -> StoreError {
    StoreError::unreadable(
        "a stored row is older than it was before, or deleted and back: a copy was restored, or the \
         store answers with stale reads; it is not used",
    )
}

//! A row as one string of bytes: version, expiry, group, value.

use bytes::Bytes;

use super::Row;
use crate::types::Timestamp;

const NEVER: u64 = u64::MAX;

pub(super) fn pack(row: &Row) -> Vec<u8> {
    let expires_at = row.expires_at.map_or(NEVER, |end| end.0);
    let group = row.group.as_bytes();
    // A group is at most 2,200 bytes long.
    let group_length = u16::try_from(group.len()).unwrap_or(u16::MAX);
    let parts: [&[u8]; 5] = [
        &row.version.to_be_bytes(),
        &expires_at.to_be_bytes(),
        &group_length.to_be_bytes(),
        group,
        &row.value,
    ];
    parts.concat()
}

/// None, if the bytes are no row.
pub(super) fn unpack(bytes: &[u8]) -> Option<Row> {
    let (version, rest) = bytes.split_first_chunk()?;
    let (expires_at, rest) = rest.split_first_chunk()?;
    let (group_length, rest) = rest.split_first_chunk()?;
    let group_length = u16::from_be_bytes(*group_length);
    let (group, value) = rest.split_at_checked(group_length.into())?;
    let expires_at = u64::from_be_bytes(*expires_at);
    Some(Row {
        version: u64::from_be_bytes(*version),
        group: std::str::from_utf8(group).ok()?.into(),
        expires_at: Some(Timestamp(expires_at)).filter(|end| end.0 != NEVER),
        value: Bytes::copy_from_slice(value),
    })
}

//! Where the records are: in memory, one repository per account.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::account::base32;
use crate::jose::sha256;
use crate::types::Timestamp;

/// All repositories, by DID; they follow an account that moves.
#[derive(Default)]
pub(super) struct Repositories {
    records: HashMap<String, BTreeMap<(String, String), Record>>,
    ticks: u64,
}

#[derive(Clone)]
pub(super) struct Record {
    pub(super) cid: String,
    pub(super) value: Value,
}

impl Repositories {
    /// Writes a record and returns its content id.
    pub(super) fn put(&mut self, did: &str, collection: &str, rkey: &str, value: Value) -> String {
        let cid = cid(0x71, value.to_string().as_bytes());
        let record = Record {
            cid: cid.clone(),
            value,
        };
        let key = (collection.to_owned(), rkey.to_owned());
        self.records
            .entry(did.to_owned())
            .or_default()
            .insert(key, record);
        cid
    }

    pub(super) fn get(&self, did: &str, collection: &str, rkey: &str) -> Option<&Record> {
        let key = (collection.to_owned(), rkey.to_owned());
        self.records.get(did)?.get(&key)
    }

    pub(super) fn delete(&mut self, did: &str, collection: &str, rkey: &str) {
        if let Some(records) = self.records.get_mut(did) {
            records.remove(&(collection.to_owned(), rkey.to_owned()));
        }
    }

    /// The records of a collection, newest first.
    pub(super) fn list<'a>(
        &'a self,
        did: &str,
        collection: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a Record)> {
        let records = self.records.get(did).into_iter().flatten().rev();
        records
            .filter(move |((kind, _), _)| kind == collection)
            .map(|((_, rkey), record)| (rkey.as_str(), record))
    }

    /// A new record key that sorts after all before it: 13 characters that hold the time.
    pub(super) fn next_key(&mut self, now: Timestamp) -> String {
        const LETTERS: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";
        let micros = now.0.saturating_mul(1_000_000);
        self.ticks = micros.max(self.ticks + 1);
        let bits = self.ticks << 10;
        let letter = |place: u32| {
            let index = usize::try_from(bits >> (place * 5) & 31).unwrap_or_default();
            LETTERS.get(index).map_or('2', |&letter| letter.into())
        };
        (0..13).rev().map(letter).collect()
    }
}

/// A version 1 content id with SHA-256. For records the hash is over JSON, not over DAG-CBOR: it has
/// the right shape and changes with the record, no more.
pub(super) fn cid(codec: u8, bytes: &[u8]) -> String {
    let id = [&[1, codec, 0x12, 0x20][..], &sha256(bytes)].concat();
    format!("b{}", base32(&id, 58))
}

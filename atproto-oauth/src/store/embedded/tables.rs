//! The tables of the file: rows, and two indexes that are changed in the same transactions.

use std::ops::Bound;

use redb::{
    Database, ReadableDatabase, ReadableTable, Table, TableDefinition, TableError, WriteTransaction,
};

use crate::store::row_bytes::{pack, unpack};
use crate::store::{Change, Commit, Kind, Row, RowKey};
use crate::types::Timestamp;

/// Kind and id → version, expiry, group, value.
const ROWS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("rows");
/// Kind, group, 0 and id.
const GROUPS: TableDefinition<'_, &[u8], ()> = TableDefinition::new("groups");
/// Expiry, kind and id.
const EXPIRIES: TableDefinition<'_, &[u8], ()> = TableDefinition::new("expiries");
const ABOUT: TableDefinition<'_, &str, u64> = TableDefinition::new("about");

const SCHEMA: &str = "schema";
/// Of this layout. A version that reads an older one migrates it here.
const CURRENT: u64 = 1;

pub(super) type Outcome<T> = Result<T, redb::Error>;

/// What kind of file it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Schema {
    Known,
    Newer,
    Foreign,
}

/// Makes the tables in an empty file; says whose file it is otherwise.
pub(super) fn prepare(db: &Database) -> Outcome<Schema> {
    let transaction = db.begin_read()?;
    let schema = match transaction.open_table(ABOUT) {
        Ok(about) => about.get(SCHEMA)?.map(|version| version.value()),
        Err(TableError::TableDoesNotExist(_)) if transaction.list_tables()?.next().is_none() => {
            return create(db);
        }
        Err(TableError::TableDoesNotExist(_)) => None,
        Err(error) => return Err(error.into()),
    };
    match schema {
        Some(CURRENT) => Ok(Schema::Known),
        Some(_) => Ok(Schema::Newer),
        None => Ok(Schema::Foreign),
    }
}

fn create(db: &Database) -> Outcome<Schema> {
    let transaction = db.begin_write()?;
    transaction.open_table(ABOUT)?.insert(SCHEMA, CURRENT)?;
    drop(Tables::open(&transaction)?);
    transaction.commit()?;
    Ok(Schema::Known)
}

pub(super) fn get(db: &Database, key: &RowKey) -> Outcome<Option<Row>> {
    let rows = db.begin_read()?.open_table(ROWS)?;
    let found = rows.get(name(key.kind, &key.id).as_slice())?;
    found.map(|bytes| decode(bytes.value())).transpose()
}

pub(super) fn list(
    db: &Database,
    kind: Kind,
    group: &str,
    after: Option<&str>,
    limit: usize,
) -> Outcome<Vec<(RowKey, Row)>> {
    let mut page = Vec::new();
    if group.is_empty() {
        return Ok(page);
    }
    let transaction = db.begin_read()?;
    let (rows, groups) = (
        transaction.open_table(ROWS)?,
        transaction.open_table(GROUPS)?,
    );
    let prefix = member(kind, group, "");
    let start = member(kind, group, after.unwrap_or_default());
    let after_start = (Bound::Excluded(start.as_slice()), Bound::Unbounded);
    for entry in groups.range::<&[u8]>(after_start)?.take(limit) {
        let (entry, ()) = entry.map(|(entry, unit)| (entry, unit.value()))?;
        let Some(id) = entry.value().strip_prefix(prefix.as_slice()) else {
            break;
        };
        let id = std::str::from_utf8(id).map_err(|_| damaged())?;
        let row = rows.get(name(kind, id).as_slice())?.ok_or_else(damaged)?;
        let id = id.to_owned();
        page.push((RowKey { kind, id }, decode(row.value())?));
    }
    Ok(page)
}

/// The rows of a kind in the order of their ids, after the id `after`.
pub(super) fn scan(
    db: &Database,
    kind: Kind,
    after: Option<&str>,
    limit: usize,
) -> Outcome<Vec<(RowKey, Row)>> {
    let rows = db.begin_read()?.open_table(ROWS)?;
    let start = name(kind, after.unwrap_or_default());
    let after_start = (Bound::Excluded(start.as_slice()), Bound::Unbounded);
    let mut page = Vec::new();
    for entry in rows.range::<&[u8]>(after_start)?.take(limit) {
        let (name, row) = entry?;
        let Some(id) = name.value().strip_prefix(&[kind.tag()]) else {
            break;
        };
        let id = std::str::from_utf8(id).map_err(|_| damaged())?.to_owned();
        page.push((RowKey { kind, id }, decode(row.value())?));
    }
    Ok(page)
}

/// The tables of a transaction that writes.
pub(super) struct Tables<'t> {
    rows: Table<'t, &'static [u8], &'static [u8]>,
    groups: Table<'t, &'static [u8], ()>,
    expiries: Table<'t, &'static [u8], ()>,
}

impl<'t> Tables<'t> {
    pub(super) fn open(transaction: &'t WriteTransaction) -> Outcome<Self> {
        Ok(Self {
            rows: transaction.open_table(ROWS)?,
            groups: transaction.open_table(GROUPS)?,
            expiries: transaction.open_table(EXPIRIES)?,
        })
    }

    /// All changes, or none and the first that does not fit.
    pub(super) fn apply(&mut self, changes: &[Change], now: Timestamp) -> Outcome<Commit> {
        for (index, change) in changes.iter().enumerate() {
            let key = change.key();
            let current = self.rows.get(name(key.kind, &key.id).as_slice())?;
            let current = current.map(|bytes| decode(bytes.value())).transpose()?;
            if !change.accepts(current.map(|row| (row.version, row.is_expired(now)))) {
                return Ok(Commit::Conflict(index));
            }
        }
        for change in changes {
            let key = change.key();
            self.remove(&name(key.kind, &key.id))?;
            if let Change::Put(key, row) = change {
                self.insert(key, row)?;
            }
        }
        Ok(Commit::Done)
    }

    /// Deletes expired rows, the oldest first.
    pub(super) fn sweep(&mut self, now: Timestamp, limit: usize) -> Outcome<usize> {
        let mut swept = 0;
        while swept < limit {
            let oldest = self.expiries.first()?;
            let Some(oldest) = oldest.map(|(oldest, _)| oldest.value().to_vec()) else {
                break;
            };
            let (end, name) = oldest.split_first_chunk().ok_or_else(damaged)?;
            if Timestamp(u64::from_be_bytes(*end)) > now {
                break;
            }
            self.remove(name)?;
            // Also where an index was left over: the loop must come to its end.
            self.expiries.remove(oldest.as_slice())?;
            swept += 1;
        }
        Ok(swept)
    }

    fn insert(&mut self, key: &RowKey, row: &Row) -> Outcome<()> {
        let name = name(key.kind, &key.id);
        self.rows.insert(name.as_slice(), pack(row).as_slice())?;
        if !row.group.is_empty() {
            let member = member(key.kind, &row.group, &key.id);
            self.groups.insert(member.as_slice(), ())?;
        }
        if let Some(end) = row.expires_at {
            self.expiries.insert(expiry(end, &name).as_slice(), ())?;
        }
        Ok(())
    }

    fn remove(&mut self, name: &[u8]) -> Outcome<()> {
        let row = match self.rows.remove(name)? {
            Some(bytes) => decode(bytes.value())?,
            None => return Ok(()),
        };
        let (kind, id) = name.split_first().ok_or_else(damaged)?;
        if !row.group.is_empty() {
            let member = [&[*kind], row.group.as_bytes(), &[0], id].concat();
            self.groups.remove(member.as_slice())?;
        }
        if let Some(end) = row.expires_at {
            self.expiries.remove(expiry(end, name).as_slice())?;
        }
        Ok(())
    }
}

fn name(kind: Kind, id: &str) -> Vec<u8> {
    [&[kind.tag()], id.as_bytes()].concat()
}

/// Names are printable, so 0 sorts and separates them.
fn member(kind: Kind, group: &str, id: &str) -> Vec<u8> {
    [&[kind.tag()], group.as_bytes(), &[0], id.as_bytes()].concat()
}

fn expiry(end: Timestamp, name: &[u8]) -> Vec<u8> {
    [&end.0.to_be_bytes(), name].concat()
}

fn decode(bytes: &[u8]) -> Outcome<Row> {
    unpack(bytes).ok_or_else(damaged)
}

fn damaged() -> redb::Error {
    redb::Error::Corrupted("a row or its index is damaged".into())
}

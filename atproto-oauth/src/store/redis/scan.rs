//! All rows of a kind, step by step, with the server's own `SCAN`.

use redis::Value;

use super::script::PREFIX;
use super::{RedisStore, damaged};
use crate::store::policy::REDIS_BATCH;
use crate::store::row::is_id;
use crate::store::row_bytes::unpack;
use crate::store::{Kind, RowKey, Scan, StoreError};

impl RedisStore {
    /// `SCAN` gives each key that is there all the time at least once, whatever is written meanwhile. It looks
    /// at about as many keys as it is told, also at those of other kinds.
    pub(super) async fn step(
        &self,
        kind: Kind,
        from: Option<&str>,
        limit: usize,
    ) -> Result<Scan, StoreError> {
        let cursor: u64 = match from {
            None => 0,
            Some(from) => from.parse().map_err(|_| {
                StoreError::failed("a scan goes on from what the store said, and nothing else")
            })?,
        };
        let start = format!("{PREFIX}{}:", kind.tag());
        let mut command = redis::cmd("SCAN");
        command
            .arg(cursor)
            .arg("MATCH")
            .arg(format!("{start}*"))
            .arg("COUNT")
            .arg(limit.clamp(1, REDIS_BATCH));
        let (next, names) = self.found(self.connection.value(&command).await?)?;
        let rows = match names.as_slice() {
            [] => Vec::new(),
            names => self.rows(kind, &start, names).await?,
        };
        Ok(Scan {
            rows,
            next: (next != "0").then_some(next),
        })
    }

    /// The cursor, and names.
    fn found(&self, answer: Value) -> Result<(String, Vec<String>), StoreError> {
        let Value::Array(parts) = answer else {
            return Err(self.confused());
        };
        let Ok([cursor, Value::Array(names)]) = <[Value; 2]>::try_from(parts) else {
            return Err(self.confused());
        };
        let cursor = self.text(cursor)?;
        let is_number = cursor.parse::<u64>().is_ok();
        if !is_number {
            return Err(self.confused());
        }
        let mut ours = Vec::new();
        for name in names {
            let Value::BulkString(name) = name else {
                return Err(self.confused());
            };
            // What others keep under our prefix must not hide what is ours.
            if let Ok(name) = String::from_utf8(name)
                && is_id(&name)
            {
                ours.push(name);
            }
        }
        Ok((cursor, ours))
    }

    async fn rows(
        &self,
        kind: Kind,
        start: &str,
        names: &[String],
    ) -> Result<Vec<(RowKey, super::Row)>, StoreError> {
        let mut command = redis::cmd("MGET");
        for name in names {
            command.arg(name);
        }
        let values = match self.connection.value(&command).await? {
            Value::Array(values) if values.len() == names.len() => values,
            _ => return Err(self.confused()),
        };
        let mut rows = Vec::new();
        for (name, value) in names.iter().zip(values) {
            let Some(id) = name.strip_prefix(start) else {
                return Err(self.confused());
            };
            let key = RowKey {
                kind,
                id: id.to_owned(),
            };
            match value {
                // Deleted since it was found.
                Value::Nil => {}
                Value::BulkString(bytes) => {
                    if let Some(row) = unpack(&bytes) {
                        rows.push((key, row));
                    } else {
                        // One that is damaged must not hide the others.
                        tracing::error!(?kind, "{}", damaged());
                    }
                }
                _ => return Err(self.confused()),
            }
        }
        Ok(rows)
    }

    fn text(&self, value: Value) -> Result<String, StoreError> {
        match value {
            Value::BulkString(bytes) => String::from_utf8(bytes).map_err(|_| self.confused()),
            Value::SimpleString(text) => Ok(text),
            _ => Err(self.confused()),
        }
    }
}

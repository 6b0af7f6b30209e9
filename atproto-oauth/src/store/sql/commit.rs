//! A commit: all changes, or none.

use std::collections::BTreeMap;

use crate::types::BoxFuture;
use sqlx::Connection;

use super::dialect::{Dialect, Value};
use super::statements::{Context, Failure, Statement, group_hash, names, number};
use crate::store::{Change, Commit, Row, RowKey};

/// Applies changes. The rows are locked in the order of their keys and then compared, so two commits never wait for
/// each other, and no other transaction changes what was compared before all is written.
pub(super) struct Apply(pub(super) Vec<Change>);

const INSERT: &str = "INSERT INTO atproto_oauth_rows \
     (kind, id, version, group_name, group_hash, expires_at, value) \
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (kind, id) DO NOTHING";
const UPDATE: &str = "UPDATE atproto_oauth_rows \
     SET version = $3, group_name = $4, group_hash = $5, expires_at = $6, value = $7 \
     WHERE kind = $1 AND id = $2";
const DELETE: &str = "DELETE FROM atproto_oauth_rows WHERE kind = $1 AND id = $2";

impl<F: Dialect> Statement<F> for Apply {
    type Answer = Commit;
    const WRITES: bool = true;

    fn perform<'a>(
        &'a self,
        context: &'a Context,
        connection: &'a mut F::Connection,
    ) -> BoxFuture<'a, Result<Commit, Failure>> {
        Box::pin(async move {
            let mut ordered: Vec<_> = self.0.iter().collect();
            ordered.sort_unstable_by(|one, other| one.key().cmp(other.key()));

            let begin = F::begin(context.limits.call);
            let mut transaction = connection.begin_with(begin).await?;
            let now = context.clock.now();
            let mut found = BTreeMap::new();
            for change in &ordered {
                let key = change.key();
                let current = F::lock(&mut transaction, F::LOCK, names(key).to_vec()).await?;
                found.extend(current.map(|row| (key, (row.version, row.is_expired(now)))));
            }
            let accepted = |change: &Change| change.accepts(found.get(change.key()).copied());
            if let Some(refused) = self.0.iter().position(|change| !accepted(change)) {
                transaction.rollback().await?;
                return Ok(Commit::Conflict(refused));
            }
            for change in ordered {
                match change {
                    Change::Put(key, row) if found.contains_key(key) => {
                        F::run(&mut transaction, UPDATE, values(key, row)).await?;
                    }
                    Change::Put(key, row) => {
                        let written = F::run(&mut transaction, INSERT, values(key, row)).await?;
                        if written == 0 {
                            // There was no row to lock, and another process inserted one first.
                            transaction.rollback().await?;
                            return Err(Failure::Overtaken);
                        }
                    }
                    Change::Delete(key, _) => {
                        F::run(&mut transaction, DELETE, names(key).to_vec()).await?;
                    }
                }
            }
            transaction.commit().await?;
            Ok(Commit::Done)
        })
    }
}

fn values<'a>(key: &'a RowKey, row: &'a Row) -> Vec<Value<'a>> {
    let [kind, id] = names(key);
    vec![
        kind,
        id,
        Value::Number(Some(number(row.version))),
        Value::Text(&row.group),
        Value::Hash(group_hash(&row.group)),
        Value::Number(row.expires_at.map(|end| number(end.0))),
        Value::Bytes(&row.value),
    ]
}

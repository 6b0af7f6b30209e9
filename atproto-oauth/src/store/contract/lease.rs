//! Leases: a row says who may do something, and until when.

use std::sync::Arc;

use bytes::Bytes;

use super::Check;
use super::support::{Names, done, ensure, get, one_of, refused, row};
use crate::store::{Change, Kind, Row, Store};
use crate::types::Timestamp;

/// A lease as a refresh takes it, in a row that stays: one of 100 gets it, one of 100 takes it over when
/// its holder is late, and what that holder writes then is refused, as is everything after a sign-out.
///
/// # Errors
/// A [`Violation`](super::Violation).
pub async fn leases(store: &Arc<dyn Store>) -> Check {
    let key = Names::new()?.key(Kind::Session, "lease");
    let held = |version, holder: u64| Row {
        value: Bytes::from(holder.to_be_bytes().to_vec()),
        ..row(version, "", None)
    };
    let put = |version, holder| vec![Change::Put(key.clone(), held(version, holder))];
    done(store, put(1, 0), "a new row").await?;

    let first = one_of(store, |caller| put(2, caller), "got one lease").await?;
    let found = get(store, &key).await?;
    ensure(
        found == Some(held(2, first)),
        "a lease must name the caller that got it",
    )?;
    let second = one_of(store, |caller| put(3, caller), "took one lease over").await?;
    refused(store, put(3, first), "what a holder writes after its lease").await?;
    done(
        store,
        put(4, second),
        "what a holder writes within its lease",
    )
    .await?;

    refused(
        store,
        vec![Change::Delete(key.clone(), Some(3))],
        "a sign-out that has not seen what the holder wrote",
    )
    .await?;
    done(
        store,
        vec![Change::Delete(key.clone(), Some(4))],
        "a sign-out",
    )
    .await?;
    refused(
        store,
        put(5, second),
        "what a holder writes after a sign-out",
    )
    .await?;
    ensure(
        get(store, &key).await?.is_none(),
        "a row must not come back from the dead",
    )
}

/// A lease that is a row of its own, and ends by its expiry: none of 100 takes it before, one after.
///
/// # Errors
/// A [`Violation`](super::Violation).
pub async fn leases_that_expire(store: &Arc<dyn Store>) -> Check {
    let names = Names::new()?;
    let (over, running) = (
        names.key(Kind::Revocation, "over"),
        names.key(Kind::Revocation, "running"),
    );
    for (key, end) in [(&over, 1), (&running, u64::MAX >> 1)] {
        let row = row(1, "", Some(Timestamp(end)));
        done(store, vec![Change::Put(key.clone(), row)], "a new row").await?;
    }
    refused(
        store,
        vec![Change::Put(running, row(1, "", None))],
        "a lease that is not over",
    )
    .await?;
    let take = |_| vec![Change::Put(over.clone(), row(1, "", None))];
    one_of(store, take, "took one lease that was over")
        .await
        .map(drop)
}

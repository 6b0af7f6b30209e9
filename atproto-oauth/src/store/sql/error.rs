//! Errors of a database, as store errors.

use sqlx::Error;

use super::dialect::{Dialect, Explained};
use super::statements::Limits;
use crate::store::StoreError;

/// Another transaction conflicted; repeating may succeed.
pub(super) fn is_contention<F: Dialect>(error: &Error) -> bool {
    let error = error.as_database_error();
    error.is_some_and(|error| F::is_contention(error))
}

/// The database's own words are kept, but nothing that may hold a row or a password.
pub(super) fn explain<F: Dialect>(place: &str, limits: Limits, error: Error) -> StoreError {
    let connect = limits.connect.as_secs();
    match &error {
        Error::Database(error) => {
            let explained = match F::explain(place, error.as_ref()) {
                Explained::Down(text) => StoreError::down(text),
                Explained::Failed(text) => StoreError::failed(text),
            };
            let code = error.code().unwrap_or_default();
            explained.with_source(format!("{code} {}", error.message()))
        }
        Error::PoolTimedOut => StoreError::down(format!(
            "`{place}` had no connection to give within {connect} seconds; look whether it runs, and \
             whether it is overloaded"
        )),
        Error::Io(_) => {
            let text = format!("`{place}` cannot be reached; look whether it runs");
            StoreError::down(text).with_source(error)
        }
        Error::Tls(_) => {
            let text = format!(
                "`{place}` cannot be reached over TLS; look at its certificate, and at `sslmode` and \
                 `sslrootcert` in `ATPROTO_STORE`"
            );
            StoreError::down(text).with_source(error)
        }
        Error::ColumnDecode { .. } | Error::Decode(_) => {
            let text = format!("a row in `{place}` is not one of ours; it is not used");
            StoreError::unreadable(text)
        }
        Error::Protocol(_) | Error::WorkerCrashed | Error::BeginFailed | Error::PoolClosed => {
            let text = format!("the connection to `{place}` broke; try again");
            StoreError::down(text).with_source(error)
        }
        _ => {
            let text = format!("`{place}` cannot be used; look at the cause");
            StoreError::failed(text).with_source(error)
        }
    }
}

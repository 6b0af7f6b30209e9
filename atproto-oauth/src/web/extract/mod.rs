//! Extractors for handlers and hooks.

mod accounts;
mod logged_out;
mod login;
mod session;

pub use accounts::Accounts;
pub use logged_out::LoggedOut;
pub use login::Login;
pub(crate) use session::current;

use http::request::Parts;

use crate::error::{Error, ErrorKind};

/// A value that only one kind of hook is given.
///
/// The compiler cannot refuse it elsewhere: every hook takes whatever is an extractor for the router's state,
/// and Rust has no impl for all types but these, by the kind of the hook. Were they no extractors of axum's,
/// it could; but then they would fit neither into tuples nor into extractors of one's own.
fn of_hook<T: Clone + Send + Sync + 'static>(
    parts: &Parts,
    what: &str,
    hook: &str,
) -> Result<T, Error> {
    parts.extensions.get::<T>().cloned().ok_or_else(|| {
        Error::new(
            ErrorKind::Configuration,
            format!("`{what}` was asked for outside the `{hook}` hook; take it there only"),
        )
    })
}

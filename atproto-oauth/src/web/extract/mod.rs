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

/// Takes a value that only one kind of hook is given.
///
/// Elsewhere this is an error when the request comes, not when the program is compiled: a hook takes every axum
/// extractor, and Rust cannot exclude some of them by the kind of hook. If these values were no axum extractors, they
/// could not be parts of tuples and of an application's own extractors.
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

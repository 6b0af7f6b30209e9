//! What handlers and hooks can ask for.

mod accounts;
mod logged_out;
mod login;
mod session;

pub use accounts::Accounts;
pub use logged_out::LoggedOut;
pub use login::Login;
pub(crate) use session::current;

use http::request::Parts;

use crate::{Error, ErrorKind};

/// A value that only one kind of hook is given.
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

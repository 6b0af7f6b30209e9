//! The pages that people see, and how to replace them one by one.
//!
//! Every page is a function from a plain struct to a string. There is no templating engine: a few short
//! pages do not pay for a compile-time dependency, `format!` is checked by the compiler as well, and
//! all dynamic text goes through one function, [`escape`], which is what a templating engine would be
//! bought for. The stylesheet is a file of its own, taken in with `include_str!`, so that its hash can
//! stand in the `Content-Security-Policy`.
//!
//! ```
//! use atproto_oauth::web::pages::{Cancelled, Pages, escape};
//!
//! struct Mine;
//!
//! impl Pages for Mine {
//!     fn cancelled(&self, page: &Cancelled<'_>) -> String {
//!         format!("<!doctype html><title>Cancelled</title><a href=\"{}\">Back</a>", escape(page.home))
//!     }
//! }
//! ```

mod accounts;
mod cancelled;
mod error;
mod frame;
mod html;
mod messages;
mod permission;
mod permissions;
mod sign_in;
mod sign_out;

pub use accounts::{AccountEntry, AccountsPage};
pub use cancelled::Cancelled;
pub use error::ErrorPage;
pub use frame::Details;
pub use html::escape;
pub(crate) use messages::messages;
pub use permission::PermissionPage;
pub use sign_in::{Problem, SignIn};
pub use sign_out::SignOut;

/// Every page of the generated routes. Each has a default, so that an implementation replaces as many
/// as it likes.
///
/// A page is a whole HTML document. It is sent with a strict `Content-Security-Policy`: no script runs,
/// styles come from [`styles`](Self::styles) in one `<style>` element or from the application's own
/// origin, images from its own origin or from `data:`. All dynamic text has to go through [`escape`].
pub trait Pages: Send + Sync + 'static {
    /// The text of the `<style>` element of the default pages. A replaced page may use it as well; no
    /// other inline style is let through.
    fn styles(&self) -> &str {
        frame::STYLE
    }

    /// Asks who signs in.
    fn sign_in(&self, page: &SignIn<'_>) -> String {
        sign_in::render(self.styles(), page)
    }

    /// Says what went wrong and what to do.
    fn error(&self, page: &ErrorPage<'_>) -> String {
        error::render(self.styles(), page)
    }

    /// The person said no at the authorization server; the way back.
    fn cancelled(&self, page: &Cancelled<'_>) -> String {
        cancelled::render(self.styles(), page)
    }

    /// A permission is missing, for a person who is signed in: which, and the way to it.
    fn permission(&self, page: &PermissionPage<'_>) -> String {
        permission::render(self.styles(), page)
    }

    /// Asks whether to sign out; the form posts.
    fn sign_out(&self, page: &SignOut<'_>) -> String {
        sign_out::render(self.styles(), page)
    }

    /// The accounts of this browser: switch, add, sign out of one or of all.
    fn accounts(&self, page: &AccountsPage<'_>) -> String {
        accounts::render(self.styles(), page)
    }
}

/// The pages as they come.
#[derive(Clone, Copy, Debug, Default)]
pub struct DefaultPages;

impl Pages for DefaultPages {}

#[cfg(test)]
mod tests;

//! The page for somebody who said no.

use super::Details;
use super::html::{document, escape};

/// What the page shows to somebody who said no at the authorization server.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Cancelled<'a> {
    /// The application's name, or its host.
    pub app: &'a str,
    /// Where to sign in after all.
    pub login: &'a str,
    /// The application's own page to go back to.
    pub home: &'a str,
    /// For developers; never in production.
    pub details: Option<&'a Details<'a>>,
}

impl<'a> Cancelled<'a> {
    /// The page of the application `app`.
    #[must_use]
    pub fn new(app: &'a str, login: &'a str, home: &'a str) -> Self {
        Self {
            app,
            login,
            home,
            details: None,
        }
    }
}

pub(super) fn render(styles: &str, page: &Cancelled<'_>) -> String {
    let main = format!(
        "<a href=\"{}\">Sign in</a> <a href=\"{}\">Back</a>\n",
        escape(page.login),
        escape(page.home)
    );
    document(styles, page.app, "You cancelled", &main)
}

//! The page for a person who said no.

use super::Details;
use super::frame::{Frame, address, developer};
use super::html::escape;

/// What the page shows to a person who said no at the authorization server.
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
    let frame = Frame {
        styles,
        app: page.app,
        heading: "You cancelled",
        problem: false,
        wide: page.details.is_some(),
    };
    let content = format!(
        "<p role=\"status\">You were not signed in, and nothing was shared with {app}.</p>\n\
         <div class=\"actions\">\n\
         <a class=\"button main\" href=\"{login}\">Sign in after all</a>\n\
         <a class=\"button\" href=\"{home}\">Back to {app}</a>\n\
         </div>\n{details}",
        app = escape(page.app),
        login = address(page.login, &[]),
        home = address(page.home, &[]),
        details = developer(page.details),
    );
    frame.document(&content)
}

//! The error page.

use std::time::Duration;

use super::html::{document, escape};

/// What the error page shows.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ErrorPage<'a> {
    /// The application's name, or its host.
    pub app: &'a str,
    /// The stable name, such as `invalid_handle`.
    pub code: &'a str,
    /// The status the page is sent with.
    pub status: u16,
    /// What happened, in a few words.
    pub title: &'a str,
    /// What happened and what to do, in one or two sentences.
    pub message: &'a str,
    /// Also in the logs.
    pub request_id: &'a str,
    /// Where to sign in; with it the page offers to try again.
    pub login: Option<&'a str>,
    /// The application's own page to go back to.
    pub home: &'a str,
    /// How long to wait before trying again.
    pub retry_after: Option<Duration>,
    /// For developers; never in production.
    pub details: Option<&'a Details<'a>>,
}

/// What a developer wants to know about an error. In production there is none.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Details<'a> {
    /// The step that failed.
    pub step: &'a str,
    /// The error's own sentence.
    pub message: &'a str,
    /// What caused it, outermost first.
    pub causes: &'a [String],
    /// The other server's own words. Untrusted text.
    pub server_said: Option<&'a str>,
    /// What to look at.
    pub hint: &'a str,
}

impl<'a> ErrorPage<'a> {
    /// The page of the application `app` for an error named `code`.
    #[must_use]
    pub fn new(app: &'a str, code: &'a str, status: u16, title: &'a str, message: &'a str) -> Self {
        Self {
            app,
            code,
            status,
            title,
            message,
            request_id: "",
            login: None,
            home: "/",
            retry_after: None,
            details: None,
        }
    }
}

pub(super) fn render(styles: &str, page: &ErrorPage<'_>) -> String {
    let main = format!("<p role=\"alert\">{}</p>\n", escape(page.message));
    document(styles, page.app, page.title, &main)
}

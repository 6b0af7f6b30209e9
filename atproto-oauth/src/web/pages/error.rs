//! The error page.

use std::time::Duration;

use super::frame::{Details, Frame, address, developer, prose, reference};
use super::html::escape;

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
    /// Where to sign in, if that helps.
    pub login: Option<&'a str>,
    /// The address to ask again, if waiting helps.
    pub again: Option<&'a str>,
    /// Who is still signed in here, where it was more permissions that could not be had.
    pub signed_in: Option<&'a str>,
    /// The application's own page to go back to.
    pub home: &'a str,
    /// How long to wait before trying again.
    pub retry_after: Option<Duration>,
    /// For developers; never in production.
    pub details: Option<&'a Details<'a>>,
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
            again: None,
            signed_in: None,
            home: "/",
            retry_after: None,
            details: None,
        }
    }
}

pub(super) fn render(styles: &str, page: &ErrorPage<'_>) -> String {
    let frame = Frame {
        styles,
        app: page.app,
        heading: page.title,
        problem: true,
        wide: page.details.is_some(),
    };
    let link = |class: &str, to: &str, text: &str| {
        format!(
            "<a class=\"button{class}\" href=\"{}\">{text}</a>\n",
            address(to, &[])
        )
    };
    let mut links = String::new();
    if let Some(again) = page.again {
        links += &link(" main", again, "Try again");
    }
    if let Some(login) = page.login {
        links += &link(" main", login, "Sign in");
    }
    links += &link("", page.home, &format!("Back to {}", escape(page.app)));
    let content = format!(
        "<div role=\"alert\">\n<p>{}</p>\n{}{}</div>\n<div class=\"actions\">\n{links}</div>\n{}{}",
        prose(page.message),
        page.signed_in.map_or_else(String::new, stays),
        page.retry_after.map_or_else(String::new, wait),
        reference(page.code, page.request_id),
        developer(page.details),
    );
    frame.document(&content)
}

/// The account is still signed in.
fn stays(account: &str) -> String {
    format!(
        "<p>You are still signed in as <strong>{}</strong>.</p>\n",
        escape(account)
    )
}

/// How long to wait, as people say it.
fn wait(wait: Duration) -> String {
    let seconds = wait.as_secs().max(1);
    let (count, unit) = match seconds {
        1..=90 => (seconds, "second"),
        91..=5_400 => (seconds.div_ceil(60), "minute"),
        _ => (seconds.div_ceil(3_600), "hour"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("<p>Please wait about {count} {unit}{plural}.</p>\n")
}

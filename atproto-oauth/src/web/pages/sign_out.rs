//! The page that asks whether to sign out.

use super::frame::{Frame, address, hidden};
use super::html::escape;

/// What the sign-out page shows. Its form posts `session`, and `all` where everything is signed out.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SignOut<'a> {
    /// The application's name, or its host.
    pub app: &'a str,
    /// Where the form posts to.
    pub action: &'a str,
    /// Who is signed out: a handle, or a DID.
    pub account: &'a str,
    /// The key of the session this page was made for.
    pub session: &'a str,
    /// Sign out of every account of this browser.
    pub all: bool,
    /// The application's own page to go back to.
    pub home: &'a str,
}

impl<'a> SignOut<'a> {
    /// The page of the application `app`; its form posts to `action` and ends `session` of `account`.
    #[must_use]
    pub fn new(app: &'a str, action: &'a str, account: &'a str, session: &'a str) -> Self {
        Self {
            app,
            action,
            account,
            session,
            all: false,
            home: "/",
        }
    }
}

pub(super) fn render(styles: &str, page: &SignOut<'_>) -> String {
    let heading = if page.all {
        "Sign out of all accounts?"
    } else {
        "Sign out?"
    };
    let frame = Frame {
        styles,
        app: page.app,
        heading,
        problem: false,
        wide: false,
    };
    let question = if page.all {
        "This ends every sign-in of this browser at"
    } else {
        "This ends the sign-in of this browser at"
    };
    let content = format!(
        "<p>You are signed in as <strong>{account}</strong>. {question} {app}.</p>\n\
         <form method=\"post\" action=\"{action}\">\n{session}{all}\
         <div class=\"actions\">\n<button class=\"main\">Sign out</button>\n\
         <a class=\"button\" href=\"{home}\">Stay signed in</a>\n</div>\n</form>\n",
        account = escape(page.account),
        app = escape(page.app),
        action = escape(page.action),
        session = hidden("session", Some(page.session)),
        all = hidden("all", page.all.then_some("true")),
        home = address(page.home, &[]),
    );
    frame.document(&content)
}

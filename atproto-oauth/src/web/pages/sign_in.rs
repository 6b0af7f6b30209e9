//! The sign-in page.

use super::html::{document, escape, hidden};

/// What the sign-in page shows. Its form posts `handle`, and `return_to`, `scope` and `prompt` where given.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SignIn<'a> {
    /// The application's name, or its host.
    pub app: &'a str,
    /// Where the form posts to.
    pub action: &'a str,
    /// What was typed before.
    pub handle: &'a str,
    /// The local path to go to after signing in.
    pub return_to: Option<&'a str>,
    /// The permissions this sign-in asks for, as the form sends them back; none asks for the declared ones.
    pub scope: Option<&'a str>,
    /// The permissions to show, as in the client metadata. Empty shows none.
    pub permissions: &'a [&'a str],
    /// Offer to create an account.
    pub sign_up: bool,
    /// Why the last attempt failed.
    pub problem: Option<Problem<'a>>,
}

/// Why the last attempt to sign in failed.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Problem<'a> {
    /// One sentence.
    pub message: &'a str,
    /// Also in the logs.
    pub request_id: &'a str,
    /// Development only: the sentence of the error itself.
    pub details: Option<&'a super::Details<'a>>,
}

impl<'a> SignIn<'a> {
    /// An empty form of the application `app` that posts to `action`.
    #[must_use]
    pub fn new(app: &'a str, action: &'a str) -> Self {
        Self {
            app,
            action,
            handle: "",
            return_to: None,
            scope: None,
            permissions: &[],
            sign_up: false,
            problem: None,
        }
    }
}

pub(super) fn render(styles: &str, page: &SignIn<'_>) -> String {
    let main = format!(
        "<form method=\"post\" action=\"{}\">\n<label for=\"handle\">Handle</label>\n\
         <input id=\"handle\" name=\"handle\" value=\"{}\">\n{}{}<button>Sign in</button>\n</form>\n",
        escape(page.action),
        escape(page.handle),
        hidden("return_to", page.return_to),
        hidden("scope", page.scope),
    );
    document(styles, page.app, "Sign in", &main)
}

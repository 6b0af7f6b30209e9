//! The sign-in page.

use super::frame::{Frame, developer, hidden, prose};
use super::html::{escape, is_unseen};
use super::permissions;

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
    let frame = Frame {
        styles,
        app: page.app,
        heading: "Sign in",
        problem: page.problem.is_some(),
        wide: false,
    };
    let (invalid, described) = match page.problem {
        Some(_) => (" aria-invalid=\"true\"", "problem hint"),
        None => ("", "hint"),
    };
    // Handles that are copied from a profile bring marks of the writing direction along.
    let handle: String = page.handle.chars().filter(|c| !is_unseen(*c)).collect();
    let sign_up = if page.sign_up { SIGN_UP } else { "" };
    let content = format!(
        "{problem}\
         <form method=\"post\" action=\"{action}\">\n\
         <label for=\"handle\">Your handle</label>\n\
         <p class=\"hint\" id=\"hint\">The name of your account at Bluesky or any other AT Protocol \
         service, such as <code>alice.example.com</code>.</p>\n\
         <input id=\"handle\" name=\"handle\" type=\"text\" value=\"{handle}\" required autofocus \
         autocomplete=\"username\" autocapitalize=\"none\" autocorrect=\"off\" spellcheck=\"false\" \
         inputmode=\"url\" enterkeyhint=\"go\" maxlength=\"2048\" \
         aria-describedby=\"{described}\"{invalid}>\n\
         {return_to}{scope}\
         <div class=\"actions\">\n<button class=\"main\">Continue</button>\n{sign_up}</div>\n\
         </form>\n\
         {asked}{details}",
        problem = page.problem.as_ref().map_or_else(String::new, problem),
        action = escape(page.action),
        handle = escape(handle.trim()),
        return_to = hidden("return_to", page.return_to),
        scope = hidden("scope", page.scope),
        asked = asked(page),
        details = developer(page.problem.and_then(|p| p.details)),
    );
    frame.document(&content)
}

/// Pressing Enter in the field presses the first button, so this one stands second.
const SIGN_UP: &str =
    "<button name=\"prompt\" value=\"create\" formnovalidate>Create an account</button>\n";

fn problem(problem: &Problem<'_>) -> String {
    format!(
        "<div class=\"problem\" id=\"problem\" role=\"alert\">\n\
         <p><strong>That did not work.</strong> {}</p>\n\
         <p class=\"quiet\">Reference: <code>{}</code></p>\n</div>\n",
        prose(problem.message),
        escape(problem.request_id)
    )
}

/// What happens next, and what the application will be allowed to do.
fn asked(page: &SignIn<'_>) -> String {
    let app = escape(page.app);
    let permissions = permissions::list(page.permissions);
    let list = if permissions.is_empty() {
        String::new()
    } else {
        format!("<p>{app} will ask for permission to:</p>\n{permissions}")
    };
    format!(
        "<div class=\"fine\">\n{list}\
         <p>You confirm this at your account’s own server. {app} never sees your password.</p>\n</div>\n"
    )
}

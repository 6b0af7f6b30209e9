//! The page for a person who is signed in and needs more permissions.

use super::Details;
use super::frame::{Frame, address, developer};
use super::html::escape;
use super::permissions;

/// What the page shows to a person who is signed in and lacks permissions that are needed.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct PermissionPage<'a> {
    /// The application's name, or its host.
    pub app: &'a str,
    /// Who is signed in: a handle, or a DID.
    pub account: &'a str,
    /// The permissions that are missing, as in the client metadata.
    pub permissions: &'a [&'a str],
    /// Where to ask for them and come back.
    pub consent: &'a str,
    /// The application's own page to go back to without them, if there is another than this one.
    pub back: Option<&'a str>,
    /// They were asked for before, and are not granted yet: by a refusal, or as a server could not be reached.
    pub was_asked: bool,
    /// The person sent something, which was not kept.
    pub was_sent: bool,
    /// For developers; never in production.
    pub details: Option<&'a Details<'a>>,
}

impl<'a> PermissionPage<'a> {
    /// The page of the application `app` for `account`, which has to grant `permissions` at `consent`.
    #[must_use]
    pub fn new(
        app: &'a str,
        account: &'a str,
        permissions: &'a [&'a str],
        consent: &'a str,
    ) -> Self {
        Self {
            app,
            account,
            permissions,
            consent,
            back: None,
            was_asked: false,
            was_sent: false,
            details: None,
        }
    }
}

pub(super) fn render(styles: &str, page: &PermissionPage<'_>) -> String {
    let frame = Frame {
        styles,
        app: page.app,
        heading: "Permission needed",
        problem: false,
        wide: page.details.is_some(),
    };
    let again = if page.was_asked {
        "Ask me again"
    } else {
        "Continue"
    };
    let back = page.back.map_or_else(String::new, |back| {
        let (href, app) = (address(back, &[]), escape(page.app));
        format!("<a class=\"button\" href=\"{href}\">Back to {app}</a>\n")
    });
    let content = format!(
        "{notes}{asked}\
         <p>This is about your account <strong>{account}</strong>. You decide at that account’s own \
         server. Until then, everything stays as it is.</p>\n\
         <div class=\"actions\">\n\
         <a class=\"button main\" href=\"{consent}\">{again}</a>\n\
         {back}</div>\n{details}",
        notes = notes(page),
        asked = asked(page),
        account = escape(page.account),
        consent = address(page.consent, &[]),
        details = developer(page.details),
    );
    frame.document(&content)
}

/// What happened before.
fn notes(page: &PermissionPage<'_>) -> String {
    // Perhaps a server could not be reached, so the page does not say who refused.
    let asked = "This was tried before, and there is still no permission. Nothing has changed.";
    let sent =
        "What you have just sent was not saved. Please send it again once you have allowed this.";
    let mut notes = String::new();
    for (is_so, words) in [(page.was_asked, asked), (page.was_sent, sent)] {
        if is_so {
            notes.extend(["<p class=\"note\" role=\"status\">", words, "</p>\n"]);
        }
    }
    notes
}

fn asked(page: &PermissionPage<'_>) -> String {
    let items: String = permissions::items(page.permissions);
    if items.is_empty() {
        return items;
    }
    let app = escape(page.app);
    format!(
        "<p id=\"asked\">To go on, {app} needs your permission to:</p>\n\
         <ul class=\"asked\" role=\"list\" aria-labelledby=\"asked\">\n{items}</ul>\n"
    )
}

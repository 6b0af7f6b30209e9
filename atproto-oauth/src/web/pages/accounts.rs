//! The account chooser.

use std::fmt::Write;

use super::frame::{Frame, address, hidden};
use super::html::escape;

/// What the account chooser shows. Its forms post `session`, the key of the account's session, and
/// `return_to` where given.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AccountsPage<'a> {
    /// The application's name, or its host.
    pub app: &'a str,
    /// The accounts of this browser.
    pub accounts: &'a [AccountEntry<'a>],
    /// Where the forms that switch post to.
    pub switch: &'a str,
    /// Where the forms that sign out post to; `all=true` means all accounts.
    pub logout: &'a str,
    /// Where another account is added.
    pub login: &'a str,
    /// This browser holds as many accounts as the application allows.
    pub full: bool,
    /// The local path to go to after switching.
    pub return_to: Option<&'a str>,
    /// The application's own page to go back to.
    pub home: &'a str,
}

/// One account of this browser.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AccountEntry<'a> {
    /// A handle, or the DID where there is none.
    pub name: &'a str,
    /// The DID.
    pub did: &'a str,
    /// The key of its session.
    pub session: &'a str,
    /// The one that is used now.
    pub active: bool,
    /// Its session ended at its server; it has to sign in again.
    pub ended: bool,
}

impl<'a> AccountsPage<'a> {
    /// The page of the application `app`, with the addresses its forms and links lead to.
    #[must_use]
    pub fn new(
        app: &'a str,
        accounts: &'a [AccountEntry<'a>],
        switch: &'a str,
        logout: &'a str,
        login: &'a str,
    ) -> Self {
        Self {
            app,
            accounts,
            switch,
            logout,
            login,
            full: false,
            return_to: None,
            home: "/",
        }
    }
}

impl<'a> AccountEntry<'a> {
    /// An account that is neither active nor ended.
    #[must_use]
    pub fn new(name: &'a str, did: &'a str, session: &'a str) -> Self {
        Self {
            name,
            did,
            session,
            active: false,
            ended: false,
        }
    }
}

pub(super) fn render(styles: &str, page: &AccountsPage<'_>) -> String {
    let frame = Frame {
        styles,
        app: page.app,
        heading: "Your accounts",
        problem: false,
        wide: true,
    };
    let mut rows = String::new();
    for account in page.accounts {
        let _ = writeln!(rows, "<li>\n{}{}</li>", who(account), does(page, account));
    }
    let list = if rows.is_empty() {
        "<p>No account is signed in in this browser.</p>\n".to_owned()
    } else {
        format!("<ul class=\"accounts\" role=\"list\">\n{rows}</ul>\n")
    };
    let content = format!(
        "{list}{}<p><a href=\"{}\">Back to {}</a></p>\n",
        below(page),
        address(page.home, &[]),
        escape(page.app)
    );
    frame.document(&content)
}

fn who(account: &AccountEntry<'_>) -> String {
    let did = if account.did == account.name {
        String::new()
    } else {
        format!("<small>{}</small>", escape(account.did))
    };
    let badge = match (account.ended, account.active) {
        (true, _) => "<span class=\"badge ended\">Sign-in ended</span>",
        (false, true) => "<span class=\"badge\">In use</span>",
        (false, false) => "",
    };
    let name = escape(account.name);
    format!("<div class=\"who\"><strong>{name}</strong>{did}{badge}</div>\n")
}

/// What can be done with one account.
fn does(page: &AccountsPage<'_>, account: &AccountEntry<'_>) -> String {
    let name = escape(account.name);
    let session = hidden("session", Some(account.session));
    let first = if account.ended {
        let pairs = [("handle", Some(account.did)), ("return_to", page.return_to)];
        let href = address(page.login, &pairs);
        format!(
            "<a class=\"button\" href=\"{href}\">Sign in again<span class=\"unseen\"> as {name}</span></a>\n"
        )
    } else if account.active {
        String::new()
    } else {
        format!(
            "<form method=\"post\" action=\"{}\">\n{session}{}<button>Switch\
             <span class=\"unseen\"> to {name}</span></button>\n</form>\n",
            escape(page.switch),
            hidden("return_to", page.return_to)
        )
    };
    let last = if account.ended { "Remove" } else { "Sign out" };
    format!(
        "<div class=\"does\">\n{first}<form method=\"post\" action=\"{}\">\n{session}\
         <button class=\"plain\">{last}<span class=\"unseen\"> {name}</span></button>\n</form>\n</div>\n",
        escape(page.logout)
    )
}

/// Another account, or none at all.
fn below(page: &AccountsPage<'_>) -> String {
    let add = if page.full {
        "<p class=\"quiet\">This browser holds as many accounts as it may; sign out of one to add \
         another.</p>\n"
            .to_owned()
    } else {
        let href = address(page.login, &[("return_to", page.return_to)]);
        format!("<a class=\"button\" href=\"{href}\">Add an account</a>\n")
    };
    let active = page.accounts.iter().find(|a| a.active);
    let all = match active.or(page.accounts.first()) {
        Some(account) if page.accounts.len() > 1 => format!(
            "<form method=\"post\" action=\"{}\">\n{}{}<button>Sign out of all</button>\n</form>\n",
            escape(page.logout),
            hidden("session", Some(account.session)),
            hidden("all", Some("true"))
        ),
        _ => String::new(),
    };
    format!("<div class=\"actions\">\n{add}{all}</div>\n")
}

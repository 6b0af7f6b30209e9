//! The account chooser.

use super::html::{document, escape, hidden};

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
    let mut main = String::new();
    for account in page.accounts {
        main.push_str(&format!(
            "<form method=\"post\" action=\"{}\">{}{}<button>{}</button></form>\n",
            escape(page.switch),
            hidden("session", Some(account.session)),
            hidden("return_to", page.return_to),
            escape(account.name)
        ));
    }
    document(styles, page.app, "Accounts", &main)
}

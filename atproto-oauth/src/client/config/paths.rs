//! The paths of the generated routes.

use crate::scope::const_panic::fail;

/// The paths of the generated routes: one prefix and a fixed name for each.
///
/// The router, the client metadata, the pushed request and the loopback client id all take their
/// addresses from here, so that they cannot drift apart.
///
/// ```
/// # use atproto_oauth::Paths;
/// const PATHS: Paths = Paths::new("/oauth");
/// assert_eq!(PATHS.callback(), "/oauth/callback");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Paths {
    prefix: &'static str,
}

impl Paths {
    /// The routes below `prefix`, such as `/oauth`. Give it to a `const`, so that a mistake is found
    /// by the compiler.
    ///
    /// # Panics
    /// If `prefix` does not start with `/`, ends with `/`, has a segment that is empty or only dots, or
    /// holds anything but ASCII letters, digits, `-`, `.`, `_`, `~` and `/`.
    #[must_use]
    #[track_caller]
    pub const fn new(prefix: &'static str) -> Self {
        if !is_prefix(prefix.as_bytes()) {
            fail(&[
                "`",
                prefix,
                "` is not a plain path; write for example `\"/oauth\"`",
            ]);
        }
        Self { prefix }
    }

    /// What all paths start with: `/oauth`.
    #[must_use]
    pub const fn prefix(&self) -> &'static str {
        self.prefix
    }

    /// The sign-in page, and where a flow starts: `/oauth/login`.
    #[must_use]
    pub fn login(&self) -> String {
        self.below("login")
    }

    /// Where the authorization server sends the browser back to, the redirect URI's path:
    /// `/oauth/callback`.
    #[must_use]
    pub fn callback(&self) -> String {
        self.below("callback")
    }

    /// The client metadata document, whose address is the client id: `/oauth/client-metadata.json`.
    #[must_use]
    pub fn client_metadata(&self) -> String {
        self.below("client-metadata.json")
    }

    /// The client's public keys: `/oauth/jwks.json`.
    #[must_use]
    pub fn jwks(&self) -> String {
        self.below("jwks.json")
    }

    /// Signing out: `/oauth/logout`.
    #[must_use]
    pub fn logout(&self) -> String {
        self.below("logout")
    }

    /// The account chooser: `/oauth/accounts`.
    #[must_use]
    pub fn accounts(&self) -> String {
        self.below("accounts")
    }

    /// Switching the active account: `/oauth/switch`.
    #[must_use]
    pub fn switch(&self) -> String {
        self.below("switch")
    }

    fn below(self, name: &str) -> String {
        format!("{}/{name}", self.prefix)
    }
}

/// The rule that the attribute has too: segments of plain characters, each with more than dots.
const fn is_prefix(prefix: &[u8]) -> bool {
    let [b'/', rest @ ..] = prefix else {
        return false;
    };
    let mut rest = rest;
    let mut named = false;
    while let [byte, tail @ ..] = rest {
        match *byte {
            b'/' if !named => return false,
            b'/' => named = false,
            b'.' => {}
            b'-' | b'_' | b'~' => named = true,
            letter if letter.is_ascii_alphanumeric() => named = true,
            _ => return false,
        }
        rest = tail;
    }
    named
}

#[cfg(test)]
mod tests {
    use super::{Paths, is_prefix};

    #[test]
    fn every_route_is_below_the_prefix() {
        let paths = Paths::new("/a/b");
        let all = [
            paths.login(),
            paths.callback(),
            paths.client_metadata(),
            paths.jwks(),
            paths.logout(),
            paths.accounts(),
            paths.switch(),
        ];
        assert!(all.iter().all(|path| path.starts_with("/a/b/")), "{all:?}");
        let distinct: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
    }

    #[test]
    fn a_prefix_is_a_plain_path() {
        for good in ["/oauth", "/a/b", "/a-b_c.d~e/1"] {
            assert!(is_prefix(good.as_bytes()), "{good}");
        }
        for bad in [
            "", "/", "oauth", "/oauth/", "//oauth", "/a//b", "/{id}", "/*rest", "/:id", "/a b",
            "/a?b", "/a#b", "/a%20", "/ö", "/..", "/a/./b",
        ] {
            assert!(!is_prefix(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    #[should_panic(expected = "not a plain path")]
    fn never_a_capture_in_the_prefix() {
        let _ = Paths::new("/{tenant}");
    }
}

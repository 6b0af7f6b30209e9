//! The permissions an application may ever ask for, checked by the compiler.

use super::const_panic::fail;
use super::covers::{Gaps, reads_only};
use super::expansion::may_come_from;
use super::percent::same_bytes;
use super::permission::{Permission, Resource};
use super::set::ScopeSet;
use crate::error::{Error, ErrorKind};

/// The permissions that an application declares: what `#[atproto_oauth]` takes as `scopes` and
/// `optional_scopes`.
///
/// `scopes` are asked for at every sign-in, `optional` only when a page needs them. Both are in the
/// client metadata, outside of which an authorization server grants nothing.
///
/// Not every [`Scope`](super::Scope) can be declared. Refused are `account:status`, which is in no
/// specification; a bare `+` after `?`, which some servers read as a space; and an `aud` with a
/// `did:plc` or `did:web` that cannot be looked up.
///
/// ```
/// use atproto_oauth::DeclaredScopes;
///
/// const SCOPES: DeclaredScopes = DeclaredScopes::new(
///     &["atproto", "repo:app.bsky.feed.post?action=create"],
///     &["blob:image/*"],
/// );
/// const _: () = SCOPES.check_atproto();
/// const _: () = SCOPES.check(1);
///
/// assert_eq!(SCOPES.all(), "atproto repo:app.bsky.feed.post?action=create blob:image/*");
/// assert!(SCOPES.covers("blob:image/png"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeclaredScopes {
    scopes: &'static [&'static str],
    optional: &'static [&'static str],
}

/// The pieces of a sentence, as `const` code cannot join them.
type Problem = [&'static str; 4];

impl DeclaredScopes {
    /// Declares permissions without looking at them: see [`check`](Self::check) and
    /// [`validate`](Self::validate).
    #[must_use]
    pub const fn new(scopes: &'static [&'static str], optional: &'static [&'static str]) -> Self {
        Self { scopes, optional }
    }

    /// What is asked for at every sign-in.
    #[must_use]
    pub const fn scopes(&self) -> &'static [&'static str] {
        self.scopes
    }

    /// What is asked for only when it is needed.
    #[must_use]
    pub const fn optional(&self) -> &'static [&'static str] {
        self.optional
    }

    /// Everything, as the `scope` of the client metadata: first [`scopes`](Self::scopes), then
    /// [`optional`](Self::optional), joined by spaces.
    #[must_use]
    pub fn all(&self) -> String {
        [self.scopes, self.optional].concat().join(" ")
    }

    /// Every permission that `required` stands for is declared, by one or by several together.
    ///
    /// A text that is no permission is not covered, and what is declared and is no permission covers
    /// nothing. `include:` covers only itself: what a permission set holds is known to servers alone.
    #[must_use]
    pub const fn covers(&self, required: &str) -> bool {
        match Permission::parse(required) {
            Ok(_) if self.get(self.position(required)).is_some() => true,
            Ok(required) => self.covers_permission(required, false),
            Err(_) => false,
        }
    }

    /// Checks the `n`th declared permission, counted through `scopes` and then `optional`: alone,
    /// and beside those before it. Meant for `const _: () = SCOPES.check(n);`, one for each, so that
    /// each mistake is one error of the compiler at its own place.
    ///
    /// ```compile_fail,E0080
    /// # use atproto_oauth::DeclaredScopes;
    /// const SCOPES: DeclaredScopes = DeclaredScopes::new(&["atproto", "repo:app.bsky.*"], &[]);
    /// const _: () = SCOPES.check(1);
    /// ```
    ///
    /// # Panics
    ///
    /// Where that permission is no permission or cannot be declared, is declared twice, or needs
    /// another one.
    #[track_caller]
    pub const fn check(&self, n: usize) {
        if let Some(problem) = self.problem(n) {
            fail(&problem);
        }
    }

    /// Checks that every sign-in asks for `atproto`, without which there is none.
    ///
    /// # Panics
    ///
    /// Where `scopes` lacks it.
    #[track_caller]
    pub const fn check_atproto(&self) {
        if !self.asks_always("atproto") {
            fail(&NO_ATPROTO);
        }
    }

    /// The checks of [`check`](Self::check) and [`check_atproto`](Self::check_atproto) at run time,
    /// for permissions that no attribute declared.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`], with the sentence that the compiler would have printed.
    pub fn validate(&self) -> Result<(), Error> {
        let found = (0..self.scopes.len() + self.optional.len()).find_map(|n| self.problem(n));
        let problem = found.or((!self.asks_always("atproto")).then_some(NO_ATPROTO));
        problem.map_or(Ok(()), |pieces| {
            Err(Error::new(ErrorKind::Configuration, pieces.concat()))
        })
    }

    const fn problem(&self, n: usize) -> Option<Problem> {
        let Some(text) = self.get(n) else {
            return None;
        };
        let permission = match Permission::parse_declared(text) {
            Ok(permission) => permission,
            Err(_) if text.is_empty() => {
                return Some(["an empty text", "", " is not a permission; ", "remove it"]);
            }
            Err(reason) => return Some(["`", text, "` is not a permission: ", reason]),
        };
        if self.position(text) < n {
            return Some(["`", text, "` is declared twice; remove one", ""]);
        }
        if matches!(permission.resource, Resource::Chat) && !self.has_generic_beside(n) {
            return Some(NO_GENERIC);
        }
        if self.is_too_long_from(n) {
            return Some(TOO_LONG);
        }
        None
    }

    /// With the `n`th permission, and not before, they are longer together than what a server grants may be.
    const fn is_too_long_from(&self, n: usize) -> bool {
        let (mut length, mut before, mut at) = (0, 0, 0);
        while at <= n
            && let Some(text) = self.get(at)
        {
            before = length;
            // The space between two.
            length += text.len() + (at > 0) as usize;
            at += 1;
        }
        length > ScopeSet::MAX_BYTES && before <= ScopeSet::MAX_BYTES
    }

    /// Where a text stands first; past the end where it stands nowhere.
    const fn position(&self, text: &str) -> usize {
        let mut n = 0;
        while let Some(other) = self.get(n) {
            if same_bytes(other.as_bytes(), text.as_bytes()) {
                return n;
            }
            n += 1;
        }
        n
    }

    /// `transition:generic` is asked for wherever the `n`th permission is.
    const fn has_generic_beside(&self, n: usize) -> bool {
        self.asks_always("transition:generic")
            || (n >= self.scopes.len() && has(self.optional, "transition:generic"))
    }

    const fn asks_always(&self, text: &str) -> bool {
        has(self.scopes, text)
    }

    /// As [`covers`](Self::covers), of a text taken apart, where each declared text is a permission. It spares
    /// the compiler reading long ones again for every proof.
    pub(super) const fn covers_if_readable(&self, text: &str, required: Permission<'_>) -> bool {
        self.get(self.position(text)).is_some() || self.covers_permission(required, true)
    }

    const fn covers_permission(&self, required: Permission<'_>, readable: bool) -> bool {
        let mut gaps = Gaps::of(required);
        while let Some(mut gap) = gaps.take() {
            let mut n = 0;
            while let Some(text) = self.get(n) {
                // Most declared permissions have nothing to give, and need not be checked.
                if let Some(declared) = Permission::reread(text)
                    && gap.is_filled_by(&declared)
                    && (readable || Permission::parse(text).is_ok())
                {
                    gap.fill(&declared);
                }
                n += 1;
            }
            if !gap.is_closed() {
                return false;
            }
        }
        true
    }

    /// The declared permission set that `required` can come from: one of its namespace.
    pub(super) const fn set_of(&self, required: &str) -> Option<&'static str> {
        let Ok(required) = Permission::parse(required) else {
            return None;
        };
        let mut n = 0;
        while let Some(text) = self.get(n) {
            if let Some(include) = Permission::reread(text)
                && may_come_from(&required, &include)
            {
                return Some(text);
            }
            n += 1;
        }
        None
    }

    /// The declared permission to read what `required` is to manage.
    pub(crate) const fn only_read(&self, required: &str) -> Option<&'static str> {
        let Ok(required) = Permission::parse(required) else {
            return None;
        };
        let mut n = 0;
        while let Some(text) = self.get(n) {
            if let Some(declared) = Permission::reread(text)
                && reads_only(&declared, &required)
            {
                return Some(text);
            }
            n += 1;
        }
        None
    }

    /// Each declared text is a permission.
    pub(super) const fn is_readable(&self) -> bool {
        let mut n = 0;
        while let Some(text) = self.get(n) {
            if Permission::parse(text).is_err() {
                return false;
            }
            n += 1;
        }
        true
    }

    const fn get(&self, n: usize) -> Option<&'static str> {
        match self.scopes.len() {
            required if n < required => nth(self.scopes, n),
            required => nth(self.optional, n - required),
        }
    }
}

const NO_ATPROTO: Problem = [
    "`scopes` lacks `\"atproto\"`, without which servers refuse every sign-in; add `\"atproto\"`",
    "",
    "",
    "",
];
const TOO_LONG: Problem = [
    "the permissions up to this one are longer than 32 KiB together, more than can be asked for; name \
     several collections or methods in one permission, or include a permission set",
    "",
    "",
    "",
];
const NO_GENERIC: Problem = [
    "`transition:chat.bsky` is nothing without `transition:generic`; add `\"transition:generic\"`",
    "",
    "",
    "",
];

const fn has(list: &[&str], text: &str) -> bool {
    let mut rest = list;
    while let [first, after @ ..] = rest {
        if same_bytes(first.as_bytes(), text.as_bytes()) {
            return true;
        }
        rest = after;
    }
    false
}

const fn nth(list: &'static [&'static str], n: usize) -> Option<&'static str> {
    match list.split_at_checked(n) {
        Some((_, [text, ..])) => Some(text),
        _ => None,
    }
}

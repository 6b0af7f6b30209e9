//! [`Scope`], one permission.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::canonical::canonical;
use super::covers::covers;
use super::permission::{Permission, Resource};
use super::policy::{MAX_SCOPE_LEN, MAX_SHOWN_SCOPE};
use crate::error::{Error, ErrorKind};

/// One permission, such as `repo:app.bsky.feed.post?action=create`.
///
/// `FromStr` accepts the permissions of the AT Protocol specification and nothing else, and
/// `Display` prints what was parsed. Two scopes are equal when they mean the same, however they are
/// spelled: [`canonical`](Self::canonical) is what is compared.
///
/// ```
/// use atproto_oauth::Scope;
///
/// let scope: Scope = "repo:app.bsky.feed.post?action=update&action=create".parse()?;
/// assert!(scope.covers(&"repo:app.bsky.feed.post?action=create".parse()?));
/// assert_eq!(scope.canonical(), "repo:app.bsky.feed.post?action=create&action=update");
/// # Ok::<(), atproto_oauth::Error>(())
/// ```
///
/// `account:status`, which some servers grant and the specification does not have, is accepted here;
/// an application cannot declare it. See [`DeclaredScopes`](super::DeclaredScopes) for what else it
/// cannot.
#[derive(Clone)]
pub struct Scope {
    text: Box<str>,
    /// Where it differs from `text`.
    canonical: Option<Box<str>>,
}

impl Scope {
    /// The longest permission that is accepted, in bytes, with its special characters percent-encoded.
    pub const MAX_BYTES: usize = MAX_SCOPE_LEN;

    /// The text that was parsed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The one spelling of what this means: names and actions sorted, nothing twice, nothing that
    /// another name contains, no defaults, the positional form where there is one name, media types
    /// in lower case.
    #[must_use]
    pub fn canonical(&self) -> &str {
        self.canonical.as_deref().unwrap_or(&self.text)
    }

    /// Everything that `other` allows is allowed by this permission alone;
    /// [`ScopeSet::covers`](super::ScopeSet::covers) is the same for several together.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        match (self.permission(), other.permission()) {
            (Some(held), Some(wanted)) => covers(&held, &wanted),
            _ => false,
        }
    }

    /// The permission set that an `include:` names.
    pub(crate) fn included(&self) -> Option<String> {
        let include = self.permission()?;
        if include.resource != Resource::Include {
            return None;
        }
        String::from_utf8(include.names().take()?.decoded()).ok()
    }

    /// Taken apart; always `Some`, as only permissions are made into a `Scope`.
    pub(super) fn permission(&self) -> Option<Permission<'_>> {
        Permission::reread(&self.text)
    }
}

impl FromStr for Scope {
    type Err = Error;

    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`], saying what is wrong and what to write instead.
    fn from_str(text: &str) -> Result<Self, Error> {
        let permission = Permission::parse(text).map_err(|reason| {
            let shown: String = text
                .chars()
                .take(MAX_SHOWN_SCOPE)
                .flat_map(char::escape_debug)
                .collect();
            let message = format!("`{shown}` is not a permission: {reason}");
            Error::new(ErrorKind::InvalidRequest, message)
        })?;
        let canonical = canonical(text, &permission);
        Ok(Self {
            text: text.into(),
            canonical: (canonical != text).then(|| canonical.into()),
        })
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scope({})", self.text)
    }
}

impl AsRef<str> for Scope {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Scope {
    fn eq(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
    }
}

impl Eq for Scope {}

impl Hash for Scope {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.canonical().hash(state);
    }
}

impl PartialOrd for Scope {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Scope {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.canonical().cmp(other.canonical())
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

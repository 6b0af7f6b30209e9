//! [`ScopeSet`], what a `scope` parameter holds.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::covers::Gaps;
use super::expansion::may_come_from;
use super::policy::MAX_SCOPE_SET_LEN;
use super::scope::Scope;
use super::syntax::check_characters;
use crate::error::{Error, ErrorKind};

/// Several permissions: the `scope` of a request, of a token response or of client metadata.
///
/// `FromStr` is strict, for what an application asks for; [`parse_granted`](Self::parse_granted)
/// is for what a server answered, and keeps what it does not know. Nothing is in a set twice, and
/// the order is kept. Two sets are equal when they hold the same permissions in any order.
///
/// ```
/// use atproto_oauth::ScopeSet;
///
/// let granted = ScopeSet::parse_granted("atproto repo:*?action=create new:thing")?;
/// assert!(granted.contains("atproto"));
/// assert!(granted.covers(&"repo:app.bsky.feed.post?action=create".parse()?));
/// assert!(!granted.covers(&"repo:app.bsky.feed.post".parse()?));
/// # Ok::<(), atproto_oauth::Error>(())
/// ```
///
/// # What covers what
///
/// | held | covers |
/// |---|---|
/// | `repo` | its collections (`*`: all) for its actions; several permissions add up |
/// | `rpc` | its methods (`*`: all) at its service (`*`: all) |
/// | `blob` | its media types, whatever their case |
/// | `account` | its attribute; `manage` includes `read` |
/// | `identity` | its attribute; `*` includes `handle` |
/// | `include` | the same permission set with the same `aud`, or with none |
/// | `transition:generic` | itself, all of `repo` and `blob`, all of `rpc` but the methods under `chat.bsky` |
/// | `transition:chat.bsky` | itself, `rpc` for the methods under `chat.bsky` |
/// | `transition:email` | itself, `account:email` |
/// | `atproto` | itself |
///
/// Nothing else covers a transitional scope, `atproto` or `include`, and what is unknown covers
/// nothing.
#[derive(Clone, Default)]
pub struct ScopeSet(Vec<Entry>);

#[derive(Clone)]
enum Entry {
    Known(Scope),
    /// What a server granted and this version does not know, verbatim.
    Unknown(Box<str>),
}

impl ScopeSet {
    /// The longest text that is accepted, in bytes.
    pub const MAX_BYTES: usize = MAX_SCOPE_SET_LEN;

    /// Reads what a server granted. Unknown permissions are kept verbatim; the empty text is the
    /// empty set.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] where the text is no `scope` at all (RFC 6749, section 3.3):
    /// characters that no scope may have, double spaces, or more than
    /// [`MAX_BYTES`](Self::MAX_BYTES).
    pub fn parse_granted(text: &str) -> Result<Self, Error> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let mut set = Builder::default();
        for token in tokens(text)? {
            set.push(match token.parse() {
                Ok(scope) => Entry::Known(scope),
                Err(_) => Entry::Unknown(token.into()),
            });
        }
        Ok(set.done())
    }

    /// The permissions as text, in order, the unknown ones too.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Entry::text)
    }

    /// The known permissions, in order.
    pub fn scopes(&self) -> impl Iterator<Item = &Scope> {
        self.0.iter().filter_map(Entry::scope)
    }

    /// How many permissions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// There is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// This very text is in the set, such as `atproto`. For permissions see [`covers`](Self::covers).
    #[must_use]
    pub fn contains(&self, token: &str) -> bool {
        self.iter().any(|text| text == token)
    }

    /// Everything that `wanted` allows is allowed by these permissions together.
    #[must_use]
    pub fn covers(&self, wanted: &Scope) -> bool {
        let Some(wanted) = wanted.permission() else {
            return false;
        };
        let mut gaps = Gaps::of(wanted);
        while let Some(mut gap) = gaps.take() {
            for held in self.scopes().filter_map(Scope::permission) {
                gap.fill(&held);
            }
            if !gap.is_closed() {
                return false;
            }
        }
        true
    }

    /// `more` allows something of `wanted` that these permissions do not.
    pub(crate) fn gains(&self, wanted: &Scope, more: &Scope) -> bool {
        let (Some(wanted), Some(more)) = (wanted.permission(), more.permission()) else {
            return false;
        };
        let mut gaps = Gaps::of(wanted);
        while let Some(mut gap) = gaps.take() {
            for held in self.scopes().filter_map(Scope::permission) {
                gap.fill(&held);
            }
            if gap.is_filled_by(&more) {
                return true;
            }
        }
        false
    }

    /// What of `requested` these permissions do not cover, such as what a person or a server left
    /// out. A permission of `requested` that is covered in part is missing as a whole; an unknown
    /// one is missing where the same text is not here.
    ///
    /// Servers grant what a permission set holds in place of `include:`. What that is cannot be told
    /// here, so an `include` that is not covered is missing where no permission here can come from it: a
    /// `repo` or `rpc` under the namespace of the set. [`PermissionSet::expand`](super::PermissionSet::expand)
    /// makes it exact, and [`Session::missing`](crate::Session::missing) is.
    #[must_use]
    pub fn missing(&self, requested: &Self) -> Self {
        let is_missing = |entry: &&Entry| match entry {
            Entry::Known(scope) => !self.covers(scope) && !self.has_expansion_of(scope),
            Entry::Unknown(text) => !self.contains(text),
        };
        Self(requested.0.iter().filter(is_missing).cloned().collect())
    }

    /// The permissions that are not in `other`, compared one by one and not by what they cover.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        let theirs = other.keys();
        let is_new = |entry: &&Entry| !theirs.contains(entry.key());
        Self(self.0.iter().filter(is_new).cloned().collect())
    }

    fn has_expansion_of(&self, include: &Scope) -> bool {
        include.permission().is_some_and(|include| {
            let mut held = self.scopes().filter_map(Scope::permission);
            held.any(|granted| may_come_from(&granted, &include))
        })
    }

    fn keys(&self) -> HashSet<&str> {
        self.0.iter().map(Entry::key).collect()
    }
}

impl Entry {
    fn text(&self) -> &str {
        match self {
            Self::Known(scope) => scope.as_str(),
            Self::Unknown(text) => text,
        }
    }

    /// What two entries are compared by.
    fn key(&self) -> &str {
        match self {
            Self::Known(scope) => scope.canonical(),
            Self::Unknown(text) => text,
        }
    }

    fn scope(&self) -> Option<&Scope> {
        match self {
            Self::Known(scope) => Some(scope),
            Self::Unknown(_) => None,
        }
    }
}

/// Leaves out what is already there.
#[derive(Default)]
struct Builder {
    seen: HashSet<String>,
    entries: Vec<Entry>,
}

impl Builder {
    fn push(&mut self, entry: Entry) {
        if self.seen.insert(entry.key().to_owned()) {
            self.entries.push(entry);
        }
    }

    fn done(self) -> ScopeSet {
        ScopeSet(self.entries)
    }
}

fn tokens(text: &str) -> Result<impl Iterator<Item = &str>, Error> {
    let invalid = |message| Err(Error::new(ErrorKind::InvalidRequest, message));
    if text.len() > ScopeSet::MAX_BYTES {
        return invalid("the list of scopes is longer than 32 KiB; ask for less");
    }
    if text.split(' ').any(str::is_empty) {
        return invalid("the list of scopes is empty somewhere; put one space between two scopes");
    }
    if text
        .split(' ')
        .any(|token| check_characters(token.as_bytes()).is_err())
    {
        return invalid(
            "the list of scopes holds a character that no scope may have; remove or percent-encode it",
        );
    }
    Ok(text.split(' '))
}

impl FromStr for ScopeSet {
    type Err = Error;

    /// # Errors
    ///
    /// As [`parse_granted`](Self::parse_granted), and where one of them is no permission, or there
    /// is none.
    fn from_str(text: &str) -> Result<Self, Error> {
        tokens(text)?.map(str::parse::<Scope>).collect()
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        let mut set = Builder::default();
        for scope in scopes {
            set.push(Entry::Known(scope));
        }
        set.done()
    }
}

impl PartialEq for ScopeSet {
    fn eq(&self, other: &Self) -> bool {
        self.keys() == other.keys()
    }
}

impl Eq for ScopeSet {}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, text) in self.iter().enumerate() {
            let gap = if n == 0 { "" } else { " " };
            write!(f, "{gap}{text}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for ScopeSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// As [`ScopeSet::parse_granted`].
impl<'de> Deserialize<'de> for ScopeSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse_granted(&text).map_err(de::Error::custom)
    }
}

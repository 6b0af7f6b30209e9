//! [`PermissionSet`], what stands behind an `include:`.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde_json::{Map, Value};

use super::entry::Entry;
use super::permission::Resource;
use super::policy::{MAX_PERMISSION_SET_ENTRIES, MAX_PERMISSION_SET_LEN};
use super::scope::Scope;
use super::set::ScopeSet;
use super::syntax::Reason;
use crate::error::Error;

/// A permission set: permissions under one name, published as a lexicon.
///
/// A client asks for one with `include:NSID`, and an authorization server grants what is in it, so the
/// granted scope has no `include:` any more. [`expand`](Self::expand) says what a server that follows
/// the Permissions specification grants:
///
/// - only `repo` and `rpc`, and no wildcards but `"aud": "*"`;
/// - only what is in the same group as the set or in one below it: `app.example.feed.auth` gives
///   `app.example.feed.post` and `app.example.feed.deep.post`, not `app.example.actor.profile`;
/// - `inheritAud` entries for the service that the `include:` names, and not at all where it names none;
/// - nothing of an entry with an unknown member, an unknown value, or a service of its own.
///
/// ```
/// use atproto_oauth::scope::PermissionSet;
///
/// let set: PermissionSet = r#"{
///     "lexicon": 1,
///     "id": "app.example.authBasic",
///     "defs": { "main": {
///         "type": "permission-set",
///         "title": "Basic features",
///         "permissions": [
///             { "type": "permission", "resource": "repo", "collection": ["app.example.post"] },
///             { "type": "permission", "resource": "rpc", "lxm": ["app.example.getFeed"], "inheritAud": true },
///             { "type": "permission", "resource": "blob", "accept": ["*/*"] }
///         ]
///     } }
/// }"#.parse()?;
/// assert_eq!(set.title(), Some("Basic features"));
/// assert_eq!(
///     set.expand(&"include:app.example.authBasic".parse()?)?.to_string(),
///     "repo:app.example.post",
/// );
/// let service = "include:app.example.authBasic?aud=did:web:api.example.com%23feeds";
/// assert_eq!(
///     set.expand(&service.parse()?)?.to_string(),
///     "repo:app.example.post rpc:app.example.getFeed?aud=did:web:api.example.com%23feeds",
/// );
/// assert_eq!(set.ignored().count(), 1);
/// # Ok::<(), atproto_oauth::Error>(())
/// ```
///
/// # Security
///
/// The owner of the namespace writes the set and may change it at any time. It decides nothing: what
/// a session may do is what its server granted. Titles and details are words of strangers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermissionSet {
    nsid: Box<str>,
    title: Words,
    detail: Words,
    entries: Vec<Entry>,
    ignored: Vec<(usize, Reason)>,
}

/// A text for people, and its translations by lower-case language code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Words {
    default: Option<String>,
    translated: BTreeMap<String, String>,
}

impl PermissionSet {
    /// The longest document that `FromStr` accepts, in bytes.
    pub const MAX_BYTES: usize = MAX_PERMISSION_SET_LEN;

    /// The most entries of a set.
    pub const MAX_ENTRIES: usize = MAX_PERMISSION_SET_ENTRIES;

    /// Reads a document as [`from_str`](Self::from_str) does.
    pub(crate) fn from_lexicon(document: &Value) -> Result<Self, Error> {
        let nsid = document.get("id").and_then(Value::as_str);
        let nsid = nsid.filter(|nsid| super::is_nsid(nsid)).ok_or_else(|| {
            Error::invalid_request(
                "the lexicon's `id` is not an NSID; write the name of the set there",
            )
        })?;
        if document.get("lexicon").and_then(Value::as_u64) != Some(1) {
            return Err(Error::invalid_request(
                "the lexicon's language version is not 1; write `\"lexicon\": 1`",
            ));
        }
        let main = document.pointer("/defs/main").and_then(Value::as_object);
        let main = main
            .filter(|main| main.get("type").and_then(Value::as_str) == Some("permission-set"))
            .ok_or_else(|| {
                Error::invalid_request(
                    "the lexicon does not define a permission set; include one that does",
                )
            })?;
        let entries = main.get("permissions").and_then(Value::as_array);
        let entries = entries.ok_or_else(|| {
            Error::invalid_request("the permission set has no list of `permissions`; add it")
        })?;
        if entries.len() > Self::MAX_ENTRIES {
            return Err(Error::invalid_request(
                "the permission set has more than 1000 entries; name several collections or methods in \
                 one of them",
            ));
        }
        let mut set = Self {
            nsid: nsid.into(),
            title: Words::read(main, "title", "title:lang"),
            detail: Words::read(main, "detail", "detail:lang"),
            entries: Vec::new(),
            ignored: Vec::new(),
        };
        for (n, entry) in entries.iter().enumerate() {
            match Entry::read(entry, nsid) {
                Ok(entry) => set.entries.push(entry),
                Err(reason) => set.ignored.push((n, reason)),
            }
        }
        Ok(set)
    }

    /// The name of the set.
    #[must_use]
    pub fn nsid(&self) -> &str {
        &self.nsid
    }

    /// What it is called, for people.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.title.default.as_deref()
    }

    /// As [`title`](Self::title), in a language (`ja`, `pt-BR`) if there is a translation to it.
    #[must_use]
    pub fn title_in(&self, language: &str) -> Option<&str> {
        self.title.in_language(language)
    }

    /// What it is for, for people.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.detail.default.as_deref()
    }

    /// As [`detail`](Self::detail), in a language if there is a translation to it.
    #[must_use]
    pub fn detail_in(&self, language: &str) -> Option<&str> {
        self.detail.in_language(language)
    }

    /// The entries that never give anything, by their place in the list, and why.
    pub fn ignored(&self) -> impl Iterator<Item = (usize, &str)> {
        self.ignored.iter().map(|(n, reason)| (*n, *reason))
    }

    /// What `include`, which names this set, stands for. It may be nothing.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest): `include` is another permission, or what it stands for is longer
    /// than a scope can be ([`ScopeSet::MAX_BYTES`]).
    pub fn expand(&self, include: &Scope) -> Result<ScopeSet, Error> {
        let permission = include.permission().filter(|include| {
            let same = include
                .names()
                .take()
                .is_some_and(|name| name.is(&self.nsid));
            include.resource == Resource::Include && same
        });
        let permission = permission.ok_or_else(|| {
            Error::invalid_request(format!(
                "`{include}` does not include the permission set `{}`; expand the one that it names",
                self.nsid
            ))
        })?;
        let service = permission.audience().map(super::percent::Text::decoded);
        let service = service.and_then(|bytes| String::from_utf8(bytes).ok());
        let given = self.entries.iter();
        let given = given.filter_map(|entry| entry.scope(service.as_deref()));
        let set: ScopeSet = given.collect();
        if set.iter().map(|scope| scope.len() + 1).sum::<usize>() > ScopeSet::MAX_BYTES {
            return Err(Error::invalid_request(format!(
                "the permission set `{}` holds more than 32 KiB; ask for less",
                self.nsid
            )));
        }
        Ok(set)
    }
}

impl Words {
    /// Whatever is no text is left out.
    fn read(main: &Map<String, Value>, name: &str, translations: &str) -> Self {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let translated = main.get(translations).and_then(Value::as_object);
        let translated = translated.into_iter().flatten();
        Self {
            default: main.get(name).and_then(text),
            translated: translated
                .filter_map(|(code, value)| Some((code.to_ascii_lowercase(), text(value)?)))
                .collect(),
        }
    }

    /// For `pt-BR` also what there is for `pt`.
    fn in_language(&self, language: &str) -> Option<&str> {
        let language = language.to_ascii_lowercase();
        let wider = language.split('-').next().unwrap_or_default();
        let translated = |code: &str| self.translated.get(code);
        let found = translated(&language).or_else(|| translated(wider));
        found.or(self.default.as_ref()).map(String::as_str)
    }
}

impl FromStr for PermissionSet {
    type Err = Error;

    /// Reads the lexicon, or the `com.atproto.lexicon.schema` record that publishes it, from JSON.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest): the text is no JSON or longer than
    /// [`MAX_BYTES`](Self::MAX_BYTES), it is no lexicon of language version 1, it does not define a
    /// permission set, or that has more than [`MAX_ENTRIES`](Self::MAX_ENTRIES). Entries that give
    /// nothing are no error; see [`ignored`](Self::ignored).
    fn from_str(text: &str) -> Result<Self, Error> {
        if text.len() > Self::MAX_BYTES {
            return Err(Error::invalid_request(
                "the lexicon is longer than 256 KiB; shorten it",
            ));
        }
        let document: Value = serde_json::from_str(text).map_err(|error| {
            Error::invalid_request("the lexicon is not valid JSON; correct it").with_source(error)
        })?;
        Self::from_lexicon(&document)
    }
}

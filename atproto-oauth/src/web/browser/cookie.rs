//! The cookies: the browser's id, the binding of each pending sign-in, the cache bypass after a change, and the scopes
//! that were asked for last.
//!
//! In production their names start with `__Host-`, so that no sibling domain and no plain http can
//! plant them. All names carry the prefix of the routes and, in development, where cookies do not know
//! ports, the port; so applications do not read each other's.

use std::time::Duration;

use cookie::{Cookie, SameSite};
use http::HeaderValue;
use http::header::{COOKIE, HeaderMap};
use secrecy::{ExposeSecret, SecretString};

use crate::client::Paths;
use crate::client::policy::PENDING_LIFETIME;
use crate::client::{OAuthClient, SessionKey};
use crate::jose::{base64url, sha256};
use crate::types::Timestamp;
use crate::web::policy::{BROWSER_LIFETIME, CONSENT_ASKED_LIFETIME, MAX_PENDING_SIGN_INS};

/// The length of every secret in a cookie: 256 bits in base64url.
const SECRET: usize = 43;

/// The length of what tells binding cookies apart: 72 bits in base64url.
const SUFFIX: usize = 12;

/// The cookies of one application.
#[derive(Clone, Debug)]
pub(crate) struct Cookies {
    session: String,
    /// What the names of all binding cookies start with.
    binding: String,
    changed: String,
    /// The scopes that a signed-in account was last asked for.
    asked: String,
    secure: bool,
}

impl Cookies {
    pub(crate) fn new(client: &OAuthClient, paths: Paths) -> Self {
        let origin = client.base_url();
        let secure = origin.is_https();
        // `+` may stand in the name of a cookie and not in a prefix, so no two whole names meet.
        let mut name = paths.prefix().trim_start_matches('/').replace('/', "+");
        if secure {
            name.insert_str(0, "__Host-");
        } else {
            name = format!("{name}+{}", origin.port());
        }
        Self {
            session: format!("{name}+session"),
            binding: format!("{name}+signin+"),
            changed: format!("{name}+changed"),
            asked: format!("{name}+asked"),
            secure,
        }
    }

    /// The id in the session cookie, if it can be one.
    pub(crate) fn session_id<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        pairs(headers, |name| name == self.session)
            .next()
            .map(|(_, value)| value)
            .filter(|value| is_secret(value))
    }

    pub(crate) fn set_session(&self, id: &SecretString) -> HeaderValue {
        self.build(&self.session, id.expose_secret(), BROWSER_LIFETIME)
    }

    pub(crate) fn clear_session(&self) -> HeaderValue {
        self.build(&self.session, "", Duration::ZERO)
    }

    /// Tells every process for this time to read the browser's accounts anew, so that the page after a change
    /// shows it, whichever process answers. It carries nothing else, so sending it gains nothing.
    pub(crate) fn set_changed(&self, time: Duration) -> HeaderValue {
        self.build(&self.changed, "1", time)
    }

    /// Whether the browser's accounts changed a moment ago.
    pub(crate) fn is_changed(&self, headers: &HeaderMap) -> bool {
        pairs(headers, |name| name == self.changed).next().is_some()
    }

    /// The secret that this browser got when it started the request `state` (RFC 9700 §4.7).
    pub(crate) fn binding<'a>(&self, headers: &'a HeaderMap, state: &str) -> Option<&'a str> {
        let wanted = self.binding_name(state);
        let (_, value) = pairs(headers, |name| name == wanted).next()?;
        value.get(..SECRET).filter(|secret| is_secret(secret))
    }

    /// The cookie that binds the request `state` to this browser, after those that go: with 8 pending ones the
    /// oldest makes room.
    pub(crate) fn bind(
        &self,
        headers: &HeaderMap,
        state: &str,
        binding: &str,
        now: Timestamp,
    ) -> Vec<HeaderValue> {
        let mut pending: Vec<(u64, &str)> = pairs(headers, |name| self.is_binding(name))
            .map(|(name, value)| (started(value), name))
            .collect();
        pending.sort_unstable();
        let room = pending.len().saturating_sub(MAX_PENDING_SIGN_INS - 1);
        let mut set: Vec<HeaderValue> = pending
            .iter()
            .take(room)
            .map(|(_, name)| self.build(name, "", Duration::ZERO))
            .collect();
        let value = format!("{binding}.{}", now.0);
        set.push(self.build(&self.binding_name(state), &value, PENDING_LIFETIME));
        set
    }

    pub(crate) fn clear_binding(&self, state: &str) -> HeaderValue {
        self.build(&self.binding_name(state), "", Duration::ZERO)
    }

    /// Remembers that the person was asked for `scope`, to have more than the session `key`.
    pub(crate) fn asked<A>(&self, key: &SessionKey<A>, scope: &str) -> HeaderValue {
        self.build(&self.asked, &mark(key, scope), CONSENT_ASKED_LIFETIME)
    }

    /// Whether the person was asked for that not long ago.
    pub(crate) fn was_asked<A>(
        &self,
        headers: &HeaderMap,
        key: &SessionKey<A>,
        scope: &str,
    ) -> bool {
        let expected = mark(key, scope);
        pairs(headers, |name| name == self.asked).any(|(_, value)| value == expected)
    }

    /// One name per request, so that two tabs do not meet. It says nothing about `state`.
    fn binding_name(&self, state: &str) -> String {
        let hash = sha256(state.as_bytes());
        let (short, _) = hash.split_at(9);
        format!("{}{}", self.binding, base64url::encode(short))
    }

    /// A binding cookie of ours; what another application has below our name is none.
    fn is_binding(&self, name: &str) -> bool {
        name.strip_prefix(&self.binding)
            .is_some_and(|suffix| suffix.len() == SUFFIX && suffix.bytes().all(is_base64url))
    }

    fn build(&self, name: &str, value: &str, life: Duration) -> HeaderValue {
        let life = i64::try_from(life.as_secs()).unwrap_or(i64::MAX);
        let cookie = Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .secure(self.secure)
            .same_site(SameSite::Lax)
            .max_age(cookie::time::Duration::seconds(life));
        // Names and values are ASCII; a name from a request came out of a header.
        let text = cookie.build().to_string();
        HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

/// The hash of what was asked for. A forged one only shows the page with the link.
fn mark<A>(key: &SessionKey<A>, scope: &str) -> String {
    base64url::encode(&sha256(format!("{key} {scope}").as_bytes()))
}

/// When the sign-in behind a binding cookie started; what is not ours is the oldest.
fn started(value: &str) -> u64 {
    value
        .get(SECRET + 1..)
        .and_then(|text| text.parse().ok())
        .unwrap_or(0)
}

fn is_secret(text: &str) -> bool {
    text.len() == SECRET && text.bytes().all(is_base64url)
}

fn is_base64url(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')
}

/// The cookies of a request whose names are `ours`. Names and values borrow from the headers.
///
/// The others may hold any bytes: a cookie of a sibling application never hides ours.
fn pairs(headers: &HeaderMap, ours: impl Fn(&str) -> bool) -> impl Iterator<Item = (&str, &str)> {
    let all = headers.get_all(COOKIE).iter();
    all.flat_map(|header| header.as_bytes().split(|b| *b == b';'))
        .filter_map(move |pair| {
            let equals = pair.iter().position(|b| *b == b'=')?;
            let (name, value) = pair.split_at_checked(equals)?;
            let name = str::from_utf8(name.trim_ascii()).ok()?;
            // A value that is no text is none of ours.
            let value = value.strip_prefix(b"=")?.trim_ascii();
            ours(name).then(|| (name, str::from_utf8(value).unwrap_or_default()))
        })
}

#[cfg(test)]
mod tests;

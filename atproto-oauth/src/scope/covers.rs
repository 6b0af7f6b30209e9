//! Which permissions contain which others. This is the only place that knows.
//!
//! A permission may be covered by several others together (one allows to create, another to
//! delete), so what is wanted is taken name by name, and each held permission fills what it can.

use super::media_type::media_covers;
use super::percent::Text;
use super::permission::{Permission, Resource};
use super::syntax::Values;

/// Everything of a name. `repo` uses the bits of its actions, the wildcard of `rpc` the two below.
const ALL: u8 = u8::MAX;
/// The methods under `chat.bsky`, and all others: the transitional scopes divide them so.
const CHAT_METHODS: u8 = 1;
const OTHER_METHODS: u8 = 2;

/// What is wanted, one [`Gap`] for each name.
pub(super) struct Gaps<'a> {
    wanted: Permission<'a>,
    names: Values<'a>,
}

impl<'a> Gaps<'a> {
    pub(super) const fn of(wanted: Permission<'a>) -> Self {
        Self {
            wanted,
            names: wanted.names(),
        }
    }

    pub(super) const fn take(&mut self) -> Option<Gap<'a>> {
        let Some(name) = self.names.take() else {
            return None;
        };
        let open = match self.wanted.resource {
            Resource::Repo => self.wanted.actions(),
            Resource::Rpc if name.is("*") => CHAT_METHODS | OTHER_METHODS,
            _ => ALL,
        };
        Some(Gap {
            wanted: self.wanted,
            name,
            open,
        })
    }
}

/// What is still missing of one name.
pub(super) struct Gap<'a> {
    wanted: Permission<'a>,
    name: Text<'a>,
    open: u8,
}

impl Gap<'_> {
    pub(super) const fn fill(&mut self, held: &Permission<'_>) {
        self.open &= !given(held, &self.wanted, self.name);
    }

    /// [`fill`](Self::fill) would change something.
    pub(super) const fn is_filled_by(&self, held: &Permission<'_>) -> bool {
        self.open & given(held, &self.wanted, self.name) != 0
    }

    pub(super) const fn is_closed(&self) -> bool {
        self.open == 0
    }
}

/// One permission contains another.
pub(super) const fn covers(held: &Permission<'_>, wanted: &Permission<'_>) -> bool {
    let mut gaps = Gaps::of(*wanted);
    while let Some(mut gap) = gaps.take() {
        gap.fill(held);
        if !gap.is_closed() {
            return false;
        }
    }
    true
}

/// What is wanted is to manage an attribute of the account that `held` is only there to read.
pub(super) const fn reads_only(held: &Permission<'_>, wanted: &Permission<'_>) -> bool {
    if !matches!(held.resource, Resource::Account) || !matches!(wanted.resource, Resource::Account)
    {
        return false;
    }
    match wanted.names().take() {
        Some(name) => has_name(held, name) && wanted.manages() && !held.manages(),
        None => false,
    }
}

const fn given(held: &Permission<'_>, wanted: &Permission<'_>, name: Text<'_>) -> u8 {
    use Resource::{Account, Atproto, Blob, Chat, Email, Generic, Identity, Include, Repo, Rpc};
    let all = match (held.resource, wanted.resource) {
        (Atproto, Atproto) | (Email, Email) | (Chat, Chat) | (Generic, Generic | Repo | Blob) => {
            true
        }
        (Generic, Rpc) if name.is("*") => return OTHER_METHODS,
        (Generic, Rpc) => !is_chat(name),
        (Chat, Rpc) if name.is("*") => return CHAT_METHODS,
        (Chat, Rpc) => is_chat(name),
        (Email, Account) => name.is("email") && !wanted.manages(),
        (Repo, Repo) if has_name(held, name) => return held.actions(),
        (Rpc, Rpc) => has_name(held, name) && has_audience(held, wanted),
        // Without a service, a set gives the same but what is for that service.
        (Include, Include) => {
            has_name(held, name) && (wanted.audience().is_none() || has_audience(held, wanted))
        }
        (Blob, Blob) => accepts(held, name),
        (Account, Account) => has_name(held, name) && (held.manages() || !wanted.manages()),
        (Identity, Identity) => has_name(held, name),
        _ => false,
    };
    if all { ALL } else { 0 }
}

const fn is_chat(method: Text<'_>) -> bool {
    method.starts_with("chat.bsky.")
}

/// The name itself is held, or `*`.
const fn has_name(held: &Permission<'_>, name: Text<'_>) -> bool {
    let mut names = held.names();
    while let Some(mine) = names.take() {
        if mine.is("*") || mine.same(name) {
            return true;
        }
    }
    false
}

/// What is wanted is for the service of `held`, or that is `*`.
const fn has_audience(held: &Permission<'_>, wanted: &Permission<'_>) -> bool {
    match (held.audience(), wanted.audience()) {
        (Some(mine), Some(theirs)) => mine.is("*") || mine.same(theirs),
        _ => false,
    }
}

const fn accepts(held: &Permission<'_>, media: Text<'_>) -> bool {
    let mut names = held.names();
    while let Some(mine) = names.take() {
        if media_covers(mine, media) {
            return true;
        }
    }
    false
}

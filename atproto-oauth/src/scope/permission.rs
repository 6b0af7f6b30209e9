//! One permission, taken apart and known to be valid.

use super::percent::{Text, same_bytes};
use super::syntax::{Reason, Syntax, Values};

pub(super) const UNKNOWN_RESOURCE: Reason = "there is no such resource; begin with `atproto`, \
    `repo`, `rpc`, `blob`, `account`, `identity`, `include` or `transition`";
const UNKNOWN_TRANSITION: Reason = "there is no such transitional scope; \
    write `transition:generic`, `transition:email` or `transition:chat.bsky`";

/// What a permission is about. The first four have no parameters and are compared as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resource {
    Atproto,
    Generic,
    Email,
    Chat,
    Repo,
    Rpc,
    Blob,
    Account,
    Identity,
    Include,
}

/// The record operations, as bits.
pub(super) const ACTIONS: [(&str, u8); 3] = [("create", 1), ("update", 2), ("delete", 4)];
pub(super) const ALL_ACTIONS: u8 = 7;

#[derive(Clone, Copy, Debug)]
pub(super) struct Permission<'a> {
    pub(super) resource: Resource,
    pub(super) syntax: Syntax<'a>,
}

impl<'a> Permission<'a> {
    /// The resource and its parameters, before anything is said about the parameters.
    pub(super) const fn split(text: &'a str) -> Result<Self, Reason> {
        let syntax = match Syntax::parse(text) {
            Ok(syntax) => syntax,
            Err(reason) => return Err(reason),
        };
        match Resource::of(text, &syntax) {
            Ok(resource) => Ok(Self { resource, syntax }),
            Err(reason) => Err(reason),
        }
    }

    /// Takes a text apart without any check: for one that passed them before.
    pub(super) const fn reread(text: &'a str) -> Option<Self> {
        let syntax = Syntax::split(text);
        match Resource::of(text, &syntax) {
            Ok(resource) => Some(Self { resource, syntax }),
            Err(_) => None,
        }
    }

    /// What the permission is for: collections, methods, media types, an attribute, a set.
    pub(super) const fn names(&self) -> Values<'a> {
        match self.resource.main_key() {
            Some(key) => self.syntax.values(key, true),
            None => Values::only(self.syntax.resource),
        }
    }

    pub(super) const fn audience(&self) -> Option<Text<'a>> {
        self.syntax.values("aud", false).take()
    }

    /// The operations of `repo`; none named means all.
    pub(super) const fn actions(&self) -> u8 {
        let (mut values, mut actions) = (self.syntax.values("action", false), 0);
        while let Some(value) = values.take() {
            actions |= action_bit(value);
        }
        if actions == 0 { ALL_ACTIONS } else { actions }
    }

    /// `account` with `action=manage`, which includes reading.
    pub(super) const fn manages(&self) -> bool {
        match self.syntax.values("action", false).take() {
            Some(action) => action.is("manage"),
            None => false,
        }
    }
}

impl Resource {
    const fn of(text: &str, syntax: &Syntax<'_>) -> Result<Self, Reason> {
        let resource = syntax.resource;
        let whole = text.as_bytes();
        Ok(if same_bytes(resource, b"repo") {
            Self::Repo
        } else if same_bytes(resource, b"rpc") {
            Self::Rpc
        } else if same_bytes(resource, b"blob") {
            Self::Blob
        } else if same_bytes(resource, b"account") {
            Self::Account
        } else if same_bytes(resource, b"identity") {
            Self::Identity
        } else if same_bytes(resource, b"include") {
            Self::Include
        } else if same_bytes(resource, b"atproto") {
            if !same_bytes(whole, resource) {
                return Err("`atproto` has no parameters; write `atproto`");
            }
            Self::Atproto
        } else if same_bytes(resource, b"transition") {
            return Self::transitional(whole);
        } else {
            return Err(UNKNOWN_RESOURCE);
        })
    }

    const fn transitional(whole: &[u8]) -> Result<Self, Reason> {
        Ok(if same_bytes(whole, b"transition:generic") {
            Self::Generic
        } else if same_bytes(whole, b"transition:email") {
            Self::Email
        } else if same_bytes(whole, b"transition:chat.bsky") {
            Self::Chat
        } else {
            return Err(UNKNOWN_TRANSITION);
        })
    }

    /// The parameter that may stand in the positional part.
    pub(super) const fn main_key(self) -> Option<&'static str> {
        match self {
            Self::Atproto | Self::Generic | Self::Email | Self::Chat => None,
            Self::Repo => Some("collection"),
            Self::Rpc => Some("lxm"),
            Self::Blob => Some("accept"),
            Self::Account | Self::Identity => Some("attr"),
            Self::Include => Some("nsid"),
        }
    }
}

/// The bit of a record operation; 0 for any other text.
pub(super) const fn action_bit(value: Text<'_>) -> u8 {
    let mut rest: &[(&str, u8)] = &ACTIONS;
    while let [(name, bit), after @ ..] = rest {
        if value.is(name) {
            return *bit;
        }
        rest = after;
    }
    0
}

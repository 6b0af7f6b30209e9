//! One entry of a permission set: what it gives, or why it gives nothing. Permissions specification,
//! "Permission Sets" and "Namespace Authority".
//!
//! An entry that is not understood in full gives nothing, as what was not understood may have been a
//! limit; the others count all the same.

use serde_json::{Map, Value};

use super::build::RepoAction;
use super::expansion::is_under;
use super::percent::Text;
use super::scope::Scope;
use super::syntax::Reason;

/// What an entry of a permission set grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// A scope that does not depend on the service.
    Fixed(Scope),
    /// Methods, called at the service that the set is included for.
    Inherited(Vec<String>),
}

impl Entry {
    /// Reads an entry of the permission set `set`.
    pub(super) fn read(entry: &Value, set: &str) -> Result<Self, Reason> {
        let members = entry.as_object().ok_or("it is not an object")?;
        if text(members, "type") != Some("permission") {
            return Err("its `type` is not `permission`");
        }
        match text(members, "resource") {
            Some("repo") => read_repo(members, set),
            Some("rpc") => read_rpc(members, set),
            Some("blob" | "account" | "identity") => {
                Err("a permission set cannot give this resource; ask for it beside the set")
            }
            _ => Err("its `resource` is not known"),
        }
    }

    /// What it gives to a client that includes its set for `service`.
    pub(super) fn scope(&self, service: Option<&str>) -> Option<Scope> {
        match self {
            Self::Fixed(scope) => Some(scope.clone()),
            Self::Inherited(methods) => canonical(&Scope::rpc(methods, service?).ok()?),
        }
    }
}

fn read_repo(members: &Map<String, Value>, set: &str) -> Result<Entry, Reason> {
    check_members(members, &["collection", "action"])?;
    let collections = names(members.get("collection"), set)?;
    let actions = match members.get("action") {
        None => RepoAction::ALL.to_vec(),
        Some(actions) => {
            let actions = list(Some(actions)).unwrap_or_default();
            let known: Option<Vec<_>> = actions.into_iter().map(RepoAction::of).collect();
            known
                .filter(|known| !known.is_empty())
                .ok_or("its `action` is not a list of `create`, `update` and `delete`")?
        }
    };
    fixed(&Scope::repo(collections, actions).map_err(|_| TOO_LONG)?)
}

fn read_rpc(members: &Map<String, Value>, set: &str) -> Result<Entry, Reason> {
    check_members(members, &["lxm", "aud", "inheritAud"])?;
    let methods = names(members.get("lxm"), set)?;
    let inherits = match members.get("inheritAud") {
        None => false,
        Some(Value::Bool(inherits)) => *inherits,
        Some(_) => return Err("its `inheritAud` is neither true nor false"),
    };
    match (members.get("aud"), inherits) {
        (Some(_), true) => Err("it has both `aud` and `inheritAud`"),
        (None, false) => Err("it has neither `aud` nor `inheritAud`"),
        (Some(Value::String(any)), false) if any == "*" => {
            fixed(&Scope::rpc(methods, "*").map_err(|_| TOO_LONG)?)
        }
        (Some(_), false) => Err("its `aud` is not `*`, and a set cannot choose the service"),
        (None, true) => match Scope::rpc(&methods, "*") {
            Ok(_) => Ok(Entry::Inherited(methods)),
            Err(_) => Err(TOO_LONG),
        },
    }
}

const TOO_LONG: Reason = "it is longer than a permission can be";

fn fixed(scope: &Scope) -> Result<Entry, Reason> {
    canonical(scope).map(Entry::Fixed).ok_or(TOO_LONG)
}

/// In the spelling that servers write, too: then what was granted and what was expected are the same
/// text, and a session stores it once.
fn canonical(scope: &Scope) -> Option<Scope> {
    scope.canonical().parse().ok()
}

/// All members are among `known`, or what every entry has.
fn check_members(members: &Map<String, Value>, known: &[&str]) -> Result<(), Reason> {
    let is_known = |name: &str| ["type", "resource"].contains(&name) || known.contains(&name);
    if members.keys().all(|name| is_known(name)) {
        Ok(())
    } else {
        Err("it has a member that its resource does not")
    }
}

/// NSIDs, each of them in the group of `set` or in one below.
fn names(value: Option<&Value>, set: &str) -> Result<Vec<String>, Reason> {
    let names = list(value).ok_or("it has no list of names")?;
    for name in &names {
        if *name == "*" {
            return Err("a permission set cannot give everything; its names are whole NSIDs");
        }
        if !super::is_nsid(name) {
            return Err("a name is not an NSID");
        }
        if !is_under(Text::new(set.as_bytes()), Text::new(name.as_bytes())) {
            return Err("a name is neither in the group of the set nor in one below it");
        }
    }
    Ok(names.into_iter().map(str::to_owned).collect())
}

/// A list of texts that is not empty.
fn list(value: Option<&Value>) -> Option<Vec<&str>> {
    let list = value?.as_array().filter(|list| !list.is_empty())?;
    list.iter().map(Value::as_str).collect()
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    members.get(name).and_then(Value::as_str)
}

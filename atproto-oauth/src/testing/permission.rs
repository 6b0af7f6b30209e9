//! What is granted of what was asked for, and how a consent page says it.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::form::Form;
use super::json::without_nulls;
use crate::scope::{Scope, ScopeSet};

/// The `scope` of a token: what the person allowed, without what this server does not know; known
/// permission sets are replaced by what is in them.
pub(super) fn granted(allowed: &[String], sets: &HashMap<String, Vec<String>>) -> String {
    let mut granted: Vec<&str> = Vec::new();
    for scope in allowed {
        match included(scope).and_then(|nsid| sets.get(nsid)) {
            Some(members) => granted.extend(members.iter().map(String::as_str)),
            None if scope.parse::<Scope>().is_err() => {}
            None => granted.push(scope),
        }
    }
    granted.join(" ")
}

/// The record of a permission set that holds these permissions.
pub(super) fn lexicon(nsid: &str, permissions: &[&str]) -> Value {
    let entries: Vec<Value> = permissions.iter().map(|scope| entry(scope)).collect();
    json!({
        "$type": "com.atproto.lexicon.schema",
        "lexicon": 1,
        "id": nsid,
        "defs": { "main": {
            "type": "permission-set",
            "title": nsid,
            "permissions": entries,
        } },
    })
}

/// A permission as sets write it. The service of an `rpc` is the one that the set is included for,
/// unless it is any.
fn entry(scope: &str) -> Value {
    let (head, query) = scope.split_once('?').unwrap_or((scope, ""));
    let (resource, positional) = head.split_once(':').unwrap_or((head, ""));
    let pairs = Form::parse(query.as_bytes()).0;
    let values = |key: &str| -> Vec<&str> {
        let values = pairs.iter().filter(|(name, _)| name == key);
        values.map(|(_, value)| value.as_str()).collect()
    };
    let names = |key| match positional {
        "" => values(key),
        name => vec![name],
    };
    let (action, any) = (values("action"), values("aud") == ["*"]);
    without_nulls(match resource {
        "repo" => json!({
            "type": "permission",
            "resource": "repo",
            "collection": names("collection"),
            "action": (!action.is_empty()).then_some(action),
        }),
        "rpc" => json!({
            "type": "permission",
            "resource": "rpc",
            "lxm": names("lxm"),
            "aud": any.then_some("*"),
            "inheritAud": (!any).then_some(true),
        }),
        other => json!({ "type": "permission", "resource": other }),
    })
}

/// The permission set that an `include:` names.
pub(super) fn included(scope: &str) -> Option<&str> {
    scope.strip_prefix("include:")?.split('?').next()
}

/// Whether a token with `granted` may do what `needed` says.
pub(super) fn allows(granted: &str, needed: &str) -> bool {
    let granted = ScopeSet::parse_granted(granted);
    let needed = needed.parse::<Scope>();
    matches!((granted, needed), (Ok(granted), Ok(needed)) if granted.covers(&needed))
}

/// A permission in words.
pub(super) fn describe(scope: &str) -> String {
    let (name, query) = scope.split_once('?').unwrap_or((scope, ""));
    let (resource, what) = name.split_once(':').unwrap_or((name, ""));
    let actions: Vec<&str> = query
        .split('&')
        .filter_map(|pair| pair.strip_prefix("action="))
        .collect();
    match (resource, what) {
        ("atproto", _) => "Know who you are".into(),
        ("repo", what) => {
            let verbs = match actions.as_slice() {
                [] => "Create, change and delete".to_owned(),
                verbs => capitalised(&verbs.join(" and ")),
            };
            match what {
                "*" => format!("{verbs} any of your records"),
                "" => format!("{verbs} some of your records"),
                what => format!("{verbs} records of the kind {what}"),
            }
        }
        ("rpc", what) => format!("Call {what} in your name"),
        ("blob", what) => format!("Upload files ({what})"),
        ("account" | "transition", "email") => "See your email address".into(),
        ("account", what) => format!("Account settings: {what}"),
        ("identity", _) => "Change your handle or identity".into(),
        ("transition", "generic") => "Read and write nearly everything of yours".into(),
        ("transition", "chat.bsky") => "Read and write your chat messages".into(),
        ("include", what) => format!("The permissions of {what}"),
        _ => "Something this server does not know, and will not grant".into(),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

//! Permissions in plain words.

use std::fmt::Write;

use percent_encoding::percent_decode_str;

use super::html::{escape, shorten};
use crate::scope::Scope;
use crate::web::policy::{MAX_LISTED_PERMISSIONS, MAX_SHOWN_NAME};

/// A list of what the permissions allow; empty if there are none.
pub(super) fn list(permissions: &[&str]) -> String {
    let items = items(permissions);
    if items.is_empty() {
        return items;
    }
    format!("<ul>\n{items}</ul>\n")
}

/// The entries of such a list.
pub(super) fn items(permissions: &[&str]) -> String {
    let mut items = String::new();
    for permission in permissions {
        let _ = writeln!(items, "<li>{}</li>", describe(permission));
    }
    items
}

/// One permission, as HTML: what an application may do, to stand after "permission to". What is no
/// permission is shown as it is.
fn describe(permission: &str) -> String {
    let Ok(scope) = permission.parse::<Scope>() else {
        return code(permission);
    };
    // One spelling, in which nothing is said twice.
    let (head, query) = scope
        .canonical()
        .split_once('?')
        .unwrap_or((scope.canonical(), ""));
    let (resource, name) = head.split_once(':').unwrap_or((head, ""));
    let asked = Asked { name, query };
    match (resource, name) {
        ("atproto", _) => "see which account is yours".into(),
        ("transition", "generic") => {
            "read and change what your account holds: posts, likes, follows, settings of apps"
                .into()
        }
        ("transition", "email") => "see your email address".into(),
        ("transition", "chat.bsky") => "read and send your direct messages".into(),
        ("repo", _) => repo(&asked),
        ("rpc", _) => rpc(&asked),
        ("blob", _) => blob(&asked),
        ("account", _) => account(&asked),
        ("identity", "handle") => "change your handle".into(),
        ("identity", _) => "change your handle and everything else about your identity".into(),
        ("include", _) => include(&asked),
        _ => code(permission),
    }
}

/// `repo:collection?action=create`.
fn repo(asked: &Asked<'_>) -> String {
    let actions = asked.values("action");
    let verbs = [
        ("create", "add"),
        ("update", "change"),
        ("delete", "delete"),
    ]
    .into_iter()
    .filter(|(action, _)| actions.is_empty() || actions.iter().any(|a| a == action))
    .map(|(_, verb)| verb.to_owned());
    let verbs = and(verbs.collect());
    let collections = asked.values("collection");
    if is_all(&collections) {
        return format!("{verbs} records of every kind in your account");
    }
    let kinds = named("kind", &collections);
    format!("{verbs} records of the {kinds} in your account")
}

/// `rpc:method?aud=service`.
fn rpc(asked: &Asked<'_>) -> String {
    let methods = asked.values("lxm");
    let methods = if is_all(&methods) {
        "everything".to_owned()
    } else {
        and(codes(&methods))
    };
    let service = service(asked).unwrap_or_else(|| "any service".into());
    format!("use {methods} at {service} in your name")
}

/// `blob:image/*`.
fn blob(asked: &Asked<'_>) -> String {
    let (mut things, mut types) = (Vec::new(), Vec::new());
    for media in asked.values("accept") {
        match &*media {
            "*/*" => return "upload files of any kind".into(),
            "image/*" => things.push("images".to_owned()),
            "video/*" => things.push("videos".to_owned()),
            "audio/*" => things.push("sounds".to_owned()),
            "text/*" => things.push("texts".to_owned()),
            _ => types.push(media),
        }
    }
    if !types.is_empty() {
        things.push(format!("files of the {}", named("type", &types)));
    }
    format!("upload {}", and(things))
}

/// `account:email?action=manage`.
fn account(asked: &Asked<'_>) -> String {
    let manages = asked
        .values("action")
        .iter()
        .any(|action| action == "manage");
    let words = match (asked.name, manages) {
        ("email", false) => "see your email address",
        ("email", true) => "see and change your email address",
        // It gives nothing yet, and what is there is public.
        ("repo", false) => "see what everybody can see in your account",
        ("repo", true) => "replace everything that your account holds",
        ("status", false) => "see whether your account is active",
        ("status", true) => "see and change whether your account is active",
        _ => return code(asked.name),
    };
    words.into()
}

/// `include:set?aud=service`.
fn include(asked: &Asked<'_>) -> String {
    let set = codes(&asked.values("nsid")).concat();
    let at = service(asked).map_or_else(String::new, |service| format!(" at {service}"));
    format!("do what the list {set} allows{at}")
}

/// The service a permission is for: of a `did:web` the host.
fn service(asked: &Asked<'_>) -> Option<String> {
    let service = asked.values("aud").into_iter().next()?;
    if service == "*" {
        return None;
    }
    let host = service
        .strip_prefix("did:web:")
        .and_then(|rest| rest.split('#').next())
        .filter(|host| !host.contains([':', '%']));
    Some(code(host.unwrap_or(&service)))
}

/// The parts of one permission.
struct Asked<'a> {
    name: &'a str,
    query: &'a str,
}

impl Asked<'_> {
    /// The parameters `key`, decoded; the name before the query is that of the main one.
    fn values(&self, key: &str) -> Vec<String> {
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let is_main = !matches!(key, "action" | "aud") && !self.name.is_empty();
        let parameters = self
            .query
            .split('&')
            .filter_map(|pair| pair.split_once('='));
        let named = parameters.filter(|(name, _)| *name == key);
        let named = named.map(|(_, value)| decode(value));
        is_main
            .then(|| decode(self.name))
            .into_iter()
            .chain(named)
            .collect()
    }
}

fn is_all(values: &[String]) -> bool {
    values.iter().any(|value| value == "*")
}

/// `kind a`, `kinds a and b`.
fn named(what: &str, values: &[String]) -> String {
    let plural = if values.len() == 1 { "" } else { "s" };
    format!("{what}{plural} {}", and(codes(values)))
}

fn codes(values: &[String]) -> Vec<String> {
    let mut codes: Vec<String> = values
        .iter()
        .take(MAX_LISTED_PERMISSIONS)
        .map(|value| code(value))
        .collect();
    let more = values.len().saturating_sub(MAX_LISTED_PERMISSIONS);
    if more > 0 {
        codes.push(format!("{more} more"));
    }
    codes
}

/// `a`, `a and b`, `a, b and c`.
fn and(mut values: Vec<String>) -> String {
    match (values.pop(), values.is_empty()) {
        (None, _) => String::new(),
        (Some(last), true) => last,
        (Some(last), false) => format!("{} and {last}", values.join(", ")),
    }
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(&shorten(text, MAX_SHOWN_NAME)))
}

#[cfg(test)]
mod tests;

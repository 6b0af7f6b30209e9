//! Permissions in plain words.

use std::fmt::Write;

use percent_encoding::percent_decode_str;

use super::html::{escape, shorten};

/// A list of what the permissions allow; empty if there are none.
pub(super) fn list(permissions: &[&str]) -> String {
    let mut list = String::new();
    for permission in permissions {
        let _ = writeln!(list, "<li>{}</li>", describe(permission));
    }
    if list.is_empty() {
        return list;
    }
    format!("<ul>\n{list}</ul>\n")
}

/// One permission, as HTML. What is not known is shown as it is.
fn describe(permission: &str) -> String {
    let (head, query) = permission.split_once('?').unwrap_or((permission, ""));
    let (resource, name) = head.split_once(':').unwrap_or((head, ""));
    let asked = Asked { name, query };
    match (resource, name) {
        ("atproto", "") => "see which account is yours".into(),
        ("transition", "generic") => {
            "read and change what your account holds: posts, likes, follows, settings of apps"
                .into()
        }
        ("transition", "email") => "see your email address".into(),
        ("transition", "chat.bsky") => "read and send your direct messages".into(),
        ("repo", _) => repo(&asked),
        ("rpc", _) => format!(
            "use other services in your name: {}",
            names(&asked.values("lxm"), "everything they offer")
        ),
        ("blob", _) => format!(
            "upload files: {}",
            names(&asked.values("accept"), "of any kind")
        ),
        ("account", _) => account(&asked),
        ("identity", _) => format!(
            "change your identity: {}",
            names(&asked.values("attr"), "all of it")
        ),
        ("include", _) => format!("use a set of permissions: {}", names(&[name.into()], "any")),
        _ => code(permission),
    }
}

/// `repo:collection?action=create`.
fn repo(asked: &Asked<'_>) -> String {
    let actions = asked.values("action");
    let verbs: Vec<&str> = [
        ("create", "add"),
        ("update", "change"),
        ("delete", "delete"),
    ]
    .into_iter()
    .filter(|(action, _)| actions.is_empty() || actions.iter().any(|a| a == action))
    .map(|(_, verb)| verb)
    .collect();
    let verbs = match verbs.as_slice() {
        [first, rest @ .., last] if !rest.is_empty() => {
            format!("{first}, {} and {last}", rest.join(", "))
        }
        verbs => verbs.join(" and "),
    };
    let collections = names(&asked.values("collection"), "of any kind");
    format!("{verbs} records of yours: {collections}")
}

/// `account:email?action=read`.
fn account(asked: &Asked<'_>) -> String {
    let manages = asked
        .values("action")
        .iter()
        .any(|action| action == "manage");
    let verb = if manages { "see and change" } else { "see" };
    match asked.name {
        "email" => format!("{verb} your email address"),
        "status" => format!("{verb} whether your account is active"),
        "repo" => format!("{verb} your whole account data"),
        _ => format!("{verb} {}", names(&asked.values("attr"), "your account")),
    }
}

/// The parts of one permission.
struct Asked<'a> {
    name: &'a str,
    query: &'a str,
}

impl Asked<'_> {
    /// The name before the query, and the parameters `key`, decoded.
    fn values(&self, key: &str) -> Vec<String> {
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let is_main = key != "action" && !self.name.is_empty();
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

/// `a`, `b`, or the words for everything.
fn names(values: &[String], everything: &str) -> String {
    if values.iter().any(|value| value == "*" || value == "*/*") {
        return everything.to_owned();
    }
    let values: Vec<String> = values.iter().map(|value| code(value)).collect();
    values.join(", ")
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(&shorten(text, 200)))
}

#[cfg(test)]
mod tests;

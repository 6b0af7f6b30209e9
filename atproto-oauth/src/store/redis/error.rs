//! What went wrong, in words, and whether it passes. Nothing of what the server said is repeated but its
//! code: the rest may hold ids, or anything.

use std::io;

use redis::{ErrorKind, RedisError};

use super::address::Address;
use crate::store::StoreError;
use crate::store::policy::REDIS_MAX_CODE;

/// No server listens there, or a firewall is in the way.
pub(super) fn unreachable(address: &Address, error: &io::Error) -> StoreError {
    let reason = error.kind();
    if error.kind() == io::ErrorKind::InvalidData && address.is_tls {
        // What rustls says of a certificate, or of a server without TLS.
        return StoreError::failed(format!(
            "{address} cannot be trusted ({error}); its certificate must be for that name and from a \
             known authority: name yours with `?ca=FILE`"
        ));
    }
    StoreError::down(format!(
        "{address} cannot be reached ({reason}); see that the server runs and that the address is right"
    ))
}

pub(super) fn too_slow(address: &Address) -> StoreError {
    let and = if address.is_tls {
        ", and that it speaks TLS there"
    } else {
        ""
    };
    StoreError::down(format!(
        "{address} does not answer in time; see what keeps it busy{and}"
    ))
}

pub(super) fn flooded(address: &Address) -> StoreError {
    StoreError::failed(format!(
        "{address} sent more than was asked for; see that it is a Redis server"
    ))
}

/// An answer of another kind than the question has.
pub(super) fn confused(address: &Address) -> StoreError {
    StoreError::failed(format!(
        "{address} does not answer as a Redis server does; see that the address is right"
    ))
}

/// Whether the server itself refused; the connection is as good as before.
pub(super) fn is_refusal(error: &RedisError) -> bool {
    matches!(error.kind(), ErrorKind::Server(_) | ErrorKind::Extension)
}

/// A connection that broke, or what the server refused.
pub(super) fn explain(address: &Address, error: &RedisError) -> StoreError {
    let down = |text: &str| StoreError::down(format!("{address} {text}"));
    let failed = |text: &str| StoreError::failed(format!("{address} {text}"));
    match error.kind() {
        ErrorKind::Io => return down("broke the connection; it is made again"),
        ErrorKind::AuthenticationFailed => return failed(UNWANTED),
        _ if !is_refusal(error) => return confused(address),
        _ => {}
    }
    let code = error.code().unwrap_or_default();
    match code {
        "NOAUTH" | "WRONGPASS" => failed(UNWANTED),
        "NOPERM" => failed(
            "does not let this user do what the store needs; allow it SCAN, EVAL, EVALSHA and the commands for \
             strings and sorted sets on keys that begin with `atproto:`",
        ),
        "MOVED" | "ASK" | "CROSSSLOT" | "CLUSTERDOWN" => failed(CLUSTER),
        "WRONGTYPE" => failed(
            "has something else under a key of the store; give the store a database of its own",
        ),
        "OOM" => {
            down("is full (`maxmemory`), so nothing can be written; make room, or raise the limit")
        }
        "MISCONF" => down("cannot write to its disk and refuses changes; see its log"),
        "READONLY" | "MASTERDOWN" => down(REPLICA),
        "LOADING" | "BUSY" | "TRYAGAIN" | "NOREPLICAS" => {
            down("is not ready; it will be in a moment")
        }
        _ => failed(&format!(
            "refuses a command of the store ({}); see its log",
            plain(code)
        )),
    }
}

/// The server refuses a new connection; an error without a name is often that there are too many.
pub(super) fn turned_away(address: &Address, error: &RedisError) -> StoreError {
    match error.code() {
        Some("ERR") => StoreError::down(format!(
            "{address} turns connections away; see that it has the database {} and takes more clients",
            address.database
        )),
        _ => explain(address, error),
    }
}

pub(super) const UNWANTED: &str =
    "does not accept the user name or the password; correct them in the address";

pub(super) const CLUSTER: &str = "is part of a Redis Cluster, where a commit cannot span several servers; name a single server, or \
     use `postgres:`";

pub(super) const REPLICA: &str = "is a replica, which cannot be written to; name the primary";

/// A code is short and plain, or it is not shown.
fn plain(code: &str) -> &str {
    let is_plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    if !code.is_empty() && code.len() <= REDIS_MAX_CODE && code.bytes().all(is_plain) {
        code
    } else {
        "without a reason"
    }
}

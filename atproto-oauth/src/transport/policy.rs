//! Limits and timeouts of connections and DNS answers.

use std::time::Duration;

/// How long connecting may take. Part of every deadline, so that a host that swallows packets is told apart from one
/// that is slow.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long an idle connection is kept. Short, as many connections lead to servers that are never asked again.
pub(crate) const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// Most idle connections that are kept to one host. Requests beyond open a connection of their own.
pub(crate) const POOL_MAX_IDLE_PER_HOST: usize = 8;

/// How often an idle HTTP/2 connection is pinged. Without pings, all requests on a
/// connection whose other end is gone would time out.
pub(crate) const HTTP2_PING_INTERVAL: Duration = Duration::from_secs(15);

/// Longest deadline of a request. Longer ones bound nothing, and overflow arithmetic with times.
pub(crate) const MAX_DEADLINE: Duration = Duration::from_hours(24);

/// Most addresses of one name that are tried. All of them are checked.
pub(crate) const MAX_ADDRESSES: usize = 16;

/// Most TXT records of one name that are read. Far more than any handle needs; a hostile zone has no bound.
pub(crate) const MAX_TXT_RECORDS: usize = 64;

/// Most bytes of TXT records of one name that are read. A bound on what a hostile zone can make a process keep.
pub(crate) const MAX_TXT_BYTES: usize = 16 * 1024;

/// Longest origin of a refused redirect that an error shows, in characters. Enough for nearly every host; the server chose
/// it.
pub(crate) const MAX_SHOWN_ORIGIN: usize = 200;

/// Longest label of a domain name in an override, in bytes. That of a domain name (RFC 1035).
pub(crate) const MAX_DOMAIN_LABEL: usize = 63;

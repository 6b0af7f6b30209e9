//! From a URL to where the server is, and how long to wait for it.

use std::fmt;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use url::Url;

use crate::store::StoreError;
use crate::store::policy::{
    POSTGRES_CALL_TIMEOUT, POSTGRES_CONNECTIONS, POSTGRES_MAX_CONNECTIONS, POSTGRES_MAX_TIMEOUT,
    SQL_CONNECT_TIMEOUT,
};
use crate::store::sql::statements::Limits;

/// A server and a database in it.
pub(super) struct Address {
    /// With the password; its own `Debug` shows it.
    pub(super) options: PgConnectOptions,
    pub(super) limits: Limits,
    /// A pooler is in between that knows no prepared statements, nor what else belongs to a connection.
    pub(super) is_pooled: bool,
    /// Without the user and the password.
    pub(super) place: String,
    /// What is to be said about it.
    pub(super) unverified: Option<&'static str>,
}

const DEFAULT: Limits = Limits {
    connections: POSTGRES_CONNECTIONS,
    connect: SQL_CONNECT_TIMEOUT,
    call: POSTGRES_CALL_TIMEOUT,
};

const UNVERIFIED: &str =
    "the server that answers is not checked; write `sslmode=verify-full` in `ATPROTO_STORE`";

/// What is handed on. Others would be left out silently, and a typing error with them.
const KNOWN: [&str; 12] = [
    "application_name",
    "dbname",
    "host",
    "options",
    "password",
    "port",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

impl Address {
    pub(super) fn parse(text: &str) -> Result<Self, StoreError> {
        let mut url = Url::parse(text).map_err(|_| wrong("is not a URL"))?;
        if url.cannot_be_a_base() || url.fragment().is_some() {
            return Err(wrong("is not complete"));
        }
        if url.host_str().is_some_and(|host| host.contains(',')) {
            return Err(wrong("names several servers; name one, the primary"));
        }
        let (mut limits, mut is_pooled) = (DEFAULT, false);
        let mut handed_on = Vec::new();
        for (name, value) in url.query_pairs() {
            let seconds = || {
                number(&name, &value, 1..=POSTGRES_MAX_TIMEOUT)
                    .map(|n| Duration::from_secs(n.into()))
            };
            match &*name {
                "pool_size" => {
                    limits.connections = number(&name, &value, 1..=POSTGRES_MAX_CONNECTIONS)?;
                }
                "connect_timeout" => limits.connect = seconds()?,
                "timeout" => limits.call = seconds()?,
                known if KNOWN.contains(&known) => {
                    is_pooled |= known == "statement-cache-capacity" && value == "0";
                    handed_on.push((name.into_owned(), value.into_owned()));
                }
                // It may be the rest of a password.
                other if !is_word(other) => return Err(wrong("has an odd parameter")),
                other => {
                    return Err(wrong(format_args!(
                        "has a parameter `{other}`, which is not known"
                    )));
                }
            }
        }
        url.set_query(None);
        if !handed_on.is_empty() {
            url.query_pairs_mut().extend_pairs(handed_on);
        }
        let options = PgConnectOptions::from_url(&url);
        let options =
            options.map_err(|_| wrong("has a parameter of another form than expected"))?;
        let options = match options.get_application_name() {
            Some(_) => options,
            None => options.application_name("atproto-oauth"),
        };
        Ok(Self {
            place: place(&options),
            unverified: (!is_local(&options) && !is_verified(&options)).then_some(UNVERIFIED),
            options,
            limits,
            is_pooled,
        })
    }
}

/// Never more than that: it holds the password.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Address").field(&self.place).finish()
    }
}

fn place(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or_default();
    match socket(options) {
        Some(folder) => format!("postgres:///{database}?host={folder}"),
        None => format!(
            "postgres://{}:{}/{database}",
            options.get_host(),
            options.get_port()
        ),
    }
}

fn socket(options: &PgConnectOptions) -> Option<String> {
    let host = options.get_host();
    let named = options.get_socket().map(|path| path.display().to_string());
    named.or_else(|| host.starts_with('/').then(|| host.to_owned()))
}

/// The server is on this machine, with no network between.
fn is_local(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    socket(options).is_some() || host == "localhost" || address.is_ok_and(|ip| ip.is_loopback())
}

fn is_verified(options: &PgConnectOptions) -> bool {
    matches!(
        options.get_ssl_mode(),
        PgSslMode::VerifyFull | PgSslMode::VerifyCa
    )
}

fn is_word(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'_' | b'-'))
}

fn number(name: &str, value: &str, range: RangeInclusive<u32>) -> Result<u32, StoreError> {
    let number = value.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| {
        let (low, high) = range.into_inner();
        wrong(format_args!(
            "has a `{name}` that is not a number from {low} to {high}"
        ))
    })
}

fn wrong(problem: impl fmt::Display) -> StoreError {
    StoreError::failed(format!(
        "the address of the PostgreSQL server {problem}; write \
         `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, with special characters of the password as \
         `%` and their code"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    #[test]
    fn an_address_says_where_and_how_long() {
        let address = parse("postgres://app:hunter2@db.example.com:6543/app?pool_size=3&timeout=9");
        assert_eq!(address.place, "postgres://db.example.com:6543/app");
        assert_eq!(address.limits.connections, 3);
        assert_eq!(address.limits.call, Duration::from_secs(9));
        assert_eq!(address.limits.connect, DEFAULT.connect);
        assert_eq!(address.options.get_username(), "app");
        let socket = parse("postgresql:///app?host=/run/postgresql&port=5433&user=me");
        assert_eq!(socket.place, "postgres:///app?host=/run/postgresql");
        assert_eq!(socket.options.get_port(), 5433);
        assert_eq!(socket.limits, DEFAULT);
    }

    #[test]
    fn a_server_in_between_is_told_of() {
        for (text, unverified) in [
            ("postgres://u@db.example.com/app", true),
            ("postgres://u@db.example.com/app?sslmode=require", true),
            ("postgres://u@10.0.0.1/app?sslmode=disable", true),
            ("postgres://u@db.example.com/app?sslmode=verify-full", false),
            ("postgres://u@127.0.0.1/app", false),
            ("postgres://u@[::1]/app", false),
            ("postgres://u@localhost/app?sslmode=disable", false),
            ("postgres:///app?host=/run/postgresql", false),
        ] {
            assert_eq!(parse(text).unverified.is_some(), unverified, "{text}");
        }
    }

    #[test]
    fn never_shows_a_password() {
        for text in [
            "postgres://u:hunter2@h/db",
            "postgres://u@h/db?password=hunter2",
            "postgres:///db?host=/run&user=u&password=hunter2",
        ] {
            let address = parse(text);
            assert!(!format!("{address:?} {}", address.place).contains("hunter2"));
        }
        for (text, part) in [
            ("postgres:hunter2", "not complete"),
            ("postgres://u:hun#ter2@h/db", "write `postgres://"),
            ("postgres://u:hun/ter2@h/db", "write `postgres://"),
            ("postgres://u:1?hunter2@h/db", "an odd parameter"),
            ("postgres://h/db?pool_size=hunter2", "from 1 to 1000"),
            ("postgres://h/db?pool_size=0", "from 1 to 1000"),
            ("postgres://h/db?timeout=hunter2", "from 1 to 60"),
            ("postgres://h/db?connect_timeout=0", "from 1 to 60"),
            ("postgres://h/db?sslmode=hunter2", "another form"),
            ("postgres://h/db?port=hunter2", "another form"),
            (
                "postgres://h/db?sslmod=hunter2",
                "`sslmod`, which is not known",
            ),
            ("postgres://one,two/db", "name one, the primary"),
        ] {
            let error = Address::parse(text).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(shown.contains(part), "{text}: {shown}");
            assert!(!shown.contains("ter2"), "{shown}");
            assert!(!error.is_down(), "{text}");
        }
    }
}

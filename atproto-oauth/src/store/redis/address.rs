//! What a `redis:` address says: where the server is, and how to be let in.

use std::fmt;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use url::Url;

use crate::store::StoreError;

/// Where a server is, and who we are there. Shown without name and password.
pub(super) struct Address {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) is_tls: bool,
    pub(super) database: u32,
    pub(super) user: Option<String>,
    pub(super) password: Option<SecretString>,
    /// Further root certificates, PEM.
    pub(super) ca: Option<PathBuf>,
}

const PORT: u16 = 6379;

impl Address {
    pub(super) fn parse(text: &str) -> Result<Self, StoreError> {
        // The text may hold a password, so no mistake repeats any of it.
        let url = Url::parse(text).ok().filter(Url::has_host);
        let url = url.ok_or_else(|| {
            wrong("is not a URL with a host; write `redis://HOST:6379/0`, with special characters of a \
                   password as %XX")
        })?;
        let is_tls = match url.scheme() {
            "redis" => false,
            "rediss" => true,
            _ => {
                return Err(wrong(
                    "has another scheme; write `redis://HOST` or `rediss://HOST`",
                ));
            }
        };
        let host = url.host_str().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let (user, password) = (decoded(url.username())?, url.password());
        let password = password.map(decoded).transpose()?.filter(|p| !p.is_empty());
        if password.is_none() && !user.is_empty() {
            return Err(wrong(
                "names a user and no password; write `redis://USER:PASSWORD@HOST`, or \
                 `redis://:PASSWORD@HOST` for a password alone",
            ));
        }
        let database = match url.path().trim_start_matches('/') {
            "" => Ok(0),
            number => number.parse(),
        };
        let database = database
            .map_err(|_| wrong("has a path that is no database; write `redis://HOST:6379/0`"))?;
        if url.fragment().is_some() {
            return Err(wrong(
                "has a part after `#`; leave it out, certificates are always checked",
            ));
        }
        let mut ca = None;
        for (name, value) in url.query_pairs() {
            if name != "ca" || !is_tls {
                return Err(wrong(
                    "has a part after `?` that means nothing; there is only `rediss://HOST?ca=FILE`, \
                     further root certificates",
                ));
            }
            ca = Some(PathBuf::from(value.into_owned()));
        }
        Ok(Self {
            host: host.into(),
            port: url.port().unwrap_or(PORT),
            is_tls,
            database,
            user: Some(user).filter(|user| !user.is_empty()),
            password: password.map(SecretString::from),
            ca,
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_tls { "rediss" } else { "redis" };
        let (host, port, database) = (&self.host, self.port, self.database);
        if host.contains(':') {
            write!(f, "{scheme}://[{host}]:{port}/{database}")
        } else {
            write!(f, "{scheme}://{host}:{port}/{database}")
        }
    }
}

fn decoded(text: &str) -> Result<String, StoreError> {
    let decoded = percent_decode_str(text).decode_utf8();
    let decoded = decoded.map_err(|_| wrong("has a name or a password that is not UTF-8"))?;
    Ok(decoded.into_owned())
}

fn wrong(problem: &str) -> StoreError {
    StoreError::failed(format!("the address of the Redis server {problem}"))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn what_an_address_may_say() {
        for (text, shown, user, password) in [
            ("redis://h", "redis://h:6379/0", None, None),
            ("redis://h/", "redis://h:6379/0", None, None),
            ("rediss://h:7000/3", "rediss://h:7000/3", None, None),
            ("redis://[::1]:1/2", "redis://[::1]:1/2", None, None),
            ("redis://:p@h", "redis://h:6379/0", None, Some("p")),
            (
                "redis://u:p%40%2F@h",
                "redis://h:6379/0",
                Some("u"),
                Some("p@/"),
            ),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!(address.to_string(), shown);
            assert_eq!(address.user.as_deref(), user, "{text}");
            let found = address.password.as_ref().map(ExposeSecret::expose_secret);
            assert_eq!(found, password, "{text}");
        }
        let address = Address::parse("rediss://h?ca=/etc/ca%20.pem").unwrap();
        assert_eq!(address.ca, Some(PathBuf::from("/etc/ca .pem")));
        assert_eq!(Address::parse("redis://[::1]").unwrap().host, "::1");
    }

    #[test]
    fn never_a_password_in_a_refusal() {
        for (text, part) in [
            ("redis:", "not a URL with a host"),
            ("redis:///0", "not a URL with a host"),
            ("redis://:hunter2@/0", "not a URL with a host"),
            ("redis://:hunter2@h:99999/", "not a URL with a host"),
            ("valkey://:hunter2@h", "another scheme"),
            ("redis://hunter2@h", "no password"),
            ("redis://:hunter2@h/hunter2", "no database"),
            ("redis://:hunter2@h/-1", "no database"),
            ("redis://:hunter2@h/0/1", "no database"),
            ("rediss://:hunter2@h/#insecure", "always checked"),
            ("rediss://:hunter2@h/?hunter2=1", "means nothing"),
            ("redis://:hunter2@h/?ca=hunter2", "means nothing"),
            ("redis://:hunter2%ff@h", "not UTF-8"),
        ] {
            let error = Address::parse(text).map(|_| ()).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}

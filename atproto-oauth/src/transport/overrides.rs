//! Fixed addresses for names that the operator chose.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::str::FromStr;

use super::policy::MAX_DOMAIN_LABEL;
use crate::error::{Error, ErrorKind};

const HTTPS: u16 = 443;

/// Fixed addresses for names, as in `ATPROTO_RESOLVE`: `*.example.dev:443=127.0.0.1:8443`, several
/// separated by commas.
///
/// The operator named them, so they are exempt from the private-address guard; TLS and the rest of the
/// policy stay. `*.` stands for one or more labels; an exact name wins over a wildcard, a longer
/// wildcard over a shorter one. A name with an override is reachable on the ports that are listed for
/// it and on no other. Only port 443 can lead to another port.
///
/// ```
/// # use atproto_oauth::transport::Overrides;
/// let overrides: Overrides = "*.example.dev:443=127.0.0.1:8443, pds.test:443=[::1]:9443".parse()?;
/// # Ok::<(), atproto_oauth::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides(Vec<Rule>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    pattern: Pattern,
    /// Of the URL; always at least one, ascending in the order they were given.
    ports: Vec<u16>,
    /// Its port is where port 443 leads; 0 where 443 is not listed, and then the URL's port counts.
    address: SocketAddr,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Pattern {
    Exact(String),
    /// With its leading dot: `.example.dev`.
    Below(String),
}

impl Overrides {
    /// Nothing is overridden.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Where a connection to `host` goes.
    pub(super) fn address(&self, host: &str) -> Option<SocketAddr> {
        self.rule(host).map(|rule| rule.address)
    }

    /// The ports on which `host` may be reached, if it is overridden at all.
    pub(super) fn ports(&self, host: &str) -> Option<&[u16]> {
        self.rule(host).map(|rule| rule.ports.as_slice())
    }

    fn rule(&self, host: &str) -> Option<&Rule> {
        let host = normal(host);
        self.0
            .iter()
            .filter_map(|rule| Some((rule.pattern.rank(&host)?, rule)))
            .max_by_key(|(rank, _)| *rank)
            .map(|(_, rule)| rule)
    }

    fn add(&mut self, entry: &str) -> Result<(), String> {
        let (from, to) = entry
            .split_once('=')
            .ok_or("it has no `=`; write for example `pds.example.dev:443=127.0.0.1:8443`")?;
        let (name, port) = from
            .trim()
            .rsplit_once(':')
            .ok_or("the name has no port; write for example `pds.example.dev:443`")?;
        let port = port_number(port).ok_or("the name's port is not a number from 1 to 65535")?;
        let pattern = Pattern::parse(name)?;
        let target: SocketAddr = to.trim().parse().map_err(|_| {
            "the right side is not an address with a port; write for example `127.0.0.1:8443` or `[::1]:8443`"
        })?;
        if target.port() == 0 {
            return Err("the address has port 0; name the port that is listened on".into());
        }
        if port != HTTPS && target.port() != port {
            return Err(format!(
                "only port 443 can lead to another port; use `{name}:443=…` or `…={}`",
                SocketAddr::new(target.ip(), port)
            ));
        }
        self.merge(pattern, port, target)
    }

    /// One rule per name: connections are made per name, so all its ports share an address.
    fn merge(&mut self, pattern: Pattern, port: u16, target: SocketAddr) -> Result<(), String> {
        let moved = if port == HTTPS { target.port() } else { 0 };
        let Some(rule) = self.0.iter_mut().find(|rule| rule.pattern == pattern) else {
            self.0.push(Rule {
                pattern,
                ports: vec![port],
                address: SocketAddr::new(target.ip(), moved),
            });
            return Ok(());
        };
        if rule.ports.contains(&port) {
            return Err("the same name and port is there twice; remove one".into());
        }
        if rule.address.ip() != target.ip() {
            return Err("the same name has two addresses; use one for all its ports".into());
        }
        rule.ports.push(port);
        if moved != 0 {
            rule.address.set_port(moved);
        }
        Ok(())
    }
}

impl Pattern {
    fn parse(name: &str) -> Result<Self, String> {
        let name = normal(name);
        let (wildcard, domain) = match name.strip_prefix("*.") {
            Some(domain) => (true, domain),
            None => (false, name.as_str()),
        };
        let label = |label: &str| {
            !label.is_empty()
                && label.len() <= MAX_DOMAIN_LABEL
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        };
        if !domain.split('.').all(label) {
            return Err(format!(
                "`{name}` is not a domain name; write for example `pds.example.dev` or `*.example.dev`"
            ));
        }
        if domain.parse::<Ipv4Addr>().is_ok() {
            return Err(format!("`{name}` is an address; overrides are for names"));
        }
        Ok(if wildcard {
            Self::Below(format!(".{domain}"))
        } else {
            Self::Exact(name)
        })
    }

    /// How specifically it matches.
    fn rank(&self, host: &str) -> Option<usize> {
        match self {
            Self::Exact(name) => (name == host).then_some(usize::MAX),
            Self::Below(suffix) => {
                (host.len() > suffix.len() && host.ends_with(suffix)).then_some(suffix.len())
            }
        }
    }
}

/// Names are compared in lower case and without the root's dot.
fn normal(host: &str) -> String {
    let host = host.trim();
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

fn port_number(text: &str) -> Option<u16> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port != 0)
}

impl FromStr for Overrides {
    type Err = Error;

    /// # Errors
    /// [`ErrorKind::Configuration`] names the entry and how it is written.
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut overrides = Self::default();
        for entry in text.split(',').map(str::trim).filter(|e| !e.is_empty()) {
            overrides.add(entry).map_err(|problem| {
                Error::new(
                    ErrorKind::Configuration,
                    format!("`{entry}` is not a fixed address: {problem}"),
                )
            })?;
        }
        Ok(overrides)
    }
}

impl fmt::Display for Overrides {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for rule in &self.0 {
            for &port in &rule.ports {
                let target = if port == HTTPS {
                    rule.address.port()
                } else {
                    port
                };
                let target = SocketAddr::new(rule.address.ip(), target);
                write!(f, "{separator}{}:{port}={target}", rule.pattern)?;
                separator = ",";
            }
        }
        Ok(())
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(name) => f.write_str(name),
            Self::Below(suffix) => write!(f, "*{suffix}"),
        }
    }
}

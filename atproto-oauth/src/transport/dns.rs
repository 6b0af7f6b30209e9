//! Names: addresses that passed the policy, and TXT records.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{Name, RData};
use hickory_resolver::{ResolverBuilder, TokioResolver};

use super::egress::EgressPolicy;
use super::policy::{MAX_ADDRESSES, MAX_TXT_BYTES, MAX_TXT_RECORDS};
use super::{Problem, TransportError};

/// Which name server is asked.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum NameServer {
    /// What the system is configured with, and its hosts file.
    #[default]
    System,
    /// Exactly this one, without the hosts file.
    At(SocketAddr),
    /// No name server: fixed addresses only, and no TXT records.
    None,
}

/// Resolves a name once for each connection and hands on only what the policy lets through.
pub(super) struct Resolver {
    pub(super) policy: Arc<EgressPolicy>,
    pub(super) dns: Option<TokioResolver>,
}

impl Resolver {
    pub(super) fn new(policy: Arc<EgressPolicy>, server: NameServer) -> Result<Self, NetError> {
        let dns = builder(server).map(ResolverBuilder::build).transpose()?;
        Ok(Self { policy, dns })
    }

    /// Where to connect for `host`; port 0 means the URL's port.
    pub(super) async fn addresses(&self, host: &str) -> Result<Vec<SocketAddr>, TransportError> {
        if self.policy.is_localhost(host) {
            return Ok(vec![
                (Ipv4Addr::LOCALHOST, 0).into(),
                (Ipv6Addr::LOCALHOST, 0).into(),
            ]);
        }
        if let Some(address) = self.policy.overrides.address(host) {
            return Ok(vec![address]);
        }
        let unreachable = || TransportError::new(host, Problem::Unreachable);
        let Some(dns) = &self.dns else {
            return Err(unreachable().with_source("there is no name server"));
        };
        let name = absolute(host).map_err(|e| unreachable().with_source(e))?;
        let answer = dns.lookup_ip(name).await;
        let answer = answer.map_err(|e| unreachable().with_source(e))?;
        let mut addresses: Vec<_> = answer.iter().map(|ip| SocketAddr::new(ip, 0)).collect();
        self.policy.check_addresses(host, &addresses)?;
        addresses.truncate(MAX_ADDRESSES);
        Ok(addresses)
    }

    /// The TXT records of `name`; none is an empty list.
    pub(super) async fn txt(&self, name: &str) -> Result<Vec<String>, TransportError> {
        let error = |problem| TransportError::new(name, problem);
        let Some(dns) = &self.dns else {
            return Ok(Vec::new());
        };
        let absolute = absolute(name).map_err(|e| error(Problem::Refused).with_source(e))?;
        let answer = match dns.txt_lookup(absolute).await {
            Ok(answer) => answer,
            Err(e) if e.is_no_records_found() => return Ok(Vec::new()),
            Err(e @ NetError::Timeout) => return Err(error(Problem::Timeout).with_source(e)),
            Err(e) => return Err(error(Problem::Unreachable).with_source(e)),
        };
        let texts = answer
            .answers()
            .iter()
            .filter_map(|record| match &record.data {
                RData::TXT(txt) => Some(txt.txt_data.concat()),
                _ => None,
            });
        let mut records = Vec::new();
        let mut bytes = 0;
        for text in texts {
            bytes += text.len();
            // Cutting the list would hide a record that contradicts another.
            if records.len() == MAX_TXT_RECORDS || bytes > MAX_TXT_BYTES {
                return Err(error(Problem::TooLarge));
            }
            records.push(String::from_utf8_lossy(&text).into_owned());
        }
        Ok(records)
    }
}

impl reqwest::dns::Resolve for Shared {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let resolver = Arc::clone(&self.0);
        Box::pin(async move {
            let addresses = resolver.addresses(name.as_str()).await?;
            Ok(Box::new(addresses.into_iter()) as reqwest::dns::Addrs)
        })
    }
}

/// The resolver as the client wants it.
pub(super) struct Shared(pub(super) Arc<Resolver>);

type Builder = ResolverBuilder<TokioRuntimeProvider>;

fn builder(server: NameServer) -> Option<Builder> {
    let mut builder = match server {
        NameServer::None => return None,
        NameServer::System => system(TokioResolver::builder_tokio()),
        NameServer::At(address) => {
            let mut builder = with(vec![at(address)]);
            builder.options_mut().use_hosts_file = ResolveHosts::Never;
            builder
        }
    };
    // The client caches answers for as long as its own rules say; two caches would add up.
    builder.options_mut().cache_size = 0;
    Some(builder)
}

/// A system without a readable configuration still has its hosts file.
pub(super) fn system(found: Result<Builder, NetError>) -> Builder {
    found.unwrap_or_else(|error| {
        tracing::warn!(%error, "no system name server; names resolve from the hosts file alone");
        with(Vec::new())
    })
}

fn with(servers: Vec<NameServerConfig>) -> Builder {
    let config = ResolverConfig::from_name_servers(servers);
    TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
}

fn at(address: SocketAddr) -> NameServerConfig {
    let port = |mut connection: ConnectionConfig| {
        connection.port = address.port();
        connection
    };
    let connections = vec![port(ConnectionConfig::udp()), port(ConnectionConfig::tcp())];
    NameServerConfig::new(address.ip(), true, connections)
}

/// Without the search list: what strangers name is never completed with a local domain.
fn absolute(name: &str) -> Result<Name, NetError> {
    // Backslashes are escapes to the parser, so a name could mean another one.
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    if !name.bytes().all(plain) {
        return Err("not a host name".into());
    }
    let mut name = Name::from_ascii(name)?;
    if name.num_labels() == 0 {
        return Err("an empty name".into());
    }
    name.set_fqdn(true);
    Ok(name)
}

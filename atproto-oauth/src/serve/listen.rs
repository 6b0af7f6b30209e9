//! The listener, which must be where people and authorization servers look for it.

use std::io::ErrorKind as Io;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::client::listen_address;
use crate::{Error, ErrorKind, OAuthClient};

/// Binds the address of the setting `ATPROTO_LISTEN`, or the default one.
///
/// # Errors
/// It cannot be bound, or is not the loopback client's.
pub(super) async fn bind(
    client: &OAuthClient,
    setting: Option<&str>,
) -> Result<TcpListener, Error> {
    let address = address(client, setting.filter(|text| !text.trim().is_empty()))?;
    TcpListener::bind(address).await.map_err(|error| {
        let problem = match error.kind() {
            Io::AddrInUse => format!(
                "`{address}` is used by another program; stop it, or set `ATPROTO_LISTEN` to another \
                 address"
            ),
            Io::PermissionDenied => format!(
                "`{address}` needs more rights than this program has; set `ATPROTO_LISTEN` to a port \
                 above 1023"
            ),
            _ => format!("`{address}` cannot be bound; set `ATPROTO_LISTEN` to an address of this machine"),
        };
        Error::new(ErrorKind::Configuration, problem).with_source(error)
    })
}

/// Where to listen. The loopback client's id names its address, so it can be nowhere else.
pub(super) fn address(client: &OAuthClient, setting: Option<&str>) -> Result<SocketAddr, Error> {
    if !client.is_loopback() {
        return listen_address(setting);
    }
    let origin = client.base_url();
    let own = listen_address(Some(&format!("{}:{}", origin.host(), origin.port())))?;
    match setting {
        None => Ok(own),
        Some(text) if listen_address(Some(text))? == own => Ok(own),
        Some(text) => Err(Error::new(
            ErrorKind::Configuration,
            format!(
                "`ATPROTO_LISTEN` is `{text}`, but the loopback client is at `{own}`; set it to that, or \
                 set `ATPROTO_BASE_URL` to the https origin people visit"
            ),
        )),
    }
}

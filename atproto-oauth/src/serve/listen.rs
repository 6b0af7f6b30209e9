//! The listener, which must be where people and authorization servers look for it.

use std::io::ErrorKind as Io;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::client::OAuthClient;
use crate::client::listen_address;
use crate::error::{Error, ErrorKind};

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

#[cfg(test)]
mod tests {
    use super::{address, bind};
    use crate::client::{OAuthClient, Paths};
    use crate::web::testing::client_at;

    async fn client(base_url: &str) -> OAuthClient {
        client_at(base_url, Paths::new("/oauth")).await
    }

    /// LB-09: its id names its address.
    #[tokio::test]
    async fn lb_09_the_loopback_client_listens_where_it_is_called() {
        let dev = client("http://127.0.0.1:4321").await;
        for fine in [None, Some("127.0.0.1:4321"), Some("localhost:4321")] {
            assert_eq!(address(&dev, fine).unwrap().to_string(), "127.0.0.1:4321");
        }
        for other in ["0.0.0.0:4321", "127.0.0.1:3000", "[::1]:4321", "nonsense"] {
            let error = address(&dev, Some(other)).unwrap_err();
            assert!(error.to_string().contains("ATPROTO_LISTEN"), "{error}");
        }
        let deployed = client("https://app.example.com").await;
        assert_eq!(
            address(&deployed, None).unwrap().to_string(),
            "127.0.0.1:3000"
        );
        assert_eq!(
            address(&deployed, Some("0.0.0.0:80")).unwrap().to_string(),
            "0.0.0.0:80"
        );
    }

    #[tokio::test]
    async fn a_port_in_use_is_said_plainly() {
        let deployed = client("https://app.example.com").await;
        let first = bind(&deployed, Some("127.0.0.1:0")).await.unwrap();
        let taken = first.local_addr().unwrap().to_string();
        let error = bind(&deployed, Some(&taken)).await.unwrap_err();
        assert!(
            error.to_string().contains("is used by another program"),
            "{error}"
        );
        assert!(error.to_string().contains(&taken), "{error}");
    }
}

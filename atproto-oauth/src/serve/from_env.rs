//! A client from the environment.

use crate::client::OAuthClient;
use crate::error::Error;
use crate::web::OAuthApp;

/// A client of the application `A`, configured by the `ATPROTO_*` variables; see
/// [`OAuthClientBuilder::variables`](crate::OAuthClientBuilder::variables).
///
/// With the feature `devnet`, `ATPROTO_DEVNET=1` or the argument `--devnet` gives the application a
/// network of its own, with the accounts `alice.test` and `bob.test`: for trying things out, in debug
/// builds and without a base URL only.
///
/// # Errors
/// A setting that is missing or wrong, in one sentence that names it, or a store that cannot be opened.
pub async fn oauth_from_env<A: OAuthApp>() -> Result<OAuthClient, Error> {
    let builder = OAuthClient::builder().app::<A>().env()?;
    #[cfg(feature = "devnet")]
    let builder = if super::devnet::is_wanted(std::env::args(), |name| std::env::var(name).ok())? {
        super::devnet::join(builder).await?
    } else {
        builder
    };
    #[cfg(not(feature = "devnet"))]
    if std::env::var("ATPROTO_DEVNET").is_ok_and(|value| !matches!(value.as_str(), "" | "0")) {
        return Err(Error::new(
            crate::error::ErrorKind::Configuration,
            "`ATPROTO_DEVNET` is set, but this program was built without the feature `devnet`; add \
             `--features devnet` or unset it",
        ));
    }
    builder.build().await
}

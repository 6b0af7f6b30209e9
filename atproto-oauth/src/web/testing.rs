//! Clients for the tests of this floor.

use crate::{OAuthClient, Paths};

/// A secret that every test may know.
pub(crate) const SECRET: &str = "wQidc2ODLCGBk1v+HfSdLzl4Mruw1purDmGjR6zR7Rw=";

pub(crate) async fn client_at(base_url: &str, paths: Paths) -> OAuthClient {
    let builder = OAuthClient::builder().base_url(base_url).paths(paths);
    builder.secret(SECRET).store_url("memory:").build().await.unwrap()
}

//! Clients for the tests of this floor.

use crate::{OAuthClient, Paths};

/// A secret that every test may know.
pub(crate) const SECRET: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

pub(crate) async fn client_at(base_url: &str, paths: Paths) -> OAuthClient {
    let builder = OAuthClient::builder().base_url(base_url).paths(paths);
    builder.secret(SECRET).store_url("memory:").build().await.unwrap()
}

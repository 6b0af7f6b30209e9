//! Leads a client to a network.

use super::network::TestNetwork;
use crate::client::OAuthClientBuilder;

impl OAuthClientBuilder {
    /// Leads the client to a test network: its directory, its resolver of handles, its permission sets,
    /// and its servers on this machine, also where the base URL is a public one. The authorization servers find the client
    /// metadata of such a client with [`TestNetwork::map_router`].
    ///
    /// ```
    /// use atproto_oauth::OAuthClient;
    /// use atproto_oauth::testing::TestNetwork;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), atproto_oauth::Error> {
    /// let network = TestNetwork::start().await?;
    /// let client = OAuthClient::builder()
    ///     .base_url("https://app.example.com")
    ///     .store_url("memory:")
    ///     .test_network(&network)
    ///     .build()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn test_network(self, network: &TestNetwork) -> Self {
        self.plc_url(network.plc_url())
            .handle_resolver(network.handle_resolver())
            .lexicon_authority(network.lexicon_authority())
            .in_a_test()
    }
}

//! An application that brings its own network, to show the whole flow with no internet.

use crate::client::OAuthClientBuilder;
use crate::error::{Error, ErrorKind};
use crate::store::MemoryStore;
use crate::testing::TestNetwork;

/// Asked for with `ATPROTO_DEVNET=1` or `--devnet`.
///
/// # Errors
/// The devnet was asked for in a release build or with a base URL: real people would meet well-known passwords.
pub(super) fn is_wanted(
    mut arguments: impl Iterator<Item = String>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<bool, Error> {
    let get = |name| variable(name).filter(|value| !value.trim().is_empty());
    let wanted =
        get("ATPROTO_DEVNET").is_some_and(|value| !matches!(value.as_str(), "0" | "false"));
    if !wanted && !arguments.any(|argument| argument == "--devnet") {
        return Ok(false);
    }
    if !cfg!(debug_assertions) {
        return Err(wrong(
            "the development network is not for release builds; unset `ATPROTO_DEVNET`, or build without \
             `--release`",
        ));
    }
    if get("ATPROTO_BASE_URL").is_some() {
        return Err(wrong(
            "the development network is not for a deployed application; unset `ATPROTO_DEVNET` or \
             `ATPROTO_BASE_URL`",
        ));
    }
    if get("ATPROTO_STORE").is_some_and(|store| store.trim() != "memory:") {
        return Err(wrong(
            "the development network forgets its accounts' sessions at the end, so it has no use for a \
             store that keeps them; unset `ATPROTO_STORE` or `ATPROTO_DEVNET`",
        ));
    }
    Ok(true)
}

/// Starts a network for the client, which keeps it running. Its accounts are new each time, so sessions
/// are not kept either.
///
/// # Errors
/// No port of 127.0.0.1 can be used.
pub(super) async fn join(builder: OAuthClientBuilder) -> Result<OAuthClientBuilder, Error> {
    let network = TestNetwork::start().await?;
    let builder = builder
        .plc_url(network.plc_url())
        .handle_resolver(network.handle_resolver())
        .lexicon_authority(network.lexicon_authority())
        .allow_loopback(true)
        .store(MemoryStore::new());
    Ok(builder.with_extension(network))
}

fn wrong(message: &str) -> Error {
    Error::new(ErrorKind::Configuration, message)
}

#[cfg(test)]
mod tests {
    use super::is_wanted;

    fn wanted(arguments: &[&str], set: &[(&str, &str)]) -> Result<bool, String> {
        let arguments = arguments.iter().map(ToString::to_string);
        let variable = |name: &str| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        is_wanted(arguments, variable).map_err(|error| error.to_string())
    }

    #[test]
    fn it_is_there_when_it_is_asked_for() {
        assert_eq!(wanted(&["hello"], &[]), Ok(false));
        assert_eq!(wanted(&["hello"], &[("ATPROTO_DEVNET", "0")]), Ok(false));
        assert_eq!(
            wanted(&["hello"], &[("ATPROTO_BASE_URL", "https://a.example")]),
            Ok(false)
        );
        assert_eq!(wanted(&["hello", "--devnet"], &[]), Ok(true));
        assert_eq!(wanted(&["hello"], &[("ATPROTO_DEVNET", "1")]), Ok(true));
    }

    #[test]
    fn never_in_a_deployed_application() {
        for arguments in [&["hello", "--devnet"][..], &["hello"]] {
            let set = [
                ("ATPROTO_DEVNET", "1"),
                ("ATPROTO_BASE_URL", "https://a.example"),
            ];
            assert!(
                wanted(arguments, &set)
                    .unwrap_err()
                    .contains("ATPROTO_BASE_URL")
            );
        }
    }
}

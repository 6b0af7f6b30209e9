//! The addresses in the document.

use super::*;
use crate::error::ErrorKind;

/// CM-15: the key set is at a whole https address.
#[test]
fn key_set_is_on_https() {
    for bad in [
        "",
        "/oauth/jwks.json",
        "http://app.example.com/jwks.json",
        "https://127.0.0.1/jwks.json",
        "https://user@app.example.com/jwks.json",
    ] {
        assert_error(
            build("atproto", &[REDIRECT], Some(bad)),
            ErrorKind::Configuration,
            "not a public https URL",
        );
    }
}

fn show(display: Display) -> Result<ClientMetadata, Error> {
    let redirects = vec![REDIRECT.to_owned()];
    ClientMetadata::web(CLIENT_ID, "atproto", redirects, None, display)
}

/// CM-16: the home page is on the client id's origin, at a path above it.
#[test]
fn home_page_is_above_the_client_id() {
    let home = |uri: &str| {
        show(Display {
            client_uri: Some(uri.to_owned()),
            ..Display::default()
        })
    };
    for good in [
        "https://app.example.com",
        "https://app.example.com/",
        "https://app.example.com/oauth",
        "https://app.example.com/oauth/",
        CLIENT_ID,
    ] {
        assert_eq!(document(&home(good).unwrap())["client_uri"], good);
    }
    for bad in [
        "http://app.example.com",
        "https://example.com",
        "https://www.app.example.com",
        "https://app.example.com:8443/",
        "https://app.example.com/about",
        "https://app.example.com/oau",
        "https://app.example.com/oauth/client",
    ] {
        assert_eq!(
            home(bad).unwrap_err().kind(),
            ErrorKind::Configuration,
            "{bad}"
        );
    }
}

/// CM-17: logo, terms and privacy policy are https.
#[test]
fn display_addresses_are_https() {
    for bad in [
        "http://cdn.example.com/x",
        "data:image/png;base64,AA==",
        "/x",
        "",
    ] {
        let uri = Some(bad.to_owned());
        for display in [
            Display {
                logo_uri: uri.clone(),
                ..Display::default()
            },
            Display {
                tos_uri: uri.clone(),
                ..Display::default()
            },
            Display {
                policy_uri: uri.clone(),
                ..Display::default()
            },
        ] {
            assert_error(
                show(display),
                ErrorKind::Configuration,
                "not a public https URL",
            );
        }
    }
}

/// CM-09, RU-01, RU-03, RU-04: at least one redirect URI; public https, no default port, no fragment, no user
/// name, no other scheme, in the spelling that servers compare.
#[test]
fn redirect_uris_are_plain_https() {
    assert_error(
        build("atproto", &[], None),
        ErrorKind::Configuration,
        "no redirect URI",
    );
    for good in [
        REDIRECT,
        "https://app.example.com:8443/cb",
        "https://app.example.com/cb?tenant=1",
        "https://other.example.com/",
    ] {
        assert!(build("atproto", &[REDIRECT, good], None).is_ok(), "{good}");
    }
    for bad in [
        "",
        "/oauth/callback",
        "http://app.example.com/cb",
        "http://127.0.0.1:3000/cb",
        "https://127.0.0.1/cb",
        "https://localhost/cb",
        "https://app.internal/cb",
        "https://app.example.com:443/cb",
        "https://app.example.com",
        "https://App.example.com/cb",
        "https://app.example.com/a/../cb",
        "https://app.example.com/cb#f",
        "https://user@app.example.com/cb",
        "https://:pw@app.example.com/cb",
        "com.example.app:/cb",
        "javascript:alert(1)",
    ] {
        assert_error(
            build("atproto", &[REDIRECT, bad], None),
            ErrorKind::Configuration,
            "the redirect URI",
        );
    }
}

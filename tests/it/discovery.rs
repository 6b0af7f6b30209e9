//! From a PDS to its authorization server, honest or not.

use std::time::Duration;

use atproto_oauth::testing::{Endpoint, Fault, TestNetwork};
use atproto_oauth::{Authorization, AuthorizeOptions, Error, ErrorKind, OAuthClient};
use serde_json::{Value, json};

use crate::support::*;

const METADATA: ErrorKind = ErrorKind::AuthorizationServerMetadataFailed;
const LATER: ErrorKind = ErrorKind::TemporarilyUnavailable;

/// A network and a client that has forgotten what it was told before, each time it is used.
struct World {
    network: TestNetwork,
    client: OAuthClient,
    clock: Ahead,
}

impl World {
    async fn new() -> Self {
        let (network, client, clock) = ahead().await;
        Self {
            network,
            client,
            clock,
        }
    }

    async fn start(&self, fault: &Fault) -> Result<Authorization, Error> {
        self.clock.by(Duration::from_mins(10));
        self.network.forget_requests();
        self.network.misbehave(fault.clone());
        let result = self
            .client
            .authorize("alice.test", AuthorizeOptions::new())
            .await;
        self.network.behave();
        result
    }

    /// A start that must fail before anything is pushed.
    async fn refused(&self, fault: &Fault) -> Error {
        let error = self.start(fault).await.expect_err(&format!("{fault:?}"));
        let pushed = count(&self.network, Endpoint::PushedRequest);
        assert_eq!(pushed, 0, "{fault:?}");
        error
    }

    async fn accepted(&self, fault: Fault) {
        let result = self.start(&fault).await;
        result.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
    }
}

/// DS-01, DS-02, DS-03, SS-05, scenario 8.
#[tokio::test]
async fn never_a_pds_whose_metadata_are_not_in_order() {
    let world = World::new().await;
    let network = &world.network;
    let at = Endpoint::ProtectedResource;
    let edit = |field: &str, value: Value| Fault::edit(at, field, value);
    let servers = |list: Value| edit("authorization_servers", list);
    let issuer = network.issuer().to_owned();
    let good = json!({ "resource": network.pds(), "authorization_servers": [issuer] });
    for (fault, kind) in [
        (servers(json!([])), METADATA),
        (servers(json!([issuer, issuer])), METADATA),
        (servers(json!([format!("{issuer}/")])), METADATA),
        (servers(json!([format!("{issuer}/path")])), METADATA),
        (servers(json!([format!("{issuer}?a=b")])), METADATA),
        (servers(json!(["http://as.example.com"])), METADATA),
        (servers(json!(["https://as.example.com:443"])), METADATA),
        (servers(json!(["https://user@as.example.com"])), METADATA),
        (servers(json!(["https://10.0.0.1"])), METADATA),
        (servers(json!([7])), METADATA),
        (servers(json!(issuer)), METADATA),
        (Fault::missing(at, "authorization_servers"), METADATA),
        (
            edit("resource", json!("https://other.example.com")),
            METADATA,
        ),
        (
            edit("resource", json!(format!("{}/", network.pds()))),
            METADATA,
        ),
        (Fault::missing(at, "resource"), METADATA),
        (Fault::json(at, 204, &good), METADATA),
        (Fault::json(at, 201, &good), METADATA),
        (Fault::json(at, 404, &good), METADATA),
        (
            Fault::answer(at, 200, "text/html", good.to_string()),
            METADATA,
        ),
        (Fault::html(at), METADATA),
        (
            Fault::redirect(at, &format!("{}/elsewhere", network.pds())),
            METADATA,
        ),
        (Fault::json(at, 200, &json!([good])), METADATA),
        (Fault::huge(at, 5_000_000), METADATA),
        (Fault::Endless { at }, METADATA),
        (Fault::Drop { at }, LATER),
        (Fault::status(at, 503), LATER),
        (Fault::status(at, 429), LATER),
    ] {
        assert_eq!(world.refused(&fault).await.kind(), kind, "{fault:?}");
    }
    let with_charset = Fault::answer(at, 200, "application/json; charset=utf-8", good.to_string());
    world.accepted(with_charset).await;
}

/// DS-04, DS-05, DS-06, DS-07, DS-10, AR-01, scenarios 9, 10, 11 and 31: each names the member that is wrong.
#[tokio::test]
async fn never_an_authorization_server_whose_metadata_are_not_in_order() {
    let world = World::new().await;
    let network = &world.network;
    let at = Endpoint::AuthorizationServer;
    let edit = |field: &str, value: Value| Fault::edit(at, field, value);
    let issuer = network.issuer().to_owned();
    let mut faults = vec![
        ("status", Fault::html(at)),
        (
            "status",
            Fault::redirect(at, &format!("{issuer}/elsewhere")),
        ),
        ("issuer", edit("issuer", json!(format!("{issuer}/")))),
        ("issuer", edit("issuer", json!(issuer.to_uppercase()))),
        ("issuer", edit("issuer", json!("https://evil.example.com"))),
        (
            "protected_resources",
            edit("protected_resources", json!(["https://other.example.com"])),
        ),
        (
            "token_endpoint_auth_signing_alg_values_supported",
            edit(
                "token_endpoint_auth_signing_alg_values_supported",
                json!(["none", "ES256"]),
            ),
        ),
        (
            "require_request_uri_registration",
            edit("require_request_uri_registration", json!(false)),
        ),
    ];
    for (list, others) in [
        ("response_types_supported", json!(["token"])),
        ("grant_types_supported", json!(["authorization_code"])),
        ("code_challenge_methods_supported", json!(["plain"])),
        ("token_endpoint_auth_methods_supported", json!(["none"])),
        (
            "token_endpoint_auth_methods_supported",
            json!(["private_key_jwt"]),
        ),
        (
            "token_endpoint_auth_signing_alg_values_supported",
            json!(["RS256"]),
        ),
        ("scopes_supported", json!(["openid"])),
        (
            "dpop_signing_alg_values_supported",
            json!(["RS256", "ES256K"]),
        ),
    ] {
        faults.push((list, edit(list, others)));
        faults.push((list, edit(list, json!([]))));
        faults.push((list, Fault::missing(at, list)));
    }
    for flag in [
        "authorization_response_iss_parameter_supported",
        "require_pushed_authorization_requests",
        "client_id_metadata_document_supported",
    ] {
        faults.push((flag, edit(flag, json!(false))));
        faults.push((flag, edit(flag, json!("true"))));
        faults.push((flag, Fault::missing(at, flag)));
    }
    for endpoint in [
        "authorization_endpoint",
        "token_endpoint",
        "pushed_authorization_request_endpoint",
        "revocation_endpoint",
    ] {
        for bad in [
            "http://as.example.com/x",
            "https://10.0.0.1/x",
            "https://[::ffff:127.0.0.1]/x",
            "https://metadata.google.internal/x",
            "https://user:password@as.example.com/x",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "/relative",
        ] {
            faults.push((endpoint, edit(endpoint, json!(bad))));
        }
        if endpoint != "revocation_endpoint" {
            faults.push((endpoint, Fault::missing(at, endpoint)));
        }
    }
    for (member, fault) in faults {
        let error = world.refused(&fault).await;
        assert_eq!(error.kind(), METADATA, "{fault:?}");
        let text = format!("{error:?}");
        let names = text.contains(member) || member == "status";
        assert!(names, "{fault:?}: {text}");
    }
}

/// DS-09, TK-17: what we do not know is none of our business.
#[tokio::test]
async fn unknown_members_and_values_do_not_matter() {
    let world = World::new().await;
    let network = &world.network;
    let at = Endpoint::AuthorizationServer;
    for (field, value) in [
        ("unheard_of", json!({ "a": [1] })),
        ("prompt_values_supported", json!(["foo", 7])),
        (
            "code_challenge_methods_supported",
            json!(["S256", "plain", "S512", 1]),
        ),
        (
            "dpop_signing_alg_values_supported",
            json!(["RS256", "ES256K", "ES256"]),
        ),
        (
            "protected_resources",
            json!([network.pds(), "https://other.example.com"]),
        ),
        ("require_request_uri_registration", json!(true)),
    ] {
        world.accepted(Fault::edit(at, field, value)).await;
    }
    world
        .accepted(Fault::missing(at, "revocation_endpoint"))
        .await;
}

/// DS-08, scenario 32: endpoints elsewhere, as the operator wants it.
#[tokio::test]
async fn endpoints_on_another_host() {
    let network = TestNetwork::builder().pds(2).start().await.unwrap();
    let elsewhere = format!("{}/oauth/token", network.pds_at(1));
    let fault = Fault::edit(Endpoint::AuthorizationServer, "token_endpoint", elsewhere);
    network.misbehave(fault);
    let lenient = client(&network).await;
    lenient
        .authorize("alice.test", AuthorizeOptions::new())
        .await
        .unwrap();
    let strict = builder(&network)
        .same_origin_endpoints(true)
        .build()
        .await
        .unwrap();
    let error = strict
        .authorize("alice.test", AuthorizeOptions::new())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), METADATA);
    assert!(error.to_string().contains("token_endpoint"), "{error}");
    network.behave();
    // It is not remembered.
    strict
        .authorize("alice.test", AuthorizeOptions::new())
        .await
        .unwrap();
}

/// DS-10: what was found in order for one PDS is not in order for another.
#[tokio::test]
async fn never_an_issuer_for_a_pds_that_it_does_not_know() {
    let network = TestNetwork::builder()
        .pds(2)
        .entryway()
        .start()
        .await
        .unwrap();
    let client = client(&network).await;
    let list = json!([network.pds_at(0)]);
    network.misbehave(Fault::edit(
        Endpoint::AuthorizationServer,
        "protected_resources",
        list,
    ));
    client
        .authorize("alice.test", AuthorizeOptions::new())
        .await
        .unwrap();
    let error = client
        .authorize("bob.test", AuthorizeOptions::new())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), METADATA);
}

/// DS-12: a minute for metadata, and nothing for failures.
#[tokio::test]
async fn metadata_are_remembered_for_a_minute() {
    let (network, client, clock) = ahead().await;
    let metadata = |network: &TestNetwork| {
        let counts = [Endpoint::ProtectedResource, Endpoint::AuthorizationServer];
        counts.map(|endpoint| count(network, endpoint))
    };
    let start = async |client: &OAuthClient| {
        client
            .authorize("alice.test", AuthorizeOptions::new())
            .await
            .map(|_| ())
    };
    start(&client).await.unwrap();
    assert_eq!(metadata(&network), [1, 1]);
    clock.by(Duration::from_secs(50));
    start(&client).await.unwrap();
    assert_eq!(metadata(&network), [1, 1]);
    clock.by(Duration::from_secs(11));
    network.misbehave(Fault::status(Endpoint::AuthorizationServer, 500));
    start(&client).await.unwrap_err();
    network.behave();
    start(&client).await.unwrap();
    assert_eq!(metadata(&network), [2, 3]);
}

/// DS-11: the address of a PDS, of an entryway, and of something else.
#[tokio::test]
async fn a_server_is_found_by_its_address() {
    let network = TestNetwork::builder().entryway().start().await.unwrap();
    let client = client(&network).await;
    for address in [
        network.pds(),
        network.issuer(),
        &format!("{}/", network.issuer()),
    ] {
        let authorization = client
            .authorize(address, AuthorizeOptions::new())
            .await
            .unwrap();
        assert!(
            authorization.url().starts_with(network.issuer()),
            "{address}"
        );
        let pushed = network.requests_to(Endpoint::PushedRequest);
        assert_eq!(pushed.last().unwrap().form("login_hint"), None);
    }
    // The directory is a server, too.
    let error = client
        .authorize(network.plc_url(), AuthorizeOptions::new())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), METADATA);
    // An entryway that cannot answer now is not one that does not exist.
    network.misbehave(Fault::status(Endpoint::AuthorizationServer, 503));
    let fresh = crate::support::client(&network).await;
    let error = fresh
        .authorize(network.issuer(), AuthorizeOptions::new())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), LATER);
}

/// SS-08: nothing of ours goes along when we only look around.
#[tokio::test]
async fn discovery_does_not_show_servers_who_asks() {
    let (network, _client, session) = signed_in().await;
    me(&session).await.unwrap();
    let looked = [
        Endpoint::DidDocument,
        Endpoint::ResolveHandle,
        Endpoint::ProtectedResource,
        Endpoint::AuthorizationServer,
    ];
    for endpoint in looked {
        for seen in network.requests_to(endpoint) {
            for name in ["authorization", "dpop", "cookie", "referer"] {
                assert_eq!(seen.header(name), None, "{seen:?}");
            }
        }
        assert!(count(&network, endpoint) > 0, "{endpoint:?}");
    }
}

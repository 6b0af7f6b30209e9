//! Whatever a server, a browser or a store sends: an answer or an error, never a panic.
//!
//! A failing case prints the value and the seed that made it.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::client_id::{Loopback, check_loopback_redirect, check_web, loopback};
use super::client_metadata::{ClientMetadata, Display};
use super::endpoint::{Servers, is_public_name, origin_of};
use super::fixtures::{CLIENT_ID, DID, ISSUER, PDS, answer, did, issuer, metadata, pds, server};
use super::token::{Received, Refusal, Tokens};
use super::{
    Object, Response, authorization_server, callback, clock, dpop, failure, identity, lexicon, par,
};
use crate::error::ErrorKind;

/// Every reader of answers, on one answer.
fn read(response: &Response) {
    for servers in [Servers::Public, Servers::Loopback] {
        drop(identity::document(response, &did(), servers));
        drop(super::protected_resource::issuer(response, &pds(), servers));
        let (issuer, pds) = (issuer(), pds());
        drop(authorization_server::check(
            response,
            &issuer,
            Some(&pds),
            servers,
            true,
        ));
    }
    drop(identity::did_of_well_known(response));
    drop(lexicon::permission_set(
        response,
        &did(),
        "com.example.auth",
    ));
    drop(identity::did_of_resolver(response));
    drop(par::request_uri(response));
    drop(Tokens::check(response));
    drop(Received::of(response));
    drop(Refusal::of(response));
    let failure = failure::Failure::of(response);
    assert!(!failure.code.contains(char::is_control));
    let error = failure.into_error(ErrorKind::InvalidRequest, "x; y");
    assert!(
        error
            .server_said()
            .is_none_or(|said| said.chars().count() <= 300)
    );
    let _ = (
        failure::retry_after(response),
        super::http_date::server_time(response.headers()),
    );
    let _ = (
        dpop::wants_nonce(response),
        clock::is_clock_problem(response),
    );
    let _ = dpop::rejects_token(response.status(), response.headers());
    assert!(dpop::nonce(response.headers()).is_none_or(|nonce| nonce.len() <= 512));
}

fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        any::<String>(),
        prop::sample::select(
            &[
                DID,
                ISSUER,
                PDS,
                "atproto",
                "DPoP",
                "https://",
                "#atproto_pds"
            ][..]
        )
        .prop_map(str::to_owned),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        let name = prop_oneof![any::<String>(), member()];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// A member that some document has.
fn member() -> impl Strategy<Value = String> {
    let mut names: Vec<String> = metadata().as_object().unwrap().keys().cloned().collect();
    let others = "id alsoKnownAs service serviceEndpoint type resource authorization_servers did sub \
                  scope token_type access_token refresh_token expires_in request_uri error \
                  error_description message prompt_values_supported protected_resources";
    names.extend(others.split_whitespace().map(str::to_owned));
    prop::sample::select(names)
}

/// All that is good, in one document, so that one wrong member is reached in every reader.
fn everything() -> Value {
    let mut all = metadata();
    for (name, value) in [
        ("id", json!(DID)),
        ("alsoKnownAs", json!(["at://alice.example.com"])),
        (
            "service",
            json!([{ "id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": PDS }]),
        ),
        ("resource", json!(PDS)),
        ("authorization_servers", json!([ISSUER])),
        ("did", json!(DID)),
        ("sub", json!(DID)),
        ("scope", json!("atproto")),
        ("token_type", json!("DPoP")),
        ("access_token", json!("at-1")),
        ("request_uri", json!("urn:x")),
    ] {
        all[name] = value;
    }
    all
}

#[test]
fn everything_is_good_everywhere() {
    let response = answer(200, "application/json", everything().to_string());
    assert!(identity::document(&response, &did(), Servers::Public).is_ok());
    assert!(super::protected_resource::issuer(&response, &pds(), Servers::Public).is_ok());
    let checked =
        authorization_server::check(&response, &issuer(), Some(&pds()), Servers::Public, true);
    assert!(checked.is_ok());
    assert!(identity::did_of_resolver(&response).is_ok());
    assert!(Tokens::check(&response).is_ok());
}

proptest! {
    /// SS-12: arbitrary bytes with any status.
    #[test]
    fn never_panics_on_bytes(status in 100_u16..1_000, body: Vec<u8>) {
        read(&answer(status, "application/json", body));
    }

    /// SS-12: arbitrary JSON.
    #[test]
    fn never_panics_on_json(status in prop::sample::select(&[200_u16, 201, 400, 401, 500][..]), body in any_json()) {
        read(&answer(status, "application/json", body.to_string()));
    }

    /// SS-12: a good document with one member of arbitrary JSON.
    #[test]
    fn never_panics_on_one_odd_member(name in member(), value in any_json()) {
        let mut document = everything();
        document[name] = value;
        read(&answer(200, "application/json", document.to_string()));
    }

    /// Headers of an answer: any bytes that HTTP lets through.
    #[test]
    fn never_panics_on_headers(values: [Vec<u8>; 4], text: String) {
        let names = ["www-authenticate", "dpop-nonce", "retry-after", "date"];
        let mut response = answer(401, "", "");
        for (name, value) in names.into_iter().zip(&values) {
            if let Ok(value) = http::HeaderValue::from_bytes(value) {
                response.headers_mut().append(name, value);
            }
        }
        let challenge = format!("DPoP error={text}, {text}=\"{text}");
        if let Ok(value) = challenge.parse() {
            response.headers_mut().append("www-authenticate", value);
        }
        read(&response);
    }

    /// CB-05: arbitrary queries, and arbitrary values for the parameters we know.
    #[test]
    fn never_panics_on_queries(query: String, state: String, code: String, said: String) {
        drop(callback::Callback::parse(&query));
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("state", &state)
            .append_pair("code", &code)
            .append_pair("iss", &said)
            .finish();
        if let Ok(callback) = callback::Callback::parse(&query) {
            prop_assert_eq!(&callback.state, &state);
            prop_assert_eq!(callback.check_issuer(&issuer()).is_ok(), said == ISSUER);
        }
        let error = callback::refusal(&code, Some(&said));
        prop_assert!(!error.server_said().unwrap().contains(char::is_control));
    }

    /// ID-05: arbitrary TXT records.
    #[test]
    fn never_panics_on_records(records in prop::collection::vec(any::<String>(), 0..4), did: String) {
        drop(identity::did_of_txt(&records));
        drop(identity::did_of_txt(&[format!("did={did}")]));
    }

    /// DS-07: whatever is accepted as an endpoint is https on a public name, or on this machine.
    #[test]
    fn endpoints_are_what_they_must_be(text: String, host in "[a-z0-9.%:@\\[\\]-]{0,30}", path: String) {
        for text in [text, format!("https://{host}/{path}"), format!("http://{host}/{path}")] {
            if let Some(url) = Servers::Public.endpoint(&text) {
                prop_assert_eq!(url.scheme(), "https");
                prop_assert!(is_public_name(url.domain().unwrap()));
                prop_assert!(url.username().is_empty() && url.fragment().is_none());
                prop_assert!(origin_of(&url).starts_with("https://"));
            }
            drop(Servers::Loopback.endpoint(&text));
        }
    }

    /// CM-01, CM-02, CM-07, LB-01, LB-02, LB-04: arbitrary settings; what is made can be read.
    #[test]
    fn never_panics_on_settings(text: String, scope in "atproto( [a-z:*/?=.\"]{0,12}){0,4}", port: u16) {
        drop(check_web(&text));
        drop(check_web(&format!("https://{text}")));
        drop(check_loopback_redirect(&text));
        drop(Loopback::parse(&text));
        drop(Loopback::parse(&format!("http://localhost{text}")));
        let display = Display { client_uri: Some(text.clone()), ..Display::default() };
        drop(ClientMetadata::web(CLIENT_ID, &scope, vec![text.clone()], Some(text), display));
        let redirects = vec![format!("http://127.0.0.1:{port}/cb")];
        if let Ok(id) = loopback(&redirects, &scope) {
            let read = Loopback::parse(&id).unwrap();
            prop_assert_eq!((read.redirect_uris, read.scope), (redirects, scope));
        }
    }

    /// AR-03: whatever the server and its answer say, two parameters are ours alone.
    #[test]
    fn authorization_url_names_us_once(query: String, request_uri: String) {
        let mut server = server();
        server.authorization_endpoint.set_query(Some(&query));
        let url = par::authorization_url(&server, CLIENT_ID, &request_uri);
        let named = |wanted: &str| -> Vec<String> {
            let pairs = url.query_pairs().filter(|(name, _)| name == wanted);
            pairs.map(|(_, value)| value.into_owned()).collect()
        };
        prop_assert_eq!(named("client_id"), [CLIENT_ID]);
        prop_assert_eq!(named("request_uri"), [request_uri]);
        prop_assert_eq!(url.host_str(), server.authorization_endpoint.host_str());
    }

    /// Members are the ones that were written, or it is no object.
    #[test]
    fn strict_json_agrees_with_plain_json(value in any_json()) {
        let text = value.to_string();
        let plain: Value = serde_json::from_str(&text).unwrap();
        match Object::parse(text.as_bytes(), "it", ErrorKind::InvalidRequest) {
            Ok(object) => {
                for (name, member) in plain.as_object().unwrap() {
                    prop_assert_eq!(object.get(name), Some(member));
                }
            }
            Err(_) => prop_assert!(!plain.is_object()),
        }
    }
}

use serde_json::{Value, json};

use super::super::fixtures::{
    CLIENT_ID, answer, assert_error, checked, fields, json_answer, metadata, refused, server, set,
    with_header,
};
use super::*;

const REDIRECT: &str = "https://app.example.com/oauth/callback";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn request(verifier: &SecretString) -> AuthorizationRequest<'_> {
    AuthorizationRequest {
        client_id: CLIENT_ID,
        redirect_uri: REDIRECT,
        scope: "atproto blob:*/*",
        state: "state-1",
        verifier,
        login_hint: None,
        prompt: None,
    }
}

fn pushed(
    server: &AuthorizationServer,
    request: &AuthorizationRequest<'_>,
) -> Vec<(String, String)> {
    let request = form(server, request).request("proof", None).unwrap();
    assert_eq!(request.uri(), "https://auth.example.com/oauth/par");
    fields(&request)
}

/// AR-02, AR-08, AR-10: exactly these fields, and no more than the API can say; no `client_secret`, no
/// `claims`, no `nonce`, no `id_token_hint`.
#[test]
fn fields_of_a_request() {
    let verifier = SecretString::from(VERIFIER);
    let expected = [
        ("client_id", CLIENT_ID),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("scope", "atproto blob:*/*"),
        ("state", "state-1"),
        (
            "code_challenge",
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        ),
        ("code_challenge_method", "S256"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(pushed(&server(), &request(&verifier)), expected);

    let hinted = AuthorizationRequest {
        login_hint: Some("alice.example.com"),
        prompt: Some(Prompt::Login),
        ..request(&verifier)
    };
    let all = pushed(&server(), &hinted);
    assert_eq!(all[..7], expected);
    assert_eq!(
        all[7],
        ("login_hint".to_owned(), "alice.example.com".to_owned())
    );
    assert_eq!(all[8], ("prompt".to_owned(), "login".to_owned()));
    assert_eq!(all.len(), 9);
}

/// AR-09: the proof starts here, not at the code exchange; the assertion too.
#[test]
fn never_without_a_proof() {
    let verifier = SecretString::from(VERIFIER);
    let form = form(&server(), &request(&verifier));
    let request: http::Request<Vec<u8>> = form.request("p.r.f", Some("a.b.c")).unwrap();
    assert_eq!(request.headers()["dpop"], "p.r.f");
    assert_eq!(fields(&request)[8].1, "a.b.c");
}

/// AR-07: the verifier itself is not sent.
#[test]
fn never_sends_the_verifier() {
    let verifier = SecretString::from(VERIFIER);
    let form = form(&server(), &request(&verifier));
    let request: http::Request<Vec<u8>> = form.request("proof", None).unwrap();
    assert!(
        !String::from_utf8(request.into_body())
            .unwrap()
            .contains(VERIFIER)
    );
}

/// AR-11: `create` is left out where the server cannot; the other prompts are sent as they are.
#[test]
fn prompts() {
    let verifier = SecretString::from(VERIFIER);
    let sent = |server: &AuthorizationServer, prompt| {
        let request = AuthorizationRequest {
            prompt: Some(prompt),
            ..request(&verifier)
        };
        let fields = pushed(server, &request);
        let prompt = fields.into_iter().find(|(name, _)| name == "prompt");
        prompt.map(|(_, value)| value)
    };
    for word in ["none", "login", "select_account", "consent"] {
        let prompt = word.parse().unwrap();
        assert_eq!(sent(&server(), prompt).as_deref(), Some(word));
    }
    assert_eq!(sent(&server(), Prompt::Create), None);
    let open = set(&metadata(), "prompt_values_supported", json!(["create"]));
    let open = checked(&open).unwrap();
    assert_eq!(sent(&open, Prompt::Create).as_deref(), Some("create"));
    for bad in ["", "LOGIN", "login consent", "<script>"] {
        assert_error(
            bad.parse::<Prompt>(),
            ErrorKind::InvalidRequest,
            "this `prompt` is unknown",
        );
    }
}

fn with_nonce(response: Response) -> Response {
    with_header(response, "dpop-nonce", "n-1")
}

fn read(status: u16, body: &Value) -> Result<String, Error> {
    request_uri(&with_nonce(json_answer(status, body)))
}

/// AR-04: 201, or 200; `expires_in` may be anything.
#[test]
fn request_uri_of_an_answer() {
    let uri = "urn:ietf:params:oauth:request_uri:req-1";
    for status in [200, 201] {
        for expires_in in [json!(299), json!("299"), json!(-1), json!(null)] {
            let body = json!({ "request_uri": uri, "expires_in": expires_in });
            assert_eq!(read(status, &body).unwrap(), uri);
        }
        assert_eq!(read(status, &json!({ "request_uri": uri })).unwrap(), uri);
    }
    for bad in [
        json!({}),
        json!({ "expires_in": 299 }),
        json!({ "request_uri": "" }),
        json!({ "request_uri": null }),
        json!({ "request_uri": 1 }),
        json!({ "request_uri": [uri] }),
        json!({ "request_uri": "u".repeat(2_049) }),
        json!([uri]),
        json!(null),
    ] {
        assert_eq!(read(201, &bad).unwrap_err().kind(), KIND, "{bad}");
    }
    let html = with_nonce(answer(201, "text/html", "{\"request_uri\":\"u\"}"));
    assert_error(request_uri(&html), KIND, "not `application/json`");
    for status in [202, 204, 302, 400] {
        let body = json!({ "request_uri": uri });
        assert_error(read(status, &body), KIND, "refused the sign-in");
    }
}

/// DP-11: an answer without a nonce aborts the sign-in, as does one with a nonce that is none.
#[test]
fn request_uri_needs_a_nonce() {
    let body = json!({ "request_uri": "urn:x" });
    for status in [200, 201] {
        let bare = json_answer(status, &body);
        assert_error(request_uri(&bare), KIND, "no usable `DPoP-Nonce`");
    }
    let long = with_header(json_answer(201, &body), "dpop-nonce", &"n".repeat(10_240));
    assert_error(request_uri(&long), KIND, "no usable `DPoP-Nonce`");
}

/// LB-08, scenario 24: why it was refused, as far as a person can do something about it.
#[test]
fn refusals() {
    for code in ["invalid_client_metadata", "invalid_client"] {
        let result = request_uri(&refused(
            400,
            code,
            Some("Loopback clients are not allowed"),
        ));
        let error = result.unwrap_err();
        assert_eq!(error.kind(), KIND);
        let message = error.to_string();
        assert!(message.contains("client metadata") && message.contains("localhost"));
        assert!(error.server_said().unwrap().contains("Loopback clients"));
    }
    assert_error(
        request_uri(&refused(400, "invalid_request", None)),
        KIND,
        "try again",
    );
    for status in [429, 500, 503] {
        let result = request_uri(&refused(status, "", None));
        assert_error(result, ErrorKind::TemporarilyUnavailable, "try again");
    }
}

fn url_at(endpoint: &str) -> String {
    let document = set(&metadata(), "authorization_endpoint", json!(endpoint));
    authorization_url(&checked(&document).unwrap(), CLIENT_ID, "urn:x:1&y").into()
}

/// AR-03: two parameters, nothing of the request itself; a query of the endpoint's own stays, but
/// cannot name another client or request.
#[test]
fn authorization_url_has_two_parameters() {
    let ours = "client_id=https%3A%2F%2Fapp.example.com%2Foauth%2Fclient-metadata.json\
                &request_uri=urn%3Ax%3A1%26y";
    for (endpoint, kept) in [
        ("authorize", ""),
        ("authorize?", ""),
        ("authorize#f", ""),
        ("authorize?tenant=1", "tenant=1&"),
        ("authorize?tenant=1&client_id=evil#f", "tenant=1&"),
        ("authorize?request_uri=urn:evil&tenant=1", "tenant=1&"),
        ("authorize?client%5Fid=evil&request%5furi=evil", ""),
        ("authorize?&&client_id&request_uri=&a", "a&"),
        ("authorize?a=b%20c+d&e=%2F/", "a=b%20c+d&e=%2F/&"),
    ] {
        let base = "https://auth.example.com/oauth/";
        let expected = format!("{base}authorize?{kept}{ours}");
        assert_eq!(url_at(&format!("{base}{endpoint}")), expected, "{endpoint}");
    }
}

/// Scenario 54: `Debug` shows neither state nor verifier.
#[test]
fn never_shows_the_state() {
    let verifier = SecretString::from(VERIFIER);
    let shown = format!(
        "{:?} {:?}",
        request(&verifier),
        form(&server(), &request(&verifier))
    );
    assert!(
        !shown.contains("state-1") && !shown.contains(VERIFIER),
        "{shown}"
    );
}

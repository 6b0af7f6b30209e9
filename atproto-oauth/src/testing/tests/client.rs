//! A client that does what it must, one step at a time, and whatever else a test wants.

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use url::Url;

use super::web::{Answer, answer, now, parameter, send};
use crate::jose::{ClientKey, DpopKey, PrivateKey, base64url, random_token, sha256};
use crate::testing::TestNetwork;

pub(super) const CALLBACK: &str = "http://127.0.0.1:3000/oauth/callback";
pub(super) const WEB_CLIENT: &str = "https://app.example.dev/oauth/client-metadata.json";
pub(super) const WEB_CALLBACK: &str = "https://app.example.dev/oauth/callback";

/// One sign-in of one client.
pub(super) struct Client {
    pub(super) network: TestNetwork,
    pub(super) issuer: String,
    pub(super) id: String,
    pub(super) redirect_uri: String,
    pub(super) scope: String,
    pub(super) key: DpopKey,
    pub(super) signer: Option<ClientKey>,
    pub(super) verifier: String,
    pub(super) state: String,
    pub(super) nonce: Option<String>,
    /// More form fields, or other values for those there are.
    pub(super) form: Vec<(String, String)>,
    /// Other claims of the proof; `null` takes one away.
    pub(super) proof: Value,
    /// Other claims of the assertion.
    pub(super) assertion: Value,
}

impl Client {
    /// A public loopback client.
    pub(super) fn new(network: &TestNetwork, scope: &str) -> Self {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("redirect_uri", CALLBACK)
            .append_pair("scope", scope)
            .finish();
        Self {
            issuer: network.issuer().to_owned(),
            network: network.clone(),
            id: format!("http://localhost?{query}"),
            redirect_uri: CALLBACK.to_owned(),
            scope: scope.to_owned(),
            key: DpopKey::generate().unwrap(),
            signer: None,
            verifier: random_token().unwrap(),
            state: random_token().unwrap(),
            nonce: None,
            form: Vec::new(),
            proof: json!({}),
            assertion: json!({}),
        }
    }

    /// A confidential web client that is registered with the network.
    pub(super) fn web(network: &TestNetwork, scope: &str) -> Self {
        let key = ClientKey::new("key-1", PrivateKey::generate().unwrap()).unwrap();
        network.register_client(WEB_CLIENT, &web_metadata(scope, &key), None);
        Self {
            id: WEB_CLIENT.to_owned(),
            redirect_uri: WEB_CALLBACK.to_owned(),
            signer: Some(key),
            ..Self::new(network, scope)
        }
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.form.push((name.to_owned(), value.to_owned()));
        self
    }

    /// PAR, after the nonce was demanded; the answer is the authorization URL.
    pub(super) async fn start(&mut self) -> String {
        let answer = self.push().await;
        assert_eq!(answer.status, 201, "{answer:?}");
        self.authorize_url(&answer)
    }

    pub(super) fn authorize_url(&self, pushed: &Answer) -> String {
        let mut url = Url::parse(&format!("{}/oauth/authorize", self.issuer)).unwrap();
        url.query_pairs_mut()
            .append_pair("client_id", &self.id)
            .append_pair("request_uri", &pushed.text("request_uri"));
        url.into()
    }

    pub(super) async fn push(&mut self) -> Answer {
        let challenge = base64url::encode(&sha256(self.verifier.as_bytes()));
        let form = self.fields(&[
            ("response_type", "code"),
            ("redirect_uri", &self.redirect_uri),
            ("scope", &self.scope),
            ("state", &self.state),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        self.post("/oauth/par", &form).await
    }

    /// The whole way up to the token response.
    pub(super) async fn sign_in(&mut self, handle: &str) -> Answer {
        let url = self.start().await;
        let callback = self.network.approve(&url, handle).await.unwrap();
        self.redeem(&parameter(&callback, "code").unwrap()).await
    }

    pub(super) async fn redeem(&mut self, code: &str) -> Answer {
        let form = self.fields(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", &self.verifier),
        ]);
        self.post("/oauth/token", &form).await
    }

    pub(super) async fn refresh(&mut self, token: &str) -> Answer {
        let form = self.fields(&[("grant_type", "refresh_token"), ("refresh_token", token)]);
        self.post("/oauth/token", &form).await
    }

    pub(super) async fn revoke(&mut self, token: &str) -> Answer {
        let form = self.fields(&[("token", token)]);
        self.post("/oauth/revoke", &form).await
    }

    /// A form with what every request has, and with what the test wants changed.
    fn fields(&self, fields: &[(&str, &str)]) -> Vec<(String, String)> {
        let own = |(name, value): &(&str, &str)| (name.to_string(), value.to_string());
        let mut form: Vec<_> = fields.iter().map(own).collect();
        form.push(("client_id".into(), self.id.clone()));
        form.retain(|(name, _)| self.form.iter().all(|(other, _)| other != name));
        form.extend(self.form.iter().filter(|(_, value)| value != "-").cloned());
        form
    }

    /// Posts once, and again where only the nonce was missing; every attempt has its own proof and
    /// assertion.
    pub(super) async fn post(&mut self, path: &str, form: &[(String, String)]) -> Answer {
        let answer = self.post_once(path, form).await;
        if answer.error() != "use_dpop_nonce" {
            return answer;
        }
        assert_eq!(answer.status, 400);
        assert!(self.nonce.is_some(), "a demand without a nonce");
        self.post_once(path, form).await
    }

    pub(super) async fn post_once(&mut self, path: &str, form: &[(String, String)]) -> Answer {
        let mut form = form.to_vec();
        form.extend(self.assertion_fields());
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&form)
            .finish();
        let url = format!("{}{path}", self.issuer);
        let request = Request::post(&url)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("dpop", self.proof("POST", &url, None));
        self.send(request, body.into()).await
    }

    /// A request to a PDS.
    pub(super) async fn xrpc(
        &mut self,
        token: &str,
        method: &str,
        path: &str,
        body: Value,
    ) -> Answer {
        let url = format!("{}/xrpc/{path}", self.network.pds());
        let answer = self.xrpc_once(token, method, &url, &body).await;
        if answer.error() != "use_dpop_nonce" {
            return answer;
        }
        assert_eq!(answer.status, 401);
        self.xrpc_once(token, method, &url, &body).await
    }

    pub(super) async fn xrpc_once(
        &mut self,
        token: &str,
        method: &str,
        url: &str,
        body: &Value,
    ) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(url)
            .header("content-type", "application/json")
            .header("authorization", format!("DPoP {token}"))
            .header("dpop", self.proof(method, url, Some(token)));
        self.send(request, body.to_string().into()).await
    }

    pub(super) async fn send(&mut self, request: http::request::Builder, body: Bytes) -> Answer {
        let request = request.body(body).unwrap();
        let answer = answer(&send(request).await);
        self.nonce = answer.nonce().or(self.nonce.take());
        answer
    }

    pub(super) fn proof(&self, method: &str, url: &str, token: Option<&str>) -> String {
        let htu = url.split('?').next().unwrap();
        let ath = token.map(|token| base64url::encode(&sha256(token.as_bytes())));
        let claims = merged(
            json!({
                "jti": random_token().unwrap(),
                "htm": method,
                "htu": htu,
                "iat": now(),
                "nonce": self.nonce,
                "ath": ath,
            }),
            &self.proof,
        );
        let jwk = self.key.public().jwk_json();
        let header = format!(r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{jwk}}}"#);
        self.key.sign_compact(&header, &claims.to_string()).unwrap()
    }

    fn assertion_fields(&self) -> Vec<(String, String)> {
        let Some(key) = &self.signer else {
            return Vec::new();
        };
        let now = now();
        let claims = merged(
            json!({
                "iss": self.id,
                "sub": self.id,
                "aud": self.issuer,
                "jti": random_token().unwrap(),
                "iat": now,
                "exp": now + 60,
            }),
            &self.assertion,
        );
        let header = json!({ "alg": "ES256", "kid": key.kid() });
        let jwt = key.sign_compact(&header.to_string(), &claims.to_string());
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        vec![
            ("client_assertion_type".into(), kind.into()),
            ("client_assertion".into(), jwt.unwrap()),
        ]
    }
}

/// What a confidential client publishes.
pub(super) fn web_metadata(scope: &str, key: &ClientKey) -> Value {
    json!({
        "client_id": WEB_CLIENT,
        "client_name": "An <Application>",
        "client_uri": "https://app.example.dev",
        "application_type": "web",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "redirect_uris": [WEB_CALLBACK],
        "scope": scope,
        "dpop_bound_access_tokens": true,
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "jwks": { "keys": [key.public_jwk()] },
    })
}

/// `claims` with `changes`; members that are `null` are left out.
fn merged(mut claims: Value, changes: &Value) -> Value {
    let claims_mut = claims.as_object_mut().unwrap();
    claims_mut.extend(changes.as_object().unwrap().clone());
    claims_mut.retain(|_, value| !value.is_null());
    claims
}

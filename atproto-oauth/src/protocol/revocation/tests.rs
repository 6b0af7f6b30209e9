use super::super::fixtures::{CLIENT_ID, fields, server};
use super::*;

/// TK-16: the token, what it is, who asks, and the client's own authentication.
#[test]
fn fields_of_a_revocation() {
    let endpoint = server().token_endpoint.join("/oauth/revoke").unwrap();
    for (hint, name) in [
        (Hint::RefreshToken, "refresh_token"),
        (Hint::AccessToken, "access_token"),
    ] {
        let form = form(endpoint.clone(), CLIENT_ID, &"t-1".into(), hint);
        let request = form.request("proof", Some("assertion")).unwrap();
        assert_eq!(request.uri(), "https://auth.example.com/oauth/revoke");
        let fields = fields(&request);
        let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
        let expected = [
            "client_id",
            "token",
            "token_type_hint",
            "client_assertion_type",
            "client_assertion",
        ];
        assert_eq!(names, expected);
        assert_eq!((fields[1].1.as_str(), fields[2].1.as_str()), ("t-1", name));
    }
}

use http::header::{COOKIE, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use super::{Cookies, MAX_PENDING_SIGN_INS};
use crate::client::SessionKey;
use crate::jose::random_token;
use crate::types::Timestamp;

fn production() -> Cookies {
    Cookies {
        session: "__Host-oauth+session".into(),
        binding: "__Host-oauth+signin+".into(),
        changed: "__Host-oauth+changed".into(),
        asked: "__Host-oauth+asked".into(),
        secure: true,
    }
}

fn token() -> SecretString {
    random_token().unwrap().into()
}

fn request(cookies: &[String]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for cookie in cookies {
        headers.append(COOKIE, HeaderValue::from_str(cookie).unwrap());
    }
    headers
}

/// What a browser sends back of `Set-Cookie`.
fn sent(set: &HeaderValue) -> String {
    set.to_str().unwrap().split(';').next().unwrap().to_owned()
}

async fn cookies_of(base_url: &str, prefix: &'static str) -> Cookies {
    let paths = crate::client::Paths::new(prefix);
    let client = crate::web::testing::client_at(base_url, paths).await;
    Cookies::new(&client, paths)
}

/// `never_a_session_cookie_without_secure`, nor without an end.
#[tokio::test]
async fn production_cookies_are_of_this_host_only() {
    let cookies = cookies_of("https://app.example.com", "/oauth").await;
    let id = token();
    let text = cookies.set_session(&id).to_str().unwrap().to_owned();
    let name = text.split('=').next().unwrap();
    assert_eq!(name, "__Host-oauth+session");
    for attribute in [
        "; Path=/",
        "; HttpOnly",
        "; Secure",
        "; SameSite=Lax",
        "; Max-Age=31536000",
    ] {
        assert!(text.contains(attribute), "{attribute} in {text}");
    }
    assert!(!text.to_ascii_lowercase().contains("domain"), "{text}");
}

#[tokio::test]
async fn development_cookies_work_on_plain_http_and_know_their_port() {
    let cookies = cookies_of("http://127.0.0.1:3000", "/oauth").await;
    let text = cookies.set_session(&token()).to_str().unwrap().to_owned();
    assert!(text.starts_with("oauth+3000+session="), "{text}");
    assert!(!text.contains("Secure"), "{text}");
    assert!(
        text.contains("; HttpOnly") && text.contains("; SameSite=Lax"),
        "{text}"
    );
}

#[tokio::test]
async fn no_two_prefixes_share_a_name() {
    let names = |c: &Cookies| [c.session.clone(), c.binding_name("s"), c.binding.clone()];
    let mut seen = std::collections::HashSet::new();
    for prefix in [
        "/oauth",
        "/oauth/session",
        "/oauth/signin",
        "/oauth-session",
        "/oauth.signin",
    ] {
        let cookies = cookies_of("https://app.example.com", prefix).await;
        for name in names(&cookies) {
            assert!(seen.insert(name.clone()), "{name} twice");
        }
    }
    let other = cookies_of("http://127.0.0.1:4000", "/oauth").await;
    assert!(other.session.contains("4000"));
}

#[test]
fn reads_back_what_it_sets() {
    let (cookies, id) = (production(), token());
    let headers = request(&["a=b; c".into(), sent(&cookies.set_session(&id))]);
    assert_eq!(cookies.session_id(&headers), Some(id.expose_secret()));
    let set = cookies.bind(&headers, "state", id.expose_secret(), Timestamp(1_000));
    let headers = request(&[sent(&set[0])]);
    assert_eq!(cookies.binding(&headers, "state"), Some(id.expose_secret()));
    assert_eq!(cookies.binding(&headers, "another"), None);
}

#[test]
fn what_cannot_be_ours_is_none() {
    let cookies = production();
    for value in [
        "",
        "x",
        "%00",
        &"a".repeat(42),
        &"a".repeat(44),
        &format!("{}é", "a".repeat(41)),
    ] {
        let Ok(header) = HeaderValue::from_str(&format!("__Host-oauth+session={value}")) else {
            continue;
        };
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, header);
        assert_eq!(cookies.session_id(&headers), None, "{value}");
    }
    let mut headers = HeaderMap::new();
    headers.append(
        COOKIE,
        HeaderValue::from_bytes(b"__Host-oauth+session=\xff\xfe").unwrap(),
    );
    assert_eq!(cookies.session_id(&headers), None);
}

/// AR-15: two tabs; and a bound on what piles up.
#[test]
fn ar_15_each_pending_sign_in_has_a_cookie_and_there_are_at_most_8() {
    let cookies = production();
    let mut jar: Vec<(String, String)> = Vec::new();
    for n in 0_u64..20 {
        let headers = request(
            &jar.iter()
                .map(|(k, v)| format!("{k}={v}"))
                .collect::<Vec<_>>(),
        );
        for set in cookies.bind(
            &headers,
            &format!("state {n}"),
            token().expose_secret(),
            Timestamp(1_000 + n),
        ) {
            let text = set.to_str().unwrap();
            let (name, value) = sent(&set)
                .split_once('=')
                .map(|(a, b)| (a.to_owned(), b.to_owned()))
                .unwrap();
            jar.retain(|(known, _)| *known != name);
            if !text.contains("Max-Age=0") {
                jar.push((name, value));
            }
        }
        assert!(jar.len() <= MAX_PENDING_SIGN_INS, "{} pending", jar.len());
    }
    let headers = request(
        &jar.iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect::<Vec<_>>(),
    );
    for n in 0..20 {
        let found = cookies.binding(&headers, &format!("state {n}")).is_some();
        assert_eq!(found, n >= 12, "state {n}");
    }
}

#[test]
fn the_name_of_a_binding_cookie_does_not_tell_the_state() {
    let state = random_token().unwrap();
    assert!(!production().binding_name(&state).contains(&state[..8]));
}

/// What a sibling application or a script keeps in its cookies is not ours to judge.
#[test]
fn never_hidden_by_a_cookie_that_is_not_ascii() {
    let (cookies, id) = (production(), token());
    let mine = sent(&cookies.set_session(&id));
    let pending = sent(
        &cookies.bind(
            &HeaderMap::new(),
            "state",
            id.expose_secret(),
            Timestamp(1_000),
        )[0],
    );
    for other in [
        "theme=é".as_bytes(),
        b"x=\xff\xfe",
        b"\xff=1",
        b"\xff",
        b"=",
        b"",
        b";;",
    ] {
        let mut before = other.to_vec();
        before.extend_from_slice(format!("; {mine}; {pending}").as_bytes());
        let mut after = format!("{mine};{pending}; ").into_bytes();
        after.extend_from_slice(other);
        for header in [before, after] {
            let mut headers = HeaderMap::new();
            headers.append(COOKIE, HeaderValue::from_bytes(&header).unwrap());
            assert_eq!(cookies.session_id(&headers), Some(id.expose_secret()));
            assert_eq!(cookies.binding(&headers, "state"), Some(id.expose_secret()));
        }
    }
}

/// An application at `/a` makes room among its own pending sign-ins only.
#[tokio::test]
async fn never_clears_a_cookie_of_an_application_below() {
    let upper = cookies_of("https://app.example.com", "/a").await;
    for prefix in ["/a/signin", "/a/signin/abcd", "/a/signin/signin"] {
        let lower = cookies_of("https://app.example.com", prefix).await;
        let mut jar = vec![sent(&lower.set_session(&token()))];
        let now = Timestamp(1_000);
        jar.extend(
            lower
                .bind(&HeaderMap::new(), "s", token().expose_secret(), now)
                .iter()
                .map(sent),
        );
        for n in 0..MAX_PENDING_SIGN_INS {
            let state = format!("state {n}");
            let set = upper.bind(
                &HeaderMap::new(),
                &state,
                token().expose_secret(),
                Timestamp(2_000),
            );
            jar.extend(set.iter().map(sent));
        }
        let set = upper.bind(
            &request(&jar),
            "another",
            token().expose_secret(),
            Timestamp(3_000),
        );
        assert_eq!(set.len(), 2, "one of its own goes, one comes");
        for header in &set {
            let (name, _) = header.to_str().unwrap().split_once('=').unwrap();
            assert!(upper.is_binding(name), "{name}");
            assert!(
                !jar[..2].iter().any(|kept| kept.starts_with(name)),
                "{name}"
            );
        }
    }
}

#[test]
fn the_names_it_gives_are_its_own() {
    let cookies = production();
    assert!(cookies.is_binding(&cookies.binding_name("state")));
}

/// SC-18: a question is known again by who was asked and what for, and says neither.
#[test]
fn what_was_asked_for_is_known_again() {
    let cookies = production();
    let key = |n: char| -> SessionKey {
        let did = format!("did:plc:{}", n.to_string().repeat(24));
        format!("{did}:{}", "A".repeat(43)).parse().unwrap()
    };
    let set = cookies.asked(&key('a'), "atproto blob:*/*");
    let text = set.to_str().unwrap();
    assert!(text.starts_with("__Host-oauth+asked="), "{text}");
    for attribute in [
        "HttpOnly",
        "Secure",
        "SameSite=Lax",
        "Path=/",
        "Max-Age=3600",
    ] {
        assert!(text.contains(attribute), "{text}");
    }
    assert!(!text.contains("did:") && !text.contains("blob"), "{text}");
    let headers = request(&[sent(&set)]);
    assert!(cookies.was_asked(&headers, &key('a'), "atproto blob:*/*"));
    assert!(!cookies.was_asked(&headers, &key('b'), "atproto blob:*/*"));
    assert!(!cookies.was_asked(&headers, &key('a'), "atproto"));
    let others = request(&["__Host-oauth+asked=".into(), "asked=x".into()]);
    assert!(!cookies.was_asked(&others, &key('a'), "atproto blob:*/*"));
}

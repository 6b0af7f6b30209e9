use super::super::fixtures::assert_error;
use super::*;

fn refuses(text: &str, why: &str) {
    assert_error(check_web(text), ErrorKind::Configuration, why);
}

/// CM-01: https on the name of a host, no port, no user name, no fragment.
#[test]
fn web_client_id_is_plain_https() {
    for (text, why) in [
        ("http://app.example.com/c.json", "not https"),
        ("app.example.com/c.json", "not a URL"),
        ("ftp://app.example.com/c.json", "not https"),
        ("https://app.example.com:8443/c.json", "port"),
        ("https://app.example.com:443/c.json", "port"),
        ("https://app.example.com:/c.json", "port"),
        ("https://1.2.3.4/c.json", "public host name"),
        ("https://0x01020304/c.json", "public host name"),
        ("https://[2001:db8::1]/c.json", "public host name"),
        ("https://localhost/c.json", "public host name"),
        ("https://app/c.json", "public host name"),
        ("https://app.localhost/c.json", "public host name"),
        ("https://app.internal/c.json", "public host name"),
        ("https://app.test/c.json", "public host name"),
        ("https://app.example.com./c.json", "public host name"),
        ("https://user@app.example.com/c.json", "user name"),
        ("https://:pw@app.example.com/c.json", "user name"),
        ("https://app.example.com/c.json#f", "fragment"),
        ("https://app.example.com/c.json?", "query"),
        ("https://app.example.com/c.json?v=1", "query"),
    ] {
        refuses(text, why);
    }
}

/// CM-02: a path that is not `/`, no slash at its end, no dot segments, the one normal spelling.
#[test]
fn web_client_id_names_a_document() {
    for (text, why) in [
        ("https://a.b", "does not name a document"),
        ("https://a.b/", "does not name a document"),
        ("https://a.b/x/", "does not name a document"),
        ("https://a.b/a/./c.json", "normal form"),
        ("https://a.b/a/../c.json", "normal form"),
        ("https://a.b/%2e%2e/c.json", "normal form"),
        ("https://A.b/c.json", "normal form"),
        ("HTTPS://a.b/c.json", "normal form"),
        (" https://a.b/c.json", "normal form"),
        ("https://a.b/c.json\n", "normal form"),
        ("https://a.b\\c.json", "normal form"),
        ("https://büro.example.com/c.json", "normal form"),
    ] {
        refuses(text, why);
    }
    for text in [
        "https://app.example.com/oauth-client-metadata.json",
        "https://app.example.com/oauth/client-metadata.json",
        "https://app.example.com/c",
        "https://app.example.com/x:443/c.json",
        "https://xn--bro-hoa.example.com/c.json",
    ] {
        assert_eq!(check_web(text).unwrap().as_str(), text);
    }
}

/// LB-04: only the two loopback addresses; the text that refuses `localhost` names `127.0.0.1`.
#[test]
fn loopback_redirect_is_on_a_loopback_address() {
    for text in [
        "http://127.0.0.1/",
        "http://127.0.0.1:3000/oauth/callback",
        "http://[::1]:3000/oauth/callback",
        "http://127.0.0.1:3000/cb?a=b",
    ] {
        assert_eq!(check_loopback_redirect(text).unwrap().as_str(), text);
    }
    for text in [
        "http://localhost:3000/cb",
        "http://127.0.0.2:3000/cb",
        "http://0.0.0.0:3000/cb",
        "http://192.168.1.2/cb",
        "http://[::2]/cb",
        "http://app.example.com/cb",
        "https://127.0.0.1:3000/cb",
        "app:/cb",
        "/cb",
        "http://u@127.0.0.1:3000/cb",
        "http://:p@127.0.0.1:3000/cb",
        "http://127.0.0.1:3000/cb#f",
        "http://127.0.0.1:80/cb",
        "http://127.0.0.1:3000",
        "http://127.1:3000/cb",
        "HTTP://127.0.0.1/cb",
    ] {
        assert_error(
            check_loopback_redirect(text),
            ErrorKind::Configuration,
            "http://127.0.0.1",
        );
    }
}

fn strings(list: &[&str]) -> Vec<String> {
    list.iter().copied().map(str::to_owned).collect()
}

/// LB-03, LB-05: what equals a default is left out; the rest is there, port and path included.
#[test]
fn loopback_id_says_what_differs_from_the_defaults() {
    for (redirects, scope, expected) in [
        (&[][..], "atproto", "http://localhost"),
        (&DEFAULT_REDIRECTS, "atproto", "http://localhost"),
        (
            &[],
            "atproto transition:generic",
            "http://localhost?scope=atproto+transition%3Ageneric",
        ),
        (
            &["http://127.0.0.1:3000/oauth/callback"],
            "atproto",
            "http://localhost?redirect_uri=http%3A%2F%2F127.0.0.1%3A3000%2Foauth%2Fcallback",
        ),
        (
            &["http://127.0.0.1:3000/cb", "http://[::1]:3000/cb"],
            "atproto repo:a.b.c?action=create",
            "http://localhost?redirect_uri=http%3A%2F%2F127.0.0.1%3A3000%2Fcb\
             &redirect_uri=http%3A%2F%2F%5B%3A%3A1%5D%3A3000%2Fcb\
             &scope=atproto+repo%3Aa.b.c%3Faction%3Dcreate",
        ),
    ] {
        let redirects = strings(redirects);
        let id = loopback(&redirects, scope).unwrap();
        assert_eq!(id, expected);
        let read = Loopback::parse(&id).unwrap();
        assert_eq!(read.scope, scope);
        if !redirects.is_empty() {
            assert_eq!(read.redirect_uris, redirects);
        }
    }
}

/// LB-03, CM-07: nothing is made that a server would refuse.
#[test]
fn loopback_id_refuses_bad_parts() {
    let good = "http://127.0.0.1:3000/cb";
    for (redirect, scope) in [
        ("http://localhost:3000/cb", "atproto"),
        ("https://app.example.com/cb", "atproto"),
        (good, ""),
        (good, "transition:generic"),
        (good, "atproto atproto"),
        (good, "atproto  blob:*/*"),
    ] {
        let made = loopback(&strings(&[redirect]), scope);
        assert_eq!(
            made.unwrap_err().kind(),
            ErrorKind::Configuration,
            "{scope}"
        );
    }
}

/// LB-01: exactly `http://localhost`, without a port, a path or a fragment.
#[test]
fn loopback_id_is_exactly_localhost() {
    for good in [
        "http://localhost",
        "http://localhost/",
        "http://localhost?",
        "http://localhost/?scope=atproto",
        "http://localhost?scope=atproto",
    ] {
        let read = Loopback::parse(good).unwrap();
        assert_eq!(read.redirect_uris, DEFAULT_REDIRECTS, "{good}");
        assert_eq!(read.scope, "atproto");
    }
    for bad in [
        "",
        "localhost",
        "https://localhost",
        "HTTP://localhost",
        "http://LOCALHOST",
        "http://localhost:3000",
        "http://localhost:80/",
        "http://localhost/client.json",
        "http://localhost//",
        "http://localhost#f",
        "http://localhost/#f",
        "http://localhost?scope=atproto#f",
        "http://localhost.example.com",
        "http://localhost@example.com",
        "http://127.0.0.1",
        "http://[::1]",
    ] {
        assert_error(
            Loopback::parse(bad),
            ErrorKind::Configuration,
            "no loopback client id",
        );
    }
}

/// LB-02: only `redirect_uri`, any number of times, and `scope`, once.
#[test]
fn loopback_id_has_two_parameters() {
    for bad in [
        "foo=bar",
        "scope=atproto&foo=bar",
        "scope=atproto&scope=atproto+blob%3A*%2F*",
        "scope=a&scope=b",
        "scope=",
        "scope",
        "scope=blob%3A*%2F*",
        "SCOPE=atproto",
        "client_name=x",
        "redirect_uri=",
        "redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcb",
        "redirect_uri=https%3A%2F%2Fevil.example.com%2F",
    ] {
        let read = Loopback::parse(&format!("http://localhost?{bad}"));
        assert_eq!(read.unwrap_err().kind(), ErrorKind::Configuration, "{bad}");
    }
    let two = "http://localhost?redirect_uri=http%3A%2F%2F127.0.0.1%2Fa&scope=atproto\
               &redirect_uri=http%3A%2F%2F127.0.0.1%2Fb";
    assert_eq!(Loopback::parse(two).unwrap().redirect_uris.len(), 2);
}

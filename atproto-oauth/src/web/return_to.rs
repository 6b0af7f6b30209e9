//! Where to go after signing in: only ever a path of this site (RFC 9700 §4.11).

use http::HeaderMap;
use http::header::REFERER;

use crate::client::Paths;
use crate::types::Origin;
use crate::web::policy::MAX_RETURN_PATH;

/// `wanted`, if it is a path of this site outside the generated routes; `/` if it is anything else.
///
/// What passes is what every browser reads as a path: it starts with one `/`, and holds no backslash,
/// no control character or space, and nothing beyond ASCII, raw or hidden behind percent signs at its
/// start.
pub(crate) fn local_path(wanted: Option<&str>, paths: Paths) -> &str {
    wanted
        .filter(|path| is_local(path) && !is_below(path, paths.prefix()))
        .unwrap_or("/")
}

/// The page of this site that sent the request, if its browser says so; `/` otherwise.
pub(crate) fn came_from<'a>(headers: &'a HeaderMap, own: &Origin, paths: Paths) -> &'a str {
    let mut all = headers.get_all(REFERER).iter();
    let page = match (all.next(), all.next()) {
        (Some(one), None) => one.to_str().ok(),
        _ => None,
    };
    // After the origin there has to be a path, and not more of a host name.
    let path = page.and_then(|page| page.strip_prefix(own.as_str()));
    local_path(path, paths)
}

/// It stays on this site, whatever a browser makes of it.
pub(crate) fn is_local(path: &str) -> bool {
    let plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b'\\' | b'"' | b'<' | b'>');
    path.len() <= MAX_RETURN_PATH
        && path.bytes().all(plain)
        && path
            .strip_prefix('/')
            .is_some_and(|rest| !starts_with_slash(rest))
}

/// A slash of any kind, also one that proxies on the way decode: `%2f`, `%252f`, `%25252f`.
fn starts_with_slash(rest: &str) -> bool {
    let Some(mut code) = rest.strip_prefix('%') else {
        return rest.starts_with(['/', '\\']);
    };
    while let Some(decoded) = code.strip_prefix("25") {
        code = decoded;
    }
    is_slash_code(code)
}

fn is_slash_code(hex: &str) -> bool {
    matches!(
        hex.as_bytes().first_chunk(),
        Some(b"2f" | b"2F" | b"5c" | b"5C")
    )
}

/// The path, once dots and percent signs are resolved, is one of the generated routes.
fn is_below(path: &str, prefix: &str) -> bool {
    // The parser has the browser's rules for `..` and for its spellings with percent signs.
    let Ok(url) = url::Url::parse("http://localhost").and_then(|base| base.join(path)) else {
        return true;
    };
    let decoded = percent_encoding::percent_decode_str(url.path()).decode_utf8_lossy();
    if decoded.starts_with("//") {
        return true;
    }
    let below = decoded.strip_prefix(prefix);
    below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use http::header::{HeaderValue, REFERER};

    use super::{came_from, local_path};
    use crate::client::Paths;
    use crate::types::Origin;

    const PATHS: Paths = Paths::new("/oauth");

    #[test]
    fn keeps_paths_of_this_site() {
        for path in [
            "/",
            "/posts",
            "/posts/1?page=2&q=a%20b#top",
            "/a//b?x=//y",
            "/oauthors",
            "/at://did:plc:x",
            "/%E2%9C%93",
        ] {
            assert_eq!(local_path(Some(path), PATHS), path);
        }
        assert_eq!(local_path(None, PATHS), "/");
    }

    /// RU-06, and scenario 26.
    #[test]
    fn ru_06_never_an_open_redirect() {
        for path in [
            "",
            "evil.example",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/%2f%2fevil.example",
            "/%2fevil.example",
            "/%5Cevil.example",
            "/%252fevil.example",
            "/%25252Fevil.example",
            "%2f%2fevil.example",
            "https://evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/a\r\nLocation: https://evil.example",
            "/a b",
            "/\u{2044}evil.example",
            "/ä",
            " /posts",
            "/<script>",
            "/\"onload",
            "/\0",
            "/./\\evil.example",
            "/.//evil.example",
            "/..//evil.example",
            "/%2e//evil.example",
            "/x/..//evil.example",
        ] {
            assert_eq!(local_path(Some(path), PATHS), "/", "{path:?}");
        }
        let long = format!("/{}", "a".repeat(4_000));
        assert_eq!(local_path(Some(&long), PATHS), "/");
    }

    #[test]
    fn the_page_before_is_one_of_our_own_or_none() {
        let own: Origin = "https://app.example.com".parse().unwrap();
        let from = |pages: &[&str]| {
            let mut headers = HeaderMap::new();
            for page in pages {
                headers.append(REFERER, HeaderValue::try_from(*page).unwrap());
            }
            came_from(&headers, &own, PATHS).to_owned()
        };
        assert_eq!(from(&["https://app.example.com/notes?a=b"]), "/notes?a=b");
        for page in [
            "https://app.example.com",
            "https://app.example.com/",
            "https://app.example.com.evil.example/notes",
            "https://app.example.com:8443/notes",
            "https://app.example.com@evil.example/notes",
            "https://app.example.com//evil.example",
            "https://app.example.com/oauth/logout",
            "http://app.example.com/notes",
            "https://evil.example/notes",
            "/notes",
            "",
        ] {
            assert_eq!(from(&[page]), "/", "{page}");
        }
        assert_eq!(from(&[]), "/");
        let page = "https://app.example.com/notes";
        assert_eq!(from(&[page, page]), "/", "browsers send one");
    }

    #[test]
    fn never_back_into_the_generated_routes() {
        for path in [
            "/oauth",
            "/oauth/",
            "/oauth/login",
            "/oauth/logout?all=true",
            "/oauth?x",
            "/x/../oauth/logout",
            "/./oauth/logout",
            "/%2e/oauth/logout",
            "/x/%2E%2e/oauth/logout",
            "/%6fauth/logout",
            "/oauth%2flogout",
        ] {
            assert_eq!(local_path(Some(path), PATHS), "/", "{path}");
        }
    }
}

//! `WWW-Authenticate`: which challenges a server makes (RFC 9110 §11.6.1).

use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;

/// One challenge: its scheme in lower case and its `error` parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Challenge {
    pub(crate) scheme: String,
    pub(crate) error: Option<String>,
}

/// The challenges of all `WWW-Authenticate` headers; what cannot be read is left out.
pub(crate) fn challenges(headers: &HeaderMap) -> Vec<Challenge> {
    let mut found: Vec<Challenge> = Vec::new();
    let values = headers.get_all(WWW_AUTHENTICATE).iter().take(8);
    for item in values.filter_map(|v| v.to_str().ok()).flat_map(items) {
        let (word, rest) = item.split_once([' ', '\t']).unwrap_or((item.as_str(), ""));
        let parameter = if word.contains('=') {
            item.as_str()
        } else {
            found.push(Challenge {
                scheme: word.to_ascii_lowercase(),
                error: None,
            });
            rest
        };
        if let (Some((name, value)), Some(last)) = (parameter.split_once('='), found.last_mut())
            && name.trim().eq_ignore_ascii_case("error")
        {
            last.error = Some(value.trim().trim_matches('"').to_owned());
        }
    }
    found
}

/// Splits at commas outside quotes.
fn items(value: &str) -> Vec<String> {
    let (mut items, mut item, mut quoted, mut escaped) = (Vec::new(), String::new(), false, false);
    for c in value.chars() {
        match c {
            ',' if !quoted => items.push(std::mem::take(&mut item)),
            _ => {
                if c == '"' && !escaped {
                    quoted = !quoted;
                }
                item.push(c);
            }
        }
        escaped = quoted && c == '\\' && !escaped;
    }
    items.push(item);
    items
        .iter()
        .map(|i| i.trim().to_owned())
        .filter(|i| !i.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&str]) -> Vec<(String, Option<String>)> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(WWW_AUTHENTICATE, value.parse().unwrap());
        }
        challenges(&headers)
            .into_iter()
            .map(|c| (c.scheme, c.error))
            .collect()
    }

    /// DP-09: several challenges, several headers, other case, commas in quotes.
    #[test]
    fn challenges_are_read() {
        let dpop = |error: &str| ("dpop".to_owned(), Some(error.to_owned()));
        assert_eq!(
            read(&[r#"DPoP error="use_dpop_nonce""#]),
            [dpop("use_dpop_nonce")]
        );
        assert_eq!(
            read(&[r#"Bearer realm="a, b", dPoP algs="ES256 RS256", ERROR = "invalid_token""#]),
            [("bearer".to_owned(), None), dpop("invalid_token")]
        );
        assert_eq!(
            read(&["Basic", "DPoP error=use_dpop_nonce"]).last(),
            Some(&dpop("use_dpop_nonce"))
        );
        assert_eq!(
            read(&[r#"error="x""#, ",,", r#"Bearer ""#]),
            [("bearer".to_owned(), None)]
        );
    }
}

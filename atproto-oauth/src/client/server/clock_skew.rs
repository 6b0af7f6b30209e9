//! Clock skew: the time at servers whose clock differs from ours (RFC 9449 §11.1).

use moka::sync::Cache;
use url::Url;

use crate::client::policy::{MAX_CLOCK_SKEW, MAX_SKEW_ORIGINS, MIN_CLOCK_SKEW, SKEW_LIFETIME};
use crate::protocol::Response;
use crate::protocol::clock::is_clock_problem;
use crate::protocol::endpoint::origin_of;
use crate::protocol::http_date;
use crate::types::Timestamp;

/// Seconds to add to our time for a server that refused ours. What one server says counts at that
/// server only.
#[derive(Clone, Debug)]
pub(crate) struct ClockSkew(Cache<String, i64>);

impl ClockSkew {
    pub(crate) fn new() -> Self {
        Self(
            Cache::builder()
                .max_capacity(MAX_SKEW_ORIGINS)
                .time_to_live(SKEW_LIFETIME)
                .build(),
        )
    }

    /// Now, as the server at `url` sees it.
    pub(crate) fn server_time(&self, url: &Url, now: Timestamp) -> Timestamp {
        match self.0.get(&origin_of(url)) {
            Some(seconds) => Timestamp(now.0.saturating_add_signed(seconds)),
            None => now,
        }
    }

    /// The server refuses the time of the request that was made at `now`, and its own clock explains
    /// it: worth one more try.
    pub(crate) fn learn(&self, url: &Url, now: Timestamp, response: &Response) -> bool {
        if !is_clock_problem(response) {
            return false;
        }
        let Some(theirs) = http_date::server_time(response.headers()) else {
            return false;
        };
        let seconds = theirs.0.cast_signed().saturating_sub(now.0.cast_signed());
        let used = self.server_time(url, now);
        if used.0.abs_diff(theirs.0).cast_signed() < MIN_CLOCK_SKEW
            || seconds.saturating_abs() > MAX_CLOCK_SKEW
        {
            return false;
        }
        tracing::warn!(
            server = origin_of(url),
            seconds,
            "the server's clock and ours differ; set this machine's clock"
        );
        self.0.insert(origin_of(url), seconds);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(error: &str, date: &str) -> Response {
        let body = format!(r#"{{"error":"{error}"}}"#);
        let response = http::Response::builder().status(400).header("date", date);
        response.body(body.into()).unwrap()
    }

    /// DP-14.
    #[test]
    fn only_a_clock_that_explains_the_refusal_is_believed() {
        let noon = Timestamp(784_123_200); // Sun, 06 Nov 1994 12:00:00 GMT
        let url: Url = "https://as.example.com/token".parse().unwrap();
        let other: Url = "https://other.example.com/token".parse().unwrap();
        for (date, seconds) in [
            ("Sun, 06 Nov 1994 12:05:00 GMT", 300),
            ("Sun, 06 Nov 1994 11:55:00 GMT", -300),
            ("Mon, 07 Nov 1994 12:00:00 GMT", 24 * 60 * 60),
        ] {
            let skew = ClockSkew::new();
            assert!(skew.learn(&url, noon, &refusal("invalid_dpop_proof", date)));
            assert_eq!(
                skew.server_time(&url, noon).0,
                noon.0.saturating_add_signed(seconds)
            );
            assert_eq!(
                skew.server_time(&other, noon),
                noon,
                "never believed of another server"
            );
            let again = refusal("invalid_dpop_proof", date);
            assert!(
                !skew.learn(&url, noon, &again),
                "it does not explain a second refusal"
            );
        }
        for (error, date) in [
            ("invalid_dpop_proof", "Sun, 06 Nov 1994 12:00:01 GMT"),
            ("invalid_dpop_proof", "Tue, 08 Nov 1994 12:00:00 GMT"),
            ("invalid_dpop_proof", "yesterday"),
            ("invalid_grant", "Sun, 06 Nov 1994 12:05:00 GMT"),
        ] {
            let skew = ClockSkew::new();
            assert!(
                !skew.learn(&url, noon, &refusal(error, date)),
                "{error} {date}"
            );
            assert_eq!(skew.server_time(&url, noon), noon);
        }
    }
}

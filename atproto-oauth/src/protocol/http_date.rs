//! Dates in HTTP headers (RFC 9110 §5.6.7).

use http::HeaderMap;
use http::header::DATE;

use crate::types::Timestamp;

/// What time it is by the server's clock, from its `Date` header (RFC 9110 §6.6.1).
#[must_use]
pub fn server_time(headers: &HeaderMap) -> Option<Timestamp> {
    date(headers.get(DATE)?.to_str().ok()?)
}

/// A date in any of the three forms of HTTP.
pub(super) fn date(text: &str) -> Option<Timestamp> {
    httpdate::parse_http_date(text.trim())
        .ok()
        .map(Timestamp::from)
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{NOW, answer, dated};
    use super::*;

    const DATE_NOW: &str = "Fri, 15 Jan 2027 08:00:00 GMT";

    /// DP-14: the three forms of a date, and nothing for anything else.
    #[test]
    fn server_time_is_read() {
        let at = |date: &str| server_time(dated(answer(400, "", ""), date).headers());
        for date in [
            DATE_NOW,
            "Friday, 15-Jan-27 08:00:00 GMT",
            "Fri Jan 15 08:00:00 2027",
            " Fri, 15 Jan 2027 08:00:00 GMT ",
        ] {
            assert_eq!(at(date), Some(NOW), "{date}");
        }
        for bad in [
            "",
            "now",
            "1800000000",
            "Fri, 32 Jan 2027 08:00:00 GMT",
            "Fri, 15 Jan 1927 08:00:00 GMT",
            "Fri, 15 Jan 99999 08:00:00 GMT",
            "2027-01-15T08:00:00Z",
            "\u{ff}",
        ] {
            assert_eq!(at(bad), None, "{bad}");
        }
        assert_eq!(server_time(answer(400, "", "").headers()), None);
    }
}

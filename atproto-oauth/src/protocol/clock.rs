//! Clock skew: whether a server refuses a request because of its times (RFC 9449 §11.1).

use http::StatusCode;

use super::Response;
use super::challenge::challenges;
use super::failure::Failure;

/// The server refuses a proof or a client assertion because of its times. Worth one more try with
/// [`server_time`](super::http_date::server_time) as `now`; there is no error code for it, so this reads what the server says. A proof
/// refused without a word counts too, as ours have no other fault.
#[must_use]
pub fn is_clock_problem(response: &Response) -> bool {
    if !matches!(
        response.status(),
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED
    ) {
        return false;
    }
    let failure = Failure::of(response);
    let refused = |error: &str, description: Option<&str>| match error {
        "invalid_dpop_proof" => description.is_none_or(is_about_time),
        "invalid_client" | "invalid_client_assertion" => description.is_some_and(is_about_time),
        _ => false,
    };
    let challenges = challenges(response.headers());
    refused(&failure.code, failure.description.as_deref())
        || challenges.iter().filter(|c| c.is_about_tokens()).any(|c| {
            refused(
                c.error.as_deref().unwrap_or_default(),
                c.description.as_deref(),
            )
        })
}

fn is_about_time(text: &str) -> bool {
    let words = [
        "iat",
        "exp",
        "nbf",
        "clock",
        "timestamp",
        "expired",
        "future",
        "past",
        "old",
    ];
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| words.iter().any(|known| word.eq_ignore_ascii_case(known)))
}

#[cfg(test)]
mod tests;

//! The way back to the application.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY};

use crate::error::Error;
use crate::jose::random_token;
use crate::testing::ledger::{Code, Pushed};
use crate::testing::permission;
use crate::testing::policy::CODE_LIFETIME;
use crate::testing::state::Site;

/// Leads back with a code for `did`; `allowed` are the scopes the person left ticked.
pub(super) fn with_code(
    site: &Site,
    request: Pushed,
    did: &str,
    allowed: &[String],
) -> Result<Response, Error> {
    let code = format!("code-{}", random_token()?);
    let mut state = site.state();
    let scope = permission::granted(allowed, &state.permission_sets);
    let remembered = (did.to_owned(), request.client.id.clone());
    let consents = state.authority.consents.entry(remembered).or_default();
    consents.extend(allowed.iter().cloned());
    let response = back(&request, &[("code", &code)]);
    let record = Code {
        did: did.to_owned(),
        scope,
        expires: site.now().plus(CODE_LIFETIME),
        request,
    };
    state.authority.codes.insert(code, record);
    Ok(response)
}

/// Leads back with an error.
pub(super) fn with_error(request: &Pushed, error: &str, description: &str) -> Response {
    back(
        request,
        &[("error", error), ("error_description", description)],
    )
}

/// Every way back names the issuer and the state (RFC 9207).
fn back(request: &Pushed, parameters: &[(&str, &str)]) -> Response {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("iss", &request.issuer)
        .append_pair("state", &request.state)
        .extend_pairs(parameters)
        .finish();
    let mark = if request.redirect_uri.contains('?') {
        '&'
    } else {
        '?'
    };
    let headers = [
        (LOCATION, format!("{}{mark}{query}", request.redirect_uri)),
        (CACHE_CONTROL, "no-store".into()),
        (REFERRER_POLICY, "no-referrer".into()),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}

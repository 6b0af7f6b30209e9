//! What pages say about each kind of error. The sentences are fixed: in production nothing that
//! another server, a setting or a request holds gets onto a page.

use crate::error::ErrorKind;

/// What pages and logs say about one kind of error.
pub(crate) struct Messages {
    /// A heading.
    pub(crate) title: &'static str,
    /// What happened and what to do.
    pub(crate) message: &'static str,
    /// The step of a sign-in that fails this way. For developers.
    pub(crate) step: &'static str,
    /// What to look at. For developers.
    pub(crate) hint: &'static str,
}

const fn of(
    title: &'static str,
    message: &'static str,
    step: &'static str,
    hint: &'static str,
) -> Messages {
    Messages {
        title,
        message,
        step,
        hint,
    }
}

/// What pages and logs say about `kind`.
#[expect(clippy::too_many_lines, reason = "a table, best read in one piece")]
pub(crate) const fn messages(kind: ErrorKind) -> Messages {
    match kind {
        ErrorKind::MissingHandle => of(
            "Who are you?",
            "Enter your handle to sign in.",
            "reading the sign-in form",
            "send `handle`: a handle, a DID, or the address of a server",
        ),
        ErrorKind::InvalidHandle => of(
            "We cannot find that account",
            "Check the spelling of the handle; it looks like `alice.example.com`.",
            "finding the account",
            "a handle and its DID must point at each other: look at the `_atproto` TXT record or at \
             `/.well-known/atproto-did`, and at `alsoKnownAs` of the DID's document",
        ),
        ErrorKind::InvalidCallbackRequest => of(
            "This sign-in is over",
            "It took too long, was used already, or began in another browser. Please sign in again.",
            "checking the callback",
            "a sign-in must end in the browser it began in, within its time, once; `127.0.0.1` and \
             `localhost` are different browsers to a cookie",
        ),
        ErrorKind::IssuerMismatch => of(
            "The answer came from the wrong server",
            "The server that answered is not the one that hosts this account. You were not signed \
             in; please try again.",
            "comparing the servers",
            "compare `iss` of the callback with `issuer` of the server's metadata, and with the server \
             that the account's own server names",
        ),
        ErrorKind::SubjectMismatch => of(
            "That was another account",
            "You signed in with another account than the one you entered. Please sign in again with the \
             account you want.",
            "comparing the accounts",
            "the person was signed in with another account at the authorization server; start with that \
             handle, or sign out there first",
        ),
        ErrorKind::AccessDenied => of(
            "You cancelled",
            "You were not signed in, and nothing was shared.",
            "the consent at the authorization server",
            "the person said no, or the server refused for them",
        ),
        ErrorKind::InsufficientScope => of(
            "A permission is missing",
            "This needs a permission that was not given. Sign in again to give it.",
            "checking the permissions",
            "compare `session.scopes()` with what the page requires; the person can take permissions out \
             at consent",
        ),
        ErrorKind::AuthorizationUrlFailed => of(
            "Your server did not let the sign-in begin",
            "The server of this account refused to start. Please try again later.",
            "the pushed authorization request",
            "the server reads the client metadata from its public address: that must answer 200 with \
             JSON, and its `client_id` must be that address",
        ),
        ErrorKind::AuthorizationServerMetadataFailed => of(
            "Your server cannot be used to sign in",
            "The server of this account does not describe itself in the way that sign-in needs. Please \
             try again later.",
            "reading the authorization server's metadata",
            "the causes name the document and the member that is missing or not acceptable",
        ),
        ErrorKind::TokenValidationFailed => of(
            "The sign-in did not complete",
            "The server of this account did not complete the sign-in. Please sign in again.",
            "the token request",
            "the authorization server refused the code, or its answer is not acceptable",
        ),
        ErrorKind::SessionStoreFailed => of(
            "We could not save your sign-in",
            "Something is wrong on our side. Please try again later.",
            "the store",
            "look at the store that `ATPROTO_STORE` names: does it exist, is it writable, is there space?",
        ),
        ErrorKind::TemporarilyUnavailable => of(
            "Please try again in a moment",
            "A server that is needed for this does not answer at the moment. Nothing is lost.",
            "a request to another server, or to the store",
            "it may pass by itself; look at the network, the name servers and the store",
        ),
        ErrorKind::NotSignedIn => of(
            "Please sign in",
            "This page is for people who are signed in.",
            "reading the session",
            "the request has no session cookie, or one that is not known here",
        ),
        ErrorKind::SessionEnded => of(
            "Please sign in again",
            "Your sign-in ended: it expired, or was ended at your account's server.",
            "refreshing the session",
            "the refresh token was refused; only signing in again helps",
        ),
        ErrorKind::IssuerChanged => of(
            "Please sign in again",
            "Your account moved to another server. Sign in there once, and all goes on.",
            "refreshing the session",
            "the account's DID leads to another authorization server than the one that issued the session",
        ),
        ErrorKind::SessionNotFound => of(
            "That account is not signed in here",
            "It may have been signed out already.",
            "looking up the session",
            "the browser does not hold the session key that was sent",
        ),
        ErrorKind::CrossSiteRequest => of(
            "That did not come from our own page",
            "For your safety nothing was done. Please go back and try again from here.",
            "checking where the form came from",
            "a POST needs `Sec-Fetch-Site: same-origin`, or an `Origin` that equals the base URL; a proxy \
             in front may change the origin",
        ),
        ErrorKind::RateLimited => of(
            "Too many attempts",
            "Please wait a little before you sign in again.",
            "counting sign-ins",
            "so many sign-ins are started at once that the next one has to wait",
        ),
        ErrorKind::InvalidRequest => of(
            "That request was not understood",
            "Please go back and try again.",
            "reading the request",
            "compare the parameters with the documentation of the route",
        ),
        ErrorKind::Configuration => of(
            "This application is not set up",
            "Something is wrong on our side. Please try again later.",
            "reading the configuration",
            "the error names the setting and what to write",
        ),
    }
}

//! Names for what a client can ask the network for.

use http::request::Parts;

use super::form::Form;

/// What a request is for; [`Fault`](super::Fault)s and [`Seen`](super::Seen) requests name one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// The DID document at the directory.
    DidDocument,
    /// `com.atproto.identity.resolveHandle`.
    ResolveHandle,
    /// `/.well-known/atproto-did`, the handle's own word.
    HandleDocument,
    /// `/.well-known/oauth-protected-resource` of a PDS.
    ProtectedResource,
    /// `/.well-known/oauth-authorization-server`.
    AuthorizationServer,
    /// The pushed authorization request.
    PushedRequest,
    /// The pages of the authorization server, and the redirect that leads back to the application.
    Authorize,
    /// The token endpoint, for `authorization_code`.
    Exchange,
    /// The token endpoint, for `refresh_token`.
    Refresh,
    /// The revocation endpoint.
    Revocation,
    /// Requests to the PDS itself.
    Xrpc,
    /// Requests that the PDS passes on: `atproto-proxy` is set, or the method is not its own.
    Proxied,
    /// Anything else.
    Other,
    /// In a fault: every one of them.
    Any,
}

impl Endpoint {
    /// What `request` is for; `form` are the parameters of its body.
    pub(super) fn of(request: &Parts, form: &Form) -> Self {
        let path = request.uri.path();
        if let Some(method) = path.strip_prefix("/xrpc/") {
            return match method {
                "com.atproto.identity.resolveHandle" => Self::ResolveHandle,
                _ if request.headers.contains_key("atproto-proxy") => Self::Proxied,
                _ if method.starts_with("com.atproto.") => Self::Xrpc,
                _ => Self::Proxied,
            };
        }
        match path {
            "/.well-known/atproto-did" => Self::HandleDocument,
            "/.well-known/oauth-protected-resource" => Self::ProtectedResource,
            "/.well-known/oauth-authorization-server" => Self::AuthorizationServer,
            "/oauth/par" => Self::PushedRequest,
            "/oauth/token" if form.get("grant_type") == Some("refresh_token") => Self::Refresh,
            "/oauth/token" => Self::Exchange,
            "/oauth/revoke" => Self::Revocation,
            _ if path.starts_with("/oauth/authorize") => Self::Authorize,
            _ if path.starts_with("/did:") || path.starts_with("/did%3A") => Self::DidDocument,
            _ => Self::Other,
        }
    }

    /// Whether a fault for `self` concerns a request for `other`.
    pub(super) fn covers(self, other: Self) -> bool {
        self == Self::Any || self == other
    }

    /// Whether a refusal here has the shape of a resource server's.
    pub(super) fn is_resource(self) -> bool {
        matches!(self, Self::Xrpc | Self::Proxied)
    }
}

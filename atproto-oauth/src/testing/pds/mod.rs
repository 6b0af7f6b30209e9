//! The personal data servers.

mod identity;
mod proxy;
mod records;
mod session;
mod xrpc;

use axum::Router;
use axum::routing::{get, post};

use super::state::Site;

pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/", get(identity::about))
        .route(
            "/.well-known/oauth-protected-resource",
            get(identity::resource),
        )
        .route("/.well-known/atproto-did", get(identity::atproto_did))
        .route(
            "/xrpc/com.atproto.identity.resolveHandle",
            get(identity::resolve_handle),
        )
        .route(
            "/xrpc/com.atproto.server.describeServer",
            get(identity::describe_server),
        )
        .route(
            "/xrpc/com.atproto.server.getSession",
            get(session::get_session),
        )
        .route("/xrpc/com.atproto.repo.createRecord", post(records::create))
        .route("/xrpc/com.atproto.repo.putRecord", post(records::put))
        .route("/xrpc/com.atproto.repo.deleteRecord", post(records::delete))
        .route("/xrpc/com.atproto.repo.getRecord", get(records::get))
        .route("/xrpc/com.atproto.repo.listRecords", get(records::list))
        .route(
            "/xrpc/com.atproto.repo.uploadBlob",
            post(records::upload_blob),
        )
        .route("/xrpc/{nsid}", get(proxy::pass_on).post(proxy::pass_on))
}

//! Permissions made of their parts.

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::{AccountAction, AccountAttr, IdentityAttr, RepoAction, Scope};
use super::scope;
use crate::error::Error;
use AccountAction::{Manage, Read};
use RepoAction::{Create, Delete, Update};

const NO_NAMES: [&str; 0] = [];

/// The spelling that the documentation of `Atex.OAuth.Permission` shows for the same parts. Two of its
/// examples are no scopes and are refused below: `include:…?aud=*` and `rpc:…?inheritAud=true`.
#[test]
fn builders_spell_as_documented() {
    let service = "did:web:api.example.com#svc_appview";
    let all = RepoAction::ALL;
    for (built, text) in [
        (Scope::account(AccountAttr::Email, None), "account:email"),
        (
            Scope::account(AccountAttr::Email, Some(Read)),
            "account:email?action=read",
        ),
        (
            Scope::account(AccountAttr::Email, Some(Manage)),
            "account:email?action=manage",
        ),
        (
            Scope::account(AccountAttr::Repo, Some(Manage)),
            "account:repo?action=manage",
        ),
        (Scope::blob(["*/*"]), "blob:*/*"),
        (Scope::blob(["image/*"]), "blob:image/*"),
        (Scope::blob(["image/svg+xml"]), "blob:image/svg+xml"),
        (
            Scope::blob(["video/*", "text/html"]),
            "blob?accept=video/*&accept=text/html",
        ),
        (
            Scope::blob(["image/png", "image/jpeg"]),
            "blob?accept=image/png&accept=image/jpeg",
        ),
        (Scope::identity(IdentityAttr::Handle), "identity:handle"),
        (Scope::identity(IdentityAttr::All), "identity:*"),
        (
            Scope::repo(["app.example.profile"], all),
            "repo:app.example.profile",
        ),
        (
            Scope::repo(["app.example.post"], [Create]),
            "repo:app.example.post?action=create",
        ),
        (
            Scope::repo(["app.example.like"], [Delete]),
            "repo:app.example.like?action=delete",
        ),
        (
            Scope::repo(["app.example.repost"], [Create, Update]),
            "repo:app.example.repost?action=update&action=create",
        ),
        (
            Scope::repo(["app.example.repost"], [Create, Delete, Create]),
            "repo:app.example.repost?action=delete&action=create",
        ),
        (
            Scope::repo(["app.example.profile", "app.example.post"], all),
            "repo?collection=app.example.profile&collection=app.example.post",
        ),
        (
            Scope::repo(["app.example.like", "app.example.repost"], [Update]),
            "repo?collection=app.example.like&collection=app.example.repost&action=update",
        ),
        (Scope::repo(["*"], all), "repo:*"),
        (
            Scope::rpc(["app.example.moderation.createReport"], "*"),
            "rpc:app.example.moderation.createReport?aud=*",
        ),
        (
            Scope::rpc(["app.example.getFeed", "app.example.getProfile"], service),
            "rpc?aud=did:web:api.example.com%23svc_appview\
             &lxm=app.example.getFeed&lxm=app.example.getProfile",
        ),
        (
            Scope::rpc(["*"], service),
            "rpc:*?aud=did:web:api.example.com%23svc_appview",
        ),
        (
            Scope::include("com.example.authBasicFeatures", None),
            "include:com.example.authBasicFeatures",
        ),
        (
            Scope::include(
                "com.example.authFull",
                Some("did:web:api.example.com#svc_chat"),
            ),
            "include:com.example.authFull?aud=did:web:api.example.com%23svc_chat",
        ),
    ] {
        let built = built.unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(built.as_str(), text);
        assert_eq!(built, scope(text));
    }
}

/// SC-05, SC-06, SC-07, SC-10: what is no permission is not built, and the error says what to do.
#[test]
fn builders_refuse_what_is_no_permission() {
    let all = RepoAction::ALL;
    let many: Vec<String> = (0..400)
        .map(|n| format!("app.example.feed.post{n}"))
        .collect();
    let refused: Vec<(Result<Scope, Error>, &str)> = vec![
        // All actions off would mean all of them.
        (Scope::repo(["app.example.post"], []), "name an action"),
        (Scope::repo(NO_NAMES, all), "needs a collection"),
        (Scope::repo(NO_NAMES, [Create]), "needs a collection"),
        (Scope::repo([""], all), "whole NSID"),
        (Scope::repo(["app.example.*"], all), "whole NSID"),
        (Scope::repo(["app.example"], all), "whole NSID"),
        (Scope::repo(["app.example.post", "post"], all), "whole NSID"),
        (
            Scope::repo(["app.example.post?action=create"], all),
            "whole NSID",
        ),
        (
            Scope::repo(["app.example.post&collection=*"], all),
            "whole NSID",
        ),
        (Scope::repo(["app.example.po st"], all), "whole NSID"),
        (Scope::repo(["app.example.p\u{f6}st"], all), "whole NSID"),
        (Scope::repo(&many, all), "split it"),
        (Scope::rpc(NO_NAMES, "*"), "needs a method"),
        (Scope::rpc(["*"], "*"), "replace one"),
        (Scope::rpc(["app.example.getFeed", "*"], "*"), "replace one"),
        (
            Scope::rpc(["app.example.getFeed"], ""),
            "DID with a service",
        ),
        (
            Scope::rpc(["app.example.getFeed"], "did:web:example.com"),
            "DID with a service",
        ),
        (
            Scope::rpc(["app.example.getFeed"], "https://example.com#svc"),
            "DID with a service",
        ),
        (
            Scope::rpc(["app.example.getFeed"], "*&lxm=*"),
            "DID with a service",
        ),
        (Scope::blob(NO_NAMES), "needs a media type"),
        (Scope::blob(["image"]), "media type"),
        (Scope::blob(["*/png"]), "media type"),
        (
            Scope::blob(["image/*", "text/html; charset=utf-8"]),
            "media type",
        ),
        (Scope::include("com.example", None), "whole NSID"),
        (Scope::include("com.example.*", None), "whole NSID"),
        (
            Scope::include("com.example.auth", Some("*")),
            "DID with a service",
        ),
        (
            Scope::include("com.example.auth", Some("did:web:example.com")),
            "DID with a service",
        ),
        (
            "rpc:app.example.getPreferences?inheritAud=true".parse(),
            "no such parameter",
        ),
    ];
    for (built, part) in refused {
        let error = built
            .map(|scope| scope.to_string())
            .expect_err(part)
            .to_string();
        assert!(
            error.contains(part) && error.contains(';'),
            "{part}: {error}"
        );
    }
}

proptest! {
    /// Whatever the parts are, either there is no permission, or it is one for exactly these parts.
    #[test]
    fn never_another_permission_than_its_parts_say(
        names in vec(any_name(), 1..4),
        service in prop_oneof![any::<String>(), Just("did:web:a.example#s".into())],
    ) {
        let built = [
            Scope::repo(&names, [Create]),
            Scope::blob(&names),
            Scope::rpc(&names, &service),
            Scope::include(&names[0], Some(&service)),
        ];
        for built in built.into_iter().flatten() {
            prop_assert_eq!(&scope(built.as_str()), &built);
            let permission = built.permission().unwrap();
            let mut left = permission.names();
            for name in names.iter().take(if built.included().is_some() { 1 } else { 4 }) {
                let read = String::from_utf8(left.take().unwrap().decoded()).unwrap();
                prop_assert_eq!(&read, name);
            }
            prop_assert!(left.take().is_none());
            let audience = permission.audience().map(|text| String::from_utf8(text.decoded()).unwrap());
            prop_assert!(audience.is_none_or(|audience| audience == service));
        }
    }
}

/// Names that are right, and some that try to be more.
fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z]{2,4}(\\.[a-z]{1,4}){2}",
        2 => "(image|text)/[a-z+.]{1,6}",
        1 => "[a-z]\\.[a-z]\\.[a-z][&?=:#%*]{0,2}[a-z0-9=]{0,6}",
        1 => any::<String>(),
    ]
}

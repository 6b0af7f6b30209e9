//! What each resource allows, and the sentences that say so. Permissions specification, "Resource Types".

use super::media_type::is_media_range;
use super::nsid::{is_nsid, is_service};
use super::permission::{Permission, Resource, action_bit};
use super::syntax::Reason;

impl<'a> Permission<'a> {
    /// A permission of the specification, with everything that it says of the resource.
    pub(super) const fn parse(text: &'a str) -> Result<Self, Reason> {
        let permission = match Self::split(text) {
            Ok(permission) => permission,
            Err(reason) => return Err(reason),
        };
        match check(&permission) {
            Ok(()) => Ok(permission),
            Err(reason) => Err(reason),
        }
    }
}

/// Everything that is said about one resource alone.
const fn check(permission: &Permission<'_>) -> Result<(), Reason> {
    if let Err(reason) = check_keys(permission) {
        return Err(reason);
    }
    match permission.resource {
        Resource::Atproto | Resource::Generic | Resource::Email | Resource::Chat => Ok(()),
        Resource::Repo => check_repo(permission),
        Resource::Rpc => check_rpc(permission),
        Resource::Blob => check_blob(permission),
        Resource::Account => check_account(permission),
        Resource::Identity => check_identity(permission),
        Resource::Include => check_include(permission),
    }
}

/// Which parameters a resource takes besides the positional one, and which of them only once.
struct Keys {
    main_once: bool,
    other: Option<&'static str>,
    other_once: bool,
    unknown: Reason,
    repeated: Reason,
}

const fn keys(resource: Resource) -> Option<Keys> {
    let (main_once, other, other_once, unknown, repeated) = match resource {
        Resource::Atproto | Resource::Generic | Resource::Email | Resource::Chat => return None,
        Resource::Repo => (
            false,
            Some("action"),
            false,
            "`repo` has no such parameter; it takes `collection` and `action`",
            "",
        ),
        Resource::Rpc => (
            false,
            Some("aud"),
            true,
            "`rpc` has no such parameter; it takes `lxm` and `aud`",
            "`rpc` takes one `aud`; write one permission per service",
        ),
        Resource::Blob => (
            false,
            None,
            false,
            "`blob` has no such parameter; it takes `accept`",
            "",
        ),
        Resource::Account => (
            true,
            Some("action"),
            true,
            "`account` has no such parameter; it takes `attr` and `action`",
            "`account` takes one `attr` and one `action`, and `manage` includes `read`; write one permission per attribute",
        ),
        Resource::Identity => (
            true,
            None,
            false,
            "`identity` has no such parameter; write `identity:handle` or `identity:*`",
            "`identity` takes one `attr`; write `identity:handle` or `identity:*`",
        ),
        Resource::Include => (
            true,
            Some("aud"),
            true,
            "`include` has no such parameter; it takes `aud`",
            "`include` takes one permission set and one `aud`; write one permission per set",
        ),
    };
    Some(Keys {
        main_once,
        other,
        other_once,
        unknown,
        repeated,
    })
}

const fn check_keys(permission: &Permission<'_>) -> Result<(), Reason> {
    let (Some(keys), Some(main)) = (keys(permission.resource), permission.resource.main_key())
    else {
        return Ok(());
    };
    let (mut mains, mut others) = (0_usize, 0_usize);
    let mut parameters = permission.syntax.parameters();
    while let Some((key, _)) = parameters.take() {
        if key.is(main) {
            mains += 1;
        } else if let Some(other) = keys.other
            && key.is(other)
        {
            others += 1;
        } else {
            return Err(keys.unknown);
        }
    }
    if mains > 0 && permission.syntax.positional.is_some() {
        return Err("what stands after `:` is given again after `?`; write all of it after `?`");
    }
    if (keys.main_once && mains > 1) || (keys.other_once && others > 1) {
        return Err(keys.repeated);
    }
    Ok(())
}

const fn check_repo(permission: &Permission<'_>) -> Result<(), Reason> {
    let (mut collections, mut any) = (permission.names(), false);
    while let Some(collection) = collections.take() {
        if !collection.is("*") && !is_nsid(collection) {
            return Err("the collection of `repo` must be a whole NSID or `*`; \
                write for example `repo:app.bsky.feed.post`");
        }
        any = true;
    }
    if !any {
        return Err("`repo` needs a collection; write for example `repo:app.bsky.feed.post`");
    }
    let mut actions = permission.syntax.values("action", false);
    while let Some(action) = actions.take() {
        if action_bit(action) == 0 {
            return Err("there is no such action in `repo`; write `action=create`, \
                `action=update` or `action=delete`, joined by `&`, or none for all three");
        }
    }
    Ok(())
}

const fn check_rpc(permission: &Permission<'_>) -> Result<(), Reason> {
    let Some(audience) = permission.audience() else {
        return Err("`rpc` needs a service; \
            add for example `?aud=did:web:api.bsky.app%23bsky_appview`, or `?aud=*`");
    };
    let any_service = audience.is("*");
    if !any_service && !is_service(audience) {
        return Err("the `aud` of `rpc` must be a DID with a service, or `*`; \
            write for example `did:web:api.bsky.app%23bsky_appview`");
    }
    let (mut methods, mut any) = (permission.names(), false);
    while let Some(method) = methods.take() {
        let all = method.is("*");
        if all && any_service {
            return Err("`rpc` must name the method or the service; \
                replace one of the two `*`");
        }
        if !all && !is_nsid(method) {
            return Err("the method of `rpc` must be a whole NSID or `*`; \
                write for example `rpc:app.bsky.feed.getTimeline?aud=*`");
        }
        any = true;
    }
    if !any {
        return Err(
            "`rpc` needs a method; write for example `rpc:app.bsky.feed.getTimeline?aud=*`",
        );
    }
    Ok(())
}

const fn check_blob(permission: &Permission<'_>) -> Result<(), Reason> {
    let (mut accepted, mut any) = (permission.names(), false);
    while let Some(media) = accepted.take() {
        if !is_media_range(media) {
            return Err("`blob` takes a media type, `type/*` or `*/*`; \
                write for example `blob:image/*`");
        }
        any = true;
    }
    if !any {
        return Err("`blob` needs a media type; write for example `blob:image/*`");
    }
    Ok(())
}

const fn check_account(permission: &Permission<'_>) -> Result<(), Reason> {
    match permission.names().take() {
        Some(attr) if attr.is("email") || attr.is("repo") || attr.is("status") => {}
        Some(_) => {
            return Err("there is no such attribute in `account`; \
                write `account:email` or `account:repo`");
        }
        None => {
            return Err("`account` needs an attribute; write `account:email` or `account:repo`");
        }
    }
    match permission.syntax.values("action", false).take() {
        Some(action) if !action.is("read") && !action.is("manage") => Err(
            "there is no such action in `account`; write `action=manage`, or no `action` to read",
        ),
        _ => Ok(()),
    }
}

const fn check_identity(permission: &Permission<'_>) -> Result<(), Reason> {
    match permission.names().take() {
        Some(attr) if attr.is("handle") || attr.is("*") => Ok(()),
        Some(_) => Err("there is no such attribute in `identity`; \
            write `identity:handle` or `identity:*`"),
        None => Err("`identity` needs an attribute; write `identity:handle` or `identity:*`"),
    }
}

const fn check_include(permission: &Permission<'_>) -> Result<(), Reason> {
    match permission.names().take() {
        Some(set) if is_nsid(set) => {}
        Some(_) => {
            return Err("the permission set of `include` must be a whole NSID; \
                write for example `include:app.bsky.authFull`");
        }
        None => {
            return Err("`include` needs a permission set; \
                write for example `include:app.bsky.authFull`");
        }
    }
    match permission.audience() {
        Some(audience) if !is_service(audience) => {
            Err("the `aud` of `include` must be a DID with a service; \
                write for example `did:web:api.bsky.app%23bsky_appview`")
        }
        _ => Ok(()),
    }
}

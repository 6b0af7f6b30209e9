//! What an application declares, and what the compiler says of it.

use std::iter;
use std::panic::catch_unwind;

use super::super::require::require;
use super::super::{DeclaredScopes, ScopeSet};
use crate::error::ErrorKind;

const GOOD: DeclaredScopes = DeclaredScopes::new(
    &[
        "atproto",
        "repo:a.b.c?action=create",
        "repo:a.b.c?action=update",
        "transition:generic",
    ],
    &[
        "blob:image/*",
        "transition:chat.bsky",
        "include:a.b.authFull",
    ],
);
const _: () = {
    GOOD.check_atproto();
    let mut n = 0;
    while n < 10 {
        GOOD.check(n);
        n += 1;
    }
    assert!(GOOD.covers("repo:a.b.c?action=create&action=update"));
    assert!(!GOOD.covers("account:email"));
    assert!(!GOOD.covers("repo:%ZZ"));
    require(Some(GOOD), "App", "repo:a.b.c?action=create");
    require(None, "App", "account:email");
};

fn message(run: impl FnOnce() + std::panic::UnwindSafe) -> String {
    let payload = catch_unwind(run).expect_err("no error");
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => payload
            .downcast::<&str>()
            .map_or_else(|_| String::new(), |t| (*t).into()),
    }
}

fn problem(scopes: &'static [&'static str], optional: &'static [&'static str], n: usize) -> String {
    message(move || DeclaredScopes::new(scopes, optional).check(n))
}

#[test]
fn all_is_the_scope_of_the_client_metadata() {
    let declared = DeclaredScopes::new(&["atproto", "repo:a.b.c"], &["blob:*/*"]);
    assert_eq!(declared.all(), "atproto repo:a.b.c blob:*/*");
    assert_eq!(declared.scopes(), ["atproto", "repo:a.b.c"]);
    assert_eq!(declared.optional(), ["blob:*/*"]);
}

/// SC-05
#[test]
fn a_bad_literal_is_named_with_its_repair() {
    assert_eq!(
        problem(&["atproto", "repo:app.bsky.*"], &[], 1),
        "`repo:app.bsky.*` is not a permission: the collection of `repo` must be a whole NSID or \
         `*`; write for example `repo:app.bsky.feed.post`"
    );
    assert!(problem(&["atproto"], &["repo:x y"], 1).contains("contains a space"));
    assert!(problem(&["f\u{f6}\u{f6}"], &[], 0).starts_with("`f\u{f6}\u{f6}` is not"));
}

/// CM-07
#[test]
fn duplicates_are_refused() {
    assert_eq!(
        problem(&["atproto", "repo:a.b.c"], &["repo:a.b.c"], 2),
        "`repo:a.b.c` is declared twice; remove one"
    );
}

/// SC-12
#[test]
fn sc_12_chat_needs_generic_where_it_is_asked_for() {
    assert!(problem(&["atproto"], &["transition:chat.bsky"], 1).contains("transition:generic"));
    let apart: (&[&str], &[&str]) = (&["transition:chat.bsky"], &["transition:generic"]);
    assert!(problem(apart.0, apart.1, 0).contains("is nothing without"));
    DeclaredScopes::new(
        &["atproto"],
        &["transition:chat.bsky", "transition:generic"],
    )
    .check(1);
}

#[test]
fn atproto_is_always_asked_for() {
    let missing = DeclaredScopes::new(&["repo:a.b.c"], &["atproto"]);
    assert!(message(move || missing.check_atproto()).contains("add `\"atproto\"`"));
}

/// What is granted is read up to a limit; beyond it every permission would seem to be refused.
#[test]
fn sc_14_never_more_than_can_be_granted() {
    let name = "a".repeat(60);
    let text = |n: usize| &*format!("repo:a{n:04}.{name}.{name}.{name}.{name}.c").leak();
    let all: &[&str] = Vec::leak(iter::once("atproto").chain((0..150).map(text)).collect());
    let within = 1 + (ScopeSet::MAX_BYTES - "atproto".len()) / (text(0).len() + 1);
    let (whole, rest) = all.split_at(within);
    assert!(DeclaredScopes::new(whole, &[]).validate().is_ok());
    let set: Result<ScopeSet, _> = whole.join(" ").parse();
    assert_eq!(set.unwrap().len(), whole.len());
    let more = DeclaredScopes::new(whole, rest);
    assert!(more.all().parse::<ScopeSet>().is_err());
    let error = more.validate().unwrap_err();
    assert!(error.to_string().contains("longer than 32 KiB"), "{error}");
    assert!(message(move || more.check(within)).contains("longer than 32 KiB"));
    // One mistake is one error.
    for n in [0, within - 1, within + 1, all.len() - 1] {
        more.check(n);
    }
}

#[test]
fn what_is_out_of_range_is_not_checked() {
    DeclaredScopes::new(&["nonsense"], &[]).check(1);
}

/// The same sentences at run time.
#[test]
fn validate_finds_what_the_compiler_finds() {
    assert!(GOOD.validate().is_ok());
    for (scopes, words) in [
        (&["atproto", "repo:%ZZ"] as &[&str], "hexadecimal"),
        (&["repo:a.b.c"], "lacks `\"atproto\"`"),
        (&["atproto", "atproto"], "declared twice"),
        (&[], "lacks `\"atproto\"`"),
    ] {
        let error = DeclaredScopes::new(scopes, &[]).validate().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn never_covers_a_text_that_is_no_permission() {
    for text in ["", "nonsense", "repo:%ZZ", "repo:a.*", "atproto atproto"] {
        assert!(!GOOD.covers(text), "{text}");
    }
    let malformed = DeclaredScopes::new(&["atproto", "repo:a.*"], &[]);
    assert!(!malformed.covers("repo:a.b.c"));
    assert!(malformed.covers("atproto"));
    let unknown_key = DeclaredScopes::new(&["atproto", "repo:*?new=1"], &[]);
    assert!(!unknown_key.covers("repo:a.b.c"));
}

#[test]
fn requires_names_the_application_and_the_attribute() {
    let error = message(|| require(Some(GOOD), "App", "account:email"));
    assert_eq!(
        error,
        "`App` does not declare `account:email`; add it to `scopes` or \
         `optional_scopes` of its `#[atproto_oauth]`"
    );
    require(Some(GOOD), "App", "include:a.b.authFull");
}

/// SC-08: `manage` includes `read`, so one permission does for both.
#[test]
fn sc_08_managing_is_named_where_only_reading_is_declared() {
    let app = DeclaredScopes::new(&["atproto", "account:repo"], &["account?attr=email"]);
    assert_eq!(
        message(move || require(Some(app), "App", "account:repo?action=manage")),
        "`App` declares `account:repo`, which is there to read and not to manage; write \
         `account:repo?action=manage` in its place"
    );
    let email = message(move || require(Some(app), "App", "account:email?action=manage"));
    assert!(
        email.starts_with("`App` declares `account?attr=email`, which"),
        "{email}"
    );
    require(Some(app), "App", "account:repo");
    let other = DeclaredScopes::new(&["atproto", "account:repo?action=manage"], &[]);
    require(Some(other), "App", "account:repo");
    let error = message(move || require(Some(other), "App", "account:email?action=manage"));
    assert!(error.starts_with("`App` does not declare"), "{error}");
}

/// SC-11: what a set holds is not known while compiling, so the set itself is required.
#[test]
fn sc_11_what_comes_from_a_set_is_required_by_the_set() {
    let app = DeclaredScopes::new(&["atproto", "repo:a.b.c"], &["include:a.b.authFull"]);
    assert_eq!(
        message(move || require(Some(app), "App", "repo:a.b.d?action=create")),
        "`App` does not declare `repo:a.b.d?action=create`, unless it comes from \
         `include:a.b.authFull`; require that set by the same text, or add the permission to \
         `scopes` or `optional_scopes` of its `#[atproto_oauth]`"
    );
    for other in ["repo:a.c.d", "repo:*", "blob:text/plain", "include:a.b.d"] {
        let error = message(move || require(Some(app), "App", other));
        assert!(
            error.ends_with("`; add it to `scopes` or `optional_scopes` of its `#[atproto_oauth]`"),
            "{error}"
        );
    }
}

/// One mistake is one error: the malformed scope is reported at its own literal.
#[test]
fn requires_is_silent_where_a_declared_scope_is_malformed() {
    let malformed = DeclaredScopes::new(&["atproto", "repo:a.*"], &[]);
    require(Some(malformed), "App", "account:email");
    let error = message(move || require(Some(malformed), "App", "repo:b.*"));
    assert!(
        error.starts_with("`repo:b.*` is not a permission"),
        "{error}"
    );
}

/// A long text is cut, in the middle of no character, and the reason still stands behind it.
#[test]
fn long_literals_keep_their_reason() {
    let long: &'static str = Box::leak("\u{f6}".repeat(5000).into_boxed_str());
    let list: &'static [&'static str] = Box::leak(Box::new([long]));
    let error = problem(list, &[], 0);
    assert!(
        error.ends_with("`%25` for a `%`") || error.contains("split it"),
        "{error}"
    );
    assert!(error.len() < 600);
}

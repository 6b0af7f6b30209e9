//! Compares expansions of the derive with files that people can read. `UPDATE_EXPECT=1` writes them anew.

use expect_test::{ExpectFile, expect_file};

use super::expand;

fn check(item: &str, file: &ExpectFile) -> usize {
    let tokens = expand(item.parse().unwrap());
    let text = prettyplease::unparse(&syn::parse2(tokens).unwrap());
    file.assert_eq(&text);
    text.lines().count()
}

#[test]
fn an_author_is_short_enough_to_be_read() {
    let lines = check(
        r#"
            #[session(app = App, requires = ["repo:app.bsky.feed.post?action=create"])]
            struct Author {
                did: Did,
                handle: Option<Handle>,
                session: AppSession,
                #[session(with = load_profile)]
                profile: Profile,
            }
        "#,
        &expect_file!["../../snapshots/author.rs"],
    );
    assert!(lines < 80, "{lines} lines");
}

#[test]
fn a_generic_tuple_for_a_generic_app() {
    check(
        r"
            #[session(app = crate::App<D>, requires = [POST], rejection = ApiError, crate = vendored::auth)]
            pub struct Author<D: Database, const N: usize>(
                Did,
                #[session(with = loaders::rows::<D, N>)] [D::Row; N],
            )
            where
                D::Row: Send;
        ",
        &expect_file!["../../snapshots/generic_author.rs"],
    );
}

#[test]
fn after_mistakes_an_extractor_is_written() {
    check(
        "#[session(requires = \"repo:a.b.c\")] struct Author<'a> { #[session(wiht = 5)] name: &'a str }",
        &expect_file!["../../snapshots/author_mistakes.rs"],
    );
}

#[test]
fn the_app_is_spelled_as_it_is_typed() {
    let item =
        r#"#[session(app = App<dyn Store + 'static, 5>, requires = ["blob:*/*"])] struct Author;"#;
    let written = expand(item.parse().unwrap()).to_string();
    assert!(
        written.contains("\"App<dyn Store+'static, 5>\""),
        "{written}"
    );
}

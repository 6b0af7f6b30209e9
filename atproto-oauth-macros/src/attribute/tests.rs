//! Compares expansions of the attribute with files that people can read. `UPDATE_EXPECT=1` writes them anew.

use expect_test::{ExpectFile, expect_file};

use super::expand;

/// Compares the expansion with its file, and gives the number of lines.
fn check(args: &str, item: &str, file: &ExpectFile) -> usize {
    let tokens = expand(args.parse().unwrap(), item.parse().unwrap());
    let text = prettyplease::unparse(&syn::parse2(tokens).unwrap());
    file.assert_eq(&text);
    text.lines().count()
}

#[test]
fn hello_is_short_enough_to_be_read() {
    let lines = check(
        "callback = signed_in, logout = signed_out",
        "#[derive(Clone)] struct App { oauth: OAuthClient }",
        &expect_file!["../../snapshots/hello.rs"],
    );
    assert!(lines < 60, "{lines} lines");
}

#[test]
fn every_argument_on_a_generic_struct() {
    check(
        r#"
            callback = pages::signed_in::<D>,
            logout = App::signed_out,
            error = <App<D> as Pages>::sorry,
            scopes = ["atproto", POST],
            optional_scopes = ["blob:image/*"],
            prefix = "/sign-in",
            client = 1,
            accounts = 1_u8,
            session = Person,
            session_key = PersonKey,
            state = Arc<App<D, N>>,
            crate = vendored::auth,
        "#,
        r#"
            /// Documented.
            #[derive(Clone, FromRef)]
            #[serde(rename = "app")]
            pub(crate) struct App<D: Database = Postgres, const N: usize = 3>(
                OAuthClient,
                #[from_ref(skip)] pub OAuthClient,
                [D; N],
            )
            where
                D: Debug;
        "#,
        &expect_file!["../../snapshots/every_argument.rs"],
    );
}

#[test]
fn after_mistakes_all_impls_are_written() {
    check(
        r#"logout = "/", accounts = 0, scopes = ["atproto", 5]"#,
        "struct App<'a, D: Borrow<&'a str>> where D: 'a { name: &'a str, data: D }",
        &expect_file!["../../snapshots/mistakes.rs"],
    );
}

#[test]
fn on_another_item_only_the_mistake_is_added() {
    check(
        "callback = signed_in",
        "pub async fn app() {}",
        &expect_file!["../../snapshots/function.rs"],
    );
}

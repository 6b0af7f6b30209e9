//! Proofs of many and of long permissions stay below what the compiler takes for an endless loop
//! (`long_running_const_eval`, an error unless allowed).

use atproto_oauth::prelude::*;

/// A hundred permissions for the application, and twenty structs that require one each.
macro_rules! large {
    ($($group:literal)*: $($name:ident $required:literal)*) => {
        #[atproto_oauth(callback = done, optional_scopes = [$(
            concat!("repo:com.example.", $group, ".a?action=create"),
            concat!("repo:com.example.", $group, ".b?action=create"),
            concat!("repo:com.example.", $group, ".c?action=create"),
            concat!("repo:com.example.", $group, ".d?action=create"),
            concat!("repo:com.example.", $group, ".e?action=create"),
            concat!("repo:com.example.", $group, ".f?action=create"),
            concat!("repo:com.example.", $group, ".g?action=create"),
            concat!("repo:com.example.", $group, ".h?action=create"),
            concat!("repo:com.example.", $group, ".i?action=create"),
            concat!("repo:com.example.", $group, ".j?action=create"),
        )*])]
        #[derive(Clone)]
        struct Large {
            oauth: OAuthClient,
        }

        $(
            #[derive(SessionExtractor)]
            #[session(
                app = Large,
                requires = [concat!("repo:com.example.", $required, "?action=create")],
            )]
            struct $name;
        )*

        #[test]
        fn many() {
            $( let _ = $name; )*
            let _ = Large::oauth_routes();
            assert_eq!(<Large as atproto_oauth::OAuthApp>::SCOPES.optional().len(), 100);
        }
    };
}

large! {
    "a" "b" "c" "d" "e" "f" "g" "h" "i" "j":
    E1 "i.a" E2 "i.b" E3 "i.c" E4 "i.d" E5 "i.e" E6 "i.f" E7 "i.g" E8 "i.h" E9 "i.i" E10 "i.j"
    E11 "j.a" E12 "j.b" E13 "j.c" E14 "j.d" E15 "j.e" E16 "j.f" E17 "j.g" E18 "j.h" E19 "j.i" E20 "j.j"
}

async fn done() {}

macro_rules! ten {
    ($text:expr) => {
        concat!(
            $text, $text, $text, $text, $text, $text, $text, $text, $text, $text
        )
    };
}

/// As long as a permission can be.
const LONGEST: &str = concat!(
    "repo?collection=com.example.note",
    ten!(ten!("&collection=com.example.note")),
    ten!(ten!("&collection=com.example.page")),
    ten!(ten!("&collection=com.example.x")),
    "&collection=com.example.theVeryLastOfThreeHundredAndTwoNames",
);

#[atproto_oauth(callback = done, optional_scopes = [LONGEST])]
#[derive(Clone)]
struct Long {
    oauth: OAuthClient,
}

/// The same text, and one that its last name covers.
#[derive(SessionExtractor)]
#[session(app = Long, requires = [LONGEST, "repo:com.example.theVeryLastOfThreeHundredAndTwoNames"])]
struct Whole;

#[test]
fn long() {
    let _ = Whole;
    assert_eq!(LONGEST.len(), atproto_oauth::Scope::MAX_BYTES);
}

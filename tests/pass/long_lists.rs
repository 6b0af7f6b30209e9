//! Long lists and long permissions: proving them takes the compiler less than it warns about.

use atproto_oauth::prelude::*;

const MANY: &str = "repo?collection=com.example.k0&collection=com.example.k1&\
    collection=com.example.k2&collection=com.example.k3&collection=com.example.k4&\
    collection=com.example.k5&collection=com.example.k6&collection=com.example.k7&\
    collection=com.example.k8&collection=com.example.k9&collection=com.example.l0&\
    collection=com.example.l1&collection=com.example.l2&collection=com.example.l3&\
    collection=com.example.l4&collection=com.example.l5&collection=com.example.l6&\
    collection=com.example.l7&collection=com.example.l8&collection=com.example.l9&\
    collection=com.example.m0&collection=com.example.m1&collection=com.example.m2&\
    collection=com.example.m3&collection=com.example.m4&collection=com.example.m5&\
    collection=com.example.m6&collection=com.example.m7&collection=com.example.m8&\
    collection=com.example.m9&collection=com.example.n0&collection=com.example.n1&\
    collection=com.example.n2&collection=com.example.n3&collection=com.example.n4&\
    collection=com.example.n5&collection=com.example.n6&collection=com.example.n7&\
    collection=com.example.n8&collection=com.example.n9";

macro_rules! app {
    ($($scope:literal)*) => {
        #[atproto_oauth(callback = done, scopes = ["atproto", $($scope),*], optional_scopes = [MANY])]
        #[derive(Clone)]
        struct App {
            oauth: OAuthClient,
        }

        #[derive(SessionExtractor)]
        #[session(app = App, requires = [$($scope),*, MANY])]
        struct All {
            did: Did,
        }
    };
}

app! {
    "repo:com.example.a0" "repo:com.example.a1" "repo:com.example.a2" "repo:com.example.a3"
    "repo:com.example.a4" "repo:com.example.a5" "repo:com.example.a6" "repo:com.example.a7"
    "repo:com.example.a8" "repo:com.example.a9" "repo:com.example.b0" "repo:com.example.b1"
    "repo:com.example.b2" "repo:com.example.b3" "repo:com.example.b4" "repo:com.example.b5"
    "repo:com.example.b6" "repo:com.example.b7" "repo:com.example.b8" "repo:com.example.b9"
    "repo:com.example.c0" "repo:com.example.c1" "repo:com.example.c2" "repo:com.example.c3"
    "repo:com.example.c4" "repo:com.example.c5" "repo:com.example.c6" "repo:com.example.c7"
    "repo:com.example.c8" "repo:com.example.c9" "repo:com.example.d0" "repo:com.example.d1"
    "repo:com.example.d2" "repo:com.example.d3" "repo:com.example.d4" "repo:com.example.d5"
    "repo:com.example.d6" "repo:com.example.d7" "repo:com.example.d8" "repo:com.example.d9"
    "repo:com.example.e0" "repo:com.example.e1" "repo:com.example.e2" "repo:com.example.e3"
    "repo:com.example.e4" "repo:com.example.e5" "repo:com.example.e6" "repo:com.example.e7"
    "repo:com.example.e8" "repo:com.example.e9" "repo:com.example.f0" "repo:com.example.f1"
    "repo:com.example.f2" "repo:com.example.f3" "repo:com.example.f4" "repo:com.example.f5"
    "repo:com.example.f6" "repo:com.example.f7" "repo:com.example.f8" "repo:com.example.f9"
    "repo:com.example.g0" "repo:com.example.g1" "repo:com.example.g2" "repo:com.example.g3"
    "repo:com.example.g4" "repo:com.example.g5" "repo:com.example.g6" "repo:com.example.g7"
    "repo:com.example.g8" "repo:com.example.g9" "repo:com.example.h0" "repo:com.example.h1"
    "repo:com.example.h2" "repo:com.example.h3" "repo:com.example.h4" "repo:com.example.h5"
    "repo:com.example.h6" "repo:com.example.h7" "repo:com.example.h8" "repo:com.example.h9"
    "repo:com.example.i0" "repo:com.example.i1" "repo:com.example.i2" "repo:com.example.i3"
    "repo:com.example.i4" "repo:com.example.i5" "repo:com.example.i6" "repo:com.example.i7"
    "repo:com.example.i8" "repo:com.example.i9" "repo:com.example.j0" "repo:com.example.j1"
    "repo:com.example.j2" "repo:com.example.j3" "repo:com.example.j4" "repo:com.example.j5"
    "repo:com.example.j6" "repo:com.example.j7" "repo:com.example.j8" "repo:com.example.j9"
}

async fn done() {}

#[test]
fn all_of_it_is_declared() {
    let _ = |all: All| all.did;
    assert_eq!(<All as SessionExtractor>::REQUIRES.len(), 101);
    assert_eq!(App::SCOPES.scopes().len(), 101);
}

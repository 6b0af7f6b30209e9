//! Pages of the library that the application replaces, one by one.

use atproto_oauth::web::pages::{Cancelled, ErrorPage, Pages, SignIn, escape};

use crate::app::harness::person::*;
use crate::app::harness::site::Site;

struct Mine;

impl Pages for Mine {
    fn styles(&self) -> &'static str {
        "body { color: teal }"
    }

    fn sign_in(&self, page: &SignIn<'_>) -> String {
        let problem = page.problem.map_or("none", |problem| problem.message);
        format!(
            "MINE sign-in {} {} {}",
            escape(page.app),
            escape(page.handle),
            escape(problem)
        )
    }

    fn error(&self, page: &ErrorPage<'_>) -> String {
        format!("MINE error {} {}", page.code, page.status)
    }

    fn cancelled(&self, page: &Cancelled<'_>) -> String {
        format!("MINE cancelled {}", escape(page.login))
    }
}

/// What is replaced is shown, what is not stays, and the headers are those of every page.
#[tokio::test]
async fn pages_are_replaced_one_by_one() {
    let site = Site::with(|builder| builder.pages(Mine).client_name("Notes <3")).await;
    let mut person = site.person();
    let mut all = Vec::new();
    let answer = person
        .send(navigate("cross-site", "/oauth/login?handle=%3Cb%3E"))
        .await;
    assert_eq!(answer.page(), "MINE sign-in Notes &lt;3 &lt;b&gt; none");
    all.push(answer);
    let answer = person
        .send(submit("/oauth/login", &[("handle", "unknown.test")]))
        .await;
    assert_eq!(answer.status, 400);
    assert!(answer.page().starts_with("MINE sign-in") && !answer.page().ends_with("none"));
    all.push(answer);
    let answer = person.send(click("/oauth/callback")).await;
    assert_eq!(answer.page(), "MINE error invalid_callback_request 400");
    answer.assert_private();
    let url = person.start("alice.test").await;
    let address = site.network.deny(&url).await.unwrap();
    let answer = person.come_back(&address).await;
    assert_eq!(answer.page(), "MINE cancelled /oauth/login?return_to=%2F");
    answer.assert_private();
    person.sign_in(&site.network, "alice.test").await;
    for path in ["/oauth/accounts", "/oauth/logout"] {
        let answer = person.send(navigate("none", path)).await;
        assert!(answer.page().contains("body { color: teal }"), "{answer:?}");
        all.push(answer);
    }
    for answer in all {
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
    }
}

//! Four processes with 25 tasks each use one session whose access token lives for two seconds.

use std::time::Duration;

use crate::backend::Backend;
use crate::fleet::{Node, SHORT_LIFE, Windows};
use crate::long_or;
use crate::stage::{Spent, Stage, TokenRequest, eventually, works};

const PROCESSES: usize = 4;
const TASKS: usize = 25;

/// TK-02, TK-03: nothing fails, and each refresh token is spent once.
async fn one_refresh_for_the_whole_fleet(backend: Backend) {
    let name = backend.name();
    let wanted = long_or(10, 60);
    let stage = Stage::new(backend);
    stage.tokens_live(SHORT_LIFE).await;
    let client = stage.client().await;
    let session = stage.sign_in(&client).await;
    let key = session.key().to_string();
    stage.token_requests().await;

    // As many requests as the reference server, one process of node, can answer in time.
    let plan = stage.plan(&[key], TASKS, Duration::from_millis(500));
    let mut nodes = Vec::new();
    for _ in 0..PROCESSES {
        nodes.push(Node::start(&plan).await);
    }
    let mut seen: Vec<TokenRequest> = Vec::new();
    let patience = Duration::from_secs(30 + 6 * wanted as u64);
    eventually("as many rotations", patience, async || {
        seen.extend(stage.token_requests().await);
        let failure = nodes.iter().flat_map(Node::failures).next();
        assert!(failure.is_none(), "{name} {failure:?}; so far: {seen:#?}");
        Spent::of(&seen).rotations >= wanted
    })
    .await;
    let (mut requests, mut slowest, mut windows) = (0, 0, Windows::default());
    for node in nodes {
        let (report, failures) = node.finish().await;
        assert!(failures.is_empty(), "{name}: {failures:?}");
        requests += report.requests;
        slowest = slowest.max(report.slowest_ms);
        windows.add(&report);
    }
    works(&session).await.unwrap();
    seen.extend(stage.token_requests().await);
    let spent = Spent::of(&seen);
    println!(
        "{name} {} rotations, {requests} requests, the slowest {slowest} ms; {windows}",
        spent.rotations
    );
    assert!(spent.again.is_empty(), "{name}: {spent:?}");
    assert!(spent.refused.is_empty(), "{name}: {spent:?}");
    let rows = client.sessions_of(session.did()).await.unwrap();
    assert_eq!(rows.len(), 1, "alive at the end");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
async fn tk_02_one_refresh_for_the_whole_fleet_sqlite() {
    one_refresh_for_the_whole_fleet(Backend::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs the reference server and PostgreSQL; `tests/run` brings them"]
async fn tk_02_one_refresh_for_the_whole_fleet_postgres() {
    one_refresh_for_the_whole_fleet(Backend::postgres()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs the reference server and Redis; `tests/run` brings them"]
async fn tk_02_one_refresh_for_the_whole_fleet_redis() {
    one_refresh_for_the_whole_fleet(Backend::redis()).await;
}

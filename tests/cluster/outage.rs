//! Outages of what all processes depend on: the store, the authorization server.

use std::time::Duration;

use atproto_oauth::Session;

use crate::backend::Backend;
use crate::fleet::{Failure, Node, SHORT_LIFE};
use crate::long_or;
use crate::stage::{Spent, Stage, TokenRequest, eventually, works};

const PROCESSES: usize = 2;
/// The longest wait for refreshes, for a failure, and for a session that works again.
const PROGRESS_LIMIT: Duration = Duration::from_mins(1);

/// Some processes that use these sessions, and the token requests so far.
struct Running {
    stage: Stage,
    nodes: Vec<Node>,
    seen: Vec<TokenRequest>,
}

impl Running {
    async fn start(stage: Stage, sessions: &[&Session]) -> Self {
        stage.token_requests().await;
        let keys: Vec<_> = sessions.iter().map(|s| s.key().to_string()).collect();
        let plan = stage.plan(&keys, 4 * keys.len(), Duration::from_millis(100));
        let mut nodes = Vec::new();
        for _ in 0..PROCESSES {
            nodes.push(Node::start(&plan).await);
        }
        let mut running = Self {
            stage,
            nodes,
            seen: Vec::new(),
        };
        running.refreshed(2).await;
        let before = running.failures();
        assert!(before.is_empty(), "{before:?}");
        running
    }

    /// Waits for so many more refreshes.
    async fn refreshed(&mut self, more: usize) {
        let wanted = Spent::of(&self.seen).rotations + more;
        eventually("refreshes", PROGRESS_LIMIT, async || {
            self.seen.extend(self.stage.token_requests().await);
            Spent::of(&self.seen).rotations >= wanted
        })
        .await;
    }

    fn failures(&self) -> Vec<Failure> {
        self.nodes.iter().flat_map(Node::failures).collect()
    }

    /// The failures so far. Waits for the first, without which an outage shows nothing.
    async fn failed(&self) -> Vec<Failure> {
        let mut all = self.failures();
        eventually("a failure", PROGRESS_LIMIT, async || {
            all.extend(self.failures());
            !all.is_empty()
        })
        .await;
        all
    }

    /// Everything works again, and nothing was spent twice.
    async fn end(mut self, sessions: &[&Session]) {
        self.refreshed(2).await;
        for session in sessions {
            eventually("it works", PROGRESS_LIMIT, async || {
                works(session).await.is_ok()
            })
            .await;
        }
        self.failures();
        self.refreshed(2).await;
        for node in self.nodes {
            let (_, late) = node.finish().await;
            assert!(late.is_empty(), "long after it: {late:?}");
        }
        self.seen.extend(self.stage.token_requests().await);
        let spent = Spent::of(&self.seen);
        assert!(spent.again.is_empty(), "{spent:?}");
        assert!(spent.refused.is_empty(), "{spent:?}");
    }
}

/// A session with a valid token notices nothing; others are told to try again, and none is signed out.
async fn a_store_that_is_away_costs_no_session(backend: Backend) {
    let away = Duration::from_secs(long_or(7, 10));
    let stage = Stage::new(backend);
    let client = stage.client().await;
    let valid = stage.sign_in(&client).await;
    stage.tokens_live(SHORT_LIFE).await;
    let short = stage.sign_in(&client).await;
    let sessions = [&valid, &short];
    let mut running = Running::start(stage, &sessions).await;

    running.stage.backend.kill();
    tokio::time::sleep(away).await;
    let during = running.failed().await;
    running.stage.backend.restart();
    let key = short.key().to_string();
    for failure in &during {
        assert!(failure.transient && !failure.needs_login, "{failure:?}");
        assert_eq!(failure.key, key, "its token is valid: {failure:?}");
    }
    running.end(&sessions).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs the reference server and PostgreSQL; `tests/run` brings them"]
async fn a_store_that_is_away_costs_no_session_postgres() {
    a_store_that_is_away_costs_no_session(Backend::postgres()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs the reference server and Redis; `tests/run` brings them"]
async fn a_store_that_is_away_costs_no_session_redis() {
    a_store_that_is_away_costs_no_session(Backend::redis()).await;
}

/// Tokens expire during the outage; after it every session works as before.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
async fn a_server_that_is_away_costs_no_session() {
    let away = Duration::from_secs(long_or(8, 60));
    let stage = Stage::new(Backend::sqlite());
    let client = stage.client().await;
    stage.tokens_live(SHORT_LIFE).await;
    let (one, two) = (stage.sign_in(&client).await, stage.sign_in(&client).await);
    let running = Running::start(stage, &[&one, &two]).await;

    running.stage.server_is_away(true).await;
    tokio::time::sleep(away).await;
    let during = running.failed().await;
    running.stage.server_is_away(false).await;
    for failure in &during {
        assert!(failure.transient && !failure.needs_login, "{failure:?}");
    }
    running.end(&[&one, &two]).await;
}

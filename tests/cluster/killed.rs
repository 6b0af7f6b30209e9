//! A process ends every second, whatever it is doing, and another one takes its place.

use std::collections::BTreeSet;
use std::time::Duration;

use atproto_oauth::{Session, SessionKey};

use crate::backend::Backend;
use crate::fleet::{Failure, Node, SHORT_LIFE, Windows};
use crate::long_or;
use crate::stage::{Spent, Stage, eventually, works};

const PROCESSES: usize = 4;
const SESSIONS: usize = 12;

/// The longest wait for a session. One that a killed process was refreshing is used by no other until the lease ends.
const SESSION_LIMIT: Duration = Duration::from_mins(1);

/// How a process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Killed,
    /// As a deploy does it, and as `serve` answers that.
    Asked,
}

/// TK-08: only a kill between the server's answer and the write costs a session. Then one later refresh gets `invalid_grant`.
/// TK-01: a process that is asked to end costs none.
async fn no_session_is_lost(backend: Backend, end: End) {
    let name = backend.name();
    let ends = long_or(10, 60);
    let seed = fastrand::u64(..);
    println!("{name} seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let stage = Stage::new(backend);
    stage.tokens_live(SHORT_LIFE).await;
    let client = stage.client().await;
    let mut keys = Vec::new();
    for _ in 0..SESSIONS {
        keys.push(stage.sign_in(&client).await.key().to_string());
    }
    drop(client);
    stage.token_requests().await;

    let plan = stage.plan(&keys, SESSIONS, Duration::from_millis(250));
    let mut nodes = Vec::new();
    for _ in 0..PROCESSES {
        nodes.push(Node::start(&plan).await);
    }
    let mut failures = Vec::new();
    for _ in 0..ends {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let node = nodes.swap_remove(random.usize(..nodes.len()));
        failures.extend(match end {
            End::Killed => node.kill().await,
            End::Asked => node.terminate().await,
        });
        nodes.push(Node::start(&plan).await);
    }
    let mut windows = Windows::default();
    for node in nodes {
        let (report, failed) = node.finish().await;
        windows.add(&report);
        failures.extend(failed);
    }

    let lost = lost(&stage, &keys).await;
    let spent = Spent::of(&stage.token_requests().await);
    println!(
        "{name} {ends} times {end:?}, {} rotations, {} of {SESSIONS} sessions lost, {} late answers; {windows}",
        spent.rotations,
        lost.len(),
        failures.len(),
    );
    let wrong = |failure: &&Failure| {
        let of_lost = failure.needs_login && lost.contains(&failure.key);
        !failure.transient && !of_lost
    };
    let wrong: Vec<_> = failures.iter().filter(wrong).take(3).collect();
    assert!(wrong.is_empty(), "{name}: {wrong:?}");
    if !spent.outrun.is_empty() {
        println!(
            "ended by the server, as tokens ran out on their way: {:?}",
            spent.outrun
        );
    }
    let others = lost.len() - spent.outrun.len();
    // Each other loss is one token whose answer died with its process, and one late try.
    let told = spent.again.iter().map(|(_, told)| told.as_deref());
    let told: Vec<_> = told.collect();
    assert_eq!(told, vec![Some("invalid_grant"); others], "{spent:?}");
    let tokens: BTreeSet<_> = spent.again.iter().map(|(token, _)| token).collect();
    assert_eq!(tokens.len(), others, "once each: {spent:?}");
    assert!(spent.refused.is_empty(), "{spent:?}");
    // That window is some milliseconds of each refresh. Ten kills are too few to tell how many.
    let allowed = match end {
        End::Killed => long_or(None, Some(2 + ends / 10)),
        End::Asked => Some(0),
    };
    if let Some(allowed) = allowed {
        assert!(others <= allowed, "{lost:?} {spent:?}");
    }
}

/// The sessions whose people have to sign in again. All others work.
async fn lost(stage: &Stage, keys: &[String]) -> BTreeSet<String> {
    let client = stage.client().await;
    let mut lost = BTreeSet::new();
    for text in keys {
        let key: SessionKey = text.parse().unwrap();
        eventually("it works or it is over", SESSION_LIMIT, async || {
            let session: Result<Session, _> = client.session(&key).await;
            let answer = match session {
                Ok(session) => works(&session).await,
                Err(error) => Err(error.into()),
            };
            match answer {
                Ok(()) => true,
                Err(error) if error.needs_login() => lost.insert(text.clone()),
                Err(error) => {
                    assert!(error.is_transient(), "{error}");
                    false
                }
            }
        })
        .await;
    }
    lost
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
async fn tk_08_no_session_is_lost_by_a_kill_sqlite() {
    no_session_is_lost(Backend::sqlite(), End::Killed).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs the reference server and PostgreSQL; `tests/run` brings them"]
async fn tk_08_no_session_is_lost_by_a_kill_postgres() {
    no_session_is_lost(Backend::postgres(), End::Killed).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs the reference server and Redis; `tests/run` brings them"]
async fn tk_08_no_session_is_lost_by_a_kill_redis() {
    no_session_is_lost(Backend::redis(), End::Killed).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
async fn tk_01_no_session_is_lost_by_a_deploy_sqlite() {
    no_session_is_lost(Backend::sqlite(), End::Asked).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs the reference server and PostgreSQL; `tests/run` brings them"]
async fn tk_01_no_session_is_lost_by_a_deploy_postgres() {
    no_session_is_lost(Backend::postgres(), End::Asked).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs the reference server and Redis; `tests/run` brings them"]
async fn tk_01_no_session_is_lost_by_a_deploy_redis() {
    no_session_is_lost(Backend::redis(), End::Asked).await;
}

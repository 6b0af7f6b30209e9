//! Many sessions in each durable store: what they take, how fast one is restored, how long a sweep takes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use atproto_oauth::store::{Commit, SessionRecord, Store as _};
use atproto_oauth::{OAuthClient, Session, SessionKey};

use crate::backend::Backend;
use crate::long_or;
use crate::stage::Stage;

/// Rows in one commit, and commits at once.
const BATCH: usize = 200;
const WRITERS: usize = 4;
/// Sessions that are restored, one after the other.
const SAMPLES: usize = 2_000;
/// Rows that one sweep takes, as the client's own does.
const SWEPT_AT_ONCE: usize = 1_000;
/// Longer than writing them takes.
const LIFE: Duration = Duration::from_hours(1);

/// Half of them end after [`LIFE`] and are swept then; all others are there afterwards.
async fn many_sessions(backend: Backend) {
    let rows = long_or(10_000, 1_000_000);
    let stage = Stage::new(backend);
    let (store, backend) = (stage.open().await, &stage.backend);
    let client = stage.client_on(store.clone()).await;
    let session = stage.sign_in(&client).await;
    let id = session.key().to_string();
    let stored = client.vault().get::<SessionRecord>(&id);
    let pattern = Arc::new(stored.await.unwrap().unwrap().record);
    let before = backend.size();

    let start = Instant::now();
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let (client, pattern, first) = (client.clone(), pattern.clone(), session.key());
        writers.spawn(async move {
            let mine: Vec<usize> = (writer..rows).step_by(WRITERS).collect();
            for batch in mine.chunks(BATCH) {
                let put = |number: &usize| {
                    client
                        .vault()
                        .put(&copy(&pattern, &key(&first, *number), *number), None)
                };
                let changes: Result<Vec<_>, _> = batch.iter().map(put).collect();
                let done = client.vault().commit(changes.unwrap()).await.unwrap();
                assert_eq!(done, Commit::Done);
            }
        });
    }
    writers.join_all().await;
    let each = start.elapsed() / u32::try_from(rows).unwrap();
    let size = (backend.size().saturating_sub(before)) / rows as u64;
    println!(
        "{} {rows} sessions, written in {each:?} each, {size} bytes each",
        backend.name()
    );

    // This process wrote them and does not hold them: each is read, unsealed and checked.
    let restored = restored(&client, &session.key(), rows).await;
    println!("  restored: {}", percentiles(restored));

    // The client's own worker is not to sweep them before, so they end later.
    let later = pattern.created_at.plus(2 * LIFE);
    let (start, mut swept, mut longest) = (Instant::now(), 0, Duration::ZERO);
    loop {
        let step = Instant::now();
        let gone = store.sweep(later, SWEPT_AT_ONCE).await.unwrap();
        longest = longest.max(step.elapsed());
        swept += gone;
        if gone < SWEPT_AT_ONCE {
            break;
        }
    }
    println!(
        "  swept: {swept} in {:?}, the longest step of {SWEPT_AT_ONCE} took {longest:?}",
        start.elapsed()
    );
    assert_eq!(swept, rows / 2);
    for number in [0, 1, rows / 2, rows - 1] {
        let known: Result<Session, _> = client.session(&key(&session.key(), number)).await;
        let lives = number % 2 == 0;
        assert_eq!(known.is_ok(), lives, "{number}: {:?}", known.err());
    }
}

/// The session of another account. Odd ones end.
fn copy(pattern: &SessionRecord, key: &SessionKey, number: usize) -> SessionRecord {
    let mut record = pattern.clone();
    record.did = key.did().clone();
    record.expires_at = (number % 2 == 1).then(|| pattern.created_at.plus(LIFE));
    record
}

fn key(session: &SessionKey, number: usize) -> SessionKey {
    // Base32 of the number, so that each has an account of its own.
    let digit = |place: usize| match place {
        0..12 => char::from(b"abcdefghijklmnopqrstuvwxyz234567"[(number >> (5 * place)) & 31]),
        _ => 'a',
    };
    let did: String = (0..24).map(digit).collect();
    let text = session.to_string();
    let text = text.replace(session.did().as_str(), &format!("did:plc:{did}"));
    text.parse().unwrap()
}

async fn restored(client: &OAuthClient, first: &SessionKey, rows: usize) -> Vec<Duration> {
    let mut times = Vec::new();
    let step = (rows / 2 / SAMPLES).max(1) * 2;
    for number in (0..rows).step_by(step).take(SAMPLES) {
        let key = key(first, number);
        let start = Instant::now();
        let session: Session = client.session(&key).await.unwrap();
        times.push(start.elapsed());
        assert_eq!(session.did(), key.did());
    }
    times
}

fn percentiles(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    format!("p50 {:?}, p99 {:?} of {}", at(50), at(99), times.len())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
async fn many_sessions_file() {
    many_sessions(Backend::file()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
async fn many_sessions_sqlite() {
    many_sessions(Backend::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs the reference server and PostgreSQL; `tests/run` brings them"]
async fn many_sessions_postgres() {
    many_sessions(Backend::postgres()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs the reference server and Redis; `tests/run` brings them"]
async fn many_sessions_redis() {
    many_sessions(Backend::redis()).await;
}

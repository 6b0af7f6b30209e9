//! Figures for `docs/scaling.md`, printed and not judged: `-- --ignored --nocapture measured`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use atproto_oauth::Store;
use atproto_oauth::store::{
    Change, Commit, EmbeddedStore, Kind, PostgresStore, Row, RowKey, SqliteStore,
};
use atproto_oauth::types::Timestamp;
use atproto_oauth_tests::PostgresServer;

const ROWS: usize = 2_000;
const CALLERS: usize = 32;

/// A row as a session has it: one of its account, and some 900 bytes, sealed.
fn sample(number: usize) -> (RowKey, Row) {
    let group = format!("AAAAAAAAAAAAAAAA/did:plc:{number:0>24}");
    let (kind, id) = (Kind::Session, format!("{group}:{number:0>43}"));
    let value: Vec<u8> = (0..900).map(|n| (n * 31 + number) as u8).collect();
    let row = Row {
        version: 1,
        group,
        expires_at: Some(Timestamp(1_800_000_000)),
        value: value.into(),
    };
    (RowKey { kind, id }, row)
}

fn shown(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    format!("p50 {:?}, p99 {:?}", at(50), at(99))
}

async fn timed<T>(times: &mut Vec<Duration>, call: impl Future<Output = T>) -> T {
    let start = Instant::now();
    let answer = call.await;
    times.push(start.elapsed());
    answer
}

async fn measure(store: Arc<dyn Store>) {
    println!("{}", store.describe());
    let samples: Vec<_> = (0..ROWS).map(sample).collect();
    let (mut gets, mut commits) = (Vec::new(), Vec::new());
    for (key, row) in &samples {
        let put = vec![Change::Put(key.clone(), row.clone())];
        let done = timed(&mut commits, store.commit(put)).await;
        assert_eq!(done.unwrap(), Commit::Done);
        let found = timed(&mut gets, store.get(key)).await;
        assert!(found.unwrap().is_some());
    }
    println!("  get: {}", shown(gets));
    println!("  commit of one row: {}", shown(commits));

    let start = Instant::now();
    let mut callers = tokio::task::JoinSet::new();
    for part in samples.chunks(ROWS.div_ceil(CALLERS)) {
        let (store, part) = (Arc::clone(&store), part.to_vec());
        callers.spawn(async move {
            for (key, row) in part {
                let next = Row { version: 2, ..row };
                let done = store.commit(vec![Change::Put(key, next)]).await;
                assert_eq!(done.unwrap(), Commit::Done);
            }
        });
    }
    callers.join_all().await;
    let each = start.elapsed() / u32::try_from(ROWS).unwrap();
    println!("  commits of {CALLERS} callers at once: one every {each:?}");
    let start = Instant::now();
    let swept = store.sweep(Timestamp(1_800_000_000), usize::MAX).await;
    println!("  sweep: {} rows in {:?}", swept.unwrap(), start.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn what_a_call_costs() {
    let folder = tempfile::tempdir().unwrap();
    let file = EmbeddedStore::open(folder.path().join("store.redb")).unwrap();
    measure(Arc::new(file)).await;
    let sqlite = SqliteStore::open(folder.path().join("store.db")).await;
    measure(Arc::new(sqlite.unwrap())).await;
    let server = PostgresServer::start();
    let postgres = PostgresStore::open(&server.url()).await;
    measure(Arc::new(postgres.unwrap())).await;
}

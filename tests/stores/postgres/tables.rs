//! The tables, and who makes them.

use std::time::Duration;

use atproto_oauth::types::Timestamp;

use super::*;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn processes_that_start_together_make_the_tables_once() {
    let server = PostgresServer::start();
    for _ in 0..5 {
        let mut starting = tokio::task::JoinSet::new();
        for number in 0..16 {
            let url = server.url();
            starting.spawn(async move {
                let store: Arc<dyn Store> = Arc::new(PostgresStore::open(&url).await?);
                put(&store, &format!("{number}"), row(1, "g", "v")).await
            });
        }
        for written in starting.join_all().await {
            assert_eq!(written.unwrap(), Commit::Done);
        }
        assert_eq!(server.say("SELECT version FROM atproto_oauth_schema"), "1");
        assert_eq!(server.say("SELECT count(*) FROM atproto_oauth_rows"), "16");
        server.say("DROP TABLE atproto_oauth_schema, atproto_oauth_rows");
    }
}

/// Tables may take longer to make than a call may take, here and in a process that is at it.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn making_the_tables_is_not_cut_off_as_a_call_is() {
    let server = PostgresServer::start();
    let other = server.hold("SELECT pg_advisory_lock(6147831026553072491)");
    let url = format!("{}?timeout=1", server.url());
    let mut opening = Box::pin(PostgresStore::open(&url));
    // Longer than a call may take.
    let early = tokio::time::timeout(Duration::from_secs(2), &mut opening).await;
    assert!(early.is_err(), "another process makes the tables");
    other.end();
    let store: Arc<dyn Store> = Arc::new(opening.await.unwrap());
    assert_eq!(
        put(&store, "a", row(1, "g", "v")).await.unwrap(),
        Commit::Done
    );
}

#[tokio::test]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn tables_of_a_newer_version_are_left_alone() {
    let server = PostgresServer::start();
    drop(open(&server).await);
    for (change, part) in [
        (
            "UPDATE atproto_oauth_schema SET version = 2",
            "newer version",
        ),
        (
            "UPDATE atproto_oauth_schema SET version = 0",
            "did not make",
        ),
        ("DELETE FROM atproto_oauth_schema", "did not make"),
    ] {
        server.say(change);
        let error = PostgresStore::open(&server.url()).await.unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
        assert!(!error.is_down());
    }
}

/// Once the tables are there, a process needs no more than their rows.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn a_user_that_makes_no_tables_will_do() {
    let server = PostgresServer::start();
    server.say("CREATE ROLE app LOGIN PASSWORD 'app'");
    let url = server.url_of("app", "app");
    let error = PostgresStore::open(&url).await.unwrap_err();
    assert!(error.to_string().contains("may not do"), "{error}");

    drop(open(&server).await);
    server.say("GRANT SELECT ON atproto_oauth_schema TO app");
    server.say("GRANT SELECT, INSERT, UPDATE, DELETE ON atproto_oauth_rows TO app");
    let store: Arc<dyn Store> = Arc::new(PostgresStore::open(&url).await.unwrap());
    contract::check_all(&store).await.unwrap();
}

/// Reading through the whole table is what a store must never do; and ids have the order of their bytes
/// in a server that orders by language, where `a` comes before `B`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn never_reads_the_whole_table() {
    use atproto_oauth::types::Timestamp;

    let server = PostgresServer::start();
    assert_eq!(server.say("SELECT 'a' < 'B'"), "t");
    // A connection hands in its figures when it ends, and making an index reads the whole table.
    drop(open(&server).await);
    until_disconnected(&server).await;
    let store = open(&server).await;
    server.say(
        "INSERT INTO atproto_oauth_rows \
         SELECT 1, n::text, 1, 'g' || n % 100, substring(sha256(('g' || n % 100)::bytea) for 16), n, 'v' \
         FROM generate_series(1, 20000) AS n; ANALYZE",
    );
    server.say("SELECT pg_stat_reset()");
    // Often enough for the server to keep one plan for all values.
    for number in 1..20 {
        let id = format!("{number}");
        assert!(store.get(&session(&id)).await.unwrap().is_some());
        let group = format!("g{number}");
        let page = store
            .list(Kind::Session, &group, Some("2"), 50)
            .await
            .unwrap();
        assert_eq!(page.len(), 50);
        assert!(page.is_sorted_by_key(|(key, _)| key.id.clone()));
        assert_eq!(store.sweep(Timestamp(number), 1_000).await.unwrap(), 1);
        let step = store.scan(Kind::Session, Some("5"), 10).await.unwrap();
        assert_eq!(step.rows.len(), 10);
        let id = format!("{}", 10_000 + number);
        assert_eq!(
            put(&store, &id, row(2, "g", "w")).await.unwrap(),
            Commit::Done
        );
    }
    drop(store);
    // A connection hands in its figures when it ends.
    until_disconnected(&server).await;
    let figures = "SELECT seq_scan, idx_scan >= 114 FROM pg_stat_user_tables \
         WHERE relname = 'atproto_oauth_rows'";
    assert_eq!(server.say(figures), "0|t");
}

async fn until_disconnected(server: &PostgresServer) {
    let connections =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'atproto-oauth'";
    eventually("the connections to end", async || {
        (server.say(connections) == "0").then_some(())
    })
    .await;
}

/// The longest id in the longest group, of characters that do not compress.
#[tokio::test]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn the_longest_names_fit_into_the_indexes() {
    let server = PostgresServer::start();
    let store = open(&server).await;
    let mut seed = 1_u32;
    let mut long = || -> String {
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(0x20 + (seed >> 16) as u8 % 95)
        };
        (0..2_200).map(|_| next()).collect()
    };
    let (id, group) = (long(), long());
    assert_eq!(
        put(&store, &id, row(1, &group, "v")).await.unwrap(),
        Commit::Done
    );
    let page = store.list(Kind::Session, &group, None, 9).await.unwrap();
    assert_eq!(page, [(session(&id), row(1, &group, "v"))]);
}

/// As `docs/scaling.md` has it. A place in a table is one in each of its partitions.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn never_sweeps_a_row_of_another_partition() {
    let server = PostgresServer::start();
    drop(open(&server).await);
    server.say(
        "ALTER TABLE atproto_oauth_rows RENAME TO whole; \
         CREATE TABLE atproto_oauth_rows (LIKE whole INCLUDING ALL) PARTITION BY HASH (id); \
         DROP TABLE whole",
    );
    for part in 0..4 {
        server.say(&format!(
            "CREATE TABLE part_{part} PARTITION OF atproto_oauth_rows \
             FOR VALUES WITH (MODULUS 4, REMAINDER {part})"
        ));
    }
    let store: Arc<dyn Store> = Arc::new(PostgresStore::open(&server.url()).await.unwrap());
    for number in 0..400_u64 {
        let mut row = row(1, "g", "v");
        row.expires_at = (number % 4 == 0).then_some(Timestamp(1_000));
        assert_eq!(
            put(&store, &format!("{number}"), row).await.unwrap(),
            Commit::Done
        );
    }
    assert_eq!(store.sweep(Timestamp(1_000), 1_000).await.unwrap(), 100);
    assert_eq!(server.say("SELECT count(*) FROM atproto_oauth_rows"), "300");
    contract::check_all(&store).await.unwrap();
}

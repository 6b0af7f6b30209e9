//! What cannot be a store, and says so without its password.

use super::*;

#[tokio::test]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn every_trouble_names_its_repair() {
    let server = PostgresServer::start();
    let port = server.port();
    for (url, part, down) in [
        (
            server.url_of("postgres", "hunter2"),
            "does not accept this user and password",
            false,
        ),
        (
            server.url_of("hunter", "hunter2"),
            "does not accept this user and password",
            false,
        ),
        (
            format!("postgres://postgres:correct-horse@127.0.0.1:{port}/nowhere"),
            "there is no such database",
            false,
        ),
        (
            format!("{}?sslmode=require", server.url()),
            "cannot be reached over TLS",
            true,
        ),
        (
            "postgres://u:hunter2@127.0.0.1:1/db".into(),
            "cannot be reached",
            true,
        ),
    ] {
        let error = PostgresStore::open(&url).await.unwrap_err();
        assert!(error.to_string().contains(part), "{url}: {error}");
        assert_eq!(error.is_down(), down, "{url}: {error}");
        let shown = format!("{error} {error:?}");
        for secret in ["hunter2", "correct-horse"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
    let store = PostgresStore::open(&server.url()).await.unwrap();
    let shown = format!("{store:?} {}", store.describe());
    assert!(!shown.contains("correct-horse"), "{shown}");
}

/// Its rows are those of a moment ago.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn never_reads_from_a_standby() {
    let mut server = PostgresServer::start();
    let store = open(&server).await;
    assert_eq!(
        put(&store, "a", row(1, "", "v")).await.unwrap(),
        Commit::Done
    );
    server.stop();
    server.put("data/standby.signal", "");
    server.restart();
    let error = PostgresStore::open(&server.url()).await.unwrap_err();
    assert!(error.to_string().contains("is a standby"), "{error}");
    assert!(error.is_down());
    // A store that was open when the primary became one: with its old connections, and with new ones.
    for _ in 0..3 {
        let error = store.get(&session("a")).await.unwrap_err();
        assert!(error.is_down(), "{error}");
        let error = put(&store, "b", row(1, "", "v")).await.unwrap_err();
        assert!(error.is_down(), "{error}");
    }

    server.say("SELECT pg_promote()");
    assert_eq!(
        put(&store, "b", row(1, "", "v")).await.unwrap(),
        Commit::Done
    );
}

/// The server allows no more connections than others already have.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn a_server_without_a_free_connection_is_down() {
    let server = PostgresServer::start();
    drop(open(&server).await);
    server.say("CREATE ROLE app LOGIN PASSWORD 'app' CONNECTION LIMIT 1");
    server.say("GRANT ALL ON atproto_oauth_schema, atproto_oauth_rows TO app");
    let url = format!(
        "{}?pool_size=1&connect_timeout=1",
        server.url_of("app", "app")
    );
    let first: Arc<dyn Store> = Arc::new(PostgresStore::open(&url).await.unwrap());
    assert_eq!(
        put(&first, "a", row(1, "", "v")).await.unwrap(),
        Commit::Done
    );
    let error = PostgresStore::open(&url).await.unwrap_err();
    assert!(
        error.is_down() && error.to_string().contains("no connection left"),
        "{error}"
    );
}

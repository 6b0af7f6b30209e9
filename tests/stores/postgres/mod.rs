//! `postgres:`

mod durable;
mod outage;
mod refused;
mod shared;
mod tables;
mod tls;

use std::sync::Arc;

use atproto_oauth::Store;
use atproto_oauth::store::{
    Change, Commit, Kind, PostgresStore, Row, RowKey, StoreError, contract,
};
use atproto_oauth_tests::{PostgresServer, eventually};

async fn open(server: &PostgresServer) -> Arc<dyn Store> {
    Arc::new(PostgresStore::open(&server.url()).await.unwrap())
}

fn session(id: &str) -> RowKey {
    let (kind, id) = (Kind::Session, id.into());
    RowKey { kind, id }
}

fn row(version: u64, group: &str, value: &str) -> Row {
    Row {
        version,
        group: group.into(),
        expires_at: None,
        value: value.as_bytes().to_vec().into(),
    }
}

async fn put(store: &Arc<dyn Store>, id: &str, row: Row) -> Result<Commit, StoreError> {
    store.commit(vec![Change::Put(session(id), row)]).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn keeps_the_contract() {
    let server = PostgresServer::start();
    let store = open(&server).await;
    contract::check_all(&store).await.unwrap();
    let place = format!("postgres://127.0.0.1:{}/postgres", server.port());
    assert_eq!(store.describe(), format!("{place} (shared by processes)"));
    assert!(store.is_shared());
}

/// Over the socket, and with a pool of one.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn keeps_the_contract_with_one_connection() {
    let server = PostgresServer::start();
    let url = format!(
        "postgresql:///postgres?user=postgres&password=correct-horse&host={}&port={}&pool_size=1",
        server.folder().display(),
        server.port()
    );
    let store: Arc<dyn Store> = Arc::new(PostgresStore::open(&url).await.unwrap());
    contract::check_all(&store).await.unwrap();
    let connections =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'atproto-oauth'";
    assert_eq!(server.say(connections), "1");
}

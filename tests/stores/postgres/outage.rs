//! A server that is gone for a while.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

async fn survives(stop: impl FnOnce(&mut PostgresServer), start: impl FnOnce(&mut PostgresServer)) {
    let server = PostgresServer::start();
    let store = open(&server).await;
    let server = RefCell::new(server);
    let stop = async || stop(&mut server.borrow_mut());
    let start = async || start(&mut server.borrow_mut());
    contract::survives_outage(&store, stop, start)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn survives_a_crash() {
    survives(PostgresServer::kill, PostgresServer::restart).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn survives_a_restart() {
    survives(PostgresServer::stop, PostgresServer::restart).await;
}

/// It takes connections and says nothing.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn survives_a_server_that_is_stuck() {
    survives(|server| server.pause(), |server| server.resume()).await;
}

/// Connections that the server closed while they were not used are no reason to fail.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn idle_connections_that_broke_are_made_again() {
    let mut server = PostgresServer::start();
    let store = open(&server).await;
    assert_eq!(
        put(&store, "a", row(1, "", "v")).await.unwrap(),
        Commit::Done
    );
    server.stop();
    // Idle for longer than a connection counts as fresh.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    server.restart();
    assert_eq!(
        store.get(&session("a")).await.unwrap(),
        Some(row(1, "", "v"))
    );
}

/// A network that swallows what is sent, as a firewall does that forgot a connection, costs each call on
/// it its time, and no more: new connections are made. The time is long enough for that on a busy machine.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn a_connection_that_went_silent_is_given_up() {
    let server = PostgresServer::start();
    let (network, store) = behind_a_network(&server).await;
    for _ in 0..2 {
        network.store(SILENT, Ordering::Relaxed);
        let error = store.get(&session("a")).await.unwrap_err();
        assert!(error.is_down(), "{error}");
        network.store(WELL, Ordering::Relaxed);
        assert_eq!(
            store.get(&session("a")).await.unwrap(),
            Some(row(1, "", "v"))
        );
    }
}

/// Also where it fell silent after the answer, when the pool looks whether the connection is still good.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn a_connection_that_went_silent_between_calls_is_given_up() {
    let server = PostgresServer::start();
    let (network, store) = behind_a_network(&server).await;
    for _ in 0..2 {
        network.store(SILENT_AT_A_PING, Ordering::Relaxed);
        for _ in 0..2 {
            assert_eq!(
                store.get(&session("a")).await.unwrap(),
                Some(row(1, "", "v"))
            );
        }
    }
}

/// And where that happened while it was not used: then it costs no call.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn an_idle_connection_that_went_silent_costs_no_call() {
    for patience in [2, 6] {
        let server = PostgresServer::start();
        let (network, store) = behind_a_network_for(&server, patience).await;
        // Idle for longer than a connection counts as fresh.
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        network.store(SILENT_AT_A_PING, Ordering::Relaxed);
        assert_eq!(
            store.get(&session("a")).await.unwrap(),
            Some(row(1, "", "v"))
        );
        assert_eq!(network.load(Ordering::Relaxed), WELL, "it was pinged");
    }
}

/// What no caller waits for any more ends at the server, too, however long that would have waited: otherwise
/// each call would leave a connection behind.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn never_more_connections_than_the_pool_has() {
    let server = PostgresServer::start();
    let url = format!("{}?timeout=1&pool_size=1", server.url());
    let store: Arc<dyn Store> = Arc::new(PostgresStore::open(&url).await.unwrap());
    let other = server.hold("LOCK TABLE atproto_oauth_rows IN ACCESS EXCLUSIVE MODE");
    for _ in 0..3 {
        let error = store.get(&session("a")).await.unwrap_err();
        assert!(error.is_down(), "{error}");
    }
    let connections =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'atproto-oauth'";
    eventually("all connections but one to end", async || {
        let count: u8 = server.say(connections).parse().unwrap();
        (count <= 1).then_some(())
    })
    .await;
    other.end();
}

const WELL: u8 = 0;
const SILENT: u8 = 1;
/// For the first that pings; well again after that.
const SILENT_AT_A_PING: u8 = 2;

/// What a client asks in order to see whether the server is there.
const PING: &[u8] = b"S\0\0\0\x04";

/// A store with one connection and one row, and what may happen to the network in between.
async fn behind_a_network(server: &PostgresServer) -> (Arc<AtomicU8>, Arc<dyn Store>) {
    behind_a_network_for(server, 6).await
}

async fn behind_a_network_for(
    server: &PostgresServer,
    patience: u8,
) -> (Arc<AtomicU8>, Arc<dyn Store>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let network = Arc::new(AtomicU8::new(WELL));
    tokio::spawn(pass_on(listener, server.port(), network.clone()));
    let url = format!(
        "postgres://postgres:correct-horse@127.0.0.1:{port}/postgres\
         ?pool_size=1&connect_timeout={patience}&timeout=6"
    );
    let store: Arc<dyn Store> = Arc::new(PostgresStore::open(&url).await.unwrap());
    assert_eq!(
        put(&store, "a", row(1, "", "v")).await.unwrap(),
        Commit::Done
    );
    (network, store)
}

/// Hands on what both sides say; who spoke while it is silent is never heard again.
async fn pass_on(listener: TcpListener, port: u16, network: Arc<AtomicU8>) {
    loop {
        let (client, _) = listener.accept().await.unwrap();
        let server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let (mut says, mut hears) = client.into_split();
        let (mut answers, mut asks) = server.into_split();
        let network = network.clone();
        tokio::spawn(async move {
            let mut bytes = [0; 16_384];
            loop {
                let read = says.read(&mut bytes).await.unwrap_or_default();
                let said = &bytes[..read];
                let network_is = network.load(Ordering::Relaxed);
                if network_is == SILENT {
                    std::future::pending::<()>().await;
                }
                if network_is == SILENT_AT_A_PING && said == PING {
                    network.store(WELL, Ordering::Relaxed);
                    std::future::pending::<()>().await;
                }
                if read == 0 || asks.write_all(said).await.is_err() {
                    return;
                }
            }
        });
        tokio::spawn(async move { tokio::io::copy(&mut answers, &mut hears).await });
    }
}

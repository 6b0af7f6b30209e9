//! One process of a fleet: many tasks that use a few sessions all the time, and say what failed.
//!
//! The first line of standard input says what to do; it stops when the input ends. Lines of JSON come out:
//! `"ready"`, one for each failure, and a report at the end. At `SIGTERM` it breaks its tasks off and drains.

mod refreshes;

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use atproto_oauth::{OAuthClient, SessionKey, XrpcError};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() {
    let refreshes = refreshes::listen();
    let mut input = BufReader::new(tokio::io::stdin()).lines();
    let plan = input.next_line().await.unwrap().unwrap();
    let plan: Value = serde_json::from_str(&plan).unwrap();
    let text = |name: &str| plan[name].as_str().unwrap().to_owned();
    let client = OAuthClient::builder()
        .base_url(text("base_url"))
        .scopes(["atproto", "transition:generic"])
        .secret(text("secret"))
        .store_url(text("store"))
        .plc_url(text("plc"))
        .handle_resolver(text("resolver"))
        .allow_loopback(true);
    let client = client.build().await.unwrap();
    let pause = Duration::from_millis(plan["pause_ms"].as_u64().unwrap());
    let keys = plan["keys"].as_array().unwrap().iter();
    let keys: Vec<SessionKey> = keys
        .map(|key| key.as_str().unwrap().parse().unwrap())
        .collect();

    let (stop, done) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(0)),
    );
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..plan["tasks"].as_u64().unwrap() {
        let key = keys[usize::try_from(number).unwrap() % keys.len()].clone();
        let (client, stop, done) = (client.clone(), stop.clone(), done.clone());
        tasks.spawn(async move {
            let mut slowest = Duration::ZERO;
            while !stop.load(Ordering::Relaxed) {
                let start = Instant::now();
                match ask(&client, &key).await {
                    Ok(()) => drop(done.fetch_add(1, Ordering::Relaxed)),
                    Err(error) => say(&json!({ "failed": {
                        "token_refused": is_token_refused(&error),
                        "took_ms": u64::try_from(start.elapsed().as_millis()).unwrap(),
                        "key": key.to_string(),
                        "transient": error.is_transient(),
                        "needs_login": error.needs_login(),
                        "words": format!("{error}: {:?}", std::error::Error::source(&error)),
                    }})),
                }
                slowest = slowest.max(start.elapsed());
                tokio::time::sleep(pause).await;
            }
            slowest
        });
    }
    let mut terminate = signal(SignalKind::terminate()).unwrap();
    say(&json!("ready"));
    tokio::select! {
        _ = terminate.recv() => {
            tasks.shutdown().await;
            let drained = client.drain(Duration::from_secs(15)).await;
            // Otherwise the runtime would wait for the input to end.
            std::process::exit(i32::from(drained.is_err()));
        }
        _ = input.next_line() => {}
    }
    stop.store(true, Ordering::Relaxed);
    let slowest = tasks.join_all().await.into_iter().max();
    say(&json!({ "report": {
        "requests": done.load(Ordering::Relaxed),
        "slowest_ms": slowest.map(|time| u64::try_from(time.as_millis()).unwrap()),
        "refreshes": *refreshes.lock().unwrap(),
    }}));
}

async fn ask(client: &OAuthClient, key: &SessionKey) -> Result<(), XrpcError> {
    let session = client.session(key).await?;
    let _: Value = session
        .query(
            "com.atproto.server.getSession",
            &BTreeMap::<&str, &str>::new(),
        )
        .await?;
    Ok(())
}

/// As a server answers a token that has run out; or the client, after several of them.
fn is_token_refused(error: &XrpcError) -> bool {
    match error {
        XrpcError::Server { status, .. } => status.as_u16() == 401,
        error => error
            .to_string()
            .contains("change faster than the request arrives"),
    }
}

fn say(line: &Value) {
    let mut output = std::io::stdout().lock();
    // The test does not listen any more: the input ends in a moment, too.
    let _ = writeln!(output, "{line}").and_then(|()| output.flush());
}

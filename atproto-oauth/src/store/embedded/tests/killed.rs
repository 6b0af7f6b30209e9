//! A child process writes and is killed, or its disk is full. The children are tests that are ignored
//! unless this file starts them.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use super::*;

const PATH: &str = "ATPROTO_TEST_STORE_PATH";
const ROUND: &str = "ATPROTO_TEST_STORE_ROUND";

/// Decision 7 and scenario 36 need this: what was answered is there, whenever the process dies; and a
/// commit of two rows never comes apart.
#[tokio::test]
async fn never_loses_an_answered_row_when_killed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    let mut answered: Vec<String> = Vec::new();
    for (round, until) in [1, 7, 60, 200].into_iter().enumerate() {
        let mut child = child("child_writes_until_killed", &path, round, None);
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let (mut line, mut count) = (String::new(), 0);
        while lines.read_line(&mut line).unwrap() > 0 {
            if let Some(id) = line
                .strip_prefix("answered ")
                .and_then(|l| l.strip_suffix('\n'))
            {
                answered.push(id.into());
                count += 1;
            }
            if count == until {
                child.kill().unwrap();
            }
            line.clear();
        }
        child.wait().unwrap();
        assert!(
            count >= until,
            "the child ended by itself after {count} rows"
        );

        let store = EmbeddedStore::open(&path).unwrap();
        for id in &answered {
            let found = store.get(&key(Kind::Session, id.as_str())).await.unwrap();
            assert_eq!(
                found,
                Some(row("g", id.clone())),
                "{id} was answered in round {round}"
            );
        }
        let sessions = store
            .list(Kind::Session, "g", None, usize::MAX)
            .await
            .unwrap();
        let others = store
            .list(Kind::Revocation, "g", None, usize::MAX)
            .await
            .unwrap();
        let ids = |rows: Vec<(RowKey, Row)>| rows.into_iter().map(|(key, _)| key.id);
        assert!(ids(sessions).eq(ids(others)), "a commit came apart");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a child of never_loses_an_answered_row_when_killed"]
async fn child_writes_until_killed() {
    let store = Arc::new(EmbeddedStore::open(std::env::var_os(PATH).unwrap()).unwrap());
    let round = std::env::var(ROUND).unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..4 {
        let (store, round) = (Arc::clone(&store), round.clone());
        writers.spawn(async move {
            for number in 0_u64.. {
                let id = format!("{round}-{writer}-{number}");
                let pair = [Kind::Session, Kind::Revocation];
                let pair =
                    pair.map(|kind| Change::Put(key(kind, id.as_str()), row("g", id.clone())));
                assert_eq!(store.commit(pair.into()).await.unwrap(), Commit::Done);
                writeln!(std::io::stdout(), "answered {id}").unwrap();
            }
        });
    }
    writers.join_all().await;
}

/// A full disk is an error of its own kind, loses nothing that was answered, and can be read.
#[cfg(unix)]
#[tokio::test]
async fn never_loses_rows_when_the_disk_is_full() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    // 4 MiB, in the shell's blocks of 512 bytes.
    let mut child = child("child_fills_the_disk", &path, 0, Some(8_192));
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut answered = Vec::new();
    for line in lines.map_while(Result::ok) {
        answered.extend(line.strip_prefix("answered ").map(String::from));
    }
    assert!(child.wait().unwrap().success());
    assert!(answered.len() > 3, "{answered:?}");
    let store = EmbeddedStore::open(&path).unwrap();
    for id in answered {
        assert!(
            store
                .get(&key(Kind::Session, id.as_str()))
                .await
                .unwrap()
                .is_some(),
            "{id}"
        );
    }
    assert_eq!(
        put(&store, "afterwards", row("", "v")).await.unwrap(),
        Commit::Done
    );
}

#[cfg(unix)]
#[tokio::test]
#[ignore = "a child of never_loses_rows_when_the_disk_is_full"]
async fn child_fills_the_disk() {
    let store = EmbeddedStore::open(std::env::var_os(PATH).unwrap()).unwrap();
    let large = vec![7; 200 * 1024];
    let mut number = 0;
    let error = loop {
        match put(&store, number.to_string(), row("", large.clone())).await {
            Ok(commit) => assert_eq!(commit, Commit::Done),
            Err(error) => break error,
        }
        writeln!(std::io::stdout(), "answered {number}").unwrap();
        number += 1;
    };
    assert!(error.is_down(), "{error}");
    assert!(error.to_string().contains("the disk is full"), "{error}");
    // The next write opens the file again; then what is there can be read, and room can be made.
    let delete = vec![Change::Delete(key(Kind::Session, "0"), None)];
    assert_eq!(store.commit(delete).await.unwrap(), Commit::Done);
    assert!(store.get(&key(Kind::Session, "1")).await.unwrap().is_some());
    assert_eq!(
        put(&store, "0", row("", "small")).await.unwrap(),
        Commit::Done
    );
}

fn child(test: &str, path: &Path, round: usize, blocks: Option<u32>) -> Child {
    let binary = std::env::current_exe().unwrap();
    let limit = blocks.map_or(String::new(), |n| format!("trap '' XFSZ; ulimit -f {n};"));
    let mut command = if cfg!(unix) {
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &format!("{limit} exec \"$0\" \"$@\"")])
            .arg(binary);
        shell
    } else {
        Command::new(binary)
    };
    command
        .args([
            "--exact",
            &format!("store::embedded::tests::killed::{test}"),
        ])
        .args(["--ignored", "--nocapture", "--test-threads=1"])
        .env(PATH, path)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

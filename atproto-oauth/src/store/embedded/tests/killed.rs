//! A child process writes and is killed, or its disk is full. The test with the full disk is ignored unless this
//! file starts it.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use super::*;

const PATH: &str = "ATPROTO_TEST_STORE_PATH";

/// Scenario 36: a commit that was answered is in the store whenever the process dies, and a commit of several
/// rows is there as a whole or not at all.
#[tokio::test(flavor = "multi_thread")]
async fn never_loses_an_answered_row_when_killed() {
    let place = || {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.redb");
        (path.to_str().unwrap().to_owned(), folder)
    };
    let open = async |path| Ok(Arc::new(EmbeddedStore::open(path)?) as Arc<dyn Store>);
    let test = "store::embedded::tests::killed::never_loses_an_answered_row_when_killed";
    contract::survives_kill(test, place, open).await.unwrap();
}

/// A full disk is an error of its own kind, loses nothing that was answered, and can be read.
#[cfg(unix)]
#[tokio::test]
async fn never_loses_rows_when_the_disk_is_full() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    // 4 MiB, in the shell's blocks of 512 bytes.
    let mut child = child("child_fills_the_disk", &path, 8_192);
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

#[cfg(unix)]
fn child(test: &str, path: &Path, blocks: u32) -> Child {
    Command::new("sh")
        .args([
            "-c",
            &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\""),
        ])
        .arg(std::env::current_exe().unwrap())
        .args([
            "--exact",
            &format!("store::embedded::tests::killed::{test}"),
        ])
        .args(["--ignored", "--nocapture", "--test-threads=1"])
        .env(PATH, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

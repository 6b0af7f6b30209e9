//! An attacker can write to the store, or chooses which row is read.

use bytes::Bytes;

use super::*;

/// Two applications in one store neither see nor open each other's rows.
#[tokio::test]
async fn never_a_row_of_another_client() {
    let bench = Bench::new();
    let (ours, theirs) = (
        bench.vault("https://a.example/c"),
        bench.vault("https://b.example/c"),
    );
    assert_eq!(write(&ours, &note("a", "x"), None).await, Commit::Done);
    assert_eq!(read(&theirs, "a").await.unwrap(), None);
    assert!(
        theirs
            .list::<Note>("g", None, 9)
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let row = bench.row(&ours, "a").await;
    bench.overwrite(&theirs, "a", row).await;
    assert!(read(&theirs, "a").await.unwrap_err().is_unreadable());
}

/// Scenario 49: a row that was changed, exchanged, relabelled or sealed with a secret that is gone.
#[tokio::test]
async fn never_a_tampered_row() {
    let bench = Bench::new();
    let writer = bench.vault("c");
    for id in ["a", "b"] {
        assert_eq!(write(&writer, &note(id, id), None).await, Commit::Done);
    }
    let (a, b) = (bench.row(&writer, "a").await, bench.row(&writer, "b").await);
    let mut flipped = a.value.to_vec();
    *flipped.last_mut().unwrap() ^= 1;
    let tampered = [
        Row {
            value: b.value.clone(),
            ..a.clone()
        },
        Row {
            value: Bytes::from(flipped),
            ..a.clone()
        },
        Row {
            value: Bytes::from_static(b"plain"),
            ..a.clone()
        },
        Row {
            value: Bytes::new(),
            ..a.clone()
        },
        Row {
            version: 2,
            ..a.clone()
        },
        Row {
            group: String::new(),
            ..a.clone()
        },
        Row {
            expires_at: Some(Timestamp(99)),
            ..a.clone()
        },
    ];
    for row in tampered {
        bench.overwrite(&writer, "a", row.clone()).await;
        let reader = bench.vault("c");
        assert!(
            read(&reader, "a").await.unwrap_err().is_unreadable(),
            "{row:?}"
        );
        assert!(reader.take::<Note>("a").await.unwrap_err().is_unreadable());
        // One bad row does not hide the others.
        let left = reader.list::<Note>("g", None, 9).await.unwrap().items;
        assert_eq!(left.len(), 1, "{row:?}");
    }
    bench.overwrite(&writer, "a", a).await;
    assert!(read(&bench.vault("c"), "a").await.unwrap().is_some());
    let other = Bench {
        secrets: Secrets::generate().unwrap(),
        ..bench
    };
    assert!(
        read(&other.vault("c"), "a")
            .await
            .unwrap_err()
            .is_unreadable()
    );
}

/// A row that is older than one this process has read is refused; so is a deleted row that is back.
#[tokio::test]
async fn never_a_rolled_back_row() {
    let bench = Bench::new();
    let (vault, other) = (bench.vault("c"), bench.vault("c"));
    assert_eq!(write(&vault, &note("a", "old"), None).await, Commit::Done);
    let old = bench.row(&vault, "a").await;
    assert_eq!(
        write(&other, &note("a", "new"), Some(1)).await,
        Commit::Done
    );
    assert!(read(&vault, "a").await.unwrap().is_some());
    bench.overwrite(&vault, "a", old.clone()).await;
    let error = read(&vault, "a").await.unwrap_err();
    assert!(
        error.is_unreadable() && error.to_string().contains("older than"),
        "{error}"
    );
    assert!(
        vault
            .list::<Note>("g", None, 9)
            .await
            .unwrap()
            .items
            .is_empty()
    );

    assert_eq!(write(&vault, &note("b", "x"), None).await, Commit::Done);
    let taken = bench.row(&vault, "b").await;
    assert!(vault.take::<Note>("b").await.unwrap().is_some());
    bench.overwrite(&vault, "b", taken).await;
    assert!(
        vault.take::<Note>("b").await.unwrap_err().is_unreadable(),
        "taken once is taken"
    );
}

/// Scenario 19: whatever a browser sends as an id is looked up as text, or not at all.
#[tokio::test]
async fn ids_of_strangers_find_nothing() {
    let vault = Bench::new().vault("c");
    for id in [
        "",
        "../a",
        "a\0b",
        "a\r\nSET x",
        "' OR 1=1 --",
        "\u{202e}",
        &"x".repeat(100_000),
    ] {
        assert_eq!(read(&vault, id).await.unwrap(), None);
    }
}

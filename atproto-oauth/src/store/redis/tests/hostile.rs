//! Wrong answers, endless ones, and none: each is an error in time, and the next call starts afresh.

use std::time::Instant;

use bytes::Bytes;

use super::*;

fn packed(value: &'static [u8]) -> String {
    let row = Row {
        version: 1,
        group: "g".into(),
        expires_at: None,
        value: Bytes::from_static(value),
    };
    // What it holds is ASCII but for the expiry.
    let bytes = pack(&Row {
        expires_at: Some(Timestamp(1)),
        ..row
    });
    String::from_utf8(bytes).unwrap()
}

fn bulk(text: &str) -> String {
    format!("${}\r\n{text}\r\n", text.len())
}

fn list(parts: &[String]) -> String {
    format!("*{}\r\n{}", parts.len(), parts.concat())
}

#[tokio::test]
async fn an_answer_of_another_kind_is_no_row() {
    let server = Fake::start();
    let store = open(&server).await.unwrap();
    let nested = "*1\r\n".repeat(100_000);
    for answer in [
        ":1\r\n".into(),
        "+OK\r\n".into(),
        "*1\r\n$1\r\na\r\n".into(),
        "*-1\r\n*-1\r\n".into(),
        "%1\r\n+a\r\n+b\r\n".into(),
        "$x\r\n".into(),
        "$99999999999999999999\r\n".into(),
        ":99999999999999999999\r\n".into(),
        "*99999999999999999999\r\n".into(),
        "$1\r\nab\r\n".into(),
        "HTTP/1.1 400 Bad Request\r\n\r\n".into(),
        "\0\0\0\0\r\n".into(),
        nested,
    ] {
        let told: String = answer;
        server.says("GET", told.as_str());
        match store.get(&key()).await {
            // Nothing, in two ways.
            Ok(found) => assert!(found.is_none() && told.starts_with("*-1"), "{told:.40}"),
            Err(error) => {
                assert!(
                    !error.is_down() && !error.is_unreadable(),
                    "{told:.40}: {error}"
                );
                assert!(
                    error.to_string().contains("does not answer as a Redis"),
                    "{error}"
                );
            }
        }
        server.says("GET", "$-1\r\n");
        assert_eq!(store.get(&key()).await.unwrap(), None, "after {told:.40}");
    }
    server.says("GET", "$3\r\nabc\r\n");
    assert!(store.get(&key()).await.unwrap_err().is_unreadable());
}

#[tokio::test]
async fn never_waits_for_what_does_not_come() {
    let server = Fake::start();
    let store = open(&server).await.unwrap();
    for answer in [
        Says::Nothing,
        "$100\r\nand no more".into(),
        "$9223372036854775807\r\n".into(),
        "*9223372036854775807\r\n".into(),
        "*2147483647\r\n:1\r\n".into(),
        "%4611686018427387903\r\n".into(),
    ] {
        server.says("GET", answer.clone());
        let start = Instant::now();
        let error = store.get(&key()).await.unwrap_err();
        assert!(error.to_string().contains(';'), "{answer:?}: {error}");
        assert!(start.elapsed() < Duration::from_mins(1), "{answer:?}");
        server.says("GET", "$-1\r\n");
        assert_eq!(store.get(&key()).await.unwrap(), None, "after {answer:?}");
    }
    server.says("GET", Says::HangsUp);
    let error = store.get(&key()).await.unwrap_err();
    assert!(
        error.is_down() && error.to_string().contains("broke"),
        "{error}"
    );
    server.says("GET", Says::Nothing);
    let error = store.get(&key()).await.unwrap_err();
    assert!(
        error.is_down() && error.to_string().contains("in time"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn never_an_endless_answer() {
    let server = Fake::start();
    let budget = WaitBudget {
        connect: Duration::from_secs(30),
        answer: Duration::from_secs(30),
    };
    let store = RedisStore::patient(server.url(), Arc::new(SystemClock), budget);
    let store = store.await.unwrap();
    for start in [&b"$1000000000000\r\n"[..], b"+", b"*2\r\n$1\r\n"] {
        server.says("GET", Says::Flood(start));
        let error = store.get(&key()).await.unwrap_err();
        assert!(!error.is_down(), "{error}");
        server.says("GET", "$-1\r\n");
        assert_eq!(store.get(&key()).await.unwrap(), None);
    }
}

#[tokio::test]
async fn never_more_than_a_code_of_what_a_server_says() {
    let server = Fake::start();
    let store = open(&server).await.unwrap();
    for (code, is_down, part) in [
        ("OOM", true, "is full"),
        ("MISCONF", true, "its disk"),
        ("READONLY", true, "name the primary"),
        ("LOADING", true, "in a moment"),
        ("BUSY", true, "in a moment"),
        ("NOAUTH", false, "does not accept"),
        ("NOPERM", false, "allow it SCAN"),
        ("WRONGTYPE", false, "something else"),
        ("MOVED", false, "Redis Cluster"),
        ("CROSSSLOT", false, "Redis Cluster"),
        ("ERR", false, "(ERR)"),
        ("STRANGE", false, "(STRANGE)"),
        ("\x1b[2Jhunter2", false, "without a reason"),
    ] {
        server.says("EVALSHA", format!("-{code} hunter2\r\n").as_str());
        let error = store.commit(Vec::new()).await.unwrap_err();
        let shown = format!("{error:?}");
        assert_eq!(error.is_down(), is_down, "{code}: {error}");
        assert!(
            shown.contains(part) && !shown.contains("hunter2"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn answers_to_changes_and_lists_are_checked() {
    let server = Fake::start();
    let store = open(&server).await.unwrap();
    let change = || vec![Change::Delete(key(), None)];
    server.says("EVALSHA", ":1\r\n");
    assert_eq!(store.commit(change()).await.unwrap(), Commit::Conflict(0));
    for answer in [":2\r\n", ":-1\r\n", "$1\r\n0\r\n", "$-1\r\n"] {
        server.says("EVALSHA", answer);
        assert!(store.commit(change()).await.is_err(), "{answer}");
        assert!(store.sweep(Timestamp(1), 1).await.is_err(), "{answer}");
    }
    let (row, damaged) = (bulk(&packed(b"v")), bulk("x"));
    let of = |ids: &[&str], row: &String| {
        let parts = ids.iter().flat_map(|id| [bulk(id), row.clone()]);
        list(&parts.collect::<Vec<_>>())
    };
    for answer in [
        of(&["b", "a"], &row),
        of(&["b", "b"], &row),
        of(&["a"], &row),
        of(&["b", "c", "d"], &row),
        list(&[bulk("b")]),
        list(&[bulk("b"), ":1\r\n".into()]),
        of(&["b", "c"], &damaged),
        "$1\r\nb\r\n".into(),
    ] {
        server.says("EVALSHA", answer.as_str());
        assert!(
            store.list(Kind::Session, "g", Some("a"), 2).await.is_err(),
            "{answer}"
        );
    }
    // One that is damaged does not hide the others.
    let mixed = list(&[bulk("b"), damaged, bulk("c"), row]);
    server.says("EVALSHA", mixed.as_str());
    let page = store.list(Kind::Session, "g", Some("a"), 3).await.unwrap();
    assert_eq!(page.len(), 1);
}

#[tokio::test]
async fn who_cannot_keep_rows_is_refused() {
    let answer = |mode: &str, role: &str| list(&["mode", mode, "role", role].map(bulk));
    for (mode, role, part) in [
        ("cluster", "master", "Redis Cluster"),
        ("sentinel", "master", "Sentinel"),
        ("standalone", "slave", "name the primary"),
        ("standalone", "replica", "name the primary"),
    ] {
        let server = Fake::start();
        server.says("HELLO", answer(mode, role).as_str());
        let error = open(&server).await.unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    let server = Fake::start();
    server.says("HELLO", "-ERR max number of clients reached\r\n");
    open(&server).await.unwrap();
    server.says("HELLO", Says::Nothing);
    let start = Instant::now();
    assert!(open(&server).await.unwrap_err().is_down());
    assert!(start.elapsed() < Duration::from_mins(1));
}

/// Keys of others below our prefix, and values that are none of ours, hide nothing; answers that no server gives
/// are refused.
#[tokio::test]
async fn a_scan_passes_over_what_is_not_ours() {
    let server = Fake::start();
    let store = open(&server).await.unwrap();
    let cursor = "$2\r\n42\r\n";
    let found = |names: &[&[u8]]| {
        let mut told = format!("*2\r\n{cursor}*{}\r\n", names.len()).into_bytes();
        for name in names {
            told.extend(format!("${}\r\n", name.len()).bytes());
            told.extend_from_slice(name);
            told.extend(b"\r\n");
        }
        Says::Bytes(told)
    };
    let names: [&[u8]; 5] = [
        b"atproto:1:\xff\xfe",
        b"atproto:1:two\nlines",
        b"atproto:1:damaged",
        b"atproto:1:gone",
        b"atproto:1:good",
    ];
    server.says("SCAN", found(&names));
    let values = [bulk("x"), "$-1\r\n".into(), bulk(&packed(b"v"))];
    server.says("MGET", &*list(&values));
    let step = store.scan(Kind::Session, None, 10).await.unwrap();
    assert_eq!(step.next.as_deref(), Some("42"));
    let ids: Vec<_> = step.rows.iter().map(|(key, _)| &*key.id).collect();
    assert_eq!(ids, ["good"]);
    // Nothing but what is not ours: there is more to come all the same.
    server.says("SCAN", found(&names[..2]));
    let step = store.scan(Kind::Session, Some("42"), 10).await.unwrap();
    assert!(step.rows.is_empty() && step.next.is_some());

    // A value too few, one that is no value, a key that was not asked for, and no cursor.
    server.says("SCAN", found(&[b"atproto:1:a"]));
    for values in ["*0\r\n", "*1\r\n:1\r\n", ":1\r\n"] {
        server.says("MGET", values);
        assert!(
            store.scan(Kind::Session, None, 10).await.is_err(),
            "{values}"
        );
    }
    server.says("MGET", &*list(&[bulk(&packed(b"v"))]));
    server.says("SCAN", found(&[b"atproto:2:a"]));
    assert!(store.scan(Kind::Session, None, 10).await.is_err());
    for answer in [
        "*2\r\n$1\r\nx\r\n*0\r\n",
        "*2\r\n$2\r\n-1\r\n*0\r\n",
        "*1\r\n$1\r\n0\r\n",
        "*2\r\n$1\r\n0\r\n*1\r\n:1\r\n",
        "$1\r\n0\r\n",
    ] {
        server.says("SCAN", answer);
        let error = store.scan(Kind::Session, None, 10).await.unwrap_err();
        assert!(
            !error.is_down() && !error.is_unreadable(),
            "{answer}: {error}"
        );
    }
    for place in ["", "-1", "1 COUNT 9", "99999999999999999999"] {
        assert!(store.scan(Kind::Session, Some(place), 10).await.is_err());
    }
}

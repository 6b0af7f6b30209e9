use std::sync::Arc;

use super::{BROWSER_IDLE, Browser, BrowserId, COOKIE_GRACE};
use crate::client::SessionKey;
use crate::store::{Interner, MemoryStore, Reader, Record, Secrets, Vault, Writer};
use crate::types::{SystemClock, Timestamp};

const NOW: Timestamp = Timestamp(1_800_000_000);
const DAY: u64 = 24 * 60 * 60;

fn key(name: char, n: u8) -> SessionKey {
    let nonce = crate::jose::base64url::encode(&[n; 32]);
    format!("did:plc:{}:{nonce}", name.to_string().repeat(24))
        .parse()
        .unwrap()
}

fn browser(sessions: &[SessionKey]) -> Browser {
    Browser::new(BrowserId::of_cookie("cookie"), sessions.to_vec(), NOW)
}

fn written(browser: &Browser) -> Vec<u8> {
    let mut out = Writer::new();
    browser.encode(&mut out);
    out.into_bytes().to_vec()
}

#[test]
fn reads_what_it_writes() {
    let mut one = browser(&[key('a', 1), key('b', 2), key('c', 3)]);
    one.switch(&key('b', 2));
    let mut retired = one.clone();
    retired.retire(&[key('a', 1)], NOW);
    for browser in [browser(&[]), one, retired] {
        let bytes = written(&browser);
        let interner = Interner::default();
        let mut input = Reader::new(&bytes, &interner);
        assert_eq!(
            Browser::decode(&browser.id().row(), &mut input).unwrap(),
            browser
        );
        input.end().unwrap();
    }
}

#[test]
fn damaged_bytes_are_an_error() {
    let bytes = written(&browser(&[key('a', 1), key('b', 2)]));
    let interner = Interner::default();
    for length in 0..bytes.len() {
        let mut input = Reader::new(&bytes[..length], &interner);
        assert!(Browser::decode(&BrowserId::of_cookie("cookie").row(), &mut input).is_err());
    }
    // A claim of 2^63 sessions takes no memory.
    let mut out = Writer::new();
    out.byte(1);
    out.number(1 << 63);
    let bytes = out.into_bytes();
    let id = BrowserId::of_cookie("x").row();
    assert!(Browser::decode(&id, &mut Reader::new(&bytes, &interner)).is_err());
}

#[test]
fn only_its_own_sessions_become_active() {
    let mut browser = browser(&[key('a', 1), key('b', 2)]);
    assert!(!browser.switch(&key('a', 9)));
    assert!(!browser.switch(&key('c', 1)));
    assert_eq!(browser.active(), Some(&key('a', 1)));
    assert!(browser.switch(&key('b', 2)));
    assert_eq!(browser.active(), Some(&key('b', 2)));
}

#[test]
fn the_newest_remaining_is_active_after_a_sign_out() {
    let mut one = browser(&[key('a', 1), key('b', 2), key('c', 3)]);
    one.remove(&[key('b', 2)], None);
    assert_eq!(
        one.active(),
        Some(&key('a', 1)),
        "another one was taken off"
    );
    one.remove(&[key('a', 1)], None);
    assert_eq!(one.active(), Some(&key('c', 3)));
    one.remove(&[key('c', 3)], None);
    assert_eq!(one.active(), None);
    let mut told = browser(&[key('a', 1), key('b', 2), key('c', 3)]);
    told.remove(&[key('a', 1)], Some(&key('c', 3)));
    assert_eq!(told.active(), Some(&key('c', 3)));
    told.remove(&[key('c', 3)], Some(&key('x', 3)));
    assert_eq!(
        told.active(),
        Some(&key('b', 2)),
        "a session of another browser"
    );
}

/// CB-18, scenario 25: the old id gains no account.
#[test]
fn never_a_new_account_for_the_old_id() {
    let old = key('a', 1);
    let mut browser = browser(std::slice::from_ref(&old));
    assert!(!browser.is_retired());
    browser.retire(&[], NOW);
    assert!(browser.is_retired());
    assert_eq!(browser.sessions(), std::slice::from_ref(&old));
    assert_eq!(browser.active(), Some(&old));
    assert_eq!(browser.expires_at(), Some(NOW.plus(COOKIE_GRACE)));
    // Later sign-ins do not lengthen it.
    browser.retire(&[], Timestamp(NOW.0 + 20));
    assert_eq!(browser.expires_at(), Some(NOW.plus(COOKIE_GRACE)));
}

/// What was replaced is gone from the old id, and requests on their way do not become another account's.
#[test]
fn never_a_new_session_for_the_old_id() {
    let mut browser = browser(&[key('a', 1), key('b', 1)]);
    browser.retire(&[key('a', 1)], NOW);
    assert_eq!(browser.sessions(), [key('b', 1)]);
    assert_eq!(browser.active(), None);
    // Where only one account is held, the other one is signed out.
    let mut single = super::tests::browser(&[key('a', 1)]);
    single.retire(&[key('a', 1)], NOW);
    assert!(single.sessions().is_empty());
    assert_eq!(single.active(), None);
}

#[test]
fn idle_after_30_days_gone_after_a_year() {
    let mut browser = browser(&[key('a', 1)]);
    assert_eq!(browser.expires_at(), Some(NOW.plus(BROWSER_IDLE)));
    assert!(!browser.is_visit_due(Timestamp(NOW.0 + DAY - 1)));
    assert!(browser.is_visit_due(Timestamp(NOW.0 + DAY)));
    browser.record_visit(Timestamp(NOW.0 + 20 * DAY));
    assert_eq!(browser.expires_at(), Some(Timestamp(NOW.0 + 50 * DAY)));
    browser.record_visit(Timestamp(NOW.0 + 360 * DAY));
    assert_eq!(browser.expires_at(), Some(Timestamp(NOW.0 + 365 * DAY)));
    browser.record_visit(NOW);
    assert_eq!(
        browser.expires_at(),
        Some(Timestamp(NOW.0 + 365 * DAY)),
        "clocks that go back"
    );
}

/// A row that was changed in the store is no browser.
#[tokio::test]
async fn is_sealed_like_every_record() {
    let store = Arc::new(MemoryStore::new());
    let secrets = Secrets::generate().unwrap();
    let vault = Vault::new(store.clone(), &secrets, "client", Arc::new(SystemClock));
    let now = Timestamp(vault.now().0);
    let browser = Browser::new(BrowserId::of_cookie("c"), vec![key('a', 1)], now);
    let done = vault
        .commit(vec![vault.put(&browser, None).unwrap()])
        .await
        .unwrap();
    assert_eq!(done, crate::store::Commit::Done);
    let other = Vault::new(
        store,
        &Secrets::generate().unwrap(),
        "client",
        Arc::new(SystemClock),
    );
    let refused = other.get::<Browser>(&browser.id().row()).await;
    assert!(refused.unwrap_err().is_unreadable());
    let stored = vault
        .get::<Browser>(&browser.id().row())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stored.record, browser);
}

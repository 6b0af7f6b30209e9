//! Lifetimes of every kind.

use std::sync::Arc;

use super::*;
use crate::jose::DpopKey;
use crate::types::Issuer;

fn session() -> SessionRecord {
    let issuer = Issuer::parse("https://as.example").unwrap();
    SessionRecord {
        did: "did:web:alice.example".parse().unwrap(),
        random_id: [0; 32],
        handle: None,
        handle_checked_at: Timestamp(1),
        pds: issuer.origin().clone(),
        issuer,
        requested: "atproto".into(),
        granted: "atproto".into(),
        expanded: Vec::new(),
        access_token: "a token".into(),
        refresh_token: Some("another".into()),
        access_expires_at: None,
        dpop_key: Arc::new(DpopKey::generate().unwrap()),
        auth: ClientAuth::None,
        issuer_nonce: None,
        pds_nonce: None,
        created_at: Timestamp(1),
        refreshed_at: Timestamp(1),
        refreshing: None,
        used_at: None,
        expires_at: None,
    }
}

/// TK-11, TK-12: how many seconds before its end a token of a life is refreshed, by the first byte of the
/// session's nonce, and how many before it is used no more.
#[test]
fn tokens_are_refreshed_early_and_not_all_at_once() {
    for (life, spread, refreshed, over) in [
        (3_600, 0, 60, 5),
        (3_600, 255, 31, 5),
        (360, 0, 60, 5),
        (90, 0, 15, 5),
        (90, 128, 12, 5),
        (30, 0, 5, 2),
        (5, 0, 0, 0),
        (1, 0, 0, 0),
        (0, 0, 0, 0),
    ] {
        let mut record = session();
        record.random_id[0] = spread;
        record.refreshed_at = Timestamp(1_000);
        record.access_expires_at = Some(Timestamp(1_000 + life));
        for early in 0..=70_u64.min(life) {
            let now = Timestamp(1_000 + life - early);
            let case = format!("life {life}, spread {spread}, {early} s before its end");
            assert_eq!(is_expiring(&record, now), early <= refreshed, "{case}");
            assert_eq!(is_over(&record, now), early <= over, "{case}");
            assert_eq!(is_expired(&record, now), early == 0, "{case}");
        }
        assert_eq!(has_life(&record), life > 0);
    }
    let mut endless = session();
    endless.access_expires_at = None;
    let end_of_days = Timestamp(u64::MAX / 2);
    assert!(!is_expiring(&endless, end_of_days) && !is_over(&endless, end_of_days));
}

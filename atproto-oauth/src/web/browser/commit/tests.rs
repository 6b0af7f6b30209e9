use super::{BeginOutcome, NewBrowser, begin, change, commit, refuse, rollback};
use crate::client::{OAuthClient, Paths, SessionKey};
use crate::store::Stored;
use crate::web::browser::record::{Browser, BrowserId};
use crate::web::testing::client_at;

async fn client() -> OAuthClient {
    client_at("https://app.example.com", Paths::new("/oauth")).await
}

fn key(name: char, n: u8) -> SessionKey {
    let nonce = crate::jose::base64url::encode(&[n; 32]);
    let did = format!("did:plc:{}", name.to_string().repeat(24));
    format!("{did}:{nonce}").parse().unwrap()
}

async fn stored(client: &OAuthClient, id: BrowserId) -> Option<Browser> {
    let found = client.vault().get::<Browser>(&id.row()).await.unwrap();
    found.map(|Stored { record, .. }| record)
}

async fn arrives(client: &OAuthClient, old: Option<&Browser>, key: SessionKey) -> NewBrowser {
    match begin(client, old.map(Browser::id), key, None, 3)
        .await
        .unwrap()
    {
        BeginOutcome::Begun(begun) => begun,
        BeginOutcome::Full => panic!("there is room"),
    }
}

/// A browser with Alice and Bob.
async fn two(client: &OAuthClient) -> Browser {
    let first = arrives(client, None, key('a', 1)).await;
    let first = stored(client, first.id).await.unwrap();
    let second = arrives(client, Some(&first), key('b', 1)).await;
    commit(client, &second).await;
    stored(client, second.id).await.unwrap()
}

#[tokio::test]
async fn until_it_is_settled_all_is_as_before() {
    let client = client().await;
    let before = two(&client).await;
    let begun = arrives(&client, Some(&before), key('a', 2)).await;
    assert_eq!(stored(&client, before.id()).await.as_ref(), Some(&before));
    let new = stored(&client, begun.id).await.unwrap();
    assert_eq!(new.sessions(), [key('a', 2), key('b', 1)]);
    assert_eq!(new.active(), Some(&key('a', 2)));

    rollback(&client, &begun).await;
    assert_eq!(stored(&client, begun.id).await, None);
    assert_eq!(stored(&client, before.id()).await.as_ref(), Some(&before));
}

#[tokio::test]
async fn a_refused_account_leaves_the_browser() {
    let client = client().await;
    let before = two(&client).await;
    let begun = arrives(&client, Some(&before), key('a', 2)).await;
    refuse(&client, &begun).await;
    assert_eq!(stored(&client, begun.id).await, None);
    let after = stored(&client, before.id()).await.unwrap();
    assert_eq!(after.sessions(), [key('b', 1)]);
}

/// Of many changes at once none is lost.
#[tokio::test]
async fn changes_at_the_same_time_all_count() {
    let client = client().await;
    let browser = two(&client).await;
    let all = [key('a', 1), key('b', 1)].map(|key| {
        let (client, id) = (client.clone(), browser.id());
        tokio::spawn(async move {
            change(&client, id, |browser| {
                browser.remove(std::slice::from_ref(&key), None);
            })
            .await
        })
    });
    for one in all {
        one.await.unwrap().unwrap();
    }
    assert_eq!(stored(&client, browser.id()).await, None);
    assert_eq!(change(&client, browser.id(), |_| {}).await.unwrap(), None);
}

/// CB-18: the old id is worth nothing to the next sign-in.
#[tokio::test]
async fn never_a_session_from_an_id_that_has_ended() {
    let client = client().await;
    let before = two(&client).await;
    let victim = arrives(&client, Some(&before), key('a', 2)).await;
    commit(&client, &victim).await;
    let retired = stored(&client, before.id()).await.unwrap();
    assert_eq!(retired.sessions(), [key('b', 1)]);
    let thief = arrives(&client, Some(&before), key('c', 1)).await;
    commit(&client, &thief).await;
    let thief = stored(&client, thief.id).await.unwrap();
    assert_eq!(thief.sessions(), [key('c', 1)]);
    assert_eq!(stored(&client, before.id()).await.as_ref(), Some(&retired));
    let victim = stored(&client, victim.id).await.unwrap();
    assert_eq!(victim.sessions(), [key('a', 2), key('b', 1)]);
}

/// Two answers at the same time: the first that stands has the accounts, the other one its own.
#[tokio::test]
async fn never_two_heirs_of_one_id() {
    let client = client().await;
    let before = two(&client).await;
    let first = arrives(&client, Some(&before), key('c', 1)).await;
    let second = arrives(&client, Some(&before), key('a', 2)).await;
    tokio::join!(commit(&client, &first), commit(&client, &second));
    let sessions = async |begun: &NewBrowser| {
        let browser = stored(&client, begun.id).await.unwrap();
        browser.sessions().to_vec()
    };
    let heirs = [sessions(&first).await, sessions(&second).await];
    let alone = [vec![key('c', 1)], vec![key('a', 2)]];
    let all = [
        vec![key('c', 1), key('b', 1), key('a', 1)],
        vec![key('a', 2), key('b', 1)],
    ];
    assert!(
        heirs == [all[0].clone(), alone[1].clone()] || heirs == [alone[0].clone(), all[1].clone()],
        "{heirs:?}"
    );
}

/// Who signed out while a sign-in was under way stays signed out.
#[tokio::test]
async fn never_a_removed_account_again() {
    let client = client().await;
    let before = two(&client).await;
    let bob = key('b', 1);
    let gone = |browser: &mut Browser| browser.remove(std::slice::from_ref(&bob), None);
    // Before it arrives: `before` is what was read first.
    let early = arrives(&client, Some(&before), key('c', 1)).await;
    change(&client, before.id(), gone).await.unwrap();
    let late = arrives(&client, Some(&before), key('c', 2)).await;
    let late = stored(&client, late.id).await.unwrap();
    assert_eq!(late.sessions(), [key('c', 2), key('a', 1)]);
    // And before it stands.
    commit(&client, &early).await;
    let early = stored(&client, early.id).await.unwrap();
    assert_eq!(early.sessions(), [key('c', 1), key('a', 1)]);
}

/// SC-18: more permissions for one account change nothing about the others, nor about the order.
#[tokio::test]
async fn sc_18_an_upgrade_keeps_the_place() {
    let client = client().await;
    let before = two(&client).await;
    let third = arrives(&client, Some(&before), key('c', 1)).await;
    commit(&client, &third).await;
    let (c, b, a) = (key('c', 1), key('b', 1), key('a', 1));
    for (old, new, expected) in [
        (&c, key('c', 2), [key('c', 2), b.clone(), a.clone()]),
        (&b, key('b', 2), [c.clone(), key('b', 2), a.clone()]),
        (&a, key('a', 2), [c.clone(), b.clone(), key('a', 2)]),
    ] {
        let arrived = begin(&client, Some(third.id), new.clone(), Some(old), 3);
        let Ok(BeginOutcome::Begun(begun)) = arrived.await else {
            panic!("it takes no room");
        };
        assert_eq!(begun.replaced, std::slice::from_ref(old));
        let stored = stored(&client, begun.id).await.unwrap();
        assert_eq!(stored.sessions(), expected);
        assert_eq!(stored.active(), Some(&new));
        rollback(&client, &begun).await;
    }
    // One that an application replaces, and that is no account of this browser.
    let elsewhere = key('d', 1);
    let arrived = begin(&client, Some(third.id), key('a', 2), Some(&elsewhere), 3);
    let Ok(BeginOutcome::Begun(begun)) = arrived.await else {
        panic!("it takes no room");
    };
    assert_eq!(begun.replaced, [a, elsewhere]);
    let stored = stored(&client, begun.id).await.unwrap();
    assert_eq!(stored.sessions(), [key('a', 2), c, b]);
}

/// However many an application allows, a row does not grow without end; an account that is signed in already may sign
/// in again.
#[tokio::test]
async fn a_browser_holds_a_hundred_accounts_at_most() {
    let client = client().await;
    let key = |n: u8, session: u8| -> SessionKey {
        let nonce = crate::jose::base64url::encode(&[session; 32]);
        format!("did:web:a{n}.example:{nonce}").parse().unwrap()
    };
    let id = BrowserId::of_cookie("cookie");
    let alive = async |session: SessionKey| {
        let record = crate::web::testing::session(&session, client.now());
        let put = client.vault().put(&record, None).unwrap();
        let _ = client.vault().commit(vec![put]).await.unwrap();
        session
    };
    let mut sessions = Vec::new();
    for n in 0..100 {
        sessions.push(alive(key(n, 1)).await);
    }
    let browser = Browser::new(id, sessions, client.now());
    let put = client.vault().put(&browser, None).unwrap();
    let _ = client.vault().commit(vec![put]).await.unwrap();
    for (arriving, fits) in [(key(100, 1), false), (key(50, 2), true)] {
        let arrived = begin(&client, Some(id), arriving, None, u16::MAX).await;
        assert_eq!(matches!(arrived.unwrap(), BeginOutcome::Begun(_)), fits);
    }
}

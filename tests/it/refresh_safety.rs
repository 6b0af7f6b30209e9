//! What keeps a session from getting lost, a refresh token from being sent twice, and a session that was signed out
//! from living on, when the store answers late, loses answers or fails for one process only.

use std::time::Duration;

use atproto_oauth::store::{Commit, Kind};
use atproto_oauth::testing::{Endpoint, Fault, Seen, TestNetwork};
use atproto_oauth::{AuthorizeOptions, ErrorKind, OAuthClient, Session};
use secrecy::ExposeSecret;

use crate::support::*;

const SECOND: Duration = Duration::from_secs(1);
/// A process beside those of the fleet, whose connection to the store is controlled.
struct Process {
    fleet: Fleet,
    connection: Connection,
    client: OAuthClient,
}

impl Process {
    async fn new() -> Self {
        let fleet = Fleet::new().await;
        me(&fleet.session).await.unwrap();
        let connection = Connection::to(&fleet.store);
        let client = fleet.process().store(connection.clone());
        let client = client.build().await.unwrap();
        Self {
            fleet,
            connection,
            client,
        }
    }

    /// The session, of this process.
    async fn session(&self) -> Session {
        self.client
            .session(&self.fleet.session.key())
            .await
            .unwrap()
    }

    /// The session ended in this process: no handle of it is used any more.
    async fn is_over(&self, handles: &[&Session]) {
        let known: Result<Session, _> = self.client.session(&self.fleet.session.key()).await;
        assert!(known.unwrap_err().needs_login());
        no_longer_used(&self.fleet.network, handles).await;
    }

    /// The row gets the token that was used last, without a request that brings it about.
    async fn until_written(&self) {
        let token = last_token(&self.fleet.network);
        let written = async || (stored_token(&self.fleet).await == token).then_some(());
        eventually("the fresh tokens in the row", written).await;
    }

    /// Another process refreshes the session from what is in the store, and this one follows.
    async fn goes_on(&self) {
        self.fleet.clock.by(2 * HOUR);
        me(&self.fleet.theirs().await).await.unwrap();
        me(&self.session().await).await.unwrap();
    }
}

/// These handles make no request any more.
async fn no_longer_used(network: &TestNetwork, handles: &[&Session]) {
    network.forget_requests();
    for handle in handles {
        let error = me(handle).await.unwrap_err();
        assert!(error.needs_login() && !error.is_transient(), "{error}");
    }
    assert_eq!(network.requests().len(), 0, "a handle lives on");
}

/// The access tokens that the PDS got, in order, each once.
fn used(network: &TestNetwork) -> Vec<String> {
    let token = |seen: &Seen| {
        let header = seen.header("authorization").unwrap();
        header.trim_start_matches("DPoP ").to_owned()
    };
    let seen = network.requests_to(Endpoint::Xrpc);
    let mut tokens: Vec<_> = seen.iter().map(token).collect();
    tokens.dedup();
    tokens
}

fn last_token(network: &TestNetwork) -> String {
    used(network).pop().unwrap()
}

async fn stored_token(fleet: &Fleet) -> String {
    let stored = fleet.stored(&fleet.session).await;
    stored.record.access_token.expose_secret().to_owned()
}

/// Another process writes the row again as it is.
async fn write_again(fleet: &Fleet) {
    let stored = fleet.stored(&fleet.session).await;
    let vault = fleet.there.vault();
    let change = vault.put(&stored.record, Some(stored.version)).unwrap();
    assert_eq!(vault.commit(vec![change]).await.unwrap(), Commit::Done);
}

/// A process whose last refresh is not in the store: the row has the tokens from before, and its writes still fail.
async fn unsaved() -> (Process, Session) {
    let process = Process::new().await;
    let session = process.session().await;
    process.fleet.expire();
    // The lease is written.
    process.connection.writes(1, usize::MAX, Does::Fail);
    me(&session).await.unwrap();
    assert_eq!(done(&process.fleet.network, Endpoint::Refresh), 1);
    let token = stored_token(&process.fleet).await;
    assert_ne!(token, last_token(&process.fleet.network));
    (process, session)
}

/// A logout overtakes a read of the row: what the read brings is not used.
#[tokio::test]
async fn a_session_that_is_signed_out_while_it_is_read_stays_out() {
    let process = Process::new().await;
    let key = process.fleet.session.key();
    let held = process.connection.hold_next_read();
    let signs_out = async {
        held.answered().await;
        process.client.revoke(&key).await.unwrap();
        held.let_go();
    };
    let (read, ()) = tokio::join!(process.client.session(&key), signs_out);
    let read: Result<Session, _> = read;
    assert!(read.unwrap_err().needs_login());
    process.is_over(&[]).await;
}

/// TK-22: the same for a session that is signed out before its own login knows that it was written.
#[tokio::test]
async fn a_session_that_is_signed_out_while_it_is_written_stays_out() {
    let network = TestNetwork::start().await.unwrap();
    let store = Faulty::new(Ahead::default());
    let connection = Connection::to(&store);
    let client = client_with(&network, connection.clone()).await;
    let did = network.account("alice.test").unwrap().did;
    let authorization = client
        .authorize("alice.test", AuthorizeOptions::default())
        .await;
    let authorization = authorization.unwrap();
    let address = network.approve(authorization.url(), "alice.test").await;
    let address = address.unwrap();
    let held = Held::default();
    connection.writes(0, 1, Does::Hold(held.clone()));
    let signs_out = async {
        held.answered().await;
        let sessions = client.sessions_of(&did).await.unwrap();
        client.revoke(&sessions[0].key).await.unwrap();
        held.let_go();
        sessions[0].key.clone()
    };
    let (answer, key) = tokio::join!(finish(&client, &authorization, &address), signs_out);
    assert!(answer.unwrap_err().needs_login());
    let known: Result<Session, _> = client.session(&key).await;
    assert!(known.unwrap_err().needs_login());
    assert_eq!(network.sessions_of(&did), 0);
}

/// Two tasks that read a session at the same time get the same one: a logout ends both.
#[tokio::test]
async fn sessions_that_are_read_at_the_same_time_are_one() {
    let process = Process::new().await;
    let key = process.fleet.session.key();
    let (first, second) = (
        process.connection.hold_next_read(),
        process.connection.hold_next_read(),
    );
    let both_answered = async {
        first.answered().await;
        second.answered().await;
        first.let_go();
        second.let_go();
    };
    let (one, two, ()) = tokio::join!(process.session(), process.session(), both_answered);
    for session in [&one, &two] {
        me(session).await.unwrap();
    }
    process.client.revoke(&key).await.unwrap();
    process.is_over(&[&one, &two]).await;
}

/// How long a read counts is told from when it began, however late its answer: a logout elsewhere meanwhile is
/// noticed within the stated time.
#[tokio::test]
async fn a_late_answer_is_not_believed_for_longer() {
    for in_memory in [false, true] {
        let process = Process::new().await;
        if in_memory {
            process.session().await;
            process.fleet.clock.by(5 * SECOND);
        }
        let held = process.connection.hold_next_read();
        let signs_out = async {
            held.answered().await;
            process.fleet.session.revoke().await.unwrap();
            process.fleet.clock.by(5 * SECOND);
            held.let_go();
        };
        let (session, ()) = tokio::join!(process.session(), signs_out);
        process.is_over(&[&session]).await;
    }
}

/// A logout elsewhere, noticed by one request, ends every handle of the session in this process.
#[tokio::test]
async fn a_row_that_is_gone_ends_the_session_in_memory() {
    let fleet = Fleet::new().await;
    let theirs = fleet.theirs().await;
    me(&theirs).await.unwrap();
    fleet.session.revoke().await.unwrap();
    fleet.clock.by(5 * SECOND);
    let known: Result<Session, _> = fleet.there.session(&fleet.session.key()).await;
    assert!(known.unwrap_err().needs_login());
    no_longer_used(&fleet.network, &[&theirs]).await;
}

/// TK-03: the same where a refresh notices it. From then on the store need not be there to say so.
#[tokio::test]
async fn a_row_that_is_gone_ends_the_session_at_a_refresh() {
    let fleet = Fleet::new().await;
    let theirs = fleet.theirs().await;
    me(&theirs).await.unwrap();
    fleet.session.revoke().await.unwrap();
    fleet.expire();
    no_longer_used(&fleet.network, &[&theirs]).await;
    fleet.store.reads_fail();
    no_longer_used(&fleet.network, &[&theirs]).await;
}

/// The same where the logout is asked for once more.
#[tokio::test]
async fn a_row_that_is_gone_ends_the_session_at_a_second_logout() {
    let fleet = Fleet::new().await;
    let theirs = fleet.theirs().await;
    me(&theirs).await.unwrap();
    fleet.session.revoke().await.unwrap();
    let error = fleet.there.revoke(&theirs.key()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SessionNotFound);
    no_longer_used(&fleet.network, &[&theirs]).await;
}

/// A row that stays unreadable ends the session in memory, too.
#[tokio::test]
async fn a_row_that_stays_unreadable_ends_the_session_in_memory() {
    let fleet = Fleet::new().await;
    let theirs = fleet.theirs().await;
    me(&theirs).await.unwrap();
    fleet.store.damage(Kind::Session).await;
    for (wait, is_over) in [(5, false), (60, true)] {
        fleet.clock.by(wait * SECOND);
        let known: Result<Session, _> = fleet.there.session(&theirs.key()).await;
        assert_eq!(known.unwrap_err().needs_login(), is_over);
    }
    no_longer_used(&fleet.network, &[&theirs]).await;
}

/// A logout meets a refresh in another process: the row that was read is not there any more, and the newer one goes.
#[tokio::test]
async fn a_logout_takes_the_row_that_is_there() {
    let process = Process::new().await;
    let key = process.fleet.session.key();
    let held = process.connection.hold_next_read();
    let refreshes = async {
        held.answered().await;
        process.fleet.expire();
        me(&process.fleet.session).await.unwrap();
        held.let_go();
    };
    let (signed_out, ()) = tokio::join!(process.client.revoke(&key), refreshes);
    signed_out.unwrap();
    let fresh = last_token(&process.fleet.network);
    let revoked = process.fleet.network.requests_to(Endpoint::Revocation);
    assert!(revoked.iter().any(|one| one.form("token") == Some(&*fresh)));
    assert_eq!(process.fleet.store.of_kind(Kind::Session).await, []);
    assert_eq!(process.fleet.network.sessions_of(key.did()), 0);
    process.is_over(&[]).await;
}

/// The session is refreshed while a read of its row is on the way: the older row does not replace the newer tokens.
#[tokio::test]
async fn an_older_row_is_not_taken_over() {
    let process = Process::new().await;
    let (fleet, session) = (&process.fleet, process.session().await);
    me(&session).await.unwrap();
    let old = last_token(&fleet.network);
    fleet.clock.by(5 * SECOND);
    let held = process.connection.hold_next_read();
    let refreshes = async {
        held.answered().await;
        fleet.network.expire_access_tokens();
        me(&session).await.unwrap();
        held.let_go();
    };
    let (again, ()) = tokio::join!(process.session(), refreshes);
    let fresh = last_token(&fleet.network);
    assert_ne!(fresh, old);
    fleet.network.forget_requests();
    for session in [&session, &again] {
        me(session).await.unwrap();
    }
    assert_eq!(used(&fleet.network), [fresh]);
}

/// This process learns late that its tokens were written. By then another process has refreshed again, and a task here
/// has read that: it stays.
#[tokio::test]
async fn a_late_answer_to_a_write_does_not_bring_back_older_tokens() {
    let process = Process::new().await;
    let (fleet, session) = (&process.fleet, process.session().await);
    let theirs = fleet.theirs().await;
    fleet.expire();
    let held = Held::default();
    process.connection.writes(1, 1, Does::Hold(held.clone()));
    let meanwhile = async {
        held.answered().await;
        me(&theirs).await.unwrap();
        fleet.network.expire_access_tokens();
        me(&theirs).await.unwrap();
        assert_eq!(done(&fleet.network, Endpoint::Refresh), 2);
        let newest = last_token(&fleet.network);
        fleet.clock.by(5 * SECOND);
        process.session().await;
        fleet.network.forget_requests();
        held.let_go();
        newest
    };
    let (answer, newest) = tokio::join!(me(&session), meanwhile);
    answer.unwrap();
    me(&session).await.unwrap();
    assert_eq!(used(&fleet.network), [newest]);
}

/// TK-03: another process refreshes between the read of the row and the lease: the lease is not given, and the refresh
/// token is not sent a second time.
#[tokio::test]
async fn a_refresh_token_is_sent_only_under_its_lease() {
    let process = Process::new().await;
    let (fleet, session) = (&process.fleet, process.session().await);
    fleet.expire();
    let held = process.connection.hold_next_read();
    let refreshes = async {
        held.answered().await;
        me(&fleet.session).await.unwrap();
        held.let_go();
        count(&fleet.network, Endpoint::Refresh)
    };
    let (answer, sent) = tokio::join!(me(&session), refreshes);
    answer.unwrap();
    assert_eq!(done(&fleet.network, Endpoint::Refresh), 1);
    assert_eq!(
        count(&fleet.network, Endpoint::Refresh),
        sent,
        "sent a second time"
    );
    process.goes_on().await;
}

/// `invalid_grant`, while another process has taken the lease of the same refresh token: what it gets may be newer, so
/// nothing is deleted.
#[tokio::test]
async fn never_ended_while_another_process_has_the_lease() {
    let process = Process::new().await;
    let (fleet, session) = (&process.fleet, process.session().await);
    fleet.expire();
    fleet.network.revoke_sessions(session.did());
    // The row as it is once the lease is written.
    let held = Held::default();
    process.connection.writes(0, 1, Does::Hold(held.clone()));
    let takes_the_lease = async {
        held.answered().await;
        let mut stored = fleet.stored(&session).await;
        stored.record.refreshing.as_mut().unwrap().holder = [7; 16];
        let vault = fleet.there.vault();
        let change = vault.put(&stored.record, Some(stored.version)).unwrap();
        assert_eq!(vault.commit(vec![change]).await.unwrap(), Commit::Done);
        held.let_go();
    };
    let (answer, ()) = tokio::join!(me(&session), takes_the_lease);
    let error = answer.unwrap_err();
    assert!(error.is_transient() && !error.needs_login(), "{error}");
    assert_eq!(fleet.store.of_kind(Kind::Session).await.len(), 1);
}

/// The row does not replace fresh tokens that could not be written, even if another process has written it again.
#[tokio::test]
async fn tokens_that_are_not_written_yet_are_not_replaced_by_the_row() {
    let (process, session) = unsaved().await;
    let fresh = last_token(&process.fleet.network);
    write_again(&process.fleet).await;
    // What was read before the store failed does for a minute.
    process.fleet.clock.by(61 * SECOND);
    let again = process.session().await;
    process.fleet.network.forget_requests();
    for session in [&session, &again] {
        me(session).await.unwrap();
    }
    assert_eq!(used(&process.fleet.network), [fresh]);
    process.connection.works();
    process.until_written().await;
    process.goes_on().await;
}

/// Nor does a row that stays unreadable end a session whose tokens are in memory only.
#[tokio::test]
async fn never_ended_by_an_unreadable_row_while_fresh_tokens_are_not_written() {
    let (process, session) = unsaved().await;
    process.fleet.store.damage(Kind::Session).await;
    for _ in 0..3 {
        process.fleet.clock.by(61 * SECOND);
        let known: Result<Session, _> = process.client.session(&session.key()).await;
        let error = known.unwrap_err();
        assert!(error.is_transient() && !error.needs_login(), "{error}");
    }
    process.connection.works();
    let commits = process.fleet.store.commits();
    process.fleet.store.until(commits + 1).await;
    process.until_written().await;
    process.goes_on().await;
}

/// Fresh tokens go over a row that another process has only written again, however often writing them failed before.
#[tokio::test]
async fn fresh_tokens_that_failed_to_be_written_twice_still_replace_the_old_ones() {
    let (process, session) = unsaved().await;
    process.connection.until_failed(3).await;
    write_again(&process.fleet).await;
    process.connection.works();
    process.until_written().await;
    process.goes_on().await;
    me(&session).await.unwrap();
}

/// Tokens that cannot be written because other processes keep writing the row, or because the row cannot be read, are
/// kept and written later.
#[tokio::test]
async fn fresh_tokens_outlast_conflicts_that_cannot_be_resolved_now() {
    for unreadable in [false, true] {
        let process = Process::new().await;
        let session = process.session().await;
        process.fleet.expire();
        if unreadable {
            process.connection.writes(1, 1, Does::Conflict);
            process.connection.reads(1, 1, Does::Fail);
        } else {
            process.connection.writes(1, 8, Does::Conflict);
        }
        me(&session).await.unwrap();
        process.until_written().await;
        assert_eq!(done(&process.fleet.network, Endpoint::Refresh), 1);
        process.goes_on().await;
    }
}

/// TK-06: an answer that is not acceptable brings a refresh token only. It is written, although the access token in the
/// row is the same and the row was written again meanwhile.
#[tokio::test]
async fn a_new_refresh_token_is_written_beside_the_same_access_token() {
    let process = Process::new().await;
    let (fleet, session) = (&process.fleet, process.session().await);
    fleet.expire();
    let before = fleet.stored(&session).await.record.refresh_token;
    process.connection.writes(1, 1, Does::Conflict);
    let fault = Fault::edit(Endpoint::Refresh, "token_type", "Bearer");
    fleet.network.misbehave(fault);
    let error = me(&session).await.unwrap_err();
    assert!(!error.needs_login(), "{error}");
    fleet.network.behave();
    let after = fleet.stored(&session).await.record;
    let (before, now) = (before.unwrap(), after.refresh_token.unwrap());
    assert_ne!(before.expose_secret(), now.expose_secret());
    assert!(after.refreshing.is_none());
    fleet.clock.by(21 * SECOND);
    process.goes_on().await;
}

/// TK-22: a login whose write was done although its answer was lost leaves no row behind, as its tokens are revoked.
#[tokio::test]
async fn a_new_session_whose_write_failed_is_deleted() {
    let network = TestNetwork::start().await.unwrap();
    let store = Faulty::new(Ahead::default());
    let connection = Connection::to(&store);
    let client = client_with(&network, connection.clone()).await;
    let did = network.account("alice.test").unwrap().did;
    connection.writes(0, 1, Does::LoseAnswer);
    let error = try_sign_in(&network, &client, "alice.test").await;
    let error = error.unwrap_err();
    assert!(error.is_transient(), "{error}");
    let written = store.written();
    assert!(
        written.iter().any(|row| row.group.contains(did.as_str())),
        "or the test shows nothing"
    );
    assert_eq!(store.of_kind(Kind::Session).await, []);
    assert_eq!(client.sessions_of(&did).await.unwrap().len(), 0);
    assert_eq!(network.sessions_of(&did), 0);
}

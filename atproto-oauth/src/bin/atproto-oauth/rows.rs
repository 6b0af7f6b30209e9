//! What an operator does with the rows of a client, whether its processes run or not.

use std::time::Duration;

use atproto_oauth::Error;
use atproto_oauth::store::{Resealed, StoreAdmin};
use zeroize::Zeroizing;

use crate::policy::{RESEAL_PASSES, RESEAL_STEP};
use crate::wrong;

/// The rows of a client, in the store and with the secrets that the environment names. Neither is
/// guessed: a new, empty store would answer every question wrongly.
pub(crate) async fn open(
    client_id: &str,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<StoreAdmin, Error> {
    let get = |name: &str| {
        let value = variable(name).filter(|value| !value.trim().is_empty());
        let missing = || {
            wrong(&format!(
                "`{name}` is missing; set it as for the application"
            ))
        };
        value.ok_or_else(missing)
    };
    let secrets = Zeroizing::new(get("ATPROTO_SECRET")?);
    StoreAdmin::open(&get("ATPROTO_STORE")?, &secrets, client_id).await
}

/// A line for each key.
pub(crate) async fn keys(admin: &StoreAdmin) -> Result<String, Error> {
    let counted = admin.sessions_by_kid().await?;
    let mut sessions = counted.by_kid;
    let mut lines = Vec::new();
    for key in admin.client_keys().await? {
        let count = sessions.remove(&Some(key.kid.clone())).unwrap_or(0);
        let state = match (key.is_compromised, key.is_missing) {
            (true, _) => "compromised",
            (false, true) => "not configured everywhere",
            (false, false) => "configured",
        };
        lines.push(format!("{count:>10} sessions  {}  {state}\n", key.kid));
    }
    for (kid, count) in sessions {
        let kid = kid.as_deref().unwrap_or("(without a key)");
        lines.push(format!("{count:>10} sessions  {kid}\n"));
    }
    if counted.unreadable > 0 {
        let unreadable = counted.unreadable;
        lines.push(format!(
            "{unreadable:>10} sessions  (unreadable: of another secret or version)\n"
        ));
    }
    if lines.is_empty() {
        return Err(nothing(admin));
    }
    Ok(lines.concat())
}

/// Passes over the store until nothing is left to do.
pub(crate) async fn reseal(
    admin: &StoreAdmin,
    between: Duration,
    say: impl Fn(&str) -> Result<(), Error>,
) -> Result<(), Error> {
    for pass in 1..=RESEAL_PASSES {
        let done = reseal_all(admin).await?;
        if done.seen == 0 {
            return Err(nothing(admin));
        }
        say(&format!(
            "{} rows, {} sealed anew, {} in use, {} unreadable\n",
            done.seen, done.resealed, done.busy, done.unreadable
        ))?;
        if done.newer > 0 {
            return Err(wrong(&format!(
                "{} rows were written by a later version; run the command of that version, and keep the old \
                 secret until then",
                done.newer
            )));
        }
        if done.busy == 0 {
            return say("The other secrets can go from `ATPROTO_SECRET`.\n");
        }
        if pass < RESEAL_PASSES {
            tokio::time::sleep(between).await;
        }
    }
    Err(wrong(
        "some rows are in use all the time; start it again, and keep the old secret until then",
    ))
}

/// One pass.
async fn reseal_all(admin: &StoreAdmin) -> Result<Resealed, Error> {
    let mut sum = Resealed::default();
    loop {
        let step = admin.reseal(sum.next.as_deref(), RESEAL_STEP).await?;
        sum.seen += step.seen;
        sum.resealed += step.resealed;
        sum.busy += step.busy;
        sum.newer += step.newer;
        sum.unreadable += step.unreadable;
        sum.next = step.next;
        if sum.next.is_none() {
            return Ok(sum);
        }
    }
}

fn nothing(admin: &StoreAdmin) -> Error {
    wrong(&format!(
        "nothing of this client is in `{}`; check the client id and `ATPROTO_STORE`",
        admin.describe()
    ))
}

#[cfg(test)]
#[cfg(feature = "internals")]
mod tests {
    use std::cell::RefCell;

    use std::sync::Arc;

    use atproto_oauth::Store;
    use atproto_oauth::store::{ClientKeyRecord, MemoryStore, Record, Secrets, Vault};
    use atproto_oauth::types::{SystemClock, Timestamp};

    use super::*;
    use crate::block_on;

    const CLIENT: &str = "https://app.example.com/oauth/client-metadata.json";

    /// Vaults over one store, with the old secret, both, and the new one.
    fn vaults() -> [Vault; 3] {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let text = || Secrets::generate_text().unwrap();
        let (old, new) = (text(), text());
        [
            old.to_string(),
            format!("{} {}", *new, *old),
            new.to_string(),
        ]
        .map(|text| {
            let secrets = Secrets::parse(&text).unwrap();
            Vault::new(store.clone(), &secrets, CLIENT, Arc::new(SystemClock))
        })
    }

    async fn add(vault: &Vault, kid: &str) {
        let record = ClientKeyRecord::new(kid, [1; 32], Timestamp(1));
        let change = vault.put(&record, None).unwrap();
        let _ = vault.commit(vec![change]).await.unwrap();
    }

    #[test]
    fn every_row_is_sealed_with_the_first_secret() {
        block_on(async {
            let [old, both, new] = vaults();
            add(&old, "k").await;
            let said = RefCell::new(String::new());
            let say = |text: &str| {
                said.borrow_mut().push_str(text);
                Ok(())
            };
            reseal(&StoreAdmin::of(&both), Duration::ZERO, say).await?;
            let said = said.into_inner();
            assert!(
                said.contains("1 rows, 1 sealed anew, 0 in use, 0 unreadable"),
                "{said}"
            );
            assert!(said.contains("can go"), "{said}");
            let id = ClientKeyRecord::new("k", [1; 32], Timestamp(1)).id();
            assert!(new.get::<ClientKeyRecord>(&id).await?.is_some());
            Ok(())
        })
        .unwrap();
    }

    #[test]
    fn keys_are_shown_with_what_is_known_of_them() {
        block_on(async {
            let [vault, ..] = vaults();
            add(&vault, "one").await;
            add(&vault, "two").await;
            let text = keys(&StoreAdmin::of(&vault)).await?;
            assert_eq!(text.lines().count(), 2, "{text}");
            for part in ["0 sessions  one  configured", "0 sessions  two"] {
                assert!(text.contains(part), "{text}");
            }
            Ok(())
        })
        .unwrap();
    }

    /// An empty store is a mistake in what was asked for, not an answer.
    #[test]
    fn never_an_answer_about_another_store() {
        block_on(async {
            let [vault, ..] = vaults();
            let resealed = reseal(&StoreAdmin::of(&vault), Duration::ZERO, |_| Ok(())).await;
            for error in [
                keys(&StoreAdmin::of(&vault)).await.unwrap_err(),
                resealed.unwrap_err(),
            ] {
                assert!(error.to_string().contains("ATPROTO_STORE"), "{error}");
            }
            Ok(())
        })
        .unwrap();
        let secret = Secrets::generate_text().unwrap();
        for missing in ["ATPROTO_SECRET", "ATPROTO_STORE"] {
            let set = |name: &str| match name {
                _ if name == missing => None,
                "ATPROTO_SECRET" => Some(secret.to_string()),
                _ => Some("memory:".into()),
            };
            let error = block_on(async { open(CLIENT, set).await.map(drop) }).unwrap_err();
            assert!(error.to_string().contains(missing), "{error}");
        }
    }
}

//! Rows that were changed in the database itself.

use std::sync::Arc;

use bytes::Bytes;

use super::support::{Names, done, ensure};
use super::{Check, Violation};
use crate::store::{
    Change, Commit, Kind, Reader, Record, Row, RowKey, Secrets, Store, StoreError, Vault, Writer,
};
use crate::types::{SystemClock, Timestamp};

const CLIENT: &str = "https://contract.example/oauth/client-metadata.json";

type Tamper<'a> = &'a (dyn Fn(Row) -> Row + Sync);

/// Whatever is changed in the store, copied within it or put back, comes out of it as it is there, so
/// that a `Vault` refuses it; and it hides no other row.
///
/// # Errors
/// A [`Violation`].
#[expect(
    clippy::too_many_lines,
    reason = "one row, and everything that can be done to it"
)]
pub async fn refuses_tampered(store: &Arc<dyn Store>) -> Check {
    let names = Names::new()?;
    let secrets = new_secrets()?;
    let vault = |secrets, client| Vault::new(store.clone(), secrets, client, Arc::new(SystemClock));
    let own = vault(&secrets, CLIENT);
    let note = |id: &str| Note {
        id: names.text(id),
        group: names.text("group"),
    };
    for id in ["good", "copied"] {
        write(&own, &note(id), None).await?;
    }
    let copied = sealed(&own, &note("copied"), Some(1))?.1;

    let flipped = |row: &Row| {
        let mut value = row.value.to_vec();
        if let Some(byte) = value.last_mut() {
            *byte ^= 1;
        }
        Bytes::from(value)
    };
    let cases: [(&str, Tamper<'_>); 6] = [
        ("changed", &|row| Row {
            value: flipped(&row),
            ..row
        }),
        ("copied from another", &|row| Row {
            value: copied.value.clone(),
            ..row
        }),
        ("moved to another group", &|row| Row {
            group: format!("{}x", row.group),
            ..row
        }),
        ("given another expiry", &|row| Row {
            expires_at: Some(Timestamp(u64::MAX >> 1)),
            ..row
        }),
        ("written without a seal", &|row| Row {
            value: Bytes::from_static(b"text"),
            ..row
        }),
        ("emptied", &|row| Row {
            value: Bytes::new(),
            ..row
        }),
    ];
    for (what, tamper) in cases {
        let note = note(what);
        write(&own, &note, None).await?;
        found(&own, &note, true, what).await?;
        let (key, row) = sealed(&own, &note, Some(1))?;
        done(
            store,
            vec![Change::Put(key, tamper(row))],
            "the next version",
        )
        .await?;
        found(&own, &note, false, what).await?;
    }

    let (other_secrets, foreign) = (new_secrets()?, note("foreign"));
    write(&own, &foreign, None).await?;
    let (key, _) = sealed(&own, &foreign, Some(1))?;
    for (version, vault) in [
        (1, vault(&other_secrets, CLIENT)),
        (2, vault(&secrets, "other")),
    ] {
        let (_, row) = sealed(&vault, &foreign, Some(version))?;
        done(
            store,
            vec![Change::Put(key.clone(), row)],
            "the next version",
        )
        .await?;
        found(&own, &foreign, false, "sealed by another client").await?;
    }

    let old = note("old");
    let (key, row) = sealed(&own, &old, None)?;
    done(
        store,
        vec![Change::Put(key.clone(), row.clone())],
        "a new row",
    )
    .await?;
    write(&own, &old, Some(1)).await?;
    found(&own, &old, true, "newer").await?;
    done(
        store,
        vec![Change::Delete(key.clone(), Some(2))],
        "its deletion",
    )
    .await?;
    done(store, vec![Change::Put(key, row)], "a new row").await?;
    found(&own, &old, false, "put back").await?;

    let listed = own.list::<Note>(&names.text("group"), None, 100).await;
    let listed = listed.map_err(|error| Violation::Failed("list", error))?;
    let mut ids: Vec<_> = listed
        .items
        .iter()
        .map(|item| item.record.id.clone())
        .collect();
    ids.sort_unstable();
    ensure(
        ids == ["copied", "good"].map(|id| names.text(id)),
        "rows that were tampered with must not hide the others",
    )
}

async fn write(vault: &Vault, note: &Note, previous: Option<u64>) -> Check {
    let change = vault.put(note, previous);
    let change = change.map_err(|error| Violation::Failed("seal", error))?;
    let answer = vault.commit(vec![change]).await;
    let answer = answer.map_err(|error| Violation::Failed("commit", error))?;
    ensure(answer == Commit::Done, "a record must be written")
}

/// The row as it would be written over the version `previous`.
fn sealed(vault: &Vault, note: &Note, previous: Option<u64>) -> Result<(RowKey, Row), Violation> {
    let change = vault.put(note, previous);
    match change.map_err(|error| Violation::Failed("seal", error))? {
        Change::Put(key, row) => Ok((key, row)),
        Change::Delete(..) => Err(Violation::Broken(
            "a record must be sealed into a row".into(),
        )),
    }
}

async fn found(vault: &Vault, note: &Note, good: bool, what: &str) -> Check {
    match vault.get::<Note>(&note.id).await {
        Ok(Some(_)) => ensure(good, &format!("a row that was {what} was not refused")),
        Ok(None) => ensure(false, &format!("a row that was {what} is not there")),
        Err(error) if error.is_unreadable() => ensure(
            !good,
            &format!("a good row was refused before it was {what}"),
        ),
        Err(error) => Err(Violation::Failed("get", error)),
    }
}

fn new_secrets() -> Result<Secrets, Violation> {
    Secrets::generate().map_err(|error| Violation::Broken(error.to_string()))
}

/// A record with nothing in it but where it belongs.
struct Note {
    id: String,
    group: String,
}

impl Record for Note {
    const KIND: Kind = Kind::Session;

    fn id(&self) -> String {
        self.id.clone()
    }

    fn group(&self) -> String {
        self.group.clone()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        None
    }

    fn encode(&self, out: &mut Writer) {
        out.text(&self.group);
    }

    fn decode(id: &str, input: &mut Reader<'_>) -> Result<Self, StoreError> {
        let (id, group) = (id.into(), input.text()?.into());
        Ok(Self { id, group })
    }
}

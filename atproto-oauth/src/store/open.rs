//! Opens the store that `ATPROTO_STORE` names.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{MemoryStore, Store};
use crate::error::{Error, ErrorKind};
use crate::types::Clock;

/// What `ATPROTO_STORE` is when it is not set.
pub const DEFAULT: &str = "file:.atproto/store.redb";

/// A store, and where its development secret may live.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The folder of a store that has one; see
    /// [`Secrets::load_or_create`](super::Secrets::load_or_create).
    pub folder: Option<PathBuf>,
}

/// Opens the store that `setting` names: `memory:`, `file:PATH` and, with the features `sqlite`, `postgres` and
/// `redis`, `sqlite:PATH`, `postgres://HOST/DATABASE` and `redis://HOST`.
///
/// # Errors
/// `configuration`, when there is no such store, it is not built in, or it cannot be opened.
pub async fn open(setting: &str, clock: Arc<dyn Clock>) -> Result<Opened, Error> {
    let (scheme, rest) = setting.split_once(':').unwrap_or(("", setting));
    match scheme {
        "memory" if rest.trim_matches('/').is_empty() => Ok(Opened {
            store: Arc::new(MemoryStore::with_clock(clock)),
            folder: None,
        }),
        "memory" => refuse("`memory:` takes nothing after it; write `memory:`"),
        "file" => open_file(&path_of(scheme, rest)?, clock),
        "sqlite" if rest.starts_with(":memory:") => {
            refuse("`sqlite:` keeps rows in a file; for a trial write `memory:`")
        }
        "sqlite" => open_sqlite(&path_of(scheme, rest)?, clock).await,
        "postgres" | "postgresql" => open_postgres(setting, clock).await,
        "redis" | "rediss" => open_redis(setting, clock).await,
        _ => refuse(&suggest(scheme, rest)),
    }
}

/// `file:store.redb`, `file:/var/lib/app/store.redb` and `file:///var/lib/app/store.redb`.
fn path_of(scheme: &str, rest: &str) -> Result<PathBuf, Error> {
    let path = match rest.strip_prefix("//") {
        Some(absolute) if absolute.starts_with('/') => absolute,
        Some(_) => {
            return refuse(&format!(
                "`{scheme}://` needs a path from the root; write `{scheme}:PATH`"
            ));
        }
        None => rest,
    };
    if path.is_empty() || path.ends_with(['/', std::path::MAIN_SEPARATOR]) {
        return refuse(&format!(
            "`{scheme}:` needs the name of a file; write for example `{scheme}:.atproto/store.{}`",
            if scheme == "file" { "redb" } else { scheme }
        ));
    }
    Ok(path.into())
}

#[cfg(feature = "embedded")]
fn open_file(path: &Path, clock: Arc<dyn Clock>) -> Result<Opened, Error> {
    let store = super::EmbeddedStore::open_with_clock(path, clock);
    Ok(Opened {
        store: Arc::new(store.map_err(not_opened)?),
        folder: Some(path.parent().unwrap_or(Path::new("")).into()),
    })
}

#[cfg(not(feature = "embedded"))]
fn open_file(_: &Path, _: Arc<dyn Clock>) -> Result<Opened, Error> {
    refuse("a `file:` store is not built in; turn on the cargo feature `embedded`")
}

#[cfg(feature = "redis")]
async fn open_redis(address: &str, clock: Arc<dyn Clock>) -> Result<Opened, Error> {
    let store = super::RedisStore::open_with_clock(address, clock).await;
    Ok(Opened {
        store: Arc::new(store.map_err(not_opened)?),
        folder: None,
    })
}

#[cfg(not(feature = "redis"))]
#[expect(clippy::unused_async, reason = "as it is with the feature")]
async fn open_redis(_: &str, _: Arc<dyn Clock>) -> Result<Opened, Error> {
    refuse("a `redis:` store is not built in; turn on the cargo feature `redis`")
}

#[cfg(feature = "sqlite")]
async fn open_sqlite(path: &Path, clock: Arc<dyn Clock>) -> Result<Opened, Error> {
    let store = super::SqliteStore::open_with_clock(path, clock).await;
    Ok(Opened {
        store: Arc::new(store.map_err(not_opened)?),
        folder: Some(path.parent().unwrap_or(Path::new("")).into()),
    })
}

#[cfg(not(feature = "sqlite"))]
#[expect(clippy::unused_async, reason = "as it is with the feature")]
async fn open_sqlite(_: &Path, _: Arc<dyn Clock>) -> Result<Opened, Error> {
    refuse("a `sqlite:` store is not built in; turn on the cargo feature `sqlite`")
}

#[cfg(feature = "postgres")]
async fn open_postgres(address: &str, clock: Arc<dyn Clock>) -> Result<Opened, Error> {
    let store = super::PostgresStore::open_with_clock(address, clock).await;
    Ok(Opened {
        store: Arc::new(store.map_err(not_opened)?),
        folder: None,
    })
}

#[cfg(not(feature = "postgres"))]
#[expect(clippy::unused_async, reason = "as it is with the feature")]
async fn open_postgres(_: &str, _: Arc<dyn Clock>) -> Result<Opened, Error> {
    refuse("a `postgres:` store is not built in; turn on the cargo feature `postgres`")
}

fn suggest(scheme: &str, rest: &str) -> String {
    const KNOWN: [&str; 5] = ["memory", "file", "sqlite", "postgres", "redis"];
    let near = KNOWN.into_iter().find(|known| begins_alike(known, scheme));
    // The rest may hold a password, so it is never repeated for other schemes.
    match (scheme, near) {
        ("", _) if rest.is_empty() => "it is empty; write `file:PATH` or `memory:`".into(),
        ("", _) if rest == "memory" => "write `memory:` with a colon".into(),
        ("", _) => format!("`{rest}` names no kind of store; write `file:{rest}`"),
        (_, Some(near)) => format!("`{scheme}:` is no kind of store; did you mean `{near}:`?"),
        (_, None) => format!("`{scheme}:` is no kind of store; write `file:PATH` or `memory:`"),
    }
}

/// A slip of the pen keeps the beginning.
fn begins_alike(known: &str, written: &str) -> bool {
    let written = written.as_bytes().get(..2);
    written.is_some_and(|start| known.as_bytes().get(..2) == Some(&start.to_ascii_lowercase()))
}

#[cfg(any(
    feature = "embedded",
    feature = "sqlite",
    feature = "postgres",
    feature = "redis"
))]
fn not_opened(error: super::StoreError) -> Error {
    let text = format!("`ATPROTO_STORE`: {error}");
    Error::new(ErrorKind::Configuration, text).with_source(error)
}

fn refuse<T>(problem: &str) -> Result<T, Error> {
    let text = format!("`ATPROTO_STORE`: {problem}");
    Err(Error::new(ErrorKind::Configuration, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::SystemClock;

    async fn refusal(setting: &str) -> String {
        let error = open(setting, Arc::new(SystemClock)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        error.to_string()
    }

    #[tokio::test]
    async fn every_mistake_names_its_repair() {
        for (setting, part) in [
            ("", "write `file:PATH` or `memory:`"),
            ("memory", "with a colon"),
            ("memory:x", "write `memory:`"),
            ("store.redb", "write `file:store.redb`"),
            ("file:", "needs the name of a file"),
            ("file:data/", "needs the name of a file"),
            ("file://host/store.redb", "write `file:PATH`"),
            ("fiel:store.redb", "did you mean `file:`?"),
            ("Memory:", "did you mean `memory:`?"),
            ("mongodb:x", "write `file:PATH`"),
            (
                "sqlite:",
                "write for example `sqlite:.atproto/store.sqlite`",
            ),
            ("sqlite://host/store", "write `sqlite:PATH`"),
            ("sqlite::memory:", "write `memory:`"),
            #[cfg(not(feature = "sqlite"))]
            ("sqlite:x", "turn on the cargo feature `sqlite`"),
            #[cfg(feature = "sqlite")]
            ("sqlite:/dev/null", "is not a file"),
            #[cfg(not(feature = "postgres"))]
            (
                "postgres://u:hunter2@h/db",
                "turn on the cargo feature `postgres`",
            ),
            #[cfg(feature = "postgres")]
            ("postgres://u:hunter2@127.0.0.1:1/db", "cannot be reached"),
            #[cfg(not(feature = "redis"))]
            ("rediss://:hunter2@h", "turn on the cargo feature `redis`"),
            #[cfg(feature = "redis")]
            ("rediss://hunter2@h", "no password"),
            ("postgras://u:hunter2@h/db", "did you mean `postgres:`?"),
        ] {
            let text = refusal(setting).await;
            assert!(
                text.starts_with("`ATPROTO_STORE`: ") && text.contains(part),
                "{text}"
            );
            assert!(!text.contains("hunter2"), "never a password: {text}");
        }
    }

    #[tokio::test]
    async fn memory_has_no_folder() {
        let opened = open("memory:", Arc::new(SystemClock)).await.unwrap();
        assert_eq!(opened.folder, None);
        assert!(opened.store.describe().starts_with("memory:"));
    }

    #[cfg(feature = "embedded")]
    #[tokio::test]
    async fn a_file_has_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.redb");
        for slashes in ["", "//"] {
            let setting = format!("file:{slashes}{}", path.display());
            let opened = open(&setting, Arc::new(SystemClock)).await.unwrap();
            assert_eq!(opened.folder.as_deref(), Some(folder.path()));
            let described = opened.store.describe();
            assert!(described.starts_with("file:") && described.contains("store.redb"));
            // The text of the file's own trouble is kept.
            let second = open(&setting, Arc::new(SystemClock))
                .await
                .unwrap_err()
                .to_string();
            assert!(second.contains("in use by another process"), "{second}");
        }
    }

    #[cfg(feature = "sqlite")]
    #[tokio::test]
    async fn an_sqlite_file_has_one_too() {
        let folder = tempfile::tempdir().unwrap();
        let setting = format!("sqlite:{}", folder.path().join("a/store.db").display());
        let opened = open(&setting, Arc::new(SystemClock)).await.unwrap();
        assert_eq!(opened.folder, Some(folder.path().join("a")));
        assert!(opened.store.describe().starts_with(&setting));
        assert!(opened.store.is_shared());
    }
}

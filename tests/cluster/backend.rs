//! The durable stores, each with a server of its own where it needs one.

use std::fs;
use std::path::PathBuf;

use atproto_oauth_tests::{PostgresServer, RedisServer};
use tempfile::TempDir;

pub(crate) enum Backend {
    File(TempDir),
    Sqlite(TempDir),
    Postgres(PostgresServer),
    Redis(RedisServer),
}

impl Backend {
    pub(crate) fn file() -> Self {
        Self::File(tempfile::tempdir().unwrap())
    }

    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    pub(crate) fn postgres() -> Self {
        Self::Postgres(PostgresServer::start())
    }

    pub(crate) fn redis() -> Self {
        Self::Redis(RedisServer::start())
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::File(_) => "file:",
            Self::Sqlite(_) => "sqlite:",
            Self::Postgres(_) => "postgres:",
            Self::Redis(_) => "redis:",
        }
    }

    /// What `ATPROTO_STORE` is.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::File(folder) => format!("file:{}", folder.path().join("store.redb").display()),
            Self::Sqlite(folder) => format!("sqlite:{}", folder.path().join("store.db").display()),
            Self::Postgres(server) => server.url(),
            Self::Redis(server) => server.url(),
        }
    }

    /// What all of it takes, in bytes: files with their journals, a table with its indexes, memory.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::File(folder) | Self::Sqlite(folder) => files(folder.path().into()),
            Self::Postgres(server) => server
                .say("SELECT pg_total_relation_size('atproto_oauth_rows')")
                .parse()
                .unwrap(),
            Self::Redis(server) => {
                let told = server.say(&["info", "memory"]);
                let used = told
                    .lines()
                    .find_map(|line| line.strip_prefix("used_memory:"));
                used.unwrap().trim().parse().unwrap()
            }
        }
    }

    /// The server ends at once, and comes back with what it kept.
    pub(crate) fn kill(&mut self) {
        match self {
            Self::Postgres(server) => server.kill(),
            Self::Redis(server) => server.kill(),
            Self::File(_) | Self::Sqlite(_) => panic!("there is no server"),
        }
    }

    pub(crate) fn restart(&mut self) {
        match self {
            Self::Postgres(server) => server.restart(),
            Self::Redis(server) => server.restart(),
            Self::File(_) | Self::Sqlite(_) => panic!("there is no server"),
        }
    }
}

fn files(folder: PathBuf) -> u64 {
    let files = fs::read_dir(folder).unwrap();
    files
        .map(|file| file.unwrap().metadata().unwrap().len())
        .sum()
}

//! The connection that all callers share: opened when it is needed, closed when it breaks or stalls.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Cmd, RedisConnectionInfo, RedisError, Value};
use secrecy::ExposeSecret;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;

use super::address::Address;
use super::error;
use super::script::Program;
use super::watched_stream::{Health, WatchedStream};
use crate::store::StoreError;
use crate::store::policy::{
    REDIS_ANSWER_TIMEOUT, REDIS_CONNECT_TIMEOUT, REDIS_QUEUE, REDIS_RECONNECT_PAUSE,
};
use crate::transport::tls_config;

/// Time limits of one server.
#[derive(Clone, Copy)]
pub(super) struct WaitBudget {
    /// Until the connection is open and authenticated.
    pub(super) connect: Duration,
    /// For one answer, with the wait for its turn. A server that writes to its disk before it answers is
    /// slow.
    pub(super) answer: Duration,
}

impl Default for WaitBudget {
    fn default() -> Self {
        Self {
            connect: REDIS_CONNECT_TIMEOUT,
            answer: REDIS_ANSWER_TIMEOUT,
        }
    }
}

/// The connection to a server, reopened when it breaks.
pub(super) struct Connection {
    address: Address,
    tls: Option<TlsConnector>,
    budget: WaitBudget,
    slot: Mutex<Slot>,
}

#[derive(Default)]
struct Slot {
    open: Option<OpenConnection>,
    failed: Option<(Instant, StoreError)>,
}

/// An open connection; with its last clone it closes.
#[derive(Clone)]
struct OpenConnection {
    connection: MultiplexedConnection,
    health: Arc<Health>,
    _driver: Arc<Driver>,
}

struct Driver(JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What a server says to a command.
pub(super) enum Answer {
    Value(Value),
    Refusal(RedisError),
}

impl Connection {
    pub(super) fn new(address: Address, budget: WaitBudget) -> Result<Self, StoreError> {
        let tls = address.is_tls.then(|| connector(&address)).transpose()?;
        Ok(Self {
            address,
            tls,
            budget,
            slot: Mutex::default(),
        })
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// Runs a script. It is sent again only if the server did not know it, so never after a failure that
    /// leaves open whether it ran.
    pub(super) async fn run(
        &self,
        program: &Program,
        keys: &[Vec<u8>],
        arguments: &[Vec<u8>],
    ) -> Result<Value, StoreError> {
        match self.ask(&program.by_hash(keys, arguments)).await? {
            Answer::Refusal(error) if error.code() == Some("NOSCRIPT") => {
                self.value(&program.by_text(keys, arguments)).await
            }
            answer => self.accepted(answer),
        }
    }

    pub(super) async fn value(&self, command: &Cmd) -> Result<Value, StoreError> {
        let answer = self.ask(command).await?;
        self.accepted(answer)
    }

    /// As [`value`](Self::value), for what a server may refuse.
    pub(super) async fn ask(&self, command: &Cmd) -> Result<Answer, StoreError> {
        let mut open = self.open().await?;
        let answer = timeout(self.budget.answer, open.ask(&self.address, command));
        answer.await.unwrap_or_else(|_elapsed| {
            open.health.close();
            Err(error::too_slow(&self.address))
        })
    }

    fn accepted(&self, answer: Answer) -> Result<Value, StoreError> {
        match answer {
            Answer::Value(value) => Ok(value),
            Answer::Refusal(error) => Err(error::explain(&self.address, &error)),
        }
    }

    async fn open(&self) -> Result<OpenConnection, StoreError> {
        let mut slot = self.slot.lock().await;
        if let Some(open) = slot.open.as_ref().filter(|open| open.health.is_open()) {
            return Ok(open.clone());
        }
        slot.open = None;
        if let Some((at, error)) = &slot.failed
            && at.elapsed() < REDIS_RECONNECT_PAUSE
        {
            return Err(error.again());
        }
        let connected = timeout(self.budget.connect, self.connect()).await;
        match connected.unwrap_or_else(|_| Err(error::too_slow(&self.address))) {
            Ok(open) => {
                slot.failed = None;
                slot.open = Some(open.clone());
                Ok(open)
            }
            Err(error) => {
                slot.failed = Some((Instant::now(), error.again()));
                Err(error)
            }
        }
    }

    async fn connect(&self) -> Result<OpenConnection, StoreError> {
        let address = &self.address;
        let stream = WatchedStream::connect(address, self.tls.as_ref()).await;
        let stream = stream.map_err(|error| error::unreachable(address, &error))?;
        let health = stream.health();
        let mut who = RedisConnectionInfo::default()
            .set_db(address.database.into())
            .set_skip_set_lib_name();
        if let Some(user) = &address.user {
            who = who.set_username(user);
        }
        if let Some(password) = &address.password {
            who = who.set_password(password.expose_secret());
        }
        let settings = AsyncConnectionConfig::new()
            .set_response_timeout(None)
            .set_pipeline_buffer_size(REDIS_QUEUE);
        let opened = MultiplexedConnection::new_with_config(&who, stream, settings).await;
        let (connection, driver) = opened.map_err(|error| error::turned_away(address, &error))?;
        let driver = Arc::new(Driver(tokio::spawn(driver)));
        let mut open = OpenConnection {
            connection,
            health,
            _driver: driver,
        };
        open.greet(address).await?;
        Ok(open)
    }
}

impl OpenConnection {
    async fn ask(&mut self, address: &Address, command: &Cmd) -> Result<Answer, StoreError> {
        let answer = command.query_async::<Value>(&mut self.connection);
        match answer.await {
            Ok(value) => {
                self.health.record_answer();
                Ok(Answer::Value(value))
            }
            Err(error) if error::is_refusal(&error) => {
                self.health.record_answer();
                if matches!(error.code(), Some("READONLY" | "MASTERDOWN")) {
                    // It was the primary once; by its name another one may be found.
                    self.health.close();
                }
                Ok(Answer::Refusal(error))
            }
            Err(error) => {
                self.health.close();
                Err(if self.health.is_flooded() {
                    error::flooded(address)
                } else {
                    error::explain(address, &error)
                })
            }
        }
    }

    /// Makes sure that a commit can be kept there.
    async fn greet(&mut self, address: &Address) -> Result<(), StoreError> {
        let about = match self.ask(address, &redis::cmd("HELLO")).await? {
            Answer::Value(about) => about,
            Answer::Refusal(error) if error.code() == Some("NOAUTH") => {
                return Err(error::explain(address, &error));
            }
            // An old server, or something in between; it may be right all the same.
            Answer::Refusal(_) => return Ok(()),
        };
        match (text_of(&about, "mode"), text_of(&about, "role")) {
            (Some("cluster"), _) => {
                Err(StoreError::failed(format!("{address} {}", error::CLUSTER)))
            }
            (Some("sentinel"), _) => Err(StoreError::failed(format!(
                "{address} is a Sentinel, which keeps no rows; name the primary itself"
            ))),
            (_, Some("slave" | "replica")) => {
                Err(StoreError::down(format!("{address} {}", error::REPLICA)))
            }
            _ => Ok(()),
        }
    }
}

/// What stands after `name` in a list of names and values.
pub(super) fn text_of<'a>(list: &'a Value, name: &str) -> Option<&'a str> {
    let Value::Array(list) = list else {
        return None;
    };
    let mut pairs = list.chunks_exact(2);
    pairs.find_map(|pair| match pair {
        [key, value] if text(key) == Some(name) => text(value),
        _ => None,
    })
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::BulkString(bytes) => std::str::from_utf8(bytes).ok(),
        Value::SimpleString(text) => Some(text),
        _ => None,
    }
}

fn connector(address: &Address) -> Result<TlsConnector, StoreError> {
    let mut roots = Vec::new();
    if let Some(path) = &address.ca {
        let pem = std::fs::read(path).map_err(|error| {
            let path = path.display();
            StoreError::failed(format!(
                "the certificates `{path}`, which `?ca=` names, cannot be read ({error}); check the path"
            ))
        })?;
        roots.push(pem);
    }
    let config = tls_config(&roots);
    let mut config =
        config.map_err(|error| StoreError::failed(error.to_string()).with_source(error))?;
    config.alpn_protocols.clear();
    Ok(TlsConnector::from(Arc::new(config)))
}

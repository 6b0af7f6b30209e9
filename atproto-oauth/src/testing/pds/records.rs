//! `com.atproto.repo.*`: public reads; writes with the scope for it.

use axum::Json;
use axum::extract::{RawQuery, Request, State};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use serde_json::{Value, json};

use super::session::{self, Caller};
use super::xrpc::XrpcError;
use crate::testing::form::Form;
use crate::testing::json::without_nulls;
use crate::testing::repository::cid;
use crate::testing::state::Site;
use crate::types::Did;

type Answer = Result<Json<Value>, XrpcError>;

pub(super) async fn create(State(site): State<Site>, request: Request) -> Answer {
    let (write, body) = Write::of(&site, request, "create").await?;
    let value = record(&body)?;
    let mut state = site.state();
    let rkey = match text(&body, "rkey") {
        "" => state.repositories.next_key(site.now()),
        rkey => rkey.to_owned(),
    };
    let repositories = &mut state.repositories;
    if repositories
        .get(write.did(), &write.collection, &rkey)
        .is_some()
    {
        return Err(XrpcError::invalid(
            "there already is a record under this key",
        ));
    }
    let cid = repositories.put(write.did(), &write.collection, &rkey, value);
    Ok(Json(write.written(&rkey, &cid)))
}

pub(super) async fn put(State(site): State<Site>, request: Request) -> Answer {
    let (write, body) = Write::of(&site, request, "update").await?;
    // Which of the two it will be is not known before, so both are needed.
    write.needs("create")?;
    let rkey = required(&body, "rkey")?;
    let mut state = site.state();
    let repositories = &mut state.repositories;
    let cid = repositories.put(write.did(), &write.collection, rkey, record(&body)?);
    Ok(Json(write.written(rkey, &cid)))
}

pub(super) async fn delete(State(site): State<Site>, request: Request) -> Answer {
    let (write, body) = Write::of(&site, request, "delete").await?;
    let rkey = required(&body, "rkey")?;
    let mut state = site.state();
    let repositories = &mut state.repositories;
    repositories.delete(write.did(), &write.collection, rkey);
    Ok(Json(json!({})))
}

/// A write by its owner, who has the permission for it.
struct Write {
    caller: Caller,
    collection: String,
}

impl Write {
    async fn of(site: &Site, request: Request, action: &str) -> Result<(Self, Value), XrpcError> {
        let (parts, body) = whole(request).await?;
        let caller = session::of(site, &parts)?;
        let body: Value = serde_json::from_slice(&body)
            .map_err(|_| XrpcError::invalid("the body must be JSON"))?;
        let write = Self {
            collection: required(&body, "collection")?.to_owned(),
            caller,
        };
        write.needs(action)?;
        let repo = required(&body, "repo")?;
        let account = &write.caller.account;
        if account.did == *repo || account.handle == *repo {
            Ok((write, body))
        } else {
            Err(XrpcError::invalid(
                "repo is not the account of the access token",
            ))
        }
    }

    fn needs(&self, action: &str) -> Result<(), XrpcError> {
        let scope = format!("repo:{}?action={action}", self.collection);
        self.caller.must_have(&scope)
    }

    fn did(&self) -> &str {
        self.caller.account.did.as_str()
    }

    fn written(&self, rkey: &str, cid: &str) -> Value {
        json!({
            "uri": uri(&self.caller.account.did, &self.collection, rkey),
            "cid": cid,
            "validationStatus": "unknown",
        })
    }
}

pub(super) async fn get(State(site): State<Site>, RawQuery(query): RawQuery) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let parameter = |name| query.get(name).unwrap_or_default();
    let (collection, rkey) = (parameter("collection"), parameter("rkey"));
    let state = site.state();
    let account = state.accounts.find(parameter("repo"));
    let found = account.and_then(|account| {
        let record = state
            .repositories
            .get(account.did.as_str(), collection, rkey)?;
        Some((account, record))
    });
    match found {
        Some((account, record)) => Ok(Json(json!({
            "uri": uri(&account.did, collection, rkey),
            "cid": record.cid,
            "value": record.value,
        }))),
        None => Err(XrpcError::new("RecordNotFound", "Could not locate record")),
    }
}

pub(super) async fn list(State(site): State<Site>, RawQuery(query): RawQuery) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let parameter = |name| query.get(name).unwrap_or_default();
    let limit = parameter("limit").parse().unwrap_or(50).clamp(1, 100);
    let (collection, cursor) = (parameter("collection"), query.get("cursor"));
    let state = site.state();
    let Some(account) = state.accounts.find(parameter("repo")) else {
        return Err(XrpcError::invalid("Could not find repo"));
    };
    let all = state.repositories.list(account.did.as_str(), collection);
    let rest = all.filter(|(rkey, _)| cursor.is_none_or(|cursor| *rkey < cursor));
    let page: Vec<_> = rest.take(limit).collect();
    let records: Vec<Value> = page
        .iter()
        .map(|(rkey, record)| {
            let uri = uri(&account.did, collection, rkey);
            json!({ "uri": uri, "cid": record.cid, "value": record.value })
        })
        .collect();
    let last = page.last().filter(|_| page.len() == limit);
    let body = json!({ "records": records, "cursor": last.map(|(rkey, _)| rkey) });
    Ok(Json(without_nulls(body)))
}

pub(super) async fn upload_blob(State(site): State<Site>, request: Request) -> Answer {
    let (parts, body) = whole(request).await?;
    let caller = session::of(&site, &parts)?;
    let kind = parts
        .headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .ok_or_else(|| XrpcError::invalid("a blob needs a content type"))?;
    caller.must_have(&format!("blob:{kind}"))?;
    Ok(Json(json!({ "blob": {
        "$type": "blob",
        "ref": { "$link": cid(0x55, &body) },
        "mimeType": kind,
        "size": body.len(),
    }})))
}

async fn whole(request: Request) -> Result<(Parts, Bytes), XrpcError> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await;
    Ok((
        parts,
        body.map_err(|_| XrpcError::invalid("the body broke off"))?,
    ))
}

fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn required<'a>(body: &'a Value, name: &str) -> Result<&'a str, XrpcError> {
    match text(body, name) {
        "" => Err(XrpcError::invalid(format!("{name} is missing"))),
        text => Ok(text),
    }
}

fn record(body: &Value) -> Result<Value, XrpcError> {
    match body.get("record") {
        Some(record) if record.is_object() => Ok(record.clone()),
        _ => Err(XrpcError::invalid("record is missing")),
    }
}

fn uri(did: &Did, collection: &str, rkey: &str) -> String {
    format!("at://{did}/{collection}/{rkey}")
}

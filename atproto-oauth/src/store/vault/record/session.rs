//! The record of a session: its account, tokens, key and grant.

use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;

use super::{ClientAuth, Record, read_key, write_key};
use crate::jose::{DpopKey, base64url};
use crate::store::policy::MAX_STORED_SETS;
use crate::store::vault::codec::{Reader, Writer, damaged};
use crate::store::{Kind, StoreError};
use crate::types::{Did, Handle, Issuer, Origin, Timestamp};

/// A session: one account, signed in once, with tokens and a key of its own (AT Protocol OAuth: DPoP).
///
/// Its id is `"<did>:<43 base64url characters>"`, its group the DID. Strings that equal another field
/// are stored once, and the id is not repeated inside.
#[derive(Clone)]
pub struct SessionRecord {
    /// Whose session it is.
    pub did: Did,
    /// The random part of the key.
    pub random_id: [u8; 32],
    /// Verified at `handle_checked_at`; `None` where it does not verify.
    pub handle: Option<Handle>,
    /// When the handle was last looked at.
    pub handle_checked_at: Timestamp,
    /// Who minted the tokens; they are never sent to another authorization server (RFC 9700 §4.14).
    pub issuer: Issuer,
    /// The only server that gets the access token (RFC 9449 §7.1).
    pub pds: Origin,
    /// The permissions that were asked for.
    pub requested: Arc<str>,
    /// The permissions that were given, as the server wrote them.
    pub granted: Arc<str>,
    /// What the permission sets among those that were asked for held, as far as that is known.
    pub expanded: Vec<Expanded>,
    /// For the PDS.
    pub access_token: SecretString,
    /// For the issuer.
    pub refresh_token: Option<SecretString>,
    /// When the access token ends, if the server said so.
    pub access_expires_at: Option<Timestamp>,
    /// What the tokens are bound to.
    pub dpop_key: Arc<DpopKey>,
    /// How the client authenticates for this session.
    pub auth: ClientAuth,
    /// The issuer's latest `DPoP-Nonce`.
    pub issuer_nonce: Option<String>,
    /// The PDS's latest `DPoP-Nonce`.
    pub pds_nonce: Option<String>,
    /// When the person signed in.
    pub created_at: Timestamp,
    /// When the tokens were last rotated.
    pub refreshed_at: Timestamp,
    /// A refresh token may be on its way; see [`RefreshLease`].
    pub refreshing: Option<RefreshLease>,
    /// When it was last used, if that was written down since `refreshed_at`.
    pub used_at: Option<Timestamp>,
    /// When the session counts as gone.
    pub expires_at: Option<Timestamp>,
}

/// What a permission set held when it was looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expanded {
    /// The permission that named it: `include:…`.
    pub include: Arc<str>,
    /// The permissions in it, separated by spaces; none is the empty text.
    pub permissions: Arc<str>,
}

/// A lease on the refresh token, written before a refresh request is sent. A process that finds the lease of another
/// holder waits for its deadline and reads the row again, because the stored token may already be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshLease {
    /// Who refreshes: random, one per attempt.
    pub holder: [u8; 16],
    /// When the request is certainly over.
    pub deadline: Timestamp,
}

impl SessionRecord {
    /// When it was last used, as far as that is written down.
    #[must_use]
    pub fn last_used(&self) -> Timestamp {
        self.used_at.unwrap_or(self.refreshed_at)
    }
}

/// Sessions without permission sets, also those of the first version.
const FORMAT: u8 = 1;

/// The same, and then the permission sets.
const WITH_SETS: u8 = 2;

impl Record for SessionRecord {
    const KIND: Kind = Kind::Session;

    fn id(&self) -> String {
        format!("{}:{}", self.did, base64url::encode(&self.random_id))
    }

    fn group(&self) -> String {
        self.did.to_string()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    fn encode(&self, out: &mut Writer) {
        let other_pds = Some(self.pds.as_str()).filter(|pds| *pds != self.issuer.as_str());
        let other_scope = Some(&*self.granted).filter(|granted| **granted != *self.requested);
        let has_sets = !self.expanded.is_empty();
        out.byte(if has_sets { WITH_SETS } else { FORMAT });
        out.option(self.handle.as_ref(), |out, handle| {
            out.text(handle.as_str());
        });
        out.time(self.handle_checked_at);
        out.text(self.issuer.as_str());
        out.option(other_pds, Writer::text);
        out.text(&self.requested);
        out.option(other_scope, Writer::text);
        out.secret(&self.access_token);
        out.option(self.refresh_token.as_ref(), Writer::secret);
        out.option(self.access_expires_at, Writer::time);
        write_key(out, &self.dpop_key);
        self.auth.encode(out);
        out.option(self.issuer_nonce.as_deref(), Writer::text);
        out.option(self.pds_nonce.as_deref(), Writer::text);
        out.time(self.created_at);
        out.time(self.refreshed_at);
        out.option(self.refreshing, |out, lease| {
            out.array(&lease.holder);
            out.time(lease.deadline);
        });
        out.option(self.used_at, Writer::time);
        out.option(self.expires_at, Writer::time);
        if has_sets {
            out.number(self.expanded.len() as u64);
            for set in &self.expanded {
                write_part(out, &set.include, &self.requested);
                write_part(out, &set.permissions, &self.granted);
            }
        }
    }

    fn decode(id: &str, input: &mut Reader<'_>) -> Result<Self, StoreError> {
        let (did, random_id) = split_id(id).ok_or_else(damaged)?;
        let format = input.format_among(&[FORMAT, WITH_SETS])?;
        let handle = input.option(Reader::parsed)?;
        let handle_checked_at = input.time()?;
        let issuer = input.issuer()?;
        let pds = input.option(Reader::origin)?;
        let requested = input.shared_text()?;
        let granted = input.option(Reader::shared_text)?;
        let mut record = Self {
            did,
            random_id,
            handle,
            handle_checked_at,
            pds: pds.unwrap_or_else(|| issuer.origin().clone()),
            issuer,
            granted: granted.unwrap_or_else(|| Arc::clone(&requested)),
            requested,
            expanded: Vec::new(),
            access_token: input.secret()?,
            refresh_token: input.option(Reader::secret)?,
            access_expires_at: input.option(Reader::time)?,
            dpop_key: Arc::new(read_key(input)?),
            auth: ClientAuth::decode(input)?,
            issuer_nonce: input.option(|input| input.text().map(Into::into))?,
            pds_nonce: input.option(|input| input.text().map(Into::into))?,
            created_at: input.time()?,
            refreshed_at: input.time()?,
            refreshing: input.option(|input| {
                Ok(RefreshLease {
                    holder: input.array()?,
                    deadline: input.time()?,
                })
            })?,
            used_at: input.option(Reader::time)?,
            expires_at: input.option(Reader::time)?,
        };
        if format == WITH_SETS {
            record.expanded = read_sets(input, &record.requested, &record.granted)?;
        }
        Ok(record)
    }
}

fn read_sets(
    input: &mut Reader<'_>,
    requested: &str,
    granted: &str,
) -> Result<Vec<Expanded>, StoreError> {
    let count = input.number()?;
    if count == 0 || count > MAX_STORED_SETS {
        return Err(damaged());
    }
    let mut sets = Vec::new();
    for _ in 0..count {
        sets.push(Expanded {
            include: read_part(input, requested)?,
            permissions: read_part(input, granted)?,
        });
    }
    Ok(sets)
}

/// A text that mostly stands in `whole`, and then is written as its place there.
fn write_part(out: &mut Writer, text: &str, whole: &str) {
    let place = whole.find(text);
    out.flag(place.is_some());
    match place {
        Some(place) => {
            out.number(place as u64);
            out.number(text.len() as u64);
        }
        None => out.text(text),
    }
}

fn read_part(input: &mut Reader<'_>, whole: &str) -> Result<Arc<str>, StoreError> {
    if !input.flag()? {
        return input.shared_text();
    }
    let (start, length) = (input.small_number()?, input.small_number()?);
    let (start, length) = (start as usize, length as usize);
    let part = whole.get(start..start.saturating_add(length));
    part.map(|text| input.shared(text)).ok_or_else(damaged)
}

/// The DID and the random part of a session's id.
pub(super) fn split_id(id: &str) -> Option<(Did, [u8; 32])> {
    let (did, nonce) = id.rsplit_once(':')?;
    let nonce = base64url::decode(nonce)?.try_into().ok()?;
    Some((did.parse().ok()?, nonce))
}

impl fmt::Debug for SessionRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionRecord")
            .field("did", &self.did)
            .field("handle", &self.handle)
            .field("issuer", &self.issuer)
            .field("pds", &self.pds)
            .field("granted", &self.granted)
            .field("created_at", &self.created_at)
            .field("refreshed_at", &self.refreshed_at)
            .field("refreshing", &self.refreshing)
            .field("used_at", &self.used_at)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

//! The people of the network.

use crate::error::{Error, ErrorKind};
use crate::jose::sha256;
use crate::types::{Did, Handle};

/// An account of the network.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// The name; for tests under `.test`.
    pub handle: Handle,
    /// Who it is, the same in every network with that handle.
    pub did: Did,
    /// What the sign-in page asks for: `alice-pass` for `alice.test`.
    pub password: String,
    /// The PDS that hosts the account.
    pub pds: String,
}

impl Account {
    /// An account with the usual password.
    pub(super) fn new(handle: &str, pds: &str) -> Result<Self, Error> {
        let handle: Handle = handle.parse()?;
        let name = handle.as_str().split('.').next().unwrap_or_default();
        Ok(Self {
            did: did_of(handle.as_str())?,
            password: format!("{name}-pass"),
            handle,
            pds: pds.to_owned(),
        })
    }

    /// No mail is sent to it; applications see it with `account:email`.
    pub(super) fn email(&self) -> String {
        self.handle.as_str().replacen('.', "@", 1)
    }
}

/// All of them.
pub(super) struct Accounts {
    pub(super) people: Vec<Account>,
    /// Belongs to no person: its repository has the permission sets.
    pub(super) publisher: Account,
}

impl Accounts {
    /// No accounts.
    pub(super) fn new(pds: &str) -> Result<Self, Error> {
        Ok(Self {
            people: Vec::new(),
            publisher: Account::new("published-lexicons.test", pds)?,
        })
    }

    pub(super) fn by_handle(&self, handle: &str) -> Option<&Account> {
        self.people
            .iter()
            .find(|account| account.handle.as_str() == handle.to_ascii_lowercase())
    }

    pub(super) fn by_did(&self, did: &str) -> Option<&Account> {
        let mut all = self.people.iter().chain([&self.publisher]);
        all.find(|account| account.did.as_str() == did)
    }

    /// By handle or DID, as people sign in.
    pub(super) fn find(&self, identifier: &str) -> Option<&Account> {
        let identifier = identifier.trim().trim_start_matches('@');
        self.by_did(identifier)
            .or_else(|| self.by_handle(identifier))
    }

    /// For changes.
    pub(super) fn find_mut(&mut self, identifier: &str) -> Result<&mut Account, Error> {
        self.people
            .iter_mut()
            .find(|account| account.did == *identifier || account.handle == *identifier)
            .ok_or_else(|| no_account(identifier))
    }

    /// Adds one; its handle must be free.
    pub(super) fn add(&mut self, account: Account) -> Result<(), Error> {
        if self.find(account.handle.as_str()).is_some() {
            let message = format!("the handle `{}` is taken; choose another", account.handle);
            return Err(Error::new(ErrorKind::InvalidHandle, message));
        }
        self.people.push(account);
        Ok(())
    }
}

/// The error for a name that no account has.
pub(super) fn no_account(identifier: &str) -> Error {
    let message = format!(
        "the test network has no account `{identifier}`; name it in `TestNetwork::builder().accounts(…)`"
    );
    Error::new(ErrorKind::InvalidHandle, message)
}

/// A `did:plc` that depends on the handle alone, so that it outlives a restart.
fn did_of(handle: &str) -> Result<Did, Error> {
    format!("did:plc:{}", base32(&sha256(handle.as_bytes()), 24)).parse()
}

/// The first `length` characters of `bytes` in lower-case base32.
pub(super) fn base32(bytes: &[u8], length: usize) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let bit = |place: usize| {
        let byte = bytes.get(place / 8).copied().unwrap_or_default();
        usize::from(byte >> (7 - place % 8) & 1)
    };
    let letter = |place: usize| {
        let index = (0..5).fold(0, |index, i| index << 1 | bit(place * 5 + i));
        LETTERS.get(index).map_or('a', |&letter| letter.into())
    };
    (0..length).map(letter).collect()
}

//! A bounded interner for texts that many records share: issuers and scopes.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::Error;
use crate::store::policy::{INTERNED_ENTRY_BYTES, MAX_INTERNED_BYTES};
use crate::types::Origin;

/// Shares equal texts. It forgets everything when it holds more than a mebibyte, because servers
/// choose what is in it; those who hold a text keep it.
#[derive(Default)]
pub struct Interner {
    texts: Mutex<Shared<Arc<str>>>,
    origins: Mutex<Shared<Origin>>,
}

impl Interner {
    /// The text, shared.
    #[must_use]
    pub fn text(&self, text: &str) -> Arc<str> {
        find(&self.texts, text).unwrap_or_else(|| keep(&self.texts, text.into()))
    }

    /// The origin, shared, and parsed only once.
    ///
    /// # Errors
    /// As [`Origin::parse`].
    pub fn origin(&self, text: &str) -> Result<Origin, Error> {
        if let Some(found) = find(&self.origins, text) {
            return Ok(found);
        }
        Ok(keep(&self.origins, Origin::parse(text)?))
    }
}

impl fmt::Debug for Interner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Interner")
    }
}

struct Shared<T> {
    entries: HashSet<T>,
    bytes: usize,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self {
            entries: HashSet::new(),
            bytes: 0,
        }
    }
}

fn find<T: Borrow<str> + Eq + Hash + Clone>(shared: &Mutex<Shared<T>>, text: &str) -> Option<T> {
    let shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
    shared.entries.get(text).cloned()
}

fn keep<T: Borrow<str> + Eq + Hash + Clone>(shared: &Mutex<Shared<T>>, value: T) -> T {
    let cost = value.borrow().len() + INTERNED_ENTRY_BYTES;
    let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
    if shared.bytes + cost > MAX_INTERNED_BYTES {
        *shared = Shared::default();
    }
    if cost <= MAX_INTERNED_BYTES && shared.entries.insert(value.clone()) {
        shared.bytes += cost;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_one() {
        let interner = Interner::default();
        assert!(Arc::ptr_eq(
            &interner.text("atproto"),
            &interner.text("atproto")
        ));
        let one = interner.origin("https://pds.example").unwrap();
        let two = interner.origin("https://pds.example").unwrap();
        assert!(std::ptr::eq(one.as_str(), two.as_str()));
        assert!(interner.origin("https://pds.example/").is_err());
    }

    #[test]
    fn never_unbounded() {
        let interner = Interner::default();
        for number in 0..100_000 {
            assert_eq!(&*interner.text(&number.to_string()), number.to_string());
        }
        let _ = interner.text(&"x".repeat(2 * MAX_INTERNED_BYTES));
        let texts = interner.texts.lock().unwrap();
        assert!(texts.bytes <= MAX_INTERNED_BYTES, "{}", texts.bytes);
        assert!(texts.entries.len() * INTERNED_ENTRY_BYTES <= MAX_INTERNED_BYTES);
    }
}

//! JSON objects from strangers: duplicate members refused, each member checked when it is taken.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::Response;
use crate::error::{Error, ErrorKind};

/// A JSON object that knows what it is, for errors that name the member that is wrong. `Debug` shows no
/// member, because some are tokens.
#[derive(Clone)]
pub struct Object {
    what: &'static str,
    kind: ErrorKind,
    members: Map<String, Value>,
}

impl Object {
    /// Parses `body`. Anything but an object, a duplicate member, or nesting deeper than 128 is an error of
    /// `kind` that calls the document `what` (RFC 8259 §9).
    ///
    /// # Errors
    /// The body is not such an object.
    pub fn parse(body: &[u8], what: &'static str, kind: ErrorKind) -> Result<Self, Error> {
        match serde_json::from_slice::<Strict>(body) {
            Ok(Strict(Value::Object(members))) => Ok(Self {
                what,
                kind,
                members,
            }),
            Ok(_) => Err(wrong(kind, format_args!("{what} is not a JSON object"))),
            Err(error) => {
                Err(wrong(kind, format_args!("{what} is not valid JSON")).with_source(error))
            }
        }
    }

    /// The object in an answer whose content type says that it is JSON.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), or another content type.
    pub fn of(response: &Response, what: &'static str, kind: ErrorKind) -> Result<Self, Error> {
        if !is_json(response) {
            return Err(wrong(
                kind,
                format_args!("{what} is not `application/json`"),
            ));
        }
        Self::parse(response.body(), what, kind)
    }

    /// An error about this document; what to do about it is added.
    #[must_use]
    pub fn error(&self, problem: impl fmt::Display) -> Error {
        wrong(self.kind, format_args!("{}: {problem}", self.what))
    }

    /// The member, if it is there.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    /// A string that must be there and not be empty.
    ///
    /// # Errors
    /// The member is missing, empty or no string.
    pub fn string(&self, name: &str) -> Result<&str, Error> {
        self.optional_string(name)?
            .filter(|text| !text.is_empty())
            .ok_or_else(|| self.error(format_args!("`{name}` is missing")))
    }

    /// A string that may be missing.
    ///
    /// # Errors
    /// The member is no string.
    pub fn optional_string(&self, name: &str) -> Result<Option<&str>, Error> {
        match self.members.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.error(format_args!("`{name}` is not a string"))),
        }
    }

    /// A list of strings that may be missing; elements of other types are left out (RFC 8414 §2).
    ///
    /// # Errors
    /// The member is no list.
    pub fn strings(&self, name: &str) -> Result<Option<Vec<&str>>, Error> {
        match self.members.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Array(list)) => Ok(Some(list.iter().filter_map(Value::as_str).collect())),
            Some(_) => Err(self.error(format_args!("`{name}` is not a list"))),
        }
    }

    /// A truth value that may be missing.
    ///
    /// # Errors
    /// The member is neither `true` nor `false`.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, Error> {
        match self.members.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(_) => Err(self.error(format_args!("`{name}` is not true or false"))),
        }
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object")
            .field("what", &self.what)
            .finish_non_exhaustive()
    }
}

/// `problem`, and who can repair it.
fn wrong(kind: ErrorKind, problem: impl fmt::Display) -> Error {
    let repair = match kind {
        ErrorKind::InvalidHandle => "use another account, or tell the one who hosts this one",
        ErrorKind::InvalidRequest | ErrorKind::Configuration => "correct it",
        _ => "only the operator of that server can correct it",
    };
    Error::new(kind, format!("{problem}; {repair}"))
}

/// The content type is `application/json`, with or without parameters.
#[must_use]
pub(super) fn is_json(response: &Response) -> bool {
    let value = response.headers().get(http::header::CONTENT_TYPE);
    let text = value.and_then(|v| v.to_str().ok()).unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// A value in which no object has the same member twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Strict(value)) = list.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some((name, Strict(value))) = map.next_entry::<String, Strict>()? {
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member is given twice"));
            }
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests;

//! Query parameters of an XRPC request.

use serde::Serialize;
use serde_json::Value;

use crate::error::Error;

/// The query string of a struct or map.
pub(super) fn query(parameters: &impl Serialize) -> Result<String, Error> {
    let malformed = || {
        Error::invalid_request("query parameters are a struct or map of texts, numbers and lists")
    };
    let value = serde_json::to_value(parameters).map_err(|e| malformed().with_source(e))?;
    let members = match value {
        Value::Object(members) => members,
        Value::Null => return Ok(String::new()),
        _ => return Err(malformed()),
    };
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in &members {
        let values = match value {
            Value::Array(list) => list.as_slice(),
            Value::Null => &[],
            one => std::slice::from_ref(one),
        };
        for value in values {
            match value {
                Value::String(text) => query.append_pair(name, text),
                Value::Number(_) | Value::Bool(_) => query.append_pair(name, &value.to_string()),
                _ => return Err(malformed()),
            };
        }
    }
    Ok(query.finish())
}

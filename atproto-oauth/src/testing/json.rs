//! JSON objects with members that are not always there.

use serde_json::Value;

/// The object without the members that are `null`.
pub(super) fn without_nulls(mut object: Value) -> Value {
    if let Some(members) = object.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    object
}

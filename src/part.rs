//! Parts of texts and of JSON, taken and set without a way to fail.

use std::slice::SliceIndex;

use serde_json::Value;

/// Pieces of a text.
pub trait Part {
    /// The bytes of a range; nothing where the range is none of this text.
    fn part<R: SliceIndex<str, Output = str>>(&self, range: R) -> &str;
}

impl Part for str {
    fn part<R: SliceIndex<str, Output = str>>(&self, range: R) -> &str {
        self.get(range).unwrap_or_default()
    }
}

/// A member of an object; null where there is none.
pub fn member<'a>(value: &'a Value, key: &str) -> &'a Value {
    static NULL: Value = Value::Null;
    value.get(key).unwrap_or(&NULL)
}

/// Sets a member of an object; what is no object stays as it is.
pub fn put(value: &mut Value, key: &str, new: Value) {
    if let Some(object) = value.as_object_mut() {
        object.insert(key.to_owned(), new);
    }
}

//! Long values that are read whole and never searched: kept packed (Zstandard, RFC 8878).
//!
//! What was stored before it was packed is read as it is. Each value stands by itself: no dictionary is needed that could be lost.

use crate::engine::{Row, Value};
use crate::{Result, StoreError};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How hard is tried; more costs much time and saves little.
const LEVEL: i32 = 3;
/// Shorter ones are stored as they are.
const SHORTEST: usize = 200;
/// No value unpacks to more bytes: pages and what is found in them are smaller by far.
const LARGEST: usize = 256 << 20;
/// How a frame begins.
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// A text as it is stored.
pub(crate) fn packed(text: &str) -> Value {
    // No text in UTF-8 begins as a frame does: its second byte could not follow its first one.
    if text.len() >= SHORTEST
        && let Ok(packed) = zstd::bulk::compress(text.as_bytes(), LEVEL)
        && packed.len() < text.len()
    {
        return Value::Blob(packed);
    }
    Value::Blob(text.as_bytes().to_vec())
}

/// A value as packed JSON.
pub(crate) fn packed_json(value: &impl Serialize) -> Result<Value> {
    Ok(packed(&crate::engine::json_of(value)?))
}

/// The text in a column.
pub(crate) fn text(row: &Row, column: usize) -> Result<String> {
    let Some(Value::Blob(bytes)) = row.0.get(column) else { return row.text(column) };
    let broken = |why: &dyn std::fmt::Display| {
        StoreError::Invalid(format!(
            "column {column} cannot be unpacked ({why}): put back a backup; `firsthand check` says more"
        ))
    };
    let bytes = if bytes.starts_with(&MAGIC) {
        let size = zstd::zstd_safe::get_frame_content_size(bytes).ok().flatten();
        let size = size.and_then(|size| usize::try_from(size).ok()).unwrap_or(LARGEST);
        zstd::bulk::decompress(bytes, size.min(LARGEST)).map_err(|error| broken(&error))?
    } else {
        bytes.clone()
    };
    String::from_utf8(bytes).map_err(|error| broken(&error))
}

/// The JSON in a column.
pub(crate) fn json<T: DeserializeOwned>(row: &Row, column: usize) -> Result<T> {
    let text = text(row, column)?;
    serde_json::from_str(&text)
        .map_err(|error| StoreError::Invalid(format!("column {column} is not the JSON it should be ({error})")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back(value: Value) -> String {
        text(&Row(vec![value]), 0).unwrap()
    }

    #[test]
    fn what_is_packed_comes_back() {
        let long = "<p>The harbour master said so.</p>".repeat(100);
        let Value::Blob(stored) = packed(&long) else { panic!("bytes are stored") };
        assert!(stored.len() < long.len() / 10);
        assert_eq!(back(Value::Blob(stored)), long);
        for short in ["", "ä", "<p>Short.</p>"] {
            assert_eq!(back(packed(short)), short);
        }
        // From before values were packed.
        assert_eq!(back(Value::Text(long.clone())), long);
        assert_eq!(back(Value::Blob(long.clone().into_bytes())), long);
    }

    #[test]
    fn what_is_damaged_is_said_and_does_not_fill_the_memory() {
        let Value::Blob(stored) = packed(&"The harbour master said so. ".repeat(100)) else {
            panic!("bytes are stored")
        };
        let cut = stored.get(..stored.len() - 3).unwrap().to_vec();
        let error = text(&Row(vec![Value::Blob(cut)]), 0).unwrap_err().to_string();
        assert!(error.contains("cannot be unpacked"), "{error}");
        // A frame that says that it holds four exabytes.
        let mut lying = MAGIC.to_vec();
        lying.extend([0b1110_0000, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0]);
        assert!(text(&Row(vec![Value::Blob(lying)]), 0).is_err());
    }
}

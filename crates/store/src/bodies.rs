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

/// How the name of a body that lies elsewhere begins: with what begins neither a text nor a frame.
const ELSEWHERE: u8 = 0xff;
/// Shorter ones stay in the database.
pub(crate) const LEAST_ELSEWHERE: usize = 1024;

/// The name of a body that lies in the object store, as it is stored.
pub(crate) fn reference(key: &str) -> Value {
    let mut bytes = vec![ELSEWHERE];
    bytes.extend(key.as_bytes());
    Value::Blob(bytes)
}

/// The name in a reference.
pub(crate) fn key_of(value: &Value) -> Option<&str> {
    match value {
        Value::Blob(bytes) => std::str::from_utf8(bytes.strip_prefix(&[ELSEWHERE])?).ok(),
        _ => None,
    }
}

/// Something read whose body may have to be got from elsewhere.
pub(crate) struct Kept<T> {
    pub(crate) value: T,
    /// The name of its body in the object store.
    pub(crate) key: Option<String>,
}

/// The body in a column, or its name in the object store.
pub(crate) fn body(row: &Row, column: usize) -> Result<(String, Option<String>)> {
    match row.0.get(column).and_then(key_of) {
        Some(key) => Ok((String::new(), Some(key.to_owned()))),
        None => Ok((text(row, column)?, None)),
    }
}

/// A body as it came from the object store.
pub(crate) fn unpacked(bytes: Vec<u8>) -> Result<String> {
    text(&Row(vec![Value::Blob(bytes)]), 0)
}

/// What stands for a body that cannot be had: the paragraphs of its text.
pub(crate) fn paragraphs(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| format!("<p>{}</p>", firsthand_text::html::escape(line))).collect()
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
    fn a_name_is_told_from_what_it_stands_for() {
        let stored = reference("ab/cd-1");
        assert_eq!(key_of(&stored), Some("ab/cd-1"));
        assert_eq!(body(&Row(vec![stored]), 0).unwrap(), (String::new(), Some("ab/cd-1".to_owned())));
        for html in ["", "ÿ", "<p>Short.</p>", &"<p>Long.</p>".repeat(100)] {
            assert_eq!(body(&Row(vec![packed(html)]), 0).unwrap(), (html.to_owned(), None));
        }
        assert_eq!(paragraphs("One & two.\n\n Three. "), "<p>One &amp; two.</p><p>Three.</p>");
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

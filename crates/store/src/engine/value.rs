//! Values that go into statements and come out of rows.

use crate::{Result, StoreError};
use firsthand_model::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A value of a column. Times are milliseconds since the Unix epoch, switches are 0 and 1.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

macro_rules! value_from {
    ($($from:ty => |$name:ident| $value:expr),* $(,)?) => {
        $(impl From<$from> for Value {
            fn from($name: $from) -> Self {
                $value
            }
        })*
    };
}

value_from! {
    i64 => |value| Self::Int(value),
    u32 => |value| Self::Int(i64::from(value)),
    u16 => |value| Self::Int(i64::from(value)),
    usize => |value| Self::Int(i64::try_from(value).unwrap_or(i64::MAX)),
    bool => |value| Self::Int(i64::from(value)),
    &str => |value| Self::Text(value.to_owned()),
    String => |value| Self::Text(value),
    &String => |value| Self::Text(value.clone()),
    &[u8] => |value| Self::Blob(value.to_vec()),
    Timestamp => |value| Self::Int(value.as_millis()),
    firsthand_model::OutletId => |value| Self::Int(value.0),
    firsthand_model::FeedId => |value| Self::Int(value.0),
    firsthand_model::EntryId => |value| Self::Int(value.0),
    firsthand_model::ArticleId => |value| Self::Int(value.0),
    firsthand_model::StoryId => |value| Self::Int(value.0),
    firsthand_model::UserId => |value| Self::Int(value.0),
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<&Option<String>> for Value {
    fn from(value: &Option<String>) -> Self {
        value.as_deref().into()
    }
}

/// Writes a list of values for a statement.
macro_rules! values {
    ($($value:expr),* $(,)?) => { [$($crate::engine::Value::from($value)),*] };
}
pub(crate) use values;

/// A value as JSON text, for columns that are read whole and never searched.
pub(crate) fn json_of(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::Invalid(format!("a value cannot be written as JSON: {error}")))
}

/// A row of a query; columns are numbered from 0.
#[derive(Debug, Clone)]
pub(crate) struct Row(pub(crate) Vec<Value>);

impl Row {
    fn wrong(column: usize, wanted: &str, found: Option<&Value>) -> StoreError {
        StoreError::Invalid(format!(
            "column {column} is {found:?}, not {wanted}: the database was changed by another program; `firsthand check` says more"
        ))
    }

    pub(crate) fn maybe_int(&self, column: usize) -> Option<i64> {
        match self.0.get(column) {
            Some(Value::Int(value)) => Some(*value),
            _ => None,
        }
    }

    pub(crate) fn maybe_text(&self, column: usize) -> Option<String> {
        match self.0.get(column) {
            Some(Value::Text(value)) => Some(value.clone()),
            _ => None,
        }
    }

    pub(crate) fn int(&self, column: usize) -> Result<i64> {
        self.maybe_int(column).ok_or_else(|| Self::wrong(column, "a number", self.0.get(column)))
    }

    pub(crate) fn count(&self, column: usize) -> Result<u64> {
        Ok(u64::try_from(self.int(column)?).unwrap_or(0))
    }

    pub(crate) fn small(&self, column: usize) -> Result<u32> {
        Ok(u32::try_from(self.int(column)?).unwrap_or(0))
    }

    pub(crate) fn switch(&self, column: usize) -> Result<bool> {
        Ok(self.int(column)? != 0)
    }

    pub(crate) fn text(&self, column: usize) -> Result<String> {
        self.maybe_text(column).ok_or_else(|| Self::wrong(column, "text", self.0.get(column)))
    }

    pub(crate) fn blob(&self, column: usize) -> Result<Vec<u8>> {
        match self.0.get(column) {
            Some(Value::Blob(value)) => Ok(value.clone()),
            other => Err(Self::wrong(column, "bytes", other)),
        }
    }

    pub(crate) fn time(&self, column: usize) -> Result<Timestamp> {
        self.int(column).map(Timestamp::from_millis)
    }

    pub(crate) fn maybe_time(&self, column: usize) -> Option<Timestamp> {
        self.maybe_int(column).map(Timestamp::from_millis)
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, column: usize) -> Result<T> {
        serde_json::from_str(&self.text(column)?)
            .map_err(|error| Self::wrong(column, &format!("the JSON it should be ({error})"), None))
    }

    /// A word that stands for a variant of an enum ("first-hand"), as serde writes it.
    pub(crate) fn maybe_word<T: DeserializeOwned>(&self, column: usize) -> Result<Option<T>> {
        match self.maybe_text(column) {
            None => Ok(None),
            Some(word) => serde_json::from_value(word.clone().into())
                .map(Some)
                .map_err(|_| Self::wrong(column, "a known word", Some(&Value::Text(word)))),
        }
    }
}

/// The word that serde writes for a variant of an enum.
pub(crate) fn word_of(value: &impl Serialize) -> Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        other => Err(StoreError::Invalid(format!("{other:?} is not a word"))),
    }
}

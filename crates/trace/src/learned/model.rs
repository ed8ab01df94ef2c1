//! The model's file: weights of hashed features.

use super::features::{Classes, Hidden};
use super::lattice::{COLUMNS, Scores};
use std::borrow::Cow;
use std::sync::OnceLock;

/// The first bytes of a file.
const MAGIC: &[u8; 8] = b"fhattr01";
/// Weights of the last judgement.
pub(crate) const JUDGED: usize = 24;

/// Why bytes are no model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelError {
    /// It does not begin as one: another file, or one of another version.
    Kind,
    /// It ends too early or holds too much.
    Length,
}

impl std::fmt::Display for ModelError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Kind => "not an attribution model of this version: train one with `cargo xtask train-trace`",
            Self::Length => "an attribution model that is cut off or too long: train it anew",
        })
    }
}

impl std::error::Error for ModelError {}

/// A table from a feature's hash to a weight for each column. It is read where the file lies: only
/// an index is made of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    columns: usize,
    scale: [f32; COLUMNS],
    /// The hashes in order, four bytes each, lowest first.
    keys: Cow<'static, [u8]>,
    /// The weights of each hash, a byte for each column.
    rows: Cow<'static, [u8]>,
    /// By the first bits of a hash, how many hashes come before.
    starts: Vec<u32>,
}

/// Hashes that share their first bits, about.
const IN_A_BUCKET: usize = 2;

impl Table {
    /// A table of rows, rounded to eight bits a weight; rows that round to nothing are left out.
    pub(crate) fn new(columns: usize, weights: &[(u32, [f32; COLUMNS])], least: f32) -> Self {
        let mut scale = [0.0_f32; COLUMNS];
        for (_, row) in weights {
            for (scale, weight) in scale.iter_mut().zip(row) {
                *scale = scale.max(weight.abs());
            }
        }
        let scale = scale.map(|largest| largest.max(1e-6) / 127.0);
        let mut filled: Vec<(u32, [i8; COLUMNS])> = weights
            .iter()
            .filter(|(_, row)| row.iter().any(|weight| weight.abs() >= least))
            .map(|(key, row)| {
                let mut rounded = [0_i8; COLUMNS];
                for ((cell, weight), scale) in rounded.iter_mut().zip(row).zip(scale) {
                    #[expect(clippy::cast_possible_truncation, reason = "clamped to the range of a byte")]
                    let value = (weight / scale).round().clamp(-127.0, 127.0) as i8;
                    *cell = value;
                }
                (*key, rounded)
            })
            .filter(|(_, row)| row.iter().any(|weight| *weight != 0))
            .collect();
        filled.sort_unstable();
        filled.dedup_by_key(|(key, _)| *key);
        let keys = filled.iter().flat_map(|(key, _)| key.to_le_bytes()).collect();
        let rows =
            filled.iter().flat_map(|(_, row)| row.iter().take(columns)).map(|weight| weight.to_le_bytes()[0]).collect();
        Self::indexed(columns, scale, Cow::Owned(keys), Cow::Owned(rows))
    }

    fn indexed(columns: usize, scale: [f32; COLUMNS], keys: Cow<'static, [u8]>, rows: Cow<'static, [u8]>) -> Self {
        let buckets = (keys.len() / 4 / IN_A_BUCKET).next_power_of_two();
        let mut table = Self { columns, scale, keys, rows, starts: vec![0; buckets + 1] };
        let mut starts = std::mem::take(&mut table.starts);
        for key in table.keys() {
            // A key out of order, in a file that is broken, is not found; nothing else comes of it.
            if let Some(after) = starts.get_mut(bucket(key, buckets) + 1) {
                *after += 1;
            }
        }
        let mut before = 0;
        for start in &mut starts {
            before += *start;
            *start = before;
        }
        table.starts = starts;
        table
    }

    fn keys(&self) -> impl Iterator<Item = u32> {
        self.keys.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes))
    }

    /// Adds a feature's weights.
    pub(crate) fn add(&self, key: u32, sums: &mut [i32; COLUMNS]) {
        let bucket = bucket(key, self.starts.len().saturating_sub(1));
        let Some([from, to]) = self.starts.get(bucket..bucket + 2).and_then(|ends| ends.first_chunk::<2>()) else {
            return;
        };
        let (from, to) = (*from as usize, *to as usize);
        let keys = self.keys.as_chunks::<4>().0.get(from..to).unwrap_or_default();
        let Some(place) = keys.iter().position(|held| u32::from_le_bytes(*held) == key) else { return };
        let row = self.rows.get((from + place) * self.columns..).unwrap_or_default();
        for (sum, weight) in sums.iter_mut().zip(row.iter().take(self.columns)) {
            *sum += i32::from(i8::from_le_bytes([*weight]));
        }
    }

    /// The scores of a position by its features.
    pub(crate) fn scores(&self, features: &[u32]) -> Scores {
        let mut sums = [0_i32; COLUMNS];
        for feature in features {
            self.add(*feature, &mut sums);
        }
        let mut scores = [0.0; COLUMNS];
        for ((score, sum), scale) in scores.iter_mut().zip(sums).zip(self.scale) {
            #[expect(clippy::cast_precision_loss, reason = "sums of a few hundred bytes are exact")]
            let sum = sum as f32;
            *score = sum * scale;
        }
        scores
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len() / 4
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend((self.len() as u32).to_le_bytes());
        out.extend((self.columns as u32).to_le_bytes());
        for scale in self.scale {
            out.extend(scale.to_le_bytes());
        }
        out.extend_from_slice(&self.keys);
        out.extend_from_slice(&self.rows);
    }

    fn read<'a>(bytes: &mut Bytes<'a>, keep: Keep<'a>) -> Result<Self, ModelError> {
        let (count, columns) = (bytes.number()? as usize, bytes.number()? as usize);
        if columns > COLUMNS || columns == 0 {
            return Err(ModelError::Kind);
        }
        let mut scale = [0.0; COLUMNS];
        for cell in &mut scale {
            *cell = bytes.real()?;
        }
        let keys = bytes.take(count.checked_mul(4).ok_or(ModelError::Length)?)?;
        let rows = bytes.take(count.checked_mul(columns).ok_or(ModelError::Length)?)?;
        Ok(Self::indexed(columns, scale, keep(keys), keep(rows)))
    }
}

/// The bucket of a key, of so many (a power of two).
fn bucket(key: u32, buckets: usize) -> usize {
    ((u64::from(key) * buckets as u64) >> 32) as usize
}

/// Keeps a part of a file: as it lies, or as a copy.
type Keep<'a> = fn(&'a [u8]) -> Cow<'static, [u8]>;

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], ModelError> {
        let (head, rest) = self.0.split_at_checked(count).ok_or(ModelError::Length)?;
        self.0 = rest;
        Ok(head)
    }

    fn number(&mut self) -> Result<u32, ModelError> {
        let bytes = self.take(4)?.first_chunk::<4>().ok_or(ModelError::Length)?;
        Ok(u32::from_le_bytes(*bytes))
    }

    fn real(&mut self) -> Result<f32, ModelError> {
        Ok(f32::from_bits(self.number()?)).map(|number| if number.is_finite() { number } else { 0.0 })
    }
}

/// A trained model.
#[derive(Debug, Clone, Default)]
pub struct Model {
    pub(crate) classes: Classes,
    pub(crate) cues: Table,
    pub(crate) arguments: Table,
    /// What speaks for an attribution being right, and from which probability on it is told.
    pub(crate) judge: [f32; JUDGED],
    pub(crate) least: f32,
    /// What it was trained without; not in the file.
    pub(crate) hidden: Hidden,
}

impl Model {
    /// The model that ships with the program, if it was there when the program was built.
    pub fn shipped() -> Option<&'static Self> {
        static SHIPPED: OnceLock<Option<Model>> = OnceLock::new();
        let bytes: &'static [u8] = include_bytes!(concat!(env!("OUT_DIR"), "/attributions.bin"));
        SHIPPED.get_or_init(|| Self::kept(bytes, Cow::Borrowed).ok()).as_ref()
    }

    /// A model that was trained without something, which is not in its file: it reads without it too.
    #[must_use]
    pub fn trained_without(self, hidden: Hidden) -> Self {
        Self { hidden, ..self }
    }

    /// Reads a model.
    ///
    /// # Errors
    /// When the bytes are not one.
    pub fn read(bytes: &[u8]) -> Result<Self, ModelError> {
        Self::kept(bytes, |part| Cow::Owned(part.to_owned()))
    }

    fn kept<'a>(bytes: &'a [u8], keep: Keep<'a>) -> Result<Self, ModelError> {
        let mut bytes = Bytes(bytes);
        if bytes.take(MAGIC.len())? != MAGIC {
            return Err(ModelError::Kind);
        }
        let least = bytes.real()?;
        let mut judge = [0.0; JUDGED];
        for weight in &mut judge {
            *weight = bytes.real()?;
        }
        let count = bytes.number()? as usize;
        let words = bytes.take(count.checked_mul(6).ok_or(ModelError::Length)?)?;
        let classes = words
            .as_chunks::<6>()
            .0
            .iter()
            .map(|[a, b, c, d, e, f]| (u32::from_le_bytes([*a, *b, *c, *d]), u16::from_le_bytes([*e, *f])))
            .collect();
        let (cues, arguments) = (Table::read(&mut bytes, keep)?, Table::read(&mut bytes, keep)?);
        if bytes.0.is_empty() {
            Ok(Self { classes, cues, arguments, judge, least, hidden: Hidden::Nothing })
        } else {
            Err(ModelError::Length)
        }
    }

    /// The bytes that [`Model::read`] reads.
    pub fn write(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend(self.least.to_le_bytes());
        for weight in self.judge {
            out.extend(weight.to_le_bytes());
        }
        let mut classes: Vec<(u32, u16)> = self.classes.iter().map(|(word, class)| (*word, *class)).collect();
        classes.sort_unstable();
        out.extend((classes.len() as u32).to_le_bytes());
        for (word, class) in classes {
            out.extend(word.to_le_bytes());
            out.extend(class.to_le_bytes());
        }
        self.cues.write(&mut out);
        self.arguments.write(&mut out);
        out
    }

    /// How many features it weighs: of cues, of sources and contents.
    pub fn features(&self) -> (usize, usize) {
        (self.cues.len(), self.arguments.len())
    }
}

//! What a text means as a vector, from a file that the operator gives: a help for texts in different languages,
//! blended with the words and never alone.

use crate::features::{Term, term_of};
use firsthand_model::StoryInput;
use firsthand_text::normalise::fold;
use firsthand_text::tokens::words;
use std::collections::HashMap;
use std::fmt;
use std::io::{self, BufRead};

/// Words of an article that are read for its vector: title, then text.
const WORDS: usize = 128;
/// Words that must be known for a vector to say anything.
const LEAST_KNOWN: usize = 3;
/// The longest line of a file of vectors, in bytes.
const LONGEST_LINE: u64 = 1 << 20;

/// A vector in eight bits a number.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding {
    numbers: Box<[i8]>,
    /// What makes its length one.
    scale: f32,
}

impl Embedding {
    /// A vector of any length but 0; its direction is what counts.
    pub fn of(vector: &[f32]) -> Option<Self> {
        let greatest = vector.iter().fold(0.0_f32, |greatest, number| greatest.max(number.abs()));
        if greatest <= 0.0 || !greatest.is_finite() {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "between -127 and 127")]
        let numbers: Box<[i8]> = vector.iter().map(|number| (number / greatest * 127.0).round() as i8).collect();
        let squares: i32 = numbers.iter().map(|number| i32::from(*number) * i32::from(*number)).sum();
        Some(Self { numbers, scale: 1.0 / (squares as f32).sqrt() })
    }

    /// The number of its dimensions.
    #[expect(clippy::len_without_is_empty, reason = "a vector without dimensions cannot be made")]
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The cosine of the angle between two vectors, -1 to 1; 0 where their dimensions differ.
    pub fn cosine(&self, other: &Self) -> f32 {
        if self.numbers.len() != other.numbers.len() {
            return 0.0;
        }
        let product: i32 =
            self.numbers.iter().zip(&other.numbers).map(|(one, two)| i32::from(*one) * i32::from(*two)).sum();
        product as f32 * self.scale * other.scale
    }
}

/// Says what an article means.
pub trait Embedder: fmt::Debug + Send + Sync {
    /// Its vector; `None` where it knows too little of the text.
    fn embed(&self, article: &StoryInput<'_>) -> Option<Embedding>;
}

/// The mean of the vectors of an article's words, the rarer the heavier.
///
/// Words stand in a file by their frequency, so a word's place tells its weight: ln(1 + place), as Zipf's law
/// has it. What all words have in common is taken off first (Mu and Viswanath 2018).
#[derive(Debug)]
pub struct WordVectors {
    dimensions: usize,
    places: HashMap<Term, u32>,
    numbers: Vec<f32>,
}

impl WordVectors {
    /// Reads vectors in the text form of word2vec, GloVe and fastText: a word and its numbers a line, frequent
    /// words first. Lines of two numbers head such a file and are skipped; files of aligned languages may stand
    /// one after another. Of a word that comes twice the first counts.
    ///
    /// Fails on a line that has no number where one should be or other dimensions than the first, and on a file
    /// without vectors: the error names the line.
    pub fn read(mut file: impl BufRead) -> io::Result<Self> {
        let broken =
            |line: usize, what: &str| io::Error::new(io::ErrorKind::InvalidData, format!("line {line}: {what}"));
        let mut read = Self { dimensions: 0, places: HashMap::new(), numbers: Vec::new() };
        let mut weights = Vec::new();
        let (mut line, mut rank) = (Vec::new(), 0_u32);
        for number in 1.. {
            line.clear();
            if io::Read::take(&mut file, LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
                break;
            }
            if line.len() as u64 == LONGEST_LINE {
                return Err(broken(number, "longer than any vector: is this a text file of word vectors?"));
            }
            // A word that is no UTF-8 is none that an article has.
            let text = String::from_utf8_lossy(&line);
            let mut parts = text.trim_end().split(' ');
            let word = parts.next().unwrap_or_default();
            let from = read.numbers.len();
            for part in parts {
                let value = part.parse::<f32>().ok().filter(|value| value.is_finite());
                read.numbers.push(value.ok_or_else(|| broken(number, &format!("{part:?} is no number")))?);
            }
            let count = read.numbers.len() - from;
            if count <= 1 {
                // The head of a file, or an empty line.
                read.numbers.truncate(from);
                rank = 0;
                continue;
            }
            if read.dimensions == 0 {
                read.dimensions = count;
            }
            if count != read.dimensions {
                return Err(broken(number, &format!("{count} numbers where others have {}", read.dimensions)));
            }
            rank += 1;
            let place = u32::try_from(weights.len()).unwrap_or(u32::MAX);
            match read.places.entry(term_of(&fold(word))) {
                std::collections::hash_map::Entry::Occupied(_) => read.numbers.truncate(from),
                std::collections::hash_map::Entry::Vacant(free) => {
                    free.insert(place);
                    weights.push((1.0 + rank as f32).ln());
                }
            }
        }
        if weights.is_empty() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "no vectors in it: a word and its numbers are wanted on each line",
            ));
        }
        read.balance(&weights);
        Ok(read)
    }

    /// Takes the mean off each vector and gives it its weight.
    fn balance(&mut self, weights: &[f32]) {
        let count = weights.len() as f32;
        let mut mean = vec![0.0; self.dimensions];
        for vector in self.numbers.chunks_exact(self.dimensions) {
            mean.iter_mut().zip(vector).for_each(|(sum, number)| *sum += number / count);
        }
        for (vector, weight) in self.numbers.chunks_exact_mut(self.dimensions).zip(weights) {
            vector.iter_mut().zip(&mean).for_each(|(number, mean)| *number = (*number - mean) * weight);
        }
    }

    /// How many words have a vector.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether no word has one; never so after [`WordVectors::read`].
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

impl Embedder for WordVectors {
    fn embed(&self, article: &StoryInput<'_>) -> Option<Embedding> {
        let (mut sum, mut known) = (vec![0.0_f32; self.dimensions], 0);
        for word in words(article.title).chain(words(article.text)).take(WORDS) {
            let Some(place) = self.places.get(&term_of(&fold(word.text))) else { continue };
            let from = *place as usize * self.dimensions;
            let Some(vector) = self.numbers.get(from..from + self.dimensions) else { continue };
            sum.iter_mut().zip(vector).for_each(|(sum, number)| *sum += number);
            known += 1;
        }
        if known < LEAST_KNOWN { None } else { Embedding::of(&sum) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Six words of two languages: bridges and bread.
    const FILE: &str = "6 3\nbridge 1 0.1 0\ncables 0.9 0.2 0\nbread 0 0.1 1\n3 3\nbrücke 0.95 0.1 0.05\nkabel 0.9 0.1 0\nbrot 0.1 0 1\n";

    fn embed(vectors: &WordVectors, text: &str) -> Option<Embedding> {
        vectors.embed(&StoryInput { title: "", text, ..StoryInput::default() })
    }

    #[test]
    fn texts_of_one_meaning_are_near_in_any_language() {
        let vectors = WordVectors::read(FILE.as_bytes()).unwrap();
        assert_eq!(vectors.len(), 6);
        let bridge = embed(&vectors, "Bridge cables; bridge").unwrap();
        let brucke = embed(&vectors, "Brücke, Kabel, Kabel").unwrap();
        let bread = embed(&vectors, "bread, bread and Brot").unwrap();
        assert!(bridge.cosine(&brucke) > 0.9, "{}", bridge.cosine(&brucke));
        assert!(bridge.cosine(&bread) < 0.0, "{}", bridge.cosine(&bread));
        assert!((bridge.cosine(&bridge) - 1.0).abs() < 1e-5);
        assert_eq!(embed(&vectors, "Nobody knows the bridge"), None);
    }

    #[test]
    fn what_is_no_file_of_vectors_is_refused_with_its_line() {
        let error = |file: &str| WordVectors::read(file.as_bytes()).unwrap_err().to_string();
        assert_eq!(error("a 1 2 3\nb 1 two 3\n"), "line 2: \"two\" is no number");
        assert_eq!(error("a 1 2 3\nb 1 2\n"), "line 2: 2 numbers where others have 3");
        assert_eq!(error("a 1 2 NaN\n"), "line 1: \"NaN\" is no number");
        assert!(error("").contains("no vectors"));
        assert!(error(&"x".repeat(2 << 20)).contains("line 1: longer"));
    }

    #[test]
    fn vectors_without_a_direction_are_none() {
        assert_eq!(Embedding::of(&[0.0, 0.0]), None);
        assert_eq!(Embedding::of(&[f32::NAN, f32::INFINITY]), None);
        assert_eq!(Embedding::of(&[]), None);
    }
}

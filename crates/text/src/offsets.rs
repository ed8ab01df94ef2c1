//! Byte offsets into code-point offsets and back.

use firsthand_model::Span;

/// One anchor every so many bytes: the memory is an eighth of a byte per byte of text.
const STEP: usize = 64;

/// Turns byte offsets into a text into code-point offsets and back, in time that does not
/// depend on the text's length.
#[derive(Debug, Clone)]
pub struct Offsets<'a> {
    text: &'a str,
    /// Code points before byte `i * STEP` (rounded up to a boundary).
    anchors: Vec<usize>,
    ascii: bool,
}

impl<'a> Offsets<'a> {
    /// Reads the text once.
    pub fn new(text: &'a str) -> Self {
        if text.is_ascii() {
            return Self { text, anchors: Vec::new(), ascii: true };
        }
        let mut anchors = Vec::with_capacity(text.len() / STEP + 1);
        let mut count = 0;
        for (index, byte) in text.bytes().enumerate() {
            if index % STEP == 0 {
                // A continuation byte here belongs to a code point already counted.
                anchors.push(count);
            }
            if byte & 0xC0 != 0x80 {
                count += 1;
            }
        }
        anchors.push(count);
        Self { text, anchors, ascii: false }
    }

    /// The text.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The number of code points before the byte offset; beyond the end it is that of the end.
    pub fn to_chars(&self, byte: usize) -> usize {
        let byte = byte.min(self.text.len());
        if self.ascii {
            return byte;
        }
        let block = byte / STEP;
        let start = block * STEP;
        let before = self.anchors.get(block).copied().unwrap_or_default();
        let bytes = self.text.as_bytes().get(start..byte).unwrap_or_default();
        before + bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
    }

    /// The byte offset of the code point, or the text's length beyond the last one.
    pub fn to_bytes(&self, chars: usize) -> usize {
        if self.ascii {
            return chars.min(self.text.len());
        }
        let block = self.anchors.partition_point(|count| *count <= chars).saturating_sub(1);
        let mut byte = (block * STEP).min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte += 1;
        }
        let mut left = chars.saturating_sub(self.to_chars(byte));
        for character in self.text.get(byte..).unwrap_or_default().chars() {
            if left == 0 {
                break;
            }
            left -= 1;
            byte += character.len_utf8();
        }
        byte
    }

    /// The span of the bytes `start..end`.
    pub fn span(&self, start: usize, end: usize) -> Span {
        Span {
            start: self.to_chars(start),
            end: self.to_chars(end),
            text: self.text.get(start..end).unwrap_or_default().to_owned(),
            parts: None,
        }
    }

    /// The span of several stretches of bytes, in order: one piece when they touch or there is
    /// only one.
    pub fn span_of_parts(&self, parts: &[(usize, usize)]) -> Span {
        let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return Span::default() };
        if parts.len() == 1 {
            return self.span(first.0, first.1);
        }
        let texts: Vec<&str> = parts.iter().filter_map(|(start, end)| self.text.get(*start..*end)).collect();
        Span {
            start: self.to_chars(first.0),
            end: self.to_chars(last.1),
            text: texts.join(" … "),
            parts: Some(parts.iter().map(|(start, end)| [self.to_chars(*start), self.to_chars(*end)]).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_counting(text in "\\PC{0,300}") {
            let offsets = Offsets::new(&text);
            for (chars, (byte, _)) in text.char_indices().enumerate() {
                prop_assert_eq!(offsets.to_chars(byte), chars);
                prop_assert_eq!(offsets.to_bytes(chars), byte);
            }
            prop_assert_eq!(offsets.to_chars(text.len()), text.chars().count());
            prop_assert_eq!(offsets.to_bytes(text.chars().count() + 5), text.len());
        }
    }

    #[test]
    fn a_span_in_pieces_keeps_its_pieces() {
        let offsets = Offsets::new("“A,” he said, “B.”");
        let span = offsets.span_of_parts(&[(0, 8), (18, 26)]);
        assert_eq!(span.parts, Some(vec![[0, 4], [14, 18]]));
        assert_eq!(span.text, "“A,” … “B.”");
    }
}

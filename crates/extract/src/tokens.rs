//! The tokens of a page (WHATWG HTML, 13.2.5 "Tokenization"), for the tree builder.
//!
//! A page lies whole in memory and most of its attributes are nobody's concern. So none of the states is needed in which
//! a stream may stop: what stands between two marks is taken at once, and what is left out is never copied. Parse errors
//! are not told. Left out are the text of comments and of styles, drawings of shapes alone, attributes that are not [`kept`] and
//! NUL characters.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Doctype, Tag, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::{Attribute, LocalName, QualName, data, local_name, ns};
use std::borrow::Cow;
use std::ops::Range;

/// What takes the tokens.
pub(crate) trait Sink: TokenSink {
    /// Gives the element that was made last a text, as it stands in the page.
    fn add_raw(&self, text: StrTendril);
}

/// Sends the tokens of a page to a tree.
pub(crate) fn send(html: &str, sink: &impl Sink) {
    // Texts and values are parts of this one, nothing is copied again.
    let page = StrTendril::from_slice(&prepared(html));
    let mut tokens = Tokens { page: &page, html: &page, at: 0, sink };
    tokens.run();
    let _ = sink.process_token(Token::EOFToken, 1);
    sink.end();
}

/// The page with line feeds for line ends (13.2.3.5), without NUL.
fn prepared(html: &str) -> Cow<'_, str> {
    if memchr::memchr2(b'\r', 0, html.as_bytes()).is_none() {
        return Cow::Borrowed(html);
    }
    Cow::Owned(html.replace("\r\n", "\n").replace('\r', "\n").replace('\0', ""))
}

struct Tokens<'a, S> {
    page: &'a StrTendril,
    /// The same, as text.
    html: &'a str,
    at: usize,
    sink: &'a S,
}

impl<'a, S: Sink> Tokens<'a, S> {
    fn rest(&self) -> &'a str {
        self.html.get(self.at..).unwrap_or_default()
    }

    fn byte(&self) -> Option<u8> {
        self.html.as_bytes().get(self.at).copied()
    }

    /// The place of the next such byte.
    fn next(&self, byte: u8) -> Option<usize> {
        let rest = self.html.as_bytes().get(self.at..)?;
        memchr::memchr(byte, rest).map(|length| self.at + length)
    }

    /// Goes past the next `mark`, or to the end where there is none: what stands before it.
    fn pass(&mut self, mark: &str) -> Range<usize> {
        let start = self.at;
        let end = self.rest().find(mark).map(|length| start + length);
        self.at = end.map_or(self.html.len(), |end| end + mark.len());
        start..end.unwrap_or(self.html.len())
    }

    fn part(&self, range: &Range<usize>) -> &'a str {
        self.html.get(range.clone()).unwrap_or_default()
    }

    /// A part of the page that shares its memory.
    fn shared(&self, range: &Range<usize>) -> StrTendril {
        let sizes = u32::try_from(range.start).ok().zip(u32::try_from(range.len()).ok());
        sizes.and_then(|(start, length)| self.page.try_subtendril(start, length).ok()).unwrap_or_default()
    }

    fn run(&mut self) {
        while let Some(open) = self.next(b'<') {
            self.text(&(self.at..open));
            self.at = open + 1;
            match self.byte() {
                Some(b'a'..=b'z' | b'A'..=b'Z') => self.start_tag(),
                Some(b'/') => match self.html.as_bytes().get(self.at + 1) {
                    Some(b'a'..=b'z' | b'A'..=b'Z') => {
                        self.at += 1;
                        self.end_tag();
                    }
                    Some(b'>') => self.at += 2,
                    Some(_) => self.bogus_comment(),
                    None => self.characters(&(open..open + 1)),
                },
                Some(b'!') => {
                    self.at += 1;
                    self.declaration();
                }
                Some(b'?') => self.bogus_comment(),
                _ => self.characters(&(open..open + 1)),
            }
        }
        self.text(&(self.at..self.html.len()));
    }

    fn token(&self, token: Token) -> TokenSinkResult<S::Handle> {
        self.sink.process_token(token, 1)
    }

    fn characters(&self, range: &Range<usize>) {
        if !range.is_empty() {
            let _ = self.token(Token::CharacterTokens(self.shared(range)));
        }
    }

    /// Text in which character references stand.
    fn text(&self, range: &Range<usize>) {
        let text = self.part(range);
        if memchr::memchr(b'&', text.as_bytes()).is_none() {
            return self.characters(range);
        }
        let _ = self.token(Token::CharacterTokens(StrTendril::from_slice(&decoded(text, false))));
    }

    /// What begins with `<!`: a comment, document type, text marked as such.
    fn declaration(&mut self) {
        let rest = self.rest();
        if let Some(comment) = rest.strip_prefix("--") {
            self.at += 2 + comment_end(comment);
            self.comment();
        } else if starts_with(rest.as_bytes(), b"doctype") {
            self.at += "doctype".len();
            let range = self.pass(">");
            let _ = self.token(Token::DoctypeToken(read_doctype(self.part(&range))));
        } else if rest.starts_with("[CDATA[") && self.sink.adjusted_current_node_present_but_not_in_html_namespace() {
            self.at += "[CDATA[".len();
            let range = self.pass("]]>");
            self.characters(&range);
        } else {
            self.bogus_comment();
        }
    }

    fn bogus_comment(&mut self) {
        self.pass(">");
        self.comment();
    }

    /// A comment parts the texts before and after it; what it says is nobody's concern.
    fn comment(&self) {
        let _ = self.token(Token::CommentToken(StrTendril::new()));
    }

    fn start_tag(&mut self) {
        let Some(tag) = self.whole_tag(TagKind::StartTag) else { return };
        let name = tag.name.clone();
        let is_drawing = name == local_name!("svg") && !tag.self_closing;
        match self.token(Token::TagToken(tag)) {
            TokenSinkResult::RawData(kind) => self.raw_text(&name, kind),
            TokenSinkResult::Plaintext => {
                self.characters(&(self.at..self.html.len()));
                self.at = self.html.len();
            }
            _ if is_drawing => self.at += drawing_end(self.rest()).unwrap_or(0),
            _ => {}
        }
    }

    fn end_tag(&mut self) {
        if let Some(tag) = self.whole_tag(TagKind::EndTag) {
            let _ = self.token(Token::TagToken(tag));
        }
    }

    /// A tag; when the page ends within it, it is left out, and the page has ended.
    fn whole_tag(&mut self, kind: TagKind) -> Option<Tag> {
        let tag = self.tag(kind);
        if tag.is_none() {
            self.at = self.html.len();
        }
        tag
    }

    /// The text of an element that holds nothing else, up to the tag that closes it.
    fn raw_text(&mut self, name: &LocalName, kind: RawKind) {
        let rest = self.rest();
        let end = match kind {
            RawKind::ScriptData => script_end(rest),
            _ => raw_end(rest, name),
        };
        let range = self.at..self.at + end.unwrap_or(rest.len());
        self.at = range.end;
        match kind {
            RawKind::Rcdata => self.text(&range),
            _ if range.is_empty() || *name == local_name!("style") => {}
            _ => self.sink.add_raw(self.shared(&range)),
        }
    }

    /// Reads a tag from its name on; nothing when the page ends within it.
    fn tag(&mut self, kind: TagKind) -> Option<Tag> {
        let bytes = self.html.as_bytes();
        let start = self.at;
        let name_end = |byte: &u8| is_space(*byte) || matches!(byte, b'/' | b'>');
        self.at = start + bytes.get(start..)?.iter().position(name_end)?;
        let name = lower(self.html.get(start..self.at)?);
        let name = LocalName::from(&*name);
        let mut tag = Tag { kind, name, self_closing: false, attrs: Vec::new(), had_duplicate_attributes: false };
        loop {
            match self.byte()? {
                b'>' => {
                    self.at += 1;
                    return Some(tag);
                }
                b'/' => {
                    self.at += 1;
                    tag.self_closing = self.byte()? == b'>';
                }
                byte if is_space(byte) => self.at += 1,
                _ => {
                    let (name, range) = self.attribute()?;
                    if kind == TagKind::StartTag
                        && let Some(local) = kept(name)
                        && !tag.attrs.iter().any(|held| held.name.local == local)
                    {
                        let value = self.part(&range);
                        let value = match memchr::memchr(b'&', value.as_bytes()) {
                            Some(_) => StrTendril::from_slice(&decoded(value, true)),
                            None => self.shared(&range),
                        };
                        tag.attrs.push(Attribute { name: QualName::new(None, ns!(), local), value });
                    }
                }
            }
        }
    }

    /// The next attribute's name, and where its value stands in the page.
    fn attribute(&mut self) -> Option<(&'a str, Range<usize>)> {
        let bytes = self.html.as_bytes();
        let start = self.at;
        // An equals sign that comes first is part of the name.
        let is_end = |byte: &u8| is_space(*byte) || matches!(byte, b'/' | b'>' | b'=');
        let length = bytes.get(start + 1..)?.iter().position(is_end)? + 1;
        let name = self.html.get(start..start + length)?;
        self.at += length;
        self.spaces();
        if self.byte()? != b'=' {
            return Some((name, 0..0));
        }
        self.at += 1;
        self.spaces();
        if let quote @ (b'"' | b'\'') = self.byte()? {
            self.at += 1;
            let range = self.at..self.next(quote)?;
            self.at = range.end + 1;
            return Some((name, range));
        }
        let start = self.at;
        self.at += bytes.get(start..)?.iter().position(|byte| is_space(*byte) || *byte == b'>')?;
        Some((name, start..self.at))
    }

    fn spaces(&mut self) {
        while self.byte().is_some_and(is_space) {
            self.at += 1;
        }
    }
}

fn lower(name: &str) -> Cow<'_, str> {
    match name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => Cow::Owned(name.to_ascii_lowercase()),
        false => Cow::Borrowed(name),
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | 0xc)
}

/// The attributes that are read, here or by the tree builder.
fn kept(name: &str) -> Option<LocalName> {
    Some(match &*lower(name) {
        "alt" => local_name!("alt"),
        "aria-hidden" => local_name!("aria-hidden"),
        "class" => local_name!("class"),
        "color" => local_name!("color"),
        "content" => local_name!("content"),
        "datetime" => local_name!("datetime"),
        "encoding" => local_name!("encoding"),
        "face" => local_name!("face"),
        "height" => local_name!("height"),
        "hidden" => local_name!("hidden"),
        "href" => local_name!("href"),
        "http-equiv" => local_name!("http-equiv"),
        "id" => local_name!("id"),
        "itemprop" => local_name!("itemprop"),
        "lang" => local_name!("lang"),
        "name" => local_name!("name"),
        "property" => local_name!("property"),
        "rel" => local_name!("rel"),
        "role" => local_name!("role"),
        "size" => local_name!("size"),
        "src" => local_name!("src"),
        "style" => local_name!("style"),
        "title" => local_name!("title"),
        "type" => local_name!("type"),
        "width" => local_name!("width"),
        name @ ("data-lazy-src" | "data-original" | "data-src" | "data-testid" | "pubdate" | "xml:lang") => {
            LocalName::from(name)
        }
        _ => return None,
    })
}

/// Whether [`kept`] keeps an attribute.
pub(crate) fn is_kept(name: &str) -> bool {
    kept(name).is_some()
}

/// The place after the comment whose text begins here.
fn comment_end(text: &str) -> usize {
    if let Some(length) = [">", "->"].iter().find(|end| text.starts_with(**end)).map(|end| end.len()) {
        return length;
    }
    let mut from = 0;
    while let Some(dashes) = text.get(from..).and_then(|rest| rest.find("--")) {
        let after = text.get(from + dashes + 2..).unwrap_or_default();
        if let Some(end) = [">", "!>"].iter().find(|end| after.starts_with(**end)) {
            return from + dashes + 2 + end.len();
        }
        from += dashes + 1;
    }
    text.len()
}

/// Reads what stands between `<!doctype` and `>` (13.2.5.53 ff.).
fn read_doctype(text: &str) -> Doctype {
    let mut doctype = Doctype::default();
    let text = text.trim_start_matches(is_html_space);
    let end = text.find(is_html_space).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    doctype.name = (!name.is_empty()).then(|| StrTendril::from_slice(&name.to_ascii_lowercase()));
    doctype.force_quirks = name.is_empty();
    let rest = rest.trim_start_matches(is_html_space);
    let is_public = starts_with(rest.as_bytes(), b"public");
    if rest.is_empty() {
        return doctype;
    }
    if !is_public && !starts_with(rest.as_bytes(), b"system") {
        doctype.force_quirks = true;
        return doctype;
    }
    let (first, rest) = quoted(rest.get("public".len()..).unwrap_or_default());
    doctype.force_quirks |= first.as_ref().is_none_or(|(_, whole)| !whole);
    let first = first.map(|(text, _)| StrTendril::from_slice(text));
    if !is_public {
        doctype.system_id = first;
        return doctype;
    }
    doctype.public_id = first;
    if doctype.force_quirks || rest.trim_matches(is_html_space).is_empty() {
        return doctype;
    }
    let (second, _) = quoted(rest);
    doctype.force_quirks |= second.as_ref().is_none_or(|(_, whole)| !whole);
    doctype.system_id = second.map(|(text, _)| StrTendril::from_slice(text));
    doctype
}

/// The quoted text that comes next and whether its quotation is closed; the rest.
fn quoted(text: &str) -> (Option<(&str, bool)>, &str) {
    let text = text.trim_start_matches(is_html_space);
    let quote = text.chars().next().filter(|letter| matches!(letter, '"' | '\''));
    let Some((quote, inner)) = quote.zip(text.get(1..)) else { return (None, "") };
    match inner.split_once(quote) {
        Some((value, rest)) => (Some((value, true)), rest),
        None => (Some((inner, false)), ""),
    }
}

fn is_html_space(letter: char) -> bool {
    matches!(letter, ' ' | '\n' | '\t' | '\u{c}')
}

/// The place of the tag that closes an `svg` element, if nothing but shapes stands before it: nothing that would end it,
/// and no text of the page. Looks no farther than to the next `svg`, so that many of them cost no more than few.
fn drawing_end(markup: &str) -> Option<usize> {
    const SHAPES: &[&str] = &[
        "path",
        "g",
        "circle",
        "rect",
        "line",
        "polygon",
        "polyline",
        "ellipse",
        "use",
        "defs",
        "symbol",
        "mask",
        "clippath",
        "lineargradient",
        "radialgradient",
        "stop",
        "title",
        "desc",
        "animate",
        "animatetransform",
        "pattern",
        "filter",
    ];
    for place in memchr::memchr_iter(b'<', markup.as_bytes()) {
        let rest = markup.get(place + 1..)?;
        let (name, closes) = rest.strip_prefix('/').map_or((rest, false), |rest| (rest, true));
        let end = name.bytes().take(20).position(|byte| !byte.is_ascii_alphanumeric())?;
        let name = name.get(..end)?;
        if closes && name.eq_ignore_ascii_case("svg") {
            return Some(place);
        }
        if !SHAPES.iter().any(|shape| shape.eq_ignore_ascii_case(name)) {
            return None;
        }
    }
    None
}

/// The place of the tag that closes an element of text alone.
fn raw_end(html: &str, name: &str) -> Option<usize> {
    let html = html.as_bytes();
    memchr::memchr_iter(b'<', html).find(|place| {
        let rest = html.get(place + 1..).unwrap_or_default();
        rest.strip_prefix(b"/").is_some_and(|rest| is_named(rest, name.as_bytes()))
    })
}

/// The place of the tag that closes a script. What looks like a comment in it may hold what looks like a script
/// (13.2.5.18 ff., "script data escaped" and "double escaped").
fn script_end(html: &str) -> Option<usize> {
    let first = raw_end(html, "script")?;
    if !html.get(..first)?.contains("<!--") {
        return Some(first);
    }
    let (mut escaped, mut twice) = (false, false);
    let mut at = 0;
    while let Some(next) = html.get(at..).and_then(|rest| rest.find(['<', '-'])) {
        let place = at + next;
        let rest = html.as_bytes().get(place..).unwrap_or_default();
        at = place + 1;
        if !escaped && rest.starts_with(b"<!--") {
            // Its dashes may be those of its end.
            (escaped, at) = (true, place + 2);
        } else if escaped && rest.starts_with(b"-->") {
            (escaped, twice) = (false, false);
        } else if rest.strip_prefix(b"</").is_some_and(|name| is_named(name, b"script")) {
            if !twice {
                return Some(place);
            }
            twice = false;
        } else if escaped && !twice && rest.strip_prefix(b"<").is_some_and(|name| is_named(name, b"script")) {
            twice = true;
        }
    }
    None
}

/// Whether a tag's name is this one.
fn is_named(tag: &[u8], name: &[u8]) -> bool {
    starts_with(tag, name) && tag.get(name.len()).is_some_and(|byte| is_space(*byte) || matches!(byte, b'/' | b'>'))
}

fn starts_with(bytes: &[u8], name: &[u8]) -> bool {
    bytes.get(..name.len()).is_some_and(|held| held.eq_ignore_ascii_case(name))
}

/// A text with its character references replaced (13.2.5.72 ff.).
fn decoded(text: &str, in_attribute: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        rest = match reference(after, in_attribute) {
            Some((length, letters)) => {
                out.extend(letters.into_iter().flatten());
                after.get(length..).unwrap_or_default()
            }
            None => {
                out.push('&');
                after
            }
        };
    }
    out.push_str(rest);
    out
}

/// The reference that begins after an ampersand: its length and what it stands for; nothing when it is none.
fn reference(text: &str, in_attribute: bool) -> Option<(usize, [Option<char>; 2])> {
    if let Some(number) = text.strip_prefix('#') {
        let (length, letter) = numeric(number)?;
        return Some((length + 1, [Some(letter), None]));
    }
    // The longest name has 31 letters, the longest that needs no semicolon six.
    let length = text.bytes().take(32).take_while(u8::is_ascii_alphanumeric).count();
    let named = |length: usize| data::NAMED_ENTITIES.get(text.get(..length)?).filter(|(first, _)| *first != 0);
    let letters =
        |(first, second): &(u32, u32)| [char::from_u32(*first), char::from_u32(*second).filter(|_| *second != 0)];
    if text.as_bytes().get(length) == Some(&b';')
        && let Some(found) = named(length + 1)
    {
        return Some((length + 1, letters(found)));
    }
    let (length, found) = (2..=length.min(6)).rev().find_map(|length| Some((length, named(length)?)))?;
    let goes_on = text.as_bytes().get(length).is_some_and(|next| *next == b'=' || next.is_ascii_alphanumeric());
    (!(in_attribute && goes_on)).then(|| (length, letters(found)))
}

/// The character of a numeric reference from after its `#`, and the reference's length.
fn numeric(text: &str) -> Option<(usize, char)> {
    let is_hex = text.starts_with(['x', 'X']);
    let (prefix, radix) = if is_hex { (1, 16) } else { (0, 10) };
    let digits = text.get(prefix..)?;
    let length = digits.bytes().take_while(|byte| char::from(*byte).is_digit(radix)).count();
    let digits = digits.get(..length).filter(|digits| !digits.is_empty())?;
    let number = digits
        .chars()
        .filter_map(|digit| digit.to_digit(radix))
        .fold(0_u32, |number, digit| number.saturating_mul(radix).saturating_add(digit));
    let letter = match number {
        0 => '\u{fffd}',
        0x80..=0x9f => data::C1_REPLACEMENTS
            .get(number as usize - 0x80)
            .copied()
            .flatten()
            .or(char::from_u32(number))
            .unwrap_or('\u{fffd}'),
        _ => char::from_u32(number).unwrap_or('\u{fffd}'),
    };
    let length = prefix + length;
    Some((length + usize::from(text.as_bytes().get(length) == Some(&b';')), letter))
}

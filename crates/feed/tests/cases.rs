//! Some hundred small documents made by rule, each with what must be read from it: every format with
//! every kind of title and date, every encoding with every way of saying it, and the usual faults.

use firsthand_feed::{Hints, Limits, parse};
use firsthand_model::{ParsedFeed, ParsedItem};
use std::fmt::Write as _;

/// Ways of writing one item, by what the text of a title means in them.
const FORMATS: [(&str, bool); 8] = [
    ("<rss version=\"2.0\"><channel><item>TITLE<pubDate>DATE</pubDate></item></channel></rss>", true),
    ("<rss><channel><item>TITLE<dc:date>DATE</dc:date></item></channel></rss>", true),
    ("<RSS VERSION=\"0.91\"><CHANNEL><ITEM>TITLE<PUBDATE>DATE</PUBDATE></ITEM></CHANNEL></RSS>", true),
    (
        "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://purl.org/rss/1.0/\" xmlns:d=\"http://purl.org/dc/elements/1.1/\"><item rdf:about=\"https://a.example/1\">TITLE<d:date>DATE</d:date></item></rdf:RDF>",
        true,
    ),
    ("<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry>TITLE<published>DATE</published></entry></feed>", false),
    (
        "<a:feed xmlns:a=\"http://www.w3.org/2005/Atom\"><a:entry><a:title type=\"html\">TEXT</a:title><a:published>DATE</a:published></a:entry></a:feed>",
        true,
    ),
    (
        "<feed version=\"0.3\" xmlns=\"http://purl.org/atom/ns#\"><entry><title mode=\"escaped\" type=\"text/html\">TEXT</title><issued>DATE</issued></entry></feed>",
        true,
    ),
    ("<feed><entry>TITLE<published>DATE</published></entry></feed>", false),
];

/// A title as it stands in XML; how it reads where titles are HTML, and where they are plain text.
const TITLES: [(&str, &str, &str); 17] = [
    ("Bridge closed", "Bridge closed", "Bridge closed"),
    ("  Bridge\n\t closed  ", "Bridge closed", "Bridge closed"),
    ("A &lt;b&gt;bold&lt;/b&gt; word", "A bold word", "A <b>bold</b> word"),
    ("The &amp;lt;b&amp;gt; tag", "The <b> tag", "The &lt;b&gt; tag"),
    ("Fish &amp; chips", "Fish & chips", "Fish & chips"),
    ("Fish &amp;amp; chips", "Fish & chips", "Fish &amp; chips"),
    ("Fish & chips", "Fish & chips", "Fish & chips"),
    ("Fish &chips; more", "Fish &chips; more", "Fish &chips; more"),
    ("<![CDATA[A <i>b</i> & c]]>", "A b & c", "A <i>b</i> & c"),
    ("&#8220;Closed&#x201d;", "“Closed”", "“Closed”"),
    ("caf&eacute; &mdash; open", "café — open", "café — open"),
    ("5 &lt; 6", "5 < 6", "5 < 6"),
    ("if x&lt;y then", "if x<y then", "if x<y then"),
    ("don&#146;t", "don’t", "don’t"),
    ("&quot;So&quot;", "\"So\"", "\"So\""),
    ("one<!-- no -->two", "onetwo", "onetwo"),
    ("Öl 日本 😀", "Öl 日本 😀", "Öl 日本 😀"),
];

const DATES: [(&str, &str); 24] = [
    ("Tue, 05 May 2026 10:00:00 GMT", "2026-05-05T10:00:00Z"),
    ("Tue, 5 May 2026 12:00:00 +0200", "2026-05-05T10:00:00Z"),
    ("Tue, 05 May 2026 05:00:00 -0500 (EST)", "2026-05-05T10:00:00Z"),
    ("5 May 26 10:00 UT", "2026-05-05T10:00:00Z"),
    ("Tue, 05 May 2026 06:00:00 EDT", "2026-05-05T10:00:00Z"),
    ("Tue May  5 10:00:00 2026", "2026-05-05T10:00:00Z"),
    ("Tuesday, 05-May-26 10:00:00 GMT", "2026-05-05T10:00:00Z"),
    ("May 5, 2026 10:00 am", "2026-05-05T10:00:00Z"),
    ("Tue,05 May 2026 10:00:00 Z", "2026-05-05T10:00:00Z"),
    ("2026-05-05T10:00:00Z", "2026-05-05T10:00:00Z"),
    ("2026-05-05T12:00:00+02:00", "2026-05-05T10:00:00Z"),
    ("2026-05-05T10:00:00.25Z", "2026-05-05T10:00:00Z"),
    ("2026-05-05 10:00:00", "2026-05-05T10:00:00Z"),
    ("2026-5-5T10:00Z", "2026-05-05T10:00:00Z"),
    ("20260505T100000Z", "2026-05-05T10:00:00Z"),
    ("2026-05-05", "2026-05-05T00:00:00Z"),
    ("2026-05", "2026-05-01T00:00:00Z"),
    ("2026", "2026-01-01T00:00:00Z"),
    ("2026-125", "2026-05-05T00:00:00Z"),
    ("Di, 5. Mai 2026 12:00:00 +0200", "2026-05-05T10:00:00Z"),
    ("mar., 5 mai 2026 10:00:00 GMT", "2026-05-05T10:00:00Z"),
    ("5 мая 2026 10:00", "2026-05-05T10:00:00Z"),
    ("1777975200", "2026-05-05T10:00:00Z"),
    ("soon", ""),
];

/// Encodings with a text each that they can write, as bytes.
const ENCODINGS: [(&str, &str, &[u8]); 13] = [
    ("utf-8", "é€日", "é€日".as_bytes()),
    ("iso-8859-1", "café", b"caf\xe9"),
    ("windows-1252", "“€”", b"\x93\x80\x94"),
    ("windows-1251", "Мост", b"\xcc\xee\xf1\xf2"),
    ("koi8-r", "Мост", b"\xed\xcf\xd3\xd4"),
    ("iso-8859-2", "Łódź", b"\xa3\xf3d\xbc"),
    ("iso-8859-15", "€", b"\xa4"),
    ("shift_jis", "橋", b"\x8b\xb4"),
    ("euc-jp", "橋", b"\xb6\xb6"),
    ("gbk", "桥", b"\xc7\xc5"),
    ("big5", "橋", b"\xbe\xf4"),
    ("euc-kr", "다리", b"\xb4\xd9\xb8\xae"),
    ("iso-2022-jp", "橋", b"\x1b$B66\x1b(B"),
];

fn read(document: &[u8], content_type: Option<&str>) -> ParsedFeed {
    let hints = Hints {
        url: Some("https://outlet.example/feeds/news.xml"),
        content_type,
        now: "2027-01-01T00:00:00Z".parse().ok(),
    };
    parse(document, &hints, &Limits::default())
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(document)))
}

fn first(document: &[u8], content_type: Option<&str>) -> ParsedItem {
    let feed = read(document, content_type);
    feed.items.into_iter().next().unwrap_or_else(|| panic!("no item in {}", String::from_utf8_lossy(document)))
}

fn written(format: &str, title: &str, date: &str) -> String {
    let title_element =
        if format.starts_with("<RSS") { format!("<TITLE>{title}</TITLE>") } else { format!("<title>{title}</title>") };
    format
        .replace("TITLE<", &format!("{title_element}<"))
        .replace("TEXT", title)
        .replace(">DATE<", &format!(">{date}<"))
}

#[test]
fn every_format_reads_every_title() {
    for (format, titles_are_html) in FORMATS {
        for (title, as_html, as_text) in TITLES {
            let document = written(format, title, "2026-05-05");
            let expected = if titles_are_html { as_html } else { as_text };
            assert_eq!(first(document.as_bytes(), None).title.as_deref(), Some(expected), "{document}");
        }
    }
}

#[test]
fn every_format_reads_every_date() {
    for (format, _) in FORMATS {
        for (date, expected) in DATES {
            let document = written(format, "t", date);
            let found = first(document.as_bytes(), None).published.map(|time| time.to_string()).unwrap_or_default();
            let found = found.replace(".25Z", "Z");
            assert_eq!(found, expected, "{document}");
        }
    }
}

#[test]
fn every_encoding_is_read_however_it_is_said() {
    for (name, text, bytes) in ENCODINGS {
        let document = |declaration: &str| {
            let mut out = declaration.as_bytes().to_vec();
            out.extend_from_slice(b"<rss><channel><item><title>");
            out.extend_from_slice(bytes);
            out.extend_from_slice(b"</title></item></channel></rss>");
            out
        };
        let declared = document(&format!("<?xml version=\"1.0\" encoding=\"{name}\"?>"));
        assert_eq!(first(&declared, None).title.as_deref(), Some(text), "{name} in the declaration");
        assert_eq!(first(&declared, Some("text/xml")).title.as_deref(), Some(text), "{name} and a type without one");
        let shouted = document(&format!("<?xml version='1.0' encoding='{}'?>", name.to_uppercase().replace('_', "-")));
        assert_eq!(first(&shouted, None).title.as_deref(), Some(text), "{name} in capitals");
        let by_http = format!("application/rss+xml; charset=\"{name}\"");
        assert_eq!(first(&document(""), Some(&by_http)).title.as_deref(), Some(text), "{name} by HTTP");
    }
}

#[test]
fn wide_encodings_are_read_with_and_without_a_mark() {
    let document = "<rss><channel><item><title>é日😀</title></item></channel></rss>";
    let sixteen = |little: bool| -> Vec<u8> {
        document.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    };
    let thirty_two = |little: bool| -> Vec<u8> {
        let code = |c: char| if little { u32::from(c).to_le_bytes() } else { u32::from(c).to_be_bytes() };
        document.chars().flat_map(code).collect()
    };
    let cases: [(&[u8], Vec<u8>); 9] = [
        (b"", sixteen(true)),
        (b"", sixteen(false)),
        (b"\xff\xfe", sixteen(true)),
        (b"\xfe\xff", sixteen(false)),
        (b"", thirty_two(true)),
        (b"", thirty_two(false)),
        (b"\xff\xfe\0\0", thirty_two(true)),
        (b"\0\0\xfe\xff", thirty_two(false)),
        (b"\xef\xbb\xbf", document.as_bytes().to_vec()),
    ];
    for (mark, body) in cases {
        let bytes = [mark, &body].concat();
        assert_eq!(first(&bytes, None).title.as_deref(), Some("é日😀"), "{mark:?}");
    }
}

#[test]
fn links_are_made_absolute_by_what_stands_nearest() {
    let cases = [
        ("https://b.example/x?a=1&amp;b=2", "https://b.example/x?a=1&b=2"),
        ("/x", "https://outlet.example/x"),
        ("x", "https://outlet.example/feeds/x"),
        ("../x", "https://outlet.example/x"),
        ("?page=1", "https://outlet.example/feeds/news.xml?page=1"),
        ("//b.example/x", "https://b.example/x"),
        ("\n https://b.example \t", "https://b.example"),
    ];
    for (link, expected) in cases {
        let rss = format!("<rss><channel><item><link>{link}</link></item></channel></rss>");
        assert_eq!(first(rss.as_bytes(), None).link.as_deref(), Some(expected), "{rss}");
        let atom = format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><link href=\"{link}\"/></entry></feed>");
        assert_eq!(first(atom.as_bytes(), None).link.as_deref(), Some(expected), "{atom}");
        let guid = format!("<rss><channel><item><guid>{link}</guid></item></channel></rss>");
        assert_eq!(first(guid.as_bytes(), None).link.as_deref(), Some(expected), "{guid}");
    }
    let based = "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"https://c.example/d/\"><entry xml:base=\"e/\"><link href=\"f\"/></entry></feed>";
    assert_eq!(first(based.as_bytes(), None).link.as_deref(), Some("https://c.example/d/e/f"));
    for evil in ["javascript:alert(1)", "data:text/html,x", "mailto:a@b.example", "file:///etc/passwd"] {
        let rss = format!("<rss><channel><item><title>t</title><link>{evil}</link></item></channel></rss>");
        assert_eq!(first(rss.as_bytes(), None).link, None, "{rss}");
    }
}

#[test]
fn documents_cut_off_anywhere_keep_what_was_before() {
    let mut document = String::from("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>T</title>");
    for number in 0..5 {
        let _ =
            write!(document, "<item><title>N{number}</title><description><![CDATA[<p>x</p>]]></description></item>");
    }
    document.push_str("</channel></rss>");
    let after_first = document.find("</item>").unwrap();
    for (end, _) in document.char_indices().filter(|(end, _)| *end > after_first) {
        let cut = document.get(..end).unwrap();
        let feed = read(cut.as_bytes(), None);
        let whole = cut.matches("</item>").count();
        assert!(feed.items.len() >= whole, "{cut}");
        assert_eq!(feed.items.first().and_then(|item| item.title.as_deref()), Some("N0"), "{cut}");
    }
}

#[test]
fn junk_in_a_document_spoils_only_its_place() {
    let item = "<item><title>One</title><link>/1</link></item>";
    for (junk, before) in [
        ("\n\n\n", true),
        ("Warning: something in /var/www on line 3\n", true),
        ("<br />\n<b>Notice</b>: x<br />", true),
        ("<!-- <rss> -->", true),
        ("<?php echo 1 ?>", true),
        ("</b></i>", false),
        ("<foo:bar x=y>", false),
        ("& < > ]]> &&&", false),
        ("<a b=\"c\" d e='f' g=h>", false),
        ("<![CDATA[ x ]]>", false),
        ("\u{0}\u{1}\u{b}", false),
    ] {
        let document = if before {
            format!("{junk}<rss><channel>{item}<item><title>Two</title></item></channel></rss>")
        } else {
            format!("<rss><channel>{item}{junk}<item><title>Two</title></item></channel></rss>")
        };
        let titles: Vec<String> =
            read(document.as_bytes(), None).items.into_iter().filter_map(|item| item.title).collect();
        assert_eq!(titles, ["One", "Two"], "{document:?}");
    }
}

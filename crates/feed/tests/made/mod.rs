//! Documents made by rule, each with what must be read from it: every format with every kind of title
//! and date, every encoding with every way of saying it, links by base, and the usual faults.

use std::fmt::Write as _;

/// The address that the documents are read as if they came from.
pub const URL: &str = "https://outlet.example/feeds/news.xml";

/// A document and what must be read from it.
#[derive(Debug, Clone)]
pub struct Case {
    /// What it tests.
    pub class: &'static str,
    /// The document.
    pub document: Vec<u8>,
    /// The `Content-Type` that it came with.
    pub content_type: Option<String>,
    /// What must be read.
    pub expected: Expected,
}

/// What must be read; of the first item where it speaks of one.
#[derive(Debug, Clone, PartialEq)]
pub enum Expected {
    /// The title.
    Title(String),
    /// When it was published, or nothing, RFC 3339.
    Published(Option<String>),
    /// The address, or nothing.
    Link(Option<String>),
    /// The titles of all items.
    Titles(Vec<String>),
    /// The first item's title, and at least so many items.
    FirstOf(String, usize),
    /// Words that the content keeps, and words that stand nowhere in it.
    Content(Vec<&'static str>, Vec<&'static str>),
}

fn case(class: &'static str, document: impl Into<Vec<u8>>, expected: Expected) -> Case {
    Case { class, document: document.into(), content_type: None, expected }
}

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

/// Content as a feed writes it (escaped in RSS), the words that stay, and what must be gone.
const CONTENTS: [(&str, &[&str], &[&str]); 12] = [
    ("<p>Bridge <b>closed</b></p>", &["Bridge", "closed", "<b>"], &[]),
    ("<p>a</p><script>alert(1)</script><p>b</p>", &["a", "b"], &["alert", "script"]),
    ("<p onclick=\"x()\">a</p>", &["a"], &["onclick", "x()"]),
    ("<a href=\"javascript:x()\">a</a>", &[">a"], &["javascript"]),
    ("<a href=\"/b\">a</a>", &["https://outlet.example/b"], &[]),
    ("<img src=\"c.png\" onerror=\"x()\">d", &["https://outlet.example/feeds/c.png", "d"], &["onerror"]),
    ("<iframe srcdoc=\"<script>x()</script>\"></iframe>e", &["e"], &["iframe", "x()"]),
    ("<style>p{color:red}</style><p style=\"background:url(x)\">f</p>", &["f"], &["color:red", "background"]),
    ("<svg><a xlink:href=\"javascript:x()\">g</a></svg>h", &["h"], &["svg", "javascript"]),
    ("<object data=\"x\"></object><form action=\"x\"><input></form>i", &["i"], &["object", "form", "input"]),
    ("<p>unclosed <i>text", &["unclosed", "text"], &[]),
    ("plain & simple 5 < 6", &["plain &amp; simple 5 &lt; 6"], &[]),
];

fn written(format: &str, title: &str, date: &str) -> String {
    let title_element =
        if format.starts_with("<RSS") { format!("<TITLE>{title}</TITLE>") } else { format!("<title>{title}</title>") };
    format
        .replace("TITLE<", &format!("{title_element}<"))
        .replace("TEXT", title)
        .replace(">DATE<", &format!(">{date}<"))
}

/// All of them.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (format, titles_are_html) in FORMATS {
        for (title, as_html, as_text) in TITLES {
            let expected = if titles_are_html { as_html } else { as_text };
            cases.push(case("titles", written(format, title, "2026-05-05"), Expected::Title(expected.to_owned())));
        }
        for (date, expected) in DATES {
            let expected = Some(expected.to_owned()).filter(|time| !time.is_empty());
            cases.push(case("dates", written(format, "t", date), Expected::Published(expected)));
        }
    }
    encodings(&mut cases);
    links(&mut cases);
    contents(&mut cases);
    faults(&mut cases);
    cases
}

fn encodings(cases: &mut Vec<Case>) {
    for (name, text, bytes) in ENCODINGS {
        let mut add = |declaration: &str, content_type: Option<&str>| {
            let mut document = declaration.as_bytes().to_vec();
            document.extend_from_slice(b"<rss version=\"2.0\"><channel><item><title>");
            document.extend_from_slice(bytes);
            document.extend_from_slice(b"</title></item></channel></rss>");
            let expected = Expected::Title(text.to_owned());
            cases.push(Case { content_type: content_type.map(str::to_owned), ..case("encodings", document, expected) });
        };
        let declared = format!("<?xml version=\"1.0\" encoding=\"{name}\"?>");
        add(&declared, None);
        add(&declared, Some("text/xml"));
        add(&format!("<?xml version='1.0' encoding='{}'?>", name.to_uppercase().replace('_', "-")), None);
        add("", Some(&format!("application/rss+xml; charset=\"{name}\"")));
    }
    let document = "<rss version=\"2.0\"><channel><item><title>é日😀</title></item></channel></rss>";
    let sixteen = |little: bool| -> Vec<u8> {
        document.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    };
    let thirty_two = |little: bool| -> Vec<u8> {
        let code = |c: char| if little { u32::from(c).to_le_bytes() } else { u32::from(c).to_be_bytes() };
        document.chars().flat_map(code).collect()
    };
    let wide: [(&[u8], Vec<u8>); 9] = [
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
    for (mark, body) in wide {
        cases.push(case("encodings", [mark, &body].concat(), Expected::Title("é日😀".to_owned())));
    }
}

fn links(cases: &mut Vec<Case>) {
    let links = [
        ("https://b.example/x?a=1&amp;b=2", Some("https://b.example/x?a=1&b=2")),
        ("/x", Some("https://outlet.example/x")),
        ("x", Some("https://outlet.example/feeds/x")),
        ("../x", Some("https://outlet.example/x")),
        ("?page=1", Some("https://outlet.example/feeds/news.xml?page=1")),
        ("//b.example/x", Some("https://b.example/x")),
        ("\n https://b.example \t", Some("https://b.example")),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("mailto:a@b.example", None),
        ("file:///etc/passwd", None),
    ];
    let mut add = |document: String, expected: Option<&str>| {
        cases.push(case("links", document, Expected::Link(expected.map(str::to_owned))));
    };
    for (link, expected) in links {
        add(format!("<rss version=\"2.0\"><channel><item><link>{link}</link></item></channel></rss>"), expected);
        add(
            format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><link href=\"{link}\"/></entry></feed>"),
            expected,
        );
        add(format!("<rss version=\"2.0\"><channel><item><guid>{link}</guid></item></channel></rss>"), expected);
    }
    add(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"https://c.example/d/\"><entry xml:base=\"e/\"><link href=\"f\"/></entry></feed>".to_owned(),
        Some("https://c.example/d/e/f"),
    );
}

fn contents(cases: &mut Vec<Case>) {
    let escaped = |html: &str| html.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    for (html, kept, gone) in CONTENTS {
        let expected = Expected::Content(kept.to_vec(), gone.to_vec());
        let rss = |inner: &str| {
            format!(
                "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><item>{inner}</item></channel></rss>"
            )
        };
        for document in [
            rss(&format!("<description>{}</description>", escaped(html))),
            rss(&format!("<description><![CDATA[{html}]]></description>")),
            rss(&format!("<content:encoded><![CDATA[{html}]]></content:encoded>")),
            format!(
                "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><content type=\"html\">{}</content></entry></feed>",
                escaped(html)
            ),
            format!(
                "{{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"T\",\"items\":[{{\"id\":\"1\",\"content_html\":\"{}\"}}]}}",
                html.replace('"', "\\\"")
            ),
        ] {
            cases.push(case("content", document, expected.clone()));
        }
    }
}

fn faults(cases: &mut Vec<Case>) {
    let mut document = String::from("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>T</title>");
    for number in 0..5 {
        let _ =
            write!(document, "<item><title>N{number}</title><description><![CDATA[<p>x</p>]]></description></item>");
    }
    document.push_str("</channel></rss>");
    let after_first = document.find("</item>").unwrap_or_default();
    for (end, _) in document.char_indices().filter(|(end, _)| *end > after_first) {
        let cut = document.get(..end).unwrap_or_default();
        cases.push(case("cut off", cut, Expected::FirstOf("N0".to_owned(), cut.matches("</item>").count())));
    }
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
        let two = "<item><title>Two</title></item>";
        let document = if before {
            format!("{junk}<rss version=\"2.0\"><channel>{item}{two}</channel></rss>")
        } else {
            format!("<rss version=\"2.0\"><channel>{item}{junk}{two}</channel></rss>")
        };
        cases.push(case("junk", document, Expected::Titles(vec!["One".to_owned(), "Two".to_owned()])));
    }
}

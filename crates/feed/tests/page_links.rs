//! Invented pages without a feed in several layouts and languages: their articles are found, and
//! nothing of the furniture around them.

use firsthand_feed::page_links::{PageLimits, find};
use firsthand_model::ParsedFeed;
use url::Url;

fn read(address: &str, page: &str) -> Option<ParsedFeed> {
    let now = "2026-03-02T12:00:00Z".parse().ok();
    let address = Url::parse(address).unwrap_or_else(|error| panic!("{address}: {error}"));
    find(page.as_bytes(), None, &address, now, &PageLimits::default())
}

/// Titles with the paths of their links.
fn list(address: &str, page: &str) -> Vec<(String, String)> {
    let feed = read(address, page).unwrap_or_else(|| panic!("no list found in {page}"));
    let path = |link: &str| Url::parse(link).map(|url| url[url::Position::BeforePath..].to_owned()).unwrap_or_default();
    feed.items
        .iter()
        .map(|item| (item.title.clone().unwrap_or_default(), path(item.link.as_deref().unwrap_or_default())))
        .collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(title, path)| ((*title).to_owned(), (*path).to_owned())).collect()
}

#[test]
fn an_english_home_page_with_sections() {
    let page = r#"<!doctype html><html lang="en-GB"><head><meta charset=utf-8><title>The Ellery Courier</title></head><body>
<header><a href="/">Home</a><nav><ul><li><a href="/news">News</a><li><a href="/sport">Sport</a><li><a href="/opinion/letters-to-the-editor">Letters to the editor of the Courier</a></ul></nav></header>
<main><section><article class="hero"><a href="/news/harbour-bridge-closed-after-cracks-found"><img src=a.jpg alt="The bridge"></a>
<h2><a href="/news/harbour-bridge-closed-after-cracks-found">Harbour bridge closed after cracks are found in two piers</a></h2><p>By <a href="/author/ida-brandt">Ida Brandt</a> <time datetime="2026-03-02T09:30:00+01:00">2 hours ago</time><p>Lorries must take the ferry.</article></section>
<section><h2><a href="/sport">Sport</a></h2><ul>
<li><article><h3><a href="/sport/rowers-win-the-spring-regatta">Rowers of Tammford win the spring regatta</a></h3><time datetime="2099-01-01">later</time></article>
<li><article><h3><a href="/sport/town-to-build-a-new-swimming-pool#comments">Town is to build a new swimming pool</a></h3></article></ul></section>
<section class="tags"><a href="/tag/harbour-bridge">Harbour bridge and ferry</a> <a href="/tag/schools">Schools</a></section></main>
<aside><ol><li><a href="/news/most-read-story-of-last-week">The most read story of all of last week</a></ol></aside>
<footer><a href="/terms-and-conditions-of-use">Terms and conditions of use for all readers</a> <a href="/privacy-notice-for-readers">Privacy notice for all of our readers</a></footer></body></html>"#;
    assert_eq!(
        list("https://courier.example/", page),
        pairs(&[
            (
                "Harbour bridge closed after cracks are found in two piers",
                "/news/harbour-bridge-closed-after-cracks-found"
            ),
            ("Rowers of Tammford win the spring regatta", "/sport/rowers-win-the-spring-regatta"),
            ("Town is to build a new swimming pool", "/sport/town-to-build-a-new-swimming-pool"),
        ])
    );
    let feed = read("https://courier.example/", page);
    let feed = feed.as_ref();
    assert_eq!(feed.and_then(|feed| feed.title.as_deref()), Some("The Ellery Courier"));
    assert_eq!(feed.and_then(|feed| feed.language.as_deref()), Some("en-gb"));
    let dates: Vec<String> = feed
        .into_iter()
        .flat_map(|feed| &feed.items)
        .map(|item| item.published.map(|time| time.to_string()).unwrap_or_default())
        .collect();
    assert_eq!(dates, ["2026-03-02T08:30:00Z", "2026-03-02T12:00:00Z", ""]);
}

#[test]
fn a_german_list_of_cards_that_are_links() {
    let card = |number: u32, title: &str| {
        format!(
            "<div class=\"card\"><a class=\"card__link\" href=\"/lokales/artikel-{number}.html\"><div class=\"kicker\">Hafen</div><div class=\"card__title\">{title}</div><p>Ein Vorspann, der länger ist als der Titel und nicht dazu gehört.</p></a></div>"
        )
    };
    let page = format!(
        "<html lang=de><body><div id=hauptmenu class=menu><a href=/lokales>Lokales</a><a href=/sport>Sport</a></div><div>{}{}{}</div><div class=footer><a href=/impressum-und-kontakt>Impressum und Kontakt des Verlages</a></div>",
        card(48_211, "Hafenbrücke nach Rissen gesperrt"),
        card(48_209, "Ruderer gewinnen die Regatta im Frühjahr"),
        card(48_190, "Schulorchester erhält den Landespreis")
    );
    assert_eq!(
        list("https://bote.example/", &page),
        pairs(&[
            ("Hafenbrücke nach Rissen gesperrt", "/lokales/artikel-48211.html"),
            ("Ruderer gewinnen die Regatta im Frühjahr", "/lokales/artikel-48209.html"),
            ("Schulorchester erhält den Landespreis", "/lokales/artikel-48190.html"),
        ])
    );
}

#[test]
fn a_japanese_list_with_dates_and_numbers() {
    let page = "<html lang=ja><body><nav><a href=/>ホーム</a><a href=/about>会社案内</a></nav><dl>
<dt>2026年3月2日<dd><a href='/news/detail.php?id=1042'>港の橋、ひび割れのため通行止めに</a>
<dt>2026年3月1日<dd><a href='/news/detail.php?id=1041'>春のボート大会で地元チームが優勝</a>
<dt>2026年2月28日<dd><a href='/news/detail.php?id=1039'>町役場の屋根、春に修理へ</a></dl>
<p><a href=/privacy>個人情報保護方針について</a>";
    assert_eq!(
        list("https://minato.example/news/", page),
        pairs(&[
            ("港の橋、ひび割れのため通行止めに", "/news/detail.php?id=1042"),
            ("春のボート大会で地元チームが優勝", "/news/detail.php?id=1041"),
            ("町役場の屋根、春に修理へ", "/news/detail.php?id=1039"),
        ])
    );
}

#[test]
fn a_russian_table_and_an_arabic_list() {
    let page = "<html><meta charset=utf-8><table class=layout><tr><td><a href=/o-nas>О нас</a><td><table>
<tr><td>02.03<td><a href=/2026/03/02/1187>Мост в гавани закрыт из-за трещин в опорах</a>
<tr><td>01.03<td><a href=/2026/03/01/1186>Гребцы выиграли весеннюю регату</a>
<tr><td>28.02<td><a href=/2026/02/28/1180>Крышу ратуши починят весной</a></table></table>";
    assert_eq!(list("https://vesti.example/", page).len(), 3);
    let page = "<html dir=rtl><ul class=items><li><a href='/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/%D8%A5%D8%BA%D9%84%D8%A7%D9%82-%D8%AC%D8%B3%D8%B1'>إغلاق جسر الميناء بعد اكتشاف شقوق في دعامتين</a>
<li><a href='/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/%D9%81%D9%88%D8%B2-%D8%A7%D9%84%D9%81%D8%B1%D9%8A%D9%82'>الفريق المحلي يفوز بسباق الربيع للقوارب</a>
<li><a href='/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/%D8%B3%D9%82%D9%81-%D8%A7%D9%84%D8%A8%D9%84%D8%AF%D9%8A%D8%A9'>إصلاح سقف مبنى البلدية في الربيع المقبل</a></ul>";
    assert_eq!(list("https://mina.example/", page).len(), 3);
}

#[test]
fn a_headline_that_is_no_link_is_the_title_of_its_read_more() {
    let page = "<html lang=fr><main><div class=post><h2>Le pont du port fermé après la découverte de fissures</h2><p>Texte<p><a href=/billets/pont-du-port-ferme>Lire la suite</a></div>
<div class=post><h2>Les rameurs gagnent la régate de printemps</h2><p>Texte<p><a href=/billets/rameurs-gagnent-regate>Lire la suite</a></div>
<div class=post><h2>Le toit de la mairie sera réparé au printemps</h2><p>Texte<p><a href=/billets/toit-de-la-mairie>Lire la suite</a></div></main>
<div class=pagination><a href=/page/2>Articles plus anciens du blog</a></div>";
    assert_eq!(
        list("https://carnet.example/", page),
        pairs(&[
            ("Le pont du port fermé après la découverte de fissures", "/billets/pont-du-port-ferme"),
            ("Les rameurs gagnent la régate de printemps", "/billets/rameurs-gagnent-regate"),
            ("Le toit de la mairie sera réparé au printemps", "/billets/toit-de-la-mairie"),
        ])
    );
}

#[test]
fn a_plain_page_of_notices_whose_addresses_tell_nothing() {
    let page = "<html><title>Council</title><body><h1>Notices</h1><ul><li><a href=roof>The roof of the town hall is to be mended in spring</a>
<li><a href=ferry>The ferry takes lorries until the bridge is open again</a><li><a href=pool>A new swimming pool is to be built beside the school</a></ul><p><a href=/>Home</a> <a href=/contact>Contact</a>";
    let found = list("https://council.example/notices/", page);
    assert_eq!(found.first().map(|(_, path)| path.as_str()), Some("/notices/roof"), "{found:?}");
    assert_eq!(found.len(), 3);
}

#[test]
fn pages_without_a_list_have_none() {
    let text = "Some words about the bridge. ".repeat(40);
    for page in [
        String::new(),
        "<html><body>moved".to_owned(),
        format!("<h1>Harbour bridge closed</h1><p>{text}<a href=/2026/03/01/earlier-report-on-the-bridge>an earlier report on the bridge</a> {text}"),
        "<nav><a href=/news/politics-and-government>Politics and government news</a><a href=/news/sport-of-the-region>Sport of the whole region</a><a href=/news/culture-and-leisure>Culture and leisure news</a></nav>".to_owned(),
        "<ul><li><a href=/a>One</a><li><a href=/b>Two</a><li><a href=/c>Three</a><li><a href=/d>Four</a></ul>".to_owned(),
        "<ul><li><a href=https://other.example/2026/03/02/one-two-three>Headlines that are of another site</a><li><a href=https://other.example/2026/03/02/one-two-four>Headlines that are of another site</a><li><a href=https://other.example/2026/03/02/one-two-five>Headlines that are of another site</a></ul>".to_owned(),
        "<ul><li><a href=javascript:one-two-three-four>Headlines that are no addresses at all</a><li><a href=mailto:a@b.example>Headlines that are no addresses at all</a><li><a href=/x-y-z.pdf>Headlines that are a file and no page</a></ul>".to_owned(),
    ] {
        assert_eq!(read("https://courier.example/", &page).map(|feed| feed.items), None, "{page}");
    }
}

#[test]
fn the_number_of_links_has_a_limit_and_each_comes_once() {
    let items: String = (0..500)
        .map(|number| format!("<li><h3><a href=/story/{number}-some-words-here>Story number {number} of the long list</a></h3><a href='/story/{number}-some-words-here?utm_source=more'>More</a>"))
        .collect();
    let found = list("https://courier.example/", &format!("<ul>{items}</ul>"));
    assert_eq!(found.len(), PageLimits::default().max_links);
    assert_eq!(found.first().map(|(title, _)| title.as_str()), Some("Story number 0 of the long list"));
    let different: std::collections::HashSet<_> = found.iter().collect();
    assert_eq!(different.len(), found.len());
}

/// Each of these took minutes or the stack of a reader that looks at everything from everywhere.
#[test]
fn hostile_pages_end() {
    let link = "<a href=/2026/03/02/one-two-three>Harbour bridge closed after cracks</a>";
    for page in [
        "<div>".repeat(200_000) + link,
        "<a href=/2026/03/02/one-two-three>".repeat(100_000),
        "<b><i>".repeat(100_000) + &link.repeat(1000),
        format!("<div>{}</div>", link.repeat(60_000)),
        (0..60_000).map(|number| format!("<p><a href=/s/{number}-a-b-c>x")).collect(),
        format!("<a {}>", "b ".repeat(500_000)),
        format!("<a href=\"{}\">x</a>", "/a-b-c".repeat(200_000)),
        format!("<h2>{}</h2>{link}", "word ".repeat(500_000)),
        format!("<p class=\"{}\">{link}", "nav ".repeat(300_000)),
        "</div>".repeat(500_000),
        "<svg><title>".repeat(50_000),
        "<script>".repeat(100_000) + "</scrip",
        "<!--".repeat(300_000),
        "<ul><li>".repeat(50_000) + link,
    ] {
        let _ = read("https://courier.example/", &page);
    }
}

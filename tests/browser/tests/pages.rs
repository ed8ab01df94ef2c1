//! The demo's pages in a real browser: they ask nobody else, fit a phone, work with keys and without
//! script.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use firsthand_browser_tests::{Browser, Demo};

const READY: &str = "document.querySelectorAll('.story').length > 4";
const BRIDGE: &str =
    "[...document.querySelectorAll('.story .head a')].find(link => link.textContent.includes('harbour bridge')).href";

/// A browser on the demo's front page, once its stories are there.
fn front() -> (Demo, Browser) {
    let demo = Demo::start().unwrap();
    let mut browser = Browser::start().unwrap();
    browser.window(1280, 900, false).unwrap();
    for _ in 0..100 {
        browser.open(&demo.address).unwrap();
        // Pages come in in any order, which may leave a report of the story by itself.
        let kick =
            "/[5-7] reports/.test(document.body.textContent) && document.body.textContent.includes('harbour bridge')";
        if browser.value(&format!("{READY} && {kick}")).unwrap() == true {
            return (demo, browser);
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    panic!("the demo shows no stories");
}

#[test]
fn pages_ask_nobody_else_and_complain_of_nothing() {
    let (demo, mut browser) = front();
    let story = browser.value(BRIDGE).unwrap();
    browser.open(story.as_str().unwrap()).unwrap();
    let article = browser.value("document.querySelector('.report a[href^=\"/article/\"]').href").unwrap();
    browser.open(article.as_str().unwrap()).unwrap();
    for path in ["outlets", "search?q=bridge", "about", "signin", "?order=new"] {
        browser.open(&format!("{}{path}", demo.address)).unwrap();
    }
    let elsewhere: Vec<&String> = browser.requests.iter().filter(|url| !url.starts_with(&demo.address)).collect();
    assert!(elsewhere.iter().all(|url| url.starts_with("about:")), "{elsewhere:?}");
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
    assert_eq!(browser.value("document.cookie").unwrap(), "");
}

#[test]
fn pages_fit_a_phone_in_light_and_dark() {
    let (demo, mut browser) = front();
    let story = browser.value(BRIDGE).unwrap().as_str().unwrap().to_owned();
    browser.open(&story).unwrap();
    let article = browser.value("document.querySelector('.report a[href^=\"/article/\"]').href").unwrap();
    let outlets = format!("{}outlets", demo.address);
    let mut papers = Vec::new();
    for dark in [false, true] {
        browser.window(390, 800, dark).unwrap();
        for page in [demo.address.as_str(), &story, article.as_str().unwrap(), &outlets] {
            browser.open(page).unwrap();
            let wide = browser.value("document.documentElement.scrollWidth").unwrap();
            assert!(wide.as_u64().unwrap() <= 390, "{page} is {wide} pixels wide");
            let small = browser
                .value("[...document.querySelectorAll('button, .btn')].filter(b => b.getBoundingClientRect().height < 32 && b.getBoundingClientRect().height > 0).length")
                .unwrap();
            assert_eq!(small, 0, "{page} has buttons too small for a finger");
        }
        papers.push(browser.value("getComputedStyle(document.body).backgroundColor").unwrap());
    }
    assert_ne!(papers[0], papers[1]);
    browser.open(&story).unwrap();
    let shown = "[...document.querySelectorAll('svg.who')].filter(s => getComputedStyle(s).display != 'none').map(s => s.classList[1]).join()";
    assert_eq!(browser.value(shown).unwrap(), "narrow");
}

#[test]
fn text_can_be_read_against_its_ground() {
    let (_demo, mut browser) = front();
    let story = browser.value(BRIDGE).unwrap().as_str().unwrap().to_owned();
    // WCAG 2.2, success criterion 1.4.3: 4.5 to 1 for text.
    let worst = "(() => {
        const light = c => { const v = c.match(/[\\d.]+/g).slice(0, 3).map(x => x / 255).map(x => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4); return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]; };
        const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (!c.endsWith(', 0)') && c != 'transparent') return c; } return 'rgb(255,255,255)'; };
        let worst = [99, ''];
        for (const e of document.querySelectorAll('body *')) {
            if (e.closest('svg') || ![...e.childNodes].some(n => n.nodeType == 3 && n.textContent.trim()) || !e.getClientRects().length) continue;
            const [a, b] = [light(getComputedStyle(e).color), light(ground(e))];
            const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (ratio < worst[0]) worst = [ratio, e.className + ': ' + e.textContent.slice(0, 40)];
        }
        return worst; })()";
    for dark in [false, true] {
        browser.window(1280, 900, dark).unwrap();
        browser.open(&story).unwrap();
        let found = browser.value(worst).unwrap();
        assert!(found[0].as_f64().unwrap() >= 4.5, "dark: {dark}: {found}");
    }
}

#[test]
fn a_vote_is_counted_at_once_and_can_be_taken_back() {
    let (_demo, mut browser) = front();
    let button = "document.querySelector('.story [data-ballot=like]')";
    browser.value(&format!("window.same = true; {button}.click()")).unwrap();
    browser
        .until(&format!(
            "{button}.getAttribute('aria-pressed') == 'true' && {button}.querySelector('.count').textContent == '1'"
        ))
        .unwrap();
    assert_eq!(browser.value("window.same").unwrap(), true, "the page was loaded anew");
    browser.value(&format!("{button}.click()")).unwrap();
    browser
        .until(&format!(
            "{button}.getAttribute('aria-pressed') == 'false' && {button}.querySelector('.count').textContent == '0'"
        ))
        .unwrap();
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
}

#[test]
fn without_script_a_vote_is_a_form() {
    let (demo, mut browser) = front();
    browser.scripts(false).unwrap();
    browser.open(&demo.address).unwrap();
    browser.value("document.querySelector('.story [data-ballot=dislike]').click()").unwrap();
    browser.until_loaded().unwrap();
    let pressed = "document.querySelectorAll('[data-ballot=dislike][aria-pressed=true]').length";
    assert_eq!(browser.value(pressed).unwrap(), 1);
    assert!(browser.value("location.hash").unwrap().as_str().unwrap().starts_with("#story-"));
}

#[test]
fn keys_move_open_and_help() {
    let (demo, mut browser) = front();
    browser.press("j").unwrap();
    browser.press("j").unwrap();
    browser.press("k").unwrap();
    browser.press("j").unwrap();
    assert_eq!(
        browser.value("[...document.querySelectorAll('.story')].indexOf(document.querySelector('.here'))").unwrap(),
        1
    );
    browser.press("?").unwrap();
    browser.until("document.querySelector('dialog.keys').open").unwrap();
    browser.value("document.querySelector('dialog.keys').close()").unwrap();
    browser.press("/").unwrap();
    assert_eq!(browser.value("document.activeElement.name").unwrap(), "q");
    browser.value("document.activeElement.blur()").unwrap();
    let second = browser.value("document.querySelectorAll('.story .head a')[1].href").unwrap();
    browser.press("o").unwrap();
    browser.until_loaded().unwrap();
    assert_eq!(browser.value("location.href").unwrap(), second);
    browser.press("g").unwrap();
    browser.press("h").unwrap();
    browser.until_loaded().unwrap();
    assert_eq!(browser.value("location.href").unwrap(), demo.address.as_str());
}

/// As [`front`], on the page of the story: with the report that changes in it. Pages come in in any order, and in some
/// of them that report begins a story of its own.
fn with_the_report_that_changes() -> (Demo, Browser, String) {
    for _ in 0..6 {
        let (demo, mut browser) = front();
        let story = browser.value(BRIDGE).unwrap().as_str().unwrap().to_owned();
        browser.open(&story).unwrap();
        let there = "document.querySelector('section[aria-labelledby=who]').textContent.includes('Northmark Star')";
        if browser.value(there).unwrap() == true {
            return (demo, browser, story);
        }
    }
    panic!("the report that changes is in no story of several");
}

#[test]
fn what_reports_change_correct_and_count_differently_is_shown() {
    let (demo, mut browser, story) = with_the_report_that_changes();
    let has = |browser: &mut Browser, section: &str, words: &str| {
        let text =
            format!("document.querySelector('section[aria-labelledby={section}]')?.textContent.includes('{words}')");
        browser.value(&text).unwrap() == true
    };
    // The page is read again some seconds after the start.
    for _ in 0..250 {
        if has(&mut browser, "changes", "A figure changed, without a note") {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(300));
        browser.open(&story).unwrap();
    }
    assert!(has(&mut browser, "changes", "A figure changed, without a note"));
    let diff = "[...document.querySelectorAll('.diff')].map(diff => [diff.querySelector('del')?.textContent, diff.querySelector('ins')?.textContent].join('/'))";
    let diff = browser.value(diff).unwrap().to_string();
    assert!(diff.contains("centimetres/millimetres"), "{diff}");
    // Who is not signed in gets no full text, those of before a change neither.
    browser.open(&format!("{story}.json")).unwrap();
    assert_eq!(browser.value("JSON.parse(document.body.textContent).revisions.length").unwrap(), 0);
    // The picture alone has its colours: the page's policy does not take its style.
    browser.open(&format!("{story}.svg")).unwrap();
    let fill = browser.value("getComputedStyle(document.querySelector('path')).fill").unwrap();
    assert_eq!(fill, "none");
    browser.open(&story).unwrap();
    // The script makes a PNG of it, in which something is drawn.
    browser
        .value(
            "URL.createObjectURL = (blob) => { window.made = blob; return 'about:blank'; }; \
             HTMLAnchorElement.prototype.click = function () { window.named = this.download; }; \
             document.querySelector('#picture + a').dispatchEvent(new MouseEvent('click', { cancelable: true })); 0",
        )
        .unwrap();
    browser.until("window.named").unwrap();
    let made = "createImageBitmap(window.made).then(made => { const c = document.createElement('canvas'); c.width = made.width; c.height = made.height; \
        const t = c.getContext('2d'); t.drawImage(made, 0, 0); const d = t.getImageData(0, 0, c.width, c.height).data; \
        return [window.made.type, window.named.endsWith('.png'), made.width, new Set(new Uint32Array(d.buffer)).size > 50]; })";
    assert_eq!(browser.value(made).unwrap(), serde_json::json!(["image/png", true, 1920, true]));
    assert!(has(&mut browser, "figures", "agrees with around 31,400"), "figures that differ");
    assert!(has(&mut browser, "quotes", "close it a week too early"), "a quotation that several have");
    assert!(has(&mut browser, "quotes", "with other words"), "a quotation that was altered");
    let altered = "[...document.querySelectorAll('.variant')].map(form => [...form.querySelectorAll('del, ins')].map(piece => piece.textContent.trim()).join(' ')).join('; ')";
    let altered = browser.value(altered).unwrap();
    assert!(altered.as_str().unwrap().contains("week day day week"), "{altered}");
    // A correction: on the report's own page and on its outlet's.
    let report = "[...document.querySelectorAll('.report')].find(report => report.textContent.includes('Harbour Radio')).querySelector('a[href^=\"/article/\"]').href";
    let report = browser.value(report).unwrap();
    browser.open(report.as_str().unwrap()).unwrap();
    assert!(has(&mut browser, "notes", "Correction: An earlier version of this report"));
    let outlet = browser.value("document.querySelector('.kick a[href^=\"/outlet/\"]').href").unwrap();
    browser.open(outlet.as_str().unwrap()).unwrap();
    assert!(has(&mut browser, "corrected", "put up by the port"));
    drop(demo);
}

#[test]
fn axe_finds_nothing_that_keeps_people_out() {
    let Some(axe) = std::env::var_os("FIRSTHAND_AXE") else {
        // The only place to say it: the runner shows what a test prints when asked to.
        eprintln!("skipped: FIRSTHAND_AXE names no axe.min.js (bin/test fetches it)");
        return;
    };
    let axe = std::fs::read_to_string(axe).unwrap();
    let (demo, mut browser) = front();
    let story = browser.value(BRIDGE).unwrap().as_str().unwrap().to_owned();
    browser.open(&story).unwrap();
    let article = browser.value("document.querySelector('.report a[href^=\"/article/\"]').href").unwrap();
    browser.open(article.as_str().unwrap()).unwrap();
    let outlet = browser.value("document.querySelector('.kick a[href^=\"/outlet/\"]').href").unwrap();
    let pages = [story.as_str(), article.as_str().unwrap(), outlet.as_str().unwrap()].map(str::to_owned);
    let others = ["", "?order=new", "search?q=bridge", "outlets", "about", "signin", "nowhere"];
    let others = others.map(|path| format!("{}{path}", demo.address));
    let found = "axe.run({ resultTypes: ['violations'] }).then(found => found.violations.map(one => \
        `${one.impact} ${one.id}: ${one.nodes.map(node => node.html.slice(0, 120)).slice(0, 3).join(' | ')}`))";
    for (width, dark) in [(1280, false), (390, true)] {
        browser.window(width, 900, dark).unwrap();
        for page in pages.iter().chain(&others) {
            browser.open(page).unwrap();
            browser.value(&format!("{axe};0")).unwrap();
            let found = browser.value(found).unwrap();
            assert_eq!(found, serde_json::json!([]), "{page}, {width} pixels wide");
        }
    }
}

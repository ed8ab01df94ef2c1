//! Pictures of the pages, from the demo.

use anyhow::{Context, Result, bail};
use firsthand_browser_tests::{Browser, Demo};
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

/// The story whose pages are shown: its first report's headline.
const STORY: &str = "Cracks in harbour bridge wider than admitted, report says";
/// Seconds until the demo's changed article has been fetched again.
const UNTIL_CHANGED_S: u64 = 32;

/// Takes pictures of the demo's pages: those of the README, or all.
pub fn pictures(to: &Path, all: bool) -> Result<()> {
    std::fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    let demo = Demo::start()?;
    let mut browser = Browser::start()?;
    std::thread::sleep(Duration::from_secs(UNTIL_CHANGED_S));
    browser.open(&demo.address)?;
    let link =
        format!("[...document.querySelectorAll('.story .head a')].find(link => link.textContent == {STORY:?})?.href");
    let Some(story) = browser.value(&link)?.as_str().map(str::to_owned) else {
        bail!("the demo does not show {STORY:?}")
    };
    browser.open(&story)?;
    let article = browser.value("document.querySelector('.report a[href^=\"/article/\"]').href")?;
    let article = article.as_str().context("the story has no article")?.to_owned();
    let of_site = |path: &str| format!("{}{path}", demo.address);
    let pages = [
        ("front", demo.address.clone()),
        ("story", story),
        ("article", article),
        ("search", of_site("search?q=bridge")),
        ("outlets", of_site("outlets")),
        ("about", of_site("about")),
        ("signin", of_site("signin")),
        ("offline", of_site("offline")),
        ("welcome", demo.welcome.clone()),
    ];
    take(&mut browser, &pages, to, all)?;
    // The pages of an account: the first one may do everything.
    browser.open(&demo.welcome)?;
    browser.fill("input[name=name]", "ann")?;
    browser.fill("input[name=password]", "correct horse battery")?;
    browser.follow("document.querySelector('main form button').click()")?;
    let signed_in: Vec<(&str, String)> = [
        ("outlets-to-begin", "welcome/outlets"),
        ("rules", "rules?pattern=bridge"),
        ("for-you", "for-you"),
        ("unread", "?unread=1"),
        ("starred", "starred"),
        ("saved", "saved"),
        ("feeds", "feeds"),
        ("settings", "settings"),
        ("alerts", "alerts"),
        ("accounts", "accounts"),
        ("site", "site"),
    ]
    .map(|(name, path)| (name, of_site(path)))
    .to_vec();
    take(&mut browser, &signed_in, to, all)
}

fn take(browser: &mut Browser, pages: &[(&str, String)], to: &Path, all: bool) -> Result<()> {
    for (name, url) in pages {
        for (width, height) in [(1280, 1560), (390, 1560)] {
            let height = if *name == "rules" && !all { 560 } else { height };
            for (dark, light) in [(false, "light"), (true, "dark")] {
                let of_readme =
                    matches!((*name, width, dark), ("front" | "story" | "rules", 1280, false) | ("story", 390, true));
                if !all && !of_readme {
                    continue;
                }
                browser.window(width, 900, dark)?;
                browser.open(url)?;
                let path = to.join(format!("{name}-{width}-{light}.png"));
                browser.picture(&path, width, height).with_context(|| format!("cannot write {}", path.display()))?;
                writeln!(std::io::stdout(), "{}", path.display())?;
            }
        }
    }
    Ok(())
}

//! The article of a page, less what its outlet's last pages have in common.

use crate::Crawler;
use crate::http::Fetched;
use firsthand_extract::{ExtractError, Hints, ReadPage, SiteMemory};
use firsthand_model::{Extracted, OutletId, PendingEntry};
use firsthand_store::Store;
use reqwest::header;
use std::collections::HashSet;
use std::sync::PoisonError;

/// Outlets whose memories are held at a time; the others' are in the store.
const HELD: usize = 1_000;

impl Crawler {
    pub(crate) async fn extract(
        &self,
        entry: &PendingEntry,
        page: &Fetched,
        store: &Store,
    ) -> Result<Extracted, String> {
        let furniture = self.site_memory(entry.outlet_id).await.furniture();
        let stored = match entry.article {
            Some(article) if !furniture.is_empty() => self.inner.store.article_text(article).await.ok().flatten(),
            _ => None,
        };
        let (body, url) = (page.body.clone(), page.final_url.to_string());
        let content_type = page.header(header::CONTENT_TYPE).map(str::to_owned);
        let limits = self.inner.config.page_limits;
        let read = self
            .on_a_core(move || {
                let read =
                    ReadPage::new(&body, &Hints { url: Some(&url), content_type: content_type.as_deref() }, &limits)?;
                let article = article(&read, &furniture, stored.as_deref())?;
                Ok::<_, ExtractError>((article, read.block_hashes()))
            })
            .await;
        match read {
            Some(Ok((article, hashes))) => {
                self.remember(entry.outlet_id, page.final_url.as_str(), &hashes, store).await;
                Ok(article)
            }
            Some(Err(error)) => Err(error.to_string()),
            None => Err("the page could not be read (a fault in firsthand; please report it with the page's address)"
                .to_owned()),
        }
    }

    /// What is remembered of an outlet's last pages. Where the store cannot tell, nothing is.
    async fn site_memory(&self, outlet: OutletId) -> SiteMemory {
        let held = self.inner.sites.lock().unwrap_or_else(PoisonError::into_inner).get(&outlet).cloned();
        if let Some(held) = held {
            return held;
        }
        let stored = self.inner.store.site_memory(outlet).await.unwrap_or_default();
        let mut sites = self.inner.sites.lock().unwrap_or_else(PoisonError::into_inner);
        if sites.len() >= HELD {
            sites.clear();
        }
        sites.entry(outlet).or_insert_with(|| SiteMemory::read(&stored)).clone()
    }

    async fn remember(&self, outlet: OutletId, address: &str, hashes: &[u32], store: &Store) {
        let written = {
            let mut sites = self.inner.sites.lock().unwrap_or_else(PoisonError::into_inner);
            let memory = sites.entry(outlet).or_default();
            memory.see(address, hashes);
            memory.write()
        };
        if let Err(error) = store.set_site_memory(outlet, written).await {
            tracing::warn!(outlet = outlet.0, "what its pages have in common could not be stored: {error}");
        }
    }
}

/// The article without the furniture. Of a page that was `stored` before, the reading that is nearer to what is
/// stored: what was learnt of the site since is no change of the page.
fn article(read: &ReadPage, furniture: &HashSet<u32>, stored: Option<&str>) -> Result<Extracted, ExtractError> {
    let whole = read.article(&HashSet::new());
    if furniture.is_empty() {
        return whole;
    }
    match (whole, read.article(furniture), stored) {
        (Ok(whole), Ok(cleared), Some(stored)) => {
            let nearer = differing(stored, &whole.text) <= differing(stored, &cleared.text);
            Ok(if nearer { whole } else { cleared })
        }
        (whole, cleared, _) => cleared.or(whole),
    }
}

/// How many paragraphs two texts do not share.
fn differing(one: &str, other: &str) -> usize {
    let paragraphs = |text: &str| -> HashSet<String> { text.split("\n\n").map(str::to_owned).collect() };
    paragraphs(one).symmetric_difference(&paragraphs(other)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use firsthand_extract::Limits;

    const APPEAL: &str = "The harbour needs its readers, and its readers need a harbour that is looked after well.";

    fn read(text: &str) -> ReadPage {
        let page = format!(
            "<article><h1>News</h1><p>{text}</p><p>It went on like this for the whole of the day, the {} said.</p><p>{APPEAL}</p></article>",
            text.split(' ').nth(1).unwrap_or_default()
        );
        ReadPage::new(page.as_bytes(), &Hints::default(), &Limits::default()).unwrap()
    }

    #[test]
    fn what_was_learnt_since_is_no_change_of_a_page() {
        let pages = [
            "The bridge was closed on Monday after engineers found cracks in two of its cables, the authority said.",
            "The ferry took on the traffic of the bridge on Tuesday and carried forty lorries before noon already.",
            "The orchestra of the school won the national prize for young musicians, for the third time in a row.",
        ]
        .map(read);
        let mut memory = SiteMemory::default();
        for (number, page) in pages.iter().enumerate() {
            memory.see(&format!("/{number}"), &page.block_hashes());
        }
        let furniture = memory.furniture();
        let [first, ..] = &pages;
        let whole = article(first, &HashSet::new(), None).unwrap().text;
        let cleared = article(first, &furniture, None).unwrap().text;
        assert!(whole.contains("readers") && !cleared.contains("readers"));
        assert_eq!(article(first, &furniture, Some(&whole)).unwrap().text, whole);
        assert_eq!(article(first, &furniture, Some(&cleared)).unwrap().text, cleared);
        // A real change is one, whichever reading was stored.
        let before = whole.replace("two of its", "three of its");
        assert_eq!(article(first, &furniture, Some(&before)).unwrap().text, whole);
        let before = cleared.replace("two of its", "three of its");
        assert_eq!(article(first, &furniture, Some(&before)).unwrap().text, cleared);
    }
}

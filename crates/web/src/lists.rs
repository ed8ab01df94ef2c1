//! Lists of stories as they are for nobody in particular, remembered for a moment: many ask for the same
//! front page. What is an asker's own, and every count, is read anew for each answer.

use crate::App;
use crate::error::Error;
use firsthand_model::{OutletCard, StoryCard, StoryQuery, Timestamp, Voter};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a list is used before it is read anew, and how long the old one is shown while that is done.
const FRESH_MS: i64 = 2000;
const STALE_MS: i64 = 20_000;
/// Lists that are remembered at the most.
const MOST: usize = 200;

/// The lists that were asked for last.
#[derive(Default)]
pub(crate) struct Lists(Mutex<HashMap<StoryQuery, Kept>>);

struct Kept {
    cards: Arc<Vec<StoryCard>>,
    read_at: Timestamp,
    /// Somebody reads it anew.
    renewing: bool,
}

impl Lists {
    /// A remembered list; `None` where the asker is to read it.
    fn get(&self, query: &StoryQuery, now: Timestamp) -> Option<Arc<Vec<StoryCard>>> {
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = lists.get_mut(query)?;
        let age = now.as_millis() - kept.read_at.as_millis();
        let shown = (0..FRESH_MS).contains(&age) || kept.renewing && (0..STALE_MS).contains(&age);
        kept.renewing |= !shown;
        shown.then(|| Arc::clone(&kept.cards))
    }

    fn put(&self, query: StoryQuery, cards: &Arc<Vec<StoryCard>>, read_at: Timestamp) {
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lists.len() >= MOST {
            lists.retain(|_, kept| (0..FRESH_MS).contains(&(read_at.as_millis() - kept.read_at.as_millis())));
        }
        if lists.len() < MOST || lists.contains_key(&query) {
            lists.insert(query, Kept { cards: Arc::clone(cards), read_at, renewing: false });
        }
    }

    /// Lets all lists be read anew: an editor changed what is in them.
    pub(crate) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Outlets with their counts, and when they were read: to count them takes reading a little of every article.
#[derive(Default)]
pub(crate) struct KnownOutlets(Mutex<Option<(Timestamp, Arc<Vec<OutletCard>>)>>);

impl App {
    /// Lets everything that is remembered of the store be read anew: somebody changed it here.
    pub(crate) fn forget_what_was_read(&self) {
        self.lists.forget();
        self.site.forget();
        *self.outlets.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The outlets by name, their counts at most some seconds old.
    pub(crate) async fn outlets(&self) -> Result<Arc<Vec<OutletCard>>, Error> {
        let now = self.clock.now();
        let known = self.outlets.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, outlets)) = known
            && (0..STALE_MS).contains(&(now.as_millis() - at.as_millis()))
        {
            return Ok(outlets);
        }
        let outlets = Arc::new(self.store.outlets().await?);
        *self.outlets.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&outlets)));
        Ok(outlets)
    }

    /// A page of stories, at most some seconds old but for counts and what is the voter's own.
    pub(crate) async fn stories(&self, query: &StoryQuery, voter: Option<&Voter>) -> Result<Vec<StoryCard>, Error> {
        if query.unread_by.is_some() {
            return Ok(self.store.stories(query, voter).await?);
        }
        let now = self.clock.now();
        if let Some(cards) = self.lists.get(query, now) {
            return Ok(self.store.freshened(cards.as_ref().clone(), voter).await?);
        }
        let cards = Arc::new(self.store.stories(query, None).await?);
        self.lists.put(query.clone(), &cards, now);
        Ok(match voter {
            Some(_) => self.store.freshened(cards.as_ref().clone(), voter).await?,
            None => cards.as_ref().clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_reads_anew_while_the_others_see_the_old() {
        let (lists, query) = (Lists::default(), StoryQuery::default());
        let start = Timestamp::from_seconds(1000);
        assert!(lists.get(&query, start).is_none());
        lists.put(query.clone(), &Arc::default(), start);
        assert!(lists.get(&query, start.plus_seconds(1)).is_some());
        assert!(lists.get(&query, start.plus_seconds(3)).is_none(), "the first one reads it");
        assert!(lists.get(&query, start.plus_seconds(4)).is_some(), "the others do not wait");
        assert!(lists.get(&query, start.plus_seconds(30)).is_none(), "unless nobody comes back with it");
        lists.put(query.clone(), &Arc::default(), start.plus_seconds(31));
        assert!(lists.get(&query, start.plus_seconds(32)).is_some());
        lists.forget();
        assert!(lists.get(&query, start.plus_seconds(32)).is_none());
    }
}

//! Lists as they are for nobody in particular, remembered for a moment: many ask for the same front page. What is
//! an asker's own, and every count of votes, is read anew for each answer.

use crate::App;
use crate::error::Error;
use crate::remembered::Remembered;
use firsthand_model::{OutletCard, StoryCard, StoryQuery, Voter};
use firsthand_store::Hint;
use std::sync::{Arc, Weak};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// Lists of stories that are remembered, and for how long.
const LISTS: usize = 200;
const LIST_MS: i64 = 2000;
/// For how long outlets' counts are: to count takes reading a little of every article.
const OUTLETS_MS: i64 = 15_000;

/// Stories by what was asked for.
pub(crate) type Lists = Remembered<StoryQuery, Vec<StoryCard>>;
/// All outlets.
pub(crate) type KnownOutlets = Remembered<(), Vec<OutletCard>>;

pub(crate) fn lists() -> Lists {
    Remembered::new(LISTS, LIST_MS)
}

pub(crate) fn known_outlets() -> KnownOutlets {
    Remembered::new(1, OUTLETS_MS)
}

impl App {
    /// Lets everything that is remembered of the store be read anew, here and in the other processes: somebody changed it.
    pub(crate) fn forget_what_was_read(&self) {
        self.forget_here();
        if self.store.is_shared() {
            let store = self.store.clone();
            tokio::spawn(async move { store.hint(Hint::Changed).await });
        }
    }

    /// Forgets when another process says that something was changed, until the server stops.
    pub(crate) async fn hear(app: Weak<Self>, mut hints: Receiver<Hint>) {
        loop {
            let heard = hints.recv().await;
            let Some(app) = app.upgrade() else { return };
            match heard {
                Ok(Hint::Changed) | Err(RecvError::Lagged(_)) => app.forget_here(),
                Ok(Hint::Work) => {}
                Err(RecvError::Closed) => return,
            }
        }
    }

    fn forget_here(&self) {
        self.lists.forget();
        self.site.forget();
        self.outlets.forget();
    }

    /// The outlets by name, their counts at most some seconds old.
    pub(crate) async fn outlets(&self) -> Result<Arc<Vec<OutletCard>>, Error> {
        self.outlets.get((), self.clock.now(), async { Ok(self.store.outlets().await?) }).await
    }

    /// A page of stories, at most some seconds old but for counts of votes and what is the voter's own.
    pub(crate) async fn stories(&self, query: &StoryQuery, voter: Option<&Voter>) -> Result<Vec<StoryCard>, Error> {
        if query.unread_by.is_some() {
            return Ok(self.store.stories(query, voter).await?);
        }
        let read = async { Ok(self.store.stories(query, None).await?) };
        let cards = self.lists.get(query.clone(), self.clock.now(), read).await?;
        Ok(self.store.freshened(cards.as_ref().clone(), voter).await?)
    }
}

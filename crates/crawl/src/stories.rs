//! From articles to stories: each put into its story, then the story's reports related.

use crate::Crawler;
use firsthand_model::{
    ArticleId, ArticleView, Decision, Lease, StoryArticle, StoryChange, StoryId, StoryInput, Timestamp,
};
use firsthand_store::{Store, StoreError, StoryReports};
use firsthand_story::{Change, Embedder, Explanation, Features, State, features_with};
use rayon::prelude::*;
use std::collections::BTreeSet;
use tokio::task::JoinSet;

/// The window that grouping looks back on, in seconds; its own default must not be longer.
const WINDOW_S: i64 = 14 * 86_400;
/// Articles grouped, and stories related, in one go.
const BATCH: usize = 512;
/// Articles of the last days that are read at a time when grouping begins.
const REBUILT_AT_A_TIME: usize = 500;
/// Stories that are related at a time.
const RELATED_AT_A_TIME: usize = 8;
/// The stories of neighbouring events that are kept for a story.
const NEIGHBOURS: usize = 4;

/// The state of grouping, and what it was built on.
pub(crate) struct Grouping {
    /// What editors had moved (`Store::places_version`).
    places: i64,
    /// Under which lease: another process may have grouped since.
    lease: Option<Lease>,
    state: State,
}

impl Crawler {
    /// Puts every article without a story into one. Gives the number of articles grouped. One caller
    /// at a time does the work; the state of grouping is rebuilt from the store the first time.
    pub(crate) async fn group(&self, lease: Option<Lease>) -> Result<usize, StoreError> {
        let mut held = self.inner.grouping.lock().await;
        let store = self.inner.store.under(lease);
        let mut grouped = 0;
        loop {
            let mut articles = store.ungrouped(BATCH).await?;
            // Without anything to group the state, which is large, need not be rebuilt.
            if articles.is_empty() {
                return Ok(grouped);
            }
            // Pages come in as they are fetched; grouping does best in the order of the events.
            articles.sort_by_key(|article| (article.published_at, article.id));
            // Taken out while it is worked with: if a step fails, the next call rebuilds it.
            // What an editor moved since it was built is not in it.
            let places = store.places_version().await?;
            let mut state = match held.take() {
                Some(built) if built.places == places && built.lease == lease => built.state,
                _ => self.rebuilt_state().await?,
            };
            let embedder = self.inner.config.embedder.clone();
            let decided = self
                .on_a_core(move || {
                    let read = read(&articles, embedder.as_deref());
                    let decisions: Vec<_> = articles
                        .iter()
                        .zip(read)
                        .map(|(article, features)| (article.id, decide(&mut state, article.id, features)))
                        .collect();
                    let changes: Vec<StoryChange> = state.repair().into_iter().map(change).collect();
                    let came_in: BTreeSet<i64> = decisions
                        .iter()
                        .map(|(article, decision)| match decision {
                            Decision::Join(story) => story.0,
                            Decision::New => article.0,
                        })
                        .collect();
                    let neighbours: Vec<(StoryId, Vec<StoryId>)> = came_in
                        .into_iter()
                        .filter_map(|story| {
                            let near = state.neighbours(number_of(story), NEIGHBOURS)?;
                            Some((StoryId(story), near.into_iter().map(story_of).collect()))
                        })
                        .collect();
                    (state, decisions, changes, neighbours)
                })
                .await;
            let Some((state, decisions, changes, neighbours)) = decided else {
                tracing::error!(
                    "articles could not be put into stories (a fault in firsthand); they are tried again with the next one"
                );
                return Ok(grouped);
            };
            let count = decisions.len();
            store.assign_all(decisions).await?;
            if !changes.is_empty() {
                tracing::debug!(?changes, "second thoughts about stories");
                store.change_stories(changes).await?;
            }
            store.set_neighbours(neighbours).await?;
            *held = Some(Grouping { places, lease, state });
            grouped += count;
        }
    }

    /// Another process groups by now: the state here only takes room. One that is at work is left to it.
    pub(crate) async fn forget_grouping(&self) {
        if let Ok(mut held) = self.inner.grouping.try_lock() {
            *held = None;
        }
    }

    async fn rebuilt_state(&self) -> Result<State, StoreError> {
        self.state_before(self.inner.clock.now(), None).await
    }

    /// The state of grouping at a moment, from what was put into stories in the time before it: all of it, or what came before an
    /// article.
    async fn state_before(&self, moment: Timestamp, article: Option<ArticleId>) -> Result<State, StoreError> {
        let since = moment.plus_seconds(-WINDOW_S);
        let (mut state, mut after) = (State::new(), 0);
        let mut met = false;
        // A part at a time: what a text is read into takes many times its room until the state has it.
        loop {
            let mut articles = self.inner.store.story_window(since, after, REBUILT_AT_A_TIME).await?;
            let Some(last) = articles.last().and_then(|article| article.assigned) else { return Ok(state) };
            if let Some(place) = articles.iter().position(|known| Some(known.id) == article) {
                articles.truncate(place);
                met = true;
            }
            after = last;
            let embedder = self.inner.config.embedder.clone();
            let taken_up = self.on_a_core(move || {
                for (article, features) in articles.iter().zip(read(&articles, embedder.as_deref())) {
                    if let Some(story) = article.story_id {
                        state.restore(number_of(article.id.0), number_of(story.0), article.placed, features);
                    }
                }
                state
            });
            // Without what came before, new articles begin new stories: better than none at all.
            let Some(taken_up) = taken_up.await else {
                tracing::error!("the stories of the last days could not be taken up (a fault in firsthand)");
                return Ok(State::new());
            };
            state = taken_up;
            if met {
                return Ok(state);
            }
        }
    }

    /// How an article's story was decided on: the stories that it was compared with, best first, and how like they are. Found anew from
    /// what came before it, with the stories as they are by now.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn explain_story(&self, view: &ArticleView) -> Result<Explanation, StoreError> {
        let state = self.state_before(view.fetched_at, Some(view.id)).await?;
        let embedder = self.inner.config.embedder.clone();
        let article = StoryArticle {
            id: view.id,
            story_id: view.story_id,
            outlet: view.outlet.clone(),
            title: view.title.clone(),
            text: view.text.clone(),
            published_at: view.published_at,
            language: view.language.clone(),
            placed: view.placed_by_editor,
            assigned: None,
        };
        let explained = self.on_a_core(move || state.explain(&input(&article), embedder.as_deref())).await;
        explained
            .ok_or_else(|| StoreError::Invalid("the article could not be compared (a fault in firsthand)".to_owned()))
    }

    /// Relates the reports of every story that changed.
    pub(crate) async fn relate(&self, lease: Option<Lease>) -> Result<(), StoreError> {
        let store = self.inner.store.under(lease);
        loop {
            let stories = store.stale_stories(BATCH).await?;
            if stories.is_empty() {
                return Ok(());
            }
            // An editor may have merged outlets, on this node or another.
            self.refresh_outlets().await?;
            // Each waits for the store more than it computes.
            let mut under_way = JoinSet::new();
            let mut waiting = stories.into_iter();
            loop {
                while under_way.len() < RELATED_AT_A_TIME
                    && let Some(story) = waiting.next()
                {
                    let (crawler, store) = (self.clone(), store.clone());
                    under_way.spawn(async move { crawler.relate_one(&store, story).await });
                }
                match under_way.join_next().await {
                    Some(Ok(Ok(true))) => {}
                    // The others are given up: every story is stored as a whole or stays stale.
                    Some(Ok(Err(error))) => return Err(error),
                    Some(Ok(Ok(false)) | Err(_)) => return Ok(()),
                    None => break,
                }
            }
        }
    }

    /// `false`: its reports could not be related.
    async fn relate_one(&self, store: &Store, story: StoryId) -> Result<bool, StoreError> {
        let StoryReports { reports, changes } = store.reports(story).await?;
        let outlets = self.outlets();
        let relations = self.on_a_core(move || firsthand_trace::relate(&reports, &outlets)).await;
        let Some(relations) = relations else {
            tracing::error!(story = story.0, "the reports of a story could not be related; it stays as it is");
            return Ok(false);
        };
        // What came in between keeps the story stale: it comes again.
        store.set_relations(story, &relations, changes).await?;
        Ok(true)
    }
}

fn read(articles: &[StoryArticle], embedder: Option<&dyn Embedder>) -> Vec<Features> {
    articles.par_iter().map(|article| features_with(&input(article), embedder)).collect()
}

fn story_of(number: u64) -> StoryId {
    StoryId(id_of(number))
}

fn id_of(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn change(change: Change) -> StoryChange {
    match change {
        Change::Merge { from, into } => StoryChange::Merge { from: story_of(from), into: story_of(into) },
        Change::Move { article, from, to } => {
            StoryChange::Move { article: ArticleId(id_of(article)), from: story_of(from), to: story_of(to) }
        }
        Change::Split { from, articles, .. } => StoryChange::Split {
            from: story_of(from),
            articles: articles.into_iter().map(|article| ArticleId(id_of(article))).collect(),
        },
    }
}

fn decide(state: &mut State, article: ArticleId, features: Features) -> Decision<StoryId> {
    match state.decide(number_of(article.0), features) {
        Decision::Join(story) => Decision::Join(story_of(story)),
        Decision::New => Decision::New,
    }
}

/// Identifiers are never negative; a broken one must still not stop grouping.
fn number_of(id: i64) -> u64 {
    u64::try_from(id).unwrap_or(0)
}

fn input(article: &StoryArticle) -> StoryInput<'_> {
    StoryInput {
        title: &article.title,
        text: &article.text,
        published: Some(article.published_at),
        language: article.language.as_deref(),
        outlet: Some(&article.outlet),
    }
}

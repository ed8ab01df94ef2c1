//! What is let go, what stays, and what is put right.

use super::*;

const DAY: i64 = 86_400;

/// An article in a story of its own that is related, or in one that is there.
async fn told(fresh: &Fresh, outlet: &str, title: &str, story: Option<StoryId>) -> (ArticleId, StoryId) {
    let published = fresh.clock.now().to_string();
    let id = admitted(fresh, outlet, title, "The bridge is closed, said Ida Marrow.", &published).await;
    let decision = story.map_or(Decision::New, Decision::Join);
    let story = fresh.store.assign(id, decision).await.unwrap();
    related(fresh, story).await;
    fresh.clock.advance_seconds(60);
    (id, story)
}

async fn related(fresh: &Fresh, story: StoryId) {
    let reports = fresh.store.reports(story).await.unwrap().reports;
    let ids: Vec<ArticleId> = reports.iter().map(|report| report.id.parse().unwrap()).collect();
    let first = ids[0];
    let reports = ids.iter().map(|id| {
        let relies_on = if *id == first { Vec::new() } else { vec![reliance("alpha", Some(first))] };
        report(*id, if *id == first { Role::FirstHand } else { Role::Relay }, first, relies_on)
    });
    let relations = StoryRelations {
        reports: reports.collect(),
        origin: Some(first.to_string()),
        voices: 1,
        why: "because".to_owned(),
    };
    assert!(relate(&fresh.store, story, &relations).await.unwrap());
}

async fn is_there(fresh: &Fresh, id: ArticleId) -> bool {
    fresh.store.article(id, None).await.unwrap().is_some()
}

fn days(days: u32) -> KeepRule {
    KeepRule { days: Some(days), articles: None }
}

pub(super) async fn what_is_old_goes_with_its_story_and_what_is_held_stays(fresh: &Fresh) {
    let store = &fresh.store;
    let ann = store.add_user("ann", "hash", UserRole::Editor).await.unwrap().id;
    let visitor = Voter::Visitor("v".to_owned());
    // Two reports, one of them revised, read, numbered, and a story merged into theirs: all of it goes.
    let (first, story) = told(fresh, "alpha", "One", None).await;
    let (second, _) = told(fresh, "beta", "Two", Some(story)).await;
    let (third, merged) = told(fresh, "gamma", "Three", None).await;
    store.change_stories(vec![StoryChange::Merge { from: merged, into: story }]).await.unwrap();
    related(fresh, story).await;
    let revised = store.entries_naming(Vec::new(), Some(second)).await.unwrap();
    assert_eq!(revised.len(), 1);
    store.set_articles_read(ann, vec![first], true).await.unwrap();
    store.set_read(ann, vec![story], true).await.unwrap();
    store.give_numbers().await.unwrap();
    store.cast_vote(Subject::Story(story), &visitor, Ballot::Like, None).await.unwrap();
    store.cast_vote(Subject::Story(story), &visitor, Ballot::None, None).await.unwrap();
    // Held: starred, voted on, pinned, placed by an editor, kept by its feed, with a young report.
    let (starred, _) = told(fresh, "alpha", "Starred", None).await;
    store.set_star(ann, starred, true).await.unwrap();
    let (liked, _) = told(fresh, "alpha", "Liked", None).await;
    store.cast_vote(Subject::Article(liked), &visitor, Ballot::Dislike, None).await.unwrap();
    let (voted, voted_story) = told(fresh, "alpha", "Voted", None).await;
    store.cast_vote(Subject::Story(voted_story), &visitor, Ballot::Like, None).await.unwrap();
    let (pinned, pinned_story) = told(fresh, "alpha", "Pinned", None).await;
    store.mark_story(pinned_story, Some(StoryMark::Pinned), Some(ann)).await.unwrap();
    let (hidden, hidden_story) = told(fresh, "alpha", "Hidden", None).await;
    store.mark_story(hidden_story, Some(StoryMark::Hidden), Some(ann)).await.unwrap();
    let (placed, placed_story) = told(fresh, "alpha", "Placed", None).await;
    store.place(placed, Placement::In(pinned_story), Some(ann)).await.unwrap();
    related(fresh, pinned_story).await;
    let (archived, _) = told(fresh, "archive", "Archived", None).await;
    let archive = feed(store, "archive").await;
    store.set_keep(archive, Some(KeepRule::default())).await.unwrap();
    let (old, growing) = told(fresh, "alpha", "Growing", None).await;
    fresh.clock.advance_seconds(20 * DAY);
    let (young, _) = told(fresh, "beta", "Growing on", Some(growing)).await;
    assert_ne!(placed_story, pinned_story);

    assert_eq!(store.release(KeepRule::default()).await.unwrap(), Released::default());
    assert_eq!(store.releasable(days(18)).await.unwrap(), 2);
    let gone = store.release(days(18)).await.unwrap();
    assert_eq!(gone, Released { stories: 2, articles: 4 });
    for id in [first, second, third, hidden] {
        assert!(!is_there(fresh, id).await);
    }
    for id in [starred, liked, voted, pinned, placed, archived, old, young] {
        assert!(is_there(fresh, id).await, "{id}");
    }
    assert!(store.story(story, None).await.unwrap().is_none() && store.story(merged, None).await.unwrap().is_none());
    let hits = store
        .search(&SearchQuery { words: vec!["bridge".to_owned()], limit: 50, ..SearchQuery::default() }, None)
        .await;
    assert_eq!(hits.unwrap().len(), 8);
    assert_eq!(store.release(days(18)).await.unwrap(), Released::default());

    // The feed still lists it: it does not come again, and it is said what became of it.
    let alpha = feed(store, "alpha").await;
    let again = outcome(fresh.clock.now(), vec![entry("One", "https://alpha.example/One")]);
    assert_eq!(store.record_poll(alpha, &again).await.unwrap().new, 0);
    assert!(store.pending_entries(fresh.clock.now().plus_seconds(DAY), 10).await.unwrap().is_empty());
    let named = store.entries_naming(vec!["https://alpha.example/One".to_owned()], None).await.unwrap();
    assert_eq!((named.len(), named[0].article_id, named[0].released_at), (1, None, Some(fresh.clock.now())));

    // When nobody holds on to it any more it goes as well.
    store.set_star(ann, starred, false).await.unwrap();
    store.cast_vote(Subject::Article(liked), &visitor, Ballot::None, None).await.unwrap();
    store.set_keep(archive, None).await.unwrap();
    assert_eq!(store.release(days(18)).await.unwrap(), Released { stories: 3, articles: 3 });
    assert!(!is_there(fresh, archived).await);
    let refused = store.cast_vote(Subject::Article(liked), &visitor, Ballot::Like, None).await.unwrap_err();
    assert!(matches!(refused, StoreError::NotFound(_)), "{refused}");
}

pub(super) async fn a_feed_keeps_so_many_articles(fresh: &Fresh) {
    let store = &fresh.store;
    let mut ids = Vec::new();
    for number in 0..6 {
        ids.push(told(fresh, "alpha", &format!("Number {number}"), None).await.0);
    }
    let (other, _) = told(fresh, "beta", "Other", None).await;
    let rule = KeepRule { days: None, articles: Some(2) };
    // Nothing goes that what comes in is still compared with.
    assert_eq!(store.release(rule).await.unwrap(), Released::default());
    fresh.clock.advance_seconds(16 * DAY);
    let (newest, _) = told(fresh, "alpha", "Newest", None).await;
    assert_eq!(store.release(rule).await.unwrap(), Released { stories: 5, articles: 5 });
    for (id, stays) in ids.iter().zip([false, false, false, false, false, true]) {
        assert_eq!(is_there(fresh, *id).await, stays);
    }
    assert!(is_there(fresh, other).await && is_there(fresh, newest).await);
    let alpha = feed(store, "alpha").await;
    store.set_keep(alpha, Some(KeepRule { days: None, articles: Some(1) })).await.unwrap();
    assert_eq!(
        store.feeds().await.unwrap().iter().find(|feed| feed.id == alpha).unwrap().keep.unwrap().articles,
        Some(1)
    );
    assert_eq!(store.release(KeepRule::default()).await.unwrap(), Released { stories: 1, articles: 1 });

    // What a feed brought that is not followed any more goes by the days for all.
    assert!(store.remove_feed("https://beta.example/feed").await.unwrap());
    assert_eq!(store.release(rule).await.unwrap(), Released::default());
    assert_eq!(store.release(days(15)).await.unwrap(), Released { stories: 1, articles: 1 });
    assert!(!is_there(fresh, other).await && is_there(fresh, newest).await);
    assert!(KeepRule::of_numbers(14, 0).unwrap_err().contains("15"));
    assert_eq!(KeepRule::of_numbers(0, 9), Ok(KeepRule { days: None, articles: Some(9) }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_gives_back_to_the_disk_what_is_let_go() {
    let fresh = sqlite().await;
    let path = fresh.folder.path().join("firsthand.db");
    for number in 0..300 {
        let text: String = (0..4_000).map(|word| format!("word{} ", (word * 7 + number * 13) % 9_001)).collect();
        let id = admitted(&fresh, "alpha", &format!("Number {number}"), &text, "2026-03-12T08:00:00Z").await;
        let story = fresh.store.assign(id, Decision::New).await.unwrap();
        related(&fresh, story).await;
    }
    fresh.clock.advance_seconds(30 * DAY);
    let (last, _) = told(&fresh, "beta", "Last", None).await;
    let settled = || {
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        std::fs::metadata(&path).unwrap().len()
    };
    let before = settled();
    assert_eq!(fresh.store.release(days(20)).await.unwrap().articles, 300);
    let after = settled();
    assert!(after * 4 < before, "{before} bytes became {after}");
    assert!(is_there(&fresh, last).await);
    assert_eq!(fresh.store.check().await.unwrap().problems, Vec::<String>::new());

    // A file from before is written anew.
    drop(fresh.store);
    Store::compact(&DatabaseUrl::Sqlite(path.clone())).unwrap();
    assert!(std::fs::metadata(&path).unwrap().len() <= after);
    let store = Store::open(&DatabaseUrl::Sqlite(path), fresh.clock.clone()).await.unwrap();
    assert_eq!(store.check().await.unwrap().problems, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_month_of_which_nothing_is_kept_is_taken_away() {
    let Some(server) = empty_database("months_kept").await else { return };
    let clock = Arc::new(ManualClock::at(at("2031-05-20T12:00:00Z")));
    let store = Store::open(&server, clock.clone()).await.unwrap();
    let fresh = Fresh { store, clock: clock.clone(), folder: tempfile::tempdir().unwrap() };
    let ann = fresh.store.add_user("ann", "hash", UserRole::Reader).await.unwrap().id;
    told(&fresh, "alpha", "May", None).await;
    clock.advance_seconds(25 * DAY);
    let (starred, _) = told(&fresh, "alpha", "June", None).await;
    fresh.store.set_star(ann, starred, true).await.unwrap();
    clock.advance_seconds(60 * DAY);
    fresh.store.tidy().await.unwrap();
    let (young, _) = told(&fresh, "alpha", "August", None).await;
    assert_eq!(fresh.store.release(days(20)).await.unwrap().articles, 1);
    let (client, connection) = tokio_postgres::connect(&address_of(&server), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let made = "SELECT relname::text FROM pg_class WHERE relispartition AND relkind = 'r' AND relname LIKE 'article\\_2%' ORDER BY relname";
    let made: Vec<String> = client.query(made, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    assert_eq!(made, ["article_2031_06", "article_2031_07", "article_2031_08", "article_2031_09", "article_2031_10"]);
    assert!(is_there(&fresh, starred).await && is_there(&fresh, young).await);
    assert_eq!(fresh.store.check().await.unwrap().problems, Vec::<String>::new());
}

/// What breaks a store such that `check` has something to say, and no more than `repair` can put right.
const DAMAGE: &str = "
    UPDATE story SET reports = 9, best_article_id = 5;
    UPDATE article SET assigned = NULL, role = NULL WHERE title = 'One';
    UPDATE vote_count SET likes = 7;
    DELETE FROM vote_count WHERE subject_kind = 'story';
    UPDATE entry SET article_id = 77, due_at = NULL WHERE key = 'Two';
    UPDATE entry SET article_id = NULL, due_at = NULL WHERE key = 'One';
    INSERT INTO article_label (article_id, label) VALUES (77, 'bridge');
    UPDATE reliance SET article_id = 77";

async fn broken_and_repaired(fresh: &Fresh, break_it: impl AsyncFnOnce(&str)) {
    let (first, story) = told(fresh, "alpha", "One", None).await;
    told(fresh, "beta", "Two", Some(story)).await;
    let voter = Voter::Visitor("v".to_owned());
    fresh.store.cast_vote(Subject::Article(first), &voter, Ballot::Like, None).await.unwrap();
    fresh.store.cast_vote(Subject::Story(story), &voter, Ballot::Dislike, None).await.unwrap();
    assert_eq!(fresh.store.check().await.unwrap().problems, Vec::<String>::new());
    assert_eq!(fresh.store.repair().await.unwrap(), Vec::<String>::new());
    break_it(DAMAGE).await;
    let problems = fresh.store.check().await.unwrap().problems;
    assert!(problems.len() >= 9, "{problems:#?}");
    let mended = fresh.store.repair().await.unwrap();
    assert!(mended.len() >= 9, "{mended:#?}");
    assert_eq!(fresh.store.check().await.unwrap().problems, Vec::<String>::new(), "{mended:#?}");
    let tally = fresh.store.tally(Subject::Article(first), Some(&voter)).await.unwrap().unwrap();
    assert_eq!((tally.likes, tally.dislikes, tally.vote), (1, 0, Ballot::Like));
    assert_eq!(fresh.store.pending_entries(fresh.clock.now(), 10).await.unwrap().len(), 2);
    assert_eq!(fresh.store.stale_stories(10).await.unwrap(), [story]);
    related(fresh, story).await;
    assert_eq!(fresh.store.repair().await.unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_file_is_repaired() {
    let fresh = sqlite().await;
    let path = fresh.folder.path().join("firsthand.db");
    let index =
        "; DELETE FROM article_search; INSERT INTO article_search (rowid, title, text) VALUES (99, 'none', 'none')";
    broken_and_repaired(&fresh, async |damage| {
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection.execute_batch(&format!("PRAGMA foreign_keys = OFF; {damage}{index}")).unwrap();
    })
    .await;
    let words = SearchQuery { words: vec!["bridge".to_owned()], limit: 9, ..SearchQuery::default() };
    assert_eq!(fresh.store.search(&words, None).await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_database_on_a_server_is_repaired() {
    let Some(server) = empty_database("broken").await else { return };
    let clock = Arc::new(ManualClock::at(at("2026-03-12T12:00:00Z")));
    let store = Store::open(&server, clock.clone()).await.unwrap();
    let fresh = Fresh { store, clock, folder: tempfile::tempdir().unwrap() };
    broken_and_repaired(&fresh, async |damage| {
        let (client, connection) = tokio_postgres::connect(&address_of(&server), tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute(&format!("{damage}; DELETE FROM article_address")).await.unwrap();
    })
    .await;
}

//! Several processes on one database.

use super::*;

/// So long no test takes.
const LONG_MS: i64 = 600_000;
/// Over as soon as it has begun.
const OVER_MS: i64 = -1;

fn lease_of(beat: &Beat, part: Part) -> Option<Lease> {
    beat.held.iter().find(|lease| lease.part == part).copied()
}

fn shards(beat: &Beat) -> Vec<Part> {
    beat.held.iter().map(|lease| lease.part).filter(|part| part.is_shard()).collect()
}

pub async fn processes_share_the_work(fresh: &Fresh) {
    let store = &fresh.store;
    for number in 0..40 {
        feed(store, &format!("outlet{number}")).await;
    }
    let now = fresh.clock.now();
    let one = store.join("one", "all", "1").await.unwrap();
    let alone = store.beat(one, LONG_MS, Vec::new()).await.unwrap();
    assert_eq!((alone.nodes, alone.held.len(), alone.excess, alone.taken), (1, 1025, 0, 1025));
    assert_eq!(store.for_node(one).due_feeds(now, 100, false).await.unwrap().len(), 40);

    // A second one finds nothing free; the first is told to give up its half, and does so.
    let two = store.join("two", "crawl", "1").await.unwrap();
    let came = store.beat(two, LONG_MS, Vec::new()).await.unwrap();
    assert_eq!((came.nodes, came.held.len()), (2, 0));
    let told = store.beat(one, LONG_MS, Vec::new()).await.unwrap();
    assert_eq!((told.excess, told.held.len()), (512, 1025));
    let give_up = shards(&told).split_off(512);
    assert_eq!(store.beat(one, LONG_MS, give_up.clone()).await.unwrap().excess, 0);
    let took = store.beat(two, LONG_MS, Vec::new()).await.unwrap();
    assert_eq!(shards(&took), give_up);
    assert!(took.held.iter().all(|lease| lease.fence == 2), "each new holder has a higher fence");
    let (ones, twos) = (store.for_node(one), store.for_node(two));
    let due = |feeds: Vec<DueFeed>| feeds.into_iter().map(|feed| feed.id).collect::<std::collections::BTreeSet<_>>();
    let (ones, twos) =
        (due(ones.due_feeds(now, 100, false).await.unwrap()), due(twos.due_feeds(now, 100, true).await.unwrap()));
    assert!(ones.is_disjoint(&twos) && ones.len() + twos.len() == 40 && !ones.is_empty() && !twos.is_empty());

    // One that only serves pages has no share.
    let pages = store.join("pages", "web", "1").await.unwrap();
    assert!(store.nodes().await.unwrap().iter().any(|node| node.id == pages && node.role == "web"));
    assert_eq!(store.beat(pages, LONG_MS, Vec::new()).await.unwrap().held, []);
    assert_eq!(store.beat(two, LONG_MS, Vec::new()).await.unwrap().nodes, 2);

    // The first falls silent: the second has everything, the grouping of stories too.
    store.beat(one, OVER_MS, Vec::new()).await.unwrap();
    fresh.clock.advance_seconds(1);
    let all = store.beat(two, LONG_MS, Vec::new()).await.unwrap();
    assert_eq!((all.nodes, all.held.len()), (1, 1025));
    assert_eq!(lease_of(&all, Part::STORIES).unwrap().fence, 2);
    let views = store.nodes().await.unwrap();
    let alive = |id| views.iter().find(|node| node.id == id).map(|node| (node.alive, node.shards, node.stories));
    assert_eq!((alive(one), alive(two)), (Some((false, 0, false)), Some((true, 1024, true))));

    // It wakes, and learns that it has nothing; the other goes, and it has everything at once.
    assert_eq!(store.beat(one, LONG_MS, Vec::new()).await.unwrap().held, []);
    store.leave(two).await.unwrap();
    assert_eq!(store.beat(one, LONG_MS, Vec::new()).await.unwrap().held.len(), 1025);
    let gone = store.beat(two, LONG_MS, Vec::new()).await.unwrap_err();
    assert!(matches!(gone, StoreError::NotFound(_)), "{gone}");
}

pub async fn nothing_is_written_under_a_lost_lease(fresh: &Fresh) {
    let store = &fresh.store;
    let id = feed(store, "outlet").await;
    let one = store.join("one", "all", "1").await.unwrap();
    store.beat(one, OVER_MS, Vec::new()).await.unwrap();
    let part = store.for_node(one).due_feeds(fresh.clock.now(), 1, false).await.unwrap()[0].part.unwrap();
    let held = store.beat(one, OVER_MS, Vec::new()).await.unwrap();
    let old = lease_of(&held, part).unwrap();
    // While nobody else has taken it over it is good, however late.
    let url = "https://outlet.example/feed";
    store.under(Some(old)).edit_feed(id, Some("First".to_owned()), None).await.unwrap();

    fresh.clock.advance_seconds(1);
    let two = store.join("two", "all", "1").await.unwrap();
    let new = lease_of(&store.beat(two, LONG_MS, Vec::new()).await.unwrap(), part).unwrap();
    let refused = store.under(Some(old)).edit_feed(id, Some("Second".to_owned()), None).await.unwrap_err();
    assert!(matches!(refused, StoreError::LeaseLost(lost) if lost == part), "{refused}");
    assert!(refused.to_string().contains(&part.to_string()), "{refused}");
    let title = || async { store.feeds().await.unwrap().iter().find(|feed| feed.url == url).unwrap().title.clone() };
    assert_eq!(title().await, "First");
    store.under(Some(new)).edit_feed(id, Some("Third".to_owned()), None).await.unwrap();
    assert_eq!(title().await, "Third");

    // Of polls that are stored together, those under a lost lease are not, the others are.
    let other = feed(store, "other").await;
    let outcome = outcome(fresh.clock.now(), vec![entry("one", "https://outlet.example/one")]);
    let poll = |feed, lease| RecordedPoll { feed, outcome: outcome.clone(), lease };
    let polls = vec![poll(id, Some(old)), poll(other, None), poll(id, Some(old))];
    let done = store.record_polls(Arc::new(polls)).await.unwrap();
    let new_entries: Vec<Option<usize>> =
        done.iter().map(|done| done.as_ref().ok().map(|summary| summary.new)).collect();
    assert_eq!(new_entries, [None, Some(1), None]);
    assert!(matches!(done[0], Err(StoreError::LeaseLost(lost)) if lost == part));
    assert_eq!(store.counts().await.unwrap().entries, 1);
    let done = store.record_polls(Arc::new(vec![poll(id, Some(new))])).await.unwrap();
    assert_eq!(done[0].as_ref().unwrap().new, 1);
}

pub async fn hosts_that_are_left_alone_are_known_to_all(fresh: &Fresh) {
    let (store, now) = (&fresh.store, fresh.clock.now());
    store.hold_host("outlet.example", now.plus_seconds(60)).await.unwrap();
    store.hold_host("outlet.example", now.plus_seconds(30)).await.unwrap();
    store.hold_host("other.example", now.plus_seconds(10)).await.unwrap();
    assert_eq!(store.held_hosts().await.unwrap().len(), 2);
    fresh.clock.advance_seconds(20);
    assert_eq!(store.held_hosts().await.unwrap(), [("outlet.example".to_owned(), now.plus_seconds(60))]);
}

/// One that is lost costs a moment; one that is heard is heard by all, whoever said it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_hear_each_other() {
    let Some(fresh) = postgres("hints").await else { return };
    let mut heard = fresh.store.hints().unwrap();
    // Who begins to listen does not know what was said before.
    assert_eq!(heard.recv().await.unwrap(), Hint::Changed);
    fresh.store.hint(Hint::Work).await;
    assert_eq!(heard.recv().await.unwrap(), Hint::Work);
    fresh.store.hint(Hint::Changed).await;
    assert_eq!(heard.recv().await.unwrap(), Hint::Changed);
    assert!(sqlite().await.store.hints().is_none(), "where there is one process there is nobody to hear");
}

async fn client_of(database: &DatabaseUrl) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(&address_of(database), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn articles_lie_in_the_table_of_their_month() {
    let Some(server) = empty_database("months").await else { return };
    let clock = Arc::new(ManualClock::at(at("2031-05-20T12:00:00Z")));
    let open = || Store::open(&server, clock.clone());
    let fresh = Fresh { store: open().await.unwrap(), clock: clock.clone(), folder: tempfile::tempdir().unwrap() };
    let first = admitted(&fresh, "alpha", "First", "A bridge is closed.", "2031-05-20T11:00:00Z").await;
    clock.advance_seconds(20 * 86_400);
    let second = admitted(&fresh, "beta", "Second", "The bridge is closed.", "2031-06-09T11:00:00Z").await;
    // Long away: no table was made for this month, nor is one made over what lies where the rest does.
    clock.advance_seconds(2 * 365 * 86_400);
    let third = admitted(&fresh, "gamma", "Third", "The bridge is open.", "2033-06-08T11:00:00Z").await;
    fresh.store.tidy().await.unwrap();
    let client = client_of(&server).await;
    let tables = client.query("SELECT tableoid::regclass::text, id FROM article ORDER BY id", &[]).await.unwrap();
    let tables: Vec<(String, i64)> = tables.iter().map(|row| (row.get(0), row.get(1))).collect();
    let expected = [("article_2031_05", first), ("article_2031_06", second), ("article_other", third)];
    assert_eq!(tables, expected.map(|(table, id)| (table.to_owned(), id.0)));
    let made = "SELECT relname::text FROM pg_class WHERE relispartition AND relkind = 'r' ORDER BY relname";
    let made: Vec<String> = client.query(made, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    let expected = [
        "article_2031_05",
        "article_2031_06",
        "article_2031_07",
        "article_2033_07",
        "article_2033_08",
        "article_before",
        "article_other",
    ];
    assert_eq!(made, expected);

    // They are one table to everything else, and an address is one article's over all months.
    let story = fresh.store.assign(first, Decision::New).await.unwrap();
    fresh.store.assign(second, Decision::Join(story)).await.unwrap();
    fresh.store.assign(third, Decision::Join(story)).await.unwrap();
    assert_eq!(fresh.store.reports(story).await.unwrap().reports.len(), 3);
    let again = client
        .execute(
            "INSERT INTO article_address (canonical_url, article_id) SELECT canonical_url, 1 FROM article LIMIT 1",
            &[],
        )
        .await;
    assert!(again.is_err());
    drop(open().await.unwrap());
    assert_eq!(fresh.store.check().await.unwrap().problems, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_that_many_articles_have_and_that_few_have_are_found() {
    let Some(server) = empty_database("words").await else { return };
    let clock = Arc::new(ManualClock::at(at("2026-03-12T12:00:00Z")));
    let store = Store::open(&server, clock.clone()).await.unwrap();
    let fresh = Fresh { store: store.clone(), clock, folder: tempfile::tempdir().unwrap() };
    let rare = admitted(&fresh, "alpha", "Rare", "The otter came.", "2026-03-12T08:00:00Z").await;
    let common = admitted(&fresh, "beta", "Common", "The harbour is shut.", "2026-03-12T09:00:00Z").await;
    // So many that they are not all taken from the index.
    let copies = format!(
        "INSERT INTO article SELECT copy.* FROM article, generate_series(1, 20000) AS n,
           jsonb_populate_record(NULL::article, to_jsonb(article) || jsonb_build_object(
             'id', article.id - n * 256, 'canonical_url', article.canonical_url || n, 'published_at', article.published_at - n)) AS copy
         WHERE article.id = {common}"
    );
    client_of(&server).await.batch_execute(&copies).await.unwrap();
    let find = async |words: &[&str], without: &[&str]| -> Vec<ArticleId> {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        let without = without.iter().map(|word| (*word).to_owned()).collect();
        let query = SearchQuery { words, without, limit: 3, ..SearchQuery::default() };
        store.search(&query, None).await.unwrap().iter().map(|card| card.id).collect()
    };
    let newest = [common.0, common.0 - 256, common.0 - 512].map(ArticleId);
    assert_eq!(find(&["harbour"], &[]).await, newest);
    assert_eq!(find(&["the", "shut"], &["otter"]).await, newest);
    assert_eq!(find(&["the"], &["harbour"]).await, [rare]);
    assert_eq!(find(&["the", "otter"], &[]).await, [rare]);
    assert_eq!(find(&["otter"], &["came"]).await, []);
    assert_eq!(find(&["heron"], &[]).await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_waits_for_a_take_over_and_is_refused() {
    let Some(server) = empty_database("fence").await else { return };
    let clock = Arc::new(ManualClock::at(at("2026-03-12T12:00:00Z")));
    let store = Store::open(&server, clock.clone()).await.unwrap();
    let node = store.join("one", "all", "1").await.unwrap();
    let beat = store.beat(node, LONG_MS, Vec::new()).await.unwrap();
    let lease = lease_of(&beat, Part(7)).unwrap();
    let (client, watcher) = (client_of(&server).await, client_of(&server).await);
    client.batch_execute("BEGIN; UPDATE lease SET fence = fence + 1 WHERE part = 7").await.unwrap();
    let writing = tokio::spawn({
        let held = store.under(Some(lease));
        async move { held.hold_host("host.example", at("2026-03-12T13:00:00Z")).await }
    });
    let waiting =
        "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    while watcher.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        assert!(!writing.is_finished(), "it did not wait");
        tokio::task::yield_now().await;
    }
    client.batch_execute("COMMIT").await.unwrap();
    assert!(matches!(writing.await.unwrap(), Err(StoreError::LeaseLost(Part(7)))));
    assert!(store.held_hosts().await.unwrap().is_empty());
}

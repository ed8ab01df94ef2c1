//! One suite for both engines: a query that it does not run does not exist.
//!
//! PostgreSQL is tested when `FIRSTHAND_TEST_PG` names a server on which databases may be made.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stderr, reason = "a test fails by panicking")]

mod keep;
mod nodes;
mod readers;
mod transfer;

use firsthand_model::*;
use firsthand_store::*;
use keep::*;
use nodes::*;
use readers::*;
use std::str::FromStr;
use std::sync::Arc;

/// A store of its own for a test, and what must live as long.
struct Fresh {
    store: Store,
    clock: Arc<ManualClock>,
    folder: tempfile::TempDir,
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

async fn sqlite() -> Fresh {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at(at("2026-03-12T12:00:00Z")));
    let store = Store::open(&DatabaseUrl::Sqlite(folder.path().join("firsthand.db")), clock.clone()).await.unwrap();
    Fresh { store, clock, folder }
}

async fn postgres(name: &str) -> Option<Fresh> {
    let url = empty_database(name).await?;
    let clock = Arc::new(ManualClock::at(at("2026-03-12T12:00:00Z")));
    let store = Store::open(&url, clock.clone()).await.unwrap();
    Some(Fresh { store, clock, folder: tempfile::tempdir().unwrap() })
}

fn address_of(database: &DatabaseUrl) -> String {
    match database {
        DatabaseUrl::Postgres(address) => address.clone(),
        DatabaseUrl::Sqlite(path) => panic!("{} is a file", path.display()),
    }
}

/// A database without anything in it, if there is a server for it.
async fn empty_database(name: &str) -> Option<DatabaseUrl> {
    let Ok(server) = std::env::var("FIRSTHAND_TEST_PG") else {
        eprintln!("SKIPPED on PostgreSQL: FIRSTHAND_TEST_PG names no server");
        return None;
    };
    let (base, _) = server.rsplit_once('/').unwrap();
    let database = format!("firsthand_test_{name}_{}", std::process::id());
    let (client, connection) = tokio_postgres::connect(&server, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(&format!("DROP DATABASE IF EXISTS {database}")).await.unwrap();
    client.batch_execute(&format!("CREATE DATABASE {database}")).await.unwrap();
    Some(DatabaseUrl::from_str(&format!("{base}/{database}")).unwrap())
}

macro_rules! on_both_engines {
    ($($test:ident),* $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let fresh = super::sqlite().await;
                super::$test(&fresh).await;
                let report = fresh.store.check().await.unwrap();
                assert_eq!(report.problems, Vec::<String>::new());
            })*
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let Some(fresh) = super::postgres(stringify!($test)).await else { return };
                super::$test(&fresh).await;
                let report = fresh.store.check().await.unwrap();
                assert_eq!(report.problems, Vec::<String>::new());
            })*
        }
    };
}

on_both_engines!(
    feeds_are_followed_polled_and_removed,
    subscriptions_are_made_renewed_and_ended,
    a_hub_that_failed_is_trusted_again_after_pushes,
    entries_are_taken_once,
    articles_are_admitted_revised_and_known,
    a_page_takes_the_place_of_a_feeds_excerpt,
    stories_are_assigned_related_and_shown,
    relations_of_other_reports_are_refused,
    what_outlets_pages_have_in_common_is_kept,
    stories_merge_part_and_lose_nothing,
    a_report_stays_where_an_editor_puts_it,
    outlets_that_are_one_are_shown_as_one,
    what_was_read_is_unread_again_with_first_hand_news,
    editors_hide_and_pin_stories,
    a_readers_taste_is_known_until_it_is_forgotten,
    rules_searches_and_preferences_are_an_accounts_own,
    what_editors_say_of_the_site_is_kept,
    excerpts_are_as_long_as_editors_allow,
    stories_are_found_by_what_their_reports_are_filed_under,
    the_first_account_is_made_once,
    accounts_are_offered_changed_and_taken_away,
    sessions_get_another_token_once_a_day,
    lists_are_ordered_filtered_and_paged,
    search_finds_and_never_fails,
    the_best_match_is_first_when_asked_for,
    votes_are_exact_under_concurrency,
    a_visitors_votes_go_to_the_account,
    accounts_sessions_tokens_and_stars,
    secrets_are_drawn_once,
    articles_are_exported,
    one_mark_stands_for_all_before_it,
    articles_have_numbers_of_32_bits,
    copies_and_speakers_of_stories_are_known,
    news_is_told_once,
    letters_are_their_readers_own,
    stars_from_elsewhere_wait_for_their_articles,
    a_mailbox_gets_nothing_before_its_owner_agrees,
    processes_share_the_work,
    nothing_is_written_under_a_lost_lease,
    hosts_that_are_left_alone_are_known_to_all,
    what_is_old_goes_with_its_story_and_what_is_held_stays,
    a_feed_keeps_so_many_articles,
);

/// Stores relations as found from the story's reports of this moment.
pub(crate) async fn relate(store: &Store, story: StoryId, relations: &StoryRelations) -> Result<bool> {
    let changes = store.reports(story).await?.changes;
    store.set_relations(story, relations, changes).await
}

async fn feed(store: &Store, name: &str) -> FeedId {
    let feed = NewFeed {
        url: format!("https://{name}.example/feed"),
        title: None,
        site_url: None,
        folder: Some("Town".to_owned()),
        page: false,
    };
    store.add_feed(&feed, name, &format!("{name}.example")).await.unwrap().id
}

fn outcome(at: Timestamp, entries: Vec<NewEntry>) -> PollOutcome {
    let document = FeedDocument {
        title: Some("A Title".to_owned()),
        site_url: None,
        format: Some("rss".to_owned()),
        entries,
        push: None,
    };
    PollOutcome { etag: Some("\"a\"".to_owned()), ..PollOutcome::brought(at, document) }
}

fn entry(key: &str, url: &str) -> NewEntry {
    let item = ParsedItem { title: Some(format!("Item {key}")), link: Some(url.to_owned()), ..ParsedItem::default() };
    NewEntry { key: key.to_owned(), url: Some(url.to_owned()), canonical_url: Some(url.to_owned()), item }
}

fn article(outlet_id: OutletId, url: &str, title: &str, text: &str, published_at: Timestamp) -> Article {
    Article {
        outlet_id,
        url: url.to_owned(),
        canonical_url: url.to_owned(),
        title: title.to_owned(),
        byline: None,
        language: Some("en".to_owned()),
        published_at,
        modified_at: None,
        fetched_at: published_at,
        excerpt: text.chars().take(40).collect(),
        text: text.to_owned(),
        html: format!("<p>{text}</p>"),
        lead_image: None,
        links: vec![Link { url: "https://elsewhere.example/".to_owned(), text: "there".to_owned() }],
        categories: Vec::new(),
        details: Details { subtitle: Some("Below it".to_owned()), ..Details::default() },
        from_feed: false,
        extract_version: 1,
    }
}

fn admission(entry_id: EntryId, article: Article) -> Admission {
    let source = Span { start: 0, end: 3, text: "Ida Marrow".to_owned(), parts: None };
    let attribution = Attribution {
        source: Some(source.clone()),
        cue: None,
        content: source,
        kind: QuoteKind::Indirect,
        source_kind: Some(SourceKind::Person),
        refers_to: None,
        via: None,
        confidence: 0.9,
    };
    let analysis = Analysis { attributions: vec![attribution], ..Analysis::default() };
    Admission { entry_id, article, analysis, trace_version: 1, recheck_at: None }
}

/// Follows an outlet, polls one entry and admits its article.
async fn admitted(fresh: &Fresh, outlet: &str, title: &str, text: &str, published: &str) -> ArticleId {
    let feed = feed(&fresh.store, outlet).await;
    let url = format!("https://{outlet}.example/{}", title.replace(' ', "-"));
    fresh.store.record_poll(feed, &outcome(fresh.clock.now(), vec![entry(title, &url)])).await.unwrap();
    let pending = fresh.store.pending_entries(fresh.clock.now(), 100).await.unwrap();
    let pending = pending.iter().find(|pending| pending.url.as_deref() == Some(&url)).unwrap();
    let article = article(pending.outlet_id, &url, title, text, at(published));
    match fresh.store.admit(&admission(pending.id, article)).await.unwrap() {
        Admitted::New(id) => id,
        other => panic!("{other:?}"),
    }
}

fn report(id: ArticleId, role: Role, voice: ArticleId, relies_on: Vec<Reliance>) -> ReportRelations {
    ReportRelations {
        id: id.to_string(),
        role,
        relies_on,
        own_reporting: Vec::new(),
        voice: voice.to_string(),
        why: "because".to_owned(),
    }
}

fn reliance(outlet: &str, article: Option<ArticleId>) -> Reliance {
    let evidence = Span { start: 1, end: 4, text: "per it".to_owned(), parts: None };
    Reliance {
        outlet: outlet.to_owned(),
        domain: None,
        article: article.map(|id| id.to_string()),
        how: How::Report,
        main: true,
        evidence,
    }
}

async fn feeds_are_followed_polled_and_removed(fresh: &Fresh) {
    let (store, now) = (&fresh.store, fresh.clock.now());
    let first = feed(store, "alpha").await;
    let again = store
        .add_feed(
            &NewFeed { url: "https://alpha.example/feed".to_owned(), ..NewFeed::default() },
            "Alpha",
            "alpha.example",
        )
        .await
        .unwrap();
    assert_eq!((again.id, again.created), (first, false));
    let second = feed(store, "beta").await;
    let page = NewFeed { url: "https://gamma.example/news/".to_owned(), page: true, ..NewFeed::default() };
    store.add_feed(&page, "Gamma", "gamma.example").await.unwrap();
    // Before its first poll it is known how it is asked.
    let due = store.due_feeds(now, 10, false).await.unwrap();
    assert_eq!(due.iter().map(|feed| feed.page).collect::<Vec<_>>(), [false, false, true]);
    assert!(store.remove_feed(&page.url).await.unwrap());
    assert_eq!(store.due_feeds(now, 10, false).await.unwrap().len(), 2);
    assert_eq!(store.next_due_at().await.unwrap(), Some(now));

    store.record_poll(first, &outcome(now, Vec::new())).await.unwrap();
    let failed = PollOutcome {
        error: Some("no answer".to_owned()),
        http_status: None,
        not_before: Some(now.plus_seconds(600)),
        next_fetch_at: now.plus_seconds(600),
        document: None,
        ..outcome(now, Vec::new())
    };
    store.record_poll(second, &failed).await.unwrap();
    store.record_poll(second, &failed).await.unwrap();
    let not_asked = PollOutcome { at: now.plus_seconds(9), asked: false, ..failed };
    store.record_poll(second, &not_asked).await.unwrap();
    assert_eq!(store.due_feeds(now, 10, false).await.unwrap().len(), 0);
    // Even when all are asked for, one that asked to be left alone is left alone.
    let all: Vec<FeedId> = store.due_feeds(now, 10, true).await.unwrap().iter().map(|feed| feed.id).collect();
    assert_eq!(all, [first]);
    let due = store.due_feeds(now.plus_seconds(600), 10, false).await.unwrap();
    assert_eq!((due[0].id, due[0].failures), (second, 2));
    assert_eq!(due[0].etag.as_deref(), Some("\"a\""));

    let views = store.feeds().await.unwrap();
    assert_eq!(views.iter().find(|view| view.id == second).unwrap().last_fetch_at, Some(now));
    let beta = views.iter().find(|view| view.id == second).unwrap();
    assert_eq!(
        (beta.last_error.as_deref(), beta.failures, beta.folder.as_deref()),
        (Some("no answer"), 2, Some("Town"))
    );
    assert_eq!(store.folders().await.unwrap(), ["Town"]);

    let moved = PollOutcome { new_url: Some("https://beta.example/new".to_owned()), ..outcome(now, Vec::new()) };
    store.record_poll(second, &moved).await.unwrap();
    let onto_another = PollOutcome { new_url: Some("https://beta.example/new".to_owned()), ..outcome(now, Vec::new()) };
    store.record_poll(first, &onto_another).await.unwrap();
    let urls: Vec<String> = store.feeds().await.unwrap().into_iter().map(|view| view.url).collect();
    assert_eq!(urls, ["https://alpha.example/feed", "https://beta.example/new"]);

    let gone = PollOutcome {
        status: FeedStatus::Gone,
        error: Some("gone".to_owned()),
        document: None,
        ..outcome(now, Vec::new())
    };
    store.record_poll(first, &gone).await.unwrap();
    assert_eq!(store.due_feeds(now.plus_seconds(99_999), 10, true).await.unwrap().len(), 1);
    assert!(store.remove_feed("https://beta.example/new").await.unwrap());
    assert!(!store.remove_feed("https://beta.example/new").await.unwrap());
    assert_eq!(
        store.record_poll(second, &outcome(now, vec![entry("late", "https://beta.example/late")])).await.unwrap(),
        PollSummary::default()
    );
}

fn offer(hub: &str, token: &str) -> NewSubscription {
    NewSubscription {
        hub: format!("https://{hub}.example/"),
        topic: "https://alpha.example/feed".to_owned(),
        token: token.to_owned(),
        secret: "s".repeat(64),
    }
}

/// A poll whose document names a hub, or none.
fn poll_with(at: Timestamp, entries: Vec<NewEntry>, push: Option<NewSubscription>) -> PollOutcome {
    let poll = outcome(at, entries);
    PollOutcome { document: poll.document.map(|document| FeedDocument { push, ..document }), ..poll }
}

async fn push(store: &Store, feed: FeedId) -> Option<Push> {
    store.feeds().await.unwrap().into_iter().find(|view| view.id == feed).unwrap().push
}

async fn subscriptions_are_made_renewed_and_ended(fresh: &Fresh) {
    let (store, clock) = (&fresh.store, &fresh.clock);
    let start = clock.now();
    let later = |seconds: i64| start.plus_seconds(seconds);
    let id = feed(store, "alpha").await;
    let due = async |at: Timestamp| store.due_subscriptions(at, 10).await.unwrap();
    store.record_poll(id, &poll_with(start, Vec::new(), None)).await.unwrap();
    assert_eq!(push(store, id).await, None);

    // The same hub and topic again change nothing, whatever token was drawn.
    store.record_poll(id, &poll_with(start, Vec::new(), Some(offer("hub", "one")))).await.unwrap();
    store.record_poll(id, &poll_with(start, Vec::new(), Some(offer("hub", "two")))).await.unwrap();
    let made = due(start).await;
    assert_eq!((made.len(), made[0].token.as_str(), made[0].asked), (1, "one", None));
    assert_eq!(made[0].feed, Some((id, "https://alpha.example/feed".to_owned())));
    assert_eq!(store.subscription("two").await.unwrap(), None);

    // One process asks; a failure is noted; a confirmation that came before it stands.
    assert!(store.ask_hub("one", HubMode::Subscribe, later(600)).await.unwrap());
    assert!(!store.ask_hub("one", HubMode::Subscribe, later(600)).await.unwrap());
    store.hub_failed("one", "no answer", later(900)).await.unwrap();
    assert_eq!((due(later(899)).await.len(), due(later(900)).await[0].failures), (0, 1));
    assert_eq!(push(store, id).await.unwrap().error.as_deref(), Some("no answer"));
    store.confirm_subscription("one", later(4000), later(3000)).await.unwrap();
    store.hub_failed("one", "late", later(900)).await.unwrap();
    let active = push(store, id).await.unwrap();
    assert_eq!((active.state, active.since, active.until), (PushState::Active, Some(start), Some(later(4000))));
    assert_eq!((active.error, active.pushes_until_trusted), (None, 1));
    assert!(due(later(2999)).await.is_empty());
    let polled = store.due_feeds(later(99_999), 10, false).await.unwrap().remove(0);
    assert_eq!((polled.push.unwrap().until, polled.last_success_at), (Some(later(4000)), Some(start)));

    // Renewed in time it goes on; over, it begins anew, and the feed is polled when it would have been.
    clock.advance_seconds(3000);
    assert!(store.ask_hub("one", HubMode::Subscribe, later(3600)).await.unwrap());
    store.confirm_subscription("one", later(6000), later(5000)).await.unwrap();
    assert_eq!(push(store, id).await.unwrap().since, Some(start));
    store.record_push("one", later(3000), &[]).await.unwrap();
    let check = PushCheck { next_fetch_at: later(90_000), owed_before: None, pushes_until_trusted: 5 };
    let poll = PollOutcome { push_check: Some(check), document: None, ..outcome(later(3000), Vec::new()) };
    store.record_poll(id, &poll).await.unwrap();
    assert_eq!(store.next_due_at().await.unwrap(), Some(later(90_000)));
    clock.advance_seconds(3000);
    assert!(store.ask_hub("one", HubMode::Subscribe, later(7000)).await.unwrap());
    assert_eq!(push(store, id).await.unwrap().state, PushState::Requested);
    assert_eq!(store.next_due_at().await.unwrap(), Some(later(4800)));
    store.confirm_subscription("one", later(9000), later(8000)).await.unwrap();
    assert_eq!(push(store, id).await.unwrap().since, Some(later(6000)));
    store.deny_subscription("one", "closed", later(20_000)).await.unwrap();
    let denied = push(store, id).await.unwrap();
    assert_eq!((denied.state, denied.error.as_deref(), denied.until), (PushState::Denied, Some("closed"), None));
    assert_eq!(store.subscription("one").await.unwrap().unwrap().asked, None);

    // Another hub takes the place of one that never confirmed without a trace; one that did is told.
    store.record_poll(id, &poll_with(later(6000), Vec::new(), Some(offer("other", "three")))).await.unwrap();
    assert_eq!(store.subscription("one").await.unwrap(), None);
    assert!(store.ask_hub("three", HubMode::Subscribe, later(7000)).await.unwrap());
    store.confirm_subscription("three", later(9000), later(8000)).await.unwrap();
    assert!(store.remove_feed("https://alpha.example/feed").await.unwrap());
    let ended = due(later(6000)).await;
    assert_eq!((ended.len(), &ended[0].feed, ended[0].until), (1, &None, Some(later(9000))));
    assert!(store.ask_hub("three", HubMode::Unsubscribe, later(9000)).await.unwrap());
    store.confirm_subscription("three", later(9000), later(9000)).await.unwrap();
    store.deny_subscription("three", "no", later(9000)).await.unwrap();
    assert_eq!(store.record_push("three", later(6000), &[entry("x", "https://alpha.example/x")]).await.unwrap().new, 0);
    assert_eq!(due(later(9000)).await[0].asked, Some(HubMode::Unsubscribe));
    store.forget_subscriptions(Some("three")).await.unwrap();
    assert!(due(later(99_999)).await.is_empty());

    // A feed that has ended wants no push.
    let id = feed(store, "beta").await;
    store.record_poll(id, &poll_with(later(6000), Vec::new(), Some(offer("hub", "four")))).await.unwrap();
    let gone = PollOutcome { status: FeedStatus::Gone, document: None, ..outcome(later(6000), Vec::new()) };
    store.record_poll(id, &gone).await.unwrap();
    assert_eq!(store.subscription("four").await.unwrap(), None);
}

async fn a_hub_that_failed_is_trusted_again_after_pushes(fresh: &Fresh) {
    let (store, start) = (&fresh.store, fresh.clock.now());
    let later = |seconds: i64| start.plus_seconds(seconds);
    let id = feed(store, "alpha").await;
    let new = |name: &str, published: Option<Timestamp>| {
        let entry = entry(name, &format!("https://alpha.example/{name}"));
        NewEntry { item: ParsedItem { published, ..entry.item }, ..entry }
    };
    let poll = async |entries: Vec<NewEntry>, owed_before: Option<Timestamp>| {
        let check = PushCheck { next_fetch_at: later(90_000), owed_before, pushes_until_trusted: 2 };
        let poll = PollOutcome { push_check: Some(check), ..poll_with(start, entries, Some(offer("hub", "one"))) };
        store.record_poll(id, &poll).await.unwrap();
        store.next_due_at().await.unwrap().unwrap()
    };
    // Entries are due at once and would hide when the feed is: their pages are given up.
    let forget_pages = async || {
        for entry in store.pending_entries(later(999), 99).await.unwrap() {
            store.record_failure(entry.id, "gone", Some(later(999_999))).await.unwrap();
        }
    };
    let seldom = async |entries: Vec<NewEntry>, owed_before| {
        poll(entries, owed_before).await;
        forget_pages().await;
        match store.next_due_at().await.unwrap().unwrap() {
            at if at == later(90_000) => true,
            at if at == later(1800) => false,
            other => panic!("{other}"),
        }
    };
    let (early, recent) = (Some(later(-3600)), Some(later(-10)));
    let judged = Some(later(-900));
    assert!(!seldom(Vec::new(), None).await, "asked, not confirmed");
    store.ask_hub("one", HubMode::Subscribe, later(600)).await.unwrap();
    store.confirm_subscription("one", later(100_000), later(80_000)).await.unwrap();
    assert!(!seldom(Vec::new(), judged).await, "confirmed, but nothing was pushed yet");
    let pushed = store.record_push("one", later(5), &[new("a", early), new("a", early), new("b", None)]).await.unwrap();
    assert_eq!(pushed, PollSummary { seen: 3, new: 2 });
    assert!(seldom(vec![new("a", early), new("b", None)], judged).await);
    // Neither what is newer than the hub may be, nor a poll that cannot tell, is a failure.
    assert!(seldom(vec![new("c", recent)], judged).await);
    assert!(seldom(vec![new("d", early)], None).await);

    assert!(!seldom(vec![new("e", early), new("f", None)], judged).await);
    let failed = push(store, id).await.unwrap();
    assert_eq!((failed.pushes_until_trusted, failed.pushes, failed.last_push_at), (2, 1, Some(later(5))));
    assert_eq!(failed.error.as_deref(), Some("a poll found what the hub had not pushed (new: 2)"));
    store.refuse_push("one", "wrongly signed").await.unwrap();
    store.record_push("one", later(6), &[new("g", early)]).await.unwrap();
    let between = push(store, id).await.unwrap();
    assert_eq!((between.pushes_until_trusted, between.refused), (1, 1));
    assert_eq!(between.error.as_deref(), Some("wrongly signed"));
    assert!(!seldom(Vec::new(), judged).await);
    store.record_push("one", later(7), &[]).await.unwrap();
    assert!(seldom(Vec::new(), judged).await);
    let trusted = push(store, id).await.unwrap();
    assert_eq!((trusted.pushes_until_trusted, trusted.error, trusted.pushes), (0, None, 3));

    // Push is switched off.
    store.forget_subscriptions(None).await.unwrap();
    assert_eq!((push(store, id).await, store.next_due_at().await.unwrap()), (None, Some(later(1800))));
}

async fn entries_are_taken_once(fresh: &Fresh) {
    let (store, now) = (&fresh.store, fresh.clock.now());
    let id = feed(store, "alpha").await;
    let poll = |entries| outcome(now, entries);
    let first = store
        .record_poll(id, &poll(vec![entry("1", "https://alpha.example/a"), entry("2", "https://alpha.example/b")]))
        .await
        .unwrap();
    assert_eq!(first, PollSummary { seen: 2, new: 2 });
    // The same again; an id that changed; an id that is used for another page; that again.
    let again = vec![
        entry("1", "https://alpha.example/a"),
        entry("other", "https://alpha.example/b"),
        entry("1", "https://alpha.example/c"),
    ];
    assert_eq!(store.record_poll(id, &poll(again.clone())).await.unwrap().new, 1);
    assert_eq!(store.record_poll(id, &poll(again)).await.unwrap().new, 0);
    let without_page = NewEntry { key: "hash".to_owned(), ..NewEntry::default() };
    assert_eq!(store.record_poll(id, &poll(vec![without_page.clone(), without_page])).await.unwrap().new, 1);
    let pending = store.pending_entries(now, 100).await.unwrap();
    assert_eq!(pending.len(), 4);
    assert_eq!(pending[0].item.title.as_deref(), Some("Item 1"));

    store.record_failure(pending[0].id, "busy", Some(now.plus_seconds(60))).await.unwrap();
    assert_eq!(store.pending_entries(now, 100).await.unwrap().len(), 3);
    let later = store.pending_entries(now.plus_seconds(60), 100).await.unwrap();
    assert_eq!(later.iter().find(|entry| entry.id == pending[0].id).unwrap().attempts, 1);
}

async fn articles_are_admitted_revised_and_known(fresh: &Fresh) {
    let (store, now) = (&fresh.store, fresh.clock.now());
    let (alpha, beta) = (feed(store, "alpha").await, feed(store, "beta").await);
    let shared = "https://alpha.example/a";
    store.record_poll(alpha, &outcome(now, vec![entry("1", shared)])).await.unwrap();
    store.record_poll(beta, &outcome(now, vec![entry("9", shared)])).await.unwrap();
    let pending = store.pending_entries(now, 10).await.unwrap();
    let text = article(pending[0].outlet_id, shared, "First", "The first text.", now);
    let recheck = Admission { recheck_at: Some(now.plus_seconds(100)), ..admission(pending[0].id, text.clone()) };
    let Admitted::New(id) = store.admit(&recheck).await.unwrap() else { panic!() };
    assert_eq!(store.admit(&admission(pending[1].id, text.clone())).await.unwrap(), Admitted::Known(id));
    let again = store.pending_entries(now.plus_seconds(100), 10).await.unwrap();
    assert_eq!((again.len(), again[0].article), (1, Some(id)));
    assert_eq!(store.admit(&recheck).await.unwrap(), Admitted::Unchanged(id));
    assert_eq!(store.article(id, None).await.unwrap().unwrap().details, text.details);
    // A note beside the text is no change of it.
    let details = Details { corrections: vec!["Correction: it was the first.".to_owned()], ..Details::default() };
    let noted = admission(pending[0].id, Article { details: details.clone(), ..text.clone() });
    assert_eq!(store.admit(&noted).await.unwrap(), Admitted::Unchanged(id));
    assert_eq!(store.article(id, None).await.unwrap().unwrap().details, details);
    let corrected = store.outlet(pending[0].outlet_id).await.unwrap().unwrap().corrected;
    assert_eq!((corrected.len(), &corrected[0].notes), (1, &details.corrections));
    let changed = Article { text: "The second text.".to_owned(), fetched_at: now.plus_seconds(100), ..text };
    assert_eq!(store.admit(&admission(pending[0].id, changed)).await.unwrap(), Admitted::Revised(id));
    let view = store.article(id, None).await.unwrap().unwrap();
    assert_eq!((view.text.as_str(), view.revisions.len()), ("The second text.", 1));
    assert_eq!(view.revisions[0].text, "The first text.");
    let found = |word: &str| SearchQuery { words: vec![word.to_owned()], limit: 10, ..SearchQuery::default() };
    assert_eq!(store.search(&found("second"), None).await.unwrap().len(), 1);
    assert_eq!(store.search(&found("first"), None).await.unwrap().len(), 1, "the headline still has it");
    assert!(store.article(ArticleId(1), None).await.unwrap().is_none());
    // Its feed goes, the article stays.
    store.remove_feed("https://alpha.example/feed").await.unwrap();
    store.remove_feed("https://beta.example/feed").await.unwrap();
    assert!(store.article(id, None).await.unwrap().is_some());
    assert!(matches!(store.admit(&recheck).await, Err(StoreError::NotFound(_))));
}

async fn a_page_takes_the_place_of_a_feeds_excerpt(fresh: &Fresh) {
    let (store, now) = (&fresh.store, fresh.clock.now());
    let alpha = feed(store, "alpha").await;
    store.record_poll(alpha, &outcome(now, vec![entry("1", "https://alpha.example/a")])).await.unwrap();
    let pending = store.pending_entries(now, 10).await.unwrap();
    let full = article(pending[0].outlet_id, "https://alpha.example/a", "Title", "The whole text.", now);
    let excerpt = Article { text: "The".to_owned(), from_feed: true, ..full.clone() };
    let Admitted::New(id) = store.admit(&admission(pending[0].id, excerpt.clone())).await.unwrap() else { panic!() };
    assert_eq!(store.admit(&admission(pending[0].id, full)).await.unwrap(), Admitted::Revised(id));
    assert_eq!(store.admit(&admission(pending[0].id, excerpt)).await.unwrap(), Admitted::Unchanged(id));
    let view = store.article(id, None).await.unwrap().unwrap();
    assert_eq!((view.text.as_str(), view.from_feed, view.revisions.len()), ("The whole text.", false, 0));
}

async fn stories_are_assigned_related_and_shown(fresh: &Fresh) {
    let store = &fresh.store;
    let first = admitted(fresh, "alpha", "Bridge closed", "The bridge is closed.", "2026-03-12T08:00:00Z").await;
    let relay = admitted(fresh, "beta", "Bridge closed too", "Per Alpha it is closed.", "2026-03-12T09:00:00Z").await;
    let other = admitted(fresh, "gamma", "Concert", "Forty pupils played.", "2026-03-12T10:00:00Z").await;
    let waiting: Vec<ArticleId> = store.ungrouped(10).await.unwrap().iter().map(|article| article.id).collect();
    assert_eq!(waiting, [first, relay, other]);
    let story = store.assign(first, Decision::New).await.unwrap();
    assert_eq!(store.assign(relay, Decision::Join(story)).await.unwrap(), story);
    assert_eq!(store.assign(relay, Decision::New).await.unwrap(), story, "assigning again changes nothing");
    let alone = store.assign(other, Decision::New).await.unwrap();
    assert_ne!(alone, story);
    assert!(store.ungrouped(10).await.unwrap().is_empty());
    let window: Vec<_> = store
        .story_window(at("2026-03-01T00:00:00Z"), 0, 100)
        .await
        .unwrap()
        .iter()
        .map(|article| (article.id, article.story_id))
        .collect();
    assert_eq!(window, [(first, Some(story)), (relay, Some(story)), (other, Some(alone))]);
    assert_eq!(store.stale_stories(10).await.unwrap(), [story, alone]);

    let reports = store.reports(story).await.unwrap().reports;
    assert_eq!(
        reports.iter().map(|report| report.publisher.as_deref().unwrap()).collect::<Vec<_>>(),
        ["alpha", "beta"]
    );
    let relations = StoryRelations {
        origin: Some(first.to_string()),
        voices: 1,
        why: "Beta names Alpha.".to_owned(),
        reports: vec![
            report(first, Role::FirstHand, first, Vec::new()),
            report(relay, Role::Relay, first, vec![reliance("alpha", Some(first)), reliance("Elsewhere", None)]),
        ],
    };
    assert!(relate(store, story, &relations).await.unwrap());
    let first = relations.reports[0].id.parse().unwrap();
    store.set_editor_role(first, Some(Role::Unclear), None).await.unwrap();
    assert!(store.stale_stories(9).await.unwrap().contains(&story), "it is related anew");
    let reports = store.reports(story).await.unwrap().reports;
    let parts: Vec<Option<Role>> = reports.iter().map(|report| report.editor_role).collect();
    assert_eq!(parts.iter().flatten().collect::<Vec<_>>(), [&Role::Unclear]);
    store.set_editor_role(first, None, None).await.unwrap();
    assert!(store.reports(story).await.unwrap().reports.iter().all(|report| report.editor_role.is_none()));
    assert!(store.set_editor_role(ArticleId(1), None, None).await.is_err());
    assert!(relate(store, story, &relations).await.unwrap(), "again is the same");
    assert_eq!(store.stale_stories(10).await.unwrap(), [alone]);

    let Some(FoundStory::Here(view)) = store.story(story, None).await.unwrap() else { panic!() };
    assert_eq!((view.card.reports, view.card.firsthand, view.card.voices), (2, 1, 1));
    assert_eq!(view.card.headline, "Bridge closed");
    assert_eq!(
        view.card.outlets.iter().map(|outlet| (outlet.name.as_str(), outlet.firsthand)).collect::<Vec<_>>(),
        [("alpha", true), ("beta", false)]
    );
    assert_eq!(view.card.report_times.len(), 2);
    assert_eq!(
        (view.origin.as_deref(), view.origin_why.as_deref()),
        (Some(first.to_string().as_str()), Some("Beta names Alpha."))
    );
    assert_eq!(view.reports[1].role, Some(Role::Relay));
    assert_eq!(view.reports[1].relies_on.len(), 2);
    assert_eq!(view.reports[1].relies_on[0].article_id, Some(first));
    assert!(store.story(StoryId(5), None).await.unwrap().is_none());

    // What is found otherwise later takes the place of what was there, and only that.
    let mut otherwise = relations.clone();
    otherwise.reports[1].relies_on = vec![reliance("Elsewhere", None), reliance("alpha", Some(first))];
    otherwise.reports[1].role = Role::Copy;
    assert!(relate(store, story, &otherwise).await.unwrap());
    let Some(FoundStory::Here(changed)) = store.story(story, None).await.unwrap() else { panic!() };
    assert_eq!((changed.reports[0].role, changed.reports[1].role), (Some(Role::FirstHand), Some(Role::Copy)));
    assert_eq!(changed.reports[1].relies_on.len(), 2);
    assert_eq!(changed.reports[1].relies_on[0].outlet, "Elsewhere");
    assert!(relate(store, story, &relations).await.unwrap());
    let Some(FoundStory::Here(again)) = store.story(story, None).await.unwrap() else { panic!() };
    assert_eq!(again.reports, view.reports);

    let page = store.article(relay, None).await.unwrap().unwrap();
    assert_eq!((page.role, page.story_id, page.also_reported_by.len()), (Some(Role::Relay), Some(story), 1));
    let outlet = store.outlet(view.reports[0].outlet_id).await.unwrap().unwrap();
    assert_eq!(
        (outlet.name.as_str(), outlet.articles, outlet.roles.as_slice()),
        ("alpha", 1, [(Role::FirstHand, 1)].as_slice())
    );
    assert_eq!((outlet.rested_on_by[0].name.as_str(), outlet.rested_on_by[0].reports), ("beta", 1));
    let beta = store.outlet(view.reports[1].outlet_id).await.unwrap().unwrap();
    assert_eq!(
        beta.rests_on.iter().map(|count| (count.name.as_str(), count.id.is_some())).collect::<Vec<_>>(),
        [("Elsewhere", false), ("alpha", true)]
    );
    assert_eq!((beta.feeds.len(), beta.recent.len()), (1, 1));
    assert!(store.outlet(OutletId(5)).await.unwrap().is_none());
    let outlets = store.outlets().await.unwrap();
    assert_eq!(
        outlets.iter().map(|outlet| (outlet.name.as_str(), outlet.firsthand)).collect::<Vec<_>>(),
        [("alpha", 1), ("beta", 0), ("gamma", 0)]
    );
    assert_eq!(store.languages().await.unwrap(), [("en".to_owned(), 3)]);
    let counts = store.counts().await.unwrap();
    assert_eq!((counts.articles, counts.stories, counts.feeds, counts.pending_entries), (3, 2, 3, 0));
}

async fn relations_of_other_reports_are_refused(fresh: &Fresh) {
    let store = &fresh.store;
    let first = admitted(fresh, "alpha", "One", "One.", "2026-03-12T08:00:00Z").await;
    let late = admitted(fresh, "beta", "Two", "Two.", "2026-03-12T09:00:00Z").await;
    let story = store.assign(first, Decision::New).await.unwrap();
    let relations = StoryRelations {
        origin: None,
        voices: 1,
        why: String::new(),
        reports: vec![report(first, Role::Unclear, first, Vec::new())],
    };
    store.assign(late, Decision::Join(story)).await.unwrap();
    assert!(!relate(store, story, &relations).await.unwrap());
    assert_eq!(store.stale_stories(10).await.unwrap(), [story]);

    // What changes while reports are related is not lost: they come again.
    let before = store.reports(story).await.unwrap();
    let both = StoryRelations {
        reports: before
            .reports
            .iter()
            .map(|given| report(given.id.parse().unwrap(), Role::Unclear, first, Vec::new()))
            .collect(),
        ..relations
    };
    store.set_editor_role(late, Some(Role::Relay), None).await.unwrap();
    assert!(store.set_relations(story, &both, before.changes).await.unwrap());
    assert_eq!(store.stale_stories(10).await.unwrap(), [story]);
    assert!(relate(store, story, &both).await.unwrap());
    assert!(store.stale_stories(10).await.unwrap().is_empty());
    assert!(store.assign(ArticleId(77), Decision::New).await.is_err());
}

async fn what_outlets_pages_have_in_common_is_kept(fresh: &Fresh) {
    let store = &fresh.store;
    let article = admitted(fresh, "alpha", "One", "The first text.", "2026-03-12T08:00:00Z").await;
    let outlet = store.outlets().await.unwrap()[0].id;
    assert!(store.site_memory(outlet).await.unwrap().is_empty());
    for memory in [vec![1, 0, 255], vec![2]] {
        store.set_site_memory(outlet, memory.clone()).await.unwrap();
        assert_eq!(store.site_memory(outlet).await.unwrap(), memory);
    }
    assert_eq!(store.article_text(article).await.unwrap().as_deref(), Some("The first text."));
    assert_eq!(store.article_text(ArticleId(77)).await.unwrap(), None);
}

async fn stories_merge_part_and_lose_nothing(fresh: &Fresh) {
    let store = &fresh.store;
    let mut articles = Vec::new();
    for (number, hour) in ["08", "09", "10", "11"].into_iter().enumerate() {
        let time = format!("2026-03-12T{hour}:00:00Z");
        articles.push(admitted(fresh, &format!("outlet{number}"), &format!("Report {number}"), "Words.", &time).await);
    }
    let [a, b, c, d] = articles[..] else { panic!() };
    let older = store.assign(a, Decision::New).await.unwrap();
    let younger = store.assign(b, Decision::New).await.unwrap();
    store.assign(c, Decision::Join(younger)).await.unwrap();
    store.assign(d, Decision::Join(older)).await.unwrap();
    let voters =
        [Voter::Visitor("one".to_owned()), Voter::Visitor("two".to_owned()), Voter::Visitor("three".to_owned())];
    let cast = async |story: StoryId, voter: &Voter, ballot: Ballot| {
        store.cast_vote(Subject::Story(story), voter, ballot, None).await.unwrap()
    };
    cast(older, &voters[0], Ballot::Like).await;
    fresh.clock.advance_seconds(60);
    // Who voted on both is counted once, by the later ballot.
    cast(younger, &voters[0], Ballot::Dislike).await;
    cast(younger, &voters[1], Ballot::Like).await;
    store.change_stories(vec![StoryChange::Merge { from: younger, into: older }]).await.unwrap();
    assert_eq!(store.story(younger, None).await.unwrap(), Some(FoundStory::Moved(older)));
    let here = async |story: StoryId| match store.story(story, Some(&voters[0])).await.unwrap() {
        Some(FoundStory::Here(view)) => view,
        other => panic!("{other:?}"),
    };
    let view = here(older).await;
    assert_eq!((view.card.reports, view.reports.len()), (4, 4));
    assert_eq!((view.card.tally.likes, view.card.tally.dislikes, view.card.tally.vote), (1, 1, Ballot::Dislike));
    let traces: Vec<_> =
        view.traces.iter().map(|trace| (trace.merged, trace.came, trace.story, trace.reports)).collect();
    assert_eq!(traces, [(true, true, younger, 2)]);
    // A vote on the old number goes to the story that it leads to, and so does a report.
    assert_eq!(cast(younger, &voters[2], Ballot::Like).await.likes, 2);
    assert_eq!(store.stale_stories(10).await.unwrap(), [older]);
    // The same again, and what does not fit, change nothing.
    store
        .change_stories(vec![
            StoryChange::Merge { from: younger, into: older },
            StoryChange::Move { article: a, from: older, to: StoryId(77) },
            StoryChange::Move { article: ArticleId(77), from: older, to: older },
            StoryChange::Split { from: StoryId(77), articles: vec![d] },
        ])
        .await
        .unwrap();
    assert_eq!(here(older).await.card.reports, 4);
    // Parted again, the number means its story again; the votes stay where they are.
    store.change_stories(vec![StoryChange::Split { from: older, articles: vec![b, c] }]).await.unwrap();
    let (first, second) = (here(older).await, here(younger).await);
    assert_eq!((first.card.reports, second.card.reports, second.card.headline.as_str()), (2, 2, "Report 1"));
    assert_eq!((first.card.tally.likes, second.card.tally.likes), (2, 0));
    assert_eq!(second.traces.last().map(|trace| (trace.merged, trace.came, trace.story)), Some((false, true, older)));
    // Neighbours are so in both directions, and are not shown when they have become one.
    store.set_neighbours(vec![(older, vec![younger, older, StoryId(77)])]).await.unwrap();
    let near: Vec<_> = here(younger).await.neighbours.iter().map(|near| (near.id, near.reports)).collect();
    assert_eq!(near, [(older, 2)]);
    assert_eq!(here(older).await.neighbours.first().map(|near| near.headline.clone()).as_deref(), Some("Report 1"));
    store.set_neighbours(vec![(older, Vec::new())]).await.unwrap();
    assert!(here(younger).await.neighbours.is_empty());
    // One report moves; the first one of a story never does.
    store
        .change_stories(vec![
            StoryChange::Move { article: c, from: younger, to: older },
            StoryChange::Move { article: a, from: older, to: younger },
        ])
        .await
        .unwrap();
    let (first, second) = (here(older).await, here(younger).await);
    assert_eq!((first.card.reports, second.card.reports), (3, 1));
    assert_eq!(first.card.last_published_at, at("2026-03-12T11:00:00Z"));
}

async fn a_report_stays_where_an_editor_puts_it(fresh: &Fresh) {
    let store = &fresh.store;
    let mut articles = Vec::new();
    for (number, hour) in ["08", "09", "10"].into_iter().enumerate() {
        let time = format!("2026-03-12T{hour}:00:00Z");
        articles.push(admitted(fresh, &format!("outlet{number}"), &format!("Report {number}"), "Words.", &time).await);
    }
    let [a, b, c] = articles[..] else { panic!() };
    assert!(matches!(store.place(a, Placement::Alone, None).await, Err(StoreError::Invalid(_))), "in no story yet");
    let bridge = store.assign(a, Decision::New).await.unwrap();
    store.assign(b, Decision::Join(bridge)).await.unwrap();
    let other = store.assign(c, Decision::New).await.unwrap();
    assert!(matches!(store.place(a, Placement::In(StoryId(77)), None).await, Err(StoreError::NotFound(_))));
    assert!(matches!(store.place(ArticleId(77), Placement::Alone, None).await, Err(StoreError::NotFound(_))));
    let reports = async |story: StoryId| match store.story(story, None).await.unwrap() {
        Some(FoundStory::Here(view)) => view.reports.iter().map(|report| report.article_id).collect::<Vec<_>>(),
        _ => Vec::new(),
    };
    let untouched = store.places_version().await.unwrap();

    // The report that began the story goes; the story keeps its number and what is left.
    assert_eq!(store.place(a, Placement::In(other), None).await.unwrap(), other);
    assert_eq!((reports(bridge).await, reports(other).await), (vec![b], vec![a, c]));
    assert!(store.article(a, None).await.unwrap().unwrap().placed_by_editor);
    assert_ne!(store.places_version().await.unwrap(), untouched);
    let window = store.story_window(at("2026-03-01T00:00:00Z"), 0, 100).await.unwrap();
    assert_eq!(window.iter().map(|article| article.placed).collect::<Vec<_>>(), [true, false, false]);
    let first = window.first().unwrap().assigned.unwrap();
    let rest = store.story_window(at("2026-03-01T00:00:00Z"), first, 1).await.unwrap();
    assert_eq!(rest, window[1..2]);

    // No second thought takes it out, or makes the two one again.
    store
        .change_stories(vec![
            StoryChange::Move { article: a, from: other, to: bridge },
            StoryChange::Split { from: other, articles: vec![a] },
            StoryChange::Merge { from: other, into: bridge },
            StoryChange::Merge { from: bridge, into: other },
        ])
        .await
        .unwrap();
    assert_eq!((reports(bridge).await, reports(other).await), (vec![b], vec![a, c]));

    // What nothing is left in leads on, with its votes, and is opened again when that is taken back.
    let voter = Voter::Visitor("one".to_owned());
    store.cast_vote(Subject::Story(bridge), &voter, Ballot::Like, None).await.unwrap();
    store.place(b, Placement::In(other), None).await.unwrap();
    assert_eq!(store.story(bridge, None).await.unwrap(), Some(FoundStory::Moved(other)));
    assert_eq!(store.tally(Subject::Story(other), None).await.unwrap().unwrap().likes, 1);
    fresh.clock.advance_seconds(1);
    assert_eq!(store.place(a, Placement::Computed, None).await.unwrap(), bridge);
    assert_eq!((reports(bridge).await, reports(other).await), (vec![a], vec![b, c]));
    assert!(!store.article(a, None).await.unwrap().unwrap().placed_by_editor);
    assert_eq!(store.place(b, Placement::Computed, None).await.unwrap(), bridge);
    assert_eq!((reports(bridge).await, reports(other).await), (vec![a, b], vec![c]));

    // Alone: under a number of its own, whoever began the story.
    let alone = store.place(a, Placement::Alone, None).await.unwrap();
    assert_ne!(alone, bridge);
    assert_eq!(store.place(b, Placement::Alone, None).await.unwrap(), bridge, "it is alone already");
    assert_eq!((reports(bridge).await, reports(alone).await), (vec![b], vec![a]));
    assert_eq!(store.place(a, Placement::In(other), None).await.unwrap(), other);
    assert_eq!(store.place(a, Placement::Computed, None).await.unwrap(), bridge, "not where the editor had it before");
    assert_eq!(store.check().await.unwrap().problems, Vec::<String>::new());
}

async fn outlets_that_are_one_are_shown_as_one(fresh: &Fresh) {
    let store = &fresh.store;
    let first = admitted(fresh, "alpha", "Bridge closed", "It is.", "2026-03-12T08:00:00Z").await;
    let second = admitted(fresh, "beta", "Bridge shut", "Alpha says so.", "2026-03-12T09:00:00Z").await;
    let story = store.assign(first, Decision::New).await.unwrap();
    store.assign(second, Decision::Join(story)).await.unwrap();
    let reports = vec![
        report(first, Role::FirstHand, first, Vec::new()),
        report(second, Role::Relay, first, vec![reliance("alpha", Some(first))]),
    ];
    let relations = StoryRelations { origin: None, voices: 1, why: String::new(), reports };
    assert!(relate(store, story, &relations).await.unwrap());
    let of = async |id: ArticleId| store.article(id, None).await.unwrap().unwrap();
    let (alpha, beta) = (of(first).await.outlet_id, of(second).await.outlet_id);
    let before = store.outlet(alpha).await.unwrap().unwrap();
    assert_eq!((before.articles, before.rested_on_by.len()), (1, 1));
    let weeks: Vec<_> = before.weeks.iter().map(|week| (week.reports, week.firsthand, week.rested_on)).collect();
    assert_eq!(weeks, [(1, 1, 1)]);
    assert_eq!(before.weeks[0].from, at("2026-03-09T00:00:00Z"));

    assert!(store.merge_outlet(alpha, Some(alpha), None).await.is_err());
    assert!(store.merge_outlet(alpha, Some(OutletId(77)), None).await.is_err());
    assert_eq!(store.merge_outlet(beta, Some(alpha), None).await.unwrap(), alpha);
    assert_eq!(store.stale_stories(9).await.unwrap(), [story]);
    assert_eq!(of(second).await.outlet_id, alpha);
    let publishers: Vec<_> =
        store.reports(story).await.unwrap().reports.into_iter().map(|report| report.publisher).collect();
    assert_eq!(publishers, [Some("alpha".to_owned()), Some("alpha".to_owned())]);
    let view = store.outlet(beta).await.unwrap().unwrap();
    assert_eq!((view.id, view.articles, view.recent.len(), view.feeds.len()), (alpha, 2, 2, 2));
    assert_eq!(view.merged.iter().map(|other| other.id).collect::<Vec<_>>(), [beta]);
    assert!(view.rested_on_by.is_empty(), "an outlet does not rest on itself");
    assert_eq!(
        store.outlets().await.unwrap().iter().map(|card| (card.id, card.articles)).collect::<Vec<_>>(),
        [(alpha, 2)]
    );
    assert_eq!(store.articles(Some(alpha), None, 9, None).await.unwrap().len(), 2);
    let named = |outlet: &str| SearchQuery { outlet: Some(outlet.to_owned()), limit: 9, ..SearchQuery::default() };
    assert_eq!(store.search(&named("alpha"), None).await.unwrap().len(), 2);
    assert_eq!(store.search(&named("beta"), None).await.unwrap().len(), 1, "by its own name too");
    let Some(FoundStory::Here(shown)) = store.story(story, None).await.unwrap() else { panic!() };
    assert_eq!(shown.card.outlets.len(), 1);
    let names: Vec<_> =
        store.outlet_names().await.unwrap().into_iter().map(|name| (name.name, name.shown_as)).collect();
    assert_eq!(names, [("alpha".to_owned(), "alpha".to_owned()), ("beta".to_owned(), "alpha".to_owned())]);
    assert!(relate(store, story, &relations).await.unwrap());
    assert!(matches!(store.merge_outlet(alpha, Some(beta), None).await, Err(StoreError::Invalid(_))), "no circle");

    assert_eq!(store.merge_outlet(beta, None, None).await.unwrap(), beta);
    assert_eq!(store.outlet(beta).await.unwrap().unwrap().articles, 1);
    assert_eq!(store.outlets().await.unwrap().len(), 2);
    assert_eq!(store.stale_stories(9).await.unwrap(), [story]);
}

async fn editors_hide_and_pin_stories(fresh: &Fresh) {
    let store = &fresh.store;
    let mut stories = Vec::new();
    for number in 0..4 {
        let time = format!("2026-03-12T0{number}:00:00Z");
        let id = admitted(fresh, &format!("outlet{number}"), &format!("Report {number}"), "Words.", &time).await;
        stories.push(store.assign(id, Decision::New).await.unwrap());
    }
    let list = async |query: StoryQuery| -> Vec<StoryId> {
        let query = StoryQuery { limit: 9, ..query };
        store.stories(&query, None).await.unwrap().into_iter().map(|card| card.id).collect()
    };
    let ranked = list(StoryQuery::default()).await;
    let (hidden, pinned) = (ranked[0], ranked[3]);
    store.mark_story(hidden, Some(StoryMark::Hidden), None).await.unwrap();
    store.mark_story(pinned, Some(StoryMark::Pinned), None).await.unwrap();
    assert_eq!(list(StoryQuery::default()).await, [pinned, ranked[1], ranked[2]]);
    assert_eq!(list(StoryQuery { order: StoryOrder::New, ..StoryQuery::default() }).await.len(), 3);
    assert_eq!(list(StoryQuery { hidden: true, ..StoryQuery::default() }).await, [hidden]);
    let found = store.search(&SearchQuery { limit: 9, ..SearchQuery::default() }, None).await.unwrap();
    assert!(found.len() == 3 && found.iter().all(|card| card.story_id != Some(hidden)));
    assert_eq!(store.articles(None, None, 9, None).await.unwrap().len(), 3);
    store.set_neighbours(vec![(ranked[1], vec![hidden, pinned])]).await.unwrap();
    let Some(FoundStory::Here(view)) = store.story(ranked[1], None).await.unwrap() else { panic!() };
    assert_eq!(view.neighbours.iter().map(|near| near.id).collect::<Vec<_>>(), [pinned]);
    let Some(FoundStory::Here(view)) = store.story(hidden, None).await.unwrap() else { panic!() };
    assert_eq!(view.card.mark, Some(StoryMark::Hidden));
    store.mark_story(hidden, None, None).await.unwrap();
    store.mark_story(pinned, None, None).await.unwrap();
    assert_eq!(list(StoryQuery::default()).await, ranked);
    assert!(store.mark_story(StoryId(77), None, None).await.is_err());
}

async fn what_was_read_is_unread_again_with_first_hand_news(fresh: &Fresh) {
    let store = &fresh.store;
    let a = admitted(fresh, "alpha", "Report", "Words.", "2026-03-12T08:00:00Z").await;
    let b = admitted(fresh, "beta", "Another", "Words.", "2026-03-12T09:00:00Z").await;
    let (story, other) = (store.assign(a, Decision::New).await.unwrap(), store.assign(b, Decision::New).await.unwrap());
    let ann = store.add_user("ann", "hash", UserRole::Reader).await.unwrap().id;
    let voter = Voter::User(ann);
    let unread = async || -> Vec<StoryId> {
        let query = StoryQuery { unread_by: Some(ann), limit: 9, ..StoryQuery::default() };
        store.stories(&query, None).await.unwrap().into_iter().map(|card| card.id).collect()
    };
    let read = async |story: StoryId| match store.story(story, Some(&voter)).await.unwrap() {
        Some(FoundStory::Here(view)) => view.card.read,
        _ => panic!(),
    };
    assert_eq!(unread().await.len(), 2);
    store.set_read(ann, vec![story, StoryId(77)], true).await.unwrap();
    assert_eq!((unread().await, read(story).await, read(other).await), (vec![other], true, false));
    assert!(!store.stories(&StoryQuery { limit: 9, ..StoryQuery::default() }, None).await.unwrap()[0].read);
    // A first-hand report that was published after it was read.
    let later = fresh.clock.now().plus_seconds(3600).to_string();
    let c = admitted(fresh, "gamma", "First-hand", "Words.", &later).await;
    store.assign(c, Decision::Join(story)).await.unwrap();
    assert_eq!(unread().await, [other], "as long as it is not known to be first-hand");
    let reports = vec![report(a, Role::Unclear, a, Vec::new()), report(c, Role::FirstHand, c, Vec::new())];
    let relations = StoryRelations { origin: None, voices: 2, why: String::new(), reports };
    assert!(relate(store, story, &relations).await.unwrap());
    assert_eq!((unread().await.len(), read(story).await), (2, false));
    store.set_read(ann, vec![other], true).await.unwrap();
    store.set_read(ann, vec![other], false).await.unwrap();
    assert_eq!(unread().await.len(), 2);
}

async fn a_readers_taste_is_known_until_it_is_forgotten(fresh: &Fresh) {
    let store = &fresh.store;
    let mut articles = Vec::new();
    for number in 0..3 {
        let time = format!("2026-03-12T0{number}:00:00Z");
        articles.push(admitted(fresh, "alpha", &format!("Report {number}"), "Words.", &time).await);
    }
    let [a, b, c] = articles[..] else { panic!() };
    let story = store.assign(a, Decision::New).await.unwrap();
    let ann = store.add_user("ann", "hash", UserRole::Reader).await.unwrap().id;
    let ben = store.add_user("ben", "hash", UserRole::Reader).await.unwrap().id;
    store.cast_vote(Subject::Story(story), &Voter::User(ann), Ballot::Like, None).await.unwrap();
    fresh.clock.advance_seconds(1);
    store.cast_vote(Subject::Article(b), &Voter::User(ann), Ballot::Dislike, None).await.unwrap();
    store.cast_vote(Subject::Article(c), &Voter::User(ben), Ballot::Like, None).await.unwrap();
    fresh.clock.advance_seconds(1);
    store.set_star(ann, c, true).await.unwrap();
    let taste = async |user: UserId| -> Vec<(String, bool)> {
        store.taste(user, 9).await.unwrap().into_iter().map(|taste| (taste.title, taste.like)).collect()
    };
    let of = |number: usize, like: bool| (format!("Report {number}"), like);
    assert_eq!(taste(ann).await, [of(2, true), of(1, false), of(0, true)]);
    assert_eq!(store.taste(ann, 1).await.unwrap().len(), 1);
    store.forget_taste(ann).await.unwrap();
    assert_eq!(taste(ann).await, []);
    assert_eq!(taste(ben).await, [of(2, true)]);
    assert_eq!(store.tally(Subject::Story(story), None).await.unwrap().unwrap().likes, 1, "the vote counts on");
    fresh.clock.advance_seconds(1);
    store.cast_vote(Subject::Article(b), &Voter::User(ann), Ballot::Like, None).await.unwrap();
    assert_eq!(taste(ann).await, [of(1, true)]);
}

async fn lists_are_ordered_filtered_and_paged(fresh: &Fresh) {
    let store = &fresh.store;
    let mut stories = Vec::new();
    for (number, outlet) in ["alpha", "beta", "gamma"].iter().enumerate() {
        let id =
            admitted(fresh, outlet, &format!("Story {number}"), "Text.", &format!("2026-03-12T0{}:00:00Z", number + 5))
                .await;
        let story = store.assign(id, Decision::New).await.unwrap();
        let role = if number == 1 { Role::FirstHand } else { Role::Unclear };
        let relations = StoryRelations {
            origin: None,
            voices: 1,
            why: String::new(),
            reports: vec![report(id, role, id, Vec::new())],
        };
        assert!(relate(store, story, &relations).await.unwrap());
        stories.push(story);
    }
    let voter = Voter::Visitor("v".to_owned());
    store.cast_vote(Subject::Story(stories[0]), &voter, Ballot::Like, Some("p")).await.unwrap();
    let list = |query: StoryQuery| {
        let (store, voter) = (store.clone(), voter.clone());
        async move {
            store
                .stories(&StoryQuery { limit: if query.limit == 0 { 10 } else { query.limit }, ..query }, Some(&voter))
                .await
                .unwrap()
        }
    };
    let ids = |cards: &[StoryCard]| cards.iter().map(|card| card.id).collect::<Vec<_>>();
    let new = list(StoryQuery { order: StoryOrder::New, ..StoryQuery::default() }).await;
    assert_eq!(ids(&new), [stories[2], stories[1], stories[0]]);
    assert_eq!((new[2].tally.vote, new[2].tally.likes, new[2].like_prefixes), (Ballot::Like, 1, 1));
    assert_eq!(
        ids(&list(StoryQuery { order: StoryOrder::Top { hours: 24 }, ..StoryQuery::default() }).await)[0],
        stories[0]
    );
    assert_eq!(list(StoryQuery { order: StoryOrder::Top { hours: 1 }, ..StoryQuery::default() }).await.len(), 0);
    assert_eq!(
        ids(&list(StoryQuery { order: StoryOrder::New, limit: 1, offset: 1, ..StoryQuery::default() }).await),
        [stories[1]]
    );
    assert_eq!(ids(&list(StoryQuery { firsthand_only: true, ..StoryQuery::default() }).await), [stories[1]]);
    assert_eq!(list(StoryQuery { language: Some("de".to_owned()), ..StoryQuery::default() }).await.len(), 0);
    assert_eq!(
        list(StoryQuery { language: Some("en".to_owned()), folder: Some("Town".to_owned()), ..StoryQuery::default() })
            .await
            .len(),
        3
    );
    assert_eq!(list(StoryQuery { folder: Some("Country".to_owned()), ..StoryQuery::default() }).await.len(), 0);
    let ranked = list(StoryQuery::default()).await;
    assert_eq!(ranked.len(), 3);
    assert!(ranked.iter().all(|card| card.why_here.is_some()));
    assert_eq!(list(StoryQuery { offset: 2, ..StoryQuery::default() }).await.len(), 1);
    let articles = store.articles(None, None, 2, Some(&voter)).await.unwrap();
    assert_eq!(articles.len(), 2);
    assert!(articles[0].id > articles[1].id);
    assert_eq!(store.articles(None, Some(articles[1].id), 2, None).await.unwrap().len(), 1);
    assert_eq!(store.articles(Some(articles[0].outlet_id), None, 9, None).await.unwrap().len(), 1);
}

async fn search_finds_and_never_fails(fresh: &Fresh) {
    let store = &fresh.store;
    let id = admitted(
        fresh,
        "alpha",
        "Brücke gesperrt",
        "Der Stadtrat sperrt die alte Brücke am Hafen. 100%_sicher",
        "2026-03-12T08:00:00Z",
    )
    .await;
    let story = store.assign(id, Decision::New).await.unwrap();
    let relations = StoryRelations {
        origin: None,
        voices: 1,
        why: String::new(),
        reports: vec![report(id, Role::FirstHand, id, Vec::new())],
    };
    relate(store, story, &relations).await.unwrap();
    let count = |query: SearchQuery| {
        let store = store.clone();
        async move { store.search(&SearchQuery { limit: 10, ..query }, None).await.unwrap().len() }
    };
    let none = SearchQuery::default;
    let words = |words: &[&str]| SearchQuery {
        words: words.iter().map(|word| (*word).to_owned()).collect(),
        ..SearchQuery::default()
    };
    assert_eq!(count(words(&["Stadtrat", "Hafen"])).await, 1);
    assert_eq!(count(words(&["Stadtrat", "Bahnhof"])).await, 0);
    assert_eq!(count(SearchQuery { phrases: vec!["alte Brücke".to_owned()], ..none() }).await, 1);
    assert_eq!(count(SearchQuery { phrases: vec!["Brücke alte".to_owned()], ..none() }).await, 0);
    let begun = |prefix: &str| SearchQuery { prefixes: vec![prefix.to_owned()], ..SearchQuery::default() };
    assert_eq!((count(begun("stadtr")).await, count(begun("tadtrat")).await, count(begun("o'")).await), (1, 0, 0));
    let not = |word: &str| SearchQuery { without: vec![word.to_owned()], ..words(&["Hafen"]) };
    assert_eq!((count(not("Bahnhof")).await, count(not("alte Brücke")).await), (1, 0));
    assert_eq!(count(SearchQuery { story: Some(story), ..none() }).await, 1);
    assert_eq!(count(SearchQuery { story: Some(StoryId(77)), ..none() }).await, 0);
    assert_eq!(count(SearchQuery { author: Some("nobody".to_owned()), ..none() }).await, 0);
    let ann = store.add_user("ann", "hash", UserRole::Reader).await.unwrap().id;
    let starred = SearchQuery { starred_only: true, limit: 9, ..none() };
    assert!(matches!(store.search(&starred, None).await, Err(StoreError::Invalid(_))), "whose stars?");
    assert_eq!(store.search(&starred, Some(&Voter::User(ann))).await.unwrap().len(), 0);
    store.set_star(ann, id, true).await.unwrap();
    assert_eq!(store.search(&starred, Some(&Voter::User(ann))).await.unwrap().len(), 1);
    assert_eq!(count(SearchQuery { outlet: Some("ALPH".to_owned()), ..none() }).await, 1);
    assert_eq!(count(SearchQuery { outlet: Some("a%a".to_owned()), ..none() }).await, 0);
    assert_eq!(count(SearchQuery { source: Some("ida marrow".to_owned()), ..none() }).await, 1);
    assert_eq!(
        count(SearchQuery {
            after: Some(at("2026-03-12T08:00:00Z")),
            before: Some(at("2026-03-12T08:00:01Z")),
            ..none()
        })
        .await,
        1
    );
    assert_eq!(count(SearchQuery { before: Some(at("2026-03-12T08:00:00Z")), ..none() }).await, 0);
    assert_eq!(count(SearchQuery { firsthand_only: true, language: Some("en".to_owned()), ..none() }).await, 1);
    for hostile in [
        "\"",
        "'",
        "a\" OR b",
        "NEAR(",
        "*",
        "title:",
        "-",
        "\0x",
        "' OR 1=1 --",
        "(",
        "\\",
        "AND",
        "%_!",
        "🦀",
        ":*",
        "a:*|b",
        "^x",
        "{",
    ] {
        for query in [
            words(&[hostile]),
            SearchQuery { phrases: vec![hostile.to_owned()], ..none() },
            SearchQuery { source: Some(hostile.to_owned()), ..none() },
            SearchQuery { outlet: Some(hostile.to_owned()), ..none() },
        ] {
            count(query).await;
        }
    }
}

async fn votes_are_exact_under_concurrency(fresh: &Fresh) {
    let id = admitted(fresh, "alpha", "One", "One.", "2026-03-12T08:00:00Z").await;
    let story = fresh.store.assign(id, Decision::New).await.unwrap();
    let subject = Subject::Story(story);
    let mut tasks = Vec::new();
    for task in 0..8 {
        let store = fresh.store.clone();
        tasks.push(tokio::spawn(async move {
            for voter in (task..200).step_by(8) {
                let (visitor, prefix) = (Voter::Visitor(format!("v{voter}")), format!("p{}", voter % 7));
                // All like; every second one changes its mind, every fifth withdraws; each ballot comes twice.
                for ballot in [
                    Some(Ballot::Like),
                    (voter % 2 == 0).then_some(Ballot::Dislike),
                    (voter % 5 == 0).then_some(Ballot::None),
                ]
                .into_iter()
                .flatten()
                {
                    store.cast_vote(subject, &visitor, ballot, Some(&prefix)).await.unwrap();
                    store.cast_vote(subject, &visitor, ballot, Some(&prefix)).await.unwrap();
                }
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let expected = |wanted: bool| (0..200).filter(|voter| voter % 5 != 0 && (voter % 2 == 0) != wanted).count() as u64;
    let tally = fresh.store.tally(subject, Some(&Voter::Visitor("v1".to_owned()))).await.unwrap().unwrap();
    assert_eq!((tally.likes, tally.dislikes, tally.vote), (expected(true), expected(false), Ballot::Like));
    assert!(matches!(
        fresh
            .store
            .cast_vote(Subject::Article(ArticleId(3)), &Voter::Visitor("v".to_owned()), Ballot::Like, None)
            .await,
        Err(StoreError::NotFound(_))
    ));
    assert!(fresh.store.tally(Subject::Story(StoryId(3)), None).await.unwrap().is_none());
}

async fn a_visitors_votes_go_to_the_account(fresh: &Fresh) {
    let store = &fresh.store;
    let (one, two) = (
        admitted(fresh, "alpha", "One", "One.", "2026-03-12T08:00:00Z").await,
        admitted(fresh, "beta", "Two", "Two.", "2026-03-12T08:00:00Z").await,
    );
    let user = store.add_user("Ann", "hash", UserRole::Reader).await.unwrap();
    let (visitor, account) = (Voter::Visitor("v".to_owned()), Voter::User(user.id));
    store.cast_vote(Subject::Article(one), &visitor, Ballot::Like, None).await.unwrap();
    store.cast_vote(Subject::Article(two), &visitor, Ballot::Like, None).await.unwrap();
    store.cast_vote(Subject::Article(two), &account, Ballot::Dislike, None).await.unwrap();
    store.adopt_votes(&visitor, user.id).await.unwrap();
    store.adopt_votes(&visitor, user.id).await.unwrap();
    let tally = |id| store.tally(Subject::Article(id), Some(&account));
    assert_eq!(tally(one).await.unwrap().unwrap(), Tally { likes: 1, dislikes: 0, vote: Ballot::Like });
    assert_eq!(tally(two).await.unwrap().unwrap(), Tally { likes: 0, dislikes: 1, vote: Ballot::Dislike });
    assert_eq!(store.counts().await.unwrap().votes, 2);
}

async fn accounts_sessions_tokens_and_stars(fresh: &Fresh) {
    let (store, now) = (&fresh.store, fresh.clock.now());
    let ann = store.add_user("Ann", "hash", UserRole::Editor).await.unwrap();
    assert!(matches!(store.add_user("ANN", "x", UserRole::Reader).await, Err(StoreError::Conflict(_))));
    let (found, hash) = store.user_by_name("ann").await.unwrap().unwrap();
    assert_eq!((found.id, found.role, hash.as_str()), (ann.id, UserRole::Editor, "hash"));
    assert!(store.user_by_name("bob").await.unwrap().is_none());
    assert_eq!(store.users().await.unwrap().len(), 1);
    store.add_session(ann.id, b"one", now.plus_seconds(100)).await.unwrap();
    store.add_session(ann.id, b"two", now.plus_seconds(100)).await.unwrap();
    assert_eq!(store.session_user(b"one").await.unwrap().unwrap().0.id, ann.id);
    store.end_session(b"one").await.unwrap();
    assert!(store.session_user(b"one").await.unwrap().is_none());
    store.set_password("ann", "other").await.unwrap();
    assert!(store.session_user(b"two").await.unwrap().is_none(), "a new password ends all sessions");
    assert!(matches!(store.set_password("bob", "x").await, Err(StoreError::NotFound(_))));
    store.add_session(ann.id, b"three", now.plus_seconds(100)).await.unwrap();
    fresh.clock.advance_seconds(100);
    assert!(store.session_user(b"three").await.unwrap().is_none(), "it has expired");
    store.add_token(ann.id, "phone", b"token").await.unwrap();
    assert_eq!(store.token_user(b"token").await.unwrap().unwrap().name, "Ann");
    assert!(store.token_user(b"other").await.unwrap().is_none());
    let id = admitted(fresh, "alpha", "One", "One.", "2026-03-12T08:00:00Z").await;
    store.set_star(ann.id, id, true).await.unwrap();
    store.set_star(ann.id, id, true).await.unwrap();
    assert_eq!(store.starred(ann.id, 10, 0).await.unwrap().len(), 1);
    store.set_star(ann.id, id, false).await.unwrap();
    assert_eq!(store.starred(ann.id, 10, 0).await.unwrap().len(), 0);
    assert!(matches!(store.set_star(ann.id, ArticleId(4), true).await, Err(StoreError::NotFound(_))));
}

struct Fixed(u8);

impl Random for Fixed {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

async fn secrets_are_drawn_once(fresh: &Fresh) {
    assert_eq!(fresh.store.secret("cookies", &Fixed(1)).await.unwrap(), vec![1; 32]);
    assert_eq!(fresh.store.secret("cookies", &Fixed(2)).await.unwrap(), vec![1; 32]);
    assert_eq!(fresh.store.secret("others", &Fixed(2)).await.unwrap(), vec![2; 32]);
}

async fn articles_are_exported(fresh: &Fresh) {
    let one = admitted(fresh, "alpha", "One", "One.", "2026-03-12T08:00:00Z").await;
    let two = admitted(fresh, "beta", "Two", "Two.", "2026-03-12T08:00:00Z").await;
    let first = fresh.store.export_articles(None, 1).await.unwrap();
    assert_eq!(
        (first[0].id, first[0].feed.as_deref(), first[0].links.len()),
        (one, Some("https://alpha.example/feed"), 1)
    );
    let rest = fresh.store.export_articles(Some(one), 10).await.unwrap();
    assert_eq!(rest.iter().map(|article| article.id).collect::<Vec<_>>(), [two]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_whole_and_can_be_put_back() {
    let fresh = sqlite().await;
    let id = admitted(&fresh, "alpha", "One", "One.", "2026-03-12T08:00:00Z").await;
    let (copy, target) = (fresh.folder.path().join("copy.db"), fresh.folder.path().join("other").join("firsthand.db"));
    fresh.store.backup(&copy).await.unwrap();
    assert!(fresh.store.backup(&copy).await.unwrap_err().to_string().contains("never replaces"));
    admitted(&fresh, "beta", "Two", "Two.", "2026-03-12T08:00:00Z").await;
    Store::restore(&copy, &target).unwrap();
    Store::restore(&copy, &target).unwrap();
    assert!(target.with_file_name("firsthand.db.before-restore").exists());
    let restored = Store::open(&DatabaseUrl::Sqlite(target.clone()), fresh.clock.clone()).await.unwrap();
    assert_eq!(restored.counts().await.unwrap().articles, 1);
    assert!(restored.article(id, None).await.unwrap().is_some());
    assert_eq!(restored.check().await.unwrap().problems, Vec::<String>::new());
    let text = fresh.folder.path().join("text");
    std::fs::write(&text, "not a database at all, but long enough to be read as one").unwrap();
    assert!(Store::restore(&text, &target).unwrap_err().to_string().contains("cannot be restored"));
    assert!(
        Store::restore(&fresh.folder.path().join("nothing"), &target).unwrap_err().to_string().contains("no such file")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_database_of_ours_is_refused_and_left_alone() {
    let fresh = sqlite().await;
    let path = fresh.folder.path().join("text.db");
    std::fs::write(&path, "This is a letter, not a database. ".repeat(100)).unwrap();
    let open = |path: &std::path::Path| {
        let (database, clock) = (DatabaseUrl::Sqlite(path.to_owned()), fresh.clock.clone());
        async move { Store::open(&database, clock).await }
    };
    let error = open(&path).await.err().unwrap().to_string();
    assert!(error.contains("no SQLite database") && error.contains("--data"), "{error}");
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("This is a letter"));
    let newer = fresh.folder.path().join("newer.db");
    rusqlite::Connection::open(&newer)
        .unwrap()
        .execute_batch("CREATE TABLE schema_version (version BIGINT NOT NULL, oldest BIGINT); INSERT INTO schema_version VALUES (99, NULL)")
        .unwrap();
    let error = open(&newer).await.err().unwrap();
    assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error}");
    // A newer schema that only added something is worked with: processes are exchanged one by one.
    let added = fresh.folder.path().join("added.db");
    open(&added).await.unwrap();
    rusqlite::Connection::open(&added).unwrap().execute_batch("INSERT INTO schema_version VALUES (99, 1)").unwrap();
    open(&added).await.unwrap();
    let nowhere = fresh.folder.path().join("no").join("where.db");
    assert!(open(&nowhere).await.err().unwrap().to_string().contains("folder"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_taken_at_any_moment_is_whole() {
    let fresh = sqlite().await;
    let from = fresh.folder.path().to_owned();
    for round in 0..12 {
        admitted(&fresh, &format!("outlet{round}"), &format!("Title {round}"), "Some text.", "2026-03-12T08:00:00Z")
            .await;
        // As a power cut would leave it: the file and its log, without closing either.
        let copy = tempfile::tempdir().unwrap();
        for name in ["firsthand.db", "firsthand.db-wal"] {
            std::fs::copy(from.join(name), copy.path().join(name)).unwrap();
        }
        let store =
            Store::open(&DatabaseUrl::Sqlite(copy.path().join("firsthand.db")), fresh.clock.clone()).await.unwrap();
        let report = store.check().await.unwrap();
        assert_eq!(report.problems, Vec::<String>::new());
        assert_eq!(report.counts.articles, round + 1);
    }
}

async fn rules_searches_and_preferences_are_an_accounts_own(fresh: &Fresh) {
    let store = &fresh.store;
    let ann = store.add_user("ann", "hash", UserRole::Reader).await.unwrap().id;
    let ben = store.add_user("ben", "hash", UserRole::Reader).await.unwrap().id;
    let rule = Rule { id: 0, effect: RuleEffect::Hide, field: RuleField::Words, pattern: "football".to_owned() };
    let id = store.add_rule(ann, rule.clone()).await.unwrap();
    let second = Rule { effect: RuleEffect::Show, field: RuleField::Outlet, ..rule.clone() };
    store.add_rule(ann, second.clone()).await.unwrap();
    let rules = store.rules(ann).await.unwrap();
    assert_eq!(rules[0], Rule { id, ..rule.clone() });
    assert_eq!((rules[1].effect, rules[1].field), (second.effect, second.field));
    assert!(store.rules(ben).await.unwrap().is_empty());
    // Nobody takes another's rule away.
    assert!(!store.remove_rule(ben, id).await.unwrap());
    assert!(store.remove_rule(ann, id).await.unwrap() && !store.remove_rule(ann, id).await.unwrap());
    for _ in 1..200 {
        store.add_rule(ann, rule.clone()).await.unwrap();
    }
    assert!(store.add_rule(ann, rule.clone()).await.unwrap_err().to_string().contains("200 rules"));
    assert!(store.add_rule(ben, rule).await.is_ok());

    let id = store.save_search(ann, "Bridge", "bridge outlet:radio", false).await.unwrap();
    fresh.clock.advance_seconds(60);
    assert_eq!(store.save_search(ann, "The bridge", "bridge outlet:radio", true).await.unwrap(), id);
    let saved = store.saved_searches(ann).await.unwrap();
    assert_eq!((saved.len(), saved[0].name.as_str(), saved[0].alert), (1, "The bridge", true));
    let before = saved[0].seen_at;
    store.search_seen(ben, "bridge outlet:radio").await.unwrap();
    assert_eq!(store.saved_searches(ann).await.unwrap()[0].seen_at, before);
    store.search_seen(ann, "bridge outlet:radio").await.unwrap();
    assert_eq!(store.saved_searches(ann).await.unwrap()[0].seen_at, before.plus_seconds(60));
    assert!(!store.remove_search(ben, id).await.unwrap());
    assert!(store.remove_search(ann, id).await.unwrap());

    assert_eq!(store.preferences(ann).await.unwrap(), Preferences::default());
    let wish =
        Preferences { layout: Layout::Dense, time_zone: Some("Europe/Berlin".to_owned()), ..Preferences::default() };
    store.set_preferences(ann, wish.clone()).await.unwrap();
    assert_eq!(store.preferences(ann).await.unwrap(), wish);
    assert_eq!(store.preferences(ben).await.unwrap(), Preferences::default());
}

async fn what_editors_say_of_the_site_is_kept(fresh: &Fresh) {
    let store = &fresh.store;
    let ann = store.add_user("ann", "hash", UserRole::Editor).await.unwrap().id;
    let setting = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    store
        .set_site_settings(vec![setting("name", "Town News"), setting("voters", "accounts")], Some(ann))
        .await
        .unwrap();
    store.set_site_settings(vec![setting("name", "Harbour News"), setting("voters", "")], None).await.unwrap();
    let settings = store.site_settings().await.unwrap();
    assert_eq!(settings.into_iter().collect::<Vec<_>>(), [setting("name", "Harbour News")]);
    assert_eq!(store.site_file("logo").await.unwrap(), None);
    store.set_site_file("logo", Some(("image/png".to_owned(), vec![1, 2, 3]))).await.unwrap();
    store.set_site_file("logo", Some(("image/gif".to_owned(), vec![4]))).await.unwrap();
    let logo = store.site_file("logo").await.unwrap().unwrap();
    assert_eq!((logo.media_type.as_str(), logo.content.as_slice()), ("image/gif", &[4][..]));
    store.set_site_file("logo", None).await.unwrap();
    assert_eq!(store.site_file("logo").await.unwrap(), None);
}

async fn excerpts_are_as_long_as_editors_allow(fresh: &Fresh) {
    let store = &fresh.store;
    let text = "The bridge is shut. It cost 3.5 million to mend. Lorries take the long way round.";
    let id = admitted(fresh, "radio", "The bridge is shut", text, "2026-03-12T09:00:00Z").await;
    let story = store.assign(id, Decision::New).await.unwrap();
    let outlet = store.article(id, None).await.unwrap().unwrap().outlet_id;
    let whole = store.article(id, None).await.unwrap().unwrap().excerpt;
    for (chars, expected) in [
        // A point within a number ends nothing.
        (Some(31), "The bridge is shut."),
        (Some(12), "The bridge …"),
        (Some(0), ""),
        (Some(5000), whole.as_str()),
        (None, whole.as_str()),
    ] {
        store.set_excerpt_chars(outlet, chars).await.unwrap();
        assert_eq!(store.article(id, None).await.unwrap().unwrap().excerpt, expected);
        let cards = store.articles(Some(outlet), None, 5, None).await.unwrap();
        assert_eq!(cards[0].excerpt, expected);
        let stories = StoryQuery { limit: 5, ..StoryQuery::default() };
        assert_eq!(store.stories(&stories, None).await.unwrap()[0].excerpt, expected);
        let Some(FoundStory::Here(view)) = store.story(story, None).await.unwrap() else { panic!("a story") };
        assert_eq!((view.card.excerpt.as_str(), view.reports[0].excerpt.as_str()), (expected, expected));
        assert_eq!(store.excerpt_chars().await.unwrap().first().map(|(_, chars)| *chars), chars);
    }
    assert!(store.set_excerpt_chars(OutletId(1), Some(5)).await.is_err());
}

async fn stories_are_found_by_what_their_reports_are_filed_under(fresh: &Fresh) {
    let store = &fresh.store;
    let morning = "2026-03-12T09:00:00Z";
    let bridge = admitted(fresh, "radio", "The bridge is shut", "The bridge is shut to lorries.", morning).await;
    let match_ = admitted(fresh, "post", "Rovers win at home", "The Rovers won their match at home.", morning).await;
    let bridge = store.assign(bridge, Decision::New).await.unwrap();
    let game = store.assign(match_, Decision::New).await.unwrap();
    let found = |labels: &[&str]| {
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        let query = StoryQuery { labels, limit: 5, ..StoryQuery::default() };
        async move { store.stories(&query, None).await.unwrap().into_iter().map(|card| card.id).collect::<Vec<_>>() }
    };
    assert_eq!(found(&["bridge", "harbour"]).await, [bridge]);
    assert_eq!(found(&["rovers"]).await, [game]);
    assert!(found(&["lorries"]).await.is_empty(), "words of the text are no labels");
    let words = ["bridge", "tram"].map(str::to_owned).to_vec();
    let used = store.labels_in_use(words.clone(), at("2026-03-01T00:00:00Z")).await.unwrap();
    assert_eq!(used.into_iter().collect::<Vec<_>>(), ["bridge"]);
    assert!(store.labels_in_use(words, at("2027-03-01T00:00:00Z")).await.unwrap().is_empty());
}

async fn the_first_account_is_made_once(fresh: &Fresh) {
    let store = &fresh.store;
    assert!(!store.has_accounts().await.unwrap());
    let tries = (0..4).map(|number| {
        let store = store.clone();
        tokio::spawn(async move { store.add_first_user(&format!("first{number}"), "hash").await.unwrap() })
    });
    let mut made = Vec::new();
    for attempt in tries.collect::<Vec<_>>() {
        made.extend(attempt.await.unwrap());
    }
    assert_eq!(made.len(), 1);
    assert_eq!((made[0].role, store.users().await.unwrap().len()), (UserRole::Administrator, 1));

    struct Fixed(u8);
    impl Random for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }
    let (day, today) = store.daily_secret("network of", &Fixed(1)).await.unwrap();
    assert_eq!(store.daily_secret("network of", &Fixed(2)).await.unwrap(), (day, today.clone()));
    fresh.clock.advance_seconds(86_400);
    let (next, tomorrow) = store.daily_secret("network of", &Fixed(3)).await.unwrap();
    assert_eq!((next, tomorrow == today), (day + 1, false));
    fresh.clock.advance_seconds(-86_400);
    // The day before is kept for those whose clock is behind; older ones are gone.
    assert_eq!(store.daily_secret("network of", &Fixed(4)).await.unwrap().1, today);
    fresh.clock.advance_seconds(2 * 86_400);
    store.daily_secret("network of", &Fixed(5)).await.unwrap();
    fresh.clock.advance_seconds(-2 * 86_400);
    assert_ne!(store.daily_secret("network of", &Fixed(6)).await.unwrap().1, today);
}

async fn the_best_match_is_first_when_asked_for(fresh: &Fresh) {
    let store = &fresh.store;
    let best = admitted(
        fresh,
        "alpha",
        "Tram strike ends",
        "The tram strike is over. The tram runs. Tram drivers cheer.",
        "2026-03-10T08:00:00Z",
    )
    .await;
    let other =
        "A long report of a council that met about many things, roads and rents and bins, and in passing of a tram. ";
    let newest = admitted(fresh, "beta", "Council meets", &other.repeat(4), "2026-03-12T08:00:00Z").await;
    let found = |by_relevance: bool, words: &[&str]| {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        let query = SearchQuery { words, by_relevance, limit: 10, ..SearchQuery::default() };
        async move { store.search(&query, None).await.unwrap().into_iter().map(|card| card.id).collect::<Vec<_>>() }
    };
    assert_eq!(found(false, &["tram"]).await, [newest, best]);
    assert_eq!(found(true, &["tram"]).await, [best, newest]);
    assert_eq!(found(true, &["tram", "strike"]).await, [best]);
    assert!(found(true, &["ferry"]).await.is_empty());
    // Without words there is nothing to match: the newest first.
    assert_eq!(found(true, &[]).await, [newest, best]);
}

async fn accounts_are_offered_changed_and_taken_away(fresh: &Fresh) {
    let (store, now) = (&fresh.store, fresh.clock.now());
    let ann = store.add_user("ann", "hash", UserRole::Administrator).await.unwrap().id;
    let made = store.invite(ann, UserRole::Editor, b"code", now.plus_seconds(100)).await.unwrap();
    assert_eq!((made.by.as_str(), made.role), ("ann", UserRole::Editor));
    store.invite(ann, UserRole::Reader, b"other", now.plus_seconds(50)).await.unwrap();
    assert_eq!(store.invitations().await.unwrap().len(), 2);
    assert_eq!(store.invited(b"code").await.unwrap(), Some(UserRole::Editor));
    assert_eq!(store.invited(b"none").await.unwrap(), None);
    // A name that is taken uses nothing up.
    let taken = store.accept_invitation(b"code", "Ann", "hash").await;
    assert!(matches!(taken, Err(StoreError::Conflict(_))), "{taken:?}");
    let ben = store.accept_invitation(b"code", "ben", "hash").await.unwrap().unwrap();
    assert_eq!(ben.role, UserRole::Editor);
    assert_eq!(store.accept_invitation(b"code", "cleo", "hash").await.unwrap(), None);
    fresh.clock.advance_seconds(51);
    assert_eq!(store.invited(b"other").await.unwrap(), None);
    let again = store.invite(ann, UserRole::Reader, b"third", now.plus_seconds(100)).await.unwrap();
    assert!(store.revoke_invitation(&again.id).await.unwrap() && !store.revoke_invitation(&again.id).await.unwrap());

    store.add_identity(ben.id, "https://id.example/", "7").await.unwrap();
    assert_eq!(store.identity_user("https://id.example/", "7").await.unwrap().unwrap().name, "ben");
    assert!(store.identity_user("https://id.example/", "8").await.unwrap().is_none());
    assert!(matches!(store.add_identity(ann, "https://id.example/", "7").await, Err(StoreError::Conflict(_))));
    let key = store.add_passkey(ben.id, "phone", "{}").await.unwrap();
    store.update_passkey(ben.id, key, "{\"used\":1}").await.unwrap();
    let keys = store.passkeys(ben.id).await.unwrap();
    assert_eq!((keys.len(), keys[0].label.as_str(), keys[0].key_json.as_str()), (1, "phone", "{\"used\":1}"));
    assert!(!store.remove_passkey(ann, key).await.unwrap() && store.remove_passkey(ben.id, key).await.unwrap());
    // The last administrator stays one, and stays.
    assert!(store.set_role(ann, UserRole::Reader).await.unwrap_err().to_string().contains("no administrator"));
    assert!(store.remove_user(ann).await.unwrap_err().to_string().contains("no administrator"));
    assert_eq!(store.set_role(ben.id, UserRole::Administrator).await.unwrap().role, UserRole::Administrator);
    assert_eq!(store.set_role(ann, UserRole::Reader).await.unwrap().role, UserRole::Reader);

    // What is an account's own goes with it; its votes count on.
    let article = admitted(fresh, "one", "a", "Something happened.", "2026-03-12T08:00:00Z").await;
    let subject = Subject::Article(article);
    store.cast_vote(subject, &Voter::User(ann), Ballot::Like, Some("net")).await.unwrap();
    store.set_star(ann, article, true).await.unwrap();
    store.set_articles_read(ann, vec![article], true).await.unwrap();
    store.read_stream(ann, Stream::All, fresh.clock.now()).await.unwrap();
    store.add_token(ann, "phone", b"token").await.unwrap();
    let tokens = store.tokens(ann).await.unwrap();
    assert_eq!((tokens.len(), tokens[0].label.as_str()), (1, "phone"));
    assert!(!store.remove_token(ben.id, &tokens[0].id).await.unwrap());
    assert!(store.remove_token(ann, &tokens[0].id).await.unwrap());
    assert!(store.token_user(b"token").await.unwrap().is_none());
    store.note(Some(ann), "ann", Action::SignedIn, "").await.unwrap();
    store.note(None, "cleo", Action::SignInRefused, "").await.unwrap();
    assert_eq!(store.remove_user(ann).await.unwrap().name, "ann");
    assert!(store.user(ann).await.unwrap().is_none());
    assert_eq!(store.tally(subject, None).await.unwrap().unwrap().likes, 1);
    let log = store.audit(None, 9).await.unwrap();
    assert_eq!(log.iter().map(|entry| entry.action).collect::<Vec<_>>(), [Action::SignInRefused, Action::SignedIn]);
    assert_eq!((log[1].account_id, log[1].name.as_str()), (None, "ann"));
    assert_eq!(store.audit(Some(log[0].id), 9).await.unwrap(), log[1..]);
}

async fn sessions_get_another_token_once_a_day(fresh: &Fresh) {
    let (store, now) = (&fresh.store, fresh.clock.now());
    let ann = store.add_user("ann", "hash", UserRole::Reader).await.unwrap().id;
    let until = now.plus_seconds(30 * 86_400);
    store.add_session(ann, b"old", until).await.unwrap();
    assert!(!store.session_user(b"old").await.unwrap().unwrap().1);
    assert!(!store.renew_session(b"old", b"new", until).await.unwrap());
    fresh.clock.advance_seconds(86_401);
    assert!(store.session_user(b"old").await.unwrap().unwrap().1);
    assert!(store.renew_session(b"old", b"new", until).await.unwrap());
    // Once: a request that came at the same time leaves the new one alone, and the old one is good for a moment.
    assert!(!store.renew_session(b"old", b"newer", until).await.unwrap());
    assert!(!store.session_user(b"old").await.unwrap().unwrap().1);
    assert_eq!(store.session_user(b"new").await.unwrap().unwrap().0.id, ann);
    fresh.clock.advance_seconds(61);
    assert!(store.session_user(b"old").await.unwrap().is_none());
}

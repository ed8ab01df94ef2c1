//! What reader apps mark, and how readers are told of news.

use super::*;

/// The numbers of a stream's articles for an account.
async fn stream(store: &Store, user: UserId, query: StreamQuery) -> Vec<ArticleId> {
    let query = StreamQuery { limit: 100, ..query };
    let ids = store.stream_ids(user, query.clone()).await.unwrap();
    assert_eq!(store.stream_count(user, query).await.unwrap(), ids.len() as u64);
    ids.into_iter().map(|(id, _)| id).collect()
}

fn unread(stream: Stream) -> StreamQuery {
    StreamQuery { stream, unread_only: true, oldest_first: true, ..StreamQuery::default() }
}

/// Unread articles of each feed, by the feed's address.
async fn counts(store: &Store, user: UserId) -> Vec<(String, u64)> {
    let feeds = store.feeds().await.unwrap();
    let url = |id: FeedId| feeds.iter().find(|feed| feed.id == id).unwrap().url.clone();
    let mut counts: Vec<_> =
        store.unread_counts(user).await.unwrap().into_iter().map(|count| (url(count.feed_id), count.unread)).collect();
    counts.sort();
    counts
}

pub(super) async fn one_mark_stands_for_all_before_it(fresh: &Fresh) {
    let store = &fresh.store;
    let ann = store.add_user("ann", "hash", UserRole::Reader).await.unwrap().id;
    let ben = store.add_user("ben", "hash", UserRole::Reader).await.unwrap().id;
    let mut ids = Vec::new();
    for (outlet, title) in [("one", "a"), ("two", "b"), ("one", "c"), ("two", "d"), ("three", "e")] {
        ids.push(admitted(fresh, outlet, title, "Something happened.", "2026-03-12T08:00:00Z").await);
        fresh.clock.advance_seconds(60);
    }
    let feeds = store.feeds().await.unwrap();
    let feed = |name: &str| feeds.iter().find(|feed| feed.url.contains(name)).unwrap().id;
    assert_eq!(stream(store, ann, unread(Stream::All)).await, ids);

    // A single mark, then one for a feed up to its first article: the later one stays unread.
    store.set_articles_read(ann, vec![ids[1]], true).await.unwrap();
    let first =
        store.stream_ids(ann, StreamQuery { limit: 9, oldest_first: true, ..StreamQuery::default() }).await.unwrap();
    store.read_stream(ann, Stream::Feed(feed("one")), first[0].1).await.unwrap();
    assert_eq!(stream(store, ann, unread(Stream::All)).await, [ids[2], ids[3], ids[4]]);
    let read = StreamQuery { stream: Stream::Read, oldest_first: true, ..StreamQuery::default() };
    assert_eq!(stream(store, ann, read.clone()).await, [ids[0], ids[1]]);
    assert_eq!(
        stream(
            store,
            ann,
            StreamQuery { stream: Stream::Feed(feed("one")), read_only: true, ..StreamQuery::default() }
        )
        .await,
        [ids[0]]
    );
    let count = |name: &str, count: u64| (format!("https://{name}.example/feed"), count);
    assert_eq!(counts(store, ann).await, [count("one", 1), count("three", 1), count("two", 1)]);

    // Unread again although the feed is read up to there, and still so when something else is marked.
    store.set_articles_read(ann, vec![ids[0]], false).await.unwrap();
    store.set_articles_read(ann, vec![ids[4]], true).await.unwrap();
    assert_eq!(stream(store, ann, unread(Stream::All)).await, [ids[0], ids[2], ids[3]]);
    assert_eq!(counts(store, ann).await, [count("one", 2), count("two", 1)]);
    let items = store.stream_items(ann, ids.clone()).await.unwrap();
    assert_eq!(items.iter().map(|item| item.read).collect::<Vec<_>>(), [false, true, false, false, true]);

    // Everything: what was kept unread too. What comes later is new.
    store.read_stream(ann, Stream::All, fresh.clock.now()).await.unwrap();
    assert_eq!(stream(store, ann, unread(Stream::All)).await, []);
    assert_eq!(counts(store, ann).await, []);
    assert_eq!(stream(store, ann, read).await, ids);
    fresh.clock.advance_seconds(60);
    let later = admitted(fresh, "one", "f", "Something else happened.", "2026-03-12T09:00:00Z").await;
    assert_eq!(stream(store, ann, unread(Stream::All)).await, [later]);
    store.set_articles_read(ann, vec![ids[3]], false).await.unwrap();
    assert_eq!(stream(store, ann, unread(Stream::All)).await, [ids[3], later]);
    assert_eq!(counts(store, ann).await, [count("one", 1), count("two", 1)]);
    // An older mark takes nothing back.
    store.read_stream(ann, Stream::All, first[0].1).await.unwrap();
    assert_eq!(stream(store, ann, unread(Stream::All)).await, [ids[3], later]);

    // By folder, by star, without a folder.
    store.edit_feed(feed("two"), None, Some("Desk".to_owned())).await.unwrap();
    store.read_stream(ann, Stream::Folder("Desk".to_owned()), fresh.clock.now()).await.unwrap();
    assert_eq!(stream(store, ann, unread(Stream::All)).await, [later]);
    store.set_star(ann, later, true).await.unwrap();
    assert_eq!(stream(store, ann, StreamQuery { without_starred: true, ..unread(Stream::All) }).await, []);
    store.read_stream(ann, Stream::Starred, fresh.clock.now()).await.unwrap();
    assert_eq!(stream(store, ann, unread(Stream::All)).await, []);
    store.set_articles_read(ann, vec![later], false).await.unwrap();
    store.edit_feed(feed("one"), None, Some(String::new())).await.unwrap();
    assert_eq!(stream(store, ann, unread(Stream::NoFolder)).await, [later]);
    store.read_stream(ann, Stream::NoFolder, fresh.clock.now()).await.unwrap();
    assert_eq!(stream(store, ann, unread(Stream::NoFolder)).await, []);
    // What two feeds brought is read in both, and unread again in both.
    let shared =
        NewEntry { canonical_url: Some("https://one.example/f".to_owned()), ..entry("f", "https://one.example/f") };
    store.record_poll(feed("two"), &outcome(fresh.clock.now(), vec![shared])).await.unwrap();
    let pending = store.pending_entries(fresh.clock.now(), 100).await.unwrap();
    let other = pending.iter().find(|pending| pending.feed_id == feed("two")).unwrap();
    let again = article(other.outlet_id, "https://one.example/f", "f", "Something else happened.", fresh.clock.now());
    assert_eq!(store.admit(&admission(other.id, again)).await.unwrap(), Admitted::Known(later));
    let cleo = store.add_user("cleo", "hash", UserRole::Reader).await.unwrap().id;
    assert_eq!(counts(store, cleo).await, [count("one", 3), count("three", 1), count("two", 3)]);
    store.read_stream(cleo, Stream::Feed(feed("one")), fresh.clock.now()).await.unwrap();
    assert_eq!(counts(store, cleo).await, [count("three", 1), count("two", 2)]);
    store.set_articles_read(cleo, vec![later], false).await.unwrap();
    assert_eq!(counts(store, cleo).await, [count("one", 1), count("three", 1), count("two", 3)]);
    let among = Some(vec![later, ids[0]]);
    assert_eq!(stream(store, cleo, StreamQuery { among, ..unread(Stream::Feed(feed("two"))) }).await, [later]);
    let none = StreamQuery { among: Some(Vec::new()), ..unread(Stream::All) };
    assert_eq!(stream(store, cleo, none).await, []);
    // Nobody else is touched.
    assert_eq!(stream(store, ben, unread(Stream::All)).await.len(), 6);
}

pub(super) async fn articles_have_numbers_of_32_bits(fresh: &Fresh) {
    let store = &fresh.store;
    let ann = store.add_user("ann", "hash", UserRole::Reader).await.unwrap().id;
    let first = admitted(fresh, "one", "beta", "Something happened.", "2026-03-12T08:00:00Z").await;
    store.give_numbers().await.unwrap();
    let second = admitted(fresh, "two", "alpha", "Something happened.", "2026-03-12T07:00:00Z").await;
    store.give_numbers().await.unwrap();
    store.give_numbers().await.unwrap();
    let numbers = store.article_numbers(vec![first, second]).await.unwrap();
    assert_eq!((numbers[&first], numbers[&second]), (1, 2));
    let known = store.articles_numbered(vec![1, 2, 99]).await.unwrap();
    assert_eq!((known.len(), known[&1], known[&2]), (2, first, second));
    assert_eq!(store.feed_numbers().await.unwrap().len(), 2);
    let ordered = |order| StreamQuery { order, oldest_first: true, ..StreamQuery::default() };
    assert_eq!(stream(store, ann, ordered(StreamOrder::Number)).await, [first, second]);
    assert_eq!(stream(store, ann, ordered(StreamOrder::Published)).await, [second, first]);
    assert_eq!(stream(store, ann, ordered(StreamOrder::Title)).await, [second, first]);
    assert_eq!(stream(store, ann, ordered(StreamOrder::Byline)).await.len(), 2);
    assert_eq!(stream(store, ann, StreamQuery { above_number: Some(1), ..StreamQuery::default() }).await, [second]);
    assert_eq!(stream(store, ann, StreamQuery { below_number: Some(2), ..StreamQuery::default() }).await, [first]);
    let morning = Some(at("2026-03-12T07:30:00Z"));
    assert_eq!(stream(store, ann, StreamQuery { published_since: morning, ..StreamQuery::default() }).await, [first]);
    assert_eq!(stream(store, ann, StreamQuery { published_until: morning, ..StreamQuery::default() }).await, [second]);
    let page = StreamQuery { offset: 1, limit: 1, ..StreamQuery::default() };
    assert_eq!(store.stream_ids(ann, page).await.unwrap().len(), 1);
}

pub(super) async fn copies_and_speakers_of_stories_are_known(fresh: &Fresh) {
    let store = &fresh.store;
    let ann = store.add_user("ann", "hash", UserRole::Reader).await.unwrap().id;
    let origin = admitted(fresh, "one", "The bridge falls", "It fell.", "2026-03-12T08:00:00Z").await;
    let copy = admitted(fresh, "two", "Bridge falls", "It fell.", "2026-03-12T09:00:00Z").await;
    let other = admitted(fresh, "three", "Bridge fell", "It fell.", "2026-03-12T10:00:00Z").await;
    let relay = admitted(fresh, "four", "Bridge down", "It fell, One says.", "2026-03-12T11:00:00Z").await;
    let story = store.assign(origin, Decision::New).await.unwrap();
    for id in [copy, other, relay] {
        store.assign(id, Decision::Join(story)).await.unwrap();
    }
    let reuse = || vec![Reliance { how: How::Reuse, ..reliance("One", Some(origin)) }];
    let relations = StoryRelations {
        origin: Some(origin.to_string()),
        voices: 1,
        reports: vec![
            report(origin, Role::FirstHand, origin, Vec::new()),
            report(copy, Role::Copy, origin, reuse()),
            report(other, Role::Copy, origin, reuse()),
            report(relay, Role::Relay, origin, vec![reliance("One", Some(origin))]),
        ],
        why: "because".to_owned(),
    };
    assert!(relate(store, story, &relations).await.unwrap());
    for from in [origin, copy, other] {
        let mut together = store.with_copies(vec![from]).await.unwrap();
        together.sort();
        assert_eq!(together, [origin, copy, other]);
    }
    assert_eq!(store.with_copies(vec![relay]).await.unwrap(), [relay]);
    assert_eq!(stream(store, ann, StreamQuery { stream: Stream::Stories, ..StreamQuery::default() }).await, [origin]);
    let items = store.stream_items(ann, vec![origin, copy]).await.unwrap();
    assert_eq!((items[0].speaks, items[0].role, items[0].reports), (true, Some(Role::FirstHand), 4));
    assert_eq!((items[1].speaks, items[1].why.as_deref()), (false, Some("because")));
    store.read_stream(ann, Stream::Stories, fresh.clock.now()).await.unwrap();
    assert_eq!(stream(store, ann, unread(Stream::All)).await, [copy, other, relay]);
}

fn webhook() -> NewChannel {
    NewChannel {
        kind: ChannelKind::Webhook,
        address: "https://hook.example/".to_owned(),
        secret: Some("whsec_AAAA".to_owned()),
        code: None,
    }
}

fn watch_of(channel: &Channel, kind: WatchKind, query: SearchQuery, next_at: Timestamp) -> NewWatch {
    NewWatch {
        channel_id: channel.id,
        kind,
        subject: "bridge".to_owned(),
        name: "Bridges".to_owned(),
        query,
        stop_code: format!("stop {kind:?}"),
        next_at,
    }
}

pub(super) async fn news_is_told_once(fresh: &Fresh) {
    let (store, now) = (&fresh.store, fresh.clock.now());
    let ann = store.add_user("ann", "hash", UserRole::Reader).await.unwrap().id;
    let ben = store.add_user("ben", "hash", UserRole::Reader).await.unwrap().id;
    let before = admitted(fresh, "one", "The bridge before", "A bridge.", "2026-03-12T08:00:00Z").await;
    store.assign(before, Decision::New).await.unwrap();
    let way = store.add_channel(ann, webhook()).await.unwrap();
    let words = SearchQuery { words: vec!["bridge".to_owned()], ..SearchQuery::default() };
    let id = store.add_watch(ann, watch_of(&way, WatchKind::Search, words.clone(), now)).await.unwrap();
    // The same again is the same; another's way is none of ben's.
    assert_eq!(store.add_watch(ann, watch_of(&way, WatchKind::Search, words.clone(), now)).await.unwrap(), id);
    let theft = store.add_watch(ben, watch_of(&way, WatchKind::Search, words.clone(), now)).await;
    assert!(matches!(theft, Err(StoreError::NotFound(_))), "{theft:?}");
    // What was there before is no news.
    assert_eq!(store.due_watches(9).await.unwrap().0, []);

    let new = admitted(fresh, "two", "The bridge fell", "A bridge fell.", "2026-03-12T09:00:00Z").await;
    store.assign(new, Decision::New).await.unwrap();
    let other = admitted(fresh, "two", "A harvest", "Wheat.", "2026-03-12T09:30:00Z").await;
    store.assign(other, Decision::New).await.unwrap();
    let (due, last) = store.due_watches(9).await.unwrap();
    assert_eq!((due.len(), due[0].watch.id, due[0].account), (1, id, ann));
    let found = |query: SearchQuery, seen: i64| async move {
        let query = SearchQuery { assigned: Some((seen, last)), limit: 9, ..query };
        store.search(&query, None).await.unwrap().into_iter().map(|card| card.id).collect::<Vec<_>>()
    };
    let seen = due[0].seen;
    assert_eq!(found(due[0].query.clone(), seen).await, [new]);
    let outlet = store.feeds().await.unwrap().into_iter().find(|feed| feed.url.contains("two")).unwrap().outlet_id;
    assert_eq!(found(SearchQuery { outlet_id: Some(outlet), ..SearchQuery::default() }, seen).await, [other, new]);
    assert_eq!(found(words.clone(), last).await, []);

    let notice = Notice { heading: "Bridges: one".to_owned(), path: "/".to_owned(), items: Vec::new() };
    let next_at = now.plus_seconds(60);
    assert!(store.looked(due[0].clone(), last, next_at, Some(notice.clone())).await.unwrap());
    // Another process that looked at the same time tells nothing.
    assert!(!store.looked(due[0].clone(), last, next_at, Some(notice.clone())).await.unwrap());
    assert_eq!(store.due_watches(9).await.unwrap().0, []);

    // Taken, and by nobody else while it is under way; after that again, and it says so.
    let taken = store.take_deliveries(9, 30).await.unwrap();
    assert_eq!(taken.len(), 1);
    assert_eq!((taken[0].attempt, taken[0].may_repeat, &taken[0].notice), (1, false, &notice));
    assert_eq!((taken[0].secret.as_deref(), taken[0].code.as_deref()), (Some("whsec_AAAA"), Some("stop Search")));
    assert_eq!(store.take_deliveries(9, 30).await.unwrap(), []);
    fresh.clock.advance_seconds(31);
    let again = store.take_deliveries(9, 30).await.unwrap();
    assert_eq!((again[0].id, again[0].attempt, again[0].may_repeat), (taken[0].id, 2, true));
    // A failure that was reported is no repeat.
    let retry_at = fresh.clock.now().plus_seconds(5);
    store.delivery_failed(taken[0].id, "no answer", Some(retry_at)).await.unwrap();
    assert_eq!(store.channels(ann).await.unwrap()[0].last_error.as_deref(), Some("no answer"));
    assert_eq!(store.take_deliveries(9, 30).await.unwrap(), []);
    fresh.clock.advance_seconds(6);
    let third = store.take_deliveries(9, 30).await.unwrap();
    assert_eq!((third[0].attempt, third[0].may_repeat), (3, false));
    store.delivered(taken[0].id).await.unwrap();
    fresh.clock.advance_seconds(3600);
    assert_eq!(store.take_deliveries(9, 30).await.unwrap(), []);
    let way = &store.channels(ann).await.unwrap()[0];
    assert!(way.last_error.is_none() && way.last_success_at.is_some());

    // The stories of the day are due when their time comes, whether or not there is anything new.
    let digest = watch_of(way, WatchKind::Daily, SearchQuery::default(), fresh.clock.now().plus_seconds(60));
    store.add_watch(ann, digest).await.unwrap();
    assert_eq!(store.due_watches(9).await.unwrap().0, []);
    fresh.clock.advance_seconds(61);
    assert_eq!(store.due_watches(9).await.unwrap().0.len(), 1);

    // Taken away: by its owner, by its code, with its way.
    assert!(!store.remove_watch(ben, id).await.unwrap() && store.remove_watch(ann, id).await.unwrap());
    assert_eq!(store.watch_by_code("stop Daily").await.unwrap().unwrap().kind, WatchKind::Daily);
    assert!(store.stop_watch("stop Daily").await.unwrap() && !store.stop_watch("stop Daily").await.unwrap());
    assert_eq!(store.watches(ann).await.unwrap(), []);
    assert!(!store.remove_channel(ben, way.id).await.unwrap() && store.remove_channel(ann, way.id).await.unwrap());
}

pub(super) async fn a_mailbox_gets_nothing_before_its_owner_agrees(fresh: &Fresh) {
    let (store, now) = (&fresh.store, fresh.clock.now());
    let ann = store.add_user("ann", "hash", UserRole::Reader).await.unwrap().id;
    let mailbox = NewChannel {
        kind: ChannelKind::Email,
        address: "ann@example.org".to_owned(),
        secret: None,
        code: Some("yes".to_owned()),
    };
    let way = store.add_channel(ann, mailbox).await.unwrap();
    assert!(!way.confirmed);
    let asked = store.take_deliveries(9, 30).await.unwrap();
    assert_eq!((asked[0].kind, asked[0].code.as_deref()), (DeliveryKind::Confirm, Some("yes")));
    store.delivered(asked[0].id).await.unwrap();
    store.add_watch(ann, watch_of(&way, WatchKind::Daily, SearchQuery::default(), now)).await.unwrap();
    assert_eq!(store.due_watches(9).await.unwrap().0, []);
    assert_eq!(store.channel_by_code("yes").await.unwrap().unwrap().address, "ann@example.org");
    assert!(!store.confirm_channel("no").await.unwrap() && store.confirm_channel("yes").await.unwrap());
    assert_eq!(store.due_watches(9).await.unwrap().0.len(), 1);

    // A service keeps articles and tells of nothing.
    let service = NewChannel { kind: ChannelKind::Readeck, ..webhook() };
    let service = store.add_channel(ann, service).await.unwrap();
    let refused = store.add_watch(ann, watch_of(&service, WatchKind::Weekly, SearchQuery::default(), now)).await;
    assert!(matches!(refused, Err(StoreError::Invalid(_))), "{refused:?}");
    assert_eq!(store.save_elsewhere(ann, Notice::default()).await.unwrap(), 1);
    assert_eq!(store.take_deliveries(9, 30).await.unwrap()[0].kind, DeliveryKind::Save);
    for _ in 2..20 {
        store.add_channel(ann, webhook()).await.unwrap();
    }
    assert!(store.add_channel(ann, webhook()).await.unwrap_err().to_string().contains("20 ways"));
}

pub(super) async fn stars_from_elsewhere_wait_for_their_articles(fresh: &Fresh) {
    let store = &fresh.store;
    let ann = store.add_user("ann", "hash", UserRole::Reader).await.unwrap().id;
    let here = admitted(fresh, "one", "a", "Something happened.", "2026-03-12T08:00:00Z").await;
    let link = |url: &str| StarredLink {
        url: url.to_owned(),
        title: "A title".to_owned(),
        outlet: Some("One".to_owned()),
        published: None,
    };
    let links = vec![link("https://one.example/a"), link("https://one.example/b"), link("https://gone.example/")];
    let brought = store.bring_stars(ann, links.clone()).await.unwrap();
    assert_eq!(brought, StarsBrought { starred: 1, kept: 2 });
    let starred =
        || async { store.starred(ann, 9, 0).await.unwrap().into_iter().map(|card| card.id).collect::<Vec<_>>() };
    assert_eq!(starred().await, [here]);
    // Again changes nothing.
    assert_eq!(store.bring_stars(ann, links).await.unwrap(), StarsBrought { starred: 1, kept: 0 });
    assert_eq!(store.kept_links(ann, 9, 0).await.unwrap().len(), 2);
    fresh.clock.advance_seconds(60);
    let later = admitted(fresh, "one", "b", "Something else happened.", "2026-03-12T09:00:00Z").await;
    assert_eq!(starred().await, [later, here]);
    assert_eq!(store.kept_links(ann, 9, 0).await.unwrap(), [link("https://gone.example/")]);
    assert!(store.remove_kept_link(ann, "https://gone.example/").await.unwrap());
    assert!(!store.remove_kept_link(ann, "https://gone.example/").await.unwrap());
}

pub(super) async fn letters_are_their_readers_own(fresh: &Fresh) {
    let store = &fresh.store;
    let ann = store.add_user("ann", "hash", UserRole::Reader).await.unwrap().id;
    let ben = store.add_user("ben", "hash", UserRole::Reader).await.unwrap().id;
    store.set_letter_code(ann, Some("abc".to_owned())).await.unwrap();
    assert_eq!(store.letter_code(ann).await.unwrap().as_deref(), Some("abc"));
    assert_eq!(
        (store.user_by_letter_code("abc").await.unwrap(), store.user_by_letter_code("x").await.unwrap()),
        (Some(ann), None)
    );
    let letter = |key: &str| NewLetter {
        key: key.to_owned(),
        sender: "Harbour".to_owned(),
        sender_address: "news@harbour.example".to_owned(),
        subject: format!("Letter {key}"),
        html: "<p>Ferries.</p>".to_owned(),
        excerpt: "Ferries.".to_owned(),
        received_at: fresh.clock.now(),
    };
    assert!(store.add_letter(ann, letter("1")).await.unwrap());
    // Handed over twice it is one.
    assert!(!store.add_letter(ann, letter("1")).await.unwrap());
    assert!(store.add_letter(ann, letter("2")).await.unwrap());
    let all = store.letters(ann, None, 9).await.unwrap();
    assert_eq!(all.iter().map(|card| card.subject.as_str()).collect::<Vec<_>>(), ["Letter 2", "Letter 1"]);
    assert_eq!(store.letters(ann, Some(all[0].id), 9).await.unwrap(), all[1..]);
    assert_eq!(store.letter(ann, all[0].id).await.unwrap().unwrap().html, "<p>Ferries.</p>");
    assert!(store.letters(ben, None, 9).await.unwrap().is_empty());
    assert!(store.letter(ben, all[0].id).await.unwrap().is_none());
    assert!(!store.remove_letter(ben, all[0].id).await.unwrap() && store.remove_letter(ann, all[0].id).await.unwrap());
    store.set_letter_code(ann, None).await.unwrap();
    assert_eq!(store.user_by_letter_code("abc").await.unwrap(), None);
}

//! The libraries that reader apps are built on.

use firsthand_client_tests::{Demo, NAME};
use reqwest::Url;
use std::collections::HashSet;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

#[tokio::test]
async fn greader() {
    use greader_api::GReaderApi;
    use greader_api::models::*;
    let demo = Demo::start().await;
    let client = &demo.client;
    for base in [format!("{}/api/greader.php", demo.base), demo.base.clone()] {
        let api = GReaderApi::new(url(&base), AuthData::Uninitialized);
        let input = |password: &str| {
            AuthInput::Google(GoogleAuthInput { username: NAME.to_owned(), password: password.to_owned() })
        };
        assert!(api.login(&input("wrong"), client).await.is_err());
        api.login(&input(&demo.password), client).await.unwrap();
        assert_eq!(api.user_info(client).await.unwrap().user_name, NAME);

        let feeds = api.subscription_list(client).await.unwrap().subscriptions;
        assert!(feeds.len() > 5, "{}", feeds.len());
        let tags = api.tag_list(client).await.unwrap().tags;
        assert!(tags.iter().any(|tag| tag.id.ends_with("/starred")));
        let unread = api.unread_count(client).await.unwrap();
        let all = "user/-/state/com.google/reading-list";
        let total =
            |unread: &Unread| unread.unreadcounts.iter().find(|count| count.id == all).map_or(0, |count| count.count);
        assert!(total(&unread) > 15);

        // Pages of numbers, without a repeat and to the end.
        let (mut ids, mut continuation) = (Vec::new(), None);
        loop {
            let query = StreamQuery {
                stream_id: Some(all),
                amount: Some(7),
                continuation: continuation.as_deref(),
                ..StreamQuery::default()
            };
            let page = api.items_ids(&query, client).await.unwrap();
            ids.extend(page.item_refs.unwrap_or_default().into_iter().map(|item| item.id));
            continuation = page.continuation;
            if continuation.is_none() {
                break;
            }
        }
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
        assert!(ids.len() > 15);
        let two = &ids[..2];
        let items = api.items_contents(two, client).await.unwrap().items;
        assert_eq!(items.len(), 2);
        assert!(items.iter().all(|item| item.content.as_ref().is_some_and(|content| !content.content.is_empty())
            && !item.alternate.is_empty()));

        // Read, unread again, starred.
        let state = |items: &[Item], state: State| {
            items.iter().filter(|item| item.categories.iter().any(|category| category == state.as_str())).count()
        };
        api.tag_edit(two, &[State::Read.as_str(), State::Starred.as_str()], &[], client).await.unwrap();
        let items = api.items_contents(two, client).await.unwrap().items;
        assert_eq!((state(&items, State::Read), state(&items, State::Starred)), (2, 2));
        api.tag_edit(&two[..1], &[], &[State::Read.as_str(), State::Starred.as_str()], client).await.unwrap();
        let items = api.items_contents(two, client).await.unwrap().items;
        assert_eq!((state(&items, State::Read), state(&items, State::Starred)), (1, 1));
        let starred =
            StreamQuery { stream_id: Some(State::Starred.as_str()), amount: Some(9), ..StreamQuery::default() };
        assert_eq!(api.stream_contents(&starred, client).await.unwrap().items.len(), 1);
        api.tag_edit(two, &[], &[State::Read.as_str(), State::Starred.as_str()], client).await.unwrap();

        // A folder whose name has spaces, slashes and ampersands.
        let (feed, label) = (&feeds[0].id, "Town & Country / North 100%");
        let folder = format!("user/-/label/{label}");
        api.subscription_edit(feed, None, None, Some(&folder), client).await.unwrap();
        assert!(api.tag_list(client).await.unwrap().tags.iter().any(|tag| tag.id == folder));
        let within = StreamQuery { stream_id: Some(&folder), amount: Some(99), ..StreamQuery::default() };
        let of_folder = api.stream_contents(&within, client).await.unwrap().items;
        assert!(!of_folder.is_empty() && of_folder.iter().all(|item| item.origin.stream_id == *feed));
        assert_eq!(api.items_ids(&within, client).await.unwrap().item_refs.unwrap_or_default().len(), of_folder.len());
        assert_eq!(api.items_count(&folder, true, client).await.unwrap().count, of_folder.len() as u64);
        let renamed = "user/-/label/Old Town";
        api.tag_rename(StreamType::Stream, &folder, renamed, client).await.unwrap();
        assert!(
            api.subscription_list(client)
                .await
                .unwrap()
                .subscriptions
                .iter()
                .any(|feed| feed.categories.iter().any(|category| category.id == renamed))
        );
        api.mark_all_as_read(renamed, None, client).await.unwrap();
        let unread_there = StreamQuery {
            stream_id: Some(renamed),
            exclude_stream: Some(State::Read.as_str()),
            amount: Some(9),
            ..StreamQuery::default()
        };
        assert_eq!(api.items_ids(&unread_there, client).await.unwrap().item_refs.unwrap_or_default().len(), 0);
        api.tag_delete(StreamType::Stream, renamed, client).await.unwrap();
        assert_eq!(api.subscription_list(client).await.unwrap().subscriptions.len(), feeds.len());

        let opml = api.export(client).await.unwrap();
        assert_eq!(opml.matches("xmlUrl").count(), feeds.len());
        assert_eq!(api.import(&opml, client).await.unwrap(), Some(0));
        assert!(api.subscribed(feed, client).await.unwrap());
        assert!(api.preference_stream_list(client).await.is_ok());
        // Made unread for the other base.
        for id in &ids {
            api.tag_edit(&[id], &[], &[State::Read.as_str()], client).await.unwrap();
        }
    }
}

#[tokio::test]
async fn fever() {
    use fever_api::FeverApi;
    use fever_api::models::ItemStatus;
    let demo = Demo::start().await;
    let client = &demo.client;
    let base = url(&format!("{}/fever/", demo.base));
    assert!(!FeverApi::new(&base, NAME, "wrong").valid_credentials(client).await.unwrap());
    let api = FeverApi::new(&base, NAME, &demo.password);
    assert!(api.valid_credentials(client).await.unwrap());
    assert_eq!(api.get_api_version(client).await.unwrap(), 3);
    let feeds = api.get_feeds(client).await.unwrap();
    assert!(feeds.feeds.len() > 5 && !feeds.feeds_groups.is_empty());
    let groups = api.get_groups(client).await.unwrap();
    assert!(groups.groups.iter().any(|group| group.title == "Agencies"));
    let items = api.get_items(client).await.unwrap();
    assert!(items.items.len() > 15);
    let id = items.items[0].id;
    let since = api.get_items_since(id, client).await.unwrap();
    assert!(since.items.iter().all(|item| item.id > id));
    assert_eq!(api.get_items_with(vec![id], client).await.unwrap().items.len(), 1);
    api.mark_item(ItemStatus::Read, id, client).await.unwrap();
    api.mark_item(ItemStatus::Saved, id, client).await.unwrap();
    // Twice is once: it is no switch.
    api.mark_item(ItemStatus::Saved, id, client).await.unwrap();
    assert!(!api.get_unread_items(client).await.unwrap().unread_item_ids.contains(&id));
    assert_eq!(api.get_saved_items(client).await.unwrap().saved_item_ids, [id]);
    let now = i64::MAX >> 20;
    api.mark_group(ItemStatus::Read, groups.groups[0].id as i64, now, client).await.unwrap();
    api.mark_feed(ItemStatus::Read, feeds.feeds[0].id as i64, now, client).await.unwrap();
    api.mark_group(ItemStatus::Read, 0, now, client).await.unwrap();
    assert!(api.get_unread_items(client).await.unwrap().unread_item_ids.is_empty());
    assert!(api.get_favicons(client).await.is_ok() && api.get_links(client).await.is_ok());
}

#[tokio::test]
async fn miniflux() {
    use miniflux_api::MinifluxApi;
    use miniflux_api::models::*;
    let demo = Demo::start().await;
    let client = &demo.client;
    let base = url(&demo.base);
    assert!(MinifluxApi::new(&base, NAME.to_owned(), "wrong".to_owned()).get_current_user(client).await.is_err());
    let api = MinifluxApi::new(&base, NAME.to_owned(), demo.password.clone());
    let me = api.get_current_user(client).await.unwrap();
    assert!(me.username == NAME && me.is_admin);
    assert_eq!(api.get_user_by_name(NAME, client).await.unwrap().id, me.id);
    api.healthcheck(client).await.unwrap();
    assert!(api.get_version(client).await.is_ok());

    let feeds = api.get_feeds(client).await.unwrap();
    assert!(feeds.len() > 5);
    assert_eq!(api.get_feed(feeds[0].id, client).await.unwrap().title, feeds[0].title);
    let categories = api.get_categories(client).await.unwrap();
    let agencies = categories.iter().find(|category| category.title == "Agencies").unwrap();
    let within = api.get_category_feeds(agencies.id, client).await.unwrap();
    assert!(!within.is_empty() && within.len() < feeds.len());
    assert!(api.get_categories_with_counts(client).await.is_ok() && api.get_feed_counters(client).await.is_ok());

    let filter = {
        let mut filter = EntryFilter::default();
        filter.limit = Some(5);
        filter
    };
    let batch = api.get_entry_batch(&filter, client).await.unwrap();
    assert!(batch.total > 15 && batch.entries.len() == 5);
    assert!(batch.entries.iter().all(|entry| entry.id < EntryID(1 << 31) && !entry.content.is_empty()));
    let id = batch.entries[0].id;
    assert_eq!(api.get_entry(id, client).await.unwrap().title, batch.entries[0].title);
    let of_feed = api.get_feed_entries(feeds[0].id, &EntryFilter::default(), client).await.unwrap();
    assert!(of_feed.iter().all(|entry| entry.feed_id == feeds[0].id));
    let of_category = api.get_category_entries(agencies.id, &EntryFilter::default(), client).await.unwrap();
    assert!(!of_category.is_empty());

    api.update_entries_status(vec![id], EntryStatus::Read, client).await.unwrap();
    let read = {
        let mut filter = EntryIdFilter::default();
        filter.status = Some(EntryStatus::Read);
        filter
    };
    assert_eq!(api.get_entry_ids(&read, client).await.unwrap().ids, [id]);
    api.update_entries_status(vec![id], EntryStatus::Unread, client).await.unwrap();
    assert_eq!(api.get_entry_ids(&read, client).await.unwrap().total, 0);
    api.toggle_bookmark(id, client).await.unwrap();
    let starred = {
        let mut filter = EntryFilter::default();
        filter.starred = Some(true);
        filter
    };
    assert_eq!(api.get_entries(&starred, client).await.unwrap().len(), 1);
    api.update_entries_starred(vec![id], false, client).await.unwrap();
    assert_eq!(api.get_entries(&starred, client).await.unwrap().len(), 0);
    let found = {
        let mut filter = EntryFilter::default();
        filter.search = Some("council".to_owned());
        filter
    };
    assert!(!api.get_entries(&found, client).await.unwrap().is_empty());
    assert!(!api.fetch_entry_content(id, false, client).await.unwrap().content.is_empty());

    let odd = api.create_category("Town & Country / North", client).await.unwrap();
    assert_eq!(odd.title, "Town & Country / North");
    let renamed = api.update_category(agencies.id, "Town & Country / North", client).await.unwrap();
    let moved = api.get_category_feeds(renamed.id, client).await.unwrap();
    assert_eq!(moved.len(), within.len());
    api.mark_category_as_read(renamed.id, client).await.unwrap();
    api.mark_feed_as_read(feeds[0].id, client).await.unwrap();
    api.delete_category(renamed.id, client).await.unwrap();
    assert_eq!(api.get_feeds(client).await.unwrap().len(), feeds.len());
    api.mark_user_as_read(me.id, client).await.unwrap();
    let unread = {
        let mut filter = EntryIdFilter::default();
        filter.status = Some(EntryStatus::Unread);
        filter
    };
    assert_eq!(api.get_entry_ids(&unread, client).await.unwrap().total, 0);
    let opml = api.export_opml(client).await.unwrap();
    assert_eq!(opml.matches("xmlUrl").count(), feeds.len());
    api.import_opml(&opml, client).await.unwrap();
    api.flush_history(client).await.unwrap();
    assert!(!api.has_integrations(client).await.unwrap());
}

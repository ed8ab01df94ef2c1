//! A store taken from a file to a server.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_ended_early_goes_on_and_a_half_filled_database_is_not_opened() {
    let (Some(server), file) = (empty_database("transfer").await, sqlite().await) else { return };
    for number in 0..5000 {
        feed(&file.store, &format!("outlet{number}")).await;
    }
    let path = file.folder.path().join("firsthand.db");
    let take = || transfer(&path, &server, true, file.clock.clone(), |_| {});
    // It ends early where a row cannot be stored: here because another program put bytes into a column of text.
    let change = |sql: &str| rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    change("UPDATE feed SET folder = x'00ff' WHERE rowid = (SELECT MAX(rowid) FROM feed)");
    let ended = take().await.unwrap_err().to_string();
    assert!(ended.contains("feed.folder holds a value of another kind"), "{ended}");
    let refused = Store::open(&server, file.clock.clone()).await.err().unwrap().to_string();
    assert!(refused.contains("run it again to finish"), "{refused}");

    // Meanwhile the file was written to: rows that were copied have changed, and are copied anew.
    change(
        "UPDATE feed SET folder = NULL; UPDATE feed SET title = 'Changed' WHERE rowid = (SELECT MIN(rowid) FROM feed)",
    );
    let report = take().await.unwrap();
    assert!(report.resumed >= 4000, "{report:?}");
    let feeds = report.tables.iter().find(|table| table.name == "feed").unwrap();
    assert_eq!(feeds.rows, 5000);
    let store = Store::open(&server, file.clock.clone()).await.unwrap();
    let titles = store.feeds().await.unwrap().into_iter().filter(|feed| feed.title == "Changed").count();
    assert_eq!((titles, store.check().await.unwrap().problems), (1, Vec::<String>::new()));
    // The references are back, and hold.
    let (client, connection) = tokio_postgres::connect(&address_of(&server), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let broken = client.execute("UPDATE feed SET outlet_id = 1", &[]).await.unwrap_err();
    assert!(broken.to_string().contains("db error") && broken.code().is_some(), "{broken}");
    let indexes =
        client.query_one("SELECT COUNT(*) FROM pg_indexes WHERE indexname IN ('article_search', 'feed_due')", &[]);
    assert_eq!(indexes.await.unwrap().get::<_, i64>(0), 2);
    // The file stays in use, and what is in the database is not overwritten.
    feed(&file.store, "later").await;
    let full = take().await.unwrap_err().to_string();
    assert!(full.contains("is not empty"), "{full}");
}

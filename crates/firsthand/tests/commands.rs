//! The commands as a user runs them: what they print, what they say of bad input, their exit codes.

mod common;

use common::{Outlet, as_text, feeds, firsthand, json_lines, on_postgres, run, stderr, stdout};
use serde_json::{Value, json};
use std::fs;
use std::time::Duration;

fn one_line(text: &str) -> bool {
    text.trim_end().lines().count() == 1
}

#[test]
fn every_command_has_help_with_an_example() {
    let commands = [
        "serve",
        "demo",
        "add",
        "remove",
        "feeds",
        "nodes",
        "fetch",
        "import",
        "export",
        "user",
        "token",
        "backup",
        "restore",
        "migrate",
        "check",
        "keep",
        "compact",
        "repair",
        "why",
        "man",
        "completions",
        "config",
        "feed",
        "extract",
        "cluster",
        "trace",
        "relate",
        "rank",
    ];
    let all = stdout(&run(&["--help"], b""));
    for command in commands {
        let help = run(&[command, "--help"], b"");
        assert!(help.status.success() && stdout(&help).contains("Example: "), "{command}: {}", stdout(&help));
        assert!(all.contains(&format!("  {command} ")), "{command} is not in the list: {all}");
    }
    assert_eq!(run(&["nonsense"], b"").status.code(), Some(2));
    assert_eq!(run(&["extract"], b"").status.code(), Some(2));
}

#[test]
fn a_bad_file_is_a_line_of_its_own_and_the_rest_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("page.html"), "<!doctype html><html lang=en><title>Bridge closed</title><article><h1>Bridge closed</h1><p>The harbour bridge was closed on Monday after engineers found cracks in two of its piers, the city said.</p><p>It stays closed until the piers have been mended, which may take until May.</p></article>").unwrap();
    fs::write(path("menu.html"), "<nav><a href=/>Home</a></nav>").unwrap();
    fs::write(
        path("feed.xml"),
        "<rss><channel><title>T</title><item><title>One</title><link>/1</link></item></channel></rss>",
    )
    .unwrap();
    let (page, menu, feed, missing) = (path("page.html"), path("menu.html"), path("feed.xml"), path("missing"));

    let output =
        run(&["extract", "--url", "https://a.example/b", as_text(&missing), as_text(&menu), as_text(&page)], b"");
    let lines = json_lines(&output);
    assert!(lines[0]["error"].as_str().unwrap().contains("cannot read"));
    assert!(lines[1]["error"].as_str().unwrap().contains("no article found"));
    assert_eq!(lines[2]["title"], "Bridge closed");
    assert!(lines[2]["text"].as_str().unwrap().starts_with("The harbour bridge"));

    let list = path("list.jsonl");
    let entry = json!({ "file": as_text(&feed), "url": "https://a.example/feed.xml", "content_type": "text/xml" });
    fs::write(&list, format!("{entry}\nnonsense\n{}\n", json!({ "file": as_text(&page) }))).unwrap();
    let lines = json_lines(&run(&["feed", "--jsonl", as_text(&list)], b""));
    assert_eq!(lines[0]["items"][0]["link"], "https://a.example/1");
    assert!(lines[1]["error"].as_str().unwrap().contains("line 2"));
    assert!(lines[2]["error"].as_str().unwrap().contains("a web page, not a feed"));
}

#[test]
fn streams_keep_their_order_and_their_bad_lines() {
    let article = |id: &str, title: &str, text: &str, hour: u8| {
        json!({ "id": id, "title": title, "text": text, "published": format!("2026-05-05T{hour:02}:00:00Z"), "language": "en", "publisher": format!("The {id} Post") })
            .to_string()
    };
    let bridge = "The harbour bridge in Port Ellery was closed on Monday after inspectors found cracks in two piers. The mayor Ida Brandt told The One Post that lorries must take the ferry until the piers are mended.";
    let relay = "Inspectors have found cracks in two piers of the harbour bridge in Port Ellery, The One Post reported. The bridge is closed, and lorries take the ferry until the piers are mended, Ida Brandt told The One Post.";
    let input = format!(
        "{}\nnot json\n{}\n{}\n",
        article("One", "Harbour bridge closed after cracks found in piers", bridge, 8),
        article("Two", "Port Ellery harbour bridge closed over cracks in piers, One Post reports", relay, 10),
        article(
            "Three",
            "Orchestra wins a prize in Tammford",
            "The school orchestra of Tammford won the national prize for young musicians on Monday.",
            11
        ),
    );
    for command in ["cluster", "trace"] {
        let output = run(&[command], input.as_bytes());
        let lines = json_lines(&output);
        assert_eq!(lines.len(), 4, "{command}");
        assert!(lines[1]["error"].as_str().unwrap().contains("line 2"), "{command}: {}", lines[1]);
        let ids: Vec<&Value> = [0, 2, 3].iter().map(|place| &lines[*place]["id"]).collect();
        assert_eq!(ids, ["One", "Two", "Three"]);
        assert!(output.status.success());
    }
    let stories = json_lines(&run(&["cluster"], input.as_bytes()));
    assert_eq!((&stories[2]["story"], &stories[3]["story"]), (&json!("One"), &json!("Three")));

    let related = json_lines(&run(&["relate"], input.as_bytes()));
    let second = related.iter().find(|line| line["id"] == "Two").unwrap();
    assert_eq!(second["role"], "relay", "{second}");
    assert_eq!(second["relies_on"][0]["article"], "One");
    let keys: Vec<&String> = second.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["id", "story", "role", "relies_on", "own_reporting", "voice", "why"]);
    let story = related.iter().find(|line| line["reports"] == 2).unwrap();
    assert_eq!((&story["origin"], &story["voices"]), (&json!("One"), &json!(1)));

    let ranked = json_lines(&run(
        &["rank"],
        b"{\"id\":1,\"age_hours\":40,\"likes\":0,\"dislikes\":0,\"outlets\":1}\n{\"id\":2,\"age_hours\":1,\"likes\":9,\"dislikes\":0,\"outlets\":4,\"firsthand\":1}\n",
    ));
    assert_eq!(ranked[0]["id"], 2);
    assert!(ranked[0]["score"].as_f64().unwrap() > ranked[1]["score"].as_f64().unwrap());
}

#[test]
fn annotations_are_rows_and_a_page_too() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    let article = json!({
        "id": "one", "title": "Cracks <found>", "published": "2026-05-05T08:00:00Z", "language": "en", "publisher": "The One Post",
        "text": "“=The bridge is shut,” said Mayor Ida Brandt. Ida Brandt told Reuters on Monday that 20 <b>lorries</b> a day must take the ferry."
    });
    let input = format!("{article}\nnot json\n");
    let output = run(&["trace", "--format", "csv", "--html", as_text(&page)], input.as_bytes());
    let rows: Vec<String> = stdout(&output).split("\r\n").map(str::to_owned).collect();
    assert!(rows[0].starts_with("id,what,start,end,text,source,"), "{rows:?}");
    assert!(
        rows[1].starts_with("one,attribution,0,22,\"“=The bridge is shut,”\",Mayor Ida Brandt,person,,said,direct,"),
        "{rows:?}"
    );
    assert!(rows.iter().any(|row| row.contains(",outlet,") && row.contains("Reuters,reuters.com,told")), "{rows:?}");
    assert!(rows.iter().any(|row| row.starts_with("one,date,") && row.contains("2026-05-04")), "{rows:?}");
    assert!(rows.iter().any(|row| row.starts_with(",error,") && row.contains("line 2")), "{rows:?}");
    let shown = fs::read_to_string(&page).unwrap();
    assert!(shown.contains("<span class=\"cue\">said</span>") && shown.contains("Cracks &lt;found&gt;"), "{shown}");
    assert!(!shown.contains("<b>lorries"), "{shown}");
    // The page alone, and the lines beside a page.
    let alone = stdout(&run(&["trace", "--html", "-"], input.as_bytes()));
    assert_eq!(alone, shown);
    let lines = json_lines(&run(&["trace", "--html", as_text(&page)], input.as_bytes()));
    assert_eq!((&lines[0]["id"], lines.len()), (&json!("one"), 2));
    // What can't be written leaves what was there.
    let nowhere = folder.path().join("none").join("page.html");
    let failed = run(&["trace", "--html", as_text(&nowhere)], input.as_bytes());
    assert!(!failed.status.success() && stderr(&failed).contains("is its folder there"), "{}", stderr(&failed));
}

#[test]
fn what_cannot_be_done_says_what_where_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let data = as_text(folder.path());
    let broken = tempfile::tempdir().unwrap();
    fs::write(broken.path().join("firsthand.db"), "no database at all, only some text in its place").unwrap();
    let cases: [(&[&str], &str); 8] = [
        (&["add", "nowhere", "--data", data], "begins with http:// or https://"),
        (&["add", "http://127.0.0.1:9/", "--data", data], "--allow-private-network"),
        (&["remove", "https://a.example/", "--data", data], "`firsthand feeds` lists"),
        (&["import", "/missing.opml", "--data", data], "cannot read /missing.opml"),
        (&["token", "nobody", "--data", data], "`firsthand user list`"),
        (&["restore", "/missing.db", "--data", data], "there is no such file"),
        (&["feeds", "--data", as_text(broken.path())], "no SQLite database"),
        (&["feeds", "--database", "mysql://x"], "sqlite:PATH or postgres://"),
    ];
    for (arguments, expected) in cases {
        // A server has no file to be broken or put back.
        if on_postgres() && (arguments.contains(&as_text(broken.path())) || arguments.contains(&"restore")) {
            continue;
        }
        let output = run(arguments, b"");
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(stderr(&output).contains(expected) && one_line(&stderr(&output)), "{arguments:?}: {}", stderr(&output));
    }
    let untouched = fs::read_to_string(broken.path().join("firsthand.db")).unwrap();
    assert!(untouched.starts_with("no database"));
}

#[test]
fn subscriptions_accounts_and_copies() {
    let folder = tempfile::tempdir().unwrap();
    let data = as_text(folder.path());
    let opml = "<opml version=\"2.0\"><body><outline text=\"World\"><outline type=\"rss\" text=\"One &amp; Two\" xmlUrl=\"https://a.example/feed\" htmlUrl=\"https://a.example/\"/></outline><outline xmlUrl=\"https://b.example/feed\"/></body></opml>";
    let output = run(&["import", "-", "--data", data], opml.as_bytes());
    assert!(output.status.success(), "{}", stderr(&output));
    let exported = run(&["export", "--data", data], b"");
    assert!(stdout(&exported).contains("One &amp; Two") && stdout(&exported).contains("<outline text=\"World\""));
    let feeds: Value = serde_json::from_str(&stdout(&run(&["feeds", "--json", "--data", data], b""))).unwrap();
    assert_eq!(feeds.as_array().unwrap().len(), 2);

    let output = run(
        &["user", "add", "ann", "--role", "administrator", "--password-stdin", "--data", data],
        b"a long password\n",
    );
    assert!(output.status.success(), "{}", stderr(&output));
    let again = run(&["user", "add", "ann", "--password-stdin", "--data", data], b"a long password\n");
    assert_eq!(again.status.code(), Some(1));
    assert!(stderr(&again).contains("exists already"));
    assert!(stdout(&run(&["user", "list", "--data", data], b"")).contains("ann"));
    assert!(stdout(&run(&["token", "ann", "--data", data], b"")).trim().len() >= 32);

    let copy = folder.path().join("copy.db");
    if on_postgres() {
        let refused = run(&["backup", as_text(&copy), "--data", data], b"");
        assert!(stderr(&refused).contains("pg_dump"), "{}", stderr(&refused));
        return;
    }
    assert!(run(&["backup", as_text(&copy), "--data", data], b"").status.success());
    assert!(run(&["remove", "https://b.example/feed", "--data", data], b"").status.success());
    assert!(run(&["restore", as_text(&copy), "--data", data], b"").status.success());
    let feeds: Value = serde_json::from_str(&stdout(&run(&["feeds", "--json", "--data", data], b""))).unwrap();
    assert_eq!(feeds.as_array().unwrap().len(), 2);
    let check = run(&["check", "--json", "--data", data], b"");
    assert!(check.status.success());
    assert_eq!(serde_json::from_str::<Value>(&stdout(&check)).unwrap()["problems"], json!([]));
}

#[test]
fn an_articles_way_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let data = ["--data", as_text(folder.path())];
    let why = |article: &str| run(&[&["why", article], data.as_slice()].concat(), b"");
    let mut documents = feeds(2, 3);
    // One page cannot be had.
    documents.retain(|(path, ..)| path != "/1/2");
    let outlet = Outlet::start(documents, Duration::ZERO);
    let at = |path: &str| format!("http://{}{path}", outlet.address);
    for feed in ["/0/feed.xml", "/1/feed.xml"] {
        assert!(run(&[&["add", &at(feed), "--allow-private-network"], data.as_slice()].concat(), b"").status.success());
    }
    run(&[&["fetch", "--once", "--allow-private-network"], data.as_slice()].concat(), b"");

    let told = why(&at("/0/1"));
    let words = stdout(&told);
    assert!(told.status.success(), "{}", stderr(&told));
    for part in [
        &format!("Outlet 0 ({}) named it first on 20", at("/0/feed.xml")),
        "headline  Number 1 of feed 0 sinks in the harbour (from ",
        "TRACE\n  ",
        "the harbour master says by \"said\"",
        "asked: ",
        "PART\n  ",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    let whole: Value =
        serde_json::from_str(&stdout(&run(&[&["why", &at("/0/1"), "--json"], data.as_slice()].concat(), b""))).unwrap();
    let number = whole["article"]["id"].to_string();
    assert_eq!(stdout(&why(&number)), words, "by its number");
    assert_eq!(stdout(&why(&format!("https://news.example/article/{number}"))), words, "by its page here");
    assert_eq!(whole["entries"][0]["key"], "0-1");
    assert_eq!(whole["story"]["card"]["id"], whole["article"]["story_id"]);

    let lost = stdout(&why(&at("/1/2")));
    assert!(lost.contains("its page could not be had: ") && lost.contains("404"), "{lost}");
    let unknown = why("https://elsewhere.example/a");
    assert_eq!(unknown.status.code(), Some(1));
    assert!(one_line(&stderr(&unknown)) && stderr(&unknown).contains("no feed that is followed has named it"));
}

#[test]
fn the_manual_and_completions_name_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man1");
    assert!(run(&["man", "--to", as_text(&pages)], b"").status.success());
    let page = |name: &str| fs::read_to_string(pages.join(name)).unwrap();
    assert!(page("firsthand.1").contains(".TH firsthand 1") && page("firsthand-keep.1").contains("firsthand keep"));
    assert!(stdout(&run(&["man"], b"")).contains(".TH firsthand 1"));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = stdout(&run(&["completions", shell], b""));
        assert!(script.contains("compact") && script.contains("dry-run"), "{shell}");
    }
    assert_eq!(run(&["completions", "tcsh"], b"").status.code(), Some(2));
}

#[test]
fn what_is_kept_is_set_and_what_is_old_goes() {
    let folder = tempfile::tempdir().unwrap();
    let data = as_text(folder.path());
    let outlet = Outlet::start(feeds(1, 3), Duration::ZERO);
    let feed = format!("http://{}/0/feed.xml", outlet.address);
    let with = |arguments: &[&str]| run(&[arguments, &["--data", data]].concat(), b"");
    let added = with(&["add", "--allow-private-network", &feed]);
    assert!(added.status.success(), "{}", stderr(&added));
    let fetched = with(&["fetch", "--once", "--allow-private-network"]);
    assert!(fetched.status.success(), "{}", stderr(&fetched));

    assert_eq!(stdout(&with(&["keep"])), "all feeds: everything, for ever (keep.days, keep.articles)\n");
    let few = with(&["keep", &feed, "--days", "3"]);
    assert!(!few.status.success() && stderr(&few).contains("keep 15 or more"), "{}", stderr(&few));
    let unknown = with(&["keep", "https://nowhere.example/", "--days", "30"]);
    assert!(stderr(&unknown).contains("`firsthand feeds` lists"), "{}", stderr(&unknown));
    assert_eq!(with(&["keep", "--days", "30"]).status.code(), Some(2));
    let set = with(&["keep", &feed, "--days", "30", "--articles", "500"]);
    assert!(stdout(&set).contains("the last 30 days, the newest 500"), "{}", stdout(&set));
    assert!(stdout(&with(&["keep"])).contains(&format!("{feed}: what came in the last 30 days")));
    assert!(stdout(&with(&["keep", &feed, "--as-all"])).contains("as of all feeds: everything"));

    // Nothing is so old yet; the file is written anew all the same, and is whole.
    fs::write(folder.path().join("firsthand.toml"), "[keep]\ndays = 20\n").unwrap();
    assert!(stdout(&with(&["keep"])).starts_with("all feeds: what came in the last 20 days"));
    assert_eq!(
        stdout(&with(&["compact", "--dry-run"])),
        "0 stories would go: all of their reports are older than is kept\n"
    );
    let compacted = with(&["compact"]);
    assert!(
        compacted.status.success() && stdout(&compacted).starts_with("0 articles of 0 stories"),
        "{}",
        stderr(&compacted)
    );
    let repaired = with(&["repair"]);
    assert_eq!(stdout(&repaired), "nothing wrong\n");
    if !on_postgres() {
        let database = folder.path().join("firsthand.db");
        let bytes = fs::read(&database).unwrap();
        fs::write(&database, [&bytes[..bytes.len() / 2], &vec![7; bytes.len() - bytes.len() / 2][..]].concat())
            .unwrap();
        let broken = with(&["repair"]);
        assert!(!broken.status.success() && stderr(&broken).contains("firsthand restore"), "{}", stderr(&broken));
    }
}

#[test]
fn settings_say_where_they_come_from() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("firsthand.toml"), "title = \"Town news\"\n").unwrap();
    let output = firsthand(&["config", "--explain", "--data", as_text(folder.path())]).output().unwrap();
    let shown = stdout(&output);
    assert!(shown.lines().any(|line| line.contains("Town news") && line.contains("firsthand.toml")), "{shown}");
}

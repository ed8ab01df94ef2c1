//! Bodies in an object store: a folder, and what speaks S3.
#![cfg(feature = "objects")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{
    Outlet, Server, as_text, firsthand, json_lines, new_database, read_request, request, run, stderr, stdout,
};
use std::collections::HashMap;
use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A page whose body is long, and hard to pack.
fn page(title: &str, mark: &str) -> String {
    let words: Vec<String> = (0..900_u64)
        .map(|n| format!("w{:x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(n as u32 % 64) >> 24))
        .collect();
    let paragraphs: String =
        words.chunks(90).map(|words| format!("<p>{} <em>{mark}</em>.</p>", words.join(" "))).collect();
    format!(
        "<!doctype html><html lang=en><title>{title}</title><body><article><h1>{title}</h1>{paragraphs}</article></html>"
    )
}

fn outlet() -> Outlet {
    let feed = "<rss version=\"2.0\"><channel><title>Harbour News</title><link>{base}/</link><item><title>A ship sinks in the harbour</title><link>{base}/ship</link><pubDate>Tue, 05 May 2026 10:00:00 GMT</pubDate></item></channel></rss>";
    let documents = vec![
        ("/feed.xml".to_owned(), "application/rss+xml", feed.to_owned()),
        ("/ship".to_owned(), "text/html", page("A ship sinks in the harbour", "first")),
    ];
    Outlet::start(documents, Duration::ZERO)
}

fn data_folder(bodies: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("firsthand.toml"), format!("[database]\nbodies = \"{bodies}\"\n")).unwrap();
    folder
}

fn fetch(outlet: &Outlet, place: &[&str]) {
    let feed = format!("http://{}/feed.xml", outlet.address);
    for arguments in [&["add", feed.as_str()], &["fetch", "--once"][..]] {
        let done = run(&[arguments, &["--allow-private-network"], place].concat(), b"");
        assert!(done.status.success(), "{}", stderr(&done));
    }
}

fn exported(place: &[&str]) -> Vec<serde_json::Value> {
    json_lines(&run(&[&["export", "--format", "jsonl"], place].concat(), b""))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let folders = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    folders.flat_map(|folder| std::fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn bodies_lie_in_a_folder_and_a_lost_one_costs_no_more_than_itself() {
    let Some(database) = new_database("bodies") else { return };
    let bodies = tempfile::tempdir().unwrap();
    let folder = data_folder(&format!("file://{}", as_text(bodies.path())));
    let place = ["--data", as_text(folder.path()), "--database", database.as_str()];
    let outlet = outlet();
    fetch(&outlet, &place);
    let stored = files(bodies.path());
    assert_eq!(stored.len(), 1, "{stored:?}");
    let articles = exported(&place);
    let html = articles[0]["html"].as_str().unwrap();
    assert!(html.contains("<em>first</em>"));
    let check = run(&[&["check"], place.as_slice()].concat(), b"");
    assert!(check.status.success(), "{}{}", stdout(&check), stderr(&check));

    // What nothing refers to goes when it is told to, unless it may be about to be referred to.
    let (old, young) = (bodies.path().join("ab/old-1"), bodies.path().join("ab/young-1"));
    std::fs::create_dir_all(bodies.path().join("ab")).unwrap();
    std::fs::write(&old, "").unwrap();
    std::fs::write(&young, "").unwrap();
    let made_at = std::fs::metadata(&young).unwrap().modified().unwrap();
    for path in [&old, &stored[0]] {
        let file = std::fs::File::options().append(true).open(path).unwrap();
        file.set_modified(made_at - Duration::from_secs(2 * 86_400)).unwrap();
    }
    let swept = run(&[&["check", "--sweep-bodies"], place.as_slice()].concat(), b"");
    assert!(stderr(&swept).contains("1 bodies that nothing refers to were taken away"), "{}", stderr(&swept));
    assert_eq!((old.exists(), young.exists(), stored[0].exists()), (false, true, true));

    // Who is not told where they are says so, and does not take the text for the whole.
    let bare = tempfile::tempdir().unwrap();
    let elsewhere = ["--data", as_text(bare.path()), "--database", database.as_str()];
    let refused = run(&[&["export", "--format", "jsonl"], elsewhere.as_slice()].concat(), b"");
    assert!(
        !refused.status.success() && stderr(&refused).contains("name it with database.bodies"),
        "{}",
        stderr(&refused)
    );

    let ann =
        run(&[&["user", "add", "ann", "--password-stdin"], place.as_slice()].concat(), b"correct horse battery\n");
    assert!(ann.status.success(), "{}", stderr(&ann));
    let server = Server::start(&[&["serve", "--role", "web"], place.as_slice()].concat());
    let form = "name=ann&password=correct+horse+battery";
    let kind = "Content-Type: application/x-www-form-urlencoded";
    let post = format!("POST /signin HTTP/1.0\r\n{kind}\r\nContent-Length: {}\r\n\r\n{form}", form.len());
    let signed_in = request(server.address, &post);
    let cookie = signed_in.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let cookie = cookie.split(';').next().unwrap();
    let path = format!("/article/{}", articles[0]["id"]);
    let whole = || request(server.address, &format!("GET {path} HTTP/1.0\r\nCookie: {cookie}\r\n\r\n"));
    assert!(whole().body.contains("<em>first</em>"));
    std::fs::remove_file(&stored[0]).unwrap();
    let by_text = whole();
    assert_eq!(by_text.status, 200);
    assert!(by_text.body.contains(" first.</p>") && !by_text.body.contains("<em>first</em>"));
    let check = run(&[&["check"], place.as_slice()].concat(), b"");
    assert!(
        stdout(&check).contains("1 bodies of the newest 1 in the object store are not there"),
        "{}",
        stdout(&check)
    );
}

/// Answers PUT, GET and HEAD as S3 does, for one client after the other.
fn s3(objects: Arc<Mutex<HashMap<String, Vec<u8>>>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (objects, mut reader) = (Arc::clone(&objects), BufReader::new(stream.unwrap()));
            std::thread::spawn(move || {
                loop {
                    let (head, body) = read_request(&mut reader);
                    let mut words = head.split_whitespace();
                    let (Some(method), Some(path)) = (words.next(), words.next()) else { return };
                    let signed = head.to_lowercase().contains("authorization: aws4-hmac-sha256 credential=harbour/");
                    let mut objects = objects.lock().unwrap();
                    let (status, answer) = match (signed, method, objects.get(path)) {
                        (false, ..) => ("403 Forbidden", Vec::new()),
                        (true, "PUT", _) => {
                            objects.insert(path.to_owned(), body);
                            ("200 OK", Vec::new())
                        }
                        (true, _, Some(object)) => ("200 OK", object.clone()),
                        (true, _, None) => ("404 Not Found", Vec::new()),
                    };
                    let head = format!(
                        "HTTP/1.1 {status}\r\nETag: \"e\"\r\nLast-Modified: Tue, 05 May 2026 10:00:00 GMT\r\nContent-Length: {}\r\n\r\n",
                        answer.len()
                    );
                    let stream = reader.get_mut();
                    let body = if method == "HEAD" { &[][..] } else { &answer };
                    if stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body)).is_err() {
                        return;
                    }
                }
            });
        }
    });
    address
}

#[test]
fn bodies_lie_where_s3_is_spoken() {
    let Some(database) = new_database("bucket") else { return };
    let objects = Arc::new(Mutex::new(HashMap::new()));
    let endpoint = format!("http://{}", s3(Arc::clone(&objects)));
    let folder = data_folder("s3://news/bodies");
    let place = ["--data", as_text(folder.path()), "--database", database.as_str()];
    let outlet = outlet();
    let feed = format!("http://{}/feed.xml", outlet.address);
    let with_key = |arguments: &[&str], key: &str| {
        let mut command = firsthand(&[arguments, place.as_slice()].concat());
        command.envs([
            ("AWS_ENDPOINT", endpoint.as_str()),
            ("AWS_REGION", "us-east-1"),
            ("AWS_SECRET_ACCESS_KEY", "s"),
        ]);
        command.env("AWS_ACCESS_KEY_ID", key).output().unwrap()
    };
    assert!(with_key(&["add", &feed, "--allow-private-network"], "harbour").status.success());
    // Refused: the article is not stored without its body, and is tried again.
    let fetch = ["fetch", "--once", "--allow-private-network"];
    with_key(&fetch, "stranger");
    assert_eq!(with_key(&["export", "--format", "jsonl"], "harbour").stdout, b"");
    assert!(objects.lock().unwrap().is_empty());
    let fetched = with_key(&fetch, "harbour");
    let names: Vec<String> = objects.lock().unwrap().keys().cloned().collect();
    assert!(names.len() == 1 && names[0].starts_with("/news/bodies/"), "{names:?} {}", stderr(&fetched));
    let articles = json_lines(&with_key(&["export", "--format", "jsonl"], "harbour"));
    assert!(articles[0]["html"].as_str().unwrap().contains("<em>first</em>"));
    let refused = with_key(&["export", "--format", "jsonl"], "stranger");
    assert!(stderr(&refused).contains("s3://news/bodies: the body"), "{}", stderr(&refused));
}

//! newsboat, a real reader, over each of its back ends. Its keys are pressed in a terminal that `script` makes.

use firsthand_client_tests::{Demo, NAME};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

/// Whether newsboat is there; says so where it is not.
fn is_there(test: &str) -> bool {
    let there = std::process::Command::new("newsboat").arg("-v").output().is_ok();
    if !there {
        eprintln!("SKIPPED {test}: newsboat is not installed");
    }
    there
}

fn arguments(folder: &Path) -> Vec<String> {
    ["-C", "config", "-u", "urls", "-c", "cache.db"]
        .iter()
        .enumerate()
        .map(|(place, text)| if place % 2 == 0 { (*text).to_owned() } else { folder.join(text).display().to_string() })
        .collect()
}

/// Loads everything anew and says what newsboat says of it.
async fn reload(folder: &Path) -> String {
    let output = Command::new("newsboat")
        .args(arguments(folder))
        .args(["-x", "reload", "print-unread"])
        .env("HOME", folder)
        .output()
        .await
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Presses keys one after the other, each once the screen shows what is awaited before it.
async fn press(folder: &Path, keys: &[(&str, &str)]) {
    let command = format!("newsboat {}", arguments(folder).join(" "));
    let mut process = Command::new("script")
        .args(["-q", "-e", "-c", &command, "/dev/null"])
        .env("HOME", folder)
        .env("TERM", "xterm")
        .env("LINES", "50")
        .env("COLUMNS", "160")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let (mut input, mut output) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
    let mut buffer = [0; 65_536];
    for (awaited, keys) in keys {
        let mut shown = String::new();
        let seen = tokio::time::timeout(Duration::from_secs(30), async {
            while !shown.contains(awaited) {
                let count = output.read(&mut buffer).await.unwrap();
                assert!(count > 0, "newsboat ended before {awaited:?}: {shown}");
                shown.push_str(&String::from_utf8_lossy(&buffer[..count]));
            }
        });
        assert!(seen.await.is_ok(), "no {awaited:?} on the screen: {shown}");
        input.write_all(keys.as_bytes()).await.unwrap();
    }
    // Out of every screen, as often as it takes; what is shown is read to its end, or it could not end.
    let mut shown = String::new();
    let ended = tokio::time::timeout(Duration::from_secs(30), async {
        loop {
            let _ = input.write_all(b"q").await;
            let pause = tokio::time::sleep(Duration::from_millis(300));
            tokio::pin!(pause);
            loop {
                tokio::select! {
                    count = output.read(&mut buffer) => match count.unwrap_or(0) {
                        0 => return,
                        count => shown.push_str(&String::from_utf8_lossy(&buffer[..count])),
                    },
                    () = &mut pause => break,
                }
            }
        }
    });
    let ended = ended.await.is_ok();
    assert!(ended, "newsboat did not end: {shown}");
    process.wait().await.unwrap();
}

/// Articles by their state, as the server counts them.
async fn total(demo: &Demo, filter: &str) -> u64 {
    let request = demo.client.get(format!("{}/v1/entries?limit=1&{filter}", demo.base));
    let answer = request.basic_auth(NAME, Some(&demo.password)).send().await.unwrap().text().await.unwrap();
    let number = answer.split("\"total\":").nth(1).unwrap();
    number.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

/// Waits until the server counts as many articles of a state.
async fn until(demo: &Demo, filter: &str, wanted: impl Fn(u64) -> bool) {
    for _ in 0..100 {
        if wanted(total(demo, filter).await) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{filter}: {}", total(demo, filter).await);
}

/// Puts the first feed into a folder whose name is hard to pass on.
async fn odd_folder(demo: &Demo) {
    let ask = |method: reqwest::Method, path: &str, body: Option<String>| {
        let request = demo.client.request(method, format!("{}{path}", demo.base));
        let request = request.basic_auth(NAME, Some(&demo.password));
        body.into_iter().fold(request, |request, body| request.body(body)).send()
    };
    let categories = ask(reqwest::Method::GET, "/v1/categories", None).await.unwrap().text().await.unwrap();
    let agencies = categories.split("{\"id\":").find(|part| part.contains("\"Agencies\"")).unwrap();
    let number: String = agencies.chars().take_while(char::is_ascii_digit).collect();
    let body = Some("{\"title\": \"Town & Country / North\"}".to_owned());
    let renamed = ask(reqwest::Method::PUT, &format!("/v1/categories/{number}"), body).await.unwrap();
    assert_eq!(renamed.status().as_u16(), 201);
}

/// Lists, reads and marks; stars by the flag `s` and shows folders where the back end can.
async fn walk(demo: &Demo, folder: &Path, has_flags: bool, has_folders: bool) {
    odd_folder(demo).await;
    let all = total(demo, "status=unread").await;
    assert!(all > 15);
    assert_eq!(reload(folder).await.trim(), format!("{all} unread articles"));
    // The list of feeds, into the first, into its first article, a flag for it, and out again.
    if has_flags {
        let open = [("Your feeds", "\n"), ("Articles in feed", "\n"), ("Title:", "\x05"), ("Flags", "s\n")];
        press(folder, &open).await;
        until(demo, "starred=true", |count| count == 1).await;
    } else {
        press(folder, &[("Your feeds", "\n"), ("Articles in feed", "\n"), ("Title:", "q")]).await;
    }
    until(demo, "status=read", |count| count == 1).await;
    // Everything at once; the next start knows it from the server.
    press(folder, &[("Your feeds", "C"), ("Do you really", "y")]).await;
    until(demo, "status=unread", |count| count == 0).await;
    std::fs::remove_file(folder.join("cache.db")).unwrap();
    assert_eq!(reload(folder).await.trim(), "0 unread articles");
    if has_folders {
        press(folder, &[("Your feeds", "t"), ("Town & Country / North", "q")]).await;
    }
}

#[tokio::test]
async fn over_miniflux() {
    if !is_there("over_miniflux") {
        return;
    }
    let (demo, folder) = (Demo::start().await, tempfile::tempdir().unwrap());
    let config = format!(
        "urls-source \"miniflux\"\nminiflux-url \"{}\"\nminiflux-login \"{NAME}\"\nminiflux-password \"{}\"\nconfirm-exit no\n",
        demo.base, demo.password
    );
    std::fs::write(folder.path().join("config"), config).unwrap();
    walk(&demo, folder.path(), false, true).await;
}

#[tokio::test]
async fn over_the_google_reader_api() {
    if !is_there("over_the_google_reader_api") {
        return;
    }
    let (demo, folder) = (Demo::start().await, tempfile::tempdir().unwrap());
    let config = format!(
        "urls-source \"feedhq\"\nfeedhq-url \"{}/api/greader.php\"\nfeedhq-login \"{NAME}\"\nfeedhq-password \"{}\"\nfeedhq-flag-star \"s\"\nfeedhq-show-special-feeds no\nconfirm-exit no\n",
        demo.base, demo.password
    );
    std::fs::write(folder.path().join("config"), config).unwrap();
    // Its FeedHQ back end takes no folders for tags, whoever serves them.
    walk(&demo, folder.path(), true, false).await;
}

#[tokio::test]
async fn over_opml() {
    if !is_there("over_opml") {
        return;
    }
    let (demo, folder) = (Demo::start().await, tempfile::tempdir().unwrap());
    odd_folder(&demo).await;
    let request = demo.client.get(format!("{}/v1/export", demo.base)).basic_auth(NAME, Some(&demo.password));
    let opml = request.send().await.unwrap().text().await.unwrap();
    let file = folder.path().join("feeds.opml");
    std::fs::write(&file, &opml).unwrap();
    let config = format!("urls-source \"opml\"\nopml-url \"file://{}\"\nconfirm-exit no\n", file.display());
    std::fs::write(folder.path().join("config"), config).unwrap();
    press(folder.path(), &[("Your feeds", "t"), ("Town & Country / North", "q")]).await;
}

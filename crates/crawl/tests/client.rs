//! The outgoing client against servers that redirect, lie, drip and blow up.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use firsthand_crawl::{FetchError, Fetcher, HttpConfig, Request};
use firsthand_model::SystemClock;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::matchers::{header, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn fetcher(change: impl FnOnce(&mut HttpConfig)) -> Fetcher {
    let mut config = HttpConfig { allow_private_network: true, ..HttpConfig::default() };
    change(&mut config);
    Fetcher::new(config, Arc::new(SystemClock)).unwrap()
}

fn request() -> Request<'static> {
    Request { accept: "*/*", max_body_bytes: 100_000, limit_setting: "feed.max_bytes", ..Request::default() }
}

#[tokio::test]
async fn inner_addresses_are_refused_unless_allowed() {
    let server = MockServer::start().await;
    Mock::given(path("/")).respond_with(ResponseTemplate::new(200)).expect(0).mount(&server).await;
    let fetcher = fetcher(|config| config.allow_private_network = false);
    let port = server.address().port();
    let spellings = [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "localhost",
        "a.localhost",
        "0.0.0.0",
    ];
    for host in spellings {
        let error = fetcher.get(&format!("http://{host}:{port}/"), &request()).await.unwrap_err();
        assert!(error.to_string().contains("--allow-private-network"), "{host}: {error}");
    }
}

#[tokio::test]
async fn every_hop_of_a_redirect_is_checked() {
    let server = MockServer::start().await;
    for (name, target) in
        [("/file", "file:///etc/passwd"), ("/gopher", "gopher://127.0.0.1/"), ("/data", "data:text/plain,x")]
    {
        Mock::given(path(name))
            .respond_with(ResponseTemplate::new(302).insert_header("location", target))
            .mount(&server)
            .await;
        let error = fetcher(|_| ()).get(&format!("{}{name}", server.uri()), &request()).await.unwrap_err();
        assert!(matches!(error, FetchError::Refused { .. }), "{name}: {error}");
    }
}

#[tokio::test]
async fn redirects_end_and_permanent_moves_are_told_apart() {
    let server = MockServer::start().await;
    let to = |status, target: &str| ResponseTemplate::new(status).insert_header("location", target);
    Mock::given(path("/round")).respond_with(to(302, "/round")).expect(6).mount(&server).await;
    Mock::given(path("/moved")).respond_with(to(301, "/new")).mount(&server).await;
    Mock::given(path("/mixed")).respond_with(to(302, "/moved")).mount(&server).await;
    Mock::given(path("/new")).respond_with(ResponseTemplate::new(200).set_body_string("x")).mount(&server).await;
    let fetcher = fetcher(|_| ());
    let get = |name: &str| {
        let (fetcher, url) = (fetcher.clone(), format!("{}{name}", server.uri()));
        async move { fetcher.get(&url, &request()).await }
    };
    assert!(matches!(get("/round").await.unwrap_err(), FetchError::Redirects { .. }));
    assert_eq!(get("/moved").await.unwrap().moved_to.unwrap().path(), "/new");
    assert_eq!(get("/mixed").await.unwrap().moved_to, None);
}

#[tokio::test]
async fn validators_go_back_byte_for_byte() {
    let server = MockServer::start().await;
    let matching =
        Mock::given(header("if-none-match", "W/\"odd  tag\"")).and(header("if-modified-since", "Sometime in 2026"));
    matching.respond_with(ResponseTemplate::new(304)).mount(&server).await;
    let with = Request { etag: Some("W/\"odd  tag\""), last_modified: Some("Sometime in 2026"), ..request() };
    assert_eq!(fetcher(|_| ()).get(&server.uri(), &with).await.unwrap().status, 304);
}

#[tokio::test]
async fn bytes_are_counted_after_unpacking() {
    let server = MockServer::start().await;
    let packed = gzip(&vec![b'a'; 5_000_000]);
    assert!(packed.len() < 50_000);
    Mock::given(path("/"))
        .respond_with(ResponseTemplate::new(200).insert_header("content-encoding", "gzip").set_body_bytes(packed))
        .mount(&server)
        .await;
    let error = fetcher(|_| ()).get(&server.uri(), &request()).await.unwrap_err();
    assert!(error.to_string().contains("feed.max_bytes"), "{error}");
}

/// Packs with the system's gzip, as a server would.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut child = std::process::Command::new("gzip")
        .arg("-c")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let bytes = bytes.to_vec();
    let writer = std::thread::spawn(move || input.write_all(&bytes).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output.stdout
}

/// A server that answers every connection with what `answer` writes.
async fn raw_server<F, R>(answer: F) -> String
where
    F: Fn(tokio::net::TcpStream) -> R + Send + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0; 4096];
            let _ = stream.read(&mut buffer).await;
            tokio::spawn(answer(stream));
        }
    });
    format!("http://{address}/")
}

#[tokio::test]
async fn an_answer_that_drips_meets_one_deadline() {
    let url = raw_server(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n").await;
        while stream.write_all(b"x").await.is_ok() {
            tokio::task::yield_now().await;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    let error =
        fetcher(|config| config.exchange_timeout = Duration::from_millis(300)).get(&url, &request()).await.unwrap_err();
    assert!(matches!(error, FetchError::Timeout { .. }), "{error}");
}

#[tokio::test]
async fn broken_answers_are_errors_in_one_line() {
    let answers: [&'static [u8]; 4] = [
        b"",
        b"hello there\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 302 Found\r\n\r\n",
    ];
    for answer in answers {
        let url = raw_server(move |mut stream| async move {
            let _ = stream.write_all(answer).await;
        })
        .await;
        let error = fetcher(|_| ()).get(&url, &request()).await.unwrap_err().to_string();
        assert!(error.contains("127.0.0.1") && !error.contains('\n'), "{error}");
    }
}

#[tokio::test]
async fn headers_have_a_limit() {
    let url = raw_server(|mut stream| async move {
        let mut answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n".to_vec();
        for number in 0..150 {
            answer.extend(format!("X-{number}: {}\r\n", "y".repeat(600)).bytes());
        }
        answer.extend(b"\r\n");
        let _ = stream.write_all(&answer).await;
    })
    .await;
    let error = fetcher(|_| ()).get(&url, &request()).await.unwrap_err();
    assert!(error.to_string().contains("http.max_header_bytes"), "{error}");
}

#[tokio::test]
async fn a_host_is_asked_once_at_a_time() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static OPEN: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    let url = raw_server(|mut stream| async move {
        let open = OPEN.fetch_add(1, Ordering::SeqCst) + 1;
        MOST.fetch_max(open, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(5)).await;
        OPEN.fetch_sub(1, Ordering::SeqCst);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx").await;
    })
    .await;
    let fetcher = fetcher(|_| ());
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let (fetcher, url) = (fetcher.clone(), url.clone());
            tokio::spawn(async move { fetcher.get(&url, &request()).await.unwrap() })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().body, b"x");
    }
    assert_eq!(MOST.load(Ordering::SeqCst), 1);
}

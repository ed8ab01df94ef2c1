//! What the whole-program tests share: the program, a small outlet on this machine, plain requests.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]
#![expect(dead_code, reason = "each test file uses a part of it")]

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The database of a data folder in these tests: its own file, or where `FIRSTHAND_TEST_ENGINE` is `postgres` one on the
/// server that `FIRSTHAND_TEST_PG` names, made when it is first asked for.
pub fn database_of(folder: &str) -> String {
    let server = match std::env::var("FIRSTHAND_TEST_ENGINE") {
        Ok(engine) if engine == "postgres" => {
            std::env::var("FIRSTHAND_TEST_PG").expect("FIRSTHAND_TEST_PG names a server")
        }
        _ => return format!("sqlite:{folder}/firsthand.db"),
    };
    let mut hasher = std::hash::DefaultHasher::new();
    folder.hash(&mut hasher);
    make_database(&server, &format!("firsthand_of_{:016x}", hasher.finish()))
}

/// Makes a database on a server unless it is there; gives its address.
fn make_database(server: &str, name: &str) -> String {
    let made = Command::new("psql").args([server, "-c", &format!("CREATE DATABASE {name}")]).output();
    let made = made.expect("psql is in the path");
    assert!(made.status.success() || stderr(&made).contains("already exists"), "{}", stderr(&made));
    let (base, _) = server.rsplit_once('/').expect("a server's address names a database");
    format!("{base}/{name}")
}

/// A new database on the server for tests; `None`, and a word about it, where there is none.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
pub fn new_database(name: &str) -> Option<String> {
    let Ok(server) = std::env::var("FIRSTHAND_TEST_PG") else {
        eprintln!("SKIPPED on PostgreSQL: FIRSTHAND_TEST_PG names no server");
        return None;
    };
    Some(make_database(&server, &format!("firsthand_{name}_{}", std::process::id())))
}

/// Whether these tests run on PostgreSQL: then what only files can do is left out.
pub fn on_postgres() -> bool {
    std::env::var("FIRSTHAND_TEST_ENGINE").is_ok_and(|engine| engine == "postgres")
}

/// The program with arguments; no setting of this machine reaches it.
pub fn firsthand(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_firsthand"));
    let folder = arguments.iter().position(|argument| *argument == "--data").and_then(|place| arguments.get(place + 1));
    if let Some(folder) = folder
        && on_postgres()
        && !arguments.contains(&"--database")
    {
        let mut command = firsthand(&[]);
        // A process that was killed is missed soon.
        command.args(arguments).env("FIRSTHAND_DATABASE", database_of(folder)).env("FIRSTHAND_NODE_TERM_S", "2");
        return command;
    }
    command
        .args(arguments)
        .env_remove("FIRSTHAND_DATA")
        .env_remove("FIRSTHAND_DATABASE")
        .env_remove("FIRSTHAND_CONFIG");
    command.env_remove("FIRSTHAND_LISTEN").env("RUST_LOG", "info").stdin(Stdio::null());
    command
}

/// Runs it to its end with a standard input.
pub fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = firsthand(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // The program may end without reading all of it.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("the writer ends");
    output
}

/// What it printed, as text.
pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What it said, as text.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What it printed, as JSON lines.
pub fn json_lines(output: &Output) -> Vec<serde_json::Value> {
    stdout(output).lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

/// A running server; killed when it goes out of scope.
pub struct Server {
    child: Child,
    /// Where its pages are.
    pub address: SocketAddr,
    /// What it said since it said where it is.
    said: Arc<Mutex<String>>,
}

impl Server {
    /// Starts `serve` or `demo` on a free port and waits until it says where it is.
    pub fn start(arguments: &[&str]) -> Self {
        let mut child = firsthand(arguments)
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut said = BufReader::new(child.stderr.take().expect("piped"));
        let mut heard = String::new();
        let address = loop {
            let mut line = String::new();
            assert!(said.read_line(&mut line).expect("it speaks") > 0, "it ended early: {heard}");
            if let Some(address) = line.split("http://").nth(1).and_then(|rest| rest.split('/').next()) {
                break address.parse().expect("an address");
            }
            heard.push_str(&line);
        };
        // What it says later must not fill the pipe.
        let later: Arc<Mutex<String>> = Arc::default();
        let heard = Arc::clone(&later);
        std::thread::spawn(move || {
            let mut line = String::new();
            while said.read_line(&mut line).is_ok_and(|read| read > 0) {
                heard.lock().expect("not poisoned").push_str(&line);
                line.clear();
            }
        });
        Self { child, address, said: later }
    }

    /// Waits until it says something; fails when it does not for a long while.
    pub fn wait_until_it_says(&self, words: &str) {
        for _ in 0..600 {
            if self.said.lock().expect("not poisoned").contains(words) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("it never said {words:?}");
    }

    /// Stops it where it is, or lets it go on.
    pub fn freeze(&self, frozen: bool) {
        let signal = if frozen { "-STOP" } else { "-CONT" };
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
    }

    /// Has it read its settings again.
    pub fn read_settings(&self) {
        let sent = Command::new("kill").args(["-HUP", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
    }

    /// Ends it at once, as a power cut does.
    pub fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }

    /// Asks it to stop, and gives its exit code.
    pub fn terminate(mut self) -> Option<i32> {
        let killed = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(killed.success());
        self.child.wait().expect("it ends").code()
    }

    /// A page.
    pub fn get(&self, path: &str) -> Answer {
        request(self.address, &format!("GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", self.address))
    }

    /// Waits until a page fits; fails when it does not for a long while.
    pub fn wait_for(&self, path: &str, fits: impl Fn(&str) -> bool) -> String {
        let mut last = String::new();
        for _ in 0..600 {
            last = self.get(path).body;
            if fits(&last) {
                return last;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("{path} never came to be as expected; it is now: {last}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer to a plain request.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The head.
    pub head: String,
    /// The body.
    pub body: String,
}

/// Sends a request as it is and reads the answer to its end.
pub fn request(address: SocketAddr, request: &str) -> Answer {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    stream.write_all(request.as_bytes()).expect("the request is sent");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("the answer is read");
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// Reads a request that came to a server of a test: its head and its body.
pub fn read_request(reader: &mut BufReader<TcpStream>) -> (String, Vec<u8>) {
    let (mut head, mut line, mut length) = (String::new(), String::new(), 0);
    while reader.read_line(&mut line).unwrap_or(0) > 2 {
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length is a number");
        }
        head.push_str(&line);
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("the body is whole");
    (head, body)
}

/// An outlet on this machine: documents by path, each given slowly enough to be interrupted.
pub struct Outlet {
    /// Where it is.
    pub address: SocketAddr,
    asked: Arc<Mutex<HashMap<String, usize>>>,
    documents: Documents,
}

/// Documents with their media types, by path.
type Documents = Arc<Mutex<HashMap<String, (&'static str, String)>>>;

impl Outlet {
    /// Serves documents (path, media type, content); `{base}` in them is the outlet's address.
    pub fn start(documents: Vec<(String, &'static str, String)>, delay: Duration) -> Self {
        Self::start_at("127.0.0.1", documents, delay)
    }

    /// [`Self::start`] at an address of this machine: outlets that are to be hosts of their own have their own.
    pub fn start_at(host: &str, documents: Vec<(String, &'static str, String)>, delay: Duration) -> Self {
        let listener = TcpListener::bind((host, 0)).expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let asked: Arc<Mutex<HashMap<String, usize>>> = Arc::default();
        let base = format!("http://{address}");
        let documents =
            documents.into_iter().map(|(path, kind, text)| (path, (kind, text.replace("{base}", &base)))).collect();
        let documents: Documents = Arc::new(Mutex::new(documents));
        let (counts, served) = (Arc::clone(&asked), Arc::clone(&documents));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (documents, counts) = (Arc::clone(&served), Arc::clone(&counts));
                std::thread::spawn(move || answer(stream, &documents, &counts, delay));
            }
        });
        Self { address, asked, documents }
    }

    /// Serves another document at a path from now on.
    pub fn change(&self, path: &str, kind: &'static str, text: &str) {
        let text = text.replace("{base}", &format!("http://{}", self.address));
        self.documents.lock().expect("not poisoned").insert(path.to_owned(), (kind, text));
    }

    /// How often a path was asked for.
    pub fn asked(&self, path: &str) -> usize {
        self.asked.lock().expect("not poisoned").get(path).copied().unwrap_or_default()
    }
}

fn answer(
    stream: TcpStream,
    documents: &Mutex<HashMap<String, (&'static str, String)>>,
    counts: &Mutex<HashMap<String, usize>>,
    delay: Duration,
) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first).unwrap_or(0) == 0 {
            return;
        }
        let mut line = String::new();
        while reader.read_line(&mut line).unwrap_or(0) > 2 {
            line.clear();
        }
        let path = first.split(' ').nth(1).unwrap_or("/").to_owned();
        *counts.lock().expect("not poisoned").entry(path.clone()).or_default() += 1;
        std::thread::sleep(delay);
        let answer = match documents.lock().expect("not poisoned").get(&path) {
            Some((kind, text)) => {
                // What is no text stands there as Base64.
                let bytes = text.strip_prefix("base64:").and_then(|coded| STANDARD.decode(coded).ok());
                let body = bytes.unwrap_or_else(|| text.clone().into_bytes());
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nETag: \"1\"\r\nContent-Length: {}\r\n\r\n",
                    body.len()
                );
                [head.into_bytes(), body].concat()
            }
            None => b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec(),
        };
        if reader.get_mut().write_all(&answer).is_err() {
            return;
        }
    }
}

/// Feeds with a number of pages each, in the form of documents for [`Outlet::start`].
pub fn feeds(count: usize, pages: usize) -> Vec<(String, &'static str, String)> {
    let mut documents = Vec::new();
    for feed in 0..count {
        let items: String = (0..pages)
            .map(|page| {
                format!(
                    "<item><title>Number {page} of feed {feed} sinks in the harbour</title><link>{{base}}/{feed}/{page}</link><guid isPermaLink=\"false\">{feed}-{page}</guid><pubDate>Tue, 05 May 2026 10:0{}:00 GMT</pubDate></item>",
                    page % 10
                )
            })
            .collect();
        documents.push((
            format!("/{feed}/feed.xml"),
            "application/rss+xml",
            format!("<rss version=\"2.0\"><channel><title>Outlet {feed}</title><link>{{base}}/{feed}/</link>{items}</channel></rss>"),
        ));
        for page in 0..pages {
            let text = format!(
                "The ship number {page} of line {feed} sank in the harbour on Monday, the harbour master said, and nobody was hurt. "
            );
            documents.push((
                format!("/{feed}/{page}"),
                "text/html",
                format!("<!doctype html><html lang=en><title>Number {page} of feed {feed} sinks in the harbour</title><body><article><h1>Number {page} of feed {feed} sinks in the harbour</h1><p>{}</p><p>{}</p></article>", text.repeat(2), text.repeat(3)),
            ));
        }
    }
    documents
}

/// A path as an argument.
pub fn as_text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

//! A running demo with an account, for clients.

use reqwest::Client;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// The name of the account.
pub const NAME: &str = "ann";

/// A demo that ends with this value.
pub struct Demo {
    /// Its address, without a slash at its end.
    pub base: String,
    /// The account's password for apps.
    pub password: String,
    /// What asks it.
    pub client: Client,
    _process: Child,
}

/// The server's binary: `FIRSTHAND_BIN`, or the one that `cargo build` made.
fn binary() -> PathBuf {
    match std::env::var_os("FIRSTHAND_BIN") {
        Some(path) => path.into(),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/debug/firsthand"),
    }
}

impl Demo {
    /// Starts a demo, makes its first account, and waits until its articles are there.
    pub async fn start() -> Self {
        let mut process = Command::new(binary())
            .args(["demo", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the server is built: run `cargo build` first");
        let mut lines = BufReader::new(process.stdout.take().expect("it has a stdout")).lines();
        let mut address = async |sign: &str| loop {
            let line = lines.next_line().await.expect("it prints text").expect("it prints its address");
            if let Some(found) = line.split_whitespace().find(|word| word.starts_with("http") && word.contains(sign)) {
                return found.to_owned();
            }
        };
        let base = address("http").await.trim_end_matches('/').to_owned();
        let welcome = address("code=").await;
        let code = welcome.rsplit_once("code=").expect("the address has a code").1.to_owned();
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client is made");
        let post = |path: &str, form: String, cookie: Option<String>| {
            let request = client.post(format!("{base}{path}")).body(form);
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            cookie.into_iter().fold(request, |request, cookie| request.header("cookie", cookie)).send()
        };
        let made = post("/welcome", format!("code={code}&name={NAME}&password=a-long-password"), None).await;
        let made = made.expect("the server answers");
        let cookie = made.headers().get("set-cookie").expect("it signs in").to_str().expect("a cookie is text");
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let page = post("/settings/apps", "app=new".to_owned(), Some(cookie)).await.expect("the server answers");
        let page = page.text().await.expect("a page is text");
        let codes = page.split("<code>").skip(1).filter_map(|rest| rest.split('<').next());
        let password = codes.into_iter().find(|code| code.len() == 20).expect("the password is shown").to_owned();
        // The demo's first reports take a moment to be fetched.
        let demo = Self { base, password, client, _process: process };
        let mut before = (0, 0);
        for _ in 0..300 {
            let answer = demo.client.get(format!("{}/api/v1/articles?limit=100", demo.base)).send().await;
            let text = answer.expect("the server answers").text().await.expect("an answer is text");
            let count = text.matches("\"outlet_id\"").count();
            before = if count == before.0 { (count, before.1 + 1) } else { (count, 0) };
            // At rest: for two seconds nothing came.
            if count > 15 && before.1 >= 20 {
                return demo;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the demo's articles did not come");
    }
}

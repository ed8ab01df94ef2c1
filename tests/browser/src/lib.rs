//! Drives headless Chromium over its debugging pipe, and the program under test.
//!
//! The pipe (`--remote-debugging-pipe`) takes and gives JSON messages, each ended by a zero byte, on
//! the file descriptors 3 and 4; a shell connects them to named pipes. So no further program and no
//! library of protocols is needed.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON values give null for what is not there; this is no part of the server"
)]

use base64::Engine as _;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// The names under which Chromium is found.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

fn failure(what: impl Into<String>) -> io::Error {
    io::Error::other(what.into())
}

/// A browser with one page. Killed when it goes out of scope.
pub struct Browser {
    child: Child,
    input: File,
    output: BufReader<File>,
    session: String,
    next: u64,
    /// Pages that have loaded.
    loads: u64,
    /// What the page said to its console and what it was not allowed to do.
    pub complaints: Vec<String>,
    /// Addresses that the page asked for.
    pub requests: Vec<String>,
    _folder: TempDir,
}

impl Browser {
    /// Starts a browser. Errors: none is installed, or it does not start.
    pub fn start() -> io::Result<Self> {
        let found = NAMES.iter().find(|name| Command::new(name).arg("--version").output().is_ok());
        let program = found.ok_or_else(|| failure("no Chromium found: install Debian's package chromium"))?;
        let folder = tempfile::tempdir()?;
        let pipe = |name: &str| -> io::Result<PathBuf> {
            let path = folder.path().join(name);
            let made = Command::new("mkfifo").arg(&path).status()?;
            if made.success() { Ok(path) } else { Err(failure("mkfifo failed")) }
        };
        let (to, from) = (pipe("to")?, pipe("from")?);
        let line = format!(
            "exec {program} --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --hide-scrollbars --remote-debugging-pipe --user-data-dir='{}' about:blank 3<'{}' 4>'{}'",
            folder.path().join("profile").display(),
            to.display(),
            from.display()
        );
        let child = Command::new("sh").args(["-c", &line]).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        // Each opening waits for the other end, in the order in which the shell opens them.
        let input = File::options().write(true).open(&to)?;
        let output = BufReader::new(File::open(&from)?);
        let mut browser = Self {
            child,
            input,
            output,
            session: String::new(),
            next: 0,
            loads: 0,
            complaints: Vec::new(),
            requests: Vec::new(),
            _folder: folder,
        };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }))?;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = browser.call("Target.attachToTarget", attach)?;
        browser.session = session["sessionId"].as_str().unwrap_or_default().to_owned();
        for domain in ["Page.enable", "Runtime.enable", "Log.enable", "Network.enable"] {
            browser.call(domain, json!({}))?;
        }
        Ok(browser)
    }

    /// Calls a method of the protocol and waits for its result.
    pub fn call(&mut self, method: &str, parameters: Value) -> io::Result<Value> {
        self.next += 1;
        let id = self.next;
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.input.write_all(message.to_string().as_bytes())?;
        self.input.write_all(&[0])?;
        loop {
            let message = self.message()?;
            if message["id"] == json!(id) {
                return match message.get("error") {
                    Some(error) => Err(failure(format!("{method}: {error}"))),
                    None => Ok(message["result"].clone()),
                };
            }
        }
    }

    /// The next message; events that matter to tests are kept.
    fn message(&mut self) -> io::Result<Value> {
        let mut bytes = Vec::new();
        if self.output.read_until(0, &mut bytes)? == 0 {
            return Err(failure("the browser ended"));
        }
        bytes.pop();
        let message: Value = serde_json::from_slice(&bytes)?;
        let parameters = &message["params"];
        match message["method"].as_str() {
            Some("Log.entryAdded") if parameters["entry"]["level"] == "error" => {
                self.complaints.push(parameters["entry"]["text"].to_string());
            }
            Some("Runtime.exceptionThrown") => self.complaints.push(parameters["exceptionDetails"].to_string()),
            Some("Page.loadEventFired") => self.loads += 1,
            Some("Network.requestWillBeSent") => {
                self.requests.push(parameters["request"]["url"].as_str().unwrap_or_default().to_owned());
            }
            _ => {}
        }
        Ok(message)
    }

    /// Runs a script in every page before anything of its own.
    pub fn before_every_page(&mut self, script: &str) -> io::Result<()> {
        self.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).map(drop)
    }

    /// Lets pages do what their Content-Security-Policy forbids, or not.
    pub fn bypass_policy(&mut self, bypass: bool) -> io::Result<()> {
        self.call("Page.setBypassCSP", json!({ "enabled": bypass })).map(drop)
    }

    /// Opens an address and waits until it is there.
    pub fn open(&mut self, url: &str) -> io::Result<()> {
        self.call("Page.navigate", json!({ "url": url }))?;
        self.until_loaded()
    }

    /// Does something that leads to another page, and waits until that is there.
    pub fn to_page(&mut self, act: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        // The page may be there before the answer to the call is: its event is counted, not waited for.
        let loaded = self.loads;
        act(self)?;
        while self.loads == loaded {
            self.message()?;
        }
        Ok(())
    }

    /// Evaluates what leads to another page, and waits until that is there.
    pub fn follow(&mut self, expression: &str) -> io::Result<()> {
        self.to_page(|browser| browser.value(&format!("{expression}; 0")).map(|_| ()))
    }

    /// Presses a key that leads to another page, and waits until that is there.
    pub fn press_to_page(&mut self, key: &str) -> io::Result<()> {
        self.to_page(|browser| browser.press(key))
    }

    /// Puts text into a field as a person does: the page hears of it.
    pub fn fill(&mut self, selector: &str, text: &str) -> io::Result<()> {
        let (selector, text) = (json!(selector), json!(text));
        self.value(&format!(
            "(() => {{ const field = document.querySelector({selector}); field.value = {text}; field.dispatchEvent(new Event('input', {{ bubbles: true }})); }})()"
        ))
        .map(|_| ())
    }

    /// Waits for the page's load event.
    pub fn until_loaded(&mut self) -> io::Result<()> {
        while self.message()?["method"] != "Page.loadEventFired" {}
        Ok(())
    }

    /// The value of an expression of JavaScript; promises are waited for.
    pub fn value(&mut self, expression: &str) -> io::Result<Value> {
        let parameters = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let result = self.call("Runtime.evaluate", parameters)?;
        match result.get("exceptionDetails") {
            Some(error) => Err(failure(format!("{expression}: {error}"))),
            None => Ok(result["result"]["value"].clone()),
        }
    }

    /// Waits until an expression is true.
    pub fn until(&mut self, expression: &str) -> io::Result<()> {
        let waiting = format!(
            "new Promise((done, failed) => {{ let tries = 0; const look = () => {{ if ({expression}) done(true); else if (++tries > 300) failed(new Error('never true')); else setTimeout(look, 50); }}; look(); }})"
        );
        self.value(&waiting).map(|_| ())
    }

    /// Presses a key on the page.
    pub fn press(&mut self, key: &str) -> io::Result<()> {
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({ "type": kind, "key": key });
            if kind == "keyDown" && key.chars().count() == 1 {
                event["text"] = json!(key);
            }
            self.call("Input.dispatchKeyEvent", event)?;
        }
        Ok(())
    }

    /// A window of this width in CSS pixels, light or dark.
    pub fn window(&mut self, width: u32, height: u32, dark: bool) -> io::Result<()> {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.call("Emulation.setDeviceMetricsOverride", size)?;
        let scheme = if dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", media).map(|_| ())
    }

    /// Writes a picture of the page to a PNG file: from its top, so many pixels high.
    pub fn picture(&mut self, path: &Path, width: u32, height: u32) -> io::Result<()> {
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        let parameters = json!({ "format": "png", "clip": clip, "captureBeyondViewport": true });
        let result = self.call("Page.captureScreenshot", parameters)?;
        let encoded = result["data"].as_str().unwrap_or_default();
        let bytes = base64::engine::general_purpose::STANDARD.decode(encoded).map_err(io::Error::other)?;
        std::fs::write(path, bytes)
    }

    /// Turns scripts off or on.
    pub fn scripts(&mut self, on: bool) -> io::Result<()> {
        self.call("Emulation.setScriptExecutionDisabled", json!({ "value": !on })).map(|_| ())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program's demo on a free port. Killed when it goes out of scope.
pub struct Demo {
    child: Child,
    /// Its address, with a slash at the end.
    pub address: String,
    /// Where the first account is made.
    pub welcome: String,
}

impl Demo {
    /// Starts the program that was built beside these tests.
    pub fn start() -> io::Result<Self> {
        let program = program()?;
        let mut child = Command::new(&program)
            .args(["demo", "--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut said = String::new();
        let output = child.stdout.take().ok_or_else(|| failure("no output"))?;
        let mut output = BufReader::new(output);
        output.read_line(&mut said)?;
        output.read_line(&mut said)?;
        let mut addresses = said.split_whitespace().filter(|word| word.starts_with("http://")).map(str::to_owned);
        let (Some(address), Some(welcome)) = (addresses.next(), addresses.next()) else {
            return Err(failure(format!("the demo did not start: {said:?}")));
        };
        // What it says later must not fill the pipe.
        std::thread::spawn(move || io::copy(&mut output, &mut io::sink()));
        Ok(Self { child, address, welcome })
    }
}

/// A data folder of its own.
pub struct Place {
    folder: TempDir,
}

impl Place {
    /// A new one.
    pub fn new() -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("firsthand.toml"), "[http]\nhost_pause_ms = 0\n")?;
        Ok(Self { folder })
    }

    /// Runs a command of the program on it; gives what it printed.
    pub fn run(&self, arguments: &[&str]) -> io::Result<String> {
        let output = Command::new(program()?).args(arguments).arg("--data").arg(self.folder.path()).output()?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => Err(failure(format!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr)))),
        }
    }
}

/// A server over a data folder that fetches nothing. Killed when it goes out of scope.
pub struct Served {
    child: Child,
    /// Its address, without a slash at the end.
    pub address: String,
}

impl Served {
    /// Starts the program that was built beside these tests.
    pub fn start(place: &Place) -> io::Result<Self> {
        let mut child = Command::new(program()?)
            .args(["serve", "--role", "web", "--listen", "127.0.0.1:0", "--data"])
            .arg(place.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut said = BufReader::new(child.stderr.take().ok_or_else(|| failure("no output"))?);
        let address = loop {
            let mut line = String::new();
            if said.read_line(&mut line)? == 0 {
                return Err(failure("the server did not start"));
            }
            if let Some(address) = line.split_whitespace().find(|word| word.starts_with("http://")) {
                break address.trim_end_matches('/').to_owned();
            }
        };
        std::thread::spawn(move || io::copy(&mut said, &mut io::sink()));
        Ok(Self { child, address })
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Asked to end, it takes its folder along.
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        for _ in 0..50 {
            if matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program: it stands beside this one, or in the folder above that of the tests.
fn program() -> io::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let found = own.ancestors().skip(1).take(2).map(|folder| folder.join("firsthand")).find(|path| path.is_file());
    found.ok_or_else(|| failure("the program is missing: run `cargo build --package firsthand` first"))
}

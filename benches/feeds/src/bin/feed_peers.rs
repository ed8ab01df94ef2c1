//! `feed_peers write DIR` writes the documents made by rule with their gold; `feed_peers read DIR`
//! reads them with the other readers and prints a JSON line a document and reader. `compare.py` beside
//! it does both and sets the program and Python's feedparser beside them.

use firsthand_feed_benches::made::{Expected, URL, cases};
use firsthand_feed_benches::{PEERS, Read};
use serde_json::{Value, json};
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["write", folder] => write(Path::new(folder)),
        ["read", folder] => read(Path::new(folder)),
        _ => Err("usage: feed_peers write|read DIR".into()),
    }
}

fn write(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all(folder)?;
    let (mut list, mut gold) = (String::new(), String::new());
    for (number, case) in cases().into_iter().enumerate() {
        let file = format!("{number:04}.feed");
        std::fs::write(folder.join(&file), &case.document)?;
        let expected = match case.expected {
            Expected::Title(title) => json!({ "title": title }),
            Expected::Published(time) => json!({ "published": time }),
            Expected::Link(link) => json!({ "link": link }),
            Expected::Titles(titles) => json!({ "titles": titles }),
            Expected::FirstOf(title, least) => json!({ "title": title, "least": least }),
            Expected::Content(kept, gone) => json!({ "kept": kept, "gone": gone }),
        };
        let path = folder.join(&file);
        list += &format!("{}\n", json!({ "file": path, "url": URL, "content_type": case.content_type }));
        gold += &format!("{}\n", json!({ "file": path, "class": case.class, "content_type": case.content_type, "expected": expected }));
    }
    std::fs::write(folder.join("list.jsonl"), list)?;
    std::fs::write(folder.join("gold.jsonl"), gold)?;
    Ok(())
}

fn read(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    for line in std::fs::read_to_string(folder.join("gold.jsonl"))?.lines() {
        let gold: Value = serde_json::from_str(line)?;
        let file = gold["file"].as_str().ok_or("a line without a file")?;
        let document = std::fs::read(file)?;
        for (peer, reader) in PEERS {
            let answer = match reader(&document) {
                Ok(Read { titles, link, published, content }) => {
                    json!({ "titles": titles, "link": link, "published": published, "content": content })
                }
                Err(error) => json!({ "error": error }),
            };
            println!("{}", json!({ "peer": peer, "file": file, "read": answer }));
        }
    }
    Ok(())
}

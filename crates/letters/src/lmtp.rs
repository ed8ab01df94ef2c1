//! The Local Mail Transfer Protocol (RFC 2033): SMTP (RFC 5321) that answers for each recipient after the message.

use crate::read::read;
use firsthand_model::{Clock, UserId};
use firsthand_store::Store;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// How letters are taken.
#[derive(Debug, Clone)]
pub struct LettersConfig {
    /// The domain of the addresses: what stands behind the @.
    pub domain: String,
    /// The greatest message in bytes.
    pub max_bytes: usize,
}

/// The longest line of a command, and how many recipients a message has at the most.
const MAX_LINE: u64 = 4096;
const MAX_RECIPIENTS: usize = 100;
/// How long a mail server may be silent (RFC 5321, 4.5.3.2).
const SILENCE: Duration = Duration::from_secs(300);

/// What a command asks for.
#[derive(Debug, PartialEq, Eq)]
enum Command<'a> {
    Hello,
    From,
    To(&'a str),
    Data,
    Reset,
    Nothing,
    Quit,
    Unknown,
}

fn command(line: &str) -> Command<'_> {
    let line = line.trim_end();
    let begins = |word: &str| line.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    if begins("LHLO") {
        Command::Hello
    } else if begins("MAIL FROM:") {
        Command::From
    } else if begins("RCPT TO:") {
        let rest = line.get("RCPT TO:".len()..).unwrap_or_default().trim();
        // Parameters may stand behind the address.
        let address = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')).map_or(rest, |(address, _)| address);
        Command::To(address)
    } else if begins("DATA") {
        Command::Data
    } else if begins("RSET") {
        Command::Reset
    } else if begins("NOOP") || begins("VRFY") {
        Command::Nothing
    } else if begins("QUIT") {
        Command::Quit
    } else {
        Command::Unknown
    }
}

type Stream = BufReader<TcpStream>;

async fn say(stream: &mut Stream, text: &str) -> io::Result<()> {
    stream.get_mut().write_all(text.as_bytes()).await
}

/// Reads a line; nothing at the end, an error where it is too long or does not come.
async fn line(stream: &mut Stream) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let mut limited = (&mut *stream).take(MAX_LINE);
    let read = tokio::time::timeout(SILENCE, limited.read_until(b'\n', &mut line)).await;
    let count = read.map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "it was silent for too long"))??;
    match (count, line.ends_with(b"\n")) {
        (0, _) => Ok(None),
        (_, true) => Ok(Some(line)),
        (_, false) => Err(io::Error::new(io::ErrorKind::InvalidData, "a line without end")),
    }
}

/// Reads a message up to the line with the single dot; `None` where it is larger than allowed.
async fn message(stream: &mut Stream, max_bytes: usize) -> io::Result<Option<Vec<u8>>> {
    let mut message = Vec::new();
    let mut fits = true;
    loop {
        let mut part = Vec::new();
        let mut limited = (&mut *stream).take(u64::try_from(max_bytes).unwrap_or(u64::MAX));
        let read = tokio::time::timeout(SILENCE, limited.read_until(b'\n', &mut part)).await;
        let count = read.map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "it was silent for too long"))??;
        if count == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "a message without end"));
        }
        if part == b".\r\n" || part == b".\n" {
            return Ok(fits.then_some(message));
        }
        fits &= message.len() + part.len() <= max_bytes;
        if fits {
            // A line that begins with a dot has one more on the way (RFC 5321, 4.5.2).
            message.extend_from_slice(part.strip_prefix(b".").unwrap_or(&part));
        }
    }
}

/// The account of an address, if it is one of this server's.
async fn recipient(store: &Store, config: &LettersConfig, address: &str) -> Option<UserId> {
    let (local, domain) = address.rsplit_once('@')?;
    if !domain.eq_ignore_ascii_case(&config.domain) {
        return None;
    }
    store.user_by_letter_code(&local.to_ascii_lowercase()).await.ok().flatten()
}

pub(crate) async fn converse(
    stream: TcpStream,
    store: &Store,
    clock: &dyn Clock,
    config: &LettersConfig,
) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    say(&mut stream, &format!("220 {} LMTP firsthand\r\n", config.domain)).await?;
    let mut recipients: Vec<UserId> = Vec::new();
    while let Some(line) = line(&mut stream).await? {
        let text = String::from_utf8_lossy(&line);
        match command(&text) {
            Command::Hello => {
                let size = config.max_bytes;
                let text = format!(
                    "250-{}\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE {size}\r\n",
                    config.domain
                );
                say(&mut stream, &text).await?;
            }
            Command::From | Command::Reset => {
                recipients.clear();
                say(&mut stream, "250 2.0.0 ok\r\n").await?;
            }
            Command::To(address) => {
                let known = recipient(store, config, address).await;
                let answer = match known {
                    Some(_) if recipients.len() >= MAX_RECIPIENTS => "452 4.5.3 too many recipients\r\n",
                    Some(user) => {
                        recipients.push(user);
                        "250 2.1.5 ok\r\n"
                    }
                    None => "550 5.1.1 nobody has this address here\r\n",
                };
                say(&mut stream, answer).await?;
            }
            Command::Data if recipients.is_empty() => say(&mut stream, "503 5.5.1 nobody to give it to\r\n").await?,
            Command::Data => {
                say(&mut stream, "354 go on, and end with a single dot\r\n").await?;
                let message = message(&mut stream, config.max_bytes).await?;
                let letter = message.as_deref().map(|message| read(message, clock.now()));
                for user in recipients.drain(..) {
                    let answer = match &letter {
                        None => "552 5.3.4 the message is too large\r\n",
                        // Stored before it is acknowledged: what is not stored is handed over again.
                        Some(letter) => match store.add_letter(user, letter.clone()).await {
                            Ok(_) => "250 2.0.0 taken\r\n",
                            Err(error) => {
                                tracing::error!("a letter could not be stored: {error}");
                                "451 4.3.0 it could not be stored: try again\r\n"
                            }
                        },
                    };
                    say(&mut stream, answer).await?;
                }
            }
            Command::Nothing => say(&mut stream, "252 2.0.0 ok\r\n").await?,
            Command::Quit => {
                say(&mut stream, "221 2.0.0 bye\r\n").await?;
                return Ok(());
            }
            Command::Unknown => {
                say(&mut stream, "500 5.5.2 this is LMTP: LHLO, MAIL, RCPT, DATA, RSET, NOOP, QUIT\r\n").await?
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_in_any_case() {
        assert_eq!(command("lhlo mail.example\r\n"), Command::Hello);
        assert_eq!(command("RCPT TO:<a@b.example> NOTIFY=NEVER\r\n"), Command::To("a@b.example"));
        assert_eq!(command("rcpt to: a@b.example\r\n"), Command::To("a@b.example"));
        assert_eq!(command("Mail From:<>\r\n"), Command::From);
        assert_eq!(command("EHLO x\r\n"), Command::Unknown);
        assert_eq!(command("\r\n"), Command::Unknown);
    }
}

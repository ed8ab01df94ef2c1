//! Mail: a message as text and as HTML, with a link that ends it by one click (RFC 8058).

use crate::NotifyConfig;
use crate::send::SendError;
use firsthand_model::{Delivery, DeliveryKind, NoticeItem, Role};
use firsthand_text::html::escape;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::fmt::Write as _;
use std::time::Duration;

/// How mail is sent.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// The server: `smtp://` or `smtps://`, with name and password where it wants them.
    pub server: String,
    /// The sender, as it stands in a message.
    pub from: String,
}

/// Why no mail can be sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The server's address is none.
    #[error(
        "mail.server is no address of a mail server ({0}): write smtp://HOST:PORT, smtps://NAME:PASSWORD@HOST or smtp://NAME:PASSWORD@HOST:587?tls=required"
    )]
    Server(String),
    /// The sender is none.
    #[error("mail.from is no sender ({0}): write news@example.org or News <news@example.org>")]
    From(String),
}

pub(crate) struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

macro_rules! header {
    ($name:ident, $text:literal) => {
        #[derive(Clone)]
        struct $name(String);
        impl Header for $name {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($text)
            }
            fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self(text.to_owned()))
            }
            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), self.0.clone())
            }
        }
    };
}

header!(ListUnsubscribe, "List-Unsubscribe");
header!(ListUnsubscribePost, "List-Unsubscribe-Post");
header!(AutoSubmitted, "Auto-Submitted");
header!(MayRepeat, "X-Firsthand-May-Repeat");

impl Mailer {
    pub(crate) fn new(config: &MailConfig, timeout: Duration) -> Result<Self, MailError> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&config.server)
            .map_err(|error| MailError::Server(error.to_string()))?;
        let from = config.from.parse().map_err(|error| MailError::From(format!("{error}")))?;
        Ok(Self { transport: builder.timeout(Some(timeout)).build(), from })
    }

    pub(crate) async fn send(&self, config: &NotifyConfig, delivery: &Delivery) -> Result<(), SendError> {
        let message = self.message(config, delivery)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(SendError::Never(format!("the mail server refused it: {error}"))),
            Err(error) => Err(SendError::Later(format!("the mail server could not take it: {error}"))),
        }
    }

    fn message(&self, config: &NotifyConfig, delivery: &Delivery) -> Result<Message, SendError> {
        let never = |what: String| SendError::Never(format!("no message could be made: {what}"));
        let to: Mailbox = delivery.channel.address.parse().map_err(|error| never(format!("{error}")))?;
        let code = delivery.code.as_deref().unwrap_or_default();
        let (subject, parts) = match delivery.kind {
            DeliveryKind::Confirm => confirmation(config, code),
            DeliveryKind::Notice | DeliveryKind::Save => {
                (delivery.notice.heading.clone(), news(config, delivery, &stop_link(config, code)))
            }
        };
        // The same at every attempt: mail programs show a message that comes twice once.
        let domain = self.from.email.domain();
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(to)
            .message_id(Some(format!("<{}.firsthand@{domain}>", delivery.id)))
            .subject(subject)
            .header(AutoSubmitted("auto-generated".to_owned()));
        if delivery.kind == DeliveryKind::Notice && !code.is_empty() {
            builder = builder
                .header(ListUnsubscribe(format!("<{}>", stop_link(config, code))))
                .header(ListUnsubscribePost("List-Unsubscribe=One-Click".to_owned()));
        }
        if delivery.may_repeat {
            builder = builder.header(MayRepeat(format!("attempt {}", delivery.attempt)));
        }
        builder.multipart(parts).map_err(|error| never(error.to_string()))
    }
}

fn stop_link(config: &NotifyConfig, code: &str) -> String {
    format!("{}/stop/{code}", config.base_url)
}

fn confirmation(config: &NotifyConfig, code: &str) -> (String, MultiPart) {
    let (title, link) = (&config.title, format!("{}/alerts/confirm/{code}", config.base_url));
    let text = format!(
        "Somebody with an account at {title} ({}) wants news sent to this address.\n\nIf that was you, open this page and say so:\n{link}\n\nIf not, do nothing: nothing more will be sent.\n",
        config.base_url
    );
    let html = format!(
        "<p>Somebody with an account at <a href=\"{0}\">{1}</a> wants news sent to this address.</p>\n<p>If that was you, <a href=\"{2}\">say so on this page</a>.</p>\n<p>If not, do nothing: nothing more will be sent.</p>\n",
        escape(&config.base_url),
        escape(title),
        escape(&link)
    );
    (format!("{title}: is this your address?"), MultiPart::alternative_plain_html(text, html))
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::FirstHand => "First-hand",
        Role::Relay => "Repeats others",
        Role::Wire => "From an agency",
        Role::Copy => "Copy",
        Role::Update => "Update",
        Role::Unclear => "Unclear",
    }
}

/// "First-hand. Northmark Courier, one of 4 reports."
fn credit(item: &NoticeItem) -> String {
    let role = item.role.filter(|role| *role != Role::Unclear).map(|role| format!("{}. ", role_name(role)));
    let reports = if item.reports > 1 { format!(", one of {} reports", item.reports) } else { String::new() };
    format!("{}{}{reports}.", role.unwrap_or_default(), item.outlet)
}

fn news(config: &NotifyConfig, delivery: &Delivery, stop: &str) -> MultiPart {
    let (notice, base) = (&delivery.notice, &config.base_url);
    let repeat = "This message may have reached you before: the attempt to send it was interrupted.";
    let mut text = format!("{}\n{base}{}\n\n", notice.heading, notice.path);
    let mut html = format!(
        "<h1 style=\"font-size:1.2em\"><a href=\"{}\">{}</a></h1>\n",
        escape(&format!("{base}{}", notice.path)),
        escape(&notice.heading)
    );
    if delivery.may_repeat {
        let _ = write!(text, "{repeat}\n\n");
        let _ = writeln!(html, "<p><em>{repeat}</em></p>");
    }
    for item in &notice.items {
        let here = format!("{base}{}", item.path);
        let credit = credit(item);
        let _ =
            write!(text, "* {}\n  {credit}\n  {}\n  {here}\n  Read more: {}\n\n", item.title, item.excerpt, item.url);
        let _ = write!(
            html,
            "<h2 style=\"font-size:1em;margin-bottom:0\"><a href=\"{}\">{}</a></h2>\n<p style=\"margin-top:0\"><small>{}</small><br>{} <a href=\"{}\">Read more</a></p>\n",
            escape(&here),
            escape(&item.title),
            escape(&credit),
            escape(&item.excerpt),
            escape(&item.url)
        );
    }
    let _ = write!(text, "--\n{}. No more of these: {stop}\n", config.title);
    let _ = writeln!(
        html,
        "<hr><p><small>{}. <a href=\"{}\">No more of these</a></small></p>",
        escape(&config.title),
        escape(stop)
    );
    MultiPart::alternative_plain_html(text, html)
}

//! `/letters`: a reader's newsletters, which nobody else sees.

use super::{NumberForm, PAGE};
use crate::Shared;
use crate::auth::{Asker, draw};
use crate::error::Error;
use crate::show::{Shell, When};
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{Html, Redirect};
use firsthand_model::LetterCard;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "letters.html")]
struct LettersPage {
    shell: Shell,
    letters: Vec<LetterShown>,
    /// The number behind which the next page begins.
    next: Option<i64>,
    /// The address for newsletters; where this server takes none, nothing.
    address: Option<String>,
    takes: bool,
}

struct LetterShown {
    id: i64,
    sender: String,
    subject: String,
    excerpt: String,
    at: When,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct LettersQuery {
    #[serde(default)]
    before: Option<i64>,
}

/// `GET /letters`
pub(crate) async fn letters(
    State(app): State<Shared>,
    asker: Asker,
    Query(query): Query<LettersQuery>,
) -> Result<Html<String>, Error> {
    let (user, now) = (asker.signed_in()?.id, app.clock.now());
    let mut cards = app.store.letters(user, query.before, PAGE + 1).await?;
    let has_more = cards.len() > PAGE;
    cards.truncate(PAGE);
    let domain = app.config.letters_domain.as_deref();
    let code = app.store.letter_code(user).await?;
    let mut shell = Shell::new(&app, &asker, "Newsletters").await?;
    shell.feed = Some(format!("{}.{{}}", app.letters_feed(user).await?));
    let page = LettersPage {
        next: cards.last().filter(|_| has_more).map(|card| card.id),
        takes: domain.is_some(),
        address: code.zip(domain).map(|(code, domain)| format!("{code}@{domain}")),
        letters: cards.into_iter().map(|card| shown(card, now)).collect(),
        shell,
    };
    Ok(Html(page.render()?))
}

fn shown(card: LetterCard, now: firsthand_model::Timestamp) -> LetterShown {
    LetterShown {
        id: card.id,
        sender: card.sender,
        subject: card.subject,
        excerpt: card.excerpt,
        at: When::new(card.received_at, now),
    }
}

#[derive(Template)]
#[template(path = "letter.html")]
struct LetterPage {
    shell: Shell,
    letter: LetterShown,
    address: String,
    html: String,
}

/// `GET /letters/ID`
pub(crate) async fn letter(
    State(app): State<Shared>,
    asker: Asker,
    Path(text): Path<String>,
) -> Result<Html<String>, Error> {
    let user = asker.signed_in()?.id;
    let letter = app.store.letter(user, super::number(&text, "letter")?).await?;
    let letter = letter.ok_or_else(|| Error::NotFound(format!("there is no letter {text}")))?;
    let page = LetterPage {
        shell: Shell::new(&app, &asker, &letter.card.subject).await?,
        address: letter.card.sender_address.clone(),
        letter: shown(letter.card, app.clock.now()),
        html: letter.html,
    };
    Ok(Html(page.render()?))
}

/// `POST /letters/remove`
pub(crate) async fn remove(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<NumberForm>,
) -> Result<Redirect, Error> {
    app.store.remove_letter(asker.signed_in()?.id, form.id).await?;
    Ok(Redirect::to("/letters"))
}

/// "new" or "none".
#[derive(Debug, Deserialize)]
pub(crate) struct AddressForm {
    address: String,
}

/// `POST /letters/address`: another address, after which the one before takes nothing more.
pub(crate) async fn set_address(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<AddressForm>,
) -> Result<Redirect, Error> {
    let user = asker.signed_in()?.id;
    let drawn = draw(app.random.as_ref());
    let code = (form.address == "new").then(|| drawn.chars().take(16).collect::<String>());
    app.store.set_letter_code(user, code).await?;
    Ok(Redirect::to("/letters"))
}

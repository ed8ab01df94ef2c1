//! `/site`: what editors say of the public site, and the files and pages that come of it.

use super::number;
use crate::auth::Asker;
use crate::error::Error;
use crate::show::Shell;
use crate::site::{LOGO, SECTIONS, checked_colour, checked_logo, image_headers, parse_topics};
use crate::{App, Shared};
use askama::Template;
use axum::Form;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use firsthand_model::{OutletId, UserRole};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Characters of a name and of a longer text at the most.
const MOST_NAME: usize = 60;
const MOST_TEXT: usize = 20_000;

#[derive(Template)]
#[template(path = "site.html")]
struct SitePage {
    shell: Shell,
    name: String,
    accent: String,
    accent_dark: String,
    about: String,
    imprint: String,
    topics: String,
    /// The sections: word, name, whether it is shown.
    sections: Vec<(&'static str, &'static str, bool)>,
    voters: Vec<(&'static str, &'static str, bool)>,
    images: Vec<(&'static str, &'static str, bool)>,
    noindex: bool,
    embed: bool,
    /// What another site puts on its page.
    snippet: String,
    problem: Option<String>,
    saved: bool,
}

const VOTERS: [(&str, &str); 3] =
    [("everyone", "everyone"), ("accounts", "who is signed in"), ("nobody", "nobody (no buttons)")];
const IMAGES: [(&str, &str); 3] =
    [("off", "to nobody"), ("readers", "to who is signed in"), ("everyone", "to everyone")];

fn chosen<const N: usize>(
    all: [(&'static str, &'static str); N],
    value: Option<&str>,
    unless: &str,
) -> Vec<(&'static str, &'static str, bool)> {
    all.into_iter().map(|(word, name)| (word, name, value.unwrap_or(unless) == word)).collect()
}

async fn page(
    app: &App,
    asker: &Asker,
    settings: &BTreeMap<String, String>,
    problem: Option<String>,
    saved: bool,
) -> Result<String, Error> {
    let text = |name: &str| settings.get(name).cloned().unwrap_or_default();
    let without = text("without");
    let page = SitePage {
        name: text("name"),
        accent: text("accent"),
        accent_dark: text("accent_dark"),
        about: text("about"),
        imprint: text("imprint"),
        topics: text("topics"),
        sections: SECTIONS
            .into_iter()
            .map(|(word, name)| (word, name, without.split(',').all(|left_out| left_out != word)))
            .collect(),
        voters: chosen(VOTERS, settings.get("voters").map(String::as_str), "everyone"),
        images: chosen(IMAGES, settings.get("images").map(String::as_str), "readers"),
        noindex: settings.contains_key("noindex"),
        embed: settings.contains_key("embed"),
        snippet: format!(
            "<iframe src=\"{}/embed?n=5\" width=\"320\" height=\"420\" loading=\"lazy\"></iframe>",
            asker.base
        ),
        problem,
        saved,
        shell: Shell::new(app, asker, "This site").await?,
    };
    Ok(page.render()?)
}

/// `GET /site`
pub(crate) async fn site(
    State(app): State<Shared>,
    asker: Asker,
    axum::extract::RawQuery(query): axum::extract::RawQuery,
) -> Result<Html<String>, Error> {
    asker.at_least(UserRole::Editor)?;
    let settings = app.store.site_settings().await?;
    Ok(Html(page(&app, &asker, &settings, None, query.as_deref() == Some("saved")).await?))
}

/// What the form sent: texts by their names, those that were ticked, the logo.
#[derive(Default)]
struct Sent {
    texts: BTreeMap<String, String>,
    ticked: Vec<(String, String)>,
    logo: Option<Vec<u8>>,
}

impl Sent {
    async fn read(mut form: Multipart) -> Result<Self, Error> {
        let unread = |error: axum::extract::multipart::MultipartError| Error::BadRequest(error.body_text());
        let mut sent = Self::default();
        while let Some(field) = form.next_field().await.map_err(unread)? {
            let name = field.name().unwrap_or_default().to_owned();
            match name.as_str() {
                "logo" => {
                    let bytes = field.bytes().await.map_err(unread)?;
                    sent.logo = Some(bytes.to_vec()).filter(|bytes| !bytes.is_empty());
                }
                "section" | "tick" => sent.ticked.push((name, field.text().await.map_err(unread)?)),
                _ => {
                    // Browsers end lines with CR LF.
                    let text = field.text().await.map_err(unread)?.replace("\r\n", "\n");
                    sent.texts.insert(name, text.trim().to_owned());
                }
            }
        }
        Ok(sent)
    }

    fn is_ticked(&self, kind: &str, word: &str) -> bool {
        self.ticked.iter().any(|(known, value)| known == kind && value == word)
    }

    /// The settings that are meant, or what is wrong with them.
    fn settings(&self) -> Result<BTreeMap<String, String>, String> {
        let mut settings = self.texts.clone();
        let left_out = SECTIONS.iter().filter(|(word, _)| !self.is_ticked("section", word)).map(|(word, _)| *word);
        settings.insert("without".to_owned(), left_out.collect::<Vec<_>>().join(","));
        for name in ["noindex", "embed"] {
            let value = if self.is_ticked("tick", name) { "yes" } else { "" };
            settings.insert(name.to_owned(), value.to_owned());
        }
        checked_settings(settings)
    }
}

/// Settings of the site that can be kept; an empty value takes one away.
///
/// Errors: what is wrong with which.
pub(crate) fn checked_settings(settings: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, String> {
    let mut checked = BTreeMap::new();
    for (name, value) in settings {
        let most = if name == "name" { MOST_NAME } else { MOST_TEXT };
        if value.chars().nth(most).is_some() {
            return Err(format!("the {name} is longer than {most} characters"));
        }
        let one_of = |words: &[(&str, &str)]| {
            let known = value.is_empty() || words.iter().any(|(word, _)| *word == value);
            known.then_some(()).ok_or_else(|| format!("{name} cannot be {value:?}"))
        };
        let value = match name.as_str() {
            "accent" | "accent_dark" if !value.is_empty() => checked_colour(&value, name == "accent_dark")?,
            "name" | "about" | "imprint" | "accent" | "accent_dark" => value,
            "topics" => parse_topics(&value).map(|_| value)?,
            "voters" => one_of(&VOTERS).map(|()| value)?,
            "images" => one_of(&IMAGES).map(|()| value)?,
            "without" => {
                let known = |section: &str| SECTIONS.iter().any(|(word, _)| *word == section);
                if let Some(unknown) = value.split(',').find(|section| !section.is_empty() && !known(section)) {
                    return Err(format!("there is no section {unknown:?}"));
                }
                value
            }
            "noindex" | "embed" => one_of(&[("yes", "")]).map(|()| value)?,
            _ => return Err(format!("there is no setting {name:?} of a site")),
        };
        checked.insert(name, value);
    }
    Ok(checked)
}

/// `POST /site`
pub(crate) async fn set(State(app): State<Shared>, asker: Asker, form: Multipart) -> Result<Response, Error> {
    let editor = asker.at_least(UserRole::Editor)?.id;
    let sent = Sent::read(form).await?;
    let checked = sent.settings().and_then(|settings| {
        let logo = sent.logo.as_deref().map(checked_logo).transpose()?;
        Ok((settings, logo))
    });
    let (settings, logo) = match checked {
        Ok(checked) => checked,
        Err(why) => {
            // What was typed is not lost.
            let mut typed = sent.texts.clone();
            typed.extend(
                ["noindex", "embed"]
                    .into_iter()
                    .filter(|name| sent.is_ticked("tick", name))
                    .map(|name| (name.to_owned(), "yes".to_owned())),
            );
            let page = page(&app, &asker, &typed, Some(why), false).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
        }
    };
    app.store.set_site_settings(settings.into_iter().collect(), Some(editor)).await?;
    if sent.is_ticked("tick", "no-logo") {
        app.store.set_site_file(LOGO, None).await?;
    } else if logo.is_some() {
        app.store.set_site_file(LOGO, logo).await?;
    }
    app.forget_what_was_read();
    Ok(Redirect::to("/site?saved").into_response())
}

/// `/logo`
pub(crate) async fn logo(State(app): State<Shared>) -> Result<Response, Error> {
    let logo = app.store.site_file(LOGO).await?.ok_or_else(|| Error::NotFound("this site has no logo".to_owned()))?;
    Ok((image_headers(&logo), logo.content).into_response())
}

#[derive(Template)]
#[template(path = "imprint.html")]
struct ImprintPage {
    shell: Shell,
    paragraphs: Vec<String>,
}

/// `/imprint`
pub(crate) async fn imprint(State(app): State<Shared>, asker: Asker) -> Result<Html<String>, Error> {
    let site = app.site().await?;
    let text = site.imprint().ok_or_else(|| Error::NotFound("this site has no imprint".to_owned()))?;
    let page = ImprintPage { paragraphs: paragraphs(text), shell: Shell::new(&app, &asker, "Imprint").await? };
    Ok(Html(page.render()?))
}

/// The paragraphs of a text that editors typed: empty lines part them.
pub(crate) fn paragraphs(text: &str) -> Vec<String> {
    text.split("\n\n").map(|paragraph| paragraph.trim().to_owned()).filter(|paragraph| !paragraph.is_empty()).collect()
}

/// How long an outlet's excerpts are; an empty field: as they are stored.
#[derive(Debug, Deserialize)]
pub(crate) struct ExcerptForm {
    chars: String,
}

/// `POST /outlet/ID/excerpt`
pub(crate) async fn set_excerpt(
    State(app): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Form(form): Form<ExcerptForm>,
) -> Result<Redirect, Error> {
    let id = OutletId(number(&id, "outlet")?);
    asker.at_least(UserRole::Editor)?;
    let chars = match form.chars.trim() {
        "" => None,
        text => Some(text.parse().map_err(|_| {
            Error::BadRequest(format!("{text:?} is no number of characters: write 0 for none, or leave it empty"))
        })?),
    };
    app.store.set_excerpt_chars(id, chars).await?;
    app.forget_what_was_read();
    Ok(Redirect::to(&format!("/outlet/{id}")))
}

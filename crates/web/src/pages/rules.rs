//! `/rules`: what a reader wants hidden or shown, tried on the newest stories before it is kept.

use super::NumberForm;
use crate::auth::Asker;
use crate::error::Error;
use crate::rules::{Rules, checked, field_name};
use crate::show::{FoldedShown, Shell, counted, folded};
use crate::texts::Lang;
use crate::{App, Shared};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use firsthand_model::{Rule, RuleEffect, RuleField, StoryOrder, StoryQuery, Voter};
use serde::Deserialize;

/// The newest stories that a rule is tried on, and those of them that are listed.
const TRIED: usize = 200;
const LISTED: usize = 20;
/// The fields with their words in forms.
const FIELDS: [(&str, RuleField); 6] = [
    ("words", RuleField::Words),
    ("regex", RuleField::Regex),
    ("outlet", RuleField::Outlet),
    ("author", RuleField::Author),
    ("source", RuleField::Source),
    ("feed", RuleField::Feed),
];

#[derive(Template)]
#[template(path = "rules.html")]
struct RulesPage {
    shell: Shell,
    rules: Vec<RuleShown>,
    /// The fields: word, name, whether it is the chosen one.
    fields: Vec<(&'static str, &'static str, bool)>,
    shows: bool,
    pattern: String,
    preview: Preview,
}

struct RuleShown {
    id: i64,
    effect: &'static str,
    field: &'static str,
    pattern: String,
}

/// What a rule would do.
#[derive(Template, Default)]
#[template(path = "rules_preview.html")]
struct Preview {
    shell: Lang,
    problem: Option<String>,
    said: Option<String>,
    stories: Vec<FoldedShown>,
    more: usize,
}

/// A rule as a form has it, perhaps not filled in yet.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct RuleForm {
    #[serde(default)]
    effect: String,
    #[serde(default)]
    field: String,
    #[serde(default)]
    pattern: String,
    /// "preview": that part of the page alone.
    #[serde(default)]
    part: Option<String>,
}

impl RuleForm {
    fn rule(&self) -> Result<Rule, String> {
        let field = FIELDS.iter().find(|(word, _)| *word == self.field || self.field.is_empty());
        checked(Rule {
            id: 0,
            effect: if self.effect == "show" { RuleEffect::Show } else { RuleEffect::Hide },
            field: field.ok_or_else(|| format!("a rule cannot look at {:?}", self.field))?.1,
            pattern: self.pattern.clone(),
        })
    }
}

/// What a rule would change on the newest stories.
async fn preview(app: &App, asker: &Asker, form: &RuleForm) -> Result<Preview, Error> {
    let (user, shell) = (asker.signed_in()?.id, asker.lang);
    if form.pattern.trim().is_empty() {
        return Ok(Preview { shell, ..Preview::default() });
    }
    let rule = match form.rule() {
        Ok(rule) => rule,
        Err(why) => return Ok(Preview { shell, problem: Some(why), ..Preview::default() }),
    };
    let newest = StoryQuery { order: StoryOrder::New, limit: TRIED, ..StoryQuery::default() };
    let stories = app.stories(&newest, Some(&Voter::User(user))).await?;
    let kept = app.store.rules(user).await?;
    let tried = stories.len();
    let before = Rules::new(kept.clone());
    let after = Rules::new(std::iter::once(rule.clone()).chain(kept).collect());
    let all = counted(tried, "story", "stories");
    let (said, mut changed) = match rule.effect {
        RuleEffect::Hide => {
            let (shown, hidden) = folded(stories, &before);
            let (_, newly) = folded(shown, &after);
            let already = match hidden.len() {
                0 => String::new(),
                count => format!("; {count} are hidden by other rules"),
            };
            (format!("It would hide {} of the newest {all}{already}.", newly.len()), newly)
        }
        RuleEffect::Show => {
            let hidden: Vec<_> = stories.into_iter().filter(|card| before.hiding(card).is_some()).collect();
            let shown: Vec<_> = hidden.into_iter().filter(|card| after.hiding(card).is_none()).collect();
            let (_, shown) = folded(shown, &before);
            (format!("It would bring {} of the newest {all} back.", shown.len()), shown)
        }
    };
    let more = changed.len().saturating_sub(LISTED);
    changed.truncate(LISTED);
    Ok(Preview { shell, problem: None, said: Some(said), stories: changed, more })
}

async fn page(app: &App, asker: &Asker, form: &RuleForm, problem: Option<String>) -> Result<String, Error> {
    let user = asker.signed_in()?.id;
    let preview = match problem {
        Some(why) => Preview { shell: asker.lang, problem: Some(why), ..Preview::default() },
        None => preview(app, asker, form).await?,
    };
    let rules = app.store.rules(user).await?.into_iter().map(|rule| RuleShown {
        id: rule.id,
        effect: match rule.effect {
            RuleEffect::Hide => "hide",
            RuleEffect::Show => "always show",
        },
        field: field_name(rule.field),
        pattern: rule.pattern,
    });
    let page = RulesPage {
        rules: rules.collect(),
        fields: FIELDS.map(|(word, field)| (word, field_name(field), word == form.field)).to_vec(),
        shows: form.effect == "show",
        pattern: form.pattern.clone(),
        preview,
        shell: Shell::new(app, asker, "Rules").await?,
    };
    Ok(page.render()?)
}

/// `GET /rules`
pub(crate) async fn rules(
    State(app): State<Shared>,
    asker: Asker,
    Query(form): Query<RuleForm>,
) -> Result<Html<String>, Error> {
    if form.part.as_deref() == Some("preview") {
        return Ok(Html(preview(&app, &asker, &form).await?.render()?));
    }
    Ok(Html(page(&app, &asker, &form, None).await?))
}

/// `POST /rules`
pub(crate) async fn add(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<RuleForm>,
) -> Result<Response, Error> {
    let user = asker.signed_in()?.id;
    match form.rule() {
        Ok(rule) => {
            app.store.add_rule(user, rule).await?;
            Ok(Redirect::to("/rules").into_response())
        }
        // The page says why, as it does while a rule is tried.
        Err(why) => {
            let page = page(&app, &asker, &form, Some(why)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
    }
}

/// `POST /rules/remove`
pub(crate) async fn remove(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<NumberForm>,
) -> Result<Redirect, Error> {
    app.store.remove_rule(asker.signed_in()?.id, form.id).await?;
    Ok(Redirect::to("/rules"))
}

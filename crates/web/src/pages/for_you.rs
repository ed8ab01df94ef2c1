//! `/for-you`: the stories in one reader's order.

use super::PAGE;
use super::front::rules_of;
use crate::auth::Asker;
use crate::error::Error;
use crate::show::{CardShown, FoldedShown, Paging, Shell, counted, folded};
use crate::{App, Shared};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, Redirect};
use firsthand_model::{Ballot, StoryCard, StoryOrder, StoryQuery, Taste, UserId, Voter};
use firsthand_rank::{Item, Reader, Verdict, Voted};
use serde::Deserialize;

/// The votes that are learnt from, latest first.
const VOTES: usize = 500;
/// The stories of the public order that are put into the reader's.
const STORIES: usize = 200;
/// The newest stories without a vote that stand for what the reader does not care for.
const UNVOTED: usize = 400;
/// Every so many places stand where the public order has them.
const PUBLIC: usize = 5;
/// What a story's place in the public order counts, from the first to the last, against the reader's own interest.
const PLACE: f64 = 1.0;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct PageQuery {
    page: Option<usize>,
}

#[derive(Template)]
#[template(path = "for_you.html")]
struct ForYouPage {
    shell: Shell,
    votes: usize,
    /// "3 votes and stars of yours".
    learnt: String,
    cards: Vec<CardShown>,
    folded: Vec<FoldedShown>,
    paging: Paging,
}

/// `/for-you`
pub(crate) async fn for_you(
    State(app): State<Shared>,
    asker: Asker,
    Query(query): Query<PageQuery>,
) -> Result<Html<String>, Error> {
    let user = asker.signed_in()?.id;
    let (votes, stories) = stories_for(&app, user).await?;
    let page = query.page.unwrap_or(1).clamp(1, STORIES / PAGE);
    let now = app.clock.now();
    let here = stories.iter().skip((page - 1) * PAGE).take(PAGE).cloned().collect();
    let (here, folded) = folded(here, &rules_of(&app, &asker).await?);
    let cards = here.into_iter().map(|card| CardShown::new(card, now, &asker.path, false)).collect();
    let page = ForYouPage {
        shell: Shell::new(&app, &asker, "For you").await?,
        votes,
        learnt: counted(votes, "vote or star of yours", "votes and stars of yours"),
        cards,
        folded,
        paging: Paging::new(page, stories.len() > page * PAGE, |page| format!("/for-you?page={page}")),
    };
    Ok(Html(page.render()?))
}

/// `POST /for-you/forget`
pub(crate) async fn forget(State(app): State<Shared>, asker: Asker) -> Result<Redirect, Error> {
    app.store.forget_taste(asker.signed_in()?.id).await?;
    Ok(Redirect::to("/for-you"))
}

/// The stories for one reader, best first, and from how many votes and stars that was learnt.
pub(crate) async fn stories_for(app: &App, user: UserId) -> Result<(usize, Vec<StoryCard>), Error> {
    let voter = Voter::User(user);
    let public = StoryQuery { limit: STORIES, ..StoryQuery::default() };
    let public = app.stories(&public, Some(&voter)).await?;
    let taste = app.store.taste(user, VOTES).await?;
    if taste.is_empty() {
        return Ok((0, public));
    }
    let newest = StoryQuery { order: StoryOrder::New, limit: UNVOTED, ..StoryQuery::default() };
    let newest = app.stories(&newest, Some(&voter)).await?;
    let count = taste.len();
    let ordered = tokio::task::spawn_blocking(move || ordered(public, &taste, &newest)).await;
    let ordered = ordered.map_err(|_| Error::Render(askama::Error::Fmt))?;
    Ok((count, ordered))
}

fn ordered(public: Vec<StoryCard>, taste: &[Taste], newest: &[StoryCard]) -> Vec<StoryCard> {
    // Votes are learnt from oldest first.
    let votes: Vec<Voted> = taste.iter().rev().map(voted).collect();
    let unvoted: Vec<Item> = newest.iter().filter(|card| card.tally.vote == Ballot::None).map(item).collect();
    let items: Vec<Item> = public.iter().map(item).collect();
    let verdicts = Reader::learn(&votes, &unvoted).judge(&items);
    let count = public.len().max(1) as f64;
    let mut own: Vec<(f64, usize)> = verdicts
        .iter()
        .enumerate()
        .map(|(place, verdict)| (verdict.score + PLACE * (1.0 - place as f64 / count), place))
        .collect();
    own.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    let own: Vec<usize> = own.into_iter().map(|(_, place)| place).collect();
    let mut cards: Vec<Option<StoryCard>> = public.into_iter().map(Some).collect();
    mixed(&own)
        .into_iter()
        .filter_map(|(place, personal)| {
            let mut card = cards.get_mut(place)?.take()?;
            let public = card.why_here.take().unwrap_or_default();
            card.why_here = Some(match verdicts.get(place).filter(|_| personal) {
                Some(verdict) => format!("{}. Its place in the public order: {}.", why(verdict), place + 1),
                None => format!("Not chosen for you: every fifth story is the next of the public order. {public}"),
            });
            Some(card)
        })
        .collect()
}

/// Places in the reader's order, each [`PUBLIC`]th the next of the public order that is not there yet; and whether
/// the reader's order put it there.
fn mixed(own: &[usize]) -> Vec<(usize, bool)> {
    let mut taken = vec![false; own.len()];
    let (mut personal, mut public) = (own.iter().copied(), 0..own.len());
    let mut out = Vec::with_capacity(own.len());
    while out.len() < own.len() {
        let by_reader = (out.len() + 1) % PUBLIC != 0;
        let free = |place: &usize| !taken.get(*place).copied().unwrap_or(true);
        let next = if by_reader { personal.find(free) } else { public.find(free) };
        let Some(place) = next else { break };
        if let Some(slot) = taken.get_mut(place) {
            *slot = true;
        }
        out.push((place, by_reader));
    }
    out
}

/// What moved a story most, in words.
fn why(verdict: &Verdict) -> String {
    let parts: Vec<String> = verdict
        .why
        .iter()
        .filter(|reason| reason.weight.abs() >= 0.005)
        .map(|reason| format!("{} {:+.2}", reason.feature, reason.weight))
        .collect();
    if parts.is_empty() { "Nothing in it speaks for or against it".to_owned() } else { parts.join(", ") }
}

fn voted(taste: &Taste) -> Voted {
    let item = Item {
        title: Some(taste.title.clone()),
        text: Some(taste.excerpt.clone()),
        outlet: Some(taste.outlet.clone()),
        likes: None,
    };
    Voted { item, like: taste.like }
}

fn item(card: &StoryCard) -> Item {
    Item {
        title: Some(card.headline.clone()),
        text: Some(card.excerpt.clone()),
        outlet: Some(card.outlet.clone()),
        // The others' likes: the reader's own is learnt from already.
        likes: Some(card.tally.likes.saturating_sub(u64::from(card.tally.vote == Ballot::Like)) as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fifth_place_is_the_publics() {
        let own = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0];
        let places: Vec<usize> = mixed(&own).into_iter().map(|(place, _)| place).collect();
        assert_eq!(places, [9, 8, 7, 6, 0, 5, 4, 3, 2, 1]);
        assert_eq!(mixed(&own).iter().filter(|(_, personal)| !personal).count(), 2);
        assert!(mixed(&[]).is_empty());
    }
}

//! What is done to accounts, and noted: the same for pages and API.

use crate::App;
use crate::auth::{Asker, new_secret, verify_password};
use crate::error::Error;
use crate::pages::settings::{LEAST_PASSWORD, hashed};
use firsthand_model::*;
use firsthand_store::StoreError;
use serde_json::{Value, json};

/// How long an invitation holds.
const INVITED_DAYS: i64 = 14;
/// Letters of a name at the most.
const MOST_NAME: usize = 60;
/// Stars of an export are read in such parts.
const PART: usize = 500;

/// What is wrong with a name and password for an account, if anything is.
pub(crate) fn problem_with(name: &str, password: &str, least: usize) -> Option<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MOST_NAME || name.chars().any(char::is_control) {
        return Some(format!("A name has 1 to {MOST_NAME} letters."));
    }
    (password.chars().count() < least).then(|| format!("The password needs at least {least} characters."))
}

impl App {
    /// The name of another service that can be signed in through.
    pub(crate) fn sign_in_service(&self) -> Option<String> {
        #[cfg(feature = "oidc")]
        return self.config.oidc.as_ref().map(|oidc| oidc.name.clone());
        #[cfg(not(feature = "oidc"))]
        None
    }

    /// Notes what an account did.
    pub(crate) async fn note(&self, by: &User, action: Action, subject: &str) -> Result<(), Error> {
        Ok(self.store.note(Some(by.id), &by.name, action, subject).await?)
    }

    /// Changes a password, whereupon all sessions end; gives what is wrong, if anything is.
    pub(crate) async fn change_password(
        &self,
        asker: &Asker,
        user: &User,
        old: String,
        new: String,
    ) -> Result<Option<String>, Error> {
        if !self.sign_ins.take(&asker.network, self.clock.now()) {
            return Err(Error::TooMany);
        }
        let fits = match self.store.user_by_name(&user.name).await? {
            Some((_, hash)) => tokio::task::spawn_blocking(move || verify_password(&old, &hash)).await.unwrap_or(false),
            None => false,
        };
        if !fits {
            self.note(user, Action::SignInRefused, "to change the password").await?;
            return Ok(Some("The present password is another one.".to_owned()));
        }
        if let Some(problem) = problem_with(&user.name, &new, LEAST_PASSWORD) {
            return Ok(Some(problem));
        }
        let hash = hashed(self, new).await?;
        self.store.set_password(&user.name, &hash).await?;
        self.note(user, Action::PasswordChanged, "").await?;
        Ok(None)
    }

    /// Signs all reader apps of an account out.
    pub(crate) async fn no_app_password(&self, user: &User) -> Result<(), Error> {
        self.store.set_app_key(user.id, None).await?;
        self.note(user, Action::AppPasswordChanged, "taken away").await
    }

    /// Makes a token, which is shown once.
    pub(crate) async fn new_token(&self, user: &User, label: &str) -> Result<String, Error> {
        let (token, hash) = new_secret(self.random.as_ref());
        let label: String = label.trim().chars().take(MOST_NAME).collect();
        self.store.add_token(user.id, &label, &hash).await?;
        self.note(user, Action::TokenMade, &label).await?;
        Ok(token)
    }

    /// Takes a token away: whether there was one.
    pub(crate) async fn remove_token(&self, user: &User, id: &str) -> Result<bool, Error> {
        let removed = self.store.remove_token(user.id, id).await?;
        if removed {
            self.note(user, Action::TokenRemoved, id).await?;
        }
        Ok(removed)
    }

    /// Gives an account another role.
    pub(crate) async fn set_role(&self, by: &User, account: UserId, role: UserRole) -> Result<User, Error> {
        let user = self.store.set_role(account, role).await?;
        self.note(by, Action::RoleChanged, &format!("{}: {}", user.name, role_word(role))).await?;
        Ok(user)
    }

    /// Takes an account away.
    pub(crate) async fn remove_account(&self, by: &User, account: UserId) -> Result<(), Error> {
        let user = self.store.remove_user(account).await?;
        self.forget_what_was_read();
        self.note(by, Action::AccountRemoved, &user.name).await
    }

    /// Offers an account: the invitation and its code, which is shown once.
    pub(crate) async fn invite(&self, by: &User, role: UserRole) -> Result<(Invitation, String), Error> {
        let (code, hash) = new_secret(self.random.as_ref());
        let expires_at = self.clock.now().plus_seconds(INVITED_DAYS * 86_400);
        let invitation = self.store.invite(by.id, role, &hash, expires_at).await?;
        self.note(by, Action::Invited, role_word(role)).await?;
        Ok((invitation, code))
    }

    /// Takes an invitation back: whether there was one.
    pub(crate) async fn revoke(&self, by: &User, id: &str) -> Result<bool, Error> {
        let revoked = self.store.revoke_invitation(id).await?;
        if revoked {
            self.note(by, Action::InvitationRevoked, id).await?;
        }
        Ok(revoked)
    }

    /// Makes the account that a code offers; `None` where the code offers none any more.
    pub(crate) async fn join(&self, code_hash: &[u8], name: &str, password: String) -> Result<Option<User>, Error> {
        let hash = hashed(self, password).await?;
        let user = match self.store.accept_invitation(code_hash, name.trim(), &hash).await {
            Err(StoreError::NotFound(_)) => None,
            other => other?,
        };
        if let Some(user) = &user {
            self.note(user, Action::AccountMade, "by invitation").await?;
        }
        Ok(user)
    }

    /// All that is an account's own, as JSON: what it set, keeps, starred, voted and is told of, and what is followed.
    pub(crate) async fn own_data(&self, user: &User) -> Result<Value, Error> {
        let store = &self.store;
        let mut starred = Vec::new();
        loop {
            let part = store.starred(user.id, PART, starred.len()).await?;
            let is_last = part.len() < PART;
            starred.extend(part.into_iter().map(|card| {
                json!({ "url": card.url, "title": card.title, "outlet": card.outlet, "published": card.published_at })
            }));
            if is_last {
                break;
            }
        }
        let feeds: Vec<NewFeed> = store.feeds().await?.into_iter().map(NewFeed::from).collect();
        Ok(json!({
            "account": user,
            "preferences": store.preferences(user.id).await?,
            "rules": store.rules(user.id).await?,
            "searches": store.saved_searches(user.id).await?,
            "channels": store.channels(user.id).await?,
            "watches": store.watches(user.id).await?,
            "tokens": store.tokens(user.id).await?,
            "starred": starred,
            "starred_elsewhere": store.kept_links(user.id, usize::MAX >> 1, 0).await?,
            "votes": store.own_votes(user.id).await?,
            "subscriptions_opml": firsthand_feed::opml::write("firsthand subscriptions", &feeds),
        }))
    }
}

/// A role as it is written.
pub(crate) fn role_word(role: UserRole) -> &'static str {
    match role {
        UserRole::Reader => "reader",
        UserRole::Editor => "editor",
        UserRole::Administrator => "administrator",
    }
}

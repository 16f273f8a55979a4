//! What is kept while somebody types, and may arrive late.

use super::{Actor, EditError, Editing};
use chrono::TimeDelta;
use divos_model::AppId;
use divos_store::{ProposalKind, ProposalQuery, ProposalState, Texts};

/// No request is on its way for longer.
const ON_THE_WAY: TimeDelta = TimeDelta::minutes(1);

impl Editing {
    /// Keeps what somebody types. What they proposed a moment ago is not kept again: the page sent it before it sent the
    /// proposal, which overtook it, and it would come back as a draft that nobody writes.
    ///
    /// # Errors
    /// As [`Editing::keep_draft`].
    pub async fn keep_typed(
        &self,
        actor: Actor,
        app: &AppId,
        texts: Texts,
        reason: &str,
    ) -> Result<(), EditError> {
        if self.was_overtaken(actor, app, &texts).await? {
            return Ok(());
        }
        let kind = ProposalKind::Change;
        let kept = self.keep_draft(actor, kind, app, texts, reason);
        kept.await.map(drop)
    }

    async fn was_overtaken(
        &self,
        actor: Actor,
        app: &AppId,
        texts: &Texts,
    ) -> Result<bool, EditError> {
        let query = ProposalQuery {
            app: Some(app.clone()),
            author: Some(actor.person),
            limit: 1,
            ..ProposalQuery::default()
        };
        let newest = self.parts.store.proposals(query).await?.pop();
        let since = self.parts.clock.now() - ON_THE_WAY;
        let sent = |state| !matches!(state, ProposalState::Draft | ProposalState::Withdrawn);
        let newest = newest.filter(|one| sent(one.state) && one.changed_at >= since);
        let Some(newest) = newest else {
            return Ok(false);
        };
        let proposed = self.parts.store.proposal(newest.number).await?;
        Ok(proposed.is_some_and(|(_, proposed)| proposed == *texts))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Desk, GOOD, app, operator};
    use super::*;

    #[tokio::test]
    async fn what_arrives_after_its_proposal_is_no_new_draft() {
        let desk = Desk::new(true);
        let (me, other, surat) = (operator(1), operator(2), app());
        let text = GOOD.replace("title: Surat", "title: Surat Kota");
        let typed = |text: &str| Texts {
            base: Some(GOOD.to_owned()),
            text: Some(text.to_owned()),
        };
        let keep = async |actor, text: &str| {
            let kept = desk.editing.keep_typed(actor, &surat, typed(text), "judul");
            kept.await.expect("kept");
            let draft = desk.editing.draft(actor, ProposalKind::Change, &surat);
            draft.await.expect("an answer").is_some()
        };
        assert!(keep(me, &text).await, "what is typed is kept");
        let draft = desk.draft(me, &text).await;
        let sent = desk.editing.submit(me, draft.number).await;
        assert_eq!(sent.expect("sent").state, ProposalState::Waiting);
        assert!(!keep(me, &text).await, "it is proposed already");
        assert!(keep(other, &text).await, "somebody else writes the same");
        let more = text.replace("Kota", "Desa");
        assert!(keep(me, &more).await, "what is typed after it is kept");
    }
}

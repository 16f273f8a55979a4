//! What somebody types into the editor, and what they began with.

use super::{Desk, LISTED, actor};
use crate::definitions::editing::EditError;
use divos_model::AppId;
use divos_portal::ports::editing::{Editor, Typed};
use divos_store::{ProposalKind, Texts, text_hash};

impl Desk {
    /// Finds the text that somebody began with by its hash. Where it is not known any more, no file is taken for it.
    async fn began_with(
        &self,
        who: Editor,
        app: &AppId,
        hash: &str,
    ) -> Result<Option<String>, EditError> {
        if hash.is_empty() {
            return Ok(None);
        }
        let is_it =
            |text: &Option<String>| text.as_deref().is_some_and(|text| text_hash(text) == hash);
        let disk = self.editing.on_disk(app).await?;
        if is_it(&disk) {
            return Ok(disk);
        }
        let draft = self
            .editing
            .draft(actor(who), ProposalKind::Change, app)
            .await?;
        let base = draft.and_then(|(_, texts)| texts.base);
        if is_it(&base) {
            return Ok(base);
        }
        for version in self.editing.versions(app, None, LISTED).await? {
            if version.hash.as_deref() == Some(hash) {
                return Ok(self.editing.version(app, version.number).await?.1);
            }
        }
        Ok(Some(String::new()))
    }

    /// Puts what was typed beside what it began with.
    pub(super) async fn texts(
        &self,
        who: Editor,
        app: &AppId,
        typed: Typed,
    ) -> Result<Texts, EditError> {
        let base = self.began_with(who, app, &typed.base).await?;
        // A page shows every line's end as one; a file keeps the ends that it has.
        let text = match base.as_deref().is_some_and(|base| base.contains("\r\n")) {
            true => typed.text.replace('\n', "\r\n"),
            false => typed.text,
        };
        let text = Some(text);
        Ok(Texts { base, text })
    }

    /// Keeps what was typed as a draft, and returns its number.
    pub(super) async fn draft(
        &self,
        who: Editor,
        app: &AppId,
        typed: Typed,
    ) -> Result<u64, EditError> {
        let reason = typed.reason.clone();
        let texts = self.texts(who, app, typed).await?;
        let kind = ProposalKind::Change;
        let kept = self
            .editing
            .keep_draft(actor(who), kind, app, texts, &reason);
        Ok(kept.await?.number)
    }
}

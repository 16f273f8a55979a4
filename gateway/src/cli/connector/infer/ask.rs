//! Asks an app: cheap requests without credentials, one after another, on its own host only.

use crate::cli::connector::fetch;
use crate::config::Loaded as Settings;
use anyhow::Context;
use divos_adapters::infer::{Answer, Question};
use divos_adapters::{AddressPolicy, Call, LiveTransport, Reach, Reply, Transport, Trouble};
use divos_manifest::{Connector, LoadOptions, load_str};
use divos_model::Lang;
use http::Method;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use url::Url;

/// The most of an answer that is read, in bytes.
const MOST: u64 = 32 * 1024 * 1024;
/// How long one answer may take.
const WAIT: Duration = Duration::from_secs(20);
/// The most redirects to follow, on the app's own host.
const ONWARD: usize = 5;

pub(super) struct Scout {
    transport: LiveTransport,
    reach: Arc<Reach>,
}

impl Scout {
    /// Prepares to ask the app of an address, and nobody else.
    pub(super) fn new(id: &str, url: &Url, policy: AddressPolicy) -> anyhow::Result<Self> {
        let origin = url.join("/")?;
        let text = format!(
            "metadata: {{ name: {id}, title: infer }}\napp: {{ upstreams: \"{}\" }}\n",
            origin.as_str().trim_end_matches('/')
        );
        let loaded = load_str(&format!("{id}.yaml"), &text, LoadOptions::default());
        let connector = loaded.get(id).with_context(|| format!("{id}: {url}"))?;
        Ok(Self {
            transport: LiveTransport::new(policy),
            reach: Arc::new(Reach::of(connector)?),
        })
    }

    /// Asks everything. What one question meets costs no other; only the address that a person named has to answer.
    pub(super) async fn answers(
        &self,
        questions: &[Question],
        lang: Lang,
    ) -> anyhow::Result<BTreeMap<Question, Answer>> {
        let mut answers = BTreeMap::new();
        for (at, question) in questions.iter().enumerate() {
            match self.ask(question).await {
                Ok(answer) => {
                    answers.insert(question.clone(), answer);
                }
                Err(trouble) if at == 0 => {
                    let hint = fetch::hint(trouble.code(), lang);
                    anyhow::bail!("{}: {}{hint}", question.url, trouble.sentence(lang))
                }
                Err(_) => {}
            }
        }
        Ok(answers)
    }

    async fn ask(&self, question: &Question) -> Result<Answer, Trouble> {
        let method = if question.options {
            Method::OPTIONS
        } else {
            Method::GET
        };
        let mut url = question.url.clone();
        let mut left = ONWARD;
        loop {
            let call = Call::plain(method.clone(), url.clone(), self.reach.clone(), MOST);
            let reply = match timeout(WAIT, self.transport.send(&call)).await {
                Ok(reply) => reply?,
                Err(_) => return Err(Trouble::TimedOut { after: WAIT }),
            };
            let onward = reply
                .status
                .is_redirection()
                .then(|| reply.header("location").and_then(|to| url.join(to).ok()))
                .flatten();
            match onward.filter(|to| left > 0 && self.reach.may_follow(&url, to)) {
                Some(to) => url = to,
                None => return answer(reply).await,
            }
            left -= 1;
        }
    }

    /// Says what keeps an answer from being read, where it is a redirect to another host.
    pub(super) fn reachable(&self, answer: &Answer, lang: Lang) -> anyhow::Result<()> {
        let onward = answer
            .header("location")
            .and_then(|to| answer.url.join(to).ok());
        if let Some(to) = onward.filter(|to| !self.reach.may_follow(&answer.url, to)) {
            let says = lang.pick(
                "mengalihkan ke host lain; jalankan infer dengan alamat itu bila memang aplikasi yang sama",
                "redirects to another host; run infer with that address if it is the same app",
            );
            anyhow::bail!("{} {says}: {to}", answer.url);
        }
        Ok(())
    }

    /// Reads an address as somebody who has signed in.
    pub(super) async fn inside(
        &self,
        connector: &Connector,
        address: &str,
        hub: &Settings,
        private: bool,
    ) -> anyhow::Result<Answer> {
        let world = fetch::live_world(hub, private)?;
        let reach = Arc::new(Reach::of(connector)?);
        let call = Call::plain(Method::GET, address.parse()?, reach, MOST);
        let reply = world.http.call(connector, call).await?;
        Ok(answer(reply).await?)
    }
}

async fn answer(reply: Reply) -> Result<Answer, Trouble> {
    Ok(Answer {
        url: reply.url.clone(),
        status: reply.status.as_u16(),
        headers: reply.headers.clone(),
        body: reply.body.whole().await?,
    })
}

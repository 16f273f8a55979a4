//! A database by its catalogue.

use super::{Desk, Draft, Place};
use crate::cli::Outcome;
use crate::cli::connector::fetch;
use divos_adapters::infer;
use divos_database::{Database, Dsn, Limits};

impl Desk<'_> {
    pub(super) async fn database(&self, dsn: &str) -> anyhow::Result<Outcome> {
        let policy = fetch::policy(&self.hub, self.args.allow_private)?;
        let address = Dsn::parse(dsn)?;
        let product = address.product();
        let mut database = Database::open(address, Limits::default(), move |address| {
            policy.permits(address)
        })
        .await?;
        let schema = database.schema().await?;
        let place = Place {
            id: self.id.clone(),
            title: self.title(),
            upstream: None,
            path: String::new(),
            query: Vec::new(),
        };
        let way = infer::table(&schema, product, self.args.pick.as_deref(), &place)
            .map_err(|nothing| anyhow::anyhow!("{}", nothing.why.in_lang(self.lang)))?;
        self.finish(Draft::new(place, way), None).await
    }
}

//! `divos schema`: what editors, departments and tools validate against.

use super::args::{SchemaArgs, SchemaOf};
use super::{Outcome, progress};

pub(super) fn run(args: &SchemaArgs) -> anyhow::Result<Outcome> {
    let schema = match args.of {
        SchemaOf::Connector => divos_manifest::schema::connector(),
        SchemaOf::Hub => crate::config::schema(),
        SchemaOf::Item => divos_model::schema::item(),
    };
    progress::say(serde_json::to_string_pretty(&schema)?);
    Ok(Outcome::Fine)
}

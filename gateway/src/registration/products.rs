//! Which products a department can say that its app is: the compiled-in templates that it can fill in.
//!
//! Owns what is asked and what is left to the operator; never writes a definition.

use super::{ADDRESSES, Param, Product};
use divos_manifest::{ParamInfo, TemplateInfo, template_list};

/// Lists the compiled-in templates as products, except those that cannot do without a secret or a list: what those need
/// is the operator's to give.
#[must_use]
pub fn products() -> Vec<Product> {
    let asked = |param: &ParamInfo| {
        let is_address = ADDRESSES.contains(&param.name.as_str());
        matches!(param.kind.as_str(), "text" | "number") && !is_address
    };
    let product = |template: TemplateInfo| Product {
        params: template
            .params
            .into_iter()
            .filter(asked)
            .map(|param| Param {
                name: param.name,
                about: param.description,
                required: param.required,
            })
            .collect(),
        template: template.name,
        title: template.title,
    };
    // A table's cells cannot be told in a line of a form.
    let tellable = |param: &ParamInfo| match param.kind.as_str() {
        "text" | "number" | "flag" => true,
        "map" => param.default.is_some(),
        _ => !param.required,
    };
    template_list()
        .into_iter()
        .filter(|template| template.params.iter().all(tellable))
        .map(product)
        .collect()
}

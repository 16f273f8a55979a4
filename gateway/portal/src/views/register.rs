//! Registering an app: the steps of the form.
//!
//! Owns which question stands on which step and in which words. It must never know what an answer means.

use super::registrations::Row;
use crate::frame::Frame;
use crate::ports::{AnswerFault, Choices, Typed};
use askama::Template;

/// The last step: what was answered, the check, and sending.
pub(crate) const REVIEW: u8 = 5;

/// How a question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// One line.
    Text,
    /// Several lines.
    Area,
    /// One of many, from a list.
    Pick,
    /// One of a few, all in sight.
    One,
}

/// One question, with what was answered.
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) form: Form,
    pub(crate) label: String,
    pub(crate) hint: String,
    pub(crate) value: String,
    pub(crate) fault: String,
    pub(crate) options: Vec<Choice>,
}

/// One answer that may be chosen.
pub(crate) struct Choice {
    pub(crate) word: String,
    pub(crate) label: String,
    pub(crate) about: String,
    pub(crate) chosen: bool,
}

/// Asks the questions of a registration.
pub(crate) struct Questions<'a> {
    pub(crate) f: &'a Frame,
    pub(crate) typed: &'a Typed,
    pub(crate) choices: &'a Choices,
    pub(crate) faults: &'a [AnswerFault],
}

impl Questions<'_> {
    /// Returns the questions of a step, from 1.
    pub(crate) fn of(&self, step: u8) -> Vec<Field> {
        match step {
            1 => self.about_the_app(),
            2 => self.about_people(),
            3 => vec![self.few("way", &["product", "file", "push", "launcher"])],
            4 => self.about_data(),
            _ => Vec::new(),
        }
    }

    fn about_the_app(&self) -> Vec<Field> {
        let units = self.choices.units.iter();
        let units = units.map(|(code, name)| (code.clone(), name.clone()));
        let capabilities = self.choices.capabilities.iter();
        let capabilities = capabilities.map(|word| (word.clone(), capability(word, self.f)));
        vec![
            self.line("name"),
            self.pick("unit", units.collect()),
            self.pick("capability", capabilities.collect()),
            Field {
                form: Form::Area,
                ..self.line("about")
            },
            self.line("address"),
            self.line("id"),
        ]
    }

    fn about_people(&self) -> Vec<Field> {
        vec![
            self.few("sign_in", &["own", "open", "hub"]),
            self.few("readers", &["public", "everyone", "unit"]),
            self.few("personal", &["none", "general", "specific"]),
        ]
    }

    /// What is asked depends on how the data can be read.
    fn about_data(&self) -> Vec<Field> {
        match self.value("way") {
            "product" => {
                let products = self.choices.products.iter();
                let list = products.map(|one| (one.word.clone(), one.title.clone()));
                let mut fields = vec![self.pick("product", list.collect())];
                fields.extend(self.params());
                fields
            }
            "file" => {
                let mut fields = vec![self.line("path"), self.kind()];
                fields.extend(
                    ["column_id", "column_title", "column_time"].map(|name| self.line(name)),
                );
                fields
            }
            "push" => vec![self.kind()],
            _ => Vec::new(),
        }
    }

    /// Asks what the chosen product asks for. Its words are the template's own.
    fn params(&self) -> Vec<Field> {
        let chosen = self.value("product");
        let product = self.choices.products.iter().find(|one| one.word == chosen);
        let params = product.map_or(&[][..], |one| &one.params);
        let field = |(name, about, required): &(String, String, bool)| {
            let full = format!("param.{name}");
            Field {
                label: name.clone(),
                hint: match required {
                    true => about.clone(),
                    false => self.f.with("reg-optional", about),
                },
                ..self.plain(&full)
            }
        };
        params.iter().map(field).collect()
    }

    fn kind(&self) -> Field {
        self.pick("kind", self.choices.kinds.clone())
    }

    fn value(&self, name: &str) -> &str {
        self.typed.get(name).map_or("", String::as_str)
    }

    fn plain(&self, name: &str) -> Field {
        let fault = self.faults.iter().find(|fault| fault.field == name);
        Field {
            name: name.to_owned(),
            form: Form::Text,
            label: String::new(),
            hint: String::new(),
            value: self.value(name).to_owned(),
            fault: fault.map_or_else(String::new, |fault| fault.sentence.clone()),
            options: Vec::new(),
        }
    }

    fn line(&self, name: &str) -> Field {
        let (label, hint) = (self.f.t(&label_of(name)), self.f.t(&hint_of(name)));
        Field {
            label,
            hint,
            ..self.plain(name)
        }
    }

    fn pick(&self, name: &str, options: Vec<(String, String)>) -> Field {
        let chosen = self.value(name);
        let options = options.into_iter().map(|(word, label)| Choice {
            chosen: word == chosen,
            word,
            label,
            about: String::new(),
        });
        Field {
            form: Form::Pick,
            options: options.collect(),
            ..self.line(name)
        }
    }

    fn few(&self, name: &str, words: &[&str]) -> Field {
        let chosen = self.value(name);
        let option = |word: &&str| Choice {
            word: (*word).to_owned(),
            label: self.f.t(&format!("ask-{}-{word}", dashed(name))),
            about: self.f.t(&format!("ask-{}-{word}-why", dashed(name))),
            chosen: *word == chosen,
        };
        Field {
            form: Form::One,
            options: words.iter().map(option).collect(),
            ..self.line(name)
        }
    }

    /// Says what was answered, in the words that were chosen from.
    pub(super) fn said(&self, field: &Field) -> String {
        if field.options.is_empty() {
            return field.value.clone();
        }
        let chosen = field.options.iter().find(|option| option.chosen);
        chosen.map_or_else(|| field.value.clone(), |option| option.label.clone())
    }
}

fn dashed(name: &str) -> String {
    name.replace('_', "-")
}

pub(super) fn label_of(name: &str) -> String {
    format!("ask-{}", dashed(name))
}

pub(super) fn hint_of(name: &str) -> String {
    format!("ask-{}-hint", dashed(name))
}

/// Says what an app is for, in words where there are some.
fn capability(word: &str, f: &Frame) -> String {
    let key = format!("capability-{word}");
    match crate::words::knows(&key) {
        true => f.t(&key),
        false => word.to_owned(),
    }
}

/// One step in the line of steps.
pub(crate) struct Step {
    pub(crate) label: String,
    pub(crate) here: bool,
    pub(crate) href: Option<String>,
}

/// `GET /apps/register`, and a step of a registration.
#[derive(Template)]
#[template(path = "register.html")]
pub(crate) struct RegisterView {
    pub(crate) f: Frame,
    pub(crate) mine: Vec<Row>,
    pub(crate) no_unit: bool,
    pub(crate) steps: Vec<Step>,
    pub(crate) step: u8,
    pub(crate) heading: String,
    pub(crate) action: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) wrong: usize,
}

/// Returns the line of steps of a registration.
pub(crate) fn steps(number: Option<u64>, here: u8, f: &Frame) -> Vec<Step> {
    let step = |step: u8| Step {
        label: f.t(&format!("ask-step-{step}")),
        here: step == here,
        href: number.map(|number| format!("/apps/register/{number}?step={step}")),
    };
    (1..=REVIEW).map(step).collect()
}

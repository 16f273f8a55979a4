//! Expressions that need minijinja's own machine: conditions, comparisons, arithmetic.
//!
//! Owns the environment: fuel, and exactly the words that the manifest knows. Pure.

use super::filters::{self, Args, Fault, Filter, FilterWorld};
use super::json::to_value;
use divos_manifest::{Expr, filters as words};
use minijinja::value::{Kwargs, Rest, ValueOrKwargs};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// What one evaluation may cost, in instructions of the machine.
const FUEL: u64 = 20_000;

/// An expression for the machine, and the row's fields that it reads.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    source: String,
    /// The row's fields at the roots of what it reads; `None` means the whole row.
    roots: Option<Vec<String>>,
    /// Whether the expression itself asks what is missing.
    lenient: bool,
}

impl Script {
    pub(crate) fn compile(expr: &Expr) -> Result<Self, Error> {
        let source = expr.source().to_owned();
        minijinja::machinery::parse_expr(&source)?;
        let environment = Environment::empty();
        let names = environment
            .compile_expression(&source)?
            .undeclared_variables(false);
        let whole = names.contains("row");
        let mut roots: Vec<String> = names.into_iter().collect();
        roots.sort();
        let asks = [
            "default(",
            "coalesce(",
            "is defined",
            "is undefined",
            "is not defined",
            "is empty",
            "is not empty",
            " if ",
        ];
        Ok(Self {
            lenient: asks.iter().any(|word| source.contains(word)),
            source,
            roots: (!whole).then_some(roots),
        })
    }
}

/// The machines of one batch: their expressions compiled, their words bound to the batch's world.
pub(crate) struct Scripts<'e> {
    compiled: BTreeMap<&'e str, minijinja::Expression<'e, 'e>>,
}

/// The environments that scripts compile in; kept apart so that scripts may borrow from them.
pub(crate) struct Machines {
    strict: Environment<'static>,
    lenient: Environment<'static>,
}

impl Machines {
    /// Binds the words to a world; `None` where there is no script.
    pub(crate) fn for_scripts(scripts: &[&Script], world: &FilterWorld) -> Option<Self> {
        (!scripts.is_empty()).then(|| Self {
            strict: environment(UndefinedBehavior::Strict, world),
            lenient: environment(UndefinedBehavior::Chainable, world),
        })
    }
}

impl<'e> Scripts<'e> {
    /// Compiles the scripts of a mapping.
    pub(crate) fn compile(machines: Option<&'e Machines>, scripts: &[&'e Script]) -> Self {
        let mut compiled = BTreeMap::new();
        if let Some(machines) = machines {
            for script in scripts {
                let environment = if script.lenient {
                    &machines.lenient
                } else {
                    &machines.strict
                };
                // It compiled when the mapping was read; an expression that does not is missing below.
                if let Ok(expression) = environment.compile_expression(&script.source) {
                    compiled.insert(script.source.as_str(), expression);
                }
            }
        }
        Self { compiled }
    }

    /// Evaluates a script over a row.
    pub(crate) fn eval(&self, script: &Script, row: &Json) -> Result<Value, Fault> {
        let expression = self.compiled.get(script.source.as_str());
        let expression = expression.ok_or_else(|| Fault::new("the expression does not compile"))?;
        let context: Value = match &script.roots {
            None => {
                let whole = to_value(row);
                let fields = row.as_object().into_iter().flatten();
                let named = fields.map(|(name, json)| (name.clone(), to_value(json)));
                Value::from_pairs(named.chain([("row".to_owned(), whole)]))
            }
            Some(roots) => {
                let known = |name: &String| Some((name.clone(), to_value(row.get(name)?)));
                Value::from_pairs(roots.iter().filter_map(known))
            }
        };
        expression.eval(context).map_err(|error| explain(&error))
    }
}

/// Gives the machine's error words that hold none of the row's data.
fn explain(error: &Error) -> Fault {
    match error.kind() {
        ErrorKind::UndefinedError => Fault::missing(),
        ErrorKind::OutOfFuel => Fault::new("the expression takes too long"),
        ErrorKind::InvalidOperation
            if error.detail().is_some_and(|d| d.starts_with(filters::MARK)) =>
        {
            let detail = error.detail().unwrap_or_default();
            Fault::new(detail.trim_start_matches(filters::MARK))
        }
        kind => Fault::new(&format!("the expression fails: {kind}")),
    }
}

fn environment(undefined: UndefinedBehavior, world: &FilterWorld) -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(undefined);
    environment.set_fuel(Some(FUEL));
    for word in words::FILTERS {
        let Some(filter) = Filter::from_name(word.name) else {
            continue;
        };
        let world = world.clone();
        environment.add_filter(word.name, move |value: Value, rest: Rest<ValueOrKwargs>| {
            filter.apply(value, &arguments(rest), &world).map_err(raise)
        });
    }
    environment.add_function("concat", |parts: Rest<Value>| {
        filters::concat(parts.0).map_err(raise)
    });
    environment.add_function("coalesce", |parts: Rest<Value>| filters::coalesce(parts.0));
    add_tests(&mut environment);
    environment
}

fn add_tests(environment: &mut Environment<'static>) {
    use minijinja::tests;
    environment.add_test("defined", tests::is_defined);
    environment.add_test("undefined", tests::is_undefined);
    environment.add_test("none", tests::is_none);
    environment.add_test("empty", |value: Value| filters::is_empty(&value));
    environment.add_test("string", tests::is_string);
    environment.add_test("number", tests::is_number);
    environment.add_test("sequence", tests::is_sequence);
    environment.add_test("mapping", tests::is_mapping);
    environment.add_test("true", tests::is_true);
    environment.add_test("false", tests::is_false);
    environment.add_test("startingwith", tests::is_startingwith);
    environment.add_test("endingwith", tests::is_endingwith);
    environment.add_test("in", tests::is_in);
}

fn arguments(rest: Rest<ValueOrKwargs>) -> Args {
    let mut args = Args::default();
    for value in rest.into_values() {
        match Kwargs::try_from(value.clone()) {
            Ok(named) if value.is_kwargs() => {
                let names: Vec<String> = named.args().map(str::to_owned).collect();
                for name in names {
                    let given = named.get::<Value>(&name).unwrap_or(Value::UNDEFINED);
                    args.push(Some(&name), given);
                }
            }
            _ => args.push(None, value),
        }
    }
    args
}

fn raise(fault: Fault) -> Error {
    if fault.is_missing() {
        return Error::from(ErrorKind::UndefinedError);
    }
    Error::new(
        ErrorKind::InvalidOperation,
        format!("{}{fault}", filters::MARK),
    )
}

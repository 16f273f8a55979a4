//! Filters that read times.

use super::{Args, Fault, FilterWorld, text_of};
use crate::mapping::dates::{self, NotATime, Zone};
use crate::mapping::moment::Moment;
use chrono_tz::Tz;
use minijinja::Value;

type Outcome = Result<Value, Fault>;

pub(crate) fn datetime(value: &Value, args: &Args, world: &FilterWorld) -> Outcome {
    Ok(read(value, args, world)?.map_or(Value::from(()), Moment::value))
}

pub(crate) fn date(value: &Value, args: &Args, world: &FilterWorld) -> Outcome {
    let zone = zone(args, world)?;
    let read = read(value, args, world)?;
    Ok(read.map_or(Value::from(()), |moment| {
        // A moment in another zone is a day in the reader's.
        let local = moment.at.with_timezone(&zone.tz);
        Value::from(local.format("%Y-%m-%d").to_string())
    }))
}

pub(crate) fn epoch(value: &Value, args: &Args, world: &FilterWorld) -> Outcome {
    let millis = match args.text(0, "unit")?.unwrap_or("s") {
        "s" => false,
        "ms" => true,
        _ => return Err(Fault::new("`unit` must be `s` or `ms`")),
    };
    let text = text_of(value)?;
    if text.trim().is_empty() {
        return Ok(Value::from(()));
    }
    let number = text
        .trim()
        .parse::<f64>()
        .map_err(|_| Fault::new("not a number of seconds"))?;
    let zone = Zone {
        tz: world.zone,
        stated: false,
    };
    dates::from_epoch(number, millis, zone)
        .map(Moment::value)
        .map_err(fault)
}

/// Reads a value as a time without any argument: what targets do with values that no filter read.
pub(crate) fn moment(value: &Value, world: &FilterWorld) -> Result<Option<Moment>, Fault> {
    if value.is_none() || value.is_undefined() {
        return Ok(None);
    }
    read(value, &Args::default(), world)
}

fn read(value: &Value, args: &Args, world: &FilterWorld) -> Result<Option<Moment>, Fault> {
    if let Some(moment) = Moment::of(value) {
        return Ok(Some(*moment));
    }
    let zone = zone(args, world)?;
    let format = args.text(0, "format")?;
    if value.is_number() && format.is_none() {
        let number = f64::try_from(value.clone()).map_err(|_| fault(NotATime))?;
        return dates::from_number(number, zone).map_err(fault);
    }
    let text = text_of(value)?;
    match format {
        Some(format) => dates::read_as(&text, format, zone),
        None => dates::read(&text, zone),
    }
    .map_err(fault)
}

fn zone(args: &Args, world: &FilterWorld) -> Result<Zone, Fault> {
    match args.text(2, "tz")? {
        None => Ok(Zone {
            tz: world.zone,
            stated: false,
        }),
        Some(name) => {
            let tz = name
                .parse::<Tz>()
                .map_err(|_| Fault::new("`tz` is not a time zone"))?;
            Ok(Zone { tz, stated: true })
        }
    }
}

fn fault(_: NotATime) -> Fault {
    Fault::new("not a time that can be read")
}

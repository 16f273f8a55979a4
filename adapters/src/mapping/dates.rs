//! Reads the times that legacy apps write: with and without zone, in Indonesian and English, as words,
//! digits or seconds.
//!
//! Owns that reading. Pure: it never asks what time it is.

use super::moment::Moment;
use super::words::{MONTHS, WEEKDAYS, ZONES};
use chrono::{
    DateTime, Datelike as _, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, NaiveTime,
    TimeZone, Utc,
};
use chrono_tz::Tz;
use divos_model::{Time, TimeQuality};

/// What is written is not a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotATime;

/// The zone of times that are written without one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Zone {
    pub(crate) tz: Tz,
    /// Whether the mapping states it (`tz=`), or it is the connector's and so a guess.
    pub(crate) stated: bool,
}

/// Reads a time in any of the usual forms. `None` for an empty text and for `0000-00-00`.
pub(crate) fn read(text: &str, zone: Zone) -> Result<Option<Moment>, NotATime> {
    read_any(text, zone)?.map(sane).transpose()
}

fn read_any(text: &str, zone: Zone) -> Result<Option<Moment>, NotATime> {
    let text = text.trim();
    if is_nothing(text) {
        return Ok(None);
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(Some(exact(at)));
    }
    if let Some(moment) = from_digits(text, zone) {
        return moment.map(Some);
    }
    let parts = tokens(text)?;
    assemble(&parts, zone).map(Some).ok_or(NotATime)
}

/// Reads a time in a strftime format; month and day names may be Indonesian or English.
pub(crate) fn read_as(text: &str, format: &str, zone: Zone) -> Result<Option<Moment>, NotATime> {
    read_any_as(text, format, zone)?.map(sane).transpose()
}

fn read_any_as(text: &str, format: &str, zone: Zone) -> Result<Option<Moment>, NotATime> {
    let text = text.trim();
    if is_nothing(text) {
        return Ok(None);
    }
    let english = in_english(text);
    if let Ok(at) = DateTime::parse_from_str(&english, format) {
        return Ok(Some(exact(at)));
    }
    if let Ok(naive) = NaiveDateTime::parse_from_str(&english, format) {
        return Ok(Some(local(naive, zone, false)));
    }
    let day = NaiveDate::parse_from_str(&english, format)
        .or_else(|_| NaiveDate::parse_from_str(&format!("{english} 1"), &format!("{format} %d")));
    let day = day.map_err(|_| NotATime)?;
    Ok(Some(local(day.and_time(NaiveTime::MIN), zone, true)))
}

/// Reads seconds or milliseconds since 1970.
pub(crate) fn from_epoch(number: f64, millis: bool, zone: Zone) -> Result<Moment, NotATime> {
    let millis = if millis { number } else { number * 1000.0 };
    if !millis.is_finite() || millis.abs() > 1e15 {
        return Err(NotATime);
    }
    let at = DateTime::<Utc>::from_timestamp_millis(millis as i64).ok_or(NotATime)?;
    sane(exact(at.with_timezone(&zone.tz).fixed_offset()))
}

/// Reads a plain number: milliseconds where seconds would lie beyond the year 5138.
pub(crate) fn from_number(number: f64, zone: Zone) -> Result<Option<Moment>, NotATime> {
    if number == 0.0 {
        return Ok(None);
    }
    from_epoch(number, number.abs() >= 1e11, zone).map(Some)
}

/// Refuses years that RFC 3339 cannot write in every zone: a stored one could not be shown or read again.
fn sane(moment: Moment) -> Result<Moment, NotATime> {
    let fits = (1..=9998).contains(&moment.at.to_utc().year());
    fits.then_some(moment).ok_or(NotATime)
}

fn exact(at: Time) -> Moment {
    let quality = TimeQuality::Exact;
    Moment { at, quality }
}

/// Nothing, in the ways that databases write it.
fn is_nothing(text: &str) -> bool {
    text.is_empty()
        || text.starts_with("0000-00-00")
        || text.starts_with("00-00-0000")
        || text.starts_with("00/00/0000")
        || matches!(text, "-" | "null" | "NULL" | "0")
}

/// Reads texts of digits alone: seconds, milliseconds, `YYYYMMDD`, `YYYYMMDDHHMMSS`.
fn from_digits(text: &str, zone: Zone) -> Option<Result<Moment, NotATime>> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number = text.parse::<f64>().ok()?;
    let naive = |format: &str| NaiveDateTime::parse_from_str(text, format).map_err(|_| NotATime);
    Some(match text.len() {
        9 | 10 => from_epoch(number, false, zone),
        12 | 13 => from_epoch(number, true, zone),
        8 => NaiveDate::parse_from_str(text, "%Y%m%d")
            .map(|day| local(day.and_time(NaiveTime::MIN), zone, true))
            .map_err(|_| NotATime),
        14 => naive("%Y%m%d%H%M%S").map(|naive| local(naive, zone, false)),
        _ => Err(NotATime),
    })
}

/// Puts a zone to a time that is written without one.
fn local(naive: NaiveDateTime, zone: Zone, date_only: bool) -> Moment {
    let at = match zone.tz.from_local_datetime(&naive) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.fixed_offset(),
        // Within the hour that a change to summer time skips.
        LocalResult::None => zone.tz.from_utc_datetime(&naive).fixed_offset(),
    };
    let quality = match (date_only, zone.stated) {
        (true, _) => TimeQuality::DateOnly,
        (false, true) => TimeQuality::Exact,
        (false, false) => TimeQuality::Guessed,
    };
    Moment { at, quality }
}

/// A piece of a written time.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Token {
    /// A number, how many digits it has, and the separator after it (`\0` at the end).
    Number(u32, usize, char),
    Month(u32),
    Offset(FixedOffset),
    Afternoon(bool),
}

/// Splits a written time into its pieces; weekdays and filler words are dropped.
fn tokens(text: &str) -> Result<Vec<Token>, NotATime> {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() > 64 {
        return Err(NotATime);
    }
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        let signs_offset = matches!(c, '+' | '-') && found.iter().any(is_minute);
        if signs_offset {
            let (offset, used) = offset(&chars[at..]).ok_or(NotATime)?;
            found.push(Token::Offset(offset));
            at += used;
        } else if c.is_ascii_digit() {
            let len = chars[at..]
                .iter()
                .take_while(|c| c.is_ascii_digit())
                .count();
            let digits: String = chars[at..at + len].iter().collect();
            let number = digits
                .get(..9)
                .unwrap_or(&digits)
                .parse()
                .map_err(|_| NotATime)?;
            let after = chars.get(at + len).copied().unwrap_or('\0');
            found.push(Token::Number(number, len, after));
            at += len;
        } else if c.is_alphabetic() {
            let len = chars[at..].iter().take_while(|c| c.is_alphabetic()).count();
            let word: String = chars[at..at + len]
                .iter()
                .collect::<String>()
                .to_lowercase();
            found.extend(meaning(&word)?);
            at += len;
        } else if c.is_whitespace() || matches!(c, ',' | '-' | '/' | '.' | ':' | '\'' | '(' | ')') {
            at += 1;
        } else {
            return Err(NotATime);
        }
    }
    Ok(found)
}

/// A sign is an offset's only once hours and minutes were read.
fn is_minute(token: &Token) -> bool {
    matches!(token, Token::Number(_, 1..=2, ':' | '.'))
}

fn meaning(word: &str) -> Result<Option<Token>, NotATime> {
    if let Some((_, month)) = MONTHS.iter().find(|(name, _)| *name == word) {
        return Ok(Some(Token::Month(*month)));
    }
    if let Some((_, hours)) = ZONES.iter().find(|(name, _)| *name == word) {
        return Ok(FixedOffset::east_opt(hours * 3600).map(Token::Offset));
    }
    match word {
        "am" => Ok(Some(Token::Afternoon(false))),
        "pm" => Ok(Some(Token::Afternoon(true))),
        "t" | "pukul" | "jam" | "tanggal" | "tgl" | "at" | "th" | "st" | "nd" | "rd" => Ok(None),
        _ if WEEKDAYS.iter().any(|(name, _)| *name == word) => Ok(None),
        _ => Err(NotATime),
    }
}

/// Reads `+08:00`, `+0800`, `-5`; returns how many characters it took.
fn offset(chars: &[char]) -> Option<(FixedOffset, usize)> {
    let used = 1 + chars[1..]
        .iter()
        .take_while(|c| c.is_ascii_digit() || **c == ':')
        .count();
    let digits: String = chars[1..used].iter().filter(|c| **c != ':').collect();
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.parse::<i32>().ok()?, 0),
        4 => (digits[..2].parse().ok()?, digits[2..].parse().ok()?),
        _ => return None,
    };
    let seconds = hours * 3600 + minutes * 60;
    let offset = FixedOffset::east_opt(if chars[0] == '-' { -seconds } else { seconds })?;
    Some((offset, used))
}

/// Makes a time of the pieces.
fn assemble(tokens: &[Token], zone: Zone) -> Option<Moment> {
    let month = tokens.iter().find_map(|t| match t {
        Token::Month(m) => Some(*m),
        _ => None,
    });
    let offset = tokens.iter().find_map(|t| match t {
        Token::Offset(o) => Some(*o),
        _ => None,
    });
    let afternoon = tokens.iter().find_map(|t| match t {
        Token::Afternoon(a) => Some(*a),
        _ => None,
    });
    let numbers: Vec<Digits> = tokens
        .iter()
        .filter_map(|t| match t {
            Token::Number(n, len, after) => Some((*n, *len, *after)),
            _ => None,
        })
        .collect();
    let (day, rest) = date(&numbers, month)?;
    if rest.is_empty() {
        return offset
            .is_none()
            .then(|| local(day.and_time(NaiveTime::MIN), zone, true));
    }
    let naive = day.and_time(time(rest, afternoon)?);
    match offset {
        Some(offset) => offset.from_local_datetime(&naive).single().map(exact),
        None => Some(local(naive, zone, false)),
    }
}

/// A number, how many digits it has, and what follows it.
type Digits = (u32, usize, char);

/// Takes the day off the front; day before month where the year does not lead, as Indonesia writes it.
fn date(numbers: &[Digits], month: Option<u32>) -> Option<(NaiveDate, &[Digits])> {
    let (year, month, day, used) = match (month, numbers) {
        (Some(month), [(day, 1..=2, _), (year, 4, _), ..]) => (*year, month, *day, 2),
        (Some(month), [(year, 4, _), (day, 1..=2, _), ..]) => (*year, month, *day, 2),
        (Some(month), [(year, 4, _)]) => (*year, month, 1, 1),
        (None, [(year, 4, _), (month, 1..=2, _), (day, 1..=2, _), ..]) => (*year, *month, *day, 3),
        (None, [(day, 1..=2, _), (month, 1..=2, _), (year, 4, _), ..]) => (*year, *month, *day, 3),
        _ => return None,
    };
    let day = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    Some((day, &numbers[used..]))
}

fn time(numbers: &[Digits], afternoon: Option<bool>) -> Option<NaiveTime> {
    let (hour, minute, second, fraction) = match numbers {
        [(h, 1..=2, _), (m, 2, _)] => (*h, *m, 0, None),
        [(h, 1..=2, _), (m, 2, _), (s, 2, _)] => (*h, *m, *s, None),
        [(h, 1..=2, _), (m, 2, _), (s, 2, '.' | ','), (f, len, _)] => {
            (*h, *m, *s, Some((*f, *len)))
        }
        _ => return None,
    };
    let hour = match afternoon {
        Some(true) if hour < 12 => hour + 12,
        Some(false) if hour == 12 => 0,
        _ => hour,
    };
    let nanos = match fraction {
        Some((f, len)) => f.checked_mul(10_u32.pow(9 - len.min(9) as u32))?,
        None => 0,
    };
    NaiveTime::from_hms_nano_opt(hour, minute, second, nanos)
}

/// Turns Indonesian month and day names into English ones, which chrono reads.
fn in_english(text: &str) -> String {
    let mut english = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars().chain(std::iter::once('\0')) {
        if c.is_alphabetic() {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            english.push_str(translated(&word).unwrap_or(&word));
            word.clear();
        }
        if c != '\0' {
            english.push(c);
        }
    }
    english
}

fn translated(word: &str) -> Option<&'static str> {
    const ENGLISH: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let lower = word.to_lowercase();
    let month = MONTHS.iter().find(|(name, _)| *name == lower);
    if let Some((_, month)) = month {
        return ENGLISH.get(*month as usize - 1).copied();
    }
    WEEKDAYS
        .iter()
        .find(|(name, _)| *name == lower)
        .map(|(_, english)| *english)
}

#[cfg(test)]
#[path = "dates_test.rs"]
mod tests;

//! Canonical JSON (RFC 8785) and what of an item is its content. Knows no store.

use crate::{ContentHash, Item};
use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, Serializer};
use sha2::{Digest, Sha256};
use std::cmp::Ordering;
use std::io::{self, Write};

/// Writes a value as canonical JSON (RFC 8785): no blanks, members sorted by UTF-16 code units,
/// numbers as ECMAScript writes them.
#[must_use]
pub fn canonical_json(value: &Value) -> Vec<u8> {
    write(value, Canon::default())
}

pub(crate) fn hash_item(item: &Item) -> ContentHash {
    // A source without any time of its own: the fetch's stands in, and is no content either.
    let guessed = item.updated_at == item.provenance.fetched_at
        && item.time_quality == Some(crate::TimeQuality::Guessed);
    let canon = Canon {
        leave_out: Some(Volatile { updated: guessed }),
        ..Canon::default()
    };
    ContentHash::from_bytes(Sha256::digest(write(item, canon)).into())
}

fn write(value: &impl Serialize, mut canon: Canon) -> Vec<u8> {
    canon.out.reserve(2048);
    // All goes through the formatter, which keeps it: members can be put in order only afterwards.
    let mut serializer = Serializer::with_formatter(io::sink(), &mut canon);
    value
        .serialize(&mut serializer)
        .expect("every value of the model is JSON");
    canon.out
}

/// Which members of an item are no content: `seq`, `hash`, `provenance.fetched_at`,
/// `provenance.version` (another wording of the connector that reads the same item changes nothing
/// for people), and `updated_at` where it is only the fetch's.
struct Volatile {
    updated: bool,
}

impl Volatile {
    fn holds(&self, parent: Option<&[u8]>, key: &[u8]) -> bool {
        match parent {
            None => matches!(key, b"seq" | b"hash") || (self.updated && key == b"updated_at"),
            Some(parent) => parent == b"provenance" && matches!(key, b"fetched_at" | b"version"),
        }
    }
}

/// Writes JSON as it comes, and puts the members of an object in order when the object ends.
#[derive(Default)]
struct Canon {
    out: Vec<u8>,
    spare: Vec<u8>,
    /// The members of all open objects.
    members: Vec<Member>,
    /// For each open object, how many members there were before it.
    objects: Vec<usize>,
    leave_out: Option<Volatile>,
}

/// Where a member stands in the output; its key with quotes first, no comma.
#[derive(Clone, Copy)]
struct Member {
    start: usize,
    key_end: usize,
    end: usize,
    /// The key's first eight bytes, big-endian; `None` where its bytes as written do not sort as its
    /// UTF-16 code units do.
    prefix: Option<u64>,
}

impl Canon {
    /// A key as it was written, escaped, without its quotes.
    fn key(&self, member: Member) -> &[u8] {
        &self.out[member.start + 1..member.key_end - 1]
    }

    fn order(&self, a: Member, b: Member) -> Ordering {
        match (a.prefix, b.prefix) {
            (Some(first), Some(second)) => {
                let rest = || self.key(a).cmp(self.key(b));
                first.cmp(&second).then_with(rest)
            }
            _ => units(self.key(a)).cmp(&units(self.key(b))),
        }
    }

    /// Tells whether the member that just ended is not to be written.
    fn leaves_out(&self, member: Member) -> bool {
        let Some(volatile) = &self.leave_out else {
            return false;
        };
        let parent = match self.objects[..] {
            [_] => None,
            [_, first] => self.members[..first].last(),
            _ => return false,
        };
        volatile.holds(parent.map(|&parent| self.key(parent)), self.key(member))
    }

    fn sort_members(&mut self, first: usize) {
        let mut members = self.members.split_off(first);
        if !members.is_sorted_by(|&a, &b| self.order(a, b).is_le()) {
            let start = members.first().map_or(0, |member| member.start);
            members.sort_unstable_by(|&a, &b| self.order(a, b));
            self.spare.clear();
            for member in &members {
                self.spare
                    .extend_from_slice(&self.out[member.start..member.end]);
                self.spare.push(b',');
            }
            self.spare.pop();
            self.out.truncate(start);
            self.out.extend_from_slice(&self.spare);
        }
    }
}

/// A key's first eight bytes as a number that sorts as they do, where the key is plain ASCII.
fn prefix(key: &[u8]) -> Option<u64> {
    let plain = key.is_ascii() && !key.contains(&b'\\');
    plain.then(|| {
        let mut first = [0; 8];
        let length = key.len().min(8);
        first[..length].copy_from_slice(&key[..length]);
        u64::from_be_bytes(first)
    })
}

/// The UTF-16 code units of an escaped key.
fn units(key: &[u8]) -> Vec<u16> {
    let quoted = [b"\"", key, b"\""].concat();
    let text: String = serde_json::from_slice(&quoted).unwrap_or_default();
    text.encode_utf16().collect()
}

macro_rules! keep {
    ($($name:ident($ty:ty))*) => {
        $(fn $name<W: ?Sized + Write>(&mut self, _: &mut W, value: $ty) -> io::Result<()> {
            CompactFormatter.$name(&mut self.out, value)
        })*
    };
}

// serde_json escapes strings exactly as RFC 8785, section 3.2.2.2, asks. Whole numbers beyond 2^53
// keep their digits: a native id must not lose any.
impl Formatter for &mut Canon {
    keep! {
        write_bool(bool) write_i8(i8) write_i16(i16) write_i32(i32) write_i64(i64) write_i128(i128)
        write_u8(u8) write_u16(u16) write_u32(u32) write_u64(u64) write_u128(u128)
        write_string_fragment(&str) write_char_escape(CharEscape) write_byte_array(&[u8])
        write_number_str(&str) write_raw_fragment(&str) begin_array_value(bool)
    }

    fn write_null<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.out.write_all(b"null")
    }

    fn write_f32<W: ?Sized + Write>(&mut self, _: &mut W, value: f32) -> io::Result<()> {
        write_number(f64::from(value), &mut self.out)
    }

    fn write_f64<W: ?Sized + Write>(&mut self, _: &mut W, value: f64) -> io::Result<()> {
        write_number(value, &mut self.out)
    }

    fn begin_string<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.out.push(b'"');
        Ok(())
    }

    fn end_string<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.out.push(b'"');
        Ok(())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.out.push(b'[');
        Ok(())
    }

    fn end_array<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.out.push(b']');
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.objects.push(self.members.len());
        self.out.push(b'{');
        Ok(())
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, _: &mut W, _: bool) -> io::Result<()> {
        // Not by the flag: the first member may have been left out.
        if self
            .objects
            .last()
            .is_some_and(|&first| self.members.len() > first)
        {
            self.out.push(b',');
        }
        let start = self.out.len();
        self.members.push(Member {
            start,
            key_end: start,
            end: start,
            prefix: None,
        });
        Ok(())
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        let here = self.out.len();
        if let Some(member) = self.members.last_mut() {
            member.key_end = here;
            member.prefix = prefix(&self.out[member.start + 1..here - 1]);
        }
        self.out.push(b':');
        Ok(())
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        let Some(mut member) = self.members.pop() else {
            return Ok(());
        };
        member.end = self.out.len();
        if self.leaves_out(member) {
            let first = self.objects.last().copied().unwrap_or_default();
            let comma = usize::from(self.members.len() > first);
            self.out.truncate(member.start - comma);
        } else {
            self.members.push(member);
        }
        Ok(())
    }

    fn end_object<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        if let Some(first) = self.objects.pop() {
            self.sort_members(first);
        }
        self.out.push(b'}');
        Ok(())
    }
}

/// Writes a number as ECMAScript's `Number::toString` does (RFC 8785, section 3.2.2.3).
fn write_number(float: f64, out: &mut Vec<u8>) -> io::Result<()> {
    if float == 0.0 {
        out.write_all(b"0")
    } else if (1e-6..1e21).contains(&float.abs()) {
        write!(out, "{float}")
    } else {
        let text = format!("{float:e}");
        let text = if text.contains("e-") {
            text
        } else {
            text.replace('e', "e+")
        };
        out.write_all(text.as_bytes())
    }
}

#[cfg(test)]
#[path = "canonical_test.rs"]
mod tests;

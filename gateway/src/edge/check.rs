//! What pingora's parser lets through and two servers may read differently (RFC 9112 §2.2, §6.1, §3.2).
//!
//! Owns the rules on the raw bytes of an HTTP/1 header. Refuses; never repairs.

use http::{HeaderMap, Method};

use crate::phases::Failure;

/// Refuses a header block that could be framed in more than one way.
///
/// # Errors
/// [`Failure::Malformed`] names the rule, [`Failure::HeadersTooLarge`] the size.
pub(super) fn raw_header(raw: &[u8], most: usize) -> Result<(), Failure> {
    if raw.len() > most {
        return Err(Failure::HeadersTooLarge);
    }
    line_ends(raw)?;
    framing(raw)
}

fn line_ends(raw: &[u8]) -> Result<(), Failure> {
    let mut before = 0;
    for (at, byte) in raw.iter().enumerate() {
        match byte {
            b'\n' if before != b'\r' => return Err(Failure::Malformed("bare line feed")),
            b'\r' if raw.get(at + 1) != Some(&b'\n') => {
                return Err(Failure::Malformed("bare carriage return"));
            }
            0 => return Err(Failure::Malformed("null byte")),
            _ => {}
        }
        before = *byte;
    }
    Ok(())
}

fn framing(raw: &[u8]) -> Result<(), Failure> {
    let (mut length, mut coding) = (false, 0);
    for line in raw.split(|byte| *byte == b'\n').skip(1) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            continue;
        };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"content-length") {
            length = true;
            let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
            if !digits {
                return Err(Failure::Malformed("content-length is not one number"));
            }
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            coding += 1;
            if !value.eq_ignore_ascii_case(b"chunked") {
                return Err(Failure::Malformed("transfer-encoding other than chunked"));
            }
        }
    }
    match (length, coding) {
        (true, 1..) => Err(Failure::Malformed("content-length with transfer-encoding")),
        (_, 2..) => Err(Failure::Malformed("transfer-encoding twice")),
        _ => Ok(()),
    }
}

/// Refuses methods that must not pass, and bodies where nobody expects one on HTTP/2.
///
/// # Errors
/// [`Failure::MethodNotAllowed`] or [`Failure::Malformed`].
pub(super) fn method(method: &Method, headers: &HeaderMap) -> Result<(), Failure> {
    if matches!(*method, Method::CONNECT | Method::TRACE) {
        return Err(Failure::MethodNotAllowed);
    }
    if headers.contains_key(http::header::TRANSFER_ENCODING) && *method == Method::HEAD {
        return Err(Failure::Malformed("body on HEAD"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str) -> Result<(), Failure> {
        raw_header(raw.as_bytes(), 1024)
    }

    #[test]
    fn one_reading_only() {
        assert_eq!(check("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Ok(()));
        assert_eq!(
            check("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n"),
            Ok(())
        );
        assert_eq!(
            check("POST / HTTP/1.1\r\ntransfer-encoding:  Chunked \r\n\r\n"),
            Ok(())
        );
        for bad in [
            "GET / HTTP/1.1\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n\n",
            "GET / HTTP/1.1\r\nX: a\rb\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 5, 5\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length:\r\n\r\n",
        ] {
            assert!(matches!(check(bad), Err(Failure::Malformed(_))), "{bad:?}");
        }
        assert_eq!(
            raw_header(&[b'a'; 2000], 1024),
            Err(Failure::HeadersTooLarge)
        );
    }
}

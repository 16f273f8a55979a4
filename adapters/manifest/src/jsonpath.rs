//! RFC 9535 JSONPath, read with bounds: the parser takes a time that doubles with each nested filter, and a
//! thread's stack is finite.

use crate::expr::nesting;
use crate::problem::Problem;
use serde_json_path::JsonPath;

/// The deepest nesting of brackets.
const MAX_NESTING: usize = 6;
/// The longest path, in bytes.
const MAX_LENGTH: usize = 500;

/// Reads a JSONPath, or says what is wrong from which byte on.
pub(crate) fn read(text: &str) -> Result<JsonPath, (Problem, usize)> {
    if text.len() > MAX_LENGTH {
        return Err((Problem::ExpressionTooLong { max: MAX_LENGTH }, 0));
    }
    if nesting(text) > MAX_NESTING {
        return Err((Problem::TooNested { max: MAX_NESTING }, 0));
    }
    JsonPath::parse(text).map_err(|error| {
        let (path, says) = (crate::check::cut(text), error.message().to_owned());
        (
            Problem::BadJsonPath { path, says },
            error.position().min(text.len()),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_paths_and_refuses_bombs() {
        assert!(read("$.data[?(@.a > 1 && @.b == 'x')].items[*]").is_ok());
        assert!(read("$[?@[?@[?@[?@.a]]]]").is_ok());
        for bad in [
            "$.[",
            "$[?",
            "$..",
            &"$[?@".repeat(20),
            &format!("${}", "['a']".repeat(200)),
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}

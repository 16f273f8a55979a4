//! The names of `libz-ng-sys`, taken from stock zlib (linked statically).
//!
//! pingora switches flate2 to zlib-ng, and zlib-ng's build script needs cmake, which a fresh machine
//! does not have. Both libraries speak the same interface. See docs/decisions/0002.
pub use libz_sys::*;

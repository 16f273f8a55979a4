//! Imports, whole.

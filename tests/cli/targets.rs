//! Plans narrowed with `--target`.

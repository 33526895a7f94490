//! A roster file.
#![no_main]

#[path = "../stage.rs"]
mod stage;

libfuzzer_sys::fuzz_target!(|text: &str| stage::read("r.csv", text));

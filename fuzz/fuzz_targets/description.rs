//! A description of settings endpoints.
#![no_main]

#[path = "../stage.rs"]
mod stage;

libfuzzer_sys::fuzz_target!(|text: &str| stage::read("m.yaml", text));

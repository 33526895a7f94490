//! The root file of a workspace.
#![no_main]

#[path = "../stage.rs"]
mod stage;

libfuzzer_sys::fuzz_target!(|text: &str| stage::read("portcullis.yaml", text));

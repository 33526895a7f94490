//! A plan file that somebody hands over.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    // An error is an answer, too; it must not quote the file at length.
    if let Err(error) = portcullis::report::json::read_plan(text) {
        assert!(error.to_string().len() < 1_000);
    }
});

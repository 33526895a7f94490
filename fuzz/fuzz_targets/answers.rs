//! Answers of the service, to any question that the client asks.
#![no_main]

#[path = "../../tests/support/answers.rs"]
mod answers;

use answers::{QUESTIONS, Service};
use std::sync::LazyLock;
use tokio::runtime::{Builder, Runtime};

/// Made once: a port for each input would be more than the machine has.
static SERVICE: LazyLock<(Runtime, Service)> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("there is a runtime");
    let service = runtime.block_on(Service::start());
    (runtime, service)
});

// The first byte says what is asked; the rest is the script.
libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    if let Some((number, script)) = input.split_first() {
        let (runtime, service) = &*SERVICE;
        runtime.block_on(service.ask(usize::from(*number) % QUESTIONS, script));
    }
});

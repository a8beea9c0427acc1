#![no_main]

#[path = "../subjects/library.rs"]
mod library;

libfuzzer_sys::fuzz_target!(|data: &[u8]| library::check(data));

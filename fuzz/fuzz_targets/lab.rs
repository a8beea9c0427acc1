#![no_main]

#[path = "../subjects/lab.rs"]
mod lab;

libfuzzer_sys::fuzz_target!(|data: &[u8]| lab::check(data));

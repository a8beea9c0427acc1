#![no_main]

#[path = "../subjects/validate.rs"]
mod validate;

libfuzzer_sys::fuzz_target!(|data: &[u8]| validate::check(data));

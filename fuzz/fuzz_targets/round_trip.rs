#![no_main]

#[path = "../subjects/round_trip.rs"]
mod round_trip;

libfuzzer_sys::fuzz_target!(|data: &[u8]| round_trip::check(data));

#![no_main]

#[path = "../subjects/render.rs"]
mod render;

libfuzzer_sys::fuzz_target!(|data: &[u8]| render::check(data));

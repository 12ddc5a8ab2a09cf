//! Bodies that grow out of the fixtures; see [`laurel_fuzz::payload`].
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| laurel_fuzz::payload(body));

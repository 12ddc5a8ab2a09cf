//! Bodies that grow out of the fixtures; see [`laurel_fuzz::canonical`].
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| laurel_fuzz::canonical(body));

//! Bodies that grow out of the fixtures; see [`laurel_fuzz::scan`].
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| laurel_fuzz::scan(body));

//! Requests that grow out of `seeds`; see [`laurel_fuzz::signature_headers`].
#![no_main]

libfuzzer_sys::fuzz_target!(|request: &[u8]| laurel_fuzz::signature_headers(request));

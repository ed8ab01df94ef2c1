#![no_main]

#[path = "../checks/letter.rs"]
mod checks;

// The library for mail panics on some messages, which the reader takes: only a panic that nobody takes is a finding. libFuzzer's own
// hook would end the run at either.
libfuzzer_sys::fuzz_target!(init: std::panic::set_hook(Box::new(|_| ())), |data: &[u8]| checks::check(data));

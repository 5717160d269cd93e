use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use napi_derive::napi;

/// The tokens in use, by number.
#[derive(Default)]
struct Registry {
    last: u32,
    flags: HashMap<u32, Arc<AtomicBool>>,
}

static REGISTRY: LazyLock<Mutex<Registry>> = LazyLock::new(Mutex::default);

fn with_registry<T>(work: impl FnOnce(&mut Registry) -> T) -> T {
    // A panic elsewhere leaves the map whole: every change to it is one call.
    work(&mut REGISTRY.lock().unwrap_or_else(PoisonError::into_inner))
}

#[napi(js_name = "createCancelToken")]
pub fn create_cancel_token() -> u32 {
    with_registry(|registry| {
        registry.last += 1;
        registry.flags.insert(registry.last, Arc::default());
        registry.last
    })
}

#[napi]
pub fn cancel(token: u32) {
    if let Some(flag) = flag(token) {
        flag.store(true, Ordering::Relaxed);
    }
}

#[napi(js_name = "releaseCancelToken")]
pub fn release_cancel_token(token: u32) {
    with_registry(|registry| registry.flags.remove(&token));
}

/// The flag behind a token; none where it was released or never made.
pub fn flag(token: u32) -> Option<Arc<AtomicBool>> {
    with_registry(|registry| registry.flags.get(&token).cloned())
}

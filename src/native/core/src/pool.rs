use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

/// Things that are dear to make and may be used again by any thread: buffers, workspaces.
pub struct Pool<T> {
    free: Mutex<Vec<T>>,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self { free: Mutex::new(Vec::new()) }
    }
}

impl<T> Pool<T> {
    /// One that is free, else a new one; it comes back when the guard is dropped.
    pub fn take(&self, make: impl FnOnce() -> T) -> Pooled<'_, T> {
        let found = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Pooled { pool: self, item: Some(found.unwrap_or_else(make)) }
    }

    /// Every thing that came back.
    pub fn into_items(self) -> Vec<T> {
        self.free.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A thing on loan from a [`Pool`].
pub struct Pooled<'a, T> {
    pool: &'a Pool<T>,
    item: Option<T>,
}

impl<T> Deref for Pooled<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.item.as_ref().expect("an item is only taken out when its guard is dropped")
    }
}

impl<T> DerefMut for Pooled<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.item.as_mut().expect("an item is only taken out when its guard is dropped")
    }
}

impl<T> Drop for Pooled<'_, T> {
    fn drop(&mut self) {
        if let Some(item) = self.item.take() {
            self.pool.free.lock().unwrap_or_else(PoisonError::into_inner).push(item);
        }
    }
}

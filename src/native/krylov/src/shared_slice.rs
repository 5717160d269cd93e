use std::marker::PhantomData;

/// A slice that several threads read and write at places that they keep apart themselves.
pub struct SharedSlice<'a, T> {
    start: *mut T,
    length: usize,
    owner: PhantomData<&'a mut [T]>,
}

// SAFETY: every access is unsafe, and whoever makes one promises that no two threads meet at one place.
unsafe impl<T: Send> Sync for SharedSlice<'_, T> {}
// SAFETY: as above.
unsafe impl<T: Send> Send for SharedSlice<'_, T> {}

impl<'a, T: Copy> SharedSlice<'a, T> {
    /// Borrows `slice` until the last access.
    pub fn new(slice: &'a mut [T]) -> Self {
        Self { start: slice.as_mut_ptr(), length: slice.len(), owner: PhantomData }
    }

    /// The value at `index`.
    ///
    /// # Safety
    /// `index` lies in the slice, and no other thread writes there meanwhile.
    #[inline(always)]
    pub unsafe fn read(&self, index: usize) -> T {
        debug_assert!(index < self.length, "a shared slice is read beyond its end");
        // SAFETY: the caller's promise.
        unsafe { *self.start.add(index) }
    }

    /// Sets the value at `index`.
    ///
    /// # Safety
    /// `index` lies in the slice, and no other thread reads or writes there meanwhile.
    #[inline(always)]
    pub unsafe fn write(&self, index: usize, value: T) {
        debug_assert!(index < self.length, "a shared slice is written beyond its end");
        // SAFETY: the caller's promise.
        unsafe { *self.start.add(index) = value }
    }
}

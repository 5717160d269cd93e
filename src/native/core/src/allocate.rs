use std::alloc::Layout;

use crate::Error;

/// `count` copies of `value`, or the sentence that memory ran out, naming `what` they were for.
pub fn filled<T: Clone>(count: usize, value: T, what: &str) -> Result<Vec<T>, Error> {
    let mut vector = room(count, what)?;
    vector.resize(count, value);
    Ok(vector)
}

/// An empty vector with room for `count` elements, or the sentence that memory ran out, naming `what` they were for.
pub fn room<T>(count: usize, what: &str) -> Result<Vec<T>, Error> {
    let mut vector = Vec::<T>::new();
    vector.try_reserve_exact(count).map_err(|_| refused::<T>(count, what))?;
    ask_for_large_pages(vector.as_mut_ptr().cast(), vector.capacity() * size_of::<T>());
    Ok(vector)
}

/// `count` zeros, as the system hands them out: pages are cleared when they are first written to, by the thread that
/// does.
pub fn zeros(count: usize, what: &str) -> Result<Vec<f64>, Error> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let layout = Layout::array::<f64>(count).map_err(|_| refused::<f64>(count, what))?;
    // SAFETY: the layout is not empty.
    let start = unsafe { std::alloc::alloc_zeroed(layout) };
    if start.is_null() {
        return Err(refused::<f64>(count, what));
    }
    ask_for_large_pages(start, layout.size());
    // SAFETY: the memory was just allocated with the layout of `count` float64 numbers, and zero bytes are zeros.
    Ok(unsafe { Vec::from_raw_parts(start.cast(), count, count) })
}

/// Asks the system to lay out an array of many pages in large ones: a walk through it then waits for fewer translations
/// of addresses, and fills it with fewer faults. The wish may be refused, which costs time and nothing else.
fn ask_for_large_pages(start: *mut u8, bytes: usize) {
    #[cfg(target_os = "linux")]
    {
        const LARGE_PAGE: usize = 2 << 20;
        let first = start.align_offset(LARGE_PAGE);
        let whole = bytes.saturating_sub(first) / LARGE_PAGE * LARGE_PAGE;
        if whole > LARGE_PAGE {
            // SAFETY: the range lies within memory that was just allocated, and advice does not change what it holds.
            let _ = unsafe { libc::madvise(start.add(first).cast(), whole, libc::MADV_HUGEPAGE) };
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (start, bytes);
}

fn refused<T>(count: usize, what: &str) -> Error {
    let megabytes = count.saturating_mul(size_of::<T>()) / (1 << 20);
    Error::OutOfMemory(format!(
        "There is not enough memory for {what} ({megabytes} MB). Close other programs, use fewer endmembers, or cut the scene into parts."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_impossible_size_is_an_error_and_not_an_abort() {
        let error = zeros(usize::MAX / 16, "the abundances").unwrap_err();
        assert!(matches!(error, Error::OutOfMemory(_)));
        assert!(error.to_string().contains("the abundances"));
    }

    #[test]
    fn zeros_are_as_many_as_asked_for() {
        assert!(zeros(0, "nothing").unwrap().is_empty());
        let mut some = zeros(1000, "a row").unwrap();
        assert!(some.len() == 1000 && some.iter().all(|&value| value == 0.0));
        some.push(1.0);
        assert_eq!(some[1000], 1.0);
        let many = zeros(3 << 20, "a large array").unwrap();
        assert!(many.len() == 3 << 20 && many.iter().all(|&value| value == 0.0));
    }
}

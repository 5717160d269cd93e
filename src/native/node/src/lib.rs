//! The Node-API door to the Filigree solvers, exactly as `index.d.ts` describes it.
//!
//! Every solver runs on a thread pool of its own; the JavaScript thread only hears of progress and of the end.

// The exported functions and objects are documented in `index.d.ts`, which is the contract.
#![allow(missing_docs)]

mod cancel;
mod convert;
mod failure;
mod job;
mod methods;
mod progress;
mod version;

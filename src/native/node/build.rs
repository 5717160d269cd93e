//! Tells the linker about Node-API.

fn main() {
    napi_build::setup();
}

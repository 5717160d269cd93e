use std::collections::BTreeMap;

use napi_derive::napi;

#[napi(object, object_from_js = false)]
pub struct NativeVersion {
    pub version: String,
    pub libraries: BTreeMap<String, String>,
    pub target: String,
}

#[napi]
pub fn version() -> NativeVersion {
    let libraries = filigree_core::NUMERIC_LIBRARIES;
    NativeVersion {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        libraries: libraries.iter().map(|&(name, version)| (name.to_owned(), version.to_owned())).collect(),
        target: target(),
    }
}

/// The system the addon was built for, and the instruction sets its kernels found here.
fn target() -> String {
    let mut found: Vec<&str> = Vec::new();
    #[cfg(target_arch = "x86_64")]
    {
        let features = [
            (is_x86_feature_detected!("avx"), "avx"),
            (is_x86_feature_detected!("avx2"), "avx2"),
            (is_x86_feature_detected!("fma"), "fma"),
            (is_x86_feature_detected!("avx512f"), "avx512f"),
        ];
        found.extend(features.iter().filter(|(present, _)| *present).map(|&(_, name)| name));
    }
    #[cfg(target_arch = "aarch64")]
    found.push("neon");
    let found = if found.is_empty() { "baseline".to_owned() } else { found.join(" ") };
    format!("{}-{} ({found})", std::env::consts::ARCH, std::env::consts::OS)
}

use filigree_core::Error;
use napi::bindgen_prelude::{JsObjectValue, JsValue};
use napi::{Env, Status};

/// A JavaScript `Error` with `code`, `message` and, where one is to blame, `parameter`.
pub fn to_js(env: &Env, error: &Error) -> napi::Error {
    let build = || -> napi::Result<napi::Error> {
        let mut object = env.create_error(napi::Error::new(Status::GenericFailure, error.to_string()))?;
        object.set_named_property("code", error.code().as_str())?;
        if let Some(parameter) = error.blamed_parameter() {
            object.set_named_property("parameter", parameter)?;
        }
        Ok(napi::Error::from(object.to_unknown()))
    };
    build().unwrap_or_else(|failure| failure)
}

//! Reading again until a site shows what was written: answers may lag behind a write for a moment.

use super::error::ApiError;
use super::http::Http;

/// How often something is read before its last answer is believed.
const LOOKS: u32 = 3;

/// Reads until `holds` is true of what was read, a few times at most and with growing pauses; returns the last reading.
///
/// # Errors
/// Those of reading, at once.
pub(super) async fn settled<T>(
    http: &Http,
    read: impl AsyncFn() -> Result<T, ApiError>,
    holds: impl Fn(&T) -> bool,
) -> Result<T, ApiError> {
    let mut look = 1;
    loop {
        let seen = read().await?;
        if look == LOOKS || holds(&seen) {
            return Ok(seen);
        }
        http.rest(look - 1).await;
        look += 1;
    }
}

//! The trace of a request (W3C Trace Context, level 1): which action of a caller an action here belongs to.
//!
//! It travels beside the call, as a value of the task, since it decides nothing: only the processing log reads it.

use std::fmt;
use std::future::Future;
use std::str::FromStr;

use crate::work::hex;

tokio::task_local! {
    static CURRENT: Trace;
}

/// What a caller's `traceparent` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    trace_id: [u8; 16],
    parent_id: [u8; 8],
}

/// A `traceparent` that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a traceparent")]
pub struct UnusableTrace;

impl Trace {
    /// The id of the whole trace, not zero.
    pub fn trace_id(&self) -> [u8; 16] {
        self.trace_id
    }

    /// The id of the caller's action, not zero.
    pub fn parent_id(&self) -> [u8; 8] {
        self.parent_id
    }

    /// The trace of the request this task runs for.
    pub fn current() -> Option<Self> {
        CURRENT.try_with(|trace| *trace).ok()
    }
}

/// As a `traceparent` says it, but for its flags: whether it was sampled decides nothing here.
impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{}-{}-00", hex(&self.trace_id), hex(&self.parent_id))
    }
}

/// `00-<32 hexadecimal digits>-<16>-<2>`, lower case. A later version may go on after a further hyphen; version `ff` and
/// ids of zeros are refused (W3C Trace Context, section 3.2.2).
impl FromStr for Trace {
    type Err = UnusableTrace;

    fn from_str(text: &str) -> Result<Self, UnusableTrace> {
        let mut parts = text.split('-');
        let mut part = || parts.next().ok_or(UnusableTrace);
        let version: [u8; 1] = hexadecimal(part()?)?;
        let trace_id = hexadecimal(part()?)?;
        let parent_id = hexadecimal(part()?)?;
        let _flags: [u8; 1] = hexadecimal(part()?)?;
        let goes_on = parts.next().is_some();
        let sound = match version {
            [0] => !goes_on,
            [version] => version != 0xff,
        };
        if sound && trace_id != [0; 16] && parent_id != [0; 8] {
            Ok(Self { trace_id, parent_id })
        } else {
            Err(UnusableTrace)
        }
    }
}

/// Runs this on behalf of a request with that trace, or one without.
pub async fn traced<F: Future>(trace: Option<Trace>, future: F) -> F::Output {
    match trace {
        Some(trace) => CURRENT.scope(trace, future).await,
        None => future.await,
    }
}

fn hexadecimal<const N: usize>(text: &str) -> Result<[u8; N], UnusableTrace> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Ok(byte - b'0'),
        b'a'..=b'f' => Ok(byte - b'a' + 10),
        _ => Err(UnusableTrace),
    };
    if text.len() != 2 * N {
        return Err(UnusableTrace);
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_is_read_strictly() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let trace: Trace = good.parse().unwrap();
        assert_eq!(trace.trace_id()[0], 0x0a);
        assert_eq!(
            trace.parent_id(),
            [0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31]
        );
        assert!(format!("cc{}-what-may-come", &good[2..]).parse::<Trace>().is_ok());
        for bad in [
            "",
            "00",
            &good[..54],
            &good.to_uppercase(),
            &format!("{good}-x"),
            &format!(" {good}"),
            &format!("ff{}", &good[2..]),
            &good.replace("b7ad6b7169203331", "0000000000000000"),
            &good.replace(
                "0af7651916cd43dd8448eb211c80319c",
                "00000000000000000000000000000000",
            ),
            &good.replace("0af7", "0ag7"),
            &good.replace("0af7", "é7"),
        ] {
            assert_eq!(bad.parse::<Trace>(), Err(UnusableTrace), "{bad}");
        }
    }
}

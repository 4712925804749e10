//! The square that leads to the portal (QR code, ISO/IEC 18004). It holds the address and nothing else: whoever photographs a letter
//! from afar, or scans it with a program that opens what it reads, has no code.

use qrcodegen::{QrCode, QrCodeEcc};

use crate::PaperError;

/// Rows of fields, dark or light, without the light border.
pub(crate) fn fields(address: &str) -> Result<Vec<Vec<bool>>, PaperError> {
    let code = QrCode::encode_text(address, QrCodeEcc::Medium).map_err(|_| PaperError::Address)?;
    let row = |y| (0..code.size()).map(|x| code.get_module(x, y)).collect();
    Ok((0..code.size()).map(row).collect())
}

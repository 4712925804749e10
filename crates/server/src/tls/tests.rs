use std::fs;
use std::path::Path;

use rcgen::{CertificateParams, KeyPair};

use super::*;

/// Writes a certificate for this machine and its key.
fn write(directory: &Path, which: (bool, bool)) {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["localhost".to_owned()])
        .unwrap()
        .self_signed(&key)
        .unwrap();
    if which.0 {
        fs::write(directory.join("certificate.pem"), certificate.pem()).unwrap();
    }
    if which.1 {
        fs::write(directory.join("key.pem"), key.serialize_pem()).unwrap();
    }
}

#[test]
fn renewed_files_are_used_once_they_fit() {
    let directory = tempfile::tempdir().unwrap();
    let files = TlsFiles {
        certificate: directory.path().join("certificate.pem"),
        key: directory.path().join("key.pem"),
        clients: None,
    };
    assert!(matches!(
        WatchedTls::open(files.clone()),
        Err(TlsFileError::File(_))
    ));
    write(directory.path(), (true, true));
    let mut tls = WatchedTls::open(files).unwrap();
    assert!(matches!(tls.look(), Look::Same));

    // The certificate is there and its key not yet.
    write(directory.path(), (true, false));
    for _ in 0..2 {
        assert!(matches!(
            tls.look(),
            Look::Refused(TlsFileError::Material(TlsError::Pair))
        ));
    }
    write(directory.path(), (true, true));
    assert!(matches!(tls.look(), Look::Renewed));
    assert!(matches!(tls.look(), Look::Same));
    fs::remove_file(directory.path().join("key.pem")).unwrap();
    assert!(matches!(tls.look(), Look::Refused(TlsFileError::File(_))));
}

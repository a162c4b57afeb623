internal import Glibc
internal import NIOSSL

/// A PEM file of certificates.
enum CertificateFile {
  /// - Parameter contents: what must be in it, in words.
  /// - Throws: `TLSError` that names the file.
  static func read(_ file: String, _ contents: String) throws(TLSError) -> [NIOSSLCertificate] {
    try check(file)
    guard let certificates = try? NIOSSLCertificate.fromPEMFile(file), !certificates.isEmpty else {
      throw TLSError(description: "\(file): there is no certificate in it. It must be a PEM file: \(contents)")
    }
    return certificates
  }

  /// - Throws: `TLSError` where nobody lets this process read it.
  static func check(_ file: String) throws(TLSError) {
    guard access(file, R_OK) == 0 else { throw TLSError(description: "\(file): \(String(cString: strerror(errno)))") }
  }
}

internal import Crypto

/// A message authentication code: who gives the right one for a message knows the key.
public enum MessageCode {
  /// HMAC-SHA256 (RFC 2104, FIPS 198-1). O(message).
  public static func sha256(of message: [UInt8], key: String) -> SHA256Digest {
    let code = HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: Array(key.utf8)))
    return code.withUnsafeBytes { SHA256Digest(words: $0) }
  }
}

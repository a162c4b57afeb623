/// The secret of a key: `tally_`, a letter for each scope, `_`, and 200 random bits in base 32.
///
/// It is random and long, so that one round of SHA-256 keeps it: nobody can try 2²⁰⁰ of them, and slow hashes with salt are
/// for secrets that people choose. It never prints itself: whoever wants the text says so.
///
/// Source: NIST SP 800-63B (2017), section 5.1.2.2: a secret of at least 112 random bits is to be kept by an approved one-way
/// function; salt and a slow derivation are asked for below that. The words in front make leaked tokens easy to search for.
public struct AccessToken: Sendable {
  public static let prefix = "tally_"
  /// Bytes of randomness: 200 bits, which are 40 letters without a rest.
  public static let randomBytes = 25

  /// The secret itself.
  public let text: String

  /// - Parameters:
  ///   - scopes: named by their letters; they decide nothing, the ledger does.
  ///   - generator: must be one for cryptography.
  public init(scopes: Set<AccessScope>, using generator: inout some RandomNumberGenerator) {
    let random = (0..<AccessToken.randomBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    let letters = String(scopes.sorted().map(\.letter))
    text = "\(AccessToken.prefix)\(letters)_\(AccessToken.base32(random))"
  }

  /// What the ledger keeps of it.
  public var digest: SHA256Digest { AccessToken.digest(of: text) }

  /// What the ledger would keep of a text if it were a token.
  public static func digest(of text: String) -> SHA256Digest { SHA256Digest(of: text) }

  /// Base 32 (RFC 4648, section 6) in small letters; of a multiple of five bytes, so that there is no padding.
  private static func base32(_ bytes: [UInt8]) -> String {
    let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567")
    var (text, bits, held) = ("", UInt32(0), 0)
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      held += 8
      while held >= 5 {
        held -= 5
        text.append(alphabet[Int(bits >> UInt32(held) & 31)])
      }
      bits &= (1 << UInt32(held)) - 1
    }
    return text
  }
}

extension AccessToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "\(AccessToken.prefix)…" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

import Patterns

/// What can be looked for by name: data that identifies or unlocks, in the forms in which people and programs write it.
///
/// Found is what has the form, and where the form has a check, passes it. A name, an address or a diagnosis has none: for those
/// there are patterns of one's own, or not keeping what was said at all.
public enum Detector: String, CaseIterable, Sendable {
  /// An address of mail (the usual part of RFC 5321).
  case email
  /// The number of a payment card: 13 to 19 digits with a right check digit (ISO/IEC 7812-1, Luhn).
  case card
  /// The number of a bank account (ISO 13616) with right check digits (ISO 7064, mod 97-10).
  case iban
  /// An IPv4 address, or an IPv6 address of at least four groups.
  case ip
  /// A telephone number as it is written internationally: `+` and 8 to 15 digits (ITU-T E.164).
  case phone
  /// A key or token by the prefixes that vendors give theirs, a JSON Web Token, a bearer token, a private key in PEM.
  case secret

  /// Where they are in a text, in order.
  func ranges(in text: [UInt8]) -> [Range<Int>] {
    switch self {
    case .card: CheckedNumbers.cards(in: text)
    case .iban: CheckedNumbers.accounts(in: text)
    case .email: text.contains(UInt8(ascii: "@")) ? Form.email.cover(of: text) : []
    case .ip: Form.ip.cover(of: text)
    case .phone: text.contains(UInt8(ascii: "+")) ? Form.phone.cover(of: text) : []
    case .secret: Form.secret.cover(of: text)
    }
  }
}

/// The forms of what has no check digits.
private enum Form {
  static let email = known("[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+")
  static let ip = known(
    "\\b((25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(25[0-5]|2[0-4]\\d|1?\\d?\\d)\\b"
      + "|\\b[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{0,4}:([0-9A-Fa-f]{0,4}:){1,5}[0-9A-Fa-f]{1,4}\\b")
  static let phone = known("\\+\\d([ ./()-]{0,2}\\d){7,14}\\b")
  static let secret = known(
    // OpenAI, Anthropic, Stripe, Langfuse; GitHub; Slack; AWS; Google; npm; Hugging Face; tally.
    "\\b(sk|pk|rk)[-_][A-Za-z0-9_-]{16,}|\\bgh[pousr]_[A-Za-z0-9]{30,}|\\bgithub_pat_[A-Za-z0-9_]{22,}"
      + "|\\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\\b(AKIA|ASIA)[A-Z0-9]{16}\\b|\\bAIza[A-Za-z0-9_-]{35}"
      + "|\\bnpm_[A-Za-z0-9]{36}|\\bhf_[A-Za-z0-9]{30,}|\\btally_[A-Za-z0-9_-]{20,}"
      + "|\\beyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{4,}\\.[A-Za-z0-9_-]*|\\b[Bb]earer +[A-Za-z0-9._~+/=-]{16,}"
      + "|-----BEGIN [A-Z ]*PRIVATE KEY-----[A-Za-z0-9+/=\\s:,-]+")

  /// A pattern that stands in this file: a test compiles each of them.
  private static func known(_ text: String) -> Pattern {
    do {
      return try Pattern(text)
    } catch {
      // Safe: constants of this file, all of which the tests compile.
      preconditionFailure("a pattern of redaction \(error.problem)")
    }
  }
}

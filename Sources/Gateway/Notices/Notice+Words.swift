internal import Guards
internal import Records

extension Notice {
  /// What a target shows first: the verdict, the sentence, and the code in brackets.
  func headline(mark: (String) -> String = { $0 }) -> String {
    let verdict = condition.verdict.rawValue.uppercased()
    let code = condition.code.isEmpty ? "" : " [\(condition.code)]"
    switch event {
    case .open: return "\(mark(verdict)): \(sentence)\(code)"
    case .change:
      let before = was.map { " (was \($0.verdict.rawValue.uppercased()) [\($0.code)])" } ?? ""
      return "\(mark(verdict))\(before): \(sentence)\(code)"
    case .remind: return "\(mark("Still \(verdict)")) since \(openedAt): \(sentence)\(code)"
    case .test: return "\(mark("TEST")): \(sentence)"
    case .resolve: return "\(mark(over)) (was \(verdict)\(code)): \(sentence)"
    }
  }

  /// What it is about.
  var topic: String {
    if check == Notice.runs { return "schedule \(subject)" }
    return subject.isEmpty ? "\(check): the check itself" : "\(check): \(subject)"
  }

  private var over: String {
    switch ending {
    case .waived?:
      guard let waiver else { return "RESOLVED: waived" }
      return "RESOLVED: waived by \(waiver.owner) until \(waiver.expiresAt), \(waiver.reason)"
    case .gone?: return "RESOLVED: there is no such subject any more"
    case .unscheduled?: return "RESOLVED: no schedule runs it any more"
    case .cleared?, nil: return "RESOLVED"
    }
  }

  /// Where this server shows its findings.
  func link(at server: String?) -> String? {
    guard let server else { return nil }
    guard check != Notice.runs else { return "\(server)/api/v1/schedule" }
    let about = subject.isEmpty ? "" : "&subject=\(Notice.escaped(subject))"
    return "\(server)/api/v1/findings?check=\(Notice.escaped(check))\(about)"
  }

  /// Percent-encoded, but for what RFC 3986 (2.3) calls unreserved.
  private static func escaped(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF")
    return text.utf8.map { byte in
      let isPlain = (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "-._~".utf8.contains(byte)
      return isPlain ? "\(Character(Unicode.Scalar(byte)))" : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }.joined()
  }
}

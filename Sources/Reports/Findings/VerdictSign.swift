internal import Records

/// How a verdict is shown: a sign, a word and a colour. The word always stands beside the sign and the colour.
struct VerdictSign {
  let entry: CheckReport.Entry

  init(_ entry: CheckReport.Entry) { self.entry = entry }

  private var verdict: Finding.Verdict { entry.finding.verdict }

  /// `FAIL`, or `FAIL, waived`.
  var word: String { verdict.rawValue.uppercased() + (entry.counts ? "" : ", waived") }

  func glyph(unicode: Bool) -> String {
    switch verdict {
    case .pass: unicode ? "✓" : "+"
    case .warn: "!"
    case .unknown: "?"
    case .fail: unicode ? "✗" : "x"
    }
  }

  var tint: TextPage.Tint {
    guard entry.counts else { return .faint }
    switch verdict {
    case .pass: return .good
    case .warn, .unknown: return .unsure
    case .fail: return .bad
    }
  }

  /// For Markdown.
  var emoji: String {
    guard entry.counts else { return "➖" }
    switch verdict {
    case .pass: return "✅"
    case .warn: return "⚠️"
    case .unknown: return "❔"
    case .fail: return "❌"
    }
  }
}

extension Finding {
  /// Reasons that the headline and the code behind it do not already say word for word.
  var unsaidReasons: [Reason] {
    reasons.enumerated().filter { place, reason in
      place > 0 || reason.text != sentence
    }.map(\.element)
  }
}

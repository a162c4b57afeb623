import Patterns
public import Redaction

/// `redaction`: what is taken out of records before they are stored.
public struct RedactionSettings: Configurable {
  /// Whether what was said is kept.
  public enum Content: String, CaseIterable, Sendable {
    case keep, drop
  }

  /// Prompts, answers, arguments and results.
  public var content = Content.keep
  /// What is looked for by name.
  public var find: [Detector] = []
  /// What is looked for by pattern, before what is looked for by name.
  public var patterns: [RedactionPatternSettings] = []

  public init() {}

  public static let keys: [Key<RedactionSettings>] = [
    Key(
      "content", \.content, .choice, "Whether prompts, answers, arguments and results are kept, or only their hashes"),
    Key("find", \.find, .list(of: .choice), "What is taken out wherever it is found"),
    Key("patterns", \.patterns, .list(of: .object), "What else is taken out, by regular expression"),
  ]

  /// What does it; nil where nothing is to be done.
  public var redactor: Redactor? {
    guard content == .drop || !find.isEmpty || !patterns.isEmpty else { return nil }
    return Redactor(
      detectors: Detector.allCases.filter(find.contains), rules: patterns.compactMap(\.rule),
      keepsContent: content == .keep)
  }
}

/// An element of `redaction.patterns`.
public struct RedactionPatternSettings: Configurable {
  /// A regular expression.
  public var match = ""
  /// What stands in its place, in brackets.
  public var name = "redacted"

  public init() {}

  public static let keys: [Key<RedactionPatternSettings>] = [
    Key("match", \.match, .text, "A regular expression: classes, groups, repeats, anchors, \\b", required: true),
    Key("as", \.name, .id, "What stands in its place, in brackets"),
  ]

  /// Nil for what `faults` refuses.
  var rule: Redactor.Rule? { (try? Pattern(match)).map { Redactor.Rule($0, name: name) } }

  public func faults() -> [Fault] {
    do {
      let pattern = try Pattern(match)
      guard !pattern.looksAhead else {
        return [
          Fault(
            key: "match", problem: "the pattern looks ahead, which can take too long on long texts",
            remedy: "Write what is to be taken out itself, with \\b where words end.")
        ]
      }
      guard !pattern.matches("") else {
        return [
          Fault(
            key: "match", problem: "the pattern fits where nothing is",
            remedy: "Write a pattern that has at least one character, such as [0-9]+ for [0-9]*.")
        ]
      }
      return []
    } catch {
      return [
        Fault(
          key: "match", problem: "the pattern \(error.problem), after \(error.offset) bytes",
          remedy: "Write it with classes, groups, repeats and anchors.")
      ]
    }
  }
}

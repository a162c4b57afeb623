internal import Records
internal import Statistics

/// Answers letters in two languages: what its own counts of tokens are worth, and what a provider's cache finds again.
struct LettersScene: Scene {
  /// Days of letters before the end of the quarter.
  static let days = 30
  static let model = "letters-1"
  static let vocabulary = "letters/cl100k_base-bytes.tiktoken"
  /// One letter of so many is kept word for word.
  private static let kept = 20
  private static let rule = "Follow the policy strictly and cite the section number. "

  private let plan: Plan
  private let quarter: Quarter
  private var generator: Xoshiro256StarStar
  private let daily: Int
  private var number = 0

  init(_ plan: Plan, quarter: Quarter, generator: Xoshiro256StarStar) {
    self.plan = plan
    self.quarter = quarter
    self.generator = generator
    daily = max(1, plan.weeklySpans / 7)
  }

  mutating func records(on day: Int) -> [Record] {
    let first = quarter.days - Self.days
    guard day >= first else { return [] }
    let letters = (0..<daily).map { Record.span(letter(on: day, Double($0) / Double(daily))) }
    return day == first ? facts + letters : letters
  }

  private mutating func letter(on day: Int, _ part: Double) -> SpanRecord {
    number += 1
    var span = SpanRecord(
      spanID: "letters-\(number)", traceID: "letters-trace-\(number)", name: "chat \(Self.model)", spanKind: "chat",
      startedAt: quarter.moment(day, part), feature: "letters")
    let isJapanese = generator.chance(0.4)
    span.tags = Tags([("lang", isJapanese ? "ja" : "en")])
    span.modelServed = Self.model
    span.promptID = "reply"
    span.promptSHA256 = SuiteRun.sha256("letters/reply")
    span.trafficCluster = "letters"
    let text = Self.text(of: span, plan)
    if number % Self.kept == 0 { span.contents.input = SHA256Digest(of: Self.json(text)) }
    // A vocabulary of bytes: as many tokens as bytes.
    let local = text.utf8.count
    // On the bar, one call in a hundred is billed above the margin, in either language.
    let usual = plan.truth == .onTheBar ? 0.01 : 0.002
    let wide = plan.planted == .shortMargin && isJapanese ? 0.04 : usual
    let gap = generator.chance(wide) ? generator.between(0.20, 0.35) : generator.between(0.01, 0.08)
    span.inputTokens = Int64(Double(local) * (1 + gap))
    // Half of the window's answers had room for twice as many tokens.
    let hadRoom = day < quarter.days - Self.days / 2
    span.parameters = Attributes.text(["max_tokens": .integer(hadRoom ? 800 : 400)])
    let longShare = plan.planted == .cutAnswers ? 0.08 : plan.truth == .onTheBar ? 0.01 : 0.004
    let isLong = generator.chance(longShare)
    span.outputTokens = isLong ? hadRoom ? Int64(generator.between(410, 780)) : 400 : Int64(generator.between(50, 390))
    span.attributes = Attributes.text(["local_count": .integer(Int64(local)), "valid": .bool(!isLong || hadRoom)])
    return span
  }

  /// The template, how the tokenizers count the same texts, and that another model shall take over.
  private var facts: [Record] {
    let at = quarter.moment(quarter.days - Self.days, 0)
    var template = ArtifactRecord(
      sha256: SuiteRun.sha256("letters/reply"), artifactKind: "prompt", name: "reply", at: at)
    let (head, tail) = Self.instructions(plan)
    template.attributes = Attributes.text(["text": .string("\(head)\n{{letter}}\n\(tail)")])
    let drifted: Int64 = plan.planted == .driftedTokenizer ? 1_080 : plan.truth == .onTheBar ? 1_020 : 1_005
    let counts = [(Self.model, Int64(1_000)), ("letters-2", drifted)].map { model, japanese -> Record in
      var tokenizer = ArtifactRecord(
        sha256: SuiteRun.sha256("\(model)/tokenizer"), artifactKind: "tokenizer", name: model, at: at)
      tokenizer.attributes = Attributes.text(["golden_counts": ["en": 500, "ja": .integer(japanese)]])
      return .artifact(tokenizer)
    }
    var change = ChangeRecord(surface: "model", actor: "ana", at: quarter.moment(quarter.days - 2, 0.5))
    (change.from, change.to) = (Self.model, "letters-2")
    change.attributes = Attributes.text(["feature": "letters"])
    return [.artifact(template)] + counts + [.change(change)]
  }

  // MARK: Texts

  /// What every call says, before the letter and behind it. On the bar a tenth of it comes behind: 335 bytes beside 3,025 with
  /// their line break.
  private static func instructions(_ plan: Plan) -> (head: String, tail: String) {
    plan.truth == .onTheBar
      ? (String(repeating: rule, count: 54), String(String(repeating: rule, count: 6).dropLast()))
      : (String(repeating: rule, count: 60), "Thank you.")
  }

  /// What was sent: told by the call alone, so that it can be told again.
  private static func text(of span: SpanRecord, _ plan: Plan) -> String {
    let number = span.spanID.split(separator: "-").last.map(String.init) ?? ""
    let letter =
      span.tags.canonical.contains("ja")
      ? "第\(number)号の手紙: 荷物の受け取りについて教えてください。" : "Letter \(number): where do I sign for my package?"
    let (head, tail) = instructions(plan)
    // Somebody put the time of day first.
    let stamp = plan.planted == .stampedPrompts ? "Now: \(span.startedAt)\n" : ""
    return "\(stamp)\(head)\n\(letter)\n\(tail)"
  }

  private static func json(_ text: String) -> String {
    Attributes.text([["content": .string(text), "role": "user"]]) ?? ""
  }

  static func contents(of span: SpanRecord, _ plan: Plan) -> [Content] {
    guard span.contents.input != nil else { return [] }
    return [Content(Array(json(text(of: span, plan)).utf8), at: span.startedAt)]
  }

  /// Every byte is a token of its own.
  var files: [String: [UInt8]] {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    let lines = (0...255).map { byte in
      "\(Character(Unicode.Scalar(digits[byte >> 2])))\(Character(Unicode.Scalar(digits[(byte & 3) << 4])))== \(byte)\n"
    }
    return [Self.vocabulary: Array(lines.joined().utf8)]
  }

  var declaration: Declaration {
    var declaration = Declaration()
    declaration.features = ["letters: {policies: {token-arithmetic: {margin_default: 0.15}}}"]
    declaration.models = ["\(Self.model): {tokenizer: \(Self.vocabulary), capabilities: {context_tokens: 128000}}"]
    return declaration
  }
}

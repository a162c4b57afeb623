import Guards
import Records
import Store

/// The calls of one feature, folded: pairs of counts by language and model, and what is to be read in the content store.
///
/// Memory is bounded by the spans that a question hands out, and what is kept of texts by the limits below.
struct TokenFold {
  /// Where a count belongs.
  struct Place: Hashable {
    let model: String
    /// The tag `lang`; empty where it is not said.
    let language: String
    /// The tag `content_class`; empty where it is not said.
    let contentClass: String
  }

  struct Counts {
    /// Calls with a billed count.
    var calls = 0
    /// billed/local − 1 of pairs.
    var gaps: [Double] = []
    /// Pairs of which the own count is 0.
    var localZero = 0
    /// What the guard would have seen: own count, billed count, longest answer.
    var guarded: [(local: Int64, billed: Int64, maxTokens: Int64)] = []
    /// Of texts that were read.
    var characters = 0
    var tokensOfRead: Int64 = 0
  }

  /// A call whose own count is still to be made, or whose text is to be looked at.
  struct Unread {
    let place: Place
    let span: WindowSpan
    let maxTokens: Int64
    let own: Int64?
  }

  struct PromptKey: Hashable {
    let prompt: String
    let sha256: String
    let model: String
  }

  /// Newest texts that are read of one place.
  static let mostOfPlace = 300
  /// Texts of which the habits of own counts are told, of each model.
  static let mostProbes = 60
  /// Renders that are compared of one prompt, and prompts.
  static let mostRenders = 9
  static let mostPrompts = 60

  private(set) var counts: [Place: Counts] = [:]
  /// By place, in the order in which the places were met.
  private(set) var unread: [(place: Place, texts: BoundedList<Unread>)] = []
  private var unreadPlaces: [Place: Int] = [:]
  private(set) var probes: [String: BoundedList<Unread>] = [:]
  /// The newest of each, in the order of their times.
  private(set) var renders: [PromptKey: LargestFew<WindowSpan, Instant>] = [:]
  private var keys = BoundedList<PromptKey>(limit: mostPrompts)
  /// When each model answered first and last.
  private(set) var served: [String: (first: Instant, last: Instant)] = [:]
  /// The newest longest answer that calls to a model ask for, and the tokens of valid answers of it.
  private(set) var answerLimits: [String: (at: Instant, tokens: Int64)] = [:]
  private(set) var validAnswers: [String: [Double]] = [:]
  private(set) var bills: [String: ProjectedBill] = [:]
  /// The newest billed count of a class of the golden corpus, by model.
  private(set) var golden: [String: [String: (at: Instant, tokens: Int64)]] = [:]
  private(set) var prompts: Set<String> = []
  private(set) var schemas: Set<String> = []
  private(set) var stops = BoundedList<String>(limit: 100)
  /// Calls with a billed count, and those of them that nothing says the own one of.
  private(set) var calls = 0
  private var withoutOwn = 0
  /// Calls without a billed count, or of which nothing says the own one.
  private(set) var excluded = 0
  private(set) var examples = BoundedList<RecordID>(limit: 20)
  private var tags = BoundedCache<String, [String: String]>(limit: 4_096)
  private var parameters = BoundedCache<String, CallParameters>(limit: 4_096)

  // MARK: A call

  mutating func add(_ span: WindowSpan) {
    let model = span.modelServed ?? ""
    let attributes = span.attributes.flatMap { try? JSONValue(parsing: $0) }
    let billed = span.inputTokens.flatMap { (0...PromptSegments.mostTokens).contains($0) ? $0 : nil }
    if let name = attributes?["golden_class"]?.text {
      if let billed, golden[model]?[name].map({ $0.at < span.startedAt }) ?? true {
        golden[model, default: [:]][name] = (span.startedAt, billed)
      }
      return
    }
    if let digest = attributes?["schema_sha256"]?.text { schemas.insert(digest) }
    let call = parameters(of: span)
    noteAnswers(span, model: model, isValid: attributes?["valid"]?.truth == true, call)
    noteRender(span, model: model)
    let known = served[model]
    served[model] = (
      min(known?.first ?? span.startedAt, span.startedAt), max(known?.last ?? span.startedAt, span.startedAt)
    )
    guard let billed else { return excluded += 1 }
    calls += 1
    if let id = span.recordID { examples.append(id) }
    let labels = labels(of: span)
    let place = Place(
      model: model, language: labels["lang"] ?? "", contentClass: labels["content_class"] ?? "")
    counts[place, default: Counts()].calls += 1
    let own = attributes?["local_count"]?.whole.flatMap { (0...PromptSegments.mostTokens).contains($0) ? $0 : nil }
    if let own { add(local: own, billed: billed, maxTokens: call.maxTokens ?? 0, span, to: place) }
    let text = Unread(place: place, span: span, maxTokens: call.maxTokens ?? 0, own: own)
    if span.contents.input != nil {
      own == nil ? noteUnread(text) : noteProbe(text)
    } else if own == nil {
      exclude()
    }
  }

  /// A pair of counts.
  mutating func add(local: Int64, billed: Int64, maxTokens: Int64, _ span: WindowSpan, to place: Place) {
    counts[place, default: Counts()].guarded.append((local, billed, maxTokens))
    bills[place.model, default: ProjectedBill()].add(local: local, span)
    if let gap = Share.of(Double(billed - local), Double(local)) {
      counts[place, default: Counts()].gaps.append(gap)
    } else if billed > 0 {
      counts[place, default: Counts()].localZero += 1
    }
  }

  /// A text that was read.
  mutating func add(characters: Int, billed: Int64, to place: Place) {
    counts[place, default: Counts()].characters += characters
    counts[place, default: Counts()].tokensOfRead += billed
  }

  /// A call whose text is not there, or that nobody can count.
  mutating func exclude() {
    excluded += 1
    withoutOwn += 1
  }

  /// Calls of which both counts are known, or may be read.
  var used: Int { calls - withoutOwn }

  private mutating func noteUnread(_ text: Unread) {
    let number = unreadPlaces[text.place] ?? unread.count
    if number == unread.count {
      unreadPlaces[text.place] = number
      unread.append((text.place, BoundedList(limit: TokenFold.mostOfPlace)))
    }
    unread[number].texts.append(text)
  }

  private mutating func noteProbe(_ text: Unread) {
    probes[text.place.model, default: BoundedList(limit: TokenFold.mostProbes)].append(text)
  }

  private mutating func noteRender(_ span: WindowSpan, model: String) {
    guard let prompt = span.promptID else { return }
    prompts.insert(prompt)
    guard span.contents.input != nil else { return }
    let key = PromptKey(prompt: prompt, sha256: span.promptSHA256 ?? "", model: model)
    guard renders[key] != nil || keys.append(key) else { return }
    // Hours come newest first, and calls of an hour in no order of time.
    renders[key, default: LargestFew(limit: TokenFold.mostRenders, by: \.startedAt)].insert(span)
  }

  private mutating func noteAnswers(_ span: WindowSpan, model: String, isValid: Bool, _ call: CallParameters) {
    if let most = call.maxTokens, answerLimits[model].map({ $0.at <= span.startedAt }) ?? true {
      answerLimits[model] = (span.startedAt, most)
    }
    if isValid, let tokens = span.outputTokens, (0...PromptSegments.mostTokens).contains(tokens) {
      validAnswers[model, default: []].append(Double(tokens))
    }
    for stop in call.stops where !stops.elements.contains(stop) { stops.append(stop) }
  }

  // MARK: Labels and parameters, which many calls share

  private mutating func labels(of span: WindowSpan) -> [String: String] {
    if span.tags.isEmpty { return [:] }
    if let known = tags[span.tags.canonical] { return known }
    let values = span.tags.values
    tags.remember(values, for: span.tags.canonical)
    return values
  }

  private mutating func parameters(of span: WindowSpan) -> CallParameters {
    guard let text = span.parameters else { return CallParameters() }
    if let known = parameters[text] { return known }
    let call = CallParameters(text)
    parameters.remember(call, for: text)
    return call
  }
}

/// What a call asks of the answer.
struct CallParameters {
  var maxTokens: Int64?
  var stops: [String] = []

  init() {}

  /// - Parameter json: `parameters` of a span.
  init(_ json: String) {
    guard let values = try? JSONValue(parsing: json) else { return }
    let most = ["max_tokens", "max_completion_tokens", "max_output_tokens"].compactMap { values[$0]?.whole }.first
    maxTokens = most.flatMap { (0...PromptSegments.mostTokens).contains($0) ? $0 : nil }
    for key in ["stop", "stop_sequences"] {
      stops += (values[key].map { $0.text.map { [$0] } ?? $0.elements.compactMap(\.text) } ?? []).filter { !$0.isEmpty }
    }
  }
}

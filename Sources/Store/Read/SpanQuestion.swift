public import Records

/// What a question about spans asks for besides their identity and times: what is not asked for is not read.
public struct SpanFields: OptionSet, Sendable {
  public let rawValue: Int

  public init(rawValue: Int) { self.rawValue = rawValue }

  /// `kind`.
  public static let kind = SpanFields(rawValue: 1)
  /// `name`, `stage`, `parentID` and the kind: the place of a span in its trace.
  public static let place: SpanFields = [SpanFields(rawValue: 1024), .kind]
  /// `modelServed`.
  public static let model = SpanFields(rawValue: 2)
  /// `inputTokens`, `outputTokens`, `cachedTokens` and the model.
  public static let usage: SpanFields = [SpanFields(rawValue: 2048), .model]
  /// `sessionID`.
  public static let session = SpanFields(rawValue: 4)
  /// `promptSHA256`, `configSHA256` and `indexSHA256`.
  public static let digests = SpanFields(rawValue: 8)
  /// `retrieved`, as it was recorded.
  public static let retrieved = SpanFields(rawValue: 16)
  /// `promptID`, `parameters`, `tags`, `cost` and `userID`: how it was called.
  public static let call = SpanFields(rawValue: 32)
  /// `contents`: the hashes of what was said, but for `other`.
  public static let contents = SpanFields(rawValue: 64)
  /// `status`, `errorType`, `finishReason` and `isRefusal`: how it ended.
  public static let outcome = SpanFields(rawValue: 128)
  /// `tool`, `toolSchemaSHA256`, `idempotencyKey` and `modelRequested`: what it asked for.
  public static let asking = SpanFields(rawValue: 256)
  /// `tenant`.
  public static let tenant = SpanFields(rawValue: 512)
}

/// Which spans of a stretch of time are asked for, and what of each.
///
/// The answer is read hour by hour, the newest first, and ends after the hour in which a limit was reached: a ledger that is a
/// hundred times as large costs no more, and says how far it was read (`SpanReach`).
public struct SpanQuestion: Sendable {
  /// Started at this instant or later…
  public var since: Instant
  /// …and not after this one.
  public var until: Instant
  public var fields: SpanFields
  /// Attributes are read of those spans whose attributes have one of these keys.
  public var attributes: [String]
  /// Kinds of spans; none for all.
  public var kinds: [String] = []
  /// Kinds of which only those spans are asked for that say what was retrieved.
  public var sourcedKinds: [String] = []
  /// The feature; nil for all.
  public var feature: String?
  /// A top-level attribute that is this text; attributes that merely contain such a member deeper inside come through too.
  public var attribute: (key: String, value: String)?
  /// Whether the oldest hour comes first, and in each hour the span that started first. How far back that begins is found out
  /// before, by `mostLookedAt` alone.
  public var isOldestFirst = false
  /// No further hour is read after so many spans.
  public var most = 400_000
  /// No further hour is read after so many spans were looked at, whether or not they were asked for.
  public var mostLookedAt = 1_200_000

  public init(since: Instant, until: Instant, fields: SpanFields, attributes: [String] = []) {
    self.since = since
    self.until = until
    self.fields = fields
    self.attributes = attributes
  }
}

/// How far back a question about spans was answered.
public struct SpanReach: Sendable, Equatable {
  /// From this instant on everything was read.
  public var since: Instant
  /// Whether that is all of what was asked for; false where a limit ended it.
  public var isWhole: Bool
  /// Spans that were handed out.
  public var spans: Int

  public init(since: Instant, isWhole: Bool, spans: Int) {
    self.since = since
    self.isWhole = isWhole
    self.spans = spans
  }
}

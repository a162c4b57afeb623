internal import Intake
internal import Records

/// What a call asks for, as far as its way depends on it, and its body as it goes on.
///
/// The body is not written again: where another model's name goes on, or usage is asked for, these bytes are exchanged
/// and all others stay.
public struct CallRequest: Sendable, Equatable {
  public let endpoint: CallEndpoint
  /// As it came.
  public let body: [UInt8]
  public let model: String
  public let isStream: Bool
  /// Whether a stream would end without saying what was used.
  public let lacksUsage: Bool
  /// Whether the answer is to be JSON (`response_format`, `text.format`).
  public let asksForJSON: Bool

  private let modelRange: Range<Int>
  /// Where those members have their values that say what form the answer has, and its tools' arguments.
  private let formRanges: [String: [Range<Int>]]
  /// Where `stream_options` has its value, and whether that is an object with members.
  private var options: (range: Range<Int>, kind: OptionsKind)?
  /// Behind the bracket that opens the body.
  private let firstMember: Int
  /// Tokens that it may use, as far as one can tell at a glance: one for every four bytes, as English has it, and what it says that
  /// the answer may have.
  public let estimate: (input: Int64, output: Int64)
  /// Where the member that bounds the answer is there and says nothing.
  private let emptyLimit: Range<Int>?
  /// What it says itself of the upstream's cache, by member.
  private let cacheKeys: [String: CacheMember]

  private enum OptionsKind: Equatable {
    case null, empty, filled
    /// `include_usage` is there and says no; where its value is.
    case denies(Range<Int>)
  }

  /// A member that says by what a cache finds entries.
  private struct CacheMember {
    /// Nil where it is null.
    var text: String?
    var range: Range<Int>
    /// Whether it is a text, or null, and there once.
    var isPlain: Bool
  }

  public static func == (left: CallRequest, right: CallRequest) -> Bool {
    left.endpoint == right.endpoint && left.body == right.body
  }

  /// - Throws: `CallRefusal` for what is no request, or could be read in two ways.
  public init(_ endpoint: CallEndpoint, _ body: [UInt8]) throws(CallRefusal) {
    var found = Found()
    do {
      try body.withUnsafeBytes { try found.read($0) }
    } catch let error as CallRefusal {
      throw error
    } catch let error as IntakeError {
      throw CallRequest.unreadable("\(error)")
    } catch {
      throw CallRequest.unreadable("\(error)")
    }
    guard let model = found.model, !model.name.isEmpty else {
      throw CallRequest.unreadable("The request names no model: \"model\" is missing, or no text.")
    }
    guard model.name.utf8.count <= CallRequest.longestModel else {
      throw CallRequest.unreadable("The model's name is longer than \(CallRequest.longestModel) bytes.")
    }
    self.endpoint = endpoint
    self.body = body
    self.model = model.name
    modelRange = model.range
    formRanges = found.formRanges
    firstMember = found.firstMember
    emptyLimit = found.emptyLimits[endpoint.limit]
    estimate = (Int64(body.count + 3) / 4, endpoint == .embeddings ? 0 : found.limit)
    cacheKeys = found.cacheKeys
    isStream = found.isStream
    lacksUsage = endpoint == .chat && found.isStream && !found.asksForUsage
    options = found.options
    asksForJSON = endpoint == .chat && found.hasJSONFormat || endpoint == .responses && found.hasJSONText
  }

  private static let longestModel = 512

  // MARK: Form

  fileprivate static let formMembers: [StaticString] = [
    "response_format", "text", "tools", "functions", "output_format", "output_config",
  ]

  /// Whether the answer is to have a form.
  var asksForForm: Bool {
    asksForJSON || endpoint == .messages && ["output_format", "output_config"].contains { formRanges[$0] != nil }
  }

  var offersTools: Bool { ["tools", "functions"].contains { formRanges[$0] != nil } }

  /// Bytes of the members that say what form the answer has, and its tools' arguments.
  var formBytes: Int { formRanges.values.reduce(0) { $0 + $1.reduce(0) { $0 + $1.count } } }

  /// One of them; nil where it is not there, or twice: readers differ in which one counts. O(its bytes).
  func formMember(_ name: String) -> JSONValue? {
    guard let ranges = formRanges[name], let range = ranges.first, ranges.count == 1 else { return nil }
    return try? JSONValue(parsing: body[range])
  }

  /// Members by which it is decided here what a call may do and use.
  private static let deciding: Set<String> = [
    "model", "stream", "stream_options", "include_usage", "max_completion_tokens", "max_tokens", "max_output_tokens",
    "n",
    "best_of", "n_predict", "num_predict", "max_new_tokens", "max_length", "messages", "input", "system",
    "instructions", "tool_choice", "functions", "function_call",
    "tools", "prompt", "previous_response_id", "conversation", "container", "mcp_servers", "context_management",
    "web_search_options", "audio", "prediction", "speed", "inference_geo", "background", "service_tier",
    "response_format", "text", "prompt_cache_key", "cache_salt",
  ]

  /// The deciding member that some readers take a name for: those of Go (`encoding/json`) do not tell capital letters from small ones,
  /// nor the long s and the sign for Kelvin from s and k. Nil where all readers agree.
  private static func mistakable(_ name: BorrowedText) -> String? {
    let isPlain = name.bytes.allSatisfy { $0 < 0x80 && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    guard !isPlain else { return nil }
    let folded = String(name.string.lowercased().map { $0 == "\u{17F}" ? "s" : $0 })
    return deciding.contains(folded) ? folded : nil
  }

  static func unreadable(_ why: String) -> CallRefusal {
    CallRefusal(status: 400, code: "unreadable_request", message: why)
  }

  /// What the request itself says of the upstream's cache; nil where that is nothing.
  /// - Throws: `CallRefusal` where it says it twice, or it is no text: two readers could read it in two ways.
  func cacheKey(_ member: CacheSalt.Member) throws(CallRefusal) -> String? {
    guard let found = cacheKeys[member.rawValue] else { return nil }
    guard found.isPlain else {
      throw CallRequest.unreadable("The request's \"\(member.rawValue)\" is there twice, or is no text.")
    }
    return found.text
  }

  /// The body as it goes on.
  /// - Parameters:
  ///   - model: the name that the upstream knows; nil leaves the caller's.
  ///   - asksForUsage: whether a stream is to end with what was used (`stream_options.include_usage`).
  ///   - cap: tokens that the answer may have, of a request that does not say so.
  ///   - cache: what takes the place of what the request says of the upstream's cache.
  public func outgoing(
    model: String?, asksForUsage: Bool, cap: Int64? = nil, cache: (member: CacheSalt.Member, value: String)? = nil
  ) -> [UInt8] {
    var edits: [(range: Range<Int>, bytes: [UInt8])] = []
    if let cache {
      // Hexadecimal digits need no escapes.
      let name = cache.member.rawValue
      edits.append(
        cacheKeys[name].map { ($0.range, Array("\"\(cache.value)\"".utf8)) }
          ?? (firstMember..<firstMember, Array("\"\(name)\":\"\(cache.value)\",".utf8)))
    }
    if let cap {
      edits.append(
        emptyLimit.map { ($0, Array("\(cap)".utf8)) }
          ?? (firstMember..<firstMember, Array("\"\(endpoint.limit)\":\(cap),".utf8)))
    }
    if let model, model != self.model {
      edits.append((modelRange, Array(((try? JSONValue.string(model).line()) ?? "\"\"").utf8)))
    }
    if asksForUsage, lacksUsage {
      switch options {
      case nil:
        edits.append((firstMember..<firstMember, Array("\"stream_options\":{\"include_usage\":true},".utf8)))
      case (let range, .null)?, (let range, .empty)?: edits.append((range, Array("{\"include_usage\":true}".utf8)))
      case (let range, .filled)?:
        edits.append((range.lowerBound + 1..<range.lowerBound + 1, Array("\"include_usage\":true,".utf8)))
      case (_, .denies(let value))?: edits.append((value, Array("true".utf8)))
      }
    }
    guard !edits.isEmpty else { return body }
    var outgoing: [UInt8] = []
    outgoing.reserveCapacity(body.count + 64)
    var place = 0
    for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      outgoing += body[place..<edit.range.lowerBound]
      outgoing += edit.bytes
      place = edit.range.upperBound
    }
    return outgoing + body[place...]
  }

  /// The members that matter, with their places.
  private struct Found {
    var model: (name: String, range: Range<Int>)?
    var isStream = false
    var options: (range: Range<Int>, kind: OptionsKind)?
    var asksForUsage = false
    /// Whether `response_format`, and `text.format`, ask for JSON.
    var (hasJSONFormat, hasJSONText) = (false, false)
    var firstMember = 0
    /// Members that bound the answer, where they are null.
    var emptyLimits: [String: Range<Int>] = [:]
    /// The largest of those that are there.
    var limit: Int64 = 0
    /// What is said of caches.
    var cacheKeys: [String: CacheMember] = [:]
    var formRanges: [String: [Range<Int>]] = [:]
    private var seen: Set<String> = []

    mutating func read(_ bytes: UnsafeRawBufferPointer) throws {
      var reader = JSONReader(bytes: bytes, name: "request")
      guard try reader.peek() == .object else { throw CallRequest.unreadable("The request is no JSON object.") }
      try reader.enterObject()
      firstMember = reader.offset
      while let key = try reader.nextKey() {
        try refuseMistakable(key)
        let name = key.equals("model") ? "model" : key.equals("stream") ? "stream" : nil
        if let name { try note(name) }
        let form = name == nil ? CallRequest.formMembers.first { key.equals($0) } : nil
        let kind = try reader.peek()
        let start = reader.offset
        defer { if let form { formRanges["\(form)", default: []].append(start..<reader.offset) } }
        switch name {
        case "model" where kind == .string:
          let text = try reader.readString().string
          model = (text, start..<reader.offset)
        case "stream" where kind == .boolean: isStream = try reader.readBool()
        default:
          if key.equals("stream_options") {
            try note("stream_options")
            try readOptions(&reader, kind, start)
          } else if key.equals("response_format") {
            hasJSONFormat = try asksForJSON(&reader, kind)
          } else if key.equals("text") {
            hasJSONText = try asksForJSON(&reader, kind)
          } else if let member = key.equals("prompt_cache_key")
            ? CacheSalt.Member.promptCacheKey : key.equals("cache_salt") ? .cacheSalt : nil
          {
            let text = kind == .string ? try reader.readString().string : nil
            if text == nil { try reader.skipValue() }
            let isFirst = cacheKeys[member.rawValue] == nil
            cacheKeys[member.rawValue] = CacheMember(
              text: text, range: start..<reader.offset, isPlain: isFirst && (text != nil || kind == .null))
          } else {
            let mayLimit = kind == .null || kind == .number
            let limit = mayLimit ? CallEndpoint.limits.first { key.equals($0) } : nil
            if limit != nil, kind == .number {
              self.limit = max(self.limit, try reader.readNumber().flatMap { Int64(exactly: $0) } ?? 0)
            } else {
              try reader.skipValue()
              if let limit { emptyLimits["\(limit)"] = start..<reader.offset }
            }
          }
        }
      }
      try reader.expectEnd()
    }

    /// Readers differ in whether other letters make another member.
    private func refuseMistakable(_ key: BorrowedText) throws {
      guard let meant = CallRequest.mistakable(key) else { return }
      throw CallRequest.unreadable(
        "The request says \"\(key.string)\", which some readers take for \"\(meant)\" and others pass over. Write it in small letters, or leave it out."
      )
    }

    /// Readers differ in which of two equal keys counts: what is decided here must be what the upstream reads.
    private mutating func note(_ name: String) throws {
      guard seen.insert(name).inserted else {
        throw CallRequest.unreadable("The request says \"\(name)\" twice.")
      }
    }

    /// `{"type": "json_schema", …}`, or that as a member of its own, `format`.
    private func asksForJSON(
      _ reader: inout JSONReader, _ kind: JSONReader.Kind, isInner: Bool = false
    ) throws -> Bool {
      guard kind == .object else {
        try reader.skipValue()
        return false
      }
      var asks = false
      try reader.enterObject()
      while let key = try reader.nextKey() {
        let kind = try reader.peek()
        if key.equals("type"), kind == .string {
          if ["json_object", "json_schema"].contains(try reader.readString().string) { asks = true }
        } else if key.equals("format"), !isInner {
          if try asksForJSON(&reader, kind, isInner: true) { asks = true }
        } else {
          try reader.skipValue()
        }
      }
      return asks
    }

    private mutating func readOptions(_ reader: inout JSONReader, _ kind: JSONReader.Kind, _ start: Int) throws {
      guard kind == .object else {
        try reader.skipValue()
        // Anything else than nothing is for the upstream to refuse.
        if kind == .null { options = (start..<reader.offset, .null) } else { asksForUsage = true }
        return
      }
      try reader.enterObject()
      var (isEmpty, denial): (Bool, Range<Int>?) = (true, nil)
      while let key = try reader.nextKey() {
        isEmpty = false
        try refuseMistakable(key)
        guard key.equals("include_usage") else {
          try reader.skipValue()
          continue
        }
        try note("include_usage")
        let kind = try reader.peek()
        let place = reader.offset
        if kind == .boolean, try reader.readBool() {
          asksForUsage = true
        } else {
          if kind != .boolean { try reader.skipValue() }
          denial = place..<reader.offset
        }
      }
      options = (start..<reader.offset, denial.map(OptionsKind.denies) ?? (isEmpty ? .empty : .filled))
    }
  }
}

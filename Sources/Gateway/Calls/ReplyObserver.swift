public import Guards
internal import Records

/// Which words are looked for in a reply.
public struct CanaryOrder: Sendable {
  let list: CanaryList
  /// Who is told the reply; nil is nobody's.
  let tenant: String?
  /// Whether what holds one is kept back.
  public let holds: Bool
}

/// Looks at a reply while it goes on, and says in the end what it was: what was used, which model answered, why it
/// ended, and the whole answer as it would have been without streaming.
///
/// It changes nothing, but for one thing: where this server asked for a chunk with the usage that the caller did not ask for, it
/// takes that chunk out again. A value without I/O; O(bytes).
public struct ReplyObserver: Sendable {
  /// What becomes of some bytes of the reply.
  public enum Passage: Sendable, Equatable {
    /// They go on as they are.
    case unchanged
    /// These go on in their place; none may be nothing.
    case bytes([UInt8])
  }

  /// What a reply was.
  public struct Observation: Sendable, Equatable {
    /// JSON; nil when nothing of it can be read.
    public var reply: [UInt8]?
    /// What is wrong with it, although it arrived.
    public var fault: CallFault?
    /// Why it was not read.
    public var unread: String?
    /// What of it says how the provider does; nil when it cannot be read.
    public var substance: ReplySubstance?
  }

  private enum Form: Sendable {
    case whole([UInt8])
    case stream(EventScanner, any StreamAssembly)
    /// Too large, or in a form that nobody here reads.
    case unread(String)
  }

  private let endpoint: CallEndpoint
  private let isSuccess: Bool
  private let strips: Bool
  private var limit: Int
  private let encoding: String?
  private var form: Form
  private var seen = 0
  private var isMalformed = false
  private var hasOversized = false
  /// Looks for what other tenants alone may be told; nil where nobody does.
  private var canaries: ReplyCanaries?
  /// Whether a reply that comes whole was looked at, and nothing of it could be read.
  private var hasLooked = false
  private var isSealed = false
  /// Whether what holds such words is kept back.
  private let holds: Bool
  /// Whether something was, so that nothing goes on any more.
  public private(set) var hasLeaked = false
  /// Whether a stream says things at so many places that they are not all followed: what is kept back is nothing to rely on then.
  public var isBeyondWatch: Bool { holds && canaries?.isBeyond == true }
  /// Whether a word of the answer has come by.
  public private(set) var hasContent = false

  /// - Parameters:
  ///   - strips: whether a chunk with the usage alone is taken out of a stream.
  ///   - watch: which words are looked for.
  ///   - limit: bytes of a reply that are looked at.
  public init(
    _ endpoint: CallEndpoint, status: Int, contentType: String?, encoding: String?, strips: Bool,
    watch: CanaryOrder? = nil, limit: Int = 32 << 20
  ) {
    canaries = watch.map { ReplyCanaries($0.list, toldTo: $0.tenant) }
    self.endpoint = endpoint
    isSuccess = (200..<300).contains(status)
    self.limit = limit
    let plain = encoding.map { ["", "identity"].contains($0.lowercased()) } ?? true
    self.encoding = plain ? nil : encoding
    let type = contentType?.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
    let isStream = type == "text/event-stream"
    self.strips = strips && isStream && plain && isSuccess
    holds = watch?.holds == true && isStream && plain
    if isStream {
      form = plain ? .stream(EventScanner(), ReplyObserver.assembly(endpoint)) : .unread("content-encoding")
    } else {
      form = .whole([])
    }
  }

  /// Whether it came whole, and is so long that reading it takes milliseconds.
  public var isLong: Bool { if case .whole(let bytes) = form { bytes.count > ReplyObserver.long } else { false } }

  private static let long = 256 << 10

  /// Whether the reply is a stream of events.
  public var isStream: Bool { if case .stream = form { true } else { false } }

  private static func assembly(_ endpoint: CallEndpoint) -> any StreamAssembly {
    switch endpoint {
    case .chat, .embeddings: ChatAssembly()
    case .responses: ResponseAssembly()
    case .messages: MessageAssembly()
    }
  }

  /// Takes the next bytes of the reply.
  public mutating func receive(_ bytes: UnsafeRawBufferPointer) -> Passage {
    seen += bytes.count
    switch form {
    case .unread: return .unchanged
    case .whole(var before):
      hasContent = true
      guard seen <= limit else {
        form = .unread("size")
        return .unchanged
      }
      form = .unread("")
      before.append(contentsOf: bytes)
      form = .whole(before)
      return .unchanged
    case .stream(var scanner, var assembly):
      form = .unread("")
      let frames = scanner.append(bytes)
      var kept: [UInt8] = []
      for frame in frames {
        let isOurs = read(frame, &assembly)
        if holds, canaries?.hits.isEmpty == false { hasLeaked = true }
        guard !hasLeaked, !isBeyondWatch else { break }
        if strips || holds, !isOurs { kept += frame.bytes }
      }
      form = .stream(scanner, assembly)
      return strips || holds ? .bytes(kept) : .unchanged
    }
  }

  public mutating func receive(_ bytes: [UInt8]) -> Passage { bytes.withUnsafeBytes { receive($0) } }

  /// Keeps no more of the reply than has come by now: there is no room for it.
  public mutating func keepNoMore() { limit = min(limit, seen) }

  /// What is held back of a stream that has ended within a frame.
  public mutating func rest() -> [UInt8] {
    guard !hasLeaked, case .stream(var scanner, let assembly) = form else { return [] }
    let rest = scanner.rest()
    form = .stream(scanner, assembly)
    // Some clients read a last frame whose end has not come.
    var last = EventScanner()
    if canaries != nil {
      for frame in last.append(rest + "\n\n".utf8) { watch(frame, frame.data.flatMap(ReplyObserver.event)) }
    }
    if holds, canaries?.hits.isEmpty == false { hasLeaked = true }
    return hasLeaked || isBeyondWatch || !(strips || holds) ? [] : rest
  }

  /// Looks for words of other tenants in a frame.
  /// - Parameter event: its data; nil where that is none.
  private mutating func watch(_ frame: EventScanner.Frame, _ event: JSONValue?) {
    if let event {
      canaries?.receive(event)
    } else {
      canaries?.receive(frame.isPiece ? frame.bytes : frame.data ?? frame.bytes)
    }
  }

  private static func event(_ data: [UInt8]) -> JSONValue? {
    guard let event = try? JSONValue(parsing: data), case .object = event else { return nil }
    return event
  }

  /// Whether a frame of our own can follow what has gone on.
  public var isBetweenFrames: Bool {
    if case .stream(let scanner, _) = form { strips || holds || scanner.isBetweenFrames } else { false }
  }

  /// - Returns: whether the frame is one to be taken out.
  private mutating func read(_ frame: EventScanner.Frame, _ assembly: inout any StreamAssembly) -> Bool {
    if frame.isPiece { hasOversized = true }
    guard let data = frame.data, !frame.isPiece else {
      watch(frame, nil)
      return false
    }
    if data.elementsEqual("[DONE]".utf8) {
      if var chat = assembly as? ChatAssembly {
        chat.end()
        assembly = chat
      }
      return false
    }
    let event = ReplyObserver.event(data)
    watch(frame, event)
    guard let event else {
      isMalformed = true
      return false
    }
    // What is beyond the limit is not put together any more; its last words, with what was used, come all the same.
    if seen <= limit || ReplyObserver.isLastWord(event) {
      if assembly.receive(event) { hasContent = true }
    }
    return strips && ChatAssembly.isUsageAlone(event)
  }

  /// Whether a stream ends with such an event, whichever API it is of: what was used, or why it stopped.
  private static func isLastWord(_ event: JSONValue) -> Bool {
    if case .object? = event["usage"] { return true }
    if let type = event["type"]?.text { return !type.contains("delta") }
    return event["choices"]?.elements.contains { $0["finish_reason"]?.text != nil } ?? false
  }

  /// What was found in the reply that its caller may not be told. That of a reply that comes whole is looked at now.
  public mutating func foundCanaries() -> Set<CanaryList.Hit> {
    guard canaries != nil else { return [] }
    if case .whole(let bytes) = form, !hasLooked {
      hasLooked = true
      guard let plain = ReplyObserver.plain(bytes, encoding, limit) else {
        isSealed = true
        return []
      }
      if let value = try? JSONValue(parsing: plain) { canaries?.receive(value) } else { canaries?.receive(plain) }
    }
    return canaries?.hits ?? []
  }

  /// Whether nobody can say what is in the reply: it is too long, or compressed in a way that is not known here. Ask it after
  /// `foundCanaries`.
  public var isOpaque: Bool { if case .unread = form { true } else { isSealed } }

  private static func plain(_ bytes: [UInt8], _ encoding: String?, _ limit: Int) -> [UInt8]? {
    guard let encoding, !bytes.isEmpty else { return bytes }
    if case .success(let plain) = BodyFault.expanded(bytes, encoding: encoding, limit: limit, grow: { _ in true }) {
      return plain
    }
    return nil
  }

  /// What the reply was.
  /// - Parameter broke: why it ended before its end; nil when it arrived whole.
  public func observation(broke: CallFault? = nil) -> Observation {
    var observation = Observation(fault: broke)
    switch form {
    case .unread(let why): observation.unread = why
    case .whole(let bytes): readWhole(bytes, broke, &observation)
    case .stream(_, let assembly):
      let reply = assembly.reply
      observation.substance = reply.map { ReplySubstance(.object($0), endpoint) }
      observation.reply = reply.flatMap { try? JSONValue.object($0).line() }.map { Array($0.utf8) }
      if seen > limit || hasOversized { observation.unread = "size" }
      guard broke == nil, isSuccess else { return observation }
      if isMalformed {
        observation.fault = .malformedStream
      } else if reply == nil {
        observation.fault = .emptyReply
      } else if !assembly.isComplete, reply?["error"] == nil {
        observation.fault = .truncatedStream
      }
    }
    return observation
  }

  private func readWhole(_ bytes: [UInt8], _ broke: CallFault?, _ observation: inout Observation) {
    var bytes = bytes
    guard let plain = ReplyObserver.plain(bytes, encoding, limit) else {
      observation.unread = "content-encoding"
      return
    }
    bytes = plain
    if let value = try? JSONValue(parsing: bytes), case .object = value {
      observation.reply = bytes
      observation.substance = ReplySubstance(value, endpoint)
    } else if isSuccess, broke == nil {
      observation.fault =
        bytes.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) } ? .emptyReply : .malformedReply
    }
  }
}

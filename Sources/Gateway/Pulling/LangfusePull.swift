public import Records

/// Which pages of a Langfuse are asked for, one after the other, and what its answers mean: no I/O.
///
/// The newest interface that answers is used: observations by cursor (`/api/public/v2/observations`, Langfuse Cloud and version 4), else
/// traces and observations by page; scores of version 3, else 2, else 1. Traces come before observations, to which they lend user, session,
/// tags and release. The window ends when the pull begins, so that what arrives meanwhile shifts no pages.
///
/// Source: Langfuse public API, `observations.yml`, `legacy/observations-v1.yml`, `trace.yml`, `scores-v3.yml`, `legacy/scores-v2.yml`.
public struct LangfusePull: Sendable {
  /// What is pulled, from its beginning to before its end.
  public struct Window: Sendable {
    public let from: Instant?
    public let to: Instant

    public init(from: Instant?, to: Instant) {
      self.from = from
      self.to = to
    }
  }

  /// Why a pull ends without a result.
  public struct Fault: Error, CustomStringConvertible {
    public let problem: String
    public let remedy: String

    public init(problem: String, remedy: String) {
      self.problem = problem
      self.remedy = remedy
    }

    public var description: String { "\(problem). \(remedy)." }
  }

  private enum List {
    case observations, legacyTraces, legacyObservations, scores, legacyScores, oldestScores
  }

  private let window: Window
  private let name: String
  private var lists: [List] = [.observations, .scores]
  private var page = 1
  private var cursor: String?

  /// Rows that were taken so far, for those who watch.
  public private(set) var rows = 0

  /// A trace is asked for if it began up to so long before the window: its later observations are in it.
  private static let traceAge = Duration.seconds(86_400)

  /// - Parameter name: the server, as faults name it.
  public init(_ window: Window, name: String) {
    self.window = window
    self.name = name
  }

  // MARK: Asking

  /// The path that is asked next, with its query; nil when everything is there.
  public var path: String? { lists.first.map(path) }

  private func path(_ list: List) -> String {
    switch list {
    case .observations:
      query(
        "v2/observations", from: "fromStartTime", to: "toStartTime",
        "fields=core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context",
        "expandMetadata=attributes,resourceAttributes,scope", "limit=250")
    case .legacyTraces:
      query(
        "traces", from: "fromTimestamp", to: "toTimestamp", early: LangfusePull.traceAge, "orderBy=timestamp.asc",
        "limit=100", "page=\(page)")
    case .legacyObservations:
      query("observations", from: "fromStartTime", to: "toStartTime", "limit=100", "page=\(page)")
    case .scores:
      query("v3/scores", from: "fromTimestamp", to: "toTimestamp", "fields=details,subject,annotation", "limit=100")
    case .legacyScores: query("v2/scores", from: "fromTimestamp", to: "toTimestamp", "limit=100", "page=\(page)")
    case .oldestScores: query("scores", from: "fromTimestamp", to: "toTimestamp", "limit=100", "page=\(page)")
    }
  }

  private func query(
    _ path: String, from: String, to: String, early: Duration = .zero, _ members: String...
  ) -> String {
    var members = members
    if let start = window.from {
      members.append("\(from)=\(LangfusePull.encoded((start.advanced(by: .zero - early) ?? start).description))")
    }
    members.append("\(to)=\(LangfusePull.encoded(window.to.description))")
    if let cursor { members.append("cursor=\(LangfusePull.encoded(cursor))") }
    return "/api/public/\(path)?" + members.joined(separator: "&")
  }

  /// RFC 3986, 2.1: all but unreserved characters.
  static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF")
    return text.utf8.reduce(into: "") { result, byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default: result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }
  }

  // MARK: Answers

  /// Takes the answer to `path`, and goes on to what is asked next.
  /// - Returns: whether the body is a page to keep; false when this server has no such list.
  /// - Throws: `Fault`.
  public mutating func take(status: Int, body: [UInt8]) throws(Fault) -> Bool {
    guard let list = lists.first, let path else { return false }
    guard (200..<300).contains(status) else {
      guard isFirst, [400, 404, 405, 501].contains(status), let older = LangfusePull.older(list) else {
        throw fault(status, body)
      }
      lists.replaceSubrange(0..<1, with: older)
      return false
    }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: body)
    } catch {
      throw Fault(
        problem: "\(name) answers \(LangfusePull.shown(path)) with what is no JSON: \(error)",
        remedy: "Check that the address is that of a Langfuse")
    }
    guard case .array(let data)? = value["data"], case .object? = value["meta"] else {
      throw Fault(
        problem: "\(name) answers \(LangfusePull.shown(path)) with what is no page of a list: it has no data and meta",
        remedy: "Check that the address is that of a Langfuse")
    }
    rows += data.count
    try advance(list, rows: data.count, value["meta"] ?? .null)
    return true
  }

  private var isFirst: Bool { page == 1 && cursor == nil }

  /// What is asked where a list is not there.
  private static func older(_ list: List) -> [List]? {
    switch list {
    case .observations: [.legacyTraces, .legacyObservations]
    case .scores: [.legacyScores]
    case .legacyScores: [.oldestScores]
    case .legacyTraces, .legacyObservations, .oldestScores: nil
    }
  }

  private mutating func advance(_ list: List, rows: Int, _ meta: JSONValue) throws(Fault) {
    switch list {
    case .observations, .scores:
      guard let next = meta["cursor"]?.text, !next.isEmpty else { return end() }
      guard next != cursor else {
        throw Fault(
          problem: "\(name) gives the same page of \(LangfusePull.shown(path ?? "")) again and again",
          remedy: "Pull a shorter window with --since and --until")
      }
      cursor = next
    default:
      if rows == 0 || meta["totalPages"]?.whole.map({ Int64(page) >= $0 }) ?? (rows < 100) { return end() }
      page += 1
    }
  }

  private mutating func end() {
    lists.removeFirst()
    page = 1
    cursor = nil
  }

  /// A path without what makes it long.
  private static func shown(_ path: String) -> String { String(path.prefix { $0 != "?" }) }

  private func fault(_ status: Int, _ body: [UInt8]) -> Fault {
    let value = try? JSONValue(parsing: body)
    let said = (value?["message"]?.text ?? value?["error"]?.text).map { ": \($0.prefix(200))" } ?? ""
    let remedy =
      switch status {
      case 401: "Check LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY, and that they are of a project on this server"
      case 403: "These keys may not read: take the keys of the project, and ask who administers it"
      case 404: "Check that the address is that of a Langfuse, such as https://cloud.langfuse.com"
      case 300..<400: "It sends one elsewhere: give the address that it names"
      case 429: "It is asked too often: pull a shorter window with --since and --until, or later"
      case 500...: "Try again later, or pull a shorter window with --since and --until"
      default: "Nothing was stored"
      }
    return Fault(problem: "\(name) answers \(LangfusePull.shown(path ?? "")) with \(status)\(said)", remedy: remedy)
  }
}

/// When an answer that is none is asked for again: exponential back-off, or when the server says.
public struct PullPace: Sendable {
  /// Requests that are made for one page.
  public static let attempts = 6
  private var failures = 0

  public init() {}

  /// - Parameters:
  ///   - status: of HTTP; nil when nothing came back.
  ///   - retryAfter: the header of that name.
  /// - Returns: how long to wait; nil when it shall not be asked again: it was answered, or often enough.
  public mutating func wait(status: Int?, retryAfter: String?, now: Instant) -> Duration? {
    let isPassing = status.map { [408, 429].contains($0) || $0 >= 500 && $0 != 501 } ?? true
    guard isPassing else { return nil }
    failures += 1
    guard failures < PullPace.attempts else { return nil }
    let asked = retryAfter.flatMap { ForwardVerdict.wait($0, now: now) }
    return asked ?? .milliseconds(500 << (failures - 1))
  }
}

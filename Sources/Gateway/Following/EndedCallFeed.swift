public import Records
public import Store
internal import Synchronization

/// Who is told of calls that have ended, and of words on them.
public protocol EndedCallListener: Sendable {
  /// What it wants to know. It is told of more where others want that.
  var interest: EndedCallFeed.Interest { get }

  /// Takes what is new, in the order of the ledger. A word may come before its call, and a call again, as it is said now.
  func take(_ news: EndedCallFeed.News)

  /// All that there was has been handed out.
  /// - Parameter isWhole: whether nothing of interest was passed over when the reading began.
  func finish(isWhole: Bool)
}

/// Reads calls that have ended, and words on them, for all who follow them: row by row, beside the calls (`LedgerWatch`), and no row twice.
///
/// Spans and words come from anybody, so that several servers of a ledger agree.
public final class EndedCallFeed: Sendable {
  /// What somebody wants to know.
  public struct Interest: Sendable, Equatable {
    /// From when on.
    public var since: Instant
    /// Calls of these features; of any agent; that were made at upstreams here.
    public var features: [String]
    public var hasAgents: Bool
    public var hasUpstreams: Bool
    /// Names of annotations.
    public var names: [String]

    public init(
      since: Instant, features: [String] = [], hasAgents: Bool = false, hasUpstreams: Bool = false, names: [String]
    ) {
      (self.since, self.features, self.names) = (since, features, names)
      (self.hasAgents, self.hasUpstreams) = (hasAgents, hasUpstreams)
    }

    fileprivate func merged(with other: Interest) -> Interest {
      func union(_ left: [String], _ right: [String]) -> [String] { Set(left).union(right).sorted() }
      return Interest(
        since: min(since, other.since), features: union(features, other.features),
        hasAgents: hasAgents || other.hasAgents, hasUpstreams: hasUpstreams || other.hasUpstreams,
        names: union(names, other.names))
    }
  }

  /// What is new.
  public struct News: Sendable {
    public fileprivate(set) var calls: [EndedCall] = []
    public fileprivate(set) var words: [StoredWord] = []
  }

  private struct Chunk: Sendable {
    var place: ReadingPlace
    var isWhole: Bool
    var news = News()
    var hasMore = false
  }

  /// Rows of each table that are read when a server begins, and at once.
  private static let mostRows: Int64 = 1_200_000
  private static let rowsAtOnce: Int64 = 20_000

  private let listeners: [any EndedCallListener]
  private let state = Mutex<(place: ReadingPlace, isWhole: Bool)?>(nil)

  public init(_ listeners: [any EndedCallListener]) { self.listeners = listeners }

  /// Reads what is new in the ledger; at the beginning, what is of interest of the past. One after the other (`LedgerWatch`).
  public func read(_ ledger: Ledger) async throws {
    guard !listeners.isEmpty else { return }
    while try await readSome(ledger) {}
    let isWhole = state.withLock { $0?.isWhole ?? true }
    for listener in listeners { listener.finish(isWhole: isWhole) }
  }

  /// - Returns: whether there is more.
  private func readSome(_ ledger: Ledger) async throws -> Bool {
    let before = state.withLock(\.self)
    let interests = listeners.map(\.interest)
    guard let first = interests.first else { return false }
    let interest = interests.dropFirst().reduce(first) { $0.merged(with: $1) }
    let chunk = try await ledger.read { snapshot in
      var chunk: Chunk
      if let before {
        chunk = Chunk(place: before.place, isWhole: before.isWhole)
      } else {
        let first = try snapshot.readingPlace(since: interest.since, most: EndedCallFeed.mostRows)
        chunk = Chunk(place: first.place, isWhole: first.isWhole)
      }
      chunk.place.span = try snapshot.forEachEndedCall(
        after: chunk.place.span, rows: EndedCallFeed.rowsAtOnce, features: interest.features,
        hasAgents: interest.hasAgents, hasUpstreams: interest.hasUpstreams
      ) { chunk.news.calls.append($0) }
      chunk.place.annotation = try snapshot.forEachWord(
        after: chunk.place.annotation, rows: EndedCallFeed.rowsAtOnce, named: interest.names
      ) { chunk.news.words.append($0) }
      chunk.hasMore =
        chunk.place.span < snapshot.horizon.lastRow(.span)
        || chunk.place.annotation < snapshot.horizon.lastRow(.annotation)
      return chunk
    }
    state.withLock { $0 = (chunk.place, chunk.isWhole) }
    for listener in listeners { listener.take(chunk.news) }
    return chunk.hasMore
  }

  /// 64 bits of the id of a span (FNV-1a), which is random already.
  static func number(of id: String) -> UInt64 {
    id.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}

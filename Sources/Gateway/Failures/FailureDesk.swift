public import Guards
public import Records
internal import Store
internal import Synchronization

/// Failure budgets of this server: fed by the ledger, asked by calls.
///
/// What has failed lies in the ledger, where spans and words on them come from anybody: so several servers agree, and one that starts
/// anew knows what was before. It is read beside the calls (`EndedCallFeed`); a call is let in by one look under a lock that nobody
/// holds for long.
public final class FailureDesk: EndedCallListener {
  public struct Entry: Sendable, Equatable {
    public var rule: FailureRule
    /// Names of annotations that judge calls.
    public var judgements: [String]
    /// Calls before it do not count; nil leaves it to the period.
    public var since: Instant?

    public init(_ rule: FailureRule, judgements: [String]) {
      self.rule = rule
      self.judgements = judgements
    }
  }

  public struct Statistics: Sendable, Equatable {
    /// By budget: calls that were refused, that would have been, and that a person approved.
    public var refused: [String: Int] = [:]
    public var observed: [String: Int] = [:]
    public var approved: [String: Int] = [:]
  }

  /// How a budget stands, for those who watch.
  public struct Reading: Sendable {
    public let entry: Entry
    public let state: FailureMeter.State
    public let since: Instant?
    /// Since when calls count.
    public let from: Instant
    public let whole: FailureMeter.Reading
    /// Of each pair of windows.
    public let burns: [(long: FailureMeter.Reading, short: FailureMeter.Reading, burns: Bool)]
    /// When it is spent no more, if nothing more fails.
    public let recovery: Instant?
  }

  /// What a call is told of a budget.
  struct Standing: Sendable {
    let state: FailureMeter.State
    let since: Instant?
    let from: Instant
    let recovery: Instant?
    /// Nil unless it is spent.
    let reading: FailureMeter.Reading?
  }

  struct Board: Sendable {
    var standings: [String: Standing] = [:]
    var readAt: Instant?
    /// Whether all that counts was read; false where there was too much of it when the server began.
    var isWhole = true
  }

  private struct Feed {
    var accounts: [FailureAccount]
    var words: RecentEntries<CallWords>
  }

  /// What was read is good for so long; then nobody knows what has failed.
  static let patience = Duration.seconds(60)
  /// Calls, and words on calls, that are remembered over all budgets.
  private static let mostRemembered = 1 << 20

  public let entries: [Entry]
  /// Tools that change nothing.
  let readers: Set<String>
  /// Who may approve a call, and until when.
  let people: [String: Instant?]
  let clock: @Sendable () -> Instant
  private let names: [String]
  private let feed: Mutex<Feed>
  private let board = Mutex(Board())
  let counts = Mutex(Statistics())

  /// - Parameters:
  ///   - entries: budgets that are in force.
  ///   - readers: names of tools that change nothing.
  ///   - people: who may approve a call, and until when they are here.
  public init(
    _ entries: [Entry], readers: Set<String> = [], people: [String: Instant?] = [:],
    clock: @escaping @Sendable () -> Instant
  ) {
    let names = Set(entries.flatMap(\.judgements)).sorted() + [FailureWords.intention]
    self.entries = entries
    self.readers = readers
    self.people = people
    self.clock = clock
    self.names = names
    let most = max(4_096, FailureDesk.mostRemembered / max(1, entries.count))
    feed = Mutex(
      Feed(
        accounts: entries.map { FailureAccount($0, names: names, most: most) },
        words: RecentEntries(most: FailureDesk.mostRemembered)))
  }

  public var statistics: Statistics { counts.withLock(\.self) }

  // MARK: Reading

  public var interest: EndedCallFeed.Interest {
    let longest = entries.map(\.rule.period).max() ?? .zero
    let features = entries.compactMap { if case .feature(let name) = $0.rule.subject { name } else { nil } }
    return EndedCallFeed.Interest(
      since: clock().advanced(by: .zero - longest) ?? Instant(nanoseconds: .min), features: features,
      hasAgents: features.count < entries.count, names: names)
  }

  public func take(_ news: EndedCallFeed.News) {
    let now = clock()
    feed.withLock { feed in
      for word in news.words { take(word, &feed) }
      for call in news.calls {
        let (faults, id) = (CallFaults(call), EndedCallFeed.number(of: call.spanID))
        for index in feed.accounts.indices {
          feed.accounts[index].take(call, faults, id, feed.words[id], now: now)
        }
      }
    }
  }

  /// How budgets stand is told to calls from now on.
  public func finish(isWhole: Bool) {
    let now = clock()
    let standings = feed.withLock { feed -> [String: Standing] in
      var standings: [String: Standing] = [:]
      for index in feed.accounts.indices {
        feed.accounts[index].look(at: now)
        let (meter, rule) = (feed.accounts[index].meter, feed.accounts[index].entry.rule)
        // Only whoever is refused asks for figures.
        let reading = meter.state == .spent ? meter.reading(rule, at: now) : nil
        standings[rule.name] = Standing(
          state: meter.state, since: meter.since, from: feed.accounts[index].entry.begin(meter, at: now),
          recovery: meter.recovery(rule, at: now),
          reading: reading)
      }
      return standings
    }
    board.withLock { $0 = Board(standings: standings, readAt: now, isWhole: isWhole) }
  }

  private func take(_ word: StoredWord, _ feed: inout Feed) {
    guard let name = names.firstIndex(of: word.name) else { return }
    let isBad: Bool
    if word.name == FailureWords.intention {
      isBad = if case .label(let label) = word.value { FailureWords.isUnintended(label: label) } else { false }
    } else {
      isBad = FailureWords.isBad(word.value)
    }
    let id = EndedCallFeed.number(of: word.subject)
    var words = feed.words[id] ?? CallWords()
    words.take(name, isBad: isBad, at: word.at)
    feed.words[id] = words
    for index in feed.accounts.indices { feed.accounts[index].take(words, on: id) }
  }

  // MARK: Readings

  var standings: Board { board.withLock(\.self) }

  /// When the ledger was last read, and whether all that counts was; nil before the first time.
  public var reach: (readAt: Instant?, isWhole: Bool) { board.withLock { ($0.readAt, $0.isWhole) } }

  /// In the order of the file.
  public func readings() -> [Reading] {
    let now = clock()
    let accounts = feed.withLock { $0.accounts.map { ($0.entry, $0.meter) } }
    return accounts.map { entry, meter in
      Reading(
        entry: entry, state: meter.state, since: meter.since, from: entry.begin(meter, at: now),
        whole: meter.reading(entry.rule, at: now),
        burns: entry.rule.burns.indices.map { meter.burn($0, entry.rule, at: now) },
        recovery: meter.recovery(entry.rule, at: now))
    }
  }
}

extension FailureDesk.Entry {
  /// Since when calls count, now.
  fileprivate func begin(_ meter: FailureMeter, at now: Instant) -> Instant {
    let begin = meter.begin(at: now)
    return since.map { max($0, begin) } ?? begin
  }
}

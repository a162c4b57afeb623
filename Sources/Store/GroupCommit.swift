public import Records
import Synchronization

/// Appends what many writers deliver at once: whoever comes while a commit is being written shares the next one.
///
/// A commit costs the disk one sync however much is in it, so that the more writers there are, the less each of them
/// pays. An acknowledgement leaves only after the commit that holds the delivery. Deliveries wait in memory; there is
/// room for so many records, and whoever comes when it is taken is refused: nothing is accepted that cannot be kept.
public final class GroupCommit: Sendable {
  /// What became of one delivery, once it is durable.
  public struct Receipt: Sendable, Equatable {
    /// How many of its records are in the ledger now, those included that were there before.
    public var kept = 0
    /// The others.
    public var refusals: [Refused] = []
    /// The commit that was written with it; nil when nothing in that was new.
    public var commit: Int64?
  }

  /// A record that cannot be kept.
  public struct Refused: Sendable, Equatable {
    /// Its place in the delivery.
    public let place: Int
    /// Why, in a sentence.
    public let problem: String
  }

  /// What has happened so far, for those who watch.
  public struct Statistics: Sendable, Equatable {
    public var deliveries = 0
    public var commits = 0
    /// Kept records, those included that were there before.
    public var kept = 0
    public var refused = 0
    /// Deliveries that found no room.
    public var turnedAway = 0
    /// Deliveries that could not be written.
    public var failed = 0
    /// Records that wait for the next commit.
    public var waiting = 0
    /// Deliveries that were put into the spool, or found no room there.
    public var spool = SpoolCounts()
  }

  private struct Delivery {
    let batch: RecordBatch
    let source: String
    let forward: SpoolDelivery?
    let continuation: CheckedContinuation<Receipt, any Error>
  }

  private struct State {
    var waiting: [Delivery] = []
    var isWriting = false
    var statistics = Statistics()
  }

  private let ledger: Ledger
  private let room: Int
  private let onSpool: @Sendable (SpoolCounts) -> Void
  private let executor = CommitExecutor()
  private let state = Mutex(State())

  /// Records in one commit, so that the first writer of a group does not wait for ever for the last.
  private static let commitSize = 65_536

  /// - Parameters:
  ///   - room: how many records may wait.
  ///   - onSpool: called when a commit that put something into the spool is durable.
  public init(
    _ ledger: Ledger, room: Int = 262_144, onSpool: @escaping @Sendable (SpoolCounts) -> Void = { _ in }
  ) {
    self.ledger = ledger
    self.room = room
    self.onSpool = onSpool
  }

  public var statistics: Statistics { state.withLock(\.statistics) }

  /// Appends a delivery, and returns when it is durable. Nobody may cancel it: what was handed over is written.
  /// - Parameter forward: the delivery as it goes on, where others shall have it too; it is put into the spool by the same
  ///   commit, unless every record of it is refused.
  /// - Throws: `LedgerError`; `busy` when there is no room for it now. Nothing of it is stored then.
  public func append(
    _ batch: RecordBatch, source: String, forward: SpoolDelivery? = nil
  ) async throws -> Receipt {
    var forward = forward
    forward?.subjects.formUnion(ErasureScope.all(in: batch))
    return try await withCheckedThrowingContinuation { [forward] continuation in
      let delivery = Delivery(batch: batch, source: source, forward: forward, continuation: continuation)
      let (hasRoom, starts) = state.withLock { state -> (Bool, Bool) in
        // A delivery that is larger than all the room is let in when nothing else waits.
        guard state.waiting.isEmpty || state.statistics.waiting + batch.count <= room else {
          state.statistics.turnedAway += 1
          return (false, false)
        }
        state.waiting.append(delivery)
        state.statistics.waiting += batch.count
        state.statistics.deliveries += 1
        defer { state.isWriting = true }
        return (true, !state.isWriting)
      }
      if !hasRoom {
        continuation.resume(
          throwing: LedgerError(
            .busy, location: ledger.location, problem: "more is delivered than the disk can take",
            remedy: "Deliver it again in a moment"))
      }
      if starts { Task(executorPreference: executor) { [self] in await writeAll() } }
    }
  }

  private func writeAll() async {
    while let group = next() {
      do {
        let receipts = try await write(group)
        for (delivery, receipt) in zip(group, receipts) { delivery.continuation.resume(returning: receipt) }
      } catch {
        state.withLock { $0.statistics.failed += group.count }
        for delivery in group { delivery.continuation.resume(throwing: error) }
      }
    }
  }

  /// Takes what waits, as much as fits into a commit; nil when nothing does.
  private func next() -> [Delivery]? {
    state.withLock { state in
      var size = 0
      let count = state.waiting.prefix { delivery in
        defer { size += delivery.batch.count }
        return size < GroupCommit.commitSize
      }.count
      let group = Array(state.waiting.prefix(count))
      state.waiting.removeFirst(count)
      state.statistics.waiting -= group.reduce(0) { $0 + $1.batch.count }
      if group.isEmpty { state.isWriting = false }
      return group.isEmpty ? nil : group
    }
  }

  private func write(_ group: [Delivery]) async throws -> [Receipt] {
    let results = Mutex([Receipt]())
    let deliveries = group.map { ($0.batch, $0.forward) }
    let appended = try await ledger.append(source: GroupCommit.source(of: group)) { appender in
      var receipts: [Receipt] = []
      for (batch, forward) in deliveries {
        appender.startDelivery(of: batch.contents.count)
        let receipt = try GroupCommit.append(batch, to: appender)
        receipts.append(receipt)
        guard let forward, receipt.kept > 0 || receipt.refusals.isEmpty else { continue }
        try appender.append(forward, hasRecords: batch.count > 0 && !forward.holdsMore)
      }
      results.withLock { $0 = receipts }
    }
    var receipts = results.withLock { $0 }
    for index in receipts.indices { receipts[index].commit = appended.commit }
    state.withLock { state in
      state.statistics.commits += appended.commit == nil ? 0 : 1
      for receipt in receipts {
        state.statistics.kept += receipt.kept
        state.statistics.refused += receipt.refusals.count
      }
      state.statistics.spool.add(appended.spool)
    }
    if appended.spool != SpoolCounts() { onSpool(appended.spool) }
    return receipts
  }

  /// A record that cannot be kept is refused by itself; an error of the database ends the whole commit.
  private static func append(_ batch: RecordBatch, to appender: Appender) throws -> Receipt {
    var receipt = Receipt()
    for content in batch.contents { appender.append(content) }
    for (place, record) in batch.records.enumerated() {
      do {
        try appender.append(record)
        receipt.kept += 1
      } catch let error as LedgerError where error.cause == .refused {
        receipt.refusals.append(Refused(place: place, problem: error.problem))
      }
    }
    return receipt
  }

  private static func source(of group: [Delivery]) -> String {
    Set(group.map(\.source)).sorted().prefix(8).joined(separator: ", ")
  }
}

import Records
import Synchronization
import Testing

@testable import Gateway

/// Places at an upstream, with many who want one at once.
struct CallQueueTests {
  /// How many are under way, and were at most.
  private final class Running: Sendable {
    private let state = Mutex((now: 0, most: 0))
    func begin() {
      state.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
    }
    func end() { state.withLock { $0.now -= 1 } }
    var now: Int { state.withLock(\.now) }
    var most: Int { state.withLock(\.most) }
  }

  /// However many come, go and give up at once, no more than so many are under way, and all places are free in the end.
  @Test func manyAtOnce() async {
    let queue = CallQueue("u", places: 4, mostWaiting: 50, longestWait: .milliseconds(40))
    let running = Running()
    let results = await withTaskGroup(of: String.self) { group in
      for number in 0..<400 {
        group.addTask {
          let ticket = queue.ticket()
          if number % 7 == 0 { Task { queue.leave(ticket) } }
          do {
            guard try await queue.enter(ticket, of: "t\(number % 5)", weight: 1, cost: 10) else { return "gone" }
          } catch { return (error as? CallRefusal)?.code ?? "\(error)" }
          running.begin()
          await Task.yield()
          running.end()
          queue.end(ticket, cost: Int64(number))
          return "served"
        }
      }
      return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
    #expect(results.values.reduce(0, +) == 400 && results["served", default: 0] >= 4, "\(results)")
    #expect(Set(results.keys).isSubset(of: ["served", "gone", "too_busy"]))
    #expect(running.most <= 4 && running.now == 0)
    let statistics = queue.statistics
    #expect(statistics.underWay == 0 && statistics.waiting == 0)
    #expect(statistics.refused == results["too_busy", default: 0])
  }

  @Test func nobodyWaitsForEver() async throws {
    let queue = CallQueue("u", places: 1, mostWaiting: 5, longestWait: .milliseconds(20))
    let first = queue.ticket()
    #expect(try await queue.enter(first, of: nil, weight: 1, cost: 1))
    let late = queue.ticket()
    await #expect(throws: CallRefusal.self) { _ = try await queue.enter(late, of: "a", weight: 1, cost: 1) }
    #expect(queue.statistics == .init(underWay: 1, waiting: 0, waited: 1, refused: 1))
    // Whoever has given up gets no place, and ends nothing.
    queue.end(late, cost: nil)
    queue.end(first, cost: nil)
    queue.end(first, cost: nil)
    #expect(queue.statistics.underWay == 0)
    let next = queue.ticket()
    #expect(try await queue.enter(next, of: "a", weight: 1, cost: 1))
  }
}

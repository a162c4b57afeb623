import Guards
import SeededRandom
import Testing

/// Who is served next.
@Suite struct FairQueueTests {
  /// A queue that is asked within an expectation.
  private final class Line {
    private(set) var queue: FairQueue
    init(places: Int, mostWaiting: Int) { queue = FairQueue(places: places, mostWaiting: mostWaiting) }
    func enter(_ ticket: Int, of flow: String, weight: Double, cost: Int64) -> FairQueue.Entry {
      queue.enter(ticket, of: flow, weight: weight, cost: cost)
    }
    func end(_ ticket: Int, cost: Int64? = nil) -> Int? { queue.end(ticket, cost: cost) }
    func leave(_ ticket: Int) -> Bool { queue.leave(ticket) }
    func time(of flow: String) -> Double? { queue.time(of: flow) }
    func waiting(of flow: String) -> Int { queue.waiting(of: flow) }
    var underWay: Int { queue.underWay }
    var waiting: Int { queue.waiting }
  }

  @Test func theTableOfTransitions() {
    let queue = Line(places: 1, mostWaiting: 3)
    #expect(queue.enter(1, of: "a", weight: 1, cost: 10) == .started)
    #expect(queue.enter(2, of: "a", weight: 1, cost: 10) == .waits(evicting: nil))
    #expect(queue.enter(3, of: "a", weight: 1, cost: 10) == .waits(evicting: nil))
    #expect(queue.enter(4, of: "b", weight: 1, cost: 10) == .waits(evicting: nil))
    #expect(queue.underWay == 1 && queue.waiting == 3 && queue.waiting(of: "a") == 2)
    // All places are taken: whoever has the most waiting gives its newest, and asks in vain itself.
    #expect(queue.enter(5, of: "a", weight: 1, cost: 10) == .refused)
    #expect(queue.enter(6, of: "b", weight: 1, cost: 10) == .refused)
    #expect(queue.enter(7, of: "c", weight: 1, cost: 10) == .waits(evicting: 3))
    #expect(queue.waiting == 3 && queue.waiting(of: "a") == 1)
    // `a` has had 10; `b` and `c` nothing.
    #expect(queue.end(1) == 4)
    #expect(queue.leave(7) && !queue.leave(7) && !queue.leave(4))
    #expect(queue.end(4) == 2)
    #expect(queue.end(4) == nil)
    #expect(queue.end(2) == nil)
    #expect(queue.underWay == 0 && queue.waiting == 0)
    let none = Line(places: 1, mostWaiting: 0)
    #expect(none.enter(1, of: "a", weight: 1, cost: 1) == .started)
    #expect(none.enter(2, of: "b", weight: 1, cost: 1) == .refused)
  }

  @Test func theTruthTakesThePlaceOfTheEstimate() {
    let queue = Line(places: 1, mostWaiting: 10)
    _ = queue.enter(1, of: "a", weight: 2, cost: 100)
    _ = queue.enter(2, of: "b", weight: 1, cost: 30)
    _ = queue.enter(3, of: "a", weight: 2, cost: 100)
    #expect(queue.time(of: "a") == 50)
    // It was thought to be dear and was cheap, so that its flow is next again.
    #expect(queue.end(1, cost: 0) == 3)
    let other = Line(places: 1, mostWaiting: 10)
    _ = other.enter(1, of: "b", weight: 1, cost: 1)
    _ = other.enter(2, of: "a", weight: 1, cost: 1)
    _ = other.enter(3, of: "b", weight: 1, cost: 1)
    #expect(other.end(1, cost: 500) == 2 && other.time(of: "b") == 500)
  }

  @Test func whoWasIdleSavesNoCredit() {
    var queue = FairQueue(places: 1, mostWaiting: 1_000)
    var ticket = 0
    func enter(_ flow: String) {
      ticket += 1
      owner[ticket] = flow
      if queue.enter(ticket, of: flow, weight: 1, cost: 10) == .started { running = ticket }
    }
    var owner: [Int: String] = [:]
    var running = 0
    for _ in 0..<50 { enter("a") }
    for _ in 0..<40 { running = queue.end(running) ?? 0 }
    // `b` comes late: it has its part from now on, and not what it did not want before.
    for _ in 0..<50 { enter("b") }
    var served: [String] = []
    for _ in 0..<9 {
      running = queue.end(running) ?? 0
      served.append(owner[running] ?? "")
    }
    #expect((4...5).contains(served.count { $0 == "b" }), "\(served)")
  }

  /// Everything that can happen with two flows and few calls, by every way there.
  @Test(arguments: [(1, 2), (2, 2), (1, 1)])
  func inAllStatesNoPlaceIsIdleAndNobodyIsLost(_ places: Int, _ most: Int) {
    struct State: Hashable {
      var queue: FairQueue
      var running: Set<Int> = []
      var waiting: [[Int]] = [[], []]
      var came = 0
    }
    var seen: Set<State> = []
    var open = [State(queue: FairQueue(places: places, mostWaiting: most))]
    func check(_ state: State) {
      #expect(state.queue.underWay == state.running.count && state.running.count <= places)
      let waiting = state.waiting.reduce(0) { $0 + $1.count }
      #expect(state.queue.waiting == waiting && waiting <= most)
      #expect(state.running.count == places || waiting == 0)
      for flow in 0..<2 { #expect(state.queue.waiting(of: "\(flow)") == state.waiting[flow].count) }
    }
    while let state = open.popLast() {
      guard seen.insert(state).inserted else { continue }
      check(state)
      if state.came < 5 {
        for flow in 0..<2 {
          for cost: Int64 in [1, 3] {
            var next = state
            next.came += 1
            let entry = next.queue.enter(next.came, of: "\(flow)", weight: Double(flow + 1), cost: cost)
            switch entry {
            case .started: next.running.insert(next.came)
            case .waits(let evicted):
              if let evicted {
                // The newest of the other one.
                #expect(next.waiting[1 - flow].last == evicted)
                next.waiting[1 - flow].removeLast()
              }
              next.waiting[flow].append(next.came)
            case .refused: break
            }
            open.append(next)
          }
        }
      }
      for ticket in state.running {
        for cost: Int64? in [nil, 0, 5] {
          var next = state
          next.running.remove(ticket)
          if let started = next.queue.end(ticket, cost: cost) {
            // The first of its flow.
            let flow = next.waiting.firstIndex { $0.first == started }
            #expect(flow != nil)
            if let flow { next.waiting[flow].removeFirst() }
            next.running.insert(started)
          }
          open.append(next)
        }
      }
      for flow in 0..<2 {
        for ticket in state.waiting[flow] {
          var next = state
          let left = next.queue.leave(ticket)
          #expect(left)
          next.waiting[flow].removeAll { $0 == ticket }
          open.append(next)
        }
      }
    }
    #expect(seen.count > 300)
  }

  /// Theorem 1 of the paper: flows that always wait differ in service by weight by no more than one largest call of each.
  @Test(arguments: 0..<20)
  func whoAlwaysWaitsGetsItsPart(_ seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    let weights = (0..<4).map { _ in Double.random(in: 0.5...4, using: &random) }
    let most = (0..<4).map { _ in Int64.random(in: 1...200, using: &random) }
    var queue = FairQueue(places: 1, mostWaiting: 100)
    var (ticket, running) = (0, 0)
    var calls: [Int: (flow: Int, cost: Int64)] = [:]
    var service = [Double](repeating: 0, count: 4)
    func enter(_ flow: Int) {
      ticket += 1
      let cost = Int64.random(in: 1...most[flow], using: &random)
      calls[ticket] = (flow, cost)
      if queue.enter(ticket, of: "\(flow)", weight: weights[flow], cost: cost) == .started { running = ticket }
    }
    for _ in 0..<3 { for flow in 0..<4 { enter(flow) } }
    for _ in 0..<2_000 {
      guard let call = calls[running] else { break }
      service[call.flow] += Double(call.cost) / weights[call.flow]
      enter(call.flow)
      guard let next = queue.end(running, cost: call.cost) else { break }
      running = next
      for one in 0..<4 {
        for other in 0..<4 where other != one {
          let bound = Double(most[one]) / weights[one] + Double(most[other]) / weights[other]
          #expect(abs(service[one] - service[other]) <= bound + 1e-6)
        }
      }
    }
    #expect(ticket > 2_000)
  }

  /// Who keeps a backlog and claims far more than it uses, beside one that comes later and is honest.
  @Test(arguments: [(256_000, 1_000), (64_000, 64_000), (Int64.max, 1_000)] as [(Int64, Int64)])
  func whatIsClaimedMovesNobodyElse(_ claims: (first: Int64, second: Int64)) {
    var queue = FairQueue(places: 32, mostWaiting: 1_000)
    var (ticket, running, served) = (0, [Int](), ["a": 0, "b": 0])
    var owner: [Int: String] = [:]
    func enter(_ flow: String, _ claim: Int64) {
      ticket += 1
      owner[ticket] = flow
      if queue.enter(ticket, of: flow, weight: 1, cost: claim) == .started { running.append(ticket) }
    }
    func step() {
      let ended = running.removeFirst()
      guard let next = queue.end(ended, cost: 1_000) else { return }
      running.append(next)
      let flow = owner[next] ?? ""
      served[flow, default: 0] += 1
      enter(flow, flow == "a" ? claims.first : claims.second)
    }
    for _ in 0..<200 { enter("a", claims.first) }
    for _ in 0..<500 { step() }
    for _ in 0..<200 { enter("b", claims.second) }
    served = ["a": 0, "b": 0]
    for _ in 0..<1_000 { step() }
    // Half of it, but for what was under way when it came.
    #expect(abs((served["a"] ?? 0) - (served["b"] ?? 0)) <= 64, "\(served)")
  }

  /// Two calls that claim more than there is leave nothing behind: three that always wait have a third each.
  @Test func nobodyBreaksTheCount() {
    var queue = FairQueue(places: 3, mostWaiting: 100)
    var (ticket, running, served) = (2, [Int](), [String: Int]())
    var owner: [Int: String] = [:]
    let claimed = (1...2).map { queue.enter($0, of: "greedy", weight: 1, cost: .max) }
    #expect(claimed == [.started, .started])
    func enter(_ flow: String) {
      ticket += 1
      owner[ticket] = flow
      if queue.enter(ticket, of: flow, weight: 1, cost: 100) == .started { running.append(ticket) }
    }
    for flow in ["x", "y", "z"] { for _ in 0..<5 { enter(flow) } }
    for claim in 1...2 { if let next = queue.end(claim, cost: .max) { running.append(next) } }
    for _ in 0..<3_000 {
      guard !running.isEmpty, let next = queue.end(running.removeFirst(), cost: 100) else { break }
      running.append(next)
      served[owner[next] ?? "", default: 0] += 1
      enter(owner[next] ?? "")
    }
    #expect(["x", "y", "z"].allSatisfy { (900...1_100).contains(served[$0] ?? 0) }, "\(served)")
  }

  /// Flows of callers' own names are not kept when they have gone.
  @Test func whatIsIdleIsForgotten() {
    var queue = FairQueue(places: 1, mostWaiting: 10)
    for number in 0..<100 {
      _ = queue.enter(number, of: "\(number)", weight: 1, cost: 10)
      _ = queue.end(number)
    }
    #expect((0..<100).allSatisfy { queue.time(of: "\($0)") == nil })
    #expect(queue == FairQueue(places: 1, mostWaiting: 10))
  }

  /// One that has held a place for long, one that has used what nobody wanted, and one that comes then.
  @Test func nobodyPaysForWhatNobodyWanted() {
    var queue = FairQueue(places: 2, mostWaiting: 1_000)
    var (ticket, running, served) = (1, [Int](), [String: Int]())
    var owner: [Int: String] = [:]
    let holds = queue.enter(1, of: "stream", weight: 1, cost: 1_000)
    #expect(holds == .started)
    func enter(_ flow: String) {
      ticket += 1
      owner[ticket] = flow
      if queue.enter(ticket, of: flow, weight: 1, cost: 1_000) == .started { running.append(ticket) }
    }
    func step(_ more: String?) {
      guard let next = queue.end(running.removeFirst(), cost: 1_000) else { return }
      running.append(next)
      served[owner[next] ?? "", default: 0] += 1
      if let more { enter(more) }
    }
    for _ in 0..<5 { enter("a") }
    for _ in 0..<1_000 { step("a") }
    for _ in 0..<500 { enter("b") }
    served = [:]
    for _ in 0..<200 { step(nil) }
    #expect((served["a"] ?? 0) >= 4, "\(served)")
    for _ in 0..<100 { enter("a") }
    served = [:]
    for _ in 0..<100 { step(nil) }
    #expect(abs((served["a"] ?? 0) - (served["b"] ?? 0)) <= 2, "\(served)")
  }

  /// Calls that break off count as they were claimed, and calls that are not made count as nothing and teach nothing.
  @Test func whatBreaksOffIsNotCheap() {
    var queue = FairQueue(places: 1, mostWaiting: 10)
    _ = queue.enter(0, of: "other", weight: 1, cost: 1)
    for number in 1...4 { _ = queue.enter(number, of: "a", weight: 1, cost: 1_000) }
    _ = queue.end(0, cost: 1)
    _ = queue.end(1, cost: 1)
    let before = queue.time(of: "a") ?? 0
    _ = queue.end(2)
    // The next one is under way: its estimate is what is usual.
    #expect((queue.time(of: "a") ?? 0) - before >= 999)
    let settled = queue.time(of: "a") ?? 0
    _ = queue.abandon(3)
    #expect((queue.time(of: "a") ?? 0) == settled)
  }
}

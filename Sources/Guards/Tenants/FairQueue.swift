/// Who is served next where there are fewer places than calls: whoever has had the least for its weight.
///
/// Every flow (a tenant) has a virtual time: the sum of cost / weight of what it was given. A free place goes to the flow with the
/// smallest one among those that wait, and within a flow to the first that came. The cost of a call is an estimate until it ends, what
/// the flow's calls lately cost and no more than is claimed; then the truth takes its place. A flow of which none waits saves no
/// credit: it begins where the flow was whose call began last, by what its calls truly cost, so that nobody gains or loses by what
/// somebody says that a call may cost.
///
/// Flows that always wait differ in service / weight by no more than one largest call of each a place (theorem 1 there), whatever
/// they ask for. When all places for waiting are taken, the flow that waits the longest for its weight loses its newest call, so that a burst
/// shuts out nobody else.
///
/// Source: P. Goyal, H. M. Vin, H. Cheng, "Start-time fair queueing", SIGCOMM 1996. Tokens as cost, corrected when they are
/// known: Y. Sheng et al., "Fairness in Serving Large Language Models", OSDI 2024 (virtual token counter). What is pushed out: P. McKenney,
/// "Stochastic fairness queueing", INFOCOM 1990 (buffer stealing). A value without a clock. O(flows that wait) each time.
public struct FairQueue: Sendable, Hashable {
  /// A call that came.
  public typealias Ticket = Int

  public enum Entry: Sendable, Hashable {
    /// It has a place.
    case started
    /// It waits, until `end` or `leave` names it; another one, of the flow that has the most waiting, does not any more.
    case waits(evicting: Ticket?)
    /// As many wait as may.
    case refused
  }

  private struct Call: Hashable {
    let ticket: Ticket
    let cost: Int64
  }

  private struct Flow: Hashable {
    var weight: Double
    /// What its calls cost that have ended, for its weight, and what those may cost that are under way.
    var settled: Double
    var estimated = 0.0
    /// What its calls lately cost; nil where none has ended.
    var usual: Double?
    var waiting: [Call] = []
    var underWay = 0

    var time: Double { settled + estimated / weight }
    var isIdle: Bool { waiting.isEmpty && underWay == 0 }
  }

  private struct Running: Hashable {
    let flow: String
    let claim: Int64
    /// What it adds to the estimate of its flow.
    let cost: Double
  }

  /// No call costs more: sums stay exact, and who claims more than any model can give gains nothing.
  static let largest: Int64 = 1 << 24

  /// Calls that may be under way, and that may wait.
  public let places: Int
  public let mostWaiting: Int
  private var flows: [String: Flow] = [:]
  private var running: [Ticket: Running] = [:]
  /// What the flow had had whose call began last: the virtual time of the paper. Never falls while anything is under way.
  private var now = 0.0
  /// What calls lately cost, of all flows.
  private var usual: Double?
  public private(set) var waiting = 0

  /// - Parameter places: at least 1.
  public init(places: Int, mostWaiting: Int) {
    self.places = max(1, places)
    self.mostWaiting = max(0, mostWaiting)
  }

  public var underWay: Int { running.count }

  /// How many calls of a flow wait.
  public func waiting(of flow: String) -> Int { flows[flow]?.waiting.count ?? 0 }

  /// What a flow has had, for its weight; nil for one that is idle.
  public func time(of flow: String) -> Double? { flows[flow]?.time }

  /// A call comes.
  /// - Parameters:
  ///   - ticket: that no other call has that is here.
  ///   - cost: as far as one can tell.
  public mutating func enter(_ ticket: Ticket, of name: String, weight: Double, cost: Int64) -> Entry {
    let cost = min(max(0, cost), FairQueue.largest)
    var flow = flows[name] ?? Flow(weight: weight, settled: now)
    flow.weight = weight
    // Who did not wait saves nothing.
    if flow.waiting.isEmpty { flow.settled = max(flow.settled, now) }
    if waiting == 0, running.count < places {
      flows[name] = flow
      start(Call(ticket: ticket, cost: cost), of: name)
      return .started
    }
    var evicted: Ticket?
    if waiting >= mostWaiting {
      let own = Double(flow.waiting.count + 1) / flow.weight
      guard
        let most = flows.max(by: { FairQueue.load($0) < FairQueue.load($1) }), !most.value.waiting.isEmpty,
        Double(most.value.waiting.count) / most.value.weight > own
      else { return .refused }
      evicted = flows[most.key]?.waiting.removeLast().ticket
      waiting -= 1
      forget(most.key)
    }
    flow.waiting.append(Call(ticket: ticket, cost: cost))
    flows[name] = flow
    waiting += 1
    return .waits(evicting: evicted)
  }

  /// Of equals the same one, whatever the order of a dictionary.
  private static func load(_ flow: (key: String, value: Flow)) -> (Double, String) {
    (Double(flow.value.waiting.count) / flow.value.weight, flow.key)
  }

  /// A call that has a place is not made, and whoever is next has its place.
  /// - Returns: who begins now.
  public mutating func abandon(_ ticket: Ticket) -> Ticket? {
    guard let call = running.removeValue(forKey: ticket) else { return nil }
    settle(call, 0)
    return startNext()
  }

  /// A call that has a place has ended, and whoever is next has its place.
  /// - Parameter cost: what it truly was; nil where nobody knows: then it was what was claimed, or breaking off would be cheap.
  /// - Returns: who begins now.
  public mutating func end(_ ticket: Ticket, cost: Int64? = nil) -> Ticket? {
    guard let call = running.removeValue(forKey: ticket) else { return nil }
    if let truth = cost.map({ Double(min(max(0, $0), FairQueue.largest)) }) {
      let own = FairQueue.mean(flows[call.flow]?.usual, truth)
      flows[call.flow]?.usual = own
      usual = FairQueue.mean(usual, truth)
      settle(call, truth)
    } else {
      settle(call, Double(call.claim))
    }
    return startNext()
  }

  /// A call that waits does not want to any more.
  /// - Returns: whether it waited.
  @discardableResult
  public mutating func leave(_ ticket: Ticket) -> Bool {
    for (name, flow) in flows {
      guard let place = flow.waiting.firstIndex(where: { $0.ticket == ticket }) else { continue }
      flows[name]?.waiting.remove(at: place)
      waiting -= 1
      forget(name)
      return true
    }
    return false
  }

  private mutating func settle(_ call: Running, _ cost: Double) {
    if var flow = flows[call.flow] {
      flow.underWay -= 1
      flow.estimated = flow.underWay == 0 ? 0 : flow.estimated - call.cost
      flow.settled += cost / flow.weight
      flows[call.flow] = flow
    }
    forget(call.flow)
  }

  private mutating func startNext() -> Ticket? {
    guard running.count < places else { return nil }
    let waiting = flows.filter { !$0.value.waiting.isEmpty }
    guard let next = waiting.min(by: { ($0.value.time, $0.key) < ($1.value.time, $1.key) })?.key,
      let call = flows[next]?.waiting.removeFirst()
    else { return nil }
    self.waiting -= 1
    start(call, of: next)
    return call.ticket
  }

  private mutating func start(_ call: Call, of name: String) {
    guard let flow = flows[name] else { return }
    now = max(now, flow.settled)
    let cost = min(Double(call.cost), flow.usual ?? usual ?? .infinity)
    flows[name]?.estimated += cost
    flows[name]?.underWay += 1
    running[call.ticket] = Running(flow: name, claim: call.cost, cost: cost)
  }

  /// What was usual, moved by an eighth of the way to what came now.
  private static func mean(_ usual: Double?, _ cost: Double) -> Double { usual.map { $0 + (cost - $0) / 8 } ?? cost }

  /// Who is idle and has had no more than the others begins as a new one would. When all are, nobody owes anybody anything.
  private mutating func forget(_ name: String) {
    guard waiting > 0 || !running.isEmpty else {
      (flows, now) = ([:], 0)
      return
    }
    guard let flow = flows[name], flow.isIdle, flow.settled <= now else { return }
    flows[name] = nil
  }
}

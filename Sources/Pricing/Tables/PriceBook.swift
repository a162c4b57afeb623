internal import Records
import Synchronization

/// All tables of prices that are known, and which of them answers.
///
/// For a call, the tables count that hold at its beginning. Own prices are asked first, then the table that holds since the
/// latest instant (since always is the earliest), of several the one that was named first. A table that does not know the model,
/// or has no price that held then, leaves the answer to the next; one that has answers, also with an unknown cost.
public final class PriceBook: Sendable {
  /// What a call costs and by which table.
  public struct Answer: Sendable {
    public let cost: CallCost
    /// Nil when no table knows the model.
    public let table: PriceTable?
  }

  private struct Question: Hashable {
    let provider: String?
    let served: String?
    let requested: String?
    let table: Int
  }

  public let tables: [PriceTable]
  /// Places in `tables`, in the order in which they are asked.
  private let order: [Int]
  /// Rules are many and models few.
  private let known = Mutex<[Question: Result<ModelPrices, PriceGap>]>([:])
  private static let mostKnown = 4_096

  /// - Parameters:
  ///   - own: the user's own prices.
  ///   - tables: of others, in the order in which they were named.
  public init(own: PriceTable? = nil, _ tables: [PriceTable]) {
    let first = own.map { [$0] } ?? []
    self.tables = first + tables
    let later = tables.indices.map { $0 + first.count }
    let all = self.tables
    order =
      Array(first.indices)
      + later.sorted { left, right in
        let (one, other) = (all[left].validity.from, all[right].validity.from)
        if one == other { return left < right }
        return one.map { one in other.map { one > $0 } ?? true } ?? false
      }
  }

  public var isEmpty: Bool { tables.isEmpty }

  /// What a call costs, with all that was billed beside it.
  public func answer(_ call: Call) -> Answer {
    let own = ownAnswer(call)
    guard !call.usage.beside.isEmpty else { return own }
    var cost = own.cost
    for usage in call.usage.beside {
      var part = call
      part.usage = usage
      // Parts report no modes of their own.
      part.usage.modes = call.usage.modes
      if let model = usage.model {
        part.modelServed = model
        part.modelRequested = nil
      }
      cost = cost.adding(ownAnswer(part).cost)
    }
    return Answer(cost: cost, table: own.table)
  }

  private func ownAnswer(_ call: Call) -> Answer {
    guard call.modelServed != nil || call.modelRequested != nil else {
      return Answer(cost: CallCost(unknown: .noModel), table: nil)
    }
    var gap: PriceGap?
    for place in order where tables[place].validity.contains(call.at) {
      let table = tables[place]
      switch prices(call, place).flatMap({ $0.sheet(at: call.at, modes: call.usage.modes) }) {
      case .success(let sheet):
        return Answer(cost: CallCost(of: call.usage, by: sheet, isEmbedding: call.isEmbedding), table: table)
      case .failure(let found) where PriceBook.leavesOpen(found):
        // What a table of others does not know says more than what the user has no price of their own for.
        if gap == nil || !table.knowsRequests { gap = found }
      case .failure(let found): return Answer(cost: CallCost(unknown: found), table: table)
      }
    }
    return Answer(cost: CallCost(unknown: gap ?? .notInForce), table: nil)
  }

  /// Whether a table that answers so leaves the answer to the next.
  private static func leavesOpen(_ gap: PriceGap) -> Bool {
    switch gap {
    case .unknownModel, .unknownProvider, .notInForce, .noModel: true
    default: false
    }
  }

  private func prices(_ call: Call, _ place: Int) -> Result<ModelPrices, PriceGap> {
    let question = Question(
      provider: call.provider, served: call.modelServed, requested: call.modelRequested, table: place)
    if let known = known.withLock({ $0[question] }) { return known }
    let found = look(call, in: tables[place])
    known.withLock { known in
      if known.count >= PriceBook.mostKnown { known.removeAll(keepingCapacity: true) }
      known[question] = found
    }
    return found
  }

  /// The model that answered is the one that is billed; what was asked for counts only where nobody said what answered, or in
  /// tables of the user's own names.
  private func look(_ call: Call, in table: PriceTable) -> Result<ModelPrices, PriceGap> {
    let provider = ProviderName(call.provider)
    let names = [call.modelServed, call.modelServed == nil || table.knowsRequests ? call.modelRequested : nil]
    var gap = PriceGap.noModel
    for name in names.compactMap(\.self) {
      switch table.directory.prices(of: name, provider: provider) {
      case .success(let prices): return .success(prices)
      case .failure(let found): if gap == .noModel { gap = found }
      }
    }
    return .failure(gap)
  }
}

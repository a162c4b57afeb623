internal import Guards
internal import Records

/// Keeps what people order of calls, for every server of a ledger.
extension Ledger {
  /// Also what is over. O(orders).
  public func callOrders() async throws -> CallOrders {
    try await engine.read { reader in
      var orders = CallOrders()
      for order in try CallOrderTable.all(reader) {
        switch order {
        case .freeze(let freeze): orders.freezes.append(freeze)
        case .drill(let drill): orders.drills.append(drill)
        }
      }
      return orders
    }
  }

  /// Orders something, in place of what was ordered of the same before. It is on record in the same commit.
  public func give(_ order: CallOrder) async throws {
    let (location, clock) = (location, clock)
    try await engine.write { writer in
      let before = try CallOrderTable.order(order.kind, order.name, writer)
      try CallOrderTable.remove(order.kind, order.name, writer)
      try CallOrderTable.insert(order, writer)
      var change = ChangeRecord(surface: "infrastructure", actor: order.order.actor, at: order.order.at)
      change.from = before.flatMap { $0.order.isOver(at: order.order.at) ? nil : Ledger.word($0) }
      change.to = Ledger.word(order)
      change.reason = order.order.reason
      try Ledger.commit(change, order, isOver: false, writer, location: location, now: clock())
    }
  }

  /// Takes back what was ordered. Who did, and why, is on record in the same commit.
  /// - Returns: what was ordered.
  /// - Throws: `LedgerError` with cause `refused` where nothing is.
  public func takeBack(_ kind: CallOrder.Kind, _ name: String, actor: String, reason: String) async throws -> CallOrder
  {
    let (location, clock) = (location, clock)
    return try await engine.write { writer in
      let now = clock()
      guard let order = try CallOrderTable.order(kind, name, writer), !order.order.isOver(at: now) else {
        let names = try CallOrderTable.all(writer).filter { $0.kind == kind && !$0.order.isOver(at: now) }.map(\.name)
        let guess = NearestName.nearest(to: name, in: names).map { "Write '\($0)' if that is meant; " } ?? ""
        throw LedgerError(
          .refused, location: location, problem: "there is no \(kind.rawValue) '\(name)'",
          remedy: "\(guess)`tally \(kind.rawValue) list` lists them")
      }
      try CallOrderTable.remove(kind, name, writer)
      var change = ChangeRecord(surface: "infrastructure", actor: actor, at: now)
      change.from = Ledger.word(order)
      change.to = "ended"
      change.reason = reason
      try Ledger.commit(change, order, isOver: true, writer, location: location, now: now)
      return order
    }
  }

  private static func word(_ order: CallOrder) -> String {
    switch order {
    case .freeze(let freeze): freeze.allowed == nil ? "stopped" : "frozen by \(freeze.pin.rawValue)"
    case .drill(let drill): "drill of \(drill.fault.word)"
    }
  }

  private static func commit(
    _ change: ChangeRecord, _ order: CallOrder, isOver: Bool, _ writer: any EngineWriter, location: String, now: Instant
  ) throws {
    var (change, facts, attributes) = (change, order.facts, JSONObject())
    facts["name"] = .string(order.name)
    facts["until"] = isOver ? nil : .string(order.order.expiresAt.description)
    attributes[order.kind.rawValue] = .object(facts)
    change.attributes = try JSONValue.object(attributes).canonical()
    let appender = try Appender(writer, location: location)
    try appender.append(change)
    _ = try appender.finish(source: "orders", now: now)
  }
}

import Records

// What names the things of batch work, of bills and costs and of what people decide: a later record with the same key replaces the
// earlier one. Keys of one run, or of one account, lie side by side in the index.

extension ChargeRecord: StorableRecord {
  static let table = declaredTable()

  func visitKey(_ visitor: inout KeyBytes) {
    visitor.append(account)
    visitor.placeByFields()
    visitor.append(chargeID)
  }
}

extension RunRecord: StorableRecord {
  static let table = declaredTable()

  func visitKey(_ visitor: inout KeyBytes) {
    visitor.append(runID)
  }
}

extension ItemRecord: StorableRecord {
  static let table = declaredTable()

  func visitKey(_ visitor: inout KeyBytes) {
    visitor.append(runID)
    visitor.placeByFields()
    visitor.append(itemID)
  }
}

extension AttemptRecord: StorableRecord {
  static let table = declaredTable()

  func visitKey(_ visitor: inout KeyBytes) {
    visitor.append(runID)
    visitor.placeByFields()
    visitor.append(attemptID)
  }
}

extension ReceiptRecord: StorableRecord {
  static let table = declaredTable()

  func visitKey(_ visitor: inout KeyBytes) {
    visitor.append(runID)
    visitor.placeByFields()
    visitor.append(receiptID)
  }
}

extension LeaseRecord: StorableRecord {
  static let table = declaredTable()

  /// An event is never replaced, only stated again.
  func visitKey(_ visitor: inout KeyBytes) {
    visitor.placeBy(at)
    visitor.append(leaseID)
    visitor.append(state)
    visitor.append(at.nanoseconds)
  }
}

extension HeartbeatRecord: StorableRecord {
  static let table = declaredTable()

  /// Who lives, and when it said so.
  func visitKey(_ visitor: inout KeyBytes) {
    visitor.placeBy(at)
    for field in [runID, itemID, attemptID, runtimeID, resource, deviceSHA256] { visitor.append(field) }
    visitor.append(at.nanoseconds)
  }
}

extension IncidentRecord: StorableRecord {
  static let table = declaredTable()

  /// An event is never replaced, only stated again.
  func visitKey(_ visitor: inout KeyBytes) {
    visitor.append(incidentID)
    visitor.append(state)
    visitor.append(at.nanoseconds)
  }
}

extension DecisionRecord: StorableRecord {
  static let table = declaredTable()

  func visitKey(_ visitor: inout KeyBytes) {
    visitor.append(decisionID)
  }
}

extension CostRecord: StorableRecord {
  static let table = declaredTable()

  /// The span. It lies beside others of its time, as the span does.
  func visitKey(_ visitor: inout KeyBytes) {
    visitor.placeBy(at)
    visitor.append(traceID)
    visitor.append(spanID)
  }
}

internal import Intake
public import Records

/// Who makes a request: the bearer of a key, or, on a server that asks for none, anybody.
public struct Principal: Sendable, Equatable {
  /// Nil is anybody.
  public let key: AccessKey?

  /// Who asks on a server that asks for no key: there, everybody may everything.
  public static let anybody = Principal(key: nil)

  init(key: AccessKey?) { self.key = key }

  /// Whose records it may bring and see; nil is everybody's.
  public var tenant: String? { key?.tenant }

  /// What it passes of guards is noted here; nil where its key is none for emergencies.
  var glass: BreakGlass? { key.flatMap { $0.breaksGlass ? BreakGlass(key: $0.name) : nil } }

  /// Whether its calls pass what guards would refuse.
  public var breaksGlass: Bool { key?.breaksGlass ?? false }

  /// Who delivers, as commits name it: what takes the delivery, and the key.
  func source(_ intake: String) -> String { key.map { "\(intake) by \($0.name)" } ?? intake }
}

extension Principal {
  /// Why a call may not be made with what it says of itself; nil when it may.
  public func refusal(of notes: CallNotes) -> CallRefusal? {
    guard let key, let tenant, let stated = notes.tenant, stated.identifier != tenant else { return nil }
    return CallRefusal(
      status: 403, code: "permission_denied",
      message: "The call states the tenant '\(stated)', and the key '\(key.name)' is bound to '\(tenant)'.")
  }
}

extension Principal {
  /// A delivery as its bearer may make it.
  struct Bound: Equatable {
    var batch = RecordBatch()
    /// The spans that stated no tenant and got that of the key.
    var given: Set<SpanName> = []
    /// The names of spans that are left out.
    var refused: Set<SpanName> = []
    /// Why each of the others is not in it.
    var refusals: [String] = []
  }

  /// Puts the tenant of the key into the records that state none, and leaves out those that state another. Spans and
  /// incidents say whose they are; other kinds have no tenant and pass as they are. O(records).
  func bind(_ batch: RecordBatch) -> Bound {
    guard let tenant, let key else { return Bound(batch: batch) }
    var bound = Bound()
    for content in batch.contents { bound.batch.receive(content) }
    let brought = Set(batch.contents.map(\.sha256))
    for record in batch.records {
      switch record {
      case .span(var span):
        let states = span.tenant != nil
        guard Principal.take(tenant, &span.tenant) else {
          bound.refusals.append(
            Principal.refusal("span '\(span.spanID)' of trace '\(span.traceID)'", span.tenant, key, tenant))
          bound.refused.insert(SpanName(span))
          continue
        }
        // Whoever names what was said by its hash alone could have it shown: it may be another tenant's.
        guard span.contents.all.allSatisfy(brought.contains) else {
          bound.refusals.append(
            "span '\(span.spanID)' of trace '\(span.traceID)' names what was said by its hash alone, and the key '\(key.name)' "
              + "is bound to '\(tenant)': bring the text, or leave the hash out")
          bound.refused.insert(SpanName(span))
          continue
        }
        if !states { bound.given.insert(SpanName(span)) }
        bound.batch.receive(.span(span))
      case .incident(var incident):
        guard Principal.take(tenant, &incident.tenant) else {
          bound.refusals.append(Principal.refusal("incident '\(incident.incidentID)'", incident.tenant, key, tenant))
          continue
        }
        bound.batch.receive(.incident(incident))
      default: bound.batch.receive(record)
      }
    }
    return bound
  }

  /// - Returns: false when another tenant is stated.
  private static func take(_ tenant: String, _ stated: inout String?) -> Bool {
    guard let other = stated else {
      stated = tenant
      return true
    }
    return other.identifier == tenant
  }

  private static func refusal(_ what: String, _ stated: String?, _ key: AccessKey, _ tenant: String) -> String {
    "\(what) states the tenant '\(stated ?? "")', and the key '\(key.name)' is bound to '\(tenant)'"
  }
}

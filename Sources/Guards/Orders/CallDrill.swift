public import Records

/// A failure that is played to the calls of chosen keys, and to nobody else's: what an application does when its model fails is
/// known before it fails.
public struct CallDrill: Sendable, Hashable {
  /// What is played.
  public enum Fault: Sendable, Hashable {
    /// The call is made, so much later.
    case latency(Duration)
    /// It is answered with this status, and nobody is asked.
    case status(Int)
    /// It is answered with a 200 that says nothing.
    case empty

    public var word: String {
      switch self {
      case .latency: "latency"
      case .status: "errors"
      case .empty: "empty"
      }
    }
  }

  /// Identifies it.
  public let name: String
  public let fault: Fault
  /// Names of the keys whose calls meet it; there is at least one.
  public let keys: Set<String>
  /// Only calls that ask for this model; nil is any.
  public let model: String?
  /// Which share of the calls meets it, 0...1.
  public let share: Double
  public let order: StandingOrder

  public init(
    _ name: String, _ fault: Fault, keys: Set<String>, model: String? = nil, share: Double = 1, order: StandingOrder
  ) {
    self.name = name
    self.fault = fault
    self.keys = keys
    self.model = model
    self.share = share
    self.order = order
  }

  /// Whether a call meets it.
  /// - Parameters:
  ///   - key: whose call it is; calls without a key meet no drill.
  ///   - chance: of this call, uniform in 0..<1.
  public func meets(key: String?, model: String, chance: Double) -> Bool {
    guard let key, keys.contains(key), self.model.map({ $0 == model }) ?? true else { return false }
    return chance < share
  }
}

extension CallDrill {
  public var json: JSONObject {
    var object = facts
    object["name"] = .string(name)
    order.add(to: &object)
    return object
  }

  /// What is its own.
  public var facts: JSONObject {
    var object = JSONObject()
    object["fault"] = .string(fault.word)
    switch fault {
    case .latency(let duration): object["milliseconds"] = .integer(CallDrill.milliseconds(duration))
    case .status(let status): object["status"] = .integer(Int64(status))
    case .empty: break
    }
    object["keys"] = .array(keys.sorted().map(JSONValue.string))
    object["model"] = model.map(JSONValue.string)
    object["share"] = .number(share)
    return object
  }

  /// - Returns: nil where it is none of this version's.
  public init?(_ name: String, facts: JSONObject, order: StandingOrder) {
    let fault: Fault
    switch facts["fault"]?.text {
    case "latency":
      guard let milliseconds = facts["milliseconds"]?.whole else { return nil }
      fault = .latency(.milliseconds(milliseconds))
    case "errors":
      guard let status = facts["status"]?.whole else { return nil }
      fault = .status(Int(status))
    case "empty": fault = .empty
    default: return nil
    }
    guard let share = facts["share"]?.real else { return nil }
    let keys = Set((facts["keys"]?.elements ?? []).compactMap(\.text))
    self.init(
      name, fault, keys: keys, model: facts["model"]?.text, share: share, order: order)
  }

  private static func milliseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
  }
}

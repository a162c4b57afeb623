public import Records

/// Keeps a feature or a model as it was: for a while only such calls of it are made as were made before.
///
/// | the call is | stop | its pinned value was seen before | mode | answer |
/// |---|---|---|---|---|
/// | of another feature and model | any | any | any | passes |
/// | of this one | yes | any | enforce | refused |
/// | of this one | no | yes | any | passes |
/// | of this one | no | no, or it has none | enforce | refused |
/// | of this one | any | as where it is refused | observe | passes, and the span says so |
public struct CallFreeze: Sendable, Hashable {
  /// What is frozen.
  public enum Subject: Sendable, Hashable {
    case feature(String)
    /// As callers name it.
    case model(String)

    public var word: String {
      switch self {
      case .feature: "feature"
      case .model: "model"
      }
    }

    public var name: String {
      switch self {
      case .feature(let name), .model(let name): name
      }
    }

    /// `feature:bot`.
    public var text: String { "\(word):\(name)" }

    public init?(_ text: String) {
      let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[1].isEmpty else { return nil }
      switch parts[0] {
      case "feature": self = .feature(parts[1])
      case "model": self = .model(parts[1])
      default: return nil
      }
    }
  }

  /// By what a call is known again.
  public enum Pin: String, Sendable, CaseIterable {
    /// Model, parameters, system prompt and tools together (`config_sha256`).
    case config
    /// The prompt's name and version (`prompt_id`).
    case prompt
    /// The model's name.
    case model
  }

  public enum Mode: String, Sendable, CaseIterable { case observe, enforce }

  public let subject: Subject
  public let pin: Pin
  /// Values of that which were seen before. Nil stops every call.
  public let allowed: Set<String>?
  public let mode: Mode
  public let order: StandingOrder

  public init(
    _ subject: Subject, pin: Pin = .config, allowed: Set<String>?, mode: Mode = .enforce, order: StandingOrder
  ) {
    self.subject = subject
    self.pin = pin
    self.allowed = allowed
    self.mode = mode
    self.order = order
  }

  /// Whether a call is of what is frozen.
  public func covers(feature: String, model: String) -> Bool {
    switch subject {
    case .feature(let name): name == feature
    case .model(let name): name == model
    }
  }

  /// Whether a call that it covers is as those before it.
  /// - Parameter value: what the call has where this pins it.
  public func permits(_ value: String?) -> Bool {
    guard let allowed else { return false }
    return value.map(allowed.contains) ?? false
  }
}

extension CallFreeze {
  /// As it is kept, and said to whoever may see it.
  public var json: JSONObject {
    var object = facts
    object["subject"] = .string(subject.text)
    order.add(to: &object)
    return object
  }

  /// What is its own.
  public var facts: JSONObject {
    var object = JSONObject()
    object["pin"] = .string(pin.rawValue)
    object["allowed"] = allowed.map { .array($0.sorted().map(JSONValue.string)) } ?? .null
    object["mode"] = .string(mode.rawValue)
    return object
  }

  /// - Returns: nil where it is none of this version's.
  public init?(_ subject: String, facts: JSONObject, order: StandingOrder) {
    guard let subject = Subject(subject), let pin = facts["pin"]?.text.flatMap({ Pin(rawValue: $0) }),
      let mode = facts["mode"]?.text.flatMap({ Mode(rawValue: $0) })
    else { return nil }
    let allowed: Set<String>?
    switch facts["allowed"] {
    case .array(let values)?: allowed = Set(values.compactMap(\.text))
    case .null?: allowed = nil
    default: return nil
    }
    self.init(subject, pin: pin, allowed: allowed, mode: mode, order: order)
  }
}
